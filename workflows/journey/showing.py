"""How the journey stands, shown to those who look; with it, due dates are counted. Not change by change."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.journey.counting import to_ask
    from models.journey.facts import Facts
    from models.journey.missing import is_closed, waits_for_evidence
    from models.journey.steps import ReportsHarm
    from workflows.journey.state import State

F = TypeVar("F", bound=Facts)


class Showing(Generic[F]):
    """What was shown of the journey, and when it is shown next."""

    def __init__(self, state: State[F], begin: Callable[..., None]) -> None:
        """Begin with nothing shown; ``begin`` begins effects."""
        self._state = state
        self._begin = begin
        self._harm_shown = (0, 0)
        self._steps_shown = 0
        self._is_waited_for = False
        self._moment: asyncio.Task[None] | None = None

    async def show_what_changes(self) -> None:
        """Show it a moment after the first change; at once where it has ended, or something waits for its evidence.

        A report of harm is shown at once, too (SU-01), and whatever somebody waits to see.

        What people record in quick succession, and what is done outside meanwhile, is shown together; no later than
        the policy's ``shown_after``, so that an outage outside hides nothing. Due dates are counted just before; one
        that only a worker can find is shown once it is found.
        """
        state = self._state
        while True:
            await workflow.wait_condition(lambda: not state.moving_on and state.shown != state.version)
            await self._a_moment()
            state.count_due_dates()
            self._begin(*to_ask(state.facts))
            state.show()
            state.shown, self._harm_shown = state.version, _harm_said(state)
            self._steps_shown, self._is_waited_for = len(state.facts.steps), False

    def now(self) -> None:
        """Show at once what has changed, or changes next."""
        self._is_waited_for = True

    async def _a_moment(self) -> None:
        if self._may_not_wait():
            return
        # A timer, and no look at the clock: in replay two tasks may become one, and a comparison come out otherwise.
        # It ends by itself: one that ends in the very task that takes it back, or that ends the run, fails that task.
        if self.at_rest():
            self._moment = asyncio.create_task(self._pass())
        await workflow.wait_condition(lambda: self.at_rest() or self._may_not_wait())

    async def _pass(self) -> None:
        await workflow.sleep(self._state.facts.policy.shown_after, summary="show how it stands")
        # Its end always leaves an event. A task without one may be one with the next in replay, and a step that came
        # after the end would then be shown at once.
        self._state.mark()

    def _may_not_wait(self) -> bool:
        closed = is_closed(self._state.journey, self._state.facts)
        return closed or self._is_waited_for or self._harm_is_new() or self._evidence_is_wanted()

    def _evidence_is_wanted(self) -> bool:
        """Something waits for it, and it is not on its way to the register."""
        facts = self._state.facts
        new = (entry for entry in facts.steps[self._steps_shown :] if entry.step.is_kept)
        return waits_for_evidence(self._state.journey, facts) and any(new)

    def _harm_is_new(self) -> bool:
        return _harm_said(self._state) != self._harm_shown

    def at_rest(self) -> bool:
        """No moment is under way."""
        return self._moment is None or self._moment.done()


def _harm_said(state: State[F]) -> tuple[int, int]:
    """How often harm was reported, and how often that could not be taken: one may come in the place of the other."""
    return len([step for step in state.facts.all_of(ReportsHarm) if step.at_risk]), len(state.facts.harm_not_taken)
