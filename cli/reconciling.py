"""The command that compares the register, Mosaic and Temporal, and says what differs and what becomes of it."""

import asyncio
import os
from datetime import timedelta

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from cli.screens import AsJson, out, print_json
from cli.wiring import find_transfers, temporal
from models.differences import Reconciled
from models.errors import OutsideError
from workflows.reconcile import Reconcile

BY_HAND = "reconcile-by-hand"
"""The id of its workflow: who asks while one runs waits for that one."""

GIVE_UP = timedelta(hours=1)
TAKEN_UP_WITHIN = 20
"""Seconds until a worker has begun."""
NOBODY_WORKED = 2
"""Events in the history of a workflow that no worker has taken up."""


class NotComparedError(OutsideError):
    """The comparison could not be made."""


def reconcile(*, as_json: AsJson = False) -> None:
    """Compare the register, Mosaic and Temporal now; what differs becomes attention for operations.

    The exit code is 0 whether they agree or differ, and 1 where a side did not answer.
    """
    find_transfers()
    typer.echo("Comparing the register, Mosaic and Temporal; this may take some minutes ...", err=True)
    result = asyncio.run(_compare_now())
    if as_json:
        found = tuple(one.model_copy(update={"difference": one.difference.in_lists}) for one in result.found)
        print_json(result.model_copy(update={"found": found}).model_dump(mode="json"))
    else:
        out.print(comparison_screen(result))
    if result.not_compared:
        raise NotComparedError("Not every side answered everything; try again later.")


async def _compare_now() -> Reconciled:
    return await compared(await temporal())


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
        task_queue=os.environ.get("TRANSFERS_TASK_QUEUE", "transfers"),
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        execution_timeout=GIVE_UP,
    )


def comparison_screen(result: Reconciled) -> RenderableType:
    """What differs, a row each, and below it what was compared."""
    if not result.found:
        return Text(result.words)
    table = Table("transfer", "what differs", "what becomes of it", show_lines=True)
    table.columns[0].no_wrap = True
    for one in result.found:
        became = Text(one.became.words, style="bold red" if one.became.is_new else "")
        table.add_row(Text(one.difference.transfer_id), Text(one.difference.line), became)
    return Group(table, Text(result.words))
