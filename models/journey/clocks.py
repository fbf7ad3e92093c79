"""What a journey waits for, and until when: which clocks run, how they stand, what is due."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeVar

from models.attention import HAS_LEFT, NEWER_VERSION, Attention
from models.effects import Effect, Ended
from models.journey.due_dates import calculation
from models.journey.facts import Facts
from models.journey.harm import waits_for_a_word
from models.journey.missing import missing
from models.journey.recorded import Clock, RecordedStep
from models.journey.remembered import remembered
from models.journey.rows import Journey, Rule, Waiting, field, unless
from models.journey.steps import PauseClock, RecalculateClocks, ResumeClock
from models.kinds import OF_HARM, RESPONSES, ClockKind, EffectKind, RungKind

F = TypeVar("F", bound=Facts)


CLOCK_OF = {NEWER_VERSION: ClockKind.NEWER_VERSION, HAS_LEFT: ClockKind.HAS_LEFT}
"""The items whose wait is another one than that of all items."""


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
    ANSWERED = "answered"
    """Whether in time nobody knows: when it was due is not calculated, or cannot be."""
    NEEDLESS = "needless"
    """Nothing is waited for any more."""

    @property
    def words(self) -> str:
        """The state as people say it."""
        return {
            "starting": "being calculated",
            "on_track": "on track",
            "due_soon": "due soon",
            "breached": "overdue",
            "paused": "paused",
            "met": "answered in time",
            "late": "answered late",
            "answered": "answered",
            "needless": "no longer waited for",
        }[self.value]


JUDGED = frozenset({ClockState.MET, ClockState.LATE})
"""Answered, and it is known whether in time."""
ENDED = JUDGED | {ClockState.ANSWERED, ClockState.NEEDLESS}


class Answer(NamedTuple):
    """What came, when it was given, and when it was recorded."""

    at: datetime
    recorded: datetime


def update_clocks(journey: Journey[F], facts: F, now: datetime) -> F:
    """The facts with the clocks that begin, and that end, by what is waited for now; what ended never runs again."""
    waiting = {(kind, about): since for kind, about, since in _waited_for(journey, facts, now)}
    clocks = list(facts.clocks)
    for place, clock in enumerate(clocks):
        if clock.ended is None and waiting.pop((clock.kind, clock.about), None) is None:
            clocks[place] = clock.model_copy(update={"ended": now})
    for (kind, about), since in waiting.items():
        clocks.append(_begun(facts, clocks, Waiting(kind, about, since), now))
    if tuple(clocks) == facts.clocks:
        return facts
    # What a clock's beginning or end changes may begin or end another one.
    return update_clocks(journey, facts.having(clocks=tuple(clocks)), now)


def _begun(facts: Facts, clocks: list[Clock], waiting: Waiting, now: datetime) -> Clock:
    """A new clock. Where the same was waited for before, its time starts again now."""
    times = 1 + sum(1 for clock in clocks if (clock.kind, clock.about) == (waiting.kind, waiting.about))
    return Clock(
        kind=waiting.kind,
        about=waiting.about,
        again=times if times > 1 or not waiting.about else None,
        since=waiting.since if times == 1 else max(waiting.since, now),
        steps_before=len(facts.steps),
        service_ref=facts.service_ref,
    )


def _waited_for(journey: Journey[F], facts: F, now: datetime) -> Iterator[Waiting]:
    """Everything that is waited for, with the moment from which its time counts."""
    if facts.opening is None:
        return
    yield from journey.waiting(facts, now)
    for kind in dict.fromkeys(lacks.clock for lacks in missing(journey, facts)):
        if kind is not None and kind not in RESPONSES and kind not in OF_HARM:
            counted = journey.counted_from.get(kind)
            yield from [Waiting(kind, "", now)] if counted is None else counted(facts, now)
    yield from waits_for_a_word(facts)
    for clock in facts.open_clocks():
        if facts.paused(clock) is not None:
            yield Waiting(ClockKind.PAUSED, clock.kind, now)
    for item in facts.open_attention:
        if item.child is None and item not in facts.harm_not_taken and not _uncounted(facts, item):
            yield Waiting(CLOCK_OF.get(item.problem, ClockKind.ATTENTION), item.id, item.since)


def _uncounted(facts: Facts, item: Attention) -> bool:
    """Nobody is told, over and over, that somebody could not be told; nor where nobody knows when the item is due."""
    effect = next((begun for begun in facts.begun if begun.id == item.effect), None)
    if effect is not None and effect.kind in {EffectKind.MAIL_ALERT, EffectKind.POST_ALERT}:
        return True
    if effect is not None and effect.wait is ClockKind.ATTENTION:
        return True
    own = facts.result(calculation(Clock(kind=ClockKind.ATTENTION, about=item.id, since=item.since, service_ref=""), 1))
    return own is not None and own.ended is Ended.SKIPPED


def answer(journey: Journey[F], facts: F, clock: Clock) -> Answer | None:
    """What stopped the clock, judged by when it was given: an answer in time that was recorded late is in time."""
    given = journey.answers.get(clock.kind)
    found = () if given is None else given(facts, clock)
    return min((Answer(entry.step.occurred_at, entry.accepted_at) for entry in found), default=None)


def recorded_wrongly(facts: Facts, entry: RecordedStep) -> bool:
    """A correction says when it really was; one that happened later moves a date, and leaves the answer as it was."""
    corrections = (other.step for other in facts.steps if other.corrects == entry.step.step_id and not other.late)
    return any(step.occurred_at <= entry.accepted_at for step in corrections)


def state(journey: Journey[F], facts: F, clock: Clock) -> ClockState:
    """How the clock stands."""
    if clock.ended is None:
        return running_state(facts, clock)
    times, answered = facts.times(clock), answer(journey, facts, clock)
    if answered is None or times is None:
        return ClockState.NEEDLESS if answered is None else ClockState.ANSWERED
    return ClockState.MET if answered.at <= times.due else ClockState.LATE


@remembered
def running_state(facts: Facts, clock: Clock) -> ClockState:
    """How a clock stands that runs."""
    times = facts.times(clock)
    if facts.paused(clock) is not None:
        return ClockState.PAUSED
    if times is None:
        return ClockState.STARTING
    told = {alert.what for alert in facts.alerts_of(clock, times.due)} - {RungKind.NEWS}
    if told & {RungKind.ALARM, RungKind.BREACH, RungKind.END} or (
        clock.kind in RESPONSES and RungKind.ESCALATION in told
    ):
        return ClockState.BREACHED
    return ClockState.DUE_SOON if told else ClockState.ON_TRACK


def is_needless(journey: Journey[F], facts: F, effect: Effect) -> bool:
    """A person is asked about the due date of something that is not waited for any more, and was not answered."""
    clock = facts.clock(effect.clock)
    over = clock is not None and clock.ended is not None and answer(journey, facts, clock) is None
    return over and facts.waits_for_a_person(effect) is not None


def _stands_still(facts: Facts, step: PauseClock) -> bool:
    clocks = facts.open_clocks(step.clock)
    return bool(clocks) and all(facts.paused(clock) for clock in clocks)


def _is_overdue(facts: Facts, step: PauseClock) -> bool:
    """Some answer is overdue when the clock is to be paused: it was told, or its time has come."""
    clocks = facts.open_clocks(step.clock)
    dues = [times.due for clock in clocks if (times := facts.times(clock)) is not None]
    told = any(running_state(facts, clock) is ClockState.BREACHED for clock in clocks)
    return told or any(due <= step.occurred_at for due in dues)


def _runs(facts: Facts, step: ResumeClock) -> bool:
    return not any(facts.paused(clock) for clock in facts.open_clocks(step.clock))


def _before_the_pause(facts: Facts, step: ResumeClock) -> bool:
    pauses = (facts.paused(clock) for clock in facts.open_clocks(step.clock))
    return any(pause is not None and step.occurred_at < pause.occurred_at for pause in pauses)


COUNTED_ANEW: Rule[Facts] = Rule(None, RecalculateClocks, unless(lambda f: bool(f.open_clocks())), "No clock runs.")
"""What every journey says of its clocks."""

ROWS: tuple[Rule[Facts], ...] = (
    Rule(None, PauseClock, field("clock", lambda f, s: not f.open_clocks(s.clock)), "No such clock is running."),
    Rule(None, PauseClock, field("clock", _stands_still), "This clock is already paused."),
    Rule(None, PauseClock, field("clock", _is_overdue), "The answer is already overdue; that stays on record."),
    Rule(None, ResumeClock, field("clock", _runs), "This clock is not paused."),
    Rule(None, ResumeClock, field("occurred_at", _before_the_pause), "The clock was stopped after that."),
    COUNTED_ANEW,
)
"""What may be said of the clocks of those who must answer."""
