"""The final meeting about the plan: which one is to come, whom it invites, and whether what it agreed counts."""

from collections.abc import Iterable
from datetime import timedelta

from models.effects import Effect, EffectKind, EffectResult, Ended
from models.step_down.facts import Facts, numbered, remembered
from models.step_down.said import MeetingOutcome
from models.step_down.steps import RecordFinalMeeting, ScheduleFinalMeeting
from models.vocabulary import LONDON

CALENDAR = (EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION)
MESSAGES_OF_A_DATE = 1000
"""How far apart the numbers lie that the invitations to two dates begin with."""


@remembered
def to_come(facts: Facts) -> ScheduleFinalMeeting | None:
    """The meeting that is scheduled, not cancelled, and not held yet.

    One to which nobody was invited before it was over came about without the service, or not at all.
    """
    last = facts.last_of(ScheduleFinalMeeting)
    if last is None or last.meeting_at is None or _held_since(facts, last):
        return None
    return None if _over(facts, last) and facts.result(invitation_to(facts, last)) is None else last


def _over(facts: Facts, scheduled: ScheduleFinalMeeting) -> bool:
    """Something is known that came after its end."""
    starts = scheduled.meeting_at
    return starts is not None and facts.newest >= starts + timedelta(minutes=scheduled.minutes)


def about_date(scheduled: ScheduleFinalMeeting) -> str:
    """What the clocks that run towards this date are about."""
    return f"date-{scheduled.step_id}"


def _held_since(facts: Facts, scheduled: ScheduleFinalMeeting) -> bool:
    return any(meeting[-1].occurred_at > scheduled.occurred_at for meeting in meetings(facts))


@remembered
def meetings(facts: Facts) -> tuple[tuple[RecordFinalMeeting, ...], ...]:
    """The meetings that were held, each as it was said first, and said anew since."""
    held: list[tuple[RecordFinalMeeting, ...]] = []
    for step in facts.all_of(RecordFinalMeeting):
        corrected = (place for place, said in enumerate(held) if step.corrects in {one.step_id for one in said})
        place = next(corrected, len(held))
        held[place:] = [(*held[place], step) if place < len(held) else (step,), *held[place + 1 :]]
    return tuple(held)


def unheard(facts: Facts, child: str) -> bool:
    """No final meeting has come to an answer for the child."""
    said = facts.said_at_meeting(child)
    return said is None or said.outcome is MeetingOutcome.ADJOURNED


@remembered
def meeting_agrees(facts: Facts, child: str) -> bool:
    """SD-19: on the plan route a final meeting agreed that the child passes on, and that counts."""
    return not facts.on_a_plan or (_agreed(facts, child) and counts(facts, child))


def unconfirmed(facts: Facts, child: str) -> bool:
    """SD-16: a meeting agreed, but its agreement does not count yet."""
    return _agreed(facts, child) and not counts(facts, child)


def _agreed(facts: Facts, child: str) -> bool:
    said = facts.said_at_meeting(child)
    return said is not None and said.outcome is MeetingOutcome.AGREED


@remembered
def counts(facts: Facts, child: str) -> bool:
    """SD-16, SD-18: it came after the conversation, the service was invited to that day; or it was confirmed since."""
    meeting = facts.meeting(child)
    if meeting is None or facts.conversation is None:
        return False
    if meeting.confirmed_by is not None:
        entry = facts.entry(meeting.step_id)
        return entry is not None and entry.service_ref == facts.service_ref
    talked = facts.first_talked(child)
    return talked is not None and talked <= meeting.occurred_at and _invited(facts, meeting)


def _invited(facts: Facts, meeting: RecordFinalMeeting) -> bool:
    """It was held on the day that held then, to which the service had been invited, and not cancelled since."""
    dates = [step for step in facts.all_of(ScheduleFinalMeeting) if step.occurred_at < meeting.occurred_at]
    if not dates or not _on_its_day(dates[-1], meeting):
        return False
    subject = f"{facts.service_ref}/{dates[-1].step_id}"
    about = [sent.effect for sent in _left(facts) if sent.at <= meeting.occurred_at and _of(subject, sent.effect)]
    return bool(about) and about[-1].kind is EffectKind.INVITE_TO_MEETING


def _on_its_day(date: ScheduleFinalMeeting, meeting: RecordFinalMeeting) -> bool:
    """It was held on the day for which it had been scheduled, in London."""
    if date.meeting_at is None or date.occurred_at >= meeting.occurred_at:
        return False
    return date.meeting_at.astimezone(LONDON).date() == meeting.occurred_at.astimezone(LONDON).date()


@remembered
def _left(facts: Facts) -> tuple[EffectResult, ...]:
    """The invitations and cancellations that were sent, or may have been, in the order in which a calendar has them."""
    ended = [result for result in facts.effects if result.ended is not Ended.SKIPPED]
    perhaps = [result for result in facts.stopped if result.may_have_left]
    sent = [result for result in (*ended, *perhaps) if result.effect.kind in CALENDAR]
    return tuple(sorted(sent, key=lambda result: sequence(facts, result.effect)))


def meeting_told_of(facts: Facts, message: Effect) -> tuple[RecordFinalMeeting, ...]:
    """The meeting that the service reads of in this message."""
    _, _, step_id = message.subject.partition("/")
    return next(meeting for meeting in meetings(facts) if step_id in {said.step_id for said in meeting})


def told_before(facts: Facts, message: Effect) -> bool:
    """An earlier message to the same service was about the same meeting."""
    same = {f"{_service(message)}/{said.step_id}" for said in meeting_told_of(facts, message)}
    earlier = facts.begun[: facts.begun.index(message)] if message in facts.begun else facts.begun
    return any(effect.kind is message.kind and effect.subject in same for effect in earlier)


@remembered
def refuses(facts: Facts, child: str) -> bool:
    """The final meeting does not let the child pass on."""
    return not unheard(facts, child) and not _agreed(facts, child)


def invitation_to(facts: Facts, meeting: ScheduleFinalMeeting) -> Effect:
    """SD-18: the invitation of the service to this meeting, again where it was cancelled meanwhile."""
    subject = f"{facts.service_ref}/{meeting.step_id}"
    messages = {*facts.begun, *(sent.effect for sent in _left(facts))}
    taken_back = [e for e in messages if e.kind is EffectKind.CANCEL_INVITATION and _of(subject, e)]
    return Effect(kind=EffectKind.INVITE_TO_MEETING, subject=numbered(subject, 1 + len(taken_back)))


@remembered
def cancellations(facts: Facts, wanted: Effect | None) -> tuple[Effect, ...]:
    """The invitations that were sent, or may have been, to a meeting to which the service is not to come: each, once.

    The invitation to a meeting that lies behind is not cancelled.
    """
    invited = (sent.effect for sent in _left(facts) if sent.effect.kind is EffectKind.INVITE_TO_MEETING)
    last = {_in_calendar(facts, effect): effect for effect in invited}
    if wanted is not None:
        last.pop(_in_calendar(facts, wanted), None)
    return tuple(
        Effect(kind=EffectKind.CANCEL_INVITATION, subject=effect.subject)
        for effect in last.values()
        if not _lies_behind(facts, scheduled_as(facts, effect))
    )


def _in_calendar(facts: Facts, message: Effect) -> tuple[str, str]:
    """Whose calendar a message is for, and about which meeting in it."""
    return _service(message), occasion(facts, scheduled_as(facts, message))


def _lies_behind(facts: Facts, date: ScheduleFinalMeeting) -> bool:
    """It is over, or was held on its day."""
    return _over(facts, date) or any(_on_its_day(date, meeting[-1]) for meeting in meetings(facts))


def moved_from(facts: Facts, message: Effect) -> ScheduleFinalMeeting | None:
    """The date that an invitation takes the place of in the calendar of the service; None where there is none."""
    number, meeting = sequence(facts, message), _in_calendar(facts, message)
    earlier = [s.effect for s in _left(facts) if sequence(facts, s.effect) < number]
    before = [effect for effect in earlier if _in_calendar(facts, effect) == meeting]
    if not before or before[-1].kind is not EffectKind.INVITE_TO_MEETING:
        return None
    return scheduled_as(facts, before[-1])


def scheduled_as(facts: Facts, message: Effect) -> ScheduleFinalMeeting:
    """What an invitation, or its cancellation, is about."""
    _, step_id, *_ = message.subject.split("/")
    return next(step for step in _schedules(facts) if step.step_id == step_id)


def occasion(facts: Facts, scheduled: ScheduleFinalMeeting) -> str:
    """What a calendar takes for the same meeting, however often it is moved: its first date since one was held."""
    first = None
    for entry in facts.steps:
        held = isinstance(entry.step, RecordFinalMeeting) and not entry.late
        if held and first and entry.step.occurred_at > first.occurred_at:
            first = None
        if isinstance(entry.step, ScheduleFinalMeeting):
            first = first or entry.step
        if entry.step.step_id == scheduled.step_id:
            break
    return (first or scheduled).step_id


def sequence(facts: Facts, message: Effect) -> int:
    """The number by which a calendar tells the newer message about a meeting from the older ones."""
    scheduled = scheduled_as(facts, message)
    _, _, *again = message.subject.split("/")
    place = _schedules(facts).index(scheduled)
    before = 2 * (int(again[0]) - 1) if again else 0
    return place * MESSAGES_OF_A_DATE + before + (message.kind is EffectKind.CANCEL_INVITATION)


def _schedules(facts: Facts) -> list[ScheduleFinalMeeting]:
    steps: Iterable[object] = (entry.step for entry in facts.steps)
    return [step for step in steps if isinstance(step, ScheduleFinalMeeting)]


def _service(message: Effect) -> str:
    return message.subject.partition("/")[0]


def _of(subject: str, message: Effect) -> bool:
    return message.subject == subject or message.subject.startswith(f"{subject}/")
