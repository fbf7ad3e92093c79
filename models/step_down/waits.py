"""What a step-down waits for, and from when: the answers that others owe, the dates that come near, our own waits."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time

from models.journey.clocks import recorded_wrongly
from models.journey.recorded import Clock, RecordedStep
from models.journey.rows import Waiting
from models.kinds import ClockKind
from models.step_down import acts
from models.step_down.direction import given_back, passed_on, transfer_possible
from models.step_down.effects import request_of_conversation, request_skipped
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import about_date, invitation_to, to_come
from models.step_down.first_contact import FirstContact, awaited_since, manager_decided, said_in
from models.step_down.moved import about_notice, known_there, unanswered_notice
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.conversation import AnswerRequest, RecordContactConversation
from models.step_down.steps.first_contact import Became, RecordFirstContact
from models.vocabulary import LONDON


def waiting(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """What is waited for beside what is missing."""
    yield from _answers_owed(facts)
    yield from _meeting_to_come(facts, now)


def _answers_owed(facts: StepDownFacts) -> Iterator[Waiting]:
    """SD-34, SD-35, SD-37: what others owe us.

    A contact who was asked still owes the answer while the request is repeated.
    """
    service, asked = facts.service_ref, facts.result(request_of_conversation(facts))
    owed = [clock.since for clock in facts.open_clocks(ClockKind.CONVERSATION) if clock.about == service]
    owed += [asked.at] if asked is not None and not request_skipped(facts) else []
    answered = facts.request_answer is not None or facts.conversation is not None
    if owed and not answered and transfer_possible(facts):
        yield Waiting(ClockKind.CONVERSATION, service, owed[0])
    for child in passed_on(facts):
        if child.closing_result is not None and child.acknowledgement is None:
            yield Waiting(ClockKind.ACKNOWLEDGEMENT, child.ref, child.closing_result.at)
    for child in facts.children:
        if (since := awaited_since(child)) is not None:
            yield Waiting(ClockKind.FIRST_CONTACT, child.ref, since)


def _meeting_to_come(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
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


def _since_managers_talked(kind: ClockKind) -> Callable[[StepDownFacts, datetime], Iterator[Waiting]]:
    """With each management conversation, the time of what it was about starts again."""

    def counted(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
        yield Waiting(kind, _talked(facts), now)

    return counted


def _child_by_child(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """SD-36: each answer by which a service does not take children is told on its own."""
    for child in given_back(facts):
        if not child.talked_about:
            declined = facts.last_of(AcknowledgeTransfer, child.ref)
            yield Waiting(ClockKind.MANAGEMENT_CONVERSATION, f"declined-{declined.step_id}" if declined else "", now)


def _talked(facts: StepDownFacts) -> str:
    """The last management conversation."""
    return f"after-{facts.management_conversation.step_id}" if facts.management_conversation else ""


def _allocation(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """From the day by which a practitioner was expected, for each who was named until then."""
    contacts = {child.practitioner.step_id: child.practitioner for child in passed_on(facts) if child.practitioner}
    for named in contacts.values():
        if named.interim_until is not None:
            expected = datetime.combine(named.interim_until, time(0), LONDON)
            about = "/".join(filter(None, (f"contact-{named.step_id}", _talked(facts))))
            yield Waiting(ClockKind.ALLOCATION, about, max(now, expected))


def _conversation_held(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """From the day that was offered; where the request was skipped, from now."""
    kind, answer = ClockKind.CONVERSATION_HELD, facts.request_answer
    if facts.conversation is None and answer is not None and answer.conversation_at is not None:
        yield Waiting(kind, f"offer-{answer.step_id}", max(now, answer.conversation_at))
    elif facts.conversation is not None or request_skipped(facts):
        yield Waiting(kind, "", now)


def _act_by_act(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """Each step waits for the manager on its own: what replaces it is something new to look at."""
    for step in acts.waiting(facts):
        yield Waiting(ClockKind.AUTHORISED, f"of-{step.step_id}", now)


def _notice_by_notice(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """SD-23a: from the day on which our notice was sent, which lies behind."""
    for child in facts.children:
        notice = unanswered_notice(child)
        if notice is not None and not known_there(child):
            sent = datetime.combine(notice.notice_sent_on, time(0), LONDON)
            yield Waiting(ClockKind.NOTICE, about_notice(child), min(now, sent))


def _unseen_by_child(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """SD-37: each child who was not seen waits on its own; one that is looked at again, from that day."""
    for child in facts.children:
        said, decided = said_in(child), manager_decided(child)
        if child.first_contact is FirstContact.FOR_MANAGER:
            yield Waiting(ClockKind.NOT_SEEN, f"{child.ref}/{said.step_id if said else 'nothing'}", now)
        elif child.first_contact is FirstContact.REVIEW and decided is not None and decided.review_on is not None:
            day = datetime.combine(decided.review_on, time(0), LONDON)
            yield Waiting(ClockKind.NOT_SEEN, f"{child.ref}/{decided.review_on}", max(now, day))


def _no_start_by_child(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """SD-13: each child of whom nobody said when support begins waits on its own."""
    for child in facts.children:
        if child.first_contact is FirstContact.NO_START:
            yield Waiting(ClockKind.START, child.ref, now)


def _with_its_date(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 (asked with both)
    """The record of a meeting is waited for from its day, whether it is missing yet or not."""
    yield from ()


COUNTED_FROM: Mapping[ClockKind, Callable[[StepDownFacts, datetime], Iterator[Waiting]]] = {
    ClockKind.DECLINED: _since_managers_talked(ClockKind.DECLINED),
    ClockKind.MANAGEMENT_CONVERSATION: _child_by_child,
    ClockKind.LEAD_PRACTITIONER: _since_managers_talked(ClockKind.LEAD_PRACTITIONER),
    ClockKind.ALLOCATION: _allocation,
    ClockKind.CONVERSATION_HELD: _conversation_held,
    ClockKind.FINAL_MEETING: _with_its_date,
    ClockKind.AUTHORISED: _act_by_act,
    ClockKind.NOTICE: _notice_by_notice,
    ClockKind.START: _no_start_by_child,
    ClockKind.NOT_SEEN: _unseen_by_child,
}


def _contact_answered(facts: StepDownFacts, clock: Clock) -> Iterator[RecordedStep]:
    """SD-34: the contact offered a date, declined, or held the conversation."""
    for entry in facts.steps[clock.steps_before :]:
        answers = isinstance(entry.step, AnswerRequest | RecordContactConversation)
        if answers and entry.service_ref == clock.about and not recorded_wrongly(facts, entry):
            yield entry


def _child_acknowledged(facts: StepDownFacts, clock: Clock) -> Iterator[RecordedStep]:
    """SD-35: the service answered for the child."""
    for entry in facts.steps[clock.steps_before :]:
        if isinstance(entry.step, AcknowledgeTransfer) and entry.step.names(clock.about):
            yield entry


def _child_seen(facts: StepDownFacts, clock: Clock) -> Iterator[RecordedStep]:
    """SD-37: somebody of the service from which that was awaited saw the child."""
    for entry in facts.steps[clock.steps_before :]:
        said = entry.step.children if isinstance(entry.step, RecordFirstContact) else ()
        saw = any(one.ref == clock.about and one.became is Became.SEEN for one in said)
        if saw and entry.service_ref == clock.service_ref and not recorded_wrongly(facts, entry):
            yield entry


ANSWERS: Mapping[ClockKind, Callable[[StepDownFacts, Clock], Iterator[RecordedStep]]] = {
    ClockKind.CONVERSATION: _contact_answered,
    ClockKind.ACKNOWLEDGEMENT: _child_acknowledged,
    ClockKind.FIRST_CONTACT: _child_seen,
}
