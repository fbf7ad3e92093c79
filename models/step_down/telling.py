"""What a letter tells, from what is recorded: of whom, to whom, and how much its reader may learn (SD-33, SD-33a…d)."""

from collections.abc import Iterator
from datetime import date

from models.policy import Phones
from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.readers import reader_words, reads_of, told_no_whereabouts
from models.step_down.steps.confirmation import Letter, LetterAudience
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.decision import Decision, NameLeadPractitioner
from models.vocabulary import Frozen, Ref


class ToldChild(Frozen):
    """What a letter tells of one child; neither the reason of a decision nor where the child went."""

    ref: Ref
    decision: Decision
    withdrawn: bool = False
    """It was passed on, and consent was withdrawn since."""
    starts_on: date | None = None
    """When support can begin, as the service agreed (SD-13, SD-33b)."""


class Telling(Frozen):
    """What one letter tells; from it alone its text is made."""

    audience: LetterAudience
    reader: str
    """What they are called."""
    transfer: str
    children: tuple[ToldChild, ...]
    service: str
    practitioner: NameLeadPractitioner | None = None
    """Who takes over; None where none of these children passes to Early Help."""
    service_in_question: bool = True
    """The family knows of the service: it was asked whether it agrees to it."""
    without_whereabouts: bool = False
    """Its reader must not learn from it where a child is (SD-33a)."""
    phones: Phones = Phones()


def telling(facts: StepDownFacts, letter: Letter) -> Telling:
    """What the letter tells as things stand: of the children whom it names, and of whom its recipient may read."""
    children = reads_of(facts, letter)
    return Telling(
        audience=letter.audience,
        reader=reader_words(facts, letter),
        without_whereabouts=told_no_whereabouts(facts, letter),
        transfer=facts.request.id,
        children=tuple(_told(children)),
        service=facts.service.name if facts.service else facts.service_ref,
        practitioner=facts.practitioner if any(child.passes_on for child in children) else None,
        service_in_question=any(isinstance(entry.step, RecordConsent) for entry in facts.steps),
        phones=facts.policy.phones,
    )


def _told(children: tuple[Child, ...]) -> Iterator[ToldChild]:
    """Each child that is decided."""
    for child in children:
        if child.decision is not None:
            yield ToldChild(
                ref=child.ref,
                decision=child.decision.decision,
                withdrawn=child.is_decided(Decision.TRANSFER) and not child.consents,
                starts_on=child.agreement.realistic_start if child.passes_on and child.agreement else None,
            )
