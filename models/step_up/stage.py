"""Where a referral stands, and how it ended, as people read it."""

from models.journey.answers import CLOSED, Said


class Stage(Said):
    """Where a referral stands."""

    CONTACT = "contact"
    CONTACT_OUTCOME = "contact_outcome"
    ASSESSMENT = "assessment"
    CLOSED = CLOSED

    @property
    def words(self) -> str:
        """The stage as people read it."""
        return {
            "contact": "Contact: somebody speaks to Duty and Advice",
            "contact_outcome": "Decision: Duty and Advice say what the contact comes to for each child",
            "assessment": "What follows: an assessment where one is made, who goes on with each child, and word to "
            "whoever was worried",
            "closed": "Closed",
        }[self.value]


class Outcome(Said):
    """How a referral ended (SU-03, SU-06): of several children, by the one who needs most."""

    SOCIAL_WORK = "social_work"
    NO_SOCIAL_WORK = "no_social_work"
    EARLY_HELP = "early_help"
    ADVICE = "advice_no_referral"
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        """The outcome as people read it."""
        return {
            "social_work": "Social work has taken over",
            "no_social_work": "Assessed, and no ongoing social work",
            "early_help": "Early Help is needed",
            "advice_no_referral": "Advice was given, and no referral accepted",
            "cancelled": "Cancelled",
        }[self.value]
