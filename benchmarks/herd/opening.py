"""Opening transfers in the ordinary way, many beside each other."""

import asyncio
import time
from collections.abc import Callable, Collection

import httpx
from temporalio.client import Client
from typer import echo

from activities.mosaic import CLOSING_STEPS
from benchmarks.herd.families import Family
from client.errors import NotKnownError
from client.starting import start
from client.transfers import Transfer, send
from models.journey.steps import Step
from models.step_down.start import Route

AT_ONCE = 40
"""Transfers that are on their way to their due date at one time."""

LOOK_SECONDS = 0.25
SAY_SECONDS = 10


async def admit(mosaic: httpx.AsyncClient, family: Family) -> None:
    """Put the family into the rehearsal Mosaic."""
    body = {**family.in_mosaic.model_dump(), "closing_step": CLOSING_STEPS[Route.ASSESSMENT]}
    (await mosaic.post("/rehearsal/families", json=body)).raise_for_status()


async def send_until_answered(transfer: Transfer, step: Step) -> None:
    """Send a step; where no answer comes, the same step once more, until one does."""
    while True:
        try:
            await send(transfer, step)
        except NotKnownError:
            _go_on_unless_cancelled()
        else:
            return


def _go_on_unless_cancelled() -> None:
    """The client says of a cancelled update that its answer is not known; a loop around it would never end."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class Opening:
    """Brings transfers so far that the contact is asked and the due date stands."""

    def __init__(self, client: Client, mosaic: httpx.AsyncClient, clocks_set: Callable[[], set[str]]) -> None:
        """``clocks_set`` says which transfers have a due date."""
        self._client = client
        self._mosaic = mosaic
        self._clocks_set = clocks_set
        self._waiting: dict[str, asyncio.Event] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def open(self, families: Collection[Family]) -> float:
        """Open them all; returns how many seconds it took until the last due date stood."""
        began = time.monotonic()
        looking = asyncio.create_task(self._look(len(families)))
        try:
            await asyncio.gather(*map(self._open, families))
        finally:
            looking.cancel()
        return time.monotonic() - began

    async def _open(self, family: Family) -> None:
        async with self._slots:
            await admit(self._mosaic, family)
            transfer = await start(self._client, family.start)
            for said in (family.exploration, family.consent, family.sharing):
                await send_until_answered(transfer, said())
            due_date_stands = self._waiting[family.transfer_id] = asyncio.Event()
            await due_date_stands.wait()

    async def _look(self, of: int) -> None:
        said = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            seen = await asyncio.to_thread(self._clocks_set)
            for transfer_id in self._waiting.keys() & seen:
                self._waiting.pop(transfer_id).set()
            if time.monotonic() > said + SAY_SECONDS:
                said = time.monotonic()
                echo(f"  {len(seen)} of {of} wait for an answer")
