"""Confirmation: the letters, and the service's answer for each child that was passed on (SD-26, SD-33, SD-35)."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints, model_validator

from models.journey.steps import NEW_HARM, ReportsHarm, Step
from models.step_down.family import Channel, is_email
from models.vocabulary import ChildRef, Frozen, Narrative, NonEmpty, Ref, Role, what_can_be_shown

Digest = Annotated[str, StringConstraints(pattern=r"^[a-f][0-9a-f]{11}$")]
"""It begins with a letter: digits alone are a number in YAML, and no text."""


class LetterAudience(StrEnum):
    """Whom a letter is for."""

    FAMILY = "family"
    AGENCY = "agency"


class Letter(Frozen):
    """One letter to one reader, in a way that is safe for them, or why none is written (SD-33, SD-33a, SD-33b)."""

    letter_id: Ref
    person: Ref | None = None
    """Somebody of the family record; where they are reached stands there."""
    agency: Narrative | None = None
    """An agency, by its name."""
    children: NonEmpty[ChildRef]
    """The children of whom its reader may read; it names no other (SD-33a)."""
    by: Channel | None = None
    """In which way it goes; None where it is not written."""
    address: Narrative | None = None
    """Of an agency: for e-mail or post; by hand, where and to whom."""
    no_risk_known: bool = False
    """The social worker knows of no risk in this person's knowing where the children are (SD-33a)."""
    seen: Digest | None = None
    """Of what leaves, as it was read before it was approved; ``transfers letters`` shows it."""
    do_not_write_because: Narrative | None = None

    @property
    def audience(self) -> LetterAudience:
        """Whom it is for."""
        return LetterAudience.FAMILY if self.person else LetterAudience.AGENCY

    @property
    def written(self) -> bool:
        """It is written, and not only said why not."""
        return self.do_not_write_because is None

    @property
    def about(self) -> tuple[str, ...]:
        """The children whom it names, by reference."""
        return tuple(child.ref for child in self.children)

    @property
    def words(self) -> str:
        """To whom, or why not."""
        to = f"to {self.person or self.agency}"
        if self.by is None:
            return f"none {to}: {self.do_not_write_because}"
        return f"{to}, {self.by.words}" + (f", read as {self.seen}" if self.seen else "")

    @model_validator(mode="after")
    def _names_each_child_once(self) -> "Letter":
        if len({*self.about}) != len(self.about):
            raise ValueError("children: each child is named once in a letter (SD-33a)")
        return self

    @model_validator(mode="after")
    def _to_one_reader(self) -> "Letter":
        if (self.person is None) == (self.agency is None):
            raise ValueError("person: a letter is to somebody in the family, or to an agency (SD-33)")
        if self.agency is None and self.address is not None:
            raise ValueError("address: the family record says how somebody in the family is reached (SD-33a)")
        if self.agency is not None and self.no_risk_known:
            raise ValueError("no_risk_known: say only of somebody in the family that no risk is known (SD-33a)")
        return self

    @model_validator(mode="after")
    def _in_one_way_or_not_at_all(self) -> "Letter":
        if self.written == (self.by is None):
            raise ValueError("by: say in which way the letter goes, or why none is written, and not both (SD-33b)")
        if self.agency is not None and self.written != (self.address is not None):
            raise ValueError("address: an agency that is written to has an address, and no other has one (SD-33b)")
        return self

    @model_validator(mode="after")
    def _an_address(self) -> "Letter":
        if self.by is Channel.EMAIL and self.address is not None and not is_email(self.address):
            raise ValueError("address: this is no e-mail address")
        return self


class WhyDeclined(StrEnum):
    """Why a service does not take a child, or gives it back (SD-36)."""

    CAPACITY = "capacity"
    NOT_ELIGIBLE = "not_eligible"
    """Not for this service: another area, age or kind of need."""
    NEEDS_TOO_HIGH = "needs_too_high"
    """Above what Early Help can meet, without a new risk of significant harm."""
    FAMILY_DECLINED = "family_declined"
    NOT_REACHED = "not_reached"
    MOVED = "moved"
    NEW_HARM = NEW_HARM
    """A new risk of significant harm: it is a report of it, too (SU-01)."""
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as people say it."""
        return {
            "capacity": "the service has no place",
            "not_eligible": "the child is not for this service",
            "needs_too_high": "the needs are above what Early Help can meet",
            "family_declined": "the family does not want the support",
            "not_reached": "the family was not reached",
            "moved": "the family has moved",
            "new_harm": "there is a new risk of significant harm",
            "other": "for another reason",
        }[self.value]


class ChildAcknowledgement(Frozen):
    """The service's answer for one child: it takes the child, or why it does not, or not any more (SD-35, SD-36)."""

    ref: Ref
    accepted: bool
    reason: WhyDeclined | None = None
    because: Narrative | None = None
    """In their own words."""

    @model_validator(mode="before")
    @classmethod
    def _a_danger_as_far_as_it_can_be_shown(cls, said: Any) -> Any:
        """SU-01: as in a report of significant harm, which it is."""
        if isinstance(said, dict) and said.get("reason") == NEW_HARM:
            return {**said, "because": what_can_be_shown(said.get("because"))}
        return said

    @model_validator(mode="after")
    def _reason_where_declined(self) -> "ChildAcknowledgement":
        if self.accepted != (self.reason is None):
            raise ValueError("reason: give a reason for each child who is declined, and for no other (SD-36)")
        if self.reason in {WhyDeclined.OTHER, WhyDeclined.NEW_HARM} and self.because is None:
            raise ValueError("because: say in your own words what the other reason is, or what you worry about (SD-36)")
        return self

    @property
    def words(self) -> str:
        """The answer in a few words."""
        return "accepted" if self.reason is None else f"declined, as {self.reason.words}"


class ApproveLetters(Step):
    """The letters that tell the family and the agencies what is happening, each as its text was read (SD-33)."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "approved the letters"
    step: Literal["approve_letters"] = "approve_letters"
    letters: NonEmpty[Letter]

    @model_validator(mode="after")
    def _tells_the_family(self) -> "ApproveLetters":
        if LetterAudience.FAMILY not in {letter.audience for letter in self.letters}:
            raise ValueError("letters: one of them is for the family, or says why none is written (SD-33)")
        ids = [letter.letter_id for letter in self.letters]
        if len(set(ids)) != len(ids):
            raise ValueError("letters: each letter has a name of its own")
        return self

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return "\n".join(f"{one.letter_id}: {one.words}" for one in self.letters)


class AcknowledgeTransfer(ReportsHarm):
    """The service takes each transferred child, or declines it or gives it back; its last word holds (SD-35, SD-36).

    Whoever declines a child for a new risk of significant harm rings Duty and Advice first, out of hours the emergency
    duty team, and says here who was spoken to and when, or later in a report of significant harm.
    """

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.EARLY_HELP_SERVICE})
    does: ClassVar[str] = "answered for the Early Help service"
    is_evidence: ClassVar[bool] = True
    goes_on: ClassVar[bool] = True
    step: Literal["acknowledge_transfer"] = "acknowledge_transfer"
    children: NonEmpty[ChildAcknowledgement]

    @property
    def at_risk(self) -> tuple[str, ...]:
        """The children whom it declines for a new risk."""
        return tuple(child.ref for child in self.children if child.reason is WhyDeclined.NEW_HARM)

    @model_validator(mode="after")
    def _nobody_spoken_to_without_a_risk(self) -> "AcknowledgeTransfer":
        if self.spoken_to is not None and not self.at_risk:
            raise ValueError("spoken_to: say who was spoken to only if a child is declined for a new risk (SD-36)")
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return ", ".join(f"{child.ref} {child.words}" for child in self.children)

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        said = (f"{child.ref}: {child.because}" for child in self.children if child.because)
        return "; ".join(said) or None


class RecordFamiliesFirstNotification(Step):
    """The children and families service was told of the Early Help activity via Families First (SD-26), or why not."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.EARLY_HELP_SERVICE, Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
    does: ClassVar[str] = "recorded whether Families First was told"
    step: Literal["record_families_first_notification"] = "record_families_first_notification"
    notified_by: Narrative | None = None
    not_done_because: Narrative | None = None

    @model_validator(mode="after")
    def _done_or_why_not(self) -> "RecordFamiliesFirstNotification":
        if (self.notified_by is None) == (self.not_done_because is None):
            raise ValueError("notified_by: say who told Families First, or why it was not done, and not both (SD-26)")
        return self

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return "not done" if self.not_done_because else "told"

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.not_done_because or self.notified_by
