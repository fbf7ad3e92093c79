"""How the documents about a child reach whoever takes it over: sent, read in Mosaic, or given by a person (SD-31)."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from models.step_down.child import Child
from models.step_down.facts import StepDownFacts
from models.step_down.papers import agreed_papers, children_in
from models.step_down.practitioners import is_told, reads_mosaic, taking_over, tells_of_others, theirs
from models.step_down.steps.decision import NameLeadPractitioner
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


def parts(facts: StepDownFacts) -> Iterator[Part]:
    """What people give to the practitioners who take over, as the system sends it to none of them (SD-38)."""
    for named in taking_over(facts):
        for shared in agreed_papers(facts):
            concerned = (child for child in theirs(facts, named.practitioner) if child in children_in(facts, shared))
            about = tuple(child.ref for child in concerned if reaches(child, shared) is Reaches.BY_HAND)
            if about:
                yield Part(named, shared, about)
