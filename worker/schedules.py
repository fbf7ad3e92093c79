"""What starts by the clock: the worker makes the schedule where there is none, and never changes one that is there."""

from datetime import time, timedelta

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

MORNING_DIGEST = "morning-digest"
"""The id of the schedule; its workflows have it too, with the time added."""

CATCH_UP = timedelta(hours=2)
"""After an outage of Temporal, a morning digest still comes in the morning."""

GIVE_UP = timedelta(hours=12)
"""A run that nobody worked on ends before the next morning, whose own run it would otherwise keep from starting."""


async def make_digest_schedule(client: Client, task_queue: str, at: time, days: str) -> bool:
    """Make the schedule of the morning digest; False where there is one, which stays as operators left it.

    ``at`` is London's time, ``days`` are days of the week as cron names them.
    """
    try:
        await client.create_schedule(MORNING_DIGEST, _digest_schedule(task_queue, at, days))
    except ScheduleAlreadyRunningError:
        return False
    return True


def _digest_schedule(task_queue: str, at: time, days: str) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            MorningDigest.run, id=MORNING_DIGEST, task_queue=task_queue, execution_timeout=GIVE_UP
        ),
        spec=ScheduleSpec(
            cron_expressions=[f"{at.minute} {at.hour} * * {days}"],
            time_zone_name=LONDON.key,
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
