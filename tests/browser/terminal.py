"""The pictures of a terminal: ``python -m tests.browser.terminal`` draws them anew, without a browser."""

import asyncio
import io
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.text import Text
from temporalio.client import Client

from cli.family import family_screen, page_words
from cli.reconciling import comparison_screen
from cli.rehearsal.case_file import read_file
from cli.rehearsal.demo import play
from cli.screens import transfer_screen
from cli.step_file import now
from cli.views import views_of, views_screen
from cli.wiring import temporal
from client.reconciling import compared
from models.vocabulary import LONDON
from tests.browser.one_family import ENTRIES, ITS_LAST_DAY, one_family
from tests.system.conftest import EXAMPLES, Rehearsal, start_rehearsal
from workflows.ids import workflow_id

PICTURES = EXAMPLES.parent / "docs" / "pictures"
SITUATIONS = EXAMPLES / "situations"
SHOWN = {"breached": "show", "stuck": "stuck-in-the-terminal"}
"""What `transfers show` says of these situations, by the picture."""
ENDED_BY_HAND = "letter"


def called(name: str) -> str:
    """The id of the transfer of a situation; elsewhere an id says nothing."""
    return f"t-{name}"


def terminal(command: str, said: RenderableType, picture: str, width: int = 118) -> None:
    """A picture of a terminal: the command, and what it says."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    console.print(Group(Text(f"$ {command}", style="bold"), said))
    svg = console.export_svg(title="transfers", unique_id=picture)
    # Without fonts from elsewhere: who opens the picture asks nobody for them.
    alone = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (PICTURES / f"{picture}.svg").write_text(alone, encoding="utf-8")


async def play_situation(rehearsal: Rehearsal, client: Client, name: str) -> None:
    """Play a situation; its transfer is called after it."""
    file = read_file(SITUATIONS / f"{name}.yaml", called(name), now())
    played = await play(client, rehearsal.local, file, lambda words: None)
    assert not played.differences, played.differences


def show(rehearsal: Rehearsal, name: str) -> None:
    """What `transfers show` says of a transfer."""
    status = rehearsal.register.status(called(name))
    assert status is not None
    terminal(f"transfers show {called(name)}", transfer_screen(status), SHOWN[name])


def views() -> None:
    """Which views `transfers views` prints."""
    ui = "https://temporal.council.example"
    terminal("transfers views", views_screen(views_of(datetime.now(LONDON), (), ())[:5], ui, "default"), "views")


def family() -> None:
    """What `transfers family` says of one over months, which no rehearsal takes."""
    found = one_family()
    which = Text(page_words(found, 1, ENTRIES), style="dim")
    said = Group(family_screen(found, ITS_LAST_DAY), which)
    terminal(f"transfers family {found.family_ref} --number {ENTRIES}", said, "family", width=136)


async def terminated(client: Client) -> None:
    """Somebody ended a transfer in the Temporal UI; the comparison finds it."""
    await client.get_workflow_handle(workflow_id("step-down", called(ENDED_BY_HAND))).terminate()
    terminal("transfers reconcile", comparison_screen(await compared(client)), "terminated")


async def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = start_rehearsal(Path(folder))
        os.environ.update(rehearsal.local.environment())
        try:
            client = await temporal()
            for name in (*SHOWN, ENDED_BY_HAND):
                await play_situation(rehearsal, client, name)
            for name in SHOWN:
                show(rehearsal, name)
            views()
            family()
            await terminated(client)
        finally:
            rehearsal.stack.stop()


if __name__ == "__main__":
    asyncio.run(main())
