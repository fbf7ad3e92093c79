"""Whom the ladders tell, and when: the next rung of every clock, the alerts, and how they are delivered."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, TypeVar

from models.certificate import DueRung
from models.effects import Effect
from models.journey.attention import raise_attention
from models.journey.clocks import ClockState, running_state
from models.journey.due_dates import calculations
from models.journey.facts import Facts
from models.journey.missing import due, wanted
from models.journey.recorded import Alert, Clock
from models.journey.remembered import remembered
from models.journey.rows import Journey
from models.kinds import NAMED, Audience, ClockKind, EffectKind, RungKind

F = TypeVar("F", bound=Facts)


class Passed(NamedTuple):
    """The rungs of one clock whose time has come and of which nobody was told."""

    clock: Clock
    due: datetime
    rungs: tuple[tuple[int, DueRung], ...]
    top: int
    """The place of the highest rung of the ladder."""


def passed(facts: Facts, now: datetime | None) -> list[Passed]:
    """The rungs whose time has come and of which nobody was told; without a time, all that are still to come."""
    found = []
    for clock in facts.open_clocks():
        times = facts.times(clock)
        if times is None or running_state(facts, clock) in {ClockState.PAUSED, ClockState.STARTING}:
            continue
        told = max((alert.rung for alert in facts.alerts_of(clock, times.due)), default=-1)
        if come := times.coming(told, now):
            found.append(Passed(clock, times.due, come, len(times.rungs) - 1))
    return found


class NextRung(NamedTuple):
    """The next moment at which somebody is told, unless what is waited for comes before."""

    at: datetime
    what: RungKind
    kind: ClockKind
    due: datetime


def next_rung(facts: Facts) -> NextRung | None:
    """The next rung of all clocks; None where no clock runs."""
    coming = [NextRung(p.rungs[0][1].at, p.rungs[0][1].kind, p.clock.kind, p.due) for p in passed(facts, None)]
    return min(coming, key=lambda rung: rung.at, default=None)


def raise_alerts(journey: Journey[F], facts: F, now: datetime) -> F:
    """The facts with an alert for each ladder whose next rung has come.

    Where nothing ran for a while, one alert tells of the highest rung, and everybody below it who was not told.
    """
    together: dict[tuple[ClockKind, datetime, int], list[Passed]] = {}
    for one in passed(facts, now):
        together.setdefault((one.clock.kind, one.due, one.rungs[-1][0]), []).append(one)
    told = facts
    for ladders in together.values():
        told = told.having(alerts=(*told.alerts, _alert(told, ladders, now)))
    return _ask_about_the_silent(journey, facts, told, now)


def _alert(facts: Facts, ladders: list[Passed], now: datetime) -> Alert:
    """One alert of clocks of one kind that are due at once, and have reached the same rung."""
    rungs = max((ladder.rungs for ladder in ladders), key=len)
    place, reached = rungs[-1]
    return Alert(
        number=len(facts.alerts) + 1,
        kind=ladders[0].clock.kind,
        clocks=tuple(ladder.clock.id for ladder in ladders),
        service_ref=facts.service_ref,
        due=ladders[0].due,
        rung=place,
        what=reached.kind,
        at=reached.at,
        raised_at=now,
        audiences=_audiences(facts, [rung for _, rung in rungs]),
        top=place >= ladders[0].top,
    )


def _ask_about_the_silent(journey: Journey[F], before: F, told: F, now: datetime) -> F:
    """At the top of a ladder a person is asked about what nobody answered."""
    asked = told
    for raising in (raising for raising in journey.raisings if raising.step is None):
        for child in raising.about(before, told, None):
            asked = raise_attention(asked, now, raising.problem, f"Child {child}", child=child)
    return asked


def _audiences(facts: Facts, rungs: list[DueRung]) -> tuple[Audience, ...]:
    """Who is told: those of the highest rung, and of the rungs below it that are no mere reminders."""
    counting = [*(rung for rung in rungs if rung.kind is not RungKind.REMINDER), *rungs[-1:]]
    named = dict.fromkeys(audience for rung in counting for audience in rung.audiences)
    if facts.request.restricted:
        named = dict.fromkeys(who if who in NAMED else Audience.TEAM_MANAGER for who in named)
    return tuple(dict.fromkeys(map(facts.side.told, named)))


@remembered
def deliveries(facts: Facts) -> tuple[Effect, ...]:
    """Each alert by mail to each audience, and over each of their channels: none waits for another."""
    return tuple(effect for alert in facts.alerts for effect in _deliveries(facts, alert))


def _deliveries(facts: Facts, alert: Alert) -> Iterator[Effect]:
    for audience in alert.audiences:
        yield Effect(kind=EffectKind.MAIL_ALERT, number=alert.number, audience=audience)
    if not facts.request.restricted:
        channels = (channel for audience in alert.audiences for channel in facts.policy.channels.get(audience, ()))
        for channel in dict.fromkeys(channels):
            yield Effect(kind=EffectKind.POST_ALERT, number=alert.number, channel=channel)


def to_begin(journey: Journey[F], facts: F) -> tuple[Effect, ...]:
    """What may begin now: of the journey in this stage, and telling people."""
    return (*due(journey, facts), *deliveries(facts))


def everything_wanted(journey: Journey[F], facts: F) -> tuple[Effect, ...]:
    """Every effect that what is recorded now asks for."""
    return (*wanted(journey, facts), *calculations(facts), *deliveries(facts))
