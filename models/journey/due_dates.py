"""The due dates of the clocks: which have to be calculated, and from what."""

from datetime import datetime

from models.attention import CALENDAR_ENDS
from models.certificate import Count, Pause, Recalculation
from models.effects import Effect
from models.journey.facts import Facts
from models.journey.recorded import Clock
from models.journey.remembered import remembered
from models.journey.steps import PauseClock, RecalculateClocks, ResumeClock
from models.kinds import REAL_TIME, RESPONSES, ClockKind, EffectKind

STILL_PAUSED = "it was still paused when nothing was waited for any more"


def _calculations_due(facts: Facts, clock: Clock) -> int:
    """How many times it has to be calculated: the first time, and once more for each change."""
    changes = sum(1 for step in facts.changes_of(clock) if not isinstance(step, PauseClock))
    return 1 + changes + facts.ended_paused(clock)


def _times_calculated(facts: Facts, clock: Clock) -> int:
    """How many times it was calculated."""
    numbers = range(1, _calculations_due(facts, clock) + 1)
    return sum(1 for number in numbers if facts.ended(calculation(clock, number)))


def calculation(clock: Clock, number: int) -> Effect:
    """The calculation of a due date of the clock, by its number from 1."""
    return Effect(kind=EffectKind.CALCULATE_DUE_DATE, clock=clock.id, wait=clock.kind, number=number)


@remembered
def calculations(facts: Facts) -> tuple[Effect, ...]:
    """Due dates that are to be calculated: one after the other for each clock, and each to its end once begun."""
    wanted, begun, stopped = [], {*facts.begun}, {result.effect for result in facts.stopped}
    for clock in (clock for clock in facts.clocks if clock.kind not in REAL_TIME):
        number = _times_calculated(facts, clock) + 1
        due = calculation(clock, number)
        # Of those who must answer us it is kept whether they did so in time, however soon they did. What was given up
        # since, as nobody waits for it and nobody can find it, is not begun again: a clock that ended never runs again.
        counts = clock.ended is None or (clock.kind in RESPONSES and due not in stopped)
        if due in begun or (counts and number <= _calculations_due(facts, clock)):
            wanted.append(due)
    return tuple(wanted)


def count(facts: Facts, effect: Effect) -> Count:
    """What a due date is calculated from, with everything that people changed since the clock began."""
    clock = facts.clock(effect.clock)
    if clock is None or effect.number is None:
        raise AssertionError("a due date is that of a clock")
    changes = _changes(facts, clock, effect.number - 1)
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
    for step in facts.changes_of(clock):
        match step:
            case PauseClock():
                since = since or step
            case ResumeClock() if since is not None:
                changes.append(_pause(clock, since, step.occurred_at, f"resumed by {step.actor.words}"))
                since = None
            case RecalculateClocks():
                changes.append(_recalculation(facts, clock, step, len(changes) + 1))
    if since is not None and clock.ended is not None:
        changes.append(_pause(clock, since, clock.ended, STILL_PAUSED))
    return changes[:first]


def _pause(clock: Clock, step: PauseClock, until: datetime, how: str) -> Pause:
    since = max(step.occurred_at, clock.since)
    return Pause(since=since, until=until, reason=step.reason, by=f"{step.actor.words}; {how}")


def _recalculation(facts: Facts, clock: Clock, step: RecalculateClocks, number: int) -> Recalculation:
    before = facts.result(calculation(clock, number))
    certificate = before.certificate if before else None
    return Recalculation(
        at=step.occurred_at,
        by=step.actor.words,
        calendar_before=certificate.calendar if certificate else None,
        due_before=certificate.due if certificate else None,
    )


def goes_uncounted(facts: Facts, effect: Effect, problem: str) -> bool:
    """The calendar ends before the due date of an item that says so already: nobody is asked about it twice."""
    clock = facts.clock(effect.clock)
    if problem != CALENDAR_ENDS or clock is None or clock.kind is not ClockKind.ATTENTION:
        return False
    return any(item.id == clock.about and item.problem == CALENDAR_ENDS for item in facts.raised)


def is_unanswered(facts: Facts, effect: Effect) -> bool:
    """The due date of somebody who must answer cannot be calculated, and no answer has come."""
    clock = facts.clock(effect.clock)
    return clock is not None and clock.ended is None and clock.kind in RESPONSES
