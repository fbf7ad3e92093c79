"""What people post or hand over: letters, and a practitioner's part of a document (SD-31, SD-33b)."""

from typing import ClassVar, Literal

from pydantic import model_validator

from models.journey.steps import Step
from models.step_down.steps.confirmation import Digest
from models.vocabulary import ChildRef, Frozen, Listed, Narrative, NonEmpty, Ref, Role


class Delivered(Frozen):
    """One letter that was posted or handed over, as the text that was read."""

    letter_id: Ref
    seen: Digest | None = None
    """The number by which it was approved, as it stands beside what was printed; a case file cannot know it."""
    by_whom: Narrative
    """Who posted it, or handed it over."""


class PartGiven(Frozen):
    """What a document says of a practitioner's children, given to them; or why it was not (SD-31, SD-38)."""

    document_ref: Ref
    practitioner: Ref
    children: NonEmpty[ChildRef]
    """Their children of whom it was."""
    by_whom: Narrative | None = None
    """Who gave it to them."""
    not_given_because: Narrative | None = None

    @model_validator(mode="after")
    def _given_or_why_not(self) -> "PartGiven":
        if (self.by_whom is None) == (self.not_given_because is None):
            raise ValueError("by_whom: say who gave it to them, or why it was not given, and not both (SD-31)")
        return self

    @property
    def about(self) -> frozenset[tuple[str, str, str]]:
        """Document, practitioner and child, by reference, of each child."""
        return frozenset((self.document_ref, self.practitioner, child.ref) for child in self.children)

    @property
    def words(self) -> str:
        """What was given, or why not."""
        return f"by {self.by_whom}" if self.by_whom else f"not given: {self.not_given_because}"


class RecordDelivery(Step):
    """Letters, or a practitioner's part of a document, were posted or handed over at that moment (SD-31, SD-33b)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
    does: ClassVar[str] = "recorded what was posted or handed over"
    goes_on: ClassVar[bool] = True
    step: Literal["record_delivery"] = "record_delivery"
    letters: Listed[Delivered] = ()
    """None where it corrects a record of what was neither posted nor handed over."""
    documents: Listed[PartGiven] = ()
    """What the system sends to no practitioner, as somebody else's child stands in it."""
    because: Narrative | None = None
    """Why an earlier record is corrected."""

    @model_validator(mode="after")
    def _each_once(self) -> "RecordDelivery":
        ids = [letter.letter_id for letter in self.letters]
        if len(set(ids)) != len(ids):
            raise ValueError("letters: each letter is named once")
        parts = [part for document in self.documents for part in document.about]
        if len(set(parts)) != len(parts):
            raise ValueError("documents: what is about a child is given to a practitioner once")
        return self

    @model_validator(mode="after")
    def _none_only_to_put_right(self) -> "RecordDelivery":
        if not (self.letters or self.documents) and (self.corrects is None or self.because is None):
            raise ValueError(
                "letters: say which letters, or which documents, were posted or handed over; none at all only as the "
                "correction of an earlier record, with the reason (SD-33b)"
            )
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        documents = (f"{one.document_ref} for {one.practitioner}" for one in self.documents)
        return ", ".join((*(letter.letter_id for letter in self.letters), *documents)) or "none"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        letters = [f"{one.letter_id}: by {one.by_whom}" for one in self.letters]
        documents = [f"{one.document_ref} for {one.practitioner}: {one.words}" for one in self.documents]
        return "\n".join([*letters, *documents, *([self.because] if self.because else [])])
