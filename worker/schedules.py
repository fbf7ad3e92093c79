"""What starts by the clock: the worker makes each schedule where there is none, and never changes one that is there."""

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
)

from models.vocabulary import LONDON
from workflows.digest import MorningDigest
from workflows.reconcile import Reconcile

MORNING_DIGEST, RECONCILE = "morning-digest", "reconcile"
"""The ids of the schedules; their workflows have them too, with the time added."""

CATCH_UP = timedelta(hours=2)
"""After an outage of Temporal, what belongs to a morning still comes in the morning."""

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
