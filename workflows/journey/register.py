"""What a journey keeps in the register beside its stages: evidence, and how it stands."""

from typing import Any, Generic, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.register import RegisterActivities
    from models.journey.facts import Facts
    from models.journey.projection import projection
    from workflows.journey.orders import Orders, Write
    from workflows.journey.state import State
    from workflows.timeouts import REGISTER, UNTIL_IT_ANSWERS

F = TypeVar("F", bound=Facts)


class RegisterWriter(Generic[F]):
    """Writes to the register; an outage there holds nothing back that does not need it."""

    def __init__(self, state: State[F], orders: Orders[F], shown: int = 0) -> None:
        """Go on where the run before stopped."""
        self._state = state
        self._orders = orders
        self.shown = shown
        """The newest version that the register has."""
        self._writing = 0

    async def write(self, write: Write) -> Any:
        """Write until the register took it."""
        self._writing += 1
        result = await workflow.execute_activity_method(
            write.act,
            write.order,
            start_to_close_timeout=REGISTER.attempt,
            retry_policy=UNTIL_IT_ANSWERS,
            summary=write.summary,
        )
        # Whoever wrote may await nothing before it is known that this was written: a new run would write it again.
        self._writing -= 1
        return result

    async def capture_evidence(self) -> None:
        """Each step that is evidence is captured, so that it can be shown; what relies on it waits for that."""
        while True:
            await workflow.wait_condition(lambda: not self._state.moving_on and not self._state.facts.evidence_is_kept)
            facts = self._state.facts
            if (write := self._orders.evidence(facts.request.id, facts.steps[facts.evidence_kept])) is not None:
                await self.write(write)
            # The facts may have changed while this was written: what counts is taken from those of now.
            self._state.note(evidence_kept=self._state.facts.evidence_kept + 1)

    async def show(self) -> None:
        """Show in the register what the Temporal UI shows; the newest wins."""
        while True:
            await workflow.wait_condition(lambda: not self._state.moving_on and self.shown < self._state.shown)
            facts, version = self._state.facts, self._state.version
            told = projection(self._state.journey, facts, version)
            await self.write(Write(RegisterActivities.show_in_register, told, "Show the transfer in the register"))
            self.shown = version
            shown = len(facts.effects)
            # The register has their calendars now; in the facts they would be most of what a new run takes along.
            now = tuple(result.without_calendar() for result in self._state.facts.effects[:shown])
            self._state.note(results_shown=shown, effects=(*now, *self._state.facts.effects[shown:]))

    def is_up_to_date(self) -> bool:
        """The register holds everything."""
        return self.shown == self._state.version and self._state.facts.evidence_is_kept

    def at_rest(self) -> bool:
        """No call is under way."""
        return self._writing == 0
