"""How the documents about a child reach whoever takes it over: sent, read in Mosaic, or given by a person (SD-31)."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from models.journey.answers import Way
from models.journey.remembered import remembered
from models.journey.steps import step_name
from models.step_down.child import Child
from models.step_down.direction import service_reads_of_children
from models.step_down.facts import StepDownFacts
from models.step_down.papers import agreed_papers, children_in, what_it_is
from models.step_down.practitioners import is_told, reads_mosaic, taking_over, tells_of_others, theirs
from models.step_down.steps.decision import NameLeadPractitioner
from models.step_down.steps.delivery import RecordDelivery
from models.step_down.steps.sharing import RecordFamilySharing


class Reaches(StrEnum):
    """How a document that the service gets reaches the practitioner."""

    NOBODY_YET = "nobody_yet"
    """Nobody is named, or nothing is written to whoever is."""
    IN_MOSAIC = "in_mosaic"
    SENT = "sent"
    """With the summary of advice."""
    BY_HAND = "by_hand"
    """Somebody else's child stands in it, too: a person gives them what is about theirs."""


class Part(NamedTuple):
    """What a person gives a practitioner: what a document says of their children, and of no other."""

    practitioner: NameLeadPractitioner
    shared: RecordFamilySharing
    children: tuple[str, ...]
    """By reference."""


def reaches(child: Child, shared: RecordFamilySharing) -> Reaches:
    """How this document, which is about the child, reaches whoever takes the child over."""
    named = child.practitioner
    if named is None:
        return Reaches.NOBODY_YET
    if reads_mosaic(child.facts, named):
        return Reaches.IN_MOSAIC
    if tells_of_others(child.facts, shared, named.practitioner):
        return Reaches.BY_HAND
    return Reaches.SENT if is_told(child) else Reaches.NOBODY_YET


@remembered
def parts(facts: StepDownFacts) -> tuple[Part, ...]:
    """What people give to the practitioners who take over, as the system sends it to none of them (SD-38)."""
    return tuple(_parts(facts))


def _parts(facts: StepDownFacts) -> Iterator[Part]:
    for named in taking_over(facts):
        for shared in agreed_papers(facts):
            concerned = (child for child in theirs(facts, named.practitioner) if child in children_in(facts, shared))
            about = tuple(child.ref for child in concerned if reaches(child, shared) is Reaches.BY_HAND)
            if about:
                yield Part(named, shared, about)


def may_be_given(facts: StepDownFacts, document: str, practitioner: str) -> frozenset[str]:
    """The children of whom this practitioner may be given what the document says: social work has closed them."""
    theirs_in = (
        ref
        for part in parts(facts)
        if (part.shared.document_ref, part.practitioner.practitioner) == (document, practitioner)
        for ref in part.children
    )
    return frozenset(ref for ref in theirs_in if facts.child(ref).closing_result is not None)


@remembered
def to_give(facts: StepDownFacts) -> tuple[Part, ...]:
    """SD-31: what is to be given, and of which nobody has said yet that it was, or why not."""
    if not service_reads_of_children(facts):
        return ()
    waiting = (part._replace(children=tuple(_waiting(facts, part))) for part in parts(facts))
    return tuple(part for part in waiting if part.children)


def _waiting(facts: StepDownFacts, part: Part) -> Iterator[str]:
    document, named = part.shared.document_ref, part.practitioner.practitioner
    may = may_be_given(facts, document, named)
    return (ref for ref in part.children if ref in may and (document, named, ref) not in facts.parts_said)


def to_whom(facts: StepDownFacts) -> Iterator[Way]:
    """Each document that is to be given, of each child, and to whom."""
    for part in to_give(facts):
        document = what_it_is(facts, part.shared).value
        words = f"give {part.practitioner.practitioner} what the {document} says of this child"
        yield from (Way(words=words, step=step_name(RecordDelivery), child=ref) for ref in part.children)
