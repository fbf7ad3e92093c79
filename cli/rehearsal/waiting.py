"""Waiting until a transfer is as far as a case file wants it, and no longer than a minute."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio.service import RPCError

from client.checks import item_meant
from client.transfers import NOT_KNOWN, Transfer, status
from models.journey.status import Status
from models.journey.steps import ResolveAttention, Step
from models.step_down.stage import Stage

STEP_SECONDS = 60
LOOK_SECONDS = 0.05


async def until_machine_is_done(handle: Transfer, step: Step) -> Status:
    """A person's step comes when the machine has done its part; putting right, when attention is asked for."""
    return await until(handle, is_asked_for(step))


def is_asked_for(step: Step) -> Callable[[Status], object]:
    """Whether the turn of this step has come, as the transfer stands."""
    if isinstance(step, ResolveAttention):
        return lambda now: item_meant(step, now)
    return lambda now: not _machine_at_work(now)


def nothing_held_until(moment: datetime, now: Status) -> bool:
    """What was held until then has left."""
    return all(held.until > moment for held in now.held)


def at_rest(now: Status) -> bool:
    """The machine has done what it can; what is still to do may wait for a person."""
    return not now.at_work if now.needs_attention else not _machine_at_work(now)


def _machine_at_work(now: Status) -> bool:
    by_machine = any(need.step is None and need.who is None for need in now.next_steps)
    return now.service_name is None or bool(now.at_work) or (by_machine and now.stage != Stage.CONFIRMATION)


async def until(handle: Transfer, holds: Callable[[Status], object]) -> Status:
    """Wait until this holds; where no answer comes, it is asked again.

    Raises:
        TimeoutError: it did not within a minute.
    """
    async with asyncio.timeout(STEP_SECONDS):
        while (now := await _status_if_told(handle)) is None or not holds(now):  # noqa: ASYNC110 (a query has no event)
            await asyncio.sleep(LOOK_SECONDS)
    return now


async def _status_if_told(handle: Transfer) -> Status | None:
    try:
        return await status(handle)
    except RPCError as error:
        if error.status not in NOT_KNOWN:
            raise
        return None
