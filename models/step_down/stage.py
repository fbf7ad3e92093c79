"""Where a step-down stands, and how it ended, as people read it."""

from models.journey.answers import CLOSED, Said

HARM_AFTERWARDS = "a risk of significant harm was reported after that"


class Stage(Said):
    """Where a step-down stands."""

    CONSENT = "consent"
    SHARING = "sharing"
    CONVERSATION = "conversation"
    FINAL_MEETING = "final_meeting"
    """On the plan route."""
    DECISION = "decision"
    CLOSURE = "closure"
    CONFIRMATION = "confirmation"
    FIRST_CONTACT = "first_contact"
    """Where a service took a child."""
    CLOSED = CLOSED

    @property
    def words(self) -> str:
        """The stage as people read it."""
        return {
            "consent": "Consent: the family's answer",
            "sharing": "Sharing: family and service see the papers",
            "conversation": "Conversation with the Early Help contact",
            "final_meeting": "Final meeting about the plan",
            "decision": "Decision, child by child",
            "closure": "Closure in Mosaic",
            "confirmation": "Confirmation: letters and the service's acknowledgement",
            "first_contact": "First contact: the children are seen",
            "closed": "Closed",
        }[self.value]


class Outcome(Said):
    """How a step-down ended."""

    TRANSFERRED = "transferred"
    ESCALATED = "escalated"
    """A risk of significant harm was reported."""
    NOT_ELIGIBLE = "not_eligible"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    FAMILY_NOT_ENGAGED = "family_not_engaged"
    NOT_SHARED = "not_shared"
    """Nothing of the children is shared with the service, which would harm them more (SD-09e)."""
    NOT_APPROPRIATE = "not_appropriate"
    NOT_AGREED_AT_MEETING = "not_agreed_at_meeting"
    UNIVERSAL_SERVICES_ONLY = "universal_services_only"
    NO_FURTHER_SUPPORT = "no_further_support"
    MOVED = "moved"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"

    @property
    def words(self) -> str:
        """The outcome as people read it."""
        return {
            "transferred": "Passed to Early Help",
            "escalated": "Stopped: a risk of significant harm was reported",
            "not_eligible": "Not for Early Help",
            "consent_refused": "The family did not consent",
            "consent_withdrawn": "Consent was withdrawn, or had never been given",
            "family_not_engaged": "The family did not answer",
            "not_shared": "Not passed on: nothing is shared with the Early Help service",
            "not_appropriate": "Not appropriate for the Early Help service",
            "not_agreed_at_meeting": "Not agreed at the final meeting",
            "universal_services_only": "Universal services are enough",
            "no_further_support": "No further support needed",
            "moved": "Moved to another authority's area",
            "cancelled": "Cancelled",
            "duplicate": "Not started: a child is in another open transfer",
        }[self.value]

    @property
    def words_after_harm(self) -> str:
        """A child who had passed on before significant harm was reported stays passed on (SU-01)."""
        return f"{self.words}; {HARM_AFTERWARDS}" if self is Outcome.TRANSFERRED else self.words
