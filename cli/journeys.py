"""What people read of where journeys stand and how they end, for commands that do not wait for their rules."""

from enum import StrEnum

from models.help_request import stage as of_requests
from models.journey.answers import Said
from models.kinds import JourneyKind
from models.step_down import stage as of_step_downs
from models.step_up import stage as of_referrals

_STAGES: tuple[Said, ...] = (*of_step_downs.Stage, *of_requests.Stage, *of_referrals.Stage)
AnyStage = StrEnum("AnyStage", {one.name: one.value for one in _STAGES})  # type: ignore[misc] # its members are those of all journeys
"""Where any journey may stand."""

KINDS: dict[str, str] = {
    JourneyKind.STEP_DOWN: "",
    JourneyKind.HELP_REQUEST: "Request. ",
    JourneyKind.STEP_UP: "Referral. ",
}
"""Each kind, and what a list says before where it stands: a step-down goes without saying."""

_OUTCOMES: dict[str, type[Said]] = {
    JourneyKind.STEP_DOWN: of_step_downs.Outcome,
    JourneyKind.HELP_REQUEST: of_requests.Outcome,
    JourneyKind.STEP_UP: of_referrals.Outcome,
}


def outcomes_of(journey: str) -> type[Said]:
    """How a journey of this kind may end."""
    return _OUTCOMES[journey]


def ended(journey: str, outcome: str) -> Said:
    """How a journey of this kind ended."""
    return _OUTCOMES[journey](outcome)


def outcomes() -> dict[str, Said]:
    """Every way in which a journey ends, by its name; one that several have is said alike."""
    return {str(one): one for kind in _OUTCOMES.values() for one in kind}


def stages() -> dict[str, Said]:
    """Every place where a journey stands, by its name; one that several have is said alike."""
    return {str(one): one for one in _STAGES}
