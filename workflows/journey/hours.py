"""What waits for office hours is begun when they begin."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.journey.facts import Facts
    from models.journey.hours import next_release, released
    from models.journey.ladder import to_begin
    from models.vocabulary import local_time
    from workflows.journey.state import State

F = TypeVar("F", bound=Facts)


async def begin_in_office_hours(state: State[F], begin: Callable[..., None]) -> None:
    """Begin what waits at its moment, or as soon as something runs again, if it is still due then."""
    while True:
        await workflow.wait_condition(lambda: not state.moving_on and next_release(state.facts) is not None)
        at = next_release(state.facts)
        if at is not None and await _has_come(state, at):
            facts, waited = released(state.facts, at)
            state.know(facts)
            begin(*(effect for effect in to_begin(state.journey, state.facts) if effect in waited))


async def _has_come(state: State[F], at: datetime) -> bool:
    """Whether this moment has come; not where a new run takes over, or something leaves before."""
    # The moment is absolute and kept in the facts: a relative wait, armed again in a new run, would start over. That
    # it has come, the timer says; compared with the clock, it could come out otherwise in replay.
    if at <= workflow.now():
        return True
    with contextlib.suppress(TimeoutError):
        await workflow.wait_condition(
            lambda: state.moving_on or next_release(state.facts) != at,
            timeout=at - workflow.now(),
            timeout_summary=f"letters leave from {local_time(at)}",
        )
        return False
    return True
