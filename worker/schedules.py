"""What starts by the clock: the worker makes each schedule where there is none, and never changes one that is there.

It looks, too, whether each did what it is for: a comparison that does not run any more would be missed by nobody.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import time, timedelta
from typing import Any

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    WorkflowExecutionStatus,
)
from temporalio.service import RPCError, RPCStatusCode

from models.vocabulary import LONDON
from worker.metrics import Run
from workflows.digest import MorningDigest
from workflows.reconcile import Reconcile

MORNING_DIGEST, RECONCILE = "morning-digest", "reconcile"
"""The ids of the schedules; their workflows have them too, with the time added."""

CATCH_UP = timedelta(hours=2)
"""After an outage of Temporal, what belongs to a morning still comes in the morning."""

LOOKS_EVERY = timedelta(minutes=1)
SOON = timedelta(seconds=5)
"""After which an answer of Temporal is not waited for any more."""

GIVE_UP = timedelta(hours=12)
"""A run that nobody worked on ends before the next morning, whose own run it would otherwise keep from starting."""


async def make_digest_schedule(client: Client, task_queue: str, at: time, days: str) -> bool:
    """Make the schedule of the morning digest; False where there is one, which stays as operators left it.

    ``at`` is London's time, ``days`` are days of the week as cron names them.
    """
    return await _make(client, MORNING_DIGEST, _each_morning(MorningDigest.run, MORNING_DIGEST, task_queue, at, days))


async def make_reconcile_schedule(client: Client, task_queue: str, at: time) -> bool:
    """Make the schedule by which register, Mosaic and Temporal are compared each day; False where there is one."""
    return await _make(client, RECONCILE, _each_morning(Reconcile.run, RECONCILE, task_queue, at))


async def _make(client: Client, schedule_id: str, schedule: Schedule) -> bool:
    try:
        await client.create_schedule(schedule_id, schedule)
    except ScheduleAlreadyRunningError:
        return False
    return True


def _each_morning(run: Any, workflow_id: str, task_queue: str, at: time, days: str = "*") -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(run, id=workflow_id, task_queue=task_queue, execution_timeout=GIVE_UP),
        spec=ScheduleSpec(
            cron_expressions=[f"{at.minute} {at.hour} * * {days}"],
            time_zone_name=LONDON.key,
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )


class ScheduleWatch:
    """Looks how each schedule stands, for as long as it runs."""

    def __init__(self, client: Client, schedules: Collection[str]) -> None:
        """Prepare; ``schedules`` are the ids of those that are wanted."""
        self._client = client
        self._schedules = schedules
        self._stops = asyncio.Event()
        self.seen: dict[str, Run] = {}
        """As each stood at the newest look; what was never seen is not there."""

    async def run(self) -> None:
        """Look once a minute until it is shut down."""
        while not self._stops.is_set():
            # Without an answer all stands as it was seen last; that no worker reaches Temporal, others tell.
            with suppress(RPCError):
                await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stops.wait(), LOOKS_EVERY.total_seconds())

    async def shutdown(self) -> None:
        """Look no more."""
        self._stops.set()

    async def look(self) -> None:
        """See how each stands.

        Raises:
            RPCError: Temporal does not answer.
        """
        for schedule in self._schedules:
            self.seen[schedule] = await self._stands(schedule)

    async def _stands(self, schedule: str) -> Run:
        try:
            found = await self._client.get_schedule_handle(schedule).describe(rpc_timeout=SOON)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return Run(on=False)
            raise
        on = not found.schedule.state.paused
        if not found.info.recent_actions:
            return Run(on)
        newest = found.info.recent_actions[-1]
        return Run(on, newest.started_at, await self._completed(newest.action))

    async def _completed(self, run: Any) -> bool:
        """Whether this run has done its work; of one that Temporal keeps no more nothing else is known."""
        handle = self._client.get_workflow_handle(run.workflow_id, run_id=run.first_execution_run_id)
        try:
            return (await handle.describe(rpc_timeout=SOON)).status is WorkflowExecutionStatus.COMPLETED
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return True
            raise
