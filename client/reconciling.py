"""Comparing the register, Mosaic and Temporal now, instead of in the morning."""

import asyncio
from datetime import timedelta

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from client.errors import NotComparedError
from client.starting import task_queue
from models.operations.differences import Reconciled
from workflows.reconcile import Reconcile

BY_HAND = "reconcile-by-hand"
"""The id of its workflow: who asks while one runs waits for that one."""

GIVE_UP = timedelta(hours=1)
TAKEN_UP_WITHIN = 20
"""Seconds until a worker has begun."""
NOBODY_WORKED = 2
"""Events in the history of a workflow that no worker has taken up."""


async def compared(client: Client) -> Reconciled:
    """What a comparison found that is made now.

    Raises:
        NotComparedError: no worker takes it up, or a side did not answer at all.
    """
    handle = await _begun(client)
    waiting = asyncio.create_task(handle.result())
    done, _ = await asyncio.wait({waiting}, timeout=TAKEN_UP_WITHIN)
    if not done and (await handle.describe()).history_length <= NOBODY_WORKED:
        await handle.terminate("nobody works here")
        raise NotComparedError("No worker takes it up: it can be compared when one runs.")
    try:
        return await waiting
    except WorkflowFailureError:
        raise NotComparedError("It could not be compared; the Temporal UI shows what did not answer.") from None


async def _begun(client: Client) -> WorkflowHandle[Reconcile, Reconciled]:
    return await client.start_workflow(
        Reconcile.run,
        id=BY_HAND,
        task_queue=task_queue(),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        execution_timeout=GIVE_UP,
    )
