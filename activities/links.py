"""What links one journey to another: it opens what follows from it, once, and tells others what was recorded in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field
from temporalio import activity

from activities.effect import NOT_WANTED, Effects, Seen
from activities.failures import as_failures
from activities.ports import LinkedJourneys, TransferRegister
from models.effects import EffectResult, Ended, Intent
from models.help_request.start import HelpRequest
from models.journey.harm_outcome import RecordHarmOutcome
from models.journey.start import Linked
from models.journey.steps import ReportSignificantHarm
from models.step_up.start import Referral
from models.step_up.steps.contact import RecordContact
from models.vocabulary import Frozen


class OpenJourney(Frozen):
    """Start a journey out of another one."""

    intent: Intent
    start: Referral | HelpRequest

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return self.start.privacy


class TellJourney(Frozen):
    """Hand a step to another journey."""

    intent: Intent
    to: Linked
    restricted: bool
    """The family's records are for named people only."""
    step: Annotated[RecordContact | RecordHarmOutcome | ReportSignificantHarm, Field(discriminator="step")]

    @property
    def privacy(self) -> str:
        """The class of the payload."""
        return "restricted" if self.restricted else self.step.privacy


@dataclass(frozen=True)
class LinkActivities:
    """Opens journeys, and tells them."""

    register: TransferRegister
    journeys: LinkedJourneys
    effects: Effects

    @activity.defn(no_thread_cancel_exception=True)
    def open_journey(self, order: OpenJourney) -> EffectResult:
        """SU-01, SU-04: once, under an id that follows from the journey that opens it."""
        with as_failures():
            return self.effects.carry_out(order.intent, _Opening(self.register, self.journeys, order, self.effects.now))

    @activity.defn(no_thread_cancel_exception=True)
    def tell_journey(self, order: TellJourney) -> EffectResult:
        """SU-01, SD-39: under an id of its own, so that telling it again changes nothing."""
        effect, now = order.intent.effect, self.effects.now
        if order.intent.only_look:
            return EffectResult(effect=effect, ended=Ended.STOPPED, evidence=NOT_WANTED, at=now())
        with as_failures():
            told = self.journeys.tell(order.to.kind, order.to.id, order.step)
        evidence = "told" if told else "not told, as it has ended"
        return EffectResult(effect=effect, ended=Ended.DONE, evidence=evidence, at=now())


@dataclass(frozen=True)
class _Opening:
    register: TransferRegister
    journeys: LinkedJourneys
    order: OpenJourney
    now: Callable[[], datetime]

    def look(self) -> Seen | None:
        start = self.order.start
        # Temporal forgets what has ended long ago; the register does not.
        known = self.journeys.knows(start.kind, start.id) or self.register.knows(start.kind, start.id)
        return Seen(f"{start.kind.noun} {start.id} was started") if known else None

    def act(self) -> None:
        self.journeys.start(self.order.start, self.now())
