"""The pictures of the runbook: ``python -m tests.browser.pictures`` takes them anew, on a rehearsal of its own.

What the Temporal UI shows is taken in Chromium, what a terminal shows is drawn by the commands themselves.
"""

import asyncio
import base64
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import httpx
from PIL import Image
from playwright.async_api import FloatRect, Page, ViewportSize
from temporalio.client import Client

from cli.rehearsal.books import admit
from cli.rehearsal.case_file import read_case
from cli.rehearsal.waiting import until
from cli.step_file import now
from cli.views import link, views_of
from cli.wiring import temporal
from client.starting import start
from client.transfers import transfer
from models.kinds import NOT_ANSWERING
from models.step_down.stage import Stage
from models.vocabulary import LONDON
from tests.browser.conftest import SEEN_WITHIN, chromium
from tests.browser.terminal import PICTURES, SHOWN, SITUATIONS, called, family, play_situation, show, terminated, views
from tests.pace import eventually
from tests.pace import until as until_then
from tests.system.conftest import EXAMPLES, Rehearsal, start_rehearsal
from tests.system.family import Family
from workflows.ids import workflow_id
from workflows.journey.visibility import NEEDS_ATTENTION, RESPONSE_DUE, RESPONSE_STATE, STAGE, WAITING_FOR

PROJECT = EXAMPLES.parent
COLUMNS = ("Workflow ID", STAGE.name, WAITING_FOR.name, NEEDS_ATTENTION.name, RESPONSE_STATE.name, RESPONSE_DUE.name)
WIDTH, HEIGHT = 1440, 900
LONG = 2050
"""For a page that is read as a whole."""
DETAILS_HEIGHT = 1500
"""For current details: as far as what is waited for."""
COLOURS = 128
"""Enough for such a page, and less than half of what the file weighs otherwise."""
PAUSE = 4000
"""Milliseconds between two people; what changed is shown by then."""
DETAILS = "user-metadata"
"""The page that says in plain words where a transfer stands."""
SEEN_BROKEN_WITHIN = 150
"""Seconds until the server marks a workflow whose code fails again and again."""


@dataclass
class Room:
    """The operations room: the rehearsal, and a browser to look at it."""

    rehearsal: Rehearsal
    client: Client
    page: Page

    @property
    def ui(self) -> str:
        return self.rehearsal.local.ui_url

    async def view(self, name: str, picture: str, shows: str) -> None:
        """The page of a view, as its link opens it."""
        [found] = [view for view in views_of(datetime.now(LONDON), (), ()) if view.name == name]
        await self.page.goto(link(self.ui, "default", found))
        await self.page.get_by_text(shows).first.wait_for(timeout=SEEN_WITHIN)
        await self.take(picture)

    async def workflow(
        self, name: str, tab: str, picture: str, *shows: str, scroll: int = 0, width: int = WIDTH
    ) -> None:
        """A page of one transfer."""
        description = await self.client.get_workflow_handle(workflow_id("step-down", called(name))).describe()
        where = f"{quote(description.id, safe='')}/{description.run_id}"
        before, details = self.page.viewport_size, tab == DETAILS and shows
        assert before is not None
        if details:
            await self.page.set_viewport_size(ViewportSize(width=WIDTH, height=DETAILS_HEIGHT))
        await self.page.goto(f"{self.ui}/namespaces/default/workflows/{where}/{tab}")
        await self.page.get_by_text("User Metadata").first.wait_for(timeout=SEEN_WITHIN)
        # Current details stand in a frame of their own.
        shown = self.page.frame_locator("iframe").last if tab == DETAILS else self.page
        for words in shows:
            await shown.get_by_text(words).first.wait_for(timeout=SEEN_WITHIN)
        await self.page.mouse.move(1200, 700)
        await self.page.mouse.wheel(0, scroll)
        await self.take(picture, width)
        await self.page.set_viewport_size(before)

    async def take(self, picture: str, width: int = WIDTH) -> None:
        """Take the page as it is when it has come to rest, or as much of it as this width from the left."""
        await self.page.wait_for_timeout(2500)
        size = self.page.viewport_size
        assert size is not None
        clip = FloatRect(x=0, y=0, width=width, height=size["height"])
        path = PICTURES / f"{picture}.png"
        await self.page.screenshot(path=path, clip=clip)
        with Image.open(path) as taken:
            taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)

    def stop(self, process: str) -> None:
        running = self.rehearsal.stack.running[process]
        running.terminate()
        running.wait()

    def start(self, process: str, module: str, beside: Path | None = None, **settings: str) -> None:
        """Start a process of the rehearsal anew: with other settings, or with code that stands in a folder beside."""
        environment = {**self.rehearsal.environment, "PYTHONPATH": str(PROJECT), **settings}
        with (self.rehearsal.local.folder / "logs" / f"{process}-again.log").open("ab") as log:
            self.rehearsal.stack.running[process] = subprocess.Popen(
                (sys.executable, "-m", module),
                env=environment,
                cwd=beside or PROJECT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        local = self.rehearsal.local
        port = {"worker": local.worker_port, "codec": local.codec_port}[process]
        path = {"worker": "health/ready", "codec": "health"}[process]
        until_then(lambda: answers(f"http://127.0.0.1:{port}/{path}"))


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.HTTPError:
        return False


@asynccontextmanager
async def room(folder: Path) -> AsyncIterator[Room]:
    """A rehearsal of its own, on free ports, with a browser that shows the columns of an operations room."""
    rehearsal = start_rehearsal(folder)
    os.environ.update(rehearsal.local.environment())
    try:
        async with chromium(WIDTH, HEIGHT) as context:
            columns = ",".join(f'{{"label":"{name}"}}' for name in COLUMNS)
            said = f"localStorage.setItem('namespace-workflow-table-columns', '{{\"default\":[{columns}]}}')"
            await context.add_init_script(said)
            yield Room(rehearsal, await temporal(), await context.new_page())
    finally:
        rehearsal.stack.stop()


async def take_all(room: Room) -> None:
    """Every picture, one thing after the other going wrong and being put right."""
    for path in sorted(SITUATIONS.glob("*.yaml")):
        await play_situation(room.rehearsal, room.client, path.stem)
    await a_journey(room, "at-once", pause=0)
    await a_journey(room, "journey", pause=PAUSE)
    await mosaic_down(room)
    await as_it_is(room)
    await worker_down(room)
    await broken_task(room)
    await key_lost(room)
    await terminated(room.client)


async def a_journey(room: Room, name: str, *, pause: int) -> None:
    """The timeline of example 01, with a pause after each step, or as the demo plays it."""
    case = read_case(min(EXAMPLES.glob("01-*.yaml")), called(name), now())
    await asyncio.to_thread(admit, room.rehearsal.local, case)
    family = Family(case, await start(room.client, case.start))
    for step in case.steps:
        await family.record(step.step)
        await room.page.wait_for_timeout(pause)
    await family.closed()
    await room.page.set_viewport_size(ViewportSize(width=WIDTH, height=LONG))
    await room.workflow(name, "timeline", f"{name}-timeline", "Timeline")
    await room.page.set_viewport_size(ViewportSize(width=WIDTH, height=HEIGHT))


async def as_it_is(room: Room) -> None:
    """The views, and the situations that nothing is wrong beside."""
    await room.view("Open", "view-open", called("stuck"))
    await room.page.get_by_label("Configure Columns").first.click()
    await room.take("view-columns")
    await room.view("Overdue", "view-breached", called("breached"))
    await room.view("Needs attention", "view-needs-attention", called("stuck"))
    await room.workflow("stuck", DETAILS, "stuck", "The record is locked in Mosaic")
    await room.workflow("stuck", "timeline", "stuck-timeline", "Timeline", scroll=450)
    for name in SHOWN:
        show(room.rehearsal, name)
    views()
    family()
    await room.workflow("breached", DETAILS, "breached", "overdue")
    await room.workflow("withdrawn", DETAILS, "withdrawn", "Consent was withdrawn")
    await room.workflow("declined", DETAILS, "declined", "declines a child")
    await room.workflow("harm", DETAILS, "significant-harm", "significant harm")
    await room.workflow("restricted", DETAILS, "restricted", "Restricted family")


async def mosaic_down(room: Room) -> None:
    """Mosaic does not answer, for longer than the policy waits before it tells operations."""
    silent = {"when": "before", "action": "error", "error": "unavailable", "times": 1000}
    room.rehearsal.mosaic_fault(operation="share_document", **silent)
    case = read_case(SITUATIONS / "withdrawn.yaml", called("mosaic-down"), now())
    await asyncio.to_thread(admit, room.rehearsal.local, case)
    family = Family(case, await start(room.client, case.start))
    await family.record_up_to("record_family_sharing")
    await until(family.handle, lambda now: any(item.problem == NOT_ANSWERING for item in now.attention))
    await room.workflow("mosaic-down", DETAILS, "mosaic-down", "has not done what it was asked")
    await room.workflow("mosaic-down", "pending-activities", "mosaic-down-attempts", called("mosaic-down"), width=840)
    room.rehearsal.forgive()


async def worker_down(room: Room) -> None:
    """The worker has ended."""
    room.stop("worker")
    await room.workflow("stuck", DETAILS, "worker-down")
    room.start("worker", "worker")


async def broken_task(room: Room) -> None:
    """A version of the worker with a mistake takes up a transfer."""
    room.stop("worker")
    with tempfile.TemporaryDirectory() as beside:
        broken_copy(Path(beside))
        room.start("worker", "worker", beside=Path(beside))
        await transfer(room.client, called("breached")).signal("step", {"step": "nothing"})
        await eventually_broken(room)
        await room.view("Broken", "view-broken", called("breached"))
        await room.workflow("breached", "timeline", "broken-task", "Workflow Task Failed", scroll=450)
        room.stop("worker")
    room.start("worker", "worker")


def broken_copy(folder: Path) -> None:
    """The workflows with a mistake: where a conversation is waited for, something fails."""
    shutil.copytree(PROJECT / "workflows", folder / "workflows", ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "workflows" / "journey" / "run.py"
    code = path.read_text(encoding="utf-8")
    at = "            facts = self.state.facts\n            self._begin("
    assert at in code
    mistake = f'            if self.state.status.stage == "{Stage.CONVERSATION}":\n'
    mistake += '                raise RuntimeError("a mistake in the code")\n'
    path.write_text(code.replace(at, mistake + at), encoding="utf-8")


async def eventually_broken(room: Room) -> None:
    [broken] = [view.query for view in views_of(datetime.now(LONDON), (), ()) if view.name == "Broken"]

    async def marked() -> int:
        return (await room.client.count_workflows(broken)).count

    await eventually(marked, SEEN_BROKEN_WITHIN, every=1)


async def key_lost(room: Room) -> None:
    """The codec server was started with another key: what the UI shows stays unreadable."""
    other = f"other:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    room.stop("codec")
    room.start("codec", "gateway.codec", TRANSFERS_KEYS=other)
    await room.workflow("stuck", "timeline", "key-lost", called("stuck"))
    room.stop("codec")
    room.start("codec", "gateway.codec")


async def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with room(Path(folder)) as ready:
            await take_all(ready)


if __name__ == "__main__":
    asyncio.run(main())
