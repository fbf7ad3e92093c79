"""What a step-down answers: where it stands, what is missing, why a step was not taken."""

from datetime import datetime
from enum import StrEnum

from models.vocabulary import Frozen, Role, local_time
from models.wrong_input import field_words


class Stage(StrEnum):
    """Where a step-down stands."""

    CONSENT = "consent"
    SHARING = "sharing"
    CONVERSATION = "conversation"
    FINAL_MEETING = "final_meeting"
    """On the plan route."""
    DECISION = "decision"
    CLOSURE = "closure"
    CONFIRMATION = "confirmation"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a step-down ended."""

    TRANSFERRED = "transferred"
    ESCALATED = "escalated"
    """A risk of significant harm was reported."""
    NOT_ELIGIBLE = "not_eligible"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    FAMILY_NOT_ENGAGED = "family_not_engaged"
    NOT_APPROPRIATE = "not_appropriate"
    NOT_AGREED_AT_MEETING = "not_agreed_at_meeting"
    UNIVERSAL_SERVICES_ONLY = "universal_services_only"
    NO_FURTHER_SUPPORT = "no_further_support"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"


class NextStep(Frozen):
    """Something that is still missing: what, who gives it, by which clause."""

    step: str | None
    """The step to record; None where the machine is at work, or where people talk before the next step."""
    who: Role | None
    ask: str
    clause: str | None
    by: datetime | None = None
    """Until when it is to come."""

    @property
    def words(self) -> str:
        """What is asked, with its clause, and until when."""
        asked = f"{self.ask} ({self.clause})" if self.clause else self.ask
        return f"{asked} By {local_time(self.by)}." if self.by else asked


class Receipt(Frozen):
    """The answer to a step: taken, and where the transfer stands now."""

    step_id: str
    step: str
    accepted_at: datetime
    stage: Stage
    next_steps: tuple[NextStep, ...]
    note: str | None = None
    """What the sender should know beyond that."""


class Rejected(Frozen):
    """A message that came without asking for an answer, and was not taken."""

    at: datetime
    step: str | None
    """The step that it was to be, where that could be read."""
    step_id: str | None
    sender: str | None
    """Who recorded it, where that could be read."""
    reason: str
    digest: str = ""
    """Tells the same message from another; nothing can be read from it."""
    asked_in: str | None = None
    """The attention item that asks a person about it."""
    times: int = 1
    """How often the very same came."""
    said: str | None = None
    """What a report of significant harm said, as far as it could be read (SU-01)."""

    @property
    def words(self) -> str:
        """What came, in a few words."""
        return f"The step {self.step}" if self.step else "A message that is no step"


class Refusal(Frozen):
    """Why a step was not taken: the field, the rule, the clause."""

    field: str
    reason: str
    clause: str | None = None
    note: str | None = None
    """What the sender has to do all the same."""

    @property
    def words(self) -> str:
        """The refusal in one line."""
        source = f" ({self.clause})" if self.clause else ""
        return f"{field_words(self.field)}: {self.reason}{source}{f' {self.note}' if self.note else ''}"
