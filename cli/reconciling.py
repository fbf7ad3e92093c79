"""The command that compares the register, Mosaic and Temporal, and says what differs and what becomes of it."""

import asyncio

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.terminal import AsJson, out, print_json
from cli.wiring import find_transfers, temporal
from client.errors import NotComparedError
from client.reconciling import compared
from models.operations.differences import Reconciled


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
