"""What a step says anew, and when that comes too late because it has been acted on."""

from collections.abc import Callable
from typing import Any, NamedTuple

from models.effects import Effect, EffectKind
from models.step_down.conditions import passed_on
from models.step_down.facts import Facts
from models.step_down.given_back import settles
from models.step_down.said import Decision
from models.step_down.steps import (
    AcknowledgeTransfer,
    ApproveLetters,
    DecideChildren,
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordConsent,
    RecordContactConversation,
    RecordExploration,
    RecordFamilySharing,
    RecordFinalMeeting,
    Step,
)
from models.step_down.wanted import closing_or_writing, service_was_told, sharing, summary_to_practitioner

WHOLE = (RecordExploration, NameLeadPractitioner, ApproveLetters)
"""Steps of which the last one holds. A date that is moved is offered anew; the first offer stays an answer."""
BY_CHILD = (
    RecordConsent,
    RecordContactConversation,
    RecordFinalMeeting,
    RecordAdviceSummary,
    DecideChildren,
    AcknowledgeTransfer,
)
"""Steps of which the last one holds for each child that it names."""


def replaced_by(facts: Facts, step: Step) -> tuple[str, ...]:
    """The steps that this one says anew, by ``step_id``, oldest first.

    The practitioner who takes over from an interim contact corrects nothing.
    """
    said: list[Step | None] = []
    if isinstance(step, NameLeadPractitioner) and facts.interim and step.corrects is None:
        return ()
    if isinstance(step, RecordFamilySharing):
        said = [_seen_before(facts, step)]
    elif isinstance(step, WHOLE) or _ends_the_conversation(facts, step):
        said = [facts.last_of(type(step))]
    elif isinstance(step, BY_CHILD):
        said = [_said_before(facts, step, child) for child in step.children_named()]
    before = {earlier.step_id for earlier in said if earlier is not None}
    return tuple(entry.step.step_id for entry in facts.steps if entry.step.step_id in before)


def _seen_before(facts: Facts, step: RecordFamilySharing) -> RecordFamilySharing | None:
    """How the family saw the document of this kind before."""
    kind = facts.kind_of(step.document_ref)
    return facts.shared(kind) if kind else None


def _said_before(facts: Facts, step: Step, child: str) -> Step | None:
    """The step of this kind that holds for the child.

    The next decision does not replace one that no longer counts, and the next meeting not the one before, unless the
    child is being closed on what that one said.
    """
    meeting = facts.meeting(child)
    if isinstance(step, RecordFinalMeeting):
        later = meeting is not None and step.occurred_at > meeting.occurred_at and step.corrects is None
        return None if later and not facts.closing_begun(child) else meeting
    counts = not isinstance(step, DecideChildren) or facts.decision(child) is not None
    return facts.last_of(type(step), child) if counts else None


def _ends_the_conversation(facts: Facts, step: Step) -> bool:
    """Appropriate or not is said of all children at once."""
    before = facts.conversation
    return isinstance(step, RecordContactConversation) and not (step.appropriate and (not before or before.appropriate))


def under_way(facts: Facts, effect: Effect | None) -> bool:
    """What was begun counts as done; what waits for a person because it certainly did not happen does not."""
    if effect is None or effect not in facts.begun:
        return False
    waits = facts.waits_for_a_person(effect)
    return waits is None or waits.problem == "unclear"


def letters_that_left(facts: Facts) -> set[str]:
    """The letters that were sent, or may have been, by id."""
    written = (effect for effect in facts.begun if effect.kind is EffectKind.SEND_LETTER)
    return {effect.subject for effect in written if under_way(facts, effect)}


def says_what_letters_did_not(facts: Facts, step: Step) -> bool:
    """Letters have been sent, and this changes who takes over, or what becomes of a child that is given back.

    A letter with a text of its own was approved for what was decided then.
    """
    if is_late(facts, step):
        return False
    own_text = any(letter.text for letter in facts.letters or ())
    named_before = facts.practitioner is not None and (facts.interim or bool(passed_on(facts)))
    changes = settles(facts, step) or (isinstance(step, NameLeadPractitioner) and named_before)
    return (changes and bool(letters_that_left(facts))) or (isinstance(step, DecideChildren) and own_text)


def _shared(facts: Facts, step: RecordFamilySharing) -> bool:
    """The version that the family saw is on its way to this service, or a child passes on with or without it.

    A newer version, or another document of the kind, which the family has seen since, goes to the service, too; once a
    child is being closed on the one before, only if the family agrees to it.
    """
    shared = _seen_before(facts, step)
    passing_on = any(facts.closing_begun(child) for child in facts.decided(Decision.TRANSFER))
    if shared is not None and (step.document_ref != shared.document_ref or step.version > shared.version):
        return passing_on and not step.agreed_as_basis
    return passing_on or (shared is not None and under_way(facts, sharing(facts, shared)))


def _advised(facts: Facts, step: Step) -> bool:  # noqa: ARG001 (asked with facts and step, like the others)
    """The practitioner who is named now has the summary of advice, or may have it."""
    return under_way(facts, summary_to_practitioner(facts))


def _relied_on(facts: Facts, child: str) -> bool:
    """Something may have been done on the family's answer for this child; a refusal leads to nothing."""
    return facts.consents(child) or facts.closing_begun(child)


class ActedOn(NamedTuple):
    """When a fact has been acted on, so that it is no longer replaced."""

    clause: str
    once: str
    holds: Callable[[Facts, Any], bool]


LATE: dict[type[Step], ActedOn] = {
    RecordConsent: ActedOn(
        "SD-09",
        "the service knows of the transfer, or children are being closed",
        lambda f, s: (
            closing_or_writing(f, *s.children_named())
            or (service_was_told(f) and any(_relied_on(f, c) for c in s.children_named()))
        ),
    ),
    RecordFamilySharing: ActedOn(
        "SD-11",
        "the document is on its way to the service, or children are being closed; a newer version to which the family "
        "agrees goes there, too",
        _shared,
    ),
    RecordContactConversation: ActedOn(
        "SD-08", "a child has been decided to pass on", lambda f, s: bool(f.decided(Decision.TRANSFER))
    ),
    RecordFinalMeeting: ActedOn(
        "SD-19", "the child is being closed", lambda f, s: any(map(f.closing_begun, s.children_named()))
    ),
    NameLeadPractitioner: ActedOn("SD-28", "the summary of advice is on its way", _advised),
    RecordAdviceSummary: ActedOn("SD-30", "the summary of advice is on its way", _advised),
    DecideChildren: ActedOn(
        "SD-23",
        "the child is being closed, or letters or the advice sent, unless the service did not accept the child",
        lambda f, s: (closing_or_writing(f, *s.children_named()) or _advised(f, s)) and not settles(f, s),
    ),
}
"""What is corrected after that is kept, replaces nothing, and a person compares the two."""


def is_late(facts: Facts, step: Step) -> bool:
    """Whether the step corrects what has been acted on already."""
    acted_on = LATE.get(type(step))
    return acted_on is not None and bool(replaced_by(facts, step)) and acted_on.holds(facts, step)


def says_new_things_too_late(facts: Facts, step: Step) -> bool:
    """Whether a late step speaks of a child, too, of whom nothing was said: that would be lost with it."""
    new = [
        child
        for child in step.children_named()
        if _said_before(facts, step, child) is None
        or (isinstance(step, RecordConsent) and not closing_or_writing(facts) and not _relied_on(facts, child))
    ]
    return isinstance(step, BY_CHILD) and bool(new) and is_late(facts, step)
