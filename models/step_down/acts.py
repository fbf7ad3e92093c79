"""The acts of the team manager: which steps ask for one, about whom, and which of them wait for it (SD-23b)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.remembered import remembered
from models.journey.steps import Step
from models.step_down.direction import passed_on, transfer_possible, undecided
from models.step_down.facts import StepDownFacts
from models.step_down.leaving import stands, was_sent
from models.step_down.moved import may_still_answer
from models.step_down.readers import needs_the_manager
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.decision import NameLeadPractitioner, RecordDecisions
from models.step_down.steps.sharing import Basis, RecordFamilySharing, RecordSharingBasis
from models.step_down.stop import may_be_lifted, outcome_in
from models.vocabulary import Role


def _closes(facts: StepDownFacts, step: RecordDecisions) -> Iterable[str]:
    """The children whom it closes, as long as it counts for them; who has moved, not before the answer is due."""
    for said in step.children:
        child = facts.child(said.ref)
        counts = child.decided_in is step and not child.end_denied_in(step)
        if said.decision.closes and counts and not may_still_answer(child):
            yield said.ref


def _not_by_words_alone(facts: StepDownFacts, step: RecordConsent) -> Iterable[str]:
    """The children for whom consent is for the manager, or was refused, whatever is decided of them (SD-09e)."""
    for said in step.children:
        child = facts.child(said.ref)
        for_manager = child.asked_in is step and child.may_still_pass and child.for_manager
        if for_manager or (child.refused_in is step and not child.closing_begun):
            yield said.ref


def _goes_on_without(facts: StepDownFacts, step: RecordFamilySharing) -> Iterable[None]:
    """As long as it is how the family saw the document last, and a child may still pass on."""
    holds = facts.shared(facts.paper(step.document_ref)) is step and transfer_possible(facts)
    return [None] if step.needs_manager and holds else []


def _for_the_time_being(facts: StepDownFacts, step: NameLeadPractitioner) -> Iterable[str]:
    """The children who may pass on, or have, and for whom nobody else was named since."""
    may_pass = undecided(facts) if transfer_possible(facts) else ()
    for child in dict.fromkeys((*may_pass, *passed_on(facts))):
        if step.needs_manager and child.named is step:
            yield child.ref


def _to_somebody_unsafe(facts: StepDownFacts, step: ApproveLetters) -> Iterable[None]:
    """As long as it is what is approved, and a letter that has not left needs the manager (SD-33a)."""
    to_come = (letter for letter in step.letters if not was_sent(facts, letter))
    current = facts.last_of(ApproveLetters) is step and not facts.harm_stands and as_approved(facts, step)
    holds = current and any(needs_the_manager(facts, letter) for letter in to_come)
    return [None] if holds else []


def as_approved(facts: StepDownFacts, step: ApproveLetters) -> bool:
    """Each letter that has not left is what was read when it was approved (SD-33a)."""
    return all(stands(facts, letter) for letter in step.letters)


def _by_a_power(facts: StepDownFacts, step: RecordSharingBasis) -> Iterable[str]:
    """The children of whom it is the last word that a recipient is told by a power (SD-09e)."""
    for said in step.children:
        if said.basis is Basis.POWER and facts.child(said.ref).basis_in(said.agency) == (step, said):
            yield said.ref


def _came_to_nothing(facts: StepDownFacts, step: RecordHarmOutcome) -> Iterable[str]:
    """The children for whom it is the last word that nothing follows, and who may go on (SD-39)."""
    for child in step.children_named():
        if outcome_in(facts, child) is step and may_be_lifted(facts, child):
            yield child


ASKS: Mapping[type[Step], Callable[[StepDownFacts, Any], Iterable[str | None]]] = {
    RecordConsent: _not_by_words_alone,
    RecordFamilySharing: _goes_on_without,
    RecordSharingBasis: _by_a_power,
    NameLeadPractitioner: _for_the_time_being,
    RecordDecisions: _closes,
    ApproveLetters: _to_somebody_unsafe,
    RecordHarmOutcome: _came_to_nothing,
}
"""About which children a step of a kind asks for the manager's act; None where it is about the step as a whole."""


def asked(facts: StepDownFacts, step: Step) -> tuple[str | None, ...]:
    """For whom the manager's act is needed; nobody, where a manager recorded what they decide themselves."""
    asks = ASKS.get(type(step))
    return () if asks is None or decided_by_manager(step) else tuple(asks(facts, step))


def decided_by_manager(step: Step) -> bool:
    """A manager recorded it; what a contact came to is the word of others, whoever writes it down (SD-39)."""
    return step.actor.role is Role.TEAM_MANAGER and not isinstance(step, RecordHarmOutcome)


@remembered
def waiting(facts: StepDownFacts) -> tuple[Step, ...]:
    """The steps that wait for the manager's act, oldest first."""
    counting = (entry.step for entry in facts.steps if not entry.late)
    return tuple(step for step in counting if any(facts.act_on(step, about) is None for about in asked(facts, step)))


def that_wait(kind: type[Step]) -> Callable[[StepDownFacts], Iterable[Step]]:
    """The steps of this kind that wait for the manager's act."""
    return lambda facts: (step for step in waiting(facts) if isinstance(step, kind))


def nothing_waits(kind: type[Step]) -> Callable[[StepDownFacts], bool]:
    """No step of this kind waits for the manager's act."""
    return lambda facts: not any(that_wait(kind)(facts))
