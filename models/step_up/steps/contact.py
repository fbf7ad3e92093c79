"""What is recorded of the contact with Duty and Advice, and of advice that was taken before (SU-01, SU-01a, SU-02)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from models.journey.steps import EVERYBODY, SpokenTo, Step
from models.step_up.start import ParentsAsked
from models.vocabulary import OUTSIDE, ChildRef, Narrative, NonEmpty, Role, local_time

INSIDE = EVERYBODY - OUTSIDE
"""Whose word on a call counts: what somebody outside says of one, people of ours find out."""
EARLY_HELP = frozenset({Role.EARLY_HELP_CONTACT, Role.EARLY_HELP_SERVICE})
FRONT_DOOR = frozenset({Role.DUTY_AND_ADVICE, Role.EMERGENCY_DUTY_TEAM, Role.SOCIAL_WORKER, Role.TEAM_MANAGER})
"""Who answers there for what becomes of a contact."""


class RecordContact(Step):
    """Who was spoken to at Duty and Advice about which children, and what is said of agreement (SU-01, SU-01a)."""

    recorded_by: ClassVar[frozenset[Role]] = INSIDE
    does: ClassVar[str] = "recorded who was spoken to at Duty and Advice"
    goes_on: ClassVar[bool] = True
    is_evidence: ClassVar[bool] = True
    step: Literal["record_contact"] = "record_contact"
    children: NonEmpty[ChildRef]
    spoken_to: SpokenTo
    parents: ParentsAsked | None = None
    """None where nobody knows yet: it is asked for afterwards, and keeps nobody from being spoken to."""

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"on {local_time(self.spoken_to.at)}"

    @property
    def own_words(self) -> str:
        """Who it was, and what is said of agreement."""
        parents = f"Agreement: {self.parents.words}" if self.parents else None
        return "\n".join(filter(None, (f"Spoken to: {self.spoken_to.who}", parents)))

    @property
    def happened(self) -> Mapping[str, datetime | None]:
        """Whoever was spoken to was spoken to before."""
        return {**super().happened, "spoken_to.at": self.spoken_to.at}


class Adviser(StrEnum):
    """Who advised a practitioner whose plan does not meet a family's needs (SU-02)."""

    LINE_MANAGER = "line_manager"
    SAFEGUARDING_LEAD = "safeguarding_lead"

    @property
    def words(self) -> str:
        """The adviser as people say it."""
        return {"line_manager": "their line manager", "safeguarding_lead": "the agency's safeguarding lead"}[self.value]


class RecordAdviceTaken(Step):
    """What line manager or safeguarding lead advised (SU-02)."""

    recorded_by: ClassVar[frozenset[Role]] = EARLY_HELP | {Role.SAFEGUARDING_LEAD}
    does: ClassVar[str] = "recorded the advice that was taken"
    may_precede: ClassVar[bool] = True
    goes_on: ClassVar[bool] = True
    step: Literal["record_advice_taken"] = "record_advice_taken"
    adviser: Adviser
    advised_by: Narrative
    """By name."""
    advice: Narrative

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return f"of {self.adviser.words}"

    @property
    def own_words(self) -> str:
        """Who advised what."""
        return f"{self.advised_by}: {self.advice}"
