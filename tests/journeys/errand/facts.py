"""The facts of an errand."""

from collections.abc import Mapping
from typing import ClassVar

from models.effects import Effect
from models.journey.in_social_work import FactsInSocialWork
from models.journey.recorded import RecordedStep
from models.journey.start import StartInSocialWork
from models.journey.steps import Step
from models.kinds import EffectKind
from tests.journeys.errand.steps import AcceptMeal, AnyStep, AskForMeal, ConfirmMeal


class ErrandStart(StartInSocialWork):
    """A meal for these children."""

    kind: ClassVar[str] = "errand"
    held_by: ClassVar[frozenset[str]] = frozenset({"errand"})

    @property
    def rests_on(self) -> str:
        """Nothing."""
        return "ER-1"


class Recorded(RecordedStep):
    """A step of an errand as it was recorded."""

    step: AnyStep


class ErrandFacts(FactsInSocialWork):
    """Everything that an errand knows."""

    UNDONE_BY: ClassVar[Mapping[type[Step], tuple[type[Step], ...]]] = {}
    request: ErrandStart
    steps: tuple[Recorded, ...] = ()

    @property
    def route(self) -> str:
        """There is only one."""
        return "errand"

    @property
    def asked(self) -> AskForMeal | None:
        """What was asked for."""
        return self.last_of(AskForMeal)

    @property
    def accepted(self) -> AcceptMeal | None:
        """Who brings it."""
        return self.last_of(AcceptMeal)

    def fed(self, child: str) -> bool:
        """The meal was brought to the child."""
        return self.last_of(ConfirmMeal, child) is not None

    @property
    def goes_on(self) -> bool:
        """Nothing has stopped it."""
        return self.cancelled is None and not self.harm_reports

    @property
    def kitchen(self) -> Effect | None:
        """The directory is asked for the kitchen that brings it."""
        said = self.accepted
        if said is None or not self.goes_on:
            return None
        return Effect(kind=EffectKind.LOOK_UP_SERVICE, service=said.kitchen, step=said.step_id)
