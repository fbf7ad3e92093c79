"""What a step-down waits for, and until when: which clocks run, what is due, whom the ladder tells next."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.certificate import Count, DueRung, Pause, Recalculation
from models.clocks import Audience, ClockKind, RungKind
from models.effects import Effect, EffectKind
from models.step_down import conditions
from models.step_down.conditions import at_once, close_child, passed_on, request_of_conversation, transfer_possible
from models.step_down.facts import Alert, Clock, Facts, RecordedStep
from models.step_down.needs import missing
from models.step_down.steps import (
    OfferConversation,
    PauseClock,
    RecalculateClocks,
    RecordContactConversation,
    ResumeClock,
)

RESPONSES = (ClockKind.CONVERSATION, ClockKind.ACKNOWLEDGEMENT)
"""The clocks of those who must answer us; the others are waits of our own people."""

NAMED = frozenset({Audience.EARLY_HELP_CONTACT, Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER})
"""Who may be told of a restricted family; for anybody else, its team manager is told."""


class ClockState(StrEnum):
    """How a clock stands."""

    STARTING = "starting"
    ON_TRACK = "on_track"
    DUE_SOON = "due_soon"
    BREACHED = "breached"
    """The time is over, and no answer is recorded."""
    PAUSED = "paused"
    MET = "met"
    LATE = "late"
    """Answered after it was due."""
    NEEDLESS = "needless"
    """Nothing is waited for any more."""

    @property
    def words(self) -> str:
        """The state as people say it."""
        return {
            "starting": "being worked out",
            "on_track": "on track",
            "due_soon": "due soon",
            "breached": "overdue",
            "paused": "standing still",
            "met": "answered in time",
            "late": "answered late",
            "needless": "no longer waited for",
        }[self.value]


class Waiting(NamedTuple):
    """Something that is waited for now: with its kind, the subject makes it unique."""

    kind: ClockKind
    subject: str
    since: datetime


class Answer(NamedTuple):
    """What came, when it was given, and when it was recorded."""

    at: datetime
    recorded: datetime


class Passed(NamedTuple):
    """The rungs of one clock whose time has come and of which nobody was told."""

    clock: Clock
    due: datetime
    rungs: tuple[tuple[int, DueRung], ...]
    top: int
    """The place of the highest rung of the ladder."""


def keep_time(facts: Facts, now: datetime) -> Facts:
    """The facts with the clocks that begin, and that end, by what is waited for now."""
    waiting = {(kind, subject): since for kind, subject, since in _waited_for(facts, now)}
    clocks = []
    for clock in facts.clocks:
        runs = waiting.pop((clock.kind, clock.subject), None) is not None
        ended = None if runs else clock.ended or now
        clocks.append(clock if ended == clock.ended else clock.model_copy(update={"ended": ended}))
    before = len(facts.steps)
    clocks += [Clock(kind=k, subject=s, since=since, steps_before=before) for (k, s), since in waiting.items()]
    return facts if tuple(clocks) == facts.clocks else facts.model_copy(update={"clocks": tuple(clocks)})


def _waited_for(facts: Facts, now: datetime) -> Iterator[Waiting]:
    """Everything that is waited for, with the moment from which its time counts."""
    if facts.opening is None:
        return
    request = request_of_conversation(facts)
    asked = facts.result(request)
    if asked is not None and not _contact_answered(facts) and transfer_possible(facts):
        yield Waiting(ClockKind.CONVERSATION, request.subject, asked.at)
    for child in passed_on(facts):
        closed = facts.result(close_child(child))
        if closed is not None and facts.acknowledgement(child) is None:
            yield Waiting(ClockKind.ACKNOWLEDGEMENT, child, closed.at)
    for kind in dict.fromkeys(need.clock for need in missing(facts)):
        if kind is not None and kind not in RESPONSES:
            yield from _own_wait(facts, kind, now)
    item = next((item for item in facts.open_attention if not _about_telling(item.effect)), None)
    if item is not None:
        yield Waiting(ClockKind.ATTENTION, item.id, item.since)


def _own_wait(facts: Facts, kind: ClockKind, now: datetime) -> Iterator[Waiting]:
    """A wait of our own people: since it began to be missing, the conversation since the day that was offered."""
    if kind is not ClockKind.CONVERSATION_HELD:
        yield Waiting(kind, _times(facts, kind), now)
    elif facts.conversation is not None:
        yield Waiting(kind, f"again/{_times(facts, kind)}", now)
    elif facts.offer is not None and facts.offer.conversation_at is not None:
        yield Waiting(kind, facts.offer.step_id, max(now, facts.offer.conversation_at))


def _times(facts: Facts, kind: ClockKind) -> str:
    """Tells this wait of a kind from those that have ended."""
    return str(1 + sum(1 for clock in facts.clocks if clock.kind is kind and clock.ended is not None))


def _about_telling(effect: str | None) -> bool:
    """Nobody is told, over and over, that somebody could not be told."""
    telling = (EffectKind.MAIL_ALERT, EffectKind.POST_ALERT, f"{EffectKind.RECKON_CLOCK}/{ClockKind.ATTENTION}")
    return effect is not None and effect.startswith(tuple(f"{kind}/" for kind in telling))


def _contact_answered(facts: Facts) -> bool:
    return facts.offer is not None or facts.conversation is not None


def answer(facts: Facts, clock: Clock) -> Answer | None:
    """What stopped the clock, judged by when it was given: an answer in time that was recorded late is in time."""
    if clock.kind is ClockKind.ACKNOWLEDGEMENT:
        found = [entry for entry in facts.steps if _acknowledges(entry, clock.subject)]
    elif clock.kind is ClockKind.CONVERSATION:
        service = clock.subject.partition("/")[0]
        corrected = {entry.step.corrects for entry in facts.steps if not entry.late}
        found = [
            entry
            for entry in facts.steps[clock.steps_before :]
            if isinstance(entry.step, OfferConversation | RecordContactConversation)
            and entry.service_ref == service
            and entry.step.step_id not in corrected
        ]
    else:
        return None
    answers = [Answer(entry.step.occurred_at, entry.accepted_at) for entry in found]
    return min(answers, default=None)


def _acknowledges(entry: RecordedStep, child: str) -> bool:
    return entry.step.step == "acknowledge_transfer" and child in entry.step.children_named()


def state(facts: Facts, clock: Clock) -> ClockState:
    """How the clock stands."""
    certificate, answered = facts.certificate(clock), answer(facts, clock)
    if clock.ended is not None:
        if answered is None or certificate is None:
            return ClockState.NEEDLESS if answered is None else ClockState.MET
        return ClockState.MET if answered.at <= certificate.due else ClockState.LATE
    if paused(facts, clock) is not None:
        return ClockState.PAUSED
    if certificate is None or _reckoning(facts, clock) not in _ended_reckonings(facts, clock):
        return ClockState.STARTING
    told = {alert.what for alert in facts.alerts_of(clock, certificate.due)}
    if told & {RungKind.BREACH, RungKind.END} or (clock.kind in RESPONSES and RungKind.ESCALATION in told):
        return ClockState.BREACHED
    return ClockState.DUE_SOON if told else ClockState.ON_TRACK


def paused(facts: Facts, clock: Clock) -> PauseClock | None:
    """The step by which the clock stands still now."""
    said = [step for step in _of_clock(facts, clock) if isinstance(step, PauseClock | ResumeClock)]
    return said[-1] if said and isinstance(said[-1], PauseClock) else None


def _of_clock(facts: Facts, clock: Clock) -> list[PauseClock | ResumeClock | RecalculateClocks]:
    """The steps by which people changed how the clock counts, oldest first."""
    said = (entry.step for entry in facts.steps[clock.steps_before :])
    return [
        step
        for step in said
        if isinstance(step, RecalculateClocks)
        or (isinstance(step, PauseClock | ResumeClock) and step.clock == clock.kind)
    ]


def _reckoning(facts: Facts, clock: Clock) -> int:
    """The number of the working out that holds: the first, and one more for each change."""
    return 1 + sum(1 for step in _of_clock(facts, clock) if not isinstance(step, PauseClock))


def _ended_reckonings(facts: Facts, clock: Clock) -> list[int]:
    numbers = range(1, _reckoning(facts, clock) + 1)
    return [number for number in numbers if facts.result(_reckon(clock, number)) is not None]


def _reckon(clock: Clock, number: int) -> Effect:
    return Effect(kind=EffectKind.RECKON_CLOCK, subject=f"{clock.id}/{number}")


def reckonings(facts: Facts) -> tuple[Effect, ...]:
    """Due dates that are to be worked out: one after the other for each clock, and each to its end once begun."""
    wanted = []
    for clock in facts.clocks:
        due = _reckon(clock, len(_ended_reckonings(facts, clock)) + 1)
        if due in facts.begun or (
            clock.ended is None and int(due.subject.rpartition("/")[2]) <= _reckoning(facts, clock)
        ):
            wanted.append(due)
    return tuple(wanted)


def count(facts: Facts, effect: Effect) -> Count:
    """What a due date is worked out from, with everything that people changed since the clock began."""
    clock_id, _, number = effect.subject.rpartition("/")
    clock = next(clock for clock in facts.clocks if clock.id == clock_id)
    changes = _changes(facts, clock, int(number) - 1)
    return Count(
        kind=clock.kind,
        received=clock.since,
        policy_version=facts.policy.version,
        policy=facts.policy.clocks[clock.kind],
        pauses=tuple(change for change in changes if isinstance(change, Pause)),
        recalculations=tuple(change for change in changes if isinstance(change, Recalculation)),
    )


def _changes(facts: Facts, clock: Clock, first: int) -> list[Pause | Recalculation]:
    """The first changes, in the order in which they were recorded."""
    changes: list[Pause | Recalculation] = []
    since: PauseClock | None = None
    for step in _of_clock(facts, clock):
        match step:
            case PauseClock():
                since = step
            case ResumeClock() if since is not None:
                by = f"{since.actor.words}; resumed by {step.actor.words}"
                start = max(since.occurred_at, clock.since)
                changes.append(Pause(since=start, until=step.occurred_at, reason=since.reason, by=by))
                since = None
            case RecalculateClocks():
                changes.append(_recalculation(facts, clock, step, len(changes) + 1))
    return changes[:first]


def _recalculation(facts: Facts, clock: Clock, step: RecalculateClocks, number: int) -> Recalculation:
    before = facts.result(_reckon(clock, number))
    certificate = before.certificate if before else None
    return Recalculation(
        at=step.occurred_at,
        by=step.actor.words,
        calendar_before=certificate.calendar if certificate else None,
        due_before=certificate.due if certificate else None,
    )


def passed(facts: Facts, now: datetime | None) -> list[Passed]:
    """The rungs whose time has come and of which nobody was told; without a time, all that are still to come."""
    found = []
    for clock in facts.open_clocks():
        certificate = facts.certificate(clock)
        if certificate is None or state(facts, clock) in {ClockState.PAUSED, ClockState.STARTING}:
            continue
        told = max((alert.rung for alert in facts.alerts_of(clock, certificate.due)), default=-1)
        rungs = tuple((place, rung) for place, rung in enumerate(certificate.rungs) if place > told)
        come = rungs if now is None else tuple((place, rung) for place, rung in rungs if rung.at <= now)
        if come:
            found.append(Passed(clock, certificate.due, come, len(certificate.rungs) - 1))
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
            top=place == ladders[0].top,
        )
        alerts.append(alert)
    return facts.model_copy(update={"alerts": tuple(alerts)})


def _audiences(facts: Facts, rungs: list[DueRung]) -> tuple[Audience, ...]:
    """Who is told: those of the highest rung, and of the rungs below it that are no mere reminders."""
    counting = [rung for rung in rungs if rung.kind is not RungKind.REMINDER] or rungs[-1:]
    named = dict.fromkeys(audience for rung in counting for audience in rung.audiences)
    if facts.request.restricted:
        named = dict.fromkeys(who if who in NAMED else Audience.TEAM_MANAGER for who in named)
    return tuple(named)


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


def beside_the_stages(facts: Facts) -> tuple[Effect, ...]:
    """What waits for no stage: the due dates, and telling people, among it."""
    return (*at_once(facts), *reckonings(facts), *deliveries(facts))


def wanted(facts: Facts) -> tuple[Effect, ...]:
    """Every effect that what is recorded now asks for."""
    return (*conditions.wanted(facts), *reckonings(facts), *deliveries(facts))


def left_unanswered(effect: Effect, facts: Facts) -> bool:
    """The due date of somebody who must answer cannot be worked out, and no answer has come."""
    clock = next((c for c in facts.open_clocks() if effect.subject.rpartition("/")[0] == c.id), None)
    return effect.kind is EffectKind.RECKON_CLOCK and clock is not None and clock.kind in RESPONSES
