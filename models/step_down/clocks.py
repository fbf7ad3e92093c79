"""What a step-down waits for, and until when: which clocks run, what is due, whom the ladder tells next."""

from collections.abc import Iterator
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

from models.attention import CALENDAR_ENDS, NEWER_VERSION, Attention
from models.certificate import Count, Pause, Recalculation
from models.clocks import REAL_TIME, RESPONSES, ClockKind, RungKind
from models.effects import Effect, EffectKind, Ended
from models.step_down.conditions import passed_on, transfer_possible
from models.step_down.facts import Facts, remembered
from models.step_down.final_meeting import about_date, invitation_to, to_come
from models.step_down.needs import missing
from models.step_down.recorded import Clock, RecordedStep
from models.step_down.steps import (
    OfferConversation,
    PauseClock,
    RecalculateClocks,
    RecordContactConversation,
    ReportSignificantHarm,
    ResumeClock,
)
from models.step_down.wanted import request_left_out, request_of_conversation
from models.vocabulary import LONDON


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
            "starting": "being calculated",
            "on_track": "on track",
            "due_soon": "due soon",
            "breached": "overdue",
            "paused": "paused",
            "met": "answered in time",
            "late": "answered late",
            "needless": "no longer waited for",
        }[self.value]


class Waiting(NamedTuple):
    """Something that is waited for now, unique by its kind and what it is about."""

    kind: ClockKind
    about: str
    since: datetime


class Answer(NamedTuple):
    """What came, when it was given, and when it was recorded."""

    at: datetime
    recorded: datetime


def keep_time(facts: Facts, now: datetime) -> Facts:
    """The facts with the clocks that begin, and that end, by what is waited for now; what ended never runs again."""
    waiting = {(kind, about): since for kind, about, since in _waited_for(facts, now)}
    clocks = list(facts.clocks)
    for place, clock in enumerate(clocks):
        if clock.ended is None and waiting.pop((clock.kind, clock.about), None) is None:
            clocks[place] = clock.model_copy(update={"ended": now})
    for (kind, about), since in waiting.items():
        clocks.append(_begun(facts, clocks, Waiting(kind, about, since), now))
    if tuple(clocks) == facts.clocks:
        return facts
    # What a clock's beginning or end changes may begin or end another one.
    return keep_time(facts.model_copy(update={"clocks": tuple(clocks)}), now)


def _begun(facts: Facts, clocks: list[Clock], waiting: Waiting, now: datetime) -> Clock:
    """A new clock. Where the same was waited for before, its time starts again now."""
    times = 1 + sum(1 for clock in clocks if (clock.kind, clock.about) == (waiting.kind, waiting.about))
    again = str(times) if times > 1 or not waiting.about else ""
    return Clock(
        kind=waiting.kind,
        subject="/".join(filter(None, (waiting.about, again))),
        about=waiting.about,
        since=waiting.since if times == 1 else max(waiting.since, now),
        steps_before=len(facts.steps),
    )


def _waited_for(facts: Facts, now: datetime) -> Iterator[Waiting]:
    """Everything that is waited for, with the moment from which its time counts."""
    if facts.opening is None:
        return
    yield from _answers(facts)
    for kind in dict.fromkeys(need.clock for need in missing(facts)):
        if kind is not None and kind not in RESPONSES:
            yield from _own_waits(facts, kind, now)
    yield from _meeting(facts, now)
    yield from _harm(facts)
    for clock in facts.open_clocks():
        if facts.paused(clock) is not None:
            yield Waiting(ClockKind.PAUSED, clock.kind, now)
    for item in facts.open_attention:
        if item.child is None and item not in facts.harm_not_taken and not _uncounted(facts, item):
            newer = item.problem == NEWER_VERSION
            yield Waiting(ClockKind.NEWER_VERSION if newer else ClockKind.ATTENTION, item.id, item.since)


def _answers(facts: Facts) -> Iterator[Waiting]:
    """SD-34, SD-35: what others owe us. A contact who was asked still owes the answer while the request is repeated."""
    service, asked = facts.service_ref, facts.result(request_of_conversation(facts))
    owed = [clock.since for clock in facts.open_clocks(ClockKind.CONVERSATION) if clock.about == service]
    owed += [asked.at] if asked is not None and not request_left_out(facts) else []
    if owed and facts.offer is None and facts.conversation is None and transfer_possible(facts):
        yield Waiting(ClockKind.CONVERSATION, service, owed[0])
    for child in passed_on(facts):
        closed = facts.result(facts.closing(child))
        if closed is not None and facts.acknowledgement(child) is None:
            yield Waiting(ClockKind.ACKNOWLEDGEMENT, child, closed.at)


def _meeting(facts: Facts, now: datetime) -> Iterator[Waiting]:
    """SD-16, SD-18: a meeting that is scheduled, in whatever stage the transfer is; counted from its day.

    The service is reminded of what it was invited to, and of nothing else.
    """
    scheduled = to_come(facts)
    if scheduled is None or scheduled.meeting_at is None or not transfer_possible(facts):
        return
    day, about = max(now, scheduled.meeting_at), about_date(scheduled)
    if invitation_to(facts, scheduled) in facts.begun:
        yield Waiting(ClockKind.FINAL_MEETING, about, day)
    if facts.conversation is None:
        yield Waiting(ClockKind.MEETING_NEAR, about, day)


def _harm(facts: Facts) -> Iterator[Waiting]:
    """SU-01: each report is told at once, and told on until somebody says who was spoken to.

    One that could not be taken is told on until one is taken.
    """
    told = {clock for alert in facts.alerts for clock in alert.clocks}
    for report in facts.harm_reports:
        first = first_said(facts, report)
        waiting = Waiting(ClockKind.SIGNIFICANT_HARM, f"report-{first.step.step_id}", first.accepted_at)
        if report in facts.nobody_spoken_to or f"{waiting.kind}/{waiting.about}" not in told:
            yield waiting
    for item in facts.harm_not_taken:
        yield Waiting(ClockKind.HARM_NOT_TAKEN, item.id, item.since)


def first_said(facts: Facts, report: ReportSignificantHarm) -> RecordedStep:
    """The report as it came first, from which time counts however often it is corrected."""
    before = facts.entry(report.corrects) if report.corrects else None
    if before is not None and isinstance(before.step, ReportSignificantHarm):
        return first_said(facts, before.step)
    return next(entry for entry in facts.steps if entry.step is report)


def _own_waits(facts: Facts, kind: ClockKind, now: datetime) -> Iterator[Waiting]:
    """The waits of our own people: since it began to be missing, the conversation since the day that was offered."""
    match kind:
        case ClockKind.DECLINED | ClockKind.LEAD_PRACTITIONER:
            yield Waiting(kind, _talked(facts), now)
        case ClockKind.ALLOCATION if facts.practitioner is not None and facts.practitioner.interim_until is not None:
            expected = datetime.combine(facts.practitioner.interim_until, time(0), LONDON)
            about = "/".join(filter(None, (f"contact-{facts.practitioner.step_id}", _talked(facts))))
            yield Waiting(kind, about, max(now, expected))
        case ClockKind.FINAL_MEETING | ClockKind.SIGNIFICANT_HARM | ClockKind.HARM_NOT_TAKEN:
            return
        case ClockKind.CONVERSATION_HELD if facts.conversation is None:
            if facts.offer is not None and facts.offer.conversation_at is not None:
                yield Waiting(kind, f"offer-{facts.offer.step_id}", max(now, facts.offer.conversation_at))
            elif request_left_out(facts):
                yield Waiting(kind, "", now)
        case _:
            yield Waiting(kind, "", now)


def _talked(facts: Facts) -> str:
    """The last management conversation; with each, the time of what it was about starts again."""
    return f"after-{facts.management_conversation.step_id}" if facts.management_conversation else ""


def _uncounted(facts: Facts, item: Attention) -> bool:
    """Nobody is told, over and over, that somebody could not be told; nor where nobody knows when the item is due."""
    telling = (EffectKind.MAIL_ALERT, EffectKind.POST_ALERT, f"{EffectKind.RECKON_CLOCK}/{ClockKind.ATTENTION}")
    if item.effect is not None and item.effect.startswith(tuple(f"{kind}/" for kind in telling)):
        return True
    own = facts.result(Effect(kind=EffectKind.RECKON_CLOCK, subject=f"{ClockKind.ATTENTION}/{item.id}/1"))
    return own is not None and own.ended is Ended.SKIPPED


@remembered
def answer(facts: Facts, clock: Clock) -> Answer | None:
    """What stopped the clock, judged by when it was given: an answer in time that was recorded late is in time."""
    if clock.kind is ClockKind.ACKNOWLEDGEMENT:
        found = [entry for entry in facts.steps[clock.steps_before :] if _acknowledges(entry, clock.about)]
    elif clock.kind is ClockKind.CONVERSATION:
        found = [
            entry
            for entry in facts.steps[clock.steps_before :]
            if isinstance(entry.step, OfferConversation | RecordContactConversation)
            and entry.service_ref == clock.about
            and not _recorded_wrongly(facts, entry)
        ]
    else:
        return None
    answers = [Answer(entry.step.occurred_at, entry.accepted_at) for entry in found]
    return min(answers, default=None)


def _recorded_wrongly(facts: Facts, entry: RecordedStep) -> bool:
    """A correction says when it really was; one that happened later moves a date, and leaves the answer as it was."""
    corrections = (other.step for other in facts.steps if other.step.corrects == entry.step.step_id and not other.late)
    return any(step.occurred_at <= entry.accepted_at for step in corrections)


def _acknowledges(entry: RecordedStep, child: str) -> bool:
    return entry.step.step == "acknowledge_transfer" and child in entry.step.children_named()


@remembered
def state(facts: Facts, clock: Clock) -> ClockState:
    """How the clock stands."""
    times, answered = facts.times(clock), answer(facts, clock)
    if clock.ended is not None:
        if answered is None or times is None:
            return ClockState.NEEDLESS if answered is None else ClockState.MET
        return ClockState.MET if answered.at <= times.due else ClockState.LATE
    if facts.paused(clock) is not None:
        return ClockState.PAUSED
    if times is None:
        return ClockState.STARTING
    told = {alert.what for alert in facts.alerts_of(clock, times.due)}
    if told & {RungKind.ALARM, RungKind.BREACH, RungKind.END} or (
        clock.kind in RESPONSES and RungKind.ESCALATION in told
    ):
        return ClockState.BREACHED
    return ClockState.DUE_SOON if told else ClockState.ON_TRACK


def _reckoning(facts: Facts, clock: Clock) -> int:
    """The number of the calculation that holds: the first, and one more for each change."""
    return 1 + sum(1 for step in facts.changes_of(clock) if not isinstance(step, PauseClock))


def _ended_reckonings(facts: Facts, clock: Clock) -> list[int]:
    numbers = range(1, _reckoning(facts, clock) + 1)
    return [number for number in numbers if facts.result(_reckon(clock, number)) is not None]


def _reckon(clock: Clock, number: int) -> Effect:
    return Effect(kind=EffectKind.RECKON_CLOCK, subject=f"{clock.id}/{number}")


@remembered
def reckonings(facts: Facts) -> tuple[Effect, ...]:
    """Due dates that are to be calculated: one after the other for each clock, and each to its end once begun."""
    wanted = []
    for clock in (clock for clock in facts.clocks if clock.kind not in REAL_TIME):
        due = _reckon(clock, len(_ended_reckonings(facts, clock)) + 1)
        if due in facts.begun or (
            clock.ended is None and int(due.subject.rpartition("/")[2]) <= _reckoning(facts, clock)
        ):
            wanted.append(due)
    return tuple(wanted)


def count(facts: Facts, effect: Effect) -> Count:
    """What a due date is calculated from, with everything that people changed since the clock began."""
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
    for step in facts.changes_of(clock):
        match step:
            case PauseClock():
                since = since or step
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


def goes_uncounted(facts: Facts, effect: Effect, problem: str) -> bool:
    """The calendar ends before the due date of an item that says so already: nobody is asked about it twice."""
    clock = _reckoned(facts, effect)
    if problem != CALENDAR_ENDS or clock is None or clock.kind is not ClockKind.ATTENTION:
        return False
    return any(item.id == clock.about and item.problem == CALENDAR_ENDS for item in facts.raised)


def needless(facts: Facts, effect: Effect) -> bool:
    """A person is asked about the due date of something that is not waited for any more, and was not answered."""
    clock = _reckoned(facts, effect)
    over = clock is not None and clock.ended is not None and answer(facts, clock) is None
    return over and facts.waits_for_a_person(effect) is not None


def left_unanswered(effect: Effect, facts: Facts) -> bool:
    """The due date of somebody who must answer cannot be calculated, and no answer has come."""
    clock = _reckoned(facts, effect)
    return clock is not None and clock.ended is None and clock.kind in RESPONSES


def _reckoned(facts: Facts, effect: Effect) -> Clock | None:
    """The clock whose due date the effect calculates."""
    if effect.kind is not EffectKind.RECKON_CLOCK:
        return None
    return next((clock for clock in facts.clocks if clock.id == effect.subject.rpartition("/")[0]), None)
