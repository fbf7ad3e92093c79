"""Whom the ladders tell, and when: the next rung of every clock, the alerts, and how they are delivered."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from models.attention import UNACKNOWLEDGED
from models.certificate import DueRung
from models.clocks import Audience, ClockKind, RungKind
from models.effects import Effect, EffectKind
from models.step_down.clocks import ClockState, reckonings, state
from models.step_down.facts import Facts, remembered
from models.step_down.given_back import given_back
from models.step_down.recorded import Alert, Clock
from models.step_down.taking import ask
from models.step_down.wanted import at_once, wanted_by_the_journey

NAMED = frozenset({Audience.EARLY_HELP_CONTACT, Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER})
"""Who may be told of a restricted family; for anybody else, its team manager is told."""


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
        if times is None or state(facts, clock) in {ClockState.PAUSED, ClockState.STARTING}:
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


def raise_alerts(facts: Facts, now: datetime) -> Facts:
    """The facts with an alert for each ladder whose next rung has come.

    Where nothing ran for a while, one alert tells of the highest rung, and everybody below it who was not told.
    """
    together: dict[tuple[ClockKind, datetime, int], list[Passed]] = {}
    for one in passed(facts, now):
        together.setdefault((one.clock.kind, one.due, one.rungs[-1][0]), []).append(one)
    alerts = list(facts.alerts)
    for (kind, due, place), ladders in together.items():
        rungs = max((ladder.rungs for ladder in ladders), key=len)
        reached = rungs[-1][1]
        alert = Alert(
            number=len(alerts) + 1,
            kind=kind,
            clocks=tuple(ladder.clock.id for ladder in ladders),
            service_ref=facts.service_ref,
            due=due,
            rung=place,
            what=reached.kind,
            at=reached.at,
            raised_at=now,
            audiences=_audiences(facts, [rung for _, rung in rungs]),
            top=place >= ladders[0].top,
        )
        alerts.append(alert)
    told = facts.model_copy(update={"alerts": tuple(alerts)})
    return _ask_about_the_silent(told, facts, now)


def _ask_about_the_silent(told: Facts, before: Facts, now: datetime) -> Facts:
    """SD-35: at the top of the ladder a manager is asked what becomes of a child whom nobody acknowledged."""
    for child in given_back(told):
        if not before.given_back(child):
            told = ask(told, now, UNACKNOWLEDGED, f"Child {child}", child=child)
    return told


def _audiences(facts: Facts, rungs: list[DueRung]) -> tuple[Audience, ...]:
    """Who is told: those of the highest rung, and of the rungs below it that are no mere reminders."""
    counting = [rung for rung in rungs if rung.kind is not RungKind.REMINDER] or rungs[-1:]
    named = dict.fromkeys(audience for rung in counting for audience in rung.audiences)
    if facts.request.restricted:
        named = dict.fromkeys(who if who in NAMED else Audience.TEAM_MANAGER for who in named)
    return tuple(named)


@remembered
def deliveries(facts: Facts) -> tuple[Effect, ...]:
    """Each alert by mail to each audience, and over each of their channels: none waits for another."""
    return tuple(effect for alert in facts.alerts for effect in _deliveries(facts, alert))


def _deliveries(facts: Facts, alert: Alert) -> Iterator[Effect]:
    for audience in alert.audiences:
        yield Effect(kind=EffectKind.MAIL_ALERT, subject=f"{alert.number}/{audience}")
    if not facts.request.restricted:
        channels = (channel for audience in alert.audiences for channel in facts.policy.channels.get(audience, ()))
        for channel in dict.fromkeys(channels):
            yield Effect(kind=EffectKind.POST_ALERT, subject=f"{alert.number}/{channel}")


@remembered
def beside_the_stages(facts: Facts) -> tuple[Effect, ...]:
    """What waits for no stage: the due dates, and telling people, among it."""
    return (*at_once(facts), *reckonings(facts), *deliveries(facts))


@remembered
def wanted(facts: Facts) -> tuple[Effect, ...]:
    """Every effect that what is recorded now asks for."""
    return (*wanted_by_the_journey(facts), *reckonings(facts), *deliveries(facts))
