"""What follows each turn of a journey, not each change: due dates are calculated, and it is shown how it stands."""

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


async def run_turns(state: State[F], begin: Callable[..., None]) -> None:
    """At the end of each turn begin the due dates' calculation, and show how the journey stands.

    A turn ends once the machine is at rest, and not right after the one before: what people record in quick
    succession, and what is done outside at once, are one turn. It lasts no longer than the policy's ``shown_after``:
    an outage outside hides nothing.
    """
    next_turn = workflow.now()
    while True:
        await workflow.wait_condition(
            lambda: not state.moving_on and (state.shown != state.version or bool(_to_calculate(state)))
        )
        if not _ends(state, next_turn):
            await _end(state, next_turn)
        # Until none is left: what happens meanwhile, and a date that cannot be found, may begin other clocks.
        while coming := _to_calculate(state):
            begin(*coming)
            await workflow.wait_condition(lambda: not any(map(_calculates, _under_way(state))))
        state.show()
        next_turn = workflow.now() + state.facts.policy.shown_after


async def _end(state: State[F], next_turn: datetime) -> None:
    # The built-in error: that of temporalio.exceptions says how an activity ended.
    with contextlib.suppress(TimeoutError):
        await workflow.wait_condition(
            lambda: _ends(state, next_turn),
            timeout=state.facts.policy.shown_after,
            timeout_summary="show how it stands",
        )


def _ends(state: State[F], next_turn: datetime) -> bool:
    """The transfer has ended; or the machine is at rest, and some time has passed since the last turn."""
    facts = state.facts
    if is_closed(state.journey, facts):
        return True
    coming = (effect for effect in to_begin(state.journey, facts) if effect not in facts.begun)
    return workflow.now() >= next_turn and not any(_under_way(state)) and not any(coming)


def _to_calculate(state: State[F]) -> list[Effect]:
    """The due dates whose calculation may begin now; in a run that is about to end nothing does."""
    return [due for due in calculations(state.facts) if due not in state.facts.begun and not state.moving_on]


def _under_way(state: State[F]) -> tuple[Effect, ...]:
    """What is being done; what waits for a person is not."""
    facts = state.facts
    return tuple(effect for effect in facts.unfinished if facts.waits_for_a_person(effect) is None)


def _calculates(effect: Effect) -> bool:
    return effect.kind is EffectKind.CALCULATE_DUE_DATE
