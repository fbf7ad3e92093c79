"""The rows of a step-down, and what several of its stages ask of a step."""

from models.journey import rows
from models.journey.steps import Step
from models.step_down.facts import StepDownFacts
from models.vocabulary import Actor, Role

Rule = rows.Rule[StepDownFacts]
Need = rows.Need[StepDownFacts]
Doing = rows.Doing[StepDownFacts]
Row = rows.Row[StepDownFacts]

SW, TM, EH, CONTACT = Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.EARLY_HELP_SERVICE, Role.EARLY_HELP_CONTACT

CANCELLED = "The transfer was cancelled."
STOPPED = (
    "A risk of significant harm was reported, and everything is stopped. Record what came of the contact about it: "
    "if nothing follows from it, the team manager may lift the stop; if not, start another transfer afterwards."
)


def no_manager(actor: Actor | None, step: Step) -> bool:
    """Nobody, or no team manager, or whoever records the step."""
    return actor is None or actor.role is not TM or actor.id in step.recorders


NOT_ENGAGED = (
    "The time that this council gives is over. If the family does not answer, check whether social work still has "
    "a role, then have the social worker record the decision for the children; if an answer comes after all, "
    "it still counts."
)
