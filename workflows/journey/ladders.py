"""The ladder of every clock, beside everything else: an outage holds no alert back."""

from typing import TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.clock_words import rung_words
    from models.journey.facts import Facts
    from models.journey.ladder import NextRung, next_rung, raise_alerts
    from workflows.journey.state import State

F = TypeVar("F", bound=Facts)


async def run_ladders(state: State[F]) -> None:
    """Raise each alert at its instant, or as soon as something runs again, and then once."""
    while True:
        await workflow.wait_condition(lambda: not state.moving_on and next_rung(state.facts) is not None)
        coming = next_rung(state.facts)
        if coming is not None and await _comes(state, coming):
            state.know(raise_alerts(state.journey, state.facts, workflow.now()))


async def _comes(state: State[F], coming: NextRung) -> bool:
    """Wait for the instant; False where something else comes first."""
    # The instant is absolute and kept in the facts: a relative wait, armed again in a new run, would start over.
    wait = coming.at - workflow.now()
    if wait.total_seconds() <= 0:
        return True
    try:
        await workflow.wait_condition(
            lambda: state.moving_on or next_rung(state.facts) != coming,
            timeout=wait,
            timeout_summary=rung_words(coming.kind, coming.due, coming.what, coming.at),
        )
    except TimeoutError:  # the built-in one: that of temporalio.exceptions is the end of an activity
        return True
    return False
