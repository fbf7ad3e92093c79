"""Example 01 as people would take it, step by step, without resting."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError

from benchmarks.journey.bare import BareStepDown
from benchmarks.journey.stage import BARE, Side
from benchmarks.rehearsal import EXAMPLES
from cli.rehearsal.books import closing_step_of
from cli.rehearsal.case import Case
from cli.rehearsal.case_file import read_case
from client.errors import NotKnownError
from client.letters import as_read
from client.starting import start
from client.transfers import transfer
from models.journey.steps import Step
from models.step_down.start import StepDownRequest
from workflows.ids import workflow_id

CASE = EXAMPLES / "01-one-child-passes-on-a-sibling-closes.yaml"
LOOK_SECONDS = 0.015
REFUSED_SECONDS = 60
"""A step that is refused for so long is not too early."""

AFTER = {"record_contact_conversation": 2, "approve_letters": 4, "acknowledge_transfer": 7}
"""Before these steps people wait until so much was done outside: shared and asked; closed; written."""

OUTSIDE = ("share_document", "request_conversation", "close_child", "send_advice_summary", "send_letter")


def cases(number: int) -> list[Case]:
    """So many families, each with references of its own."""
    return [read_case(CASE, f"bench-{os.urandom(5).hex()}", datetime.now(UTC)) for _ in range(number)]


async def admit(mosaic: httpx.AsyncClient, case: Case) -> None:
    """Put the family into the rehearsal Mosaic."""
    # What a case file leaves out, Mosaic answers by itself; what is sent as null, it does not say.
    said = case.mosaic.model_dump(mode="json", exclude_unset=True)
    body = {**said, "closing_step": closing_step_of(case)}
    (await mosaic.post("/rehearsal/families", json=body)).raise_for_status()


@dataclass
class Done:
    """How much of each journey was done outside, looked up in the register's file for all who wait."""

    register: Path
    _waiting: dict[str, tuple[int, asyncio.Event]] = field(default_factory=dict)
    _looking: asyncio.Task[None] | None = None

    async def at_least(self, transfer_id: str, number: int) -> None:
        """Return once so many effects of a transfer that is open have ended."""
        event = asyncio.Event()
        self._waiting[transfer_id] = (number, event)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await event.wait()

    async def _look(self) -> None:
        with closing(sqlite3.connect(f"file:{self.register}?mode=ro", uri=True, timeout=10)) as connection:
            while self._waiting:
                for transfer_id, number in self._seen(connection).items():
                    if number >= self._waiting[transfer_id][0]:
                        self._waiting.pop(transfer_id)[1].set()
                await asyncio.sleep(LOOK_SECONDS)

    def _seen(self, connection: sqlite3.Connection) -> dict[str, int]:
        ids = list(self._waiting)
        of = ",".join("?" * len(ids))
        kinds = ",".join("?" * len(OUTSIDE))
        query = (
            "SELECT id, (SELECT count(*) FROM effects WHERE transfer_id = transfers.id AND ended IS NOT NULL"  # noqa: S608 (only question marks are put in)
            f" AND kind IN ({kinds})) FROM transfers WHERE id IN ({of})"
        )
        return dict(connection.execute(query, [*OUTSIDE, *ids]).fetchall())


@dataclass
class Times:
    """Seconds, each as people wait."""

    steps: list[float] = field(default_factory=list)
    journeys: list[float] = field(default_factory=list)
    again: int = 0
    """Steps that were sent again, as it was not known whether they were taken."""
    too_early: int = 0
    """Steps that were refused, as something before them was not known yet, and came again a moment later."""


Handle = WorkflowHandle[Any, Any]


@dataclass(frozen=True)
class Journeys:
    """Journeys of one side."""

    client: Client
    side: Side
    times: Times = field(default_factory=Times)

    async def play(self, cases: list[Case], at_once: int, upto: int | None = None) -> list[Handle]:
        """Play them, so many at once; with ``upto`` only the first steps, and what follows from them."""
        done, slots = Done(self.side.register), asyncio.Semaphore(at_once)

        async def one(case: Case) -> Handle:
            async with slots:
                return await self._journey(case, done, upto)

        return list(await asyncio.gather(*map(one, cases)))

    async def _journey(self, case: Case, done: Done, upto: int | None) -> Handle:
        began = time.perf_counter()
        handle = await self._start(case)
        await done.at_least(case.start.id, 0)
        for step in case.steps[:upto]:
            if step.step in AFTER:
                await done.at_least(case.start.id, AFTER[step.step])
            await self._timed(handle, step if self.side.name == BARE else await self._read(handle, step))
        if upto is None:
            await handle.result()
        else:
            await done.at_least(case.start.id, AFTER["record_contact_conversation"])
        self.times.journeys.append(time.perf_counter() - began)
        return handle

    async def _start(self, case: Case) -> Handle:
        if self.side.name == BARE:
            id_ = workflow_id(case.start.kind, case.start.id)
            start_of = StepDownRequest.model_validate(case.start)
            return await self.client.start_workflow(BareStepDown.run, start_of, id=id_, task_queue=self.side.queue)
        await start(self.client, case.start)
        return transfer(self.client, case.start.id)

    async def _read(self, handle: Handle, step: Step) -> Step:
        while True:
            try:
                return await as_read(handle, step)
            except NotKnownError:
                self.times.again += 1

    async def _timed(self, handle: Handle, step: Step) -> None:
        said = step.model_copy(update={"occurred_at": datetime.now(UTC)})
        update = "record" if self.side.name == BARE else step.step
        began = time.perf_counter()
        await self._until_taken(lambda: handle.execute_update(update, said))
        self.times.steps.append(time.perf_counter() - began)

    async def _until_taken(self, send: Callable[[], Awaitable[object]]) -> None:
        until = time.perf_counter() + REFUSED_SECONDS
        while True:
            try:
                await send()
            except WorkflowUpdateFailedError:
                if time.perf_counter() > until:
                    raise
                self.times.too_early += 1
                await asyncio.sleep(LOOK_SECONDS)
            except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
                self.times.again += 1
            else:
                return
