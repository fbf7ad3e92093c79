"""Where a request for Early Help stands, what it was answered, and how it ended, as people read it."""

from models.journey.answers import CLOSED, Said
from models.journey.steps import FOR_HARM


class Stage(Said):
    """Where a request stands."""

    ADMISSION = "admission"
    RESPONSE = "response"
    CLOSED = CLOSED

    @property
    def words(self) -> str:
        """The stage as people read it."""
        return {
            "admission": "Admission: the request is read, and what it lacks is asked for",
            "response": "Response: what becomes of the request",
            "closed": "Closed",
        }[self.value]


class Outcome(Said):
    """What a request was answered, and how it ended (ER-12, ER-15)."""

    SUPPORT_OFFERED = "support_offered"
    """By a Family Hub, or led by one."""
    SIGNPOSTED = "signposted"
    """To a kind of service, which may lead the support."""
    GUIDANCE = "guidance"
    WORKFORCE_DEVELOPMENT = "workforce_development"
    REDIRECTED = FOR_HARM
    DECLINED_BY_FAMILY = "declined_by_family"
    NOT_REACHED = "not_reached"
    ROUTED = "routed"
    """To who answers for the child already, or for where the child lives."""
    NOT_COMPLETED = "not_completed"
    """Returned as incomplete, and what was missing never came."""
    WAITING = "waiting"
    """Support is offered, and begins about a day; no end."""
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        """The outcome as people read it."""
        return {
            "support_offered": "Support was offered",
            "signposted": "Signposted to another service",
            "guidance": "Guidance was given",
            "workforce_development": "The professionals were offered development",
            "redirected_to_duty_and_advice": "Redirected to Duty and Advice",
            "declined_by_family": "The family declined",
            "not_reached": "The family was not reached",
            "routed": "Routed to who answers for the child",
            "not_completed": "Not completed: what was missing did not come",
            "waiting": "Support was offered, and the family waits for it",
            "cancelled": "Cancelled",
        }[self.value]


NEEDS_ADMISSION = frozenset({Outcome.SUPPORT_OFFERED, Outcome.WAITING})
"""What is answered only where the request was accepted (ER-01, ER-02, ER-04)."""
PASSES_ON = frozenset(Outcome) - {Outcome.REDIRECTED, Outcome.CANCELLED}
"""What says to whom it was passed what concerns the children for whom somebody else answers (ER-15)."""
CONSIDERS_RISK = frozenset({Outcome.DECLINED_BY_FAMILY, Outcome.NOT_REACHED, Outcome.NOT_COMPLETED})
"""What says how the risk was considered (ER-15)."""
