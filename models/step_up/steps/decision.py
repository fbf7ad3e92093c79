"""What the contact came to, and what is decided beside it: strategy, household, allegations (SU-03, SU-06)."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from models.journey.harm_outcome import ContactOutcome, HarmContact
from models.journey.steps import SpokenTo, Step
from models.step_up.steps.contact import EARLY_HELP, FRONT_DOOR
from models.vocabulary import ChildRef, Moment, Narrative, NonEmpty, Role, local_time


class RecordContactOutcome(Step):
    """What the contact came to for each child, and who said so (SU-03)."""

    recorded_by: ClassVar[frozenset[Role]] = FRONT_DOOR | EARLY_HELP
    does: ClassVar[str] = "recorded what the contact came to"
    goes_on: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_contact_outcome"] = "record_contact_outcome"
    heard_from: HarmContact
    said_by: Narrative
    """Who said so there, by name."""
    said_at: Moment
    children: NonEmpty[ContactOutcome]
    because: Narrative | None = None

    @property
    def spoken_to(self) -> SpokenTo:
        """Somebody was spoken to, who said what it came to."""
        return SpokenTo(who=self.said_by, at=self.said_at)

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        said = "; ".join(f"{child.ref} {child.words}" for child in self.children)
        return f"{said}; by {self.heard_from.words} on {local_time(self.said_at)}"

    @property
    def own_words(self) -> str:
        """Who said so, and why."""
        return "\n".join(filter(None, (f"Said by: {self.said_by}", self.because)))

    @property
    def happened(self) -> Mapping[str, datetime | None]:
        """What it came to was said before."""
        return {**super().happened, "said_at": self.said_at}


class RecordStrategyDiscussion(Step):
    """Social work, police and health talked over what has to be done now, for these children."""

    recorded_by: ClassVar[frozenset[Role]] = FRONT_DOOR
    does: ClassVar[str] = "recorded a strategy discussion"
    goes_on: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_strategy_discussion"] = "record_strategy_discussion"
    children: NonEmpty[ChildRef]
    held_at: Moment
    police: Narrative
    """Who took part for the police, or why nobody did."""
    health: Narrative
    others: Narrative | None = None
    section_47: bool
    """An enquiry under section 47 begins."""
    decided: Narrative

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        enquiry = "a section 47 enquiry begins" if self.section_47 else "no section 47 enquiry"
        return f"{', '.join(self.children_named())} on {local_time(self.held_at)}; {enquiry}"

    @property
    def said_at(self) -> datetime:
        """When it was decided whether there is an enquiry."""
        return self.held_at

    @property
    def own_words(self) -> str:
        """Who took part, and what was decided."""
        others = f"Others: {self.others}" if self.others else None
        return "\n".join(filter(None, (f"Police: {self.police}", f"Health: {self.health}", others, self.decided)))

    @property
    def happened(self) -> Mapping[str, datetime | None]:
        """It was held before."""
        return {**super().happened, "held_at": self.held_at}


class RecordHousehold(Step):
    """All the children of the household were thought of; whoever of them may be at risk is reported."""

    recorded_by: ClassVar[frozenset[Role]] = FRONT_DOOR | EARLY_HELP
    does: ClassVar[str] = "recorded that all children of the household were thought of"
    goes_on: ClassVar[bool] = True
    step: Literal["record_household"] = "record_household"
    considered: Narrative

    @property
    def own_words(self) -> str:
        """Who they are, and what was thought."""
        return self.considered


class RecordDesignatedOfficer(Step):
    """An allegation against somebody who works with children was handed to the designated officer."""

    recorded_by: ClassVar[frozenset[Role]] = FRONT_DOOR | EARLY_HELP
    does: ClassVar[str] = "recorded that an allegation was handed to the designated officer"
    goes_on: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_designated_officer"] = "record_designated_officer"
    taken_by: SpokenTo

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"on {local_time(self.taken_by.at)}"

    @property
    def own_words(self) -> str:
        """Who took it."""
        return f"Taken by {self.taken_by.who}"

    @property
    def happened(self) -> Mapping[str, datetime | None]:
        """It was handed over before."""
        return {**super().happened, "taken_by.at": self.taken_by.at}
