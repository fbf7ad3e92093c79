"""The final meeting about the plan: which one is to come, whom it invites, and whether what it agreed counts."""

from datetime import timedelta

from models.effects import Effect, EffectResult, Ended
from models.journey.remembered import remembered
from models.kinds import EffectKind
from models.step_down.child import Child
from models.step_down.direction import undecided
from models.step_down.facts import Recorded, StepDownFacts
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.final_meeting import RecordFinalMeeting, ScheduleFinalMeeting
from models.vocabulary import LONDON

CALENDAR = (EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION)
ORGANISERS = (EffectKind.ENTER_MEETING, EffectKind.REMOVE_MEETING)
"""The same in this order, for whoever organises the meeting."""
MESSAGES_OF_A_DATE = 1000
"""How far apart the numbers lie that the invitations to two dates begin with."""


@remembered
def to_come(facts: StepDownFacts) -> ScheduleFinalMeeting | None:
    """The meeting that is scheduled, not cancelled, and not held yet.

    One to which nobody was invited before it was over came about without the service, or not at all.
    """
    last = facts.last_of(ScheduleFinalMeeting)
    if last is None or last.meeting_at is None or _held_since(facts, last):
        return None
    return None if _over(facts, last) and not facts.ended(invitation_to(facts, last)) else last


def _over(facts: StepDownFacts, scheduled: ScheduleFinalMeeting) -> bool:
    """Something is known that came after its end."""
    starts = scheduled.meeting_at
    return starts is not None and facts.newest >= starts + timedelta(minutes=scheduled.minutes)


def about_date(scheduled: ScheduleFinalMeeting) -> str:
    """What the clocks that run towards this date are about."""
    return f"date-{scheduled.step_id}"


def _held_since(facts: StepDownFacts, scheduled: ScheduleFinalMeeting) -> bool:
    """On its day or later; or brought forward, which leaves nobody unheard for whom the date was set."""
    held = [meeting[-1] for meeting in meetings(facts) if meeting[-1].occurred_at > scheduled.occurred_at]
    return bool(held) and (not all(_before_its_day(scheduled, one) for one in held) or not _somebody_to_hear(facts))


def _before_its_day(scheduled: ScheduleFinalMeeting, meeting: RecordFinalMeeting) -> bool:
    starts = scheduled.meeting_at
    return starts is not None and meeting.day < starts.astimezone(LONDON).date()


def _somebody_to_hear(facts: StepDownFacts) -> bool:
    """A child who may pass on, or of whom that is not settled, has come to no answer at a meeting."""
    return any(child.unheard and (child.could_pass or not child.answered) for child in undecided(facts))


def held_instead_of(facts: StepDownFacts, scheduled: ScheduleFinalMeeting) -> RecordFinalMeeting | None:
    """The meeting that was held on a day before the one that was set, and in its place; None where none was."""
    since = (meeting[-1] for meeting in meetings(facts) if meeting[-1].occurred_at > scheduled.occurred_at)
    early = [one for one in since if _before_its_day(scheduled, one)]
    stood = facts.last_of(ScheduleFinalMeeting) is scheduled and not _somebody_to_hear(facts)
    return early[-1] if early and stood else None


@remembered
def meetings(facts: StepDownFacts) -> tuple[tuple[RecordFinalMeeting, ...], ...]:
    """The meetings that were held, each as it was said first, and said anew since."""
    held: list[tuple[RecordFinalMeeting, ...]] = []
    for step in facts.all_of(RecordFinalMeeting):
        corrected = (place for place, said in enumerate(held) if step.corrects in {one.step_id for one in said})
        place = next(corrected, len(held))
        held[place:] = [(*held[place], step) if place < len(held) else (step,), *held[place + 1 :]]
    return tuple(held)


@remembered
def for_the_meeting(facts: StepDownFacts) -> tuple[Child, ...]:
    """The children about whom a final meeting has to come to an answer (SD-19)."""
    return tuple(child for child in undecided(facts) if child.consents and child.agreement)


def meeting_agrees(child: Child) -> bool:
    """SD-19: on the plan route a final meeting agreed that the child passes on, and that counts."""
    return not child.facts.on_a_plan or (child.agreed_at_meeting and counts(child))


def unconfirmed(child: Child) -> bool:
    """SD-16: a meeting agreed, but its agreement does not count yet."""
    return child.agreed_at_meeting and not counts(child)


def counts(child: Child) -> bool:
    """Whether what the last meeting said of the child counts."""
    return child in _counted(child.facts)


@remembered
def _counted(facts: StepDownFacts) -> tuple[Child, ...]:
    return tuple(child for child in facts.children if _came_in_time(facts, child))


def _came_in_time(facts: StepDownFacts, child: Child) -> bool:
    """SD-16, SD-18: it came after the conversation, the service was invited to that day; or it was confirmed since."""
    meeting = child.meeting
    if meeting is None or facts.conversation is None:
        return False
    if any(_after_the_conversation(facts, child, entry) for entry in facts.stands_for(meeting)):
        return True
    talked = child.first_talked
    return talked is not None and talked <= meeting.occurred_at and _invited(facts, meeting)


def _after_the_conversation(facts: StepDownFacts, child: Child, said: Recorded) -> bool:
    """It was recorded once this service had talked over the child."""
    before = facts.steps[: next(place for place, entry in enumerate(facts.steps) if entry is said)]
    talks = (entry.step for entry in before if isinstance(entry.step, RecordContactConversation))
    return said.service_ref == facts.service_ref and any(talk.names(child.ref) for talk in talks)


def _invited(facts: StepDownFacts, meeting: RecordFinalMeeting) -> bool:
    """It was held on the day that held then, to which the service had been invited, and not cancelled since."""
    dates = [step for step in facts.all_of(ScheduleFinalMeeting) if step.occurred_at < meeting.occurred_at]
    if not dates or not _on_its_day(dates[-1], meeting):
        return False
    sent = [message.effect for message in _sent(facts) if message.at <= meeting.occurred_at]
    about = [effect for effect in sent if (effect.service, effect.step) == (facts.service_ref, dates[-1].step_id)]
    return bool(about) and about[-1].kind is EffectKind.INVITE_TO_MEETING


def _on_its_day(date: ScheduleFinalMeeting, meeting: RecordFinalMeeting) -> bool:
    """It was held on the day for which it had been scheduled, in London."""
    if date.meeting_at is None or date.occurred_at >= meeting.occurred_at:
        return False
    return date.meeting_at.astimezone(LONDON).date() == meeting.occurred_at.astimezone(LONDON).date()


@remembered
def _sent(facts: StepDownFacts, kinds: tuple[EffectKind, ...] = CALENDAR) -> tuple[EffectResult, ...]:
    """The invitations and cancellations that were sent, or may have been, in the order in which a calendar has them."""
    ended = [result for result in facts.effects if result.ended is not Ended.SKIPPED]
    perhaps = [result for result in facts.stopped if result.may_have_been_sent]
    sent = [result for result in (*ended, *perhaps) if result.effect.kind in kinds]
    return tuple(sorted(sent, key=lambda result: sequence(facts, result.effect)))


def meeting_told_of(facts: StepDownFacts, message: Effect) -> tuple[RecordFinalMeeting, ...]:
    """The meeting that the service reads of in this message."""
    return next(meeting for meeting in meetings(facts) if message.step in {said.step_id for said in meeting})


def told_before(facts: StepDownFacts, message: Effect) -> bool:
    """An earlier message to the same service was about the same meeting."""
    same = {said.step_id for said in meeting_told_of(facts, message)}
    earlier = facts.begun[: facts.begun.index(message)] if message in facts.begun else facts.begun
    alike = (effect for effect in earlier if (effect.kind, effect.service) == (message.kind, message.service))
    return any(effect.step in same for effect in alike)


def invitation_to(facts: StepDownFacts, meeting: ScheduleFinalMeeting) -> Effect:
    """SD-18: the invitation of the service to this meeting, again where it was cancelled meanwhile."""
    messages = {*facts.begun, *(message.effect for message in _sent(facts))}
    cancelled = [effect for effect in messages if effect.kind is EffectKind.CANCEL_INVITATION]
    about = (facts.service_ref, meeting.step_id)
    invited = Effect(
        kind=EffectKind.INVITE_TO_MEETING,
        service=facts.service_ref,
        step=meeting.step_id,
        time=1 + sum(1 for effect in cancelled if (effect.service, effect.step) == about),
        since=facts.newest,
    )
    begun = next((effect for effect in facts.begun if effect == invited), None)
    return begun or invited.model_copy(update={"occasion": _occasion(facts, invited)})


def _occasion(facts: StepDownFacts, invited: Effect) -> str:
    """What a calendar takes for the same meeting, however often it is moved, until it may have been called off.

    From then on it has another name: calendars take a cancellation that is read late for the newest word.
    """
    meeting, number = first_date(facts, scheduled_as(facts, invited)), sequence(facts, invited)
    under_way = [effect for effect in facts.unfinished if effect.kind is EffectKind.INVITE_TO_MEETING]
    known = (*(sent.effect for sent in _sent(facts)), *_left_unclear(facts), *under_way)
    told = [effect for effect in known if effect != invited]
    before = [
        effect
        for effect in sorted(told, key=lambda effect: sequence(facts, effect))
        if effect.service == invited.service
        and sequence(facts, effect) < number
        and first_date(facts, scheduled_as(facts, effect)) == meeting
    ]
    if before and before[-1].occasion and before[-1].kind is EffectKind.INVITE_TO_MEETING:
        return before[-1].occasion
    return f"{invited.step}/{invited.time}" if invited.time > 1 else f"{invited.step}"


def _left_unclear(facts: StepDownFacts) -> tuple[Effect, ...]:
    """The cancellations that a person gave up, and that may have left."""
    given_up = (result.effect for result in facts.effects if result.ended is Ended.SKIPPED)
    return tuple(e for e in given_up if e.kind is EffectKind.CANCEL_INVITATION and facts.was_unclear(e))


@remembered
def cancellations(facts: StepDownFacts, wanted: Effect | None) -> tuple[Effect, ...]:
    """The invitations that were sent, or may have been, to a meeting to which the service is not to come: each, once.

    The invitation to a meeting that lies behind is not cancelled.
    """
    invited = (sent.effect for sent in _sent(facts) if sent.effect.kind is EffectKind.INVITE_TO_MEETING)
    last = {_in_calendar(effect): effect for effect in invited}
    if wanted is not None:
        last.pop(_in_calendar(wanted), None)
    return tuple(
        effect.model_copy(update={"kind": EffectKind.CANCEL_INVITATION, "since": facts.newest})
        for effect in last.values()
        if not _lies_behind(facts, scheduled_as(facts, effect))
    )


@remembered
def for_the_organiser(facts: StepDownFacts, wanted: Effect | None) -> tuple[Effect, ...]:
    """What a service was told last of each meeting, for who organises it; an invitation only while it holds.

    Nothing is taken out that was not entered.
    """
    last = {_in_calendar(sent.effect): sent for sent in _sent(facts)}.items()
    off = {_in_calendar(effect) for effect in cancellations(facts, wanted)}
    holds = [sent for calendar, sent in last if calendar not in off]
    entered = {_in_calendar(sent.effect) for sent in _sent(facts, ORGANISERS)}
    gone = [sent for calendar, sent in last if calendar in entered]
    theirs = (
        sent.effect.model_copy(update={"kind": kind})
        for told, kind, sents in zip(CALENDAR, ORGANISERS, (holds, gone), strict=True)
        for sent in sents
        if sent.effect.kind is told
    )
    return tuple(effect for effect in theirs if not _lies_behind(facts, scheduled_as(facts, effect)))


def _in_calendar(message: Effect) -> tuple[str | None, str | None]:
    """Whose calendar a message is for, and about which meeting in it."""
    return message.service, message.occasion


def _lies_behind(facts: StepDownFacts, date: ScheduleFinalMeeting) -> bool:
    """It is over, or was held on its day; or was brought forward, and nobody would come in vain any more."""
    begun = date.meeting_at is not None and facts.newest >= date.meeting_at
    too_late = begun and held_instead_of(facts, date) is not None
    return _over(facts, date) or too_late or any(_on_its_day(date, meeting[-1]) for meeting in meetings(facts))


def moved_from(facts: StepDownFacts, message: Effect) -> ScheduleFinalMeeting | None:
    """The date that an invitation takes the place of in the calendar of the service; None where there is none."""
    number, meeting = sequence(facts, message), _in_calendar(message)
    earlier = [sent.effect for sent in _sent(facts) if sequence(facts, sent.effect) < number]
    before = [effect for effect in earlier if _in_calendar(effect) == meeting]
    if not before or before[-1].kind is not EffectKind.INVITE_TO_MEETING:
        return None
    return scheduled_as(facts, before[-1])


def scheduled_as(facts: StepDownFacts, message: Effect) -> ScheduleFinalMeeting:
    """What an invitation, or its cancellation, is about."""
    return next(step for step in _schedules(facts) if step.step_id == message.step)


def first_date(facts: StepDownFacts, scheduled: ScheduleFinalMeeting) -> str:
    """What people take for the same meeting, however often it is moved: its first date since one was held."""
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


def sequence(facts: StepDownFacts, message: Effect) -> int:
    """The number by which a calendar tells the newer message about a meeting from the older ones."""
    place = _schedules(facts).index(scheduled_as(facts, message))
    before = 2 * (message.time - 1)
    return place * MESSAGES_OF_A_DATE + before + (message.kind in {CALENDAR[-1], ORGANISERS[-1]})


def _schedules(facts: StepDownFacts) -> list[ScheduleFinalMeeting]:
    return [entry.step for entry in facts.steps if isinstance(entry.step, ScheduleFinalMeeting)]
