"""What a step-down waits for, and from when: the answers that others owe, the dates that come near, our own waits."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time

from models.journey.clocks import recorded_wrongly
from models.journey.recorded import Clock, RecordedStep
from models.journey.rows import TimeIsUp, Waiting
from models.journey.steps import ReportSignificantHarm
from models.kinds import ClockKind
from models.step_down.direction import passed_on, transfer_possible
from models.step_down.effects import request_of_conversation, request_skipped
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import about_date, invitation_to, to_come
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters, RecordFamiliesFirstNotification
from models.step_down.steps.conversation import AnswerRequest, RecordContactConversation
from models.step_down.steps.decision import RecordDecisions, RecordManagementConversation
from models.step_down.steps.final_meeting import RecordFinalMeeting, ScheduleFinalMeeting
from models.step_down.steps.transfer import ChangeService
from models.vocabulary import LONDON


def waiting(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """What is waited for beside what is missing."""
    yield from _answers_owed(facts)
    yield from _meeting_to_come(facts, now)


def _answers_owed(facts: StepDownFacts) -> Iterator[Waiting]:
    """SD-34, SD-35: what others owe us. A contact who was asked still owes the answer while the request is repeated."""
    service, asked = facts.service_ref, facts.result(request_of_conversation(facts))
    owed = [clock.since for clock in facts.open_clocks(ClockKind.CONVERSATION) if clock.about == service]
    owed += [asked.at] if asked is not None and not request_skipped(facts) else []
    answered = facts.request_answer is not None or facts.conversation is not None
    if owed and not answered and transfer_possible(facts):
        yield Waiting(ClockKind.CONVERSATION, service, owed[0])
    for child in passed_on(facts):
        if child.closing_result is not None and child.acknowledgement is None:
            yield Waiting(ClockKind.ACKNOWLEDGEMENT, child.ref, child.closing_result.at)


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


def _talked(facts: StepDownFacts) -> str:
    """The last management conversation."""
    return f"after-{facts.management_conversation.step_id}" if facts.management_conversation else ""


def _allocation(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:
    """From the day by which a practitioner was expected."""
    named = facts.practitioner
    if named is None or named.interim_until is None:
        yield Waiting(ClockKind.ALLOCATION, "", now)
    else:
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


def _with_its_date(facts: StepDownFacts, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001 (asked with both)
    """The record of a meeting is waited for from its day, whether it is missing yet or not."""
    yield from ()


COUNTED_FROM: Mapping[ClockKind, Callable[[StepDownFacts, datetime], Iterator[Waiting]]] = {
    ClockKind.DECLINED: _since_managers_talked(ClockKind.DECLINED),
    ClockKind.LEAD_PRACTITIONER: _since_managers_talked(ClockKind.LEAD_PRACTITIONER),
    ClockKind.ALLOCATION: _allocation,
    ClockKind.CONVERSATION_HELD: _conversation_held,
    ClockKind.FINAL_MEETING: _with_its_date,
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


ANSWERS: Mapping[ClockKind, Callable[[StepDownFacts, Clock], Iterator[RecordedStep]]] = {
    ClockKind.CONVERSATION: _contact_answered,
    ClockKind.ACKNOWLEDGEMENT: _child_acknowledged,
}

NOT_ENGAGED = (
    "The time that this council gives is over. Where the family does not answer, check whether social work still has "
    "a role, then have the social worker record the decision for the children; an answer that comes after all still "
    "counts."
)

TIME_IS_UP = {
    ClockKind.CONSENT: TimeIsUp("SD-01", RecordDecisions, NOT_ENGAGED),
    ClockKind.SHARING: TimeIsUp("SD-01", RecordDecisions, NOT_ENGAGED),
    ClockKind.CONVERSATION: TimeIsUp(
        "SD-34",
        ChangeService,
        "The contact has not answered, and everybody has been told: settle it with the service, name another service, "
        "or have the children decided otherwise.",
    ),
    ClockKind.CONVERSATION_HELD: TimeIsUp(
        "SD-07",
        ChangeService,
        "The conversation was not held as offered: settle it with the service, name another service, or have the "
        "children decided otherwise.",
    ),
    ClockKind.SCHEDULING: TimeIsUp(
        "SD-18", ScheduleFinalMeeting, "The final meeting is overdue: have the social worker schedule it."
    ),
    ClockKind.FINAL_MEETING: TimeIsUp(
        "SD-19",
        RecordFinalMeeting,
        "It is not recorded what the final meeting agreed: have the social worker record it, or have another one held.",
    ),
    ClockKind.MEETING_CONFIRMED: TimeIsUp(
        "SD-16",
        RecordFinalMeeting,
        "Nobody has confirmed what the meeting agreed: confirm it, or have the chair do so, and have the social worker "
        "record that; or have another meeting held.",
    ),
    ClockKind.LEAD_PRACTITIONER: TimeIsUp(
        "SD-29",
        RecordManagementConversation,
        "No practitioner has been found: talk with the Targeted Services Leader about the right response, and record "
        "what you agree. An interim contact may be named.",
    ),
    ClockKind.ALLOCATION: TimeIsUp(
        "SD-29",
        RecordManagementConversation,
        "No practitioner was allocated by the expected day: talk with the Targeted Services Leader, and record what "
        "you agree.",
    ),
    ClockKind.MANAGEMENT_CONVERSATION: TimeIsUp(
        "SD-29", RecordManagementConversation, "The conversation with the Targeted Services Leader is overdue: hold it."
    ),
    ClockKind.SIGNIFICANT_HARM: TimeIsUp(
        "SU-01",
        ReportSignificantHarm,
        "Nobody has said who was spoken to at Duty and Advice about a risk of significant harm: see to it now, and "
        "have it recorded.",
    ),
    ClockKind.HARM_NOT_TAKEN: TimeIsUp(
        "SU-01",
        ReportSignificantHarm,
        "A report of significant harm that could not be taken has not been recorded: see to it now that Duty and "
        "Advice is spoken to, and that the report is recorded.",
    ),
    ClockKind.DECISION: TimeIsUp(
        "SD-23", RecordDecisions, "The decision for the children is overdue: have the social worker record it."
    ),
    ClockKind.LETTERS: TimeIsUp(
        "SD-33", ApproveLetters, "The letters are overdue: have the social worker approve them."
    ),
    ClockKind.DECLINED: TimeIsUp(
        "SD-29",
        RecordManagementConversation,
        "Nothing has become of what was agreed for the child whom the service did not accept: talk again with the "
        "Targeted Services Leader.",
    ),
    ClockKind.FAMILIES_FIRST: TimeIsUp(
        "SD-26",
        RecordFamiliesFirstNotification,
        "It was not confirmed that Families First was told: ask the service once more, or record why it was not done.",
    ),
}
"""The end of every wait, by what is waited for. What follows an acknowledgement's ladder is a need of its own."""
