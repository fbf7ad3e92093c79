"""The conversation: the contact is asked, and answers; what it agrees is recorded (SD-06…08, SD-12…14, SD-17)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from models.journey.rows import TimeIsUp, field, unless
from models.journey.steps import FURTHEST_AHEAD
from models.kinds import ClockKind
from models.services import ContactKind
from models.step_down.direction import transfer_possible, undecided
from models.step_down.effects import contact_asked, conversation_requested, request_skipped
from models.step_down.facts import StepDownFacts
from models.step_down.rows import CONTACT, Doing, Need, Row, Rule
from models.step_down.steps.conversation import AnswerRequest, RecordContactConversation
from models.step_down.steps.transfer import ChangeService
from models.vocabulary import OF_A_SERVICE


def _wrong_contact(facts: StepDownFacts, step: RecordContactConversation) -> bool:
    right = facts.service.contact_kind if facts.service else None
    return right is ContactKind.ALLOCATES and step.contact_kind is ContactKind.PRACTITIONER


def _omits_a_child(facts: StepDownFacts, step: RecordContactConversation) -> bool:
    """A child that could pass on, was not talked over and has no decision yet; of the service, one whom it may see.

    Nobody has to say yes or no of a child while the family's last word is a no: one that waits for the team manager, or
    one about another service.
    """
    of_service = step.actor.role in OF_A_SERVICE
    to_name = (child for child in facts.children if child.shown_to_service or not of_service)
    missing = {child.ref for child in to_name if child.to_talk_over and not child.said_no and child.decision is None}
    return step.appropriate and not missing <= set(step.children_named())


def start(breaks: Callable[[date, date], bool]) -> Callable[[StepDownFacts, Any], str | None]:
    """Of which child the start breaks the rule; asked with it, and with the day on which it is agreed."""

    def found(facts: StepDownFacts, step: Any) -> str | None:  # noqa: ARG001 (asked with both)
        starts = ((place, child.realistic_start) for place, child in enumerate(step.children))
        wrong = (place for place, begins in starts if begins is not None and breaks(begins, step.day))
        return next((f"children.{place}.realistic_start" for place in wrong), None)

    return found


ROWS: tuple[Row, ...] = (
    Doing("SD-07", conversation_requested),
    Need(
        "SD-07",
        AnswerRequest,
        CONTACT,
        "Answer the request: offer a date for the conversation, or say that it is not for this service.",
        met=lambda f: f.request_answer is not None or f.conversation is not None,
        applies=lambda f: transfer_possible(f) and not request_skipped(f),
        clock=ClockKind.CONVERSATION,
    ),
    Need(
        "SD-07",
        RecordContactConversation,
        CONTACT,
        "Hold the conversation with the social worker and record what was agreed; the family reads the priorities in "
        "its letters, word for word.",
        met=lambda f: f.conversation is not None,
        applies=transfer_possible,
        clock=ClockKind.CONVERSATION_HELD,
    ),
    Need(
        "SD-08",
        RecordContactConversation,
        CONTACT,
        "Talk about the child who was added, or to whose support the family has agreed since, and record whether the "
        "service agreed to support them.",
        met=lambda f: f.conversation is None or not any(child.to_talk_over for child in undecided(f)),
        applies=transfer_possible,
        clock=ClockKind.CONVERSATION_HELD,
    ),
    TimeIsUp(
        "SD-34",
        ClockKind.CONVERSATION,
        ChangeService,
        "The contact has not answered, and everybody has been told: settle it with the service, name another "
        "service, or have something else decided for the children.",
    ),
    TimeIsUp(
        "SD-07",
        ClockKind.CONVERSATION_HELD,
        ChangeService,
        "The conversation was not held as offered: settle it with the service, name another service, or have "
        "something else decided for the children.",
    ),
    Rule(
        "SD-07",
        AnswerRequest,
        unless(lambda f: contact_asked(f) or f.conversation is not None),
        "The contact has not been asked for the conversation yet.",
    ),
    Rule("SD-07", AnswerRequest, unless(lambda f: f.conversation is None), "The conversation has been held."),
    Rule(
        "SD-06",
        RecordContactConversation,
        field("contact_kind", _wrong_contact),
        "For this service the conversation is held with a lead or manager who allocates its work.",
    ),
    Rule(
        "SD-08",
        RecordContactConversation,
        field("children", _omits_a_child),
        "Say for each child who could pass to the service whether it agreed to support them.",
    ),
    Rule(
        "SD-13",
        RecordContactConversation,
        start(lambda begins, held: begins < held),
        "Support cannot begin before the conversation in which it is agreed: name a day to come, or say why the day "
        "is not known yet. If the conversation was held earlier, say when.",
    ),
    Rule(
        "SD-13",
        RecordContactConversation,
        start(lambda begins, held: begins > held + FURTHEST_AHEAD),
        "This start is more than a year ahead: name a nearer day, or say why the day is not known yet.",
    ),
)
