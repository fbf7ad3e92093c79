"""The rows of a referral."""

from models.journey import rows
from models.step_up.facts import StepUpFacts
from models.vocabulary import Role

Rule = rows.Rule[StepUpFacts]
Need = rows.Need[StepUpFacts]
Doing = rows.Doing[StepUpFacts]
Row = rows.Row[StepUpFacts]

SERVICE, DUTY_AND_ADVICE = Role.EARLY_HELP_SERVICE, Role.DUTY_AND_ADVICE
CANCELLED = (
    "The referral was cancelled. If that was wrong, start a new one. If a child may suffer significant harm, report "
    "that here: then it goes on."
)


def goes_on(facts: StepUpFacts) -> bool:
    """It was not cancelled."""
    return facts.goes_on
