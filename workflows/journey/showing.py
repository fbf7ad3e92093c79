"""How the journey stands, shown to those who look; with it, due dates are calculated. Not change by change."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.effects import Effect
    from models.journey.due_dates import calculations
    from models.journey.facts import Facts
    from models.journey.missing import is_closed
    from models.journey.steps import ReportsHarm
    from models.kinds import EffectKind
    from workflows.journey.state import State

F = TypeVar("F", bound=Facts)


class Showing(Generic[F]):
    """What was shown of the journey, and when it is shown next."""

    def __init__(self, state: State[F], begin: Callable[..., None]) -> None:
        """Begin with nothing shown; ``begin`` begins effects."""
        self._state = state
        self._begin = begin
        self._harm_shown = (0, 0)
        self._moment: asyncio.Task[None] | None = None

    async def show_what_changes(self) -> None:
        """Show it a moment after the first change; at once where the transfer has ended, or harm was reported (SU-01).

        What people record in quick succession, and what is done outside meanwhile, is shown together; no later than
        the policy's ``shown_after``, so that an outage outside hides nothing. Due dates are calculated just before;
        while one cannot be, only harm does not wait for it.
        """
        state = self._state
        while True:
            await workflow.wait_condition(lambda: not state.moving_on and _is_behind(state))
            await self._a_moment()
            # Until none is left: what happens meanwhile, and a date that nobody can find, may begin other clocks.
            while coming := _to_calculate(state):
                self._begin(*coming)
                await workflow.wait_condition(lambda: not _calculates(state) or self._harm_is_new())
            state.show()
            state.shown, self._harm_shown = state.version, _harm_said(state)

    async def _a_moment(self) -> None:
        if self._may_not_wait():
            return
        # A timer, and no look at the clock: in replay two tasks may become one, and a comparison come out otherwise.
        # It ends by itself: one that ends in the very task that takes it back, or that ends the run, fails that task.
        if self.at_rest():
            after = self._state.facts.policy.shown_after
            self._moment = asyncio.create_task(workflow.sleep(after, summary="show how it stands"))
        await workflow.wait_condition(lambda: self.at_rest() or self._may_not_wait())

    def _may_not_wait(self) -> bool:
        return is_closed(self._state.journey, self._state.facts) or self._harm_is_new()

    def _harm_is_new(self) -> bool:
        return _harm_said(self._state) != self._harm_shown

    def at_rest(self) -> bool:
        """No moment is under way."""
        return self._moment is None or self._moment.done()


def _harm_said(state: State[F]) -> tuple[int, int]:
    """How often harm was reported, and how often that could not be taken: one may come in the place of the other."""
    return len([step for step in state.facts.all_of(ReportsHarm) if step.at_risk]), len(state.facts.harm_not_taken)


def _is_behind(state: State[F]) -> bool:
    """Something changed; or a run before left a due date to this one."""
    return state.shown != state.version or bool(_to_calculate(state))


def _to_calculate(state: State[F]) -> list[Effect]:
    """The due dates whose calculation may begin now; in a run that is about to end nothing does."""
    return [due for due in calculations(state.facts) if due not in state.facts.begun and not state.moving_on]


def _calculates(state: State[F]) -> bool:
    """A due date is being calculated; of one that somebody was told about nothing is expected soon."""
    told = {item.effect for item in state.facts.open_attention}
    dates = (effect for effect in state.facts.unfinished if effect.kind is EffectKind.CALCULATE_DUE_DATE)
    return any(date.id not in told for date in dates)
