"""What people record of an errand: asked for, accepted, confirmed; and what every journey has."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.journey.steps import Cancel, ReportSignificantHarm, ResolveAttention, Step
from models.vocabulary import ChildRef, Narrative, Ref, Role


class AskForMeal(Step):
    """A meal is asked for."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "asked for a meal"
    step: Literal["ask_for_meal"] = "ask_for_meal"
    meal: Narrative

    @property
    def own_words(self) -> str | None:
        """What a person added."""
        return self.meal


class AcceptMeal(Step):
    """The service says which kitchen brings the meal."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.EARLY_HELP_SERVICE})
    does: ClassVar[str] = "accepted to bring the meal"
    step: Literal["accept_meal"] = "accept_meal"
    kitchen: Ref

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return self.kitchen


class ConfirmMeal(Step):
    """The meal was brought to these children."""

    recorded_by: ClassVar[frozenset[Role]] = frozenset({Role.SOCIAL_WORKER})
    does: ClassVar[str] = "confirmed that the meal was brought"
    step: Literal["confirm_meal"] = "confirm_meal"
    children: Annotated[tuple[ChildRef, ...], Field(min_length=1)]


STEPS: tuple[type[Step], ...] = (AskForMeal, AcceptMeal, ConfirmMeal, Cancel, ReportSignificantHarm, ResolveAttention)

AnyStep = Annotated[
    AskForMeal | AcceptMeal | ConfirmMeal | Cancel | ReportSignificantHarm | ResolveAttention,
    Field(discriminator="step"),
]
