"""The final meeting about the plan: which one is to come, whom it invites, and whether what it agreed counts."""

from collections.abc import Iterable

from models.clocks import ClockKind
from models.effects import Effect, EffectKind, Ended
from models.step_down.facts import Facts, numbered, remembered
from models.step_down.said import MeetingOutcome
from models.step_down.steps import RecordFinalMeeting, ScheduleFinalMeeting

CALENDAR = (EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION)
MESSAGES_OF_A_DATE = 1000
"""How far apart the numbers lie that the invitations to two dates begin with."""


@remembered
def to_come(facts: Facts) -> ScheduleFinalMeeting | None:
    """The meeting that is scheduled, not called off, and not held yet.

    One to which nobody was invited before its day was over came about without the service, or not at all.
    """
    last = facts.last_of(ScheduleFinalMeeting)
    if last is None or last.meeting_at is None or _held_since(facts, last):
        return None
    return None if _over(facts, last) and invitation_to(facts, last) not in facts.begun else last


def _over(facts: Facts, scheduled: ScheduleFinalMeeting) -> bool:
    """Its day is over, as the clock says that runs towards it."""
    near = (clock for clock in facts.clocks if clock.kind is ClockKind.MEETING_NEAR)
    return any(clock.about == about_date(scheduled) and facts.end_told(clock) for clock in near)


def about_date(scheduled: ScheduleFinalMeeting) -> str:
    """What the clocks that run towards this date are about."""
    return f"date-{scheduled.step_id}"


def _held_since(facts: Facts, scheduled: ScheduleFinalMeeting) -> bool:
    return any(held.occurred_at > scheduled.occurred_at for held in facts.all_of(RecordFinalMeeting))


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
    """SD-16, SD-18: it came after the conversation, and the service was invited; or it was confirmed since."""
    meeting = facts.meeting(child)
    if meeting is None or facts.conversation is None:
        return False
    if meeting.confirmed_by is not None:
        entry = facts.entry(meeting.step_id)
        return entry is not None and entry.service_ref == facts.service_ref
    talked = facts.first_talked(child)
    return talked is not None and talked <= meeting.occurred_at and _invited(facts, meeting)


def _invited(facts: Facts, meeting: RecordFinalMeeting) -> bool:
    """The service had been invited to the date that held then, and nobody had taken that back."""
    dates = [step for step in facts.all_of(ScheduleFinalMeeting) if step.occurred_at < meeting.occurred_at]
    if not dates or _held_between(facts, dates[-1], meeting):
        return False
    before = [result for result in facts.effects if result.ended is not Ended.SKIPPED]
    about = [r.effect for r in before if r.at <= meeting.occurred_at and _is_about(r.effect, facts, dates[-1])]
    return bool(about) and about[-1].kind is EffectKind.INVITE_TO_MEETING


def _held_between(facts: Facts, date: ScheduleFinalMeeting, meeting: RecordFinalMeeting) -> bool:
    """The date was that of an earlier meeting."""
    held = facts.all_of(RecordFinalMeeting)
    return any(date.occurred_at < other.occurred_at < meeting.occurred_at for other in held)


def _is_about(message: Effect, facts: Facts, date: ScheduleFinalMeeting) -> bool:
    """An invitation of this service to this date, or its being taken back."""
    return message.kind in CALENDAR and _of(f"{facts.service_ref}/{date.step_id}", message)


@remembered
def refuses(facts: Facts, child: str) -> bool:
    """The final meeting does not let the child pass on."""
    return not unheard(facts, child) and not _agreed(facts, child)


def invitation_to(facts: Facts, meeting: ScheduleFinalMeeting) -> Effect:
    """SD-18: the invitation of the service to this meeting, again where it was taken back meanwhile."""
    subject = f"{facts.service_ref}/{meeting.step_id}"
    taken_back = [e for e in facts.begun if e.kind is EffectKind.CANCEL_INVITATION and _of(subject, e)]
    return Effect(kind=EffectKind.INVITE_TO_MEETING, subject=numbered(subject, 1 + len(taken_back)))


@remembered
def cancellations(facts: Facts, wanted: Effect | None) -> tuple[Effect, ...]:
    """The invitations that left, where the service is not to come any more: each service is told once."""
    invited = (effect for effect in facts.begun if effect.kind is EffectKind.INVITE_TO_MEETING)
    last = {_service(effect): effect for effect in invited if _left(facts, effect)}
    if wanted is not None:
        last.pop(_service(wanted), None)
    return tuple(
        Effect(kind=EffectKind.CANCEL_INVITATION, subject=effect.subject)
        for effect in last.values()
        if not _came_about(facts, effect)
    )


def _left(facts: Facts, invitation: Effect) -> bool:
    result = facts.result(invitation)
    return result is not None and result.ended is not Ended.SKIPPED


def _came_about(facts: Facts, invitation: Effect) -> bool:
    """The meeting was held while the transfer went to this service."""
    scheduled = scheduled_as(facts, invitation)
    held = (entry for entry in facts.steps if isinstance(entry.step, RecordFinalMeeting))
    return any(
        entry.service_ref == _service(invitation) and entry.step.occurred_at > scheduled.occurred_at for entry in held
    )


def outcome_in_writing(facts: Facts) -> Effect | None:
    """SD-18: a service that was not at the last meeting; None where it was there, or no meeting is recorded for it."""
    meeting = facts.last_of(RecordFinalMeeting)
    entry = facts.entry(meeting.step_id) if meeting else None
    if meeting is None or entry is None or meeting.service_attended or entry.service_ref != facts.service_ref:
        return None
    return Effect(kind=EffectKind.SEND_MEETING_OUTCOME, subject=f"{facts.service_ref}/{meeting.step_id}")


def scheduled_as(facts: Facts, message: Effect) -> ScheduleFinalMeeting:
    """What an invitation, or its cancellation, is about."""
    _, step_id, *_ = message.subject.split("/")
    return next(step for step in _schedules(facts) if step.step_id == step_id)


def occasion(facts: Facts, scheduled: ScheduleFinalMeeting) -> str:
    """What a calendar takes for the same meeting, however often it is moved: its first date since one was held."""
    first = None
    for entry in facts.steps:
        if isinstance(entry.step, RecordFinalMeeting) and first and entry.step.occurred_at > first.occurred_at:
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
