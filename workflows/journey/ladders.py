"""The ladder of every clock, beside everything else: an outage holds no alert back."""

import contextlib
from typing import TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.clock_words import rung_words
    from models.journey.facts import Facts
    from models.journey.ladder import NextRung, next_rung, raise_alerts
    from models.kinds import RESPONSES
    from models.vocabulary import local_time
    from workflows.journey.state import State

F = TypeVar("F", bound=Facts)


async def run_ladders(state: State[F]) -> None:
    """Raise each alert at its instant, or as soon as something runs again, and then once."""
    while True:
        await workflow.wait_condition(lambda: not state.moving_on and next_rung(state.facts) is not None)
        coming = next_rung(state.facts)
        if coming is not None and coming.at <= workflow.now():
            state.know(raise_alerts(state.journey, state.facts, workflow.now()))
        elif coming is not None:
            await _until(state, coming)


async def _until(state: State[F], coming: NextRung) -> None:
    """Wait for the instant, or until something else is waited for instead."""
    # The instant is absolute and kept in the facts: a relative wait, armed again in a new run, would start over.
    # The built-in error: that of temporalio.exceptions says how an activity ended.
    with contextlib.suppress(TimeoutError):
        await workflow.wait_condition(
            lambda: state.moving_on or _waits_otherwise(coming, next_rung(state.facts)),
            timeout=coming.at - workflow.now(),
            timeout_summary=_words(coming),
        )


def _waits_otherwise(coming: NextRung, now: NextRung | None) -> bool:
    """A wait of our own people that ended leaves its timer: a new one for each would be most of the history."""
    if now == coming:
        return False
    owed = coming.kind in RESPONSES or (now is not None and now.kind in RESPONSES)
    return owed or (now is not None and now.at < coming.at)


def _words(coming: NextRung) -> str:
    if coming.kind in RESPONSES:
        return rung_words(coming.kind, coming.due, coming.what, coming.at)
    return f"look at the clocks on {local_time(coming.at)}"
