"""The errand as a workflow: its orders, its start, its steps by name, and how it hands over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.failures import as_failures
    from activities.register import LookUpService, RegisterActivities
    from activities.showing import ShowTransfer
    from models.effects import Intent
    from models.journey import steps as shared
    from models.journey.recorded import Opening
    from models.kinds import EffectKind
    from models.vocabulary import Frozen
    from tests.journeys.errand.facts import ErrandFacts, ErrandStart
    from tests.journeys.errand.journey import ANSWER, ERRAND
    from tests.journeys.errand.steps import AcceptMeal, AskForMeal, ConfirmMeal
    from workflows.journey.orders import SHARED, Order, Orders, Write
    from workflows.journey.run import JourneyResult, JourneyRun, SoFar, begun_with, refuse_second_hand, step
    from workflows.timeouts import REGISTER


class OpenErrand(Frozen):
    """Reserve the children, and load the policy and the service."""

    request: ErrandStart
    at: datetime


@dataclass(frozen=True)
class ErrandActivities:
    """What only an errand needs of the register."""

    take_in: Callable[[ErrandStart, datetime], Opening]

    @activity.defn
    def open_errand(self, order: OpenErrand) -> Opening:
        """A child in another open journey makes this one a duplicate."""
        with as_failures():
            return self.take_in(order.request, order.at)


def _opening(facts: ErrandFacts) -> Write:
    return Write(ErrandActivities.open_errand, OpenErrand(request=facts.request, at=facts.opened_at), "Open the errand")


def _look_up(facts: ErrandFacts, intent: Intent) -> LookUpService:
    return LookUpService(intent=intent, service_ref=intent.effect.service or "")


ORDERS = Orders[ErrandFacts](
    opening=_opening,
    effects={
        **SHARED,
        EffectKind.LOOK_UP_SERVICE: Order(RegisterActivities.look_up_service, _look_up, "ER-3", REGISTER),
    },
    show=lambda told, _: Write(RegisterActivities.show_in_register, ShowTransfer(**dict(told)), "Show the errand"),
    clock_clauses={ANSWER: "ER-2"},
)


class ErrandSoFar(SoFar):
    """What one run of an errand hands over to the next."""

    facts: ErrandFacts


class ErrandRun(ErrandStart):
    """What a run begins with."""

    so_far: ErrandSoFar | None = None

    @property
    def privacy(self) -> str:
        """The class of the payload; what came before holds what people said."""
        return "narrative" if self.so_far and not self.restricted else self.request.privacy

    @property
    def request(self) -> ErrandStart:
        """The start as others send it."""
        return ErrandStart.model_validate(self.model_dump(exclude={"so_far"}))


@workflow.defn(failure_exception_types=[ValidationError])
class Errand(JourneyRun[ErrandFacts]):
    """A meal is asked for, brought and confirmed."""

    @workflow.init
    def __init__(self, start: ErrandRun) -> None:
        """Take the start, or what the run before hands over."""
        so_far = start.so_far
        if so_far is None:
            facts = ErrandFacts(request=start.request, opened_at=workflow.now())
            facts = begun_with(facts, in_clear=start.came_in_clear)
        else:
            facts = so_far.facts
        self.begin(ERRAND, ORDERS, facts, so_far)

    @workflow.run
    async def run(self, start: ErrandRun) -> JourneyResult:
        """Go the journey to its end."""
        refuse_second_hand(hands_over=start.so_far is not None)
        return await self.go(self._continue_in_a_new_run)

    ask_for_meal = step(AskForMeal)
    accept_meal = step(AcceptMeal)
    confirm_meal = step(ConfirmMeal)
    cancel = step(shared.Cancel)
    report_significant_harm = step(shared.ReportSignificantHarm)
    resolve_attention = step(shared.ResolveAttention)

    def _continue_in_a_new_run(self) -> NoReturn:
        facts = self.state.facts
        so_far = ErrandSoFar(facts=facts, version=self.state.version, shown=self.register.shown)
        workflow.continue_as_new(ErrandRun(**facts.request.model_dump(), so_far=so_far))
