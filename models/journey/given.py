"""Which Early Help service a journey goes to, where it is given to another: the step, and what follows from it."""

from typing import ClassVar, TypeVar

from models.effects import Effect
from models.journey.facts import Facts
from models.journey.steps import Step
from models.kinds import EffectKind
from models.vocabulary import Narrative, Ref

G = TypeVar("G", bound="GiveToService")


class GiveToService(Step):
    """Another Early Help service has it from now on; each journey says who records it, and what it means."""

    goes_on: ClassVar[bool] = True
    service_ref: Ref
    because: Narrative

    @property
    def goes_to(self) -> str:
        """That service."""
        return self.service_ref

    @property
    def gist(self) -> str:
        """What of it is said in its line."""
        return self.service_ref

    @property
    def own_words(self) -> str:
        """What a person added."""
        return self.because


def look_for(step: GiveToService) -> Effect:
    """The look for that service into the directory."""
    return Effect(kind=EffectKind.LOOK_UP_SERVICE, service=step.service_ref, step=step.step_id)


class FactsGivenOn(Facts):
    """Everything that such a journey knows."""

    @property
    def service_ref(self) -> str:
        """Who has it now: one that the directory does not know never does (ER-06)."""
        return self.given.service_ref if self.given else self.request.service_ref

    @property
    def service_named(self) -> str:
        """To whom it was given last, though the directory was not asked yet, or does not know them."""
        named = self.last_of(GiveToService)
        return named.service_ref if named else self.request.service_ref

    @property
    def service_look_up(self) -> Effect | None:
        """The look for that service into the directory, since the journey was given to it."""
        named = self.last_of(GiveToService)
        return look_for(named) if named is not None else None

    @property
    def given(self) -> GiveToService | None:
        """The step by which it came to the service that has it now; None where that has it from the start."""
        found = ((step, self.result(look_for(step))) for step in reversed(self.all_of(GiveToService)))
        return next((step for step, result in found if result is not None and result.service is not None), None)


def service_looked_up(facts: FactsGivenOn) -> tuple[Effect, ...]:
    """At each change, the directory is asked how the service is reached."""
    look_up = facts.service_look_up
    return (look_up,) if look_up is not None else ()
