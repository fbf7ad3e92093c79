"""How the journey stands, shown to those who look; with it, due dates are calculated. Not change by change."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.effects import Effect
    from models.journey.due_dates import calculations
    from models.journey.facts import Facts
    from models.journey.ladder import to_begin
    from models.journey.missing import is_closed
    from models.kinds import EffectKind
    from workflows.journey.state import State

F = TypeVar("F", bound=Facts)


async def show_what_changes(state: State[F], begin: Callable[..., None]) -> None:
    """Show it once the machine is at rest, and not right after something was shown.

    What people record in quick succession, and what is done outside at once, is shown together; no later than the
    policy's ``shown_after``, so that an outage outside hides nothing. Due dates are calculated just before.
    """
    # The run has just shown how it began, and the opening has written that into the register.
    next_time = workflow.now() + state.facts.policy.shown_after
    while True:
        await workflow.wait_condition(lambda: not state.moving_on and _is_behind(state))
        if not _may_be_shown(state, next_time):
            await _until_it_may(state, next_time)
        # Until none is left: what happens meanwhile, and a date that nobody can find, may begin other clocks.
        while coming := _to_calculate(state):
            begin(*coming)
            await workflow.wait_condition(lambda: not any(map(_calculates, _under_way(state))))
        state.show()
        state.shown = state.version
        next_time = workflow.now() + state.facts.policy.shown_after


async def _until_it_may(state: State[F], next_time: datetime) -> None:
    at_most = state.facts.policy.shown_after
    # The built-in error: that of temporalio.exceptions says how an activity ended.
    with contextlib.suppress(TimeoutError):
        await workflow.wait_condition(
            lambda: _may_be_shown(state, next_time), timeout=at_most, timeout_summary="show how it stands"
        )


def _is_behind(state: State[F]) -> bool:
    """Something changed; or a run before left a due date to this one."""
    return state.shown != state.version or bool(_to_calculate(state))


def _may_be_shown(state: State[F], next_time: datetime) -> bool:
    """The transfer has ended; or the machine is at rest, and some time has passed since it was shown."""
    facts = state.facts
    if is_closed(state.journey, facts):
        return True
    coming = (effect for effect in to_begin(state.journey, facts) if effect not in facts.begun)
    return workflow.now() >= next_time and not any(_under_way(state)) and not any(coming)


def _to_calculate(state: State[F]) -> list[Effect]:
    """The due dates whose calculation may begin now; in a run that is about to end nothing does."""
    return [due for due in calculations(state.facts) if due not in state.facts.begun and not state.moving_on]


def _under_way(state: State[F]) -> tuple[Effect, ...]:
    """What is being done; what waits for a person is not."""
    facts = state.facts
    return tuple(effect for effect in facts.unfinished if facts.waits_for_a_person(effect) is None)


def _calculates(effect: Effect) -> bool:
    return effect.kind is EffectKind.CALCULATE_DUE_DATE
