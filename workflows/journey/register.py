"""What a journey keeps in the register beside its stages: how it stands, with what is evidence."""

from typing import Any, Generic, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.journey.counting import told_of
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

    async def show(self) -> None:
        """Show in the register what the Temporal UI shows, and keep what is evidence with it; the newest wins."""
        while True:
            await workflow.wait_condition(lambda: not self._state.moving_on and self.shown < self._state.shown)
            await self._show_what_stands()

    async def _show_what_stands(self) -> None:
        # What is shown lives no longer than this call: a transfer waits for days with what its frames hold.
        facts, version = self._state.facts, self._state.version
        told = projection(self._state.journey, facts, version)
        news = await self.write(self._orders.show(told, facts.steps[facts.evidence_kept :]))
        self.shown = version
        self._seen(facts)
        if news is not None:
            self._state.know(told_of(self._state.facts, news, facts.results_shown))

    def _seen(self, facts: F) -> None:
        """The register has what these facts held; whatever came meanwhile it has not."""
        shown = len(facts.effects)
        # Their calendars would be most of what a new run takes along.
        now = tuple(result.without_calendar() for result in self._state.facts.effects[:shown])
        effects = (*now, *self._state.facts.effects[shown:])
        self._state.note(results_shown=shown, effects=effects, evidence_kept=len(facts.steps))

    def is_up_to_date(self) -> bool:
        """The register holds everything."""
        return self.shown == self._state.version and self._state.facts.evidence_is_kept

    def at_rest(self) -> bool:
        """No call is under way."""
        return self._writing == 0
