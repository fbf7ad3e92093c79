"""A family on its way, driven step by step against the running rehearsal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client

from cli.rehearsal.books import admit
from cli.rehearsal.case import Case
from cli.rehearsal.case_file import read_case
from cli.rehearsal.local import LocalSettings
from cli.rehearsal.waiting import until, until_machine_is_done
from cli.step_file import new_transfer_id, now
from client.letters import as_read
from client.starting import start
from client.transfers import Transfer, send, status
from models.journey.status import Status
from models.journey.steps import ResolveAttention
from models.vocabulary import Actor, Role


@dataclass
class Family:
    """One case file, admitted and started."""

    case: Case
    handle: Transfer

    @classmethod
    async def begin(cls, client: Client, local: LocalSettings, path: Path) -> "Family":
        case = read_case(path, new_transfer_id(), now())
        await asyncio.to_thread(admit, local, case)
        return cls(case, await start(client, case.start))

    async def record(self, *steps: str) -> None:
        """Send these steps of the case file, each when the machine has done its part."""
        for step in self.case.steps:
            if step.step in steps:
                await until_machine_is_done(self.handle, step)
                await send(self.handle, await as_read(self.handle, step))

    async def record_up_to(self, last: str) -> None:
        names = [step.step for step in self.case.steps]
        await self.record(*names[: names.index(last) + 1])

    async def until(self, holds: Callable[[Status], Any]) -> Status:
        return await until(self.handle, holds)

    async def status(self) -> Status:
        return await status(self.handle)

    async def resolve(self, attention_id: str, **how: Any) -> None:
        operations = Actor(id="ops-1", role=Role.OPERATIONS)
        step = ResolveAttention.model_validate(
            {"step_id": f"fix-{attention_id}", "actor": operations, "occurred_at": now(), "attention_id": attention_id}
            | how
        )
        await send(self.handle, step)

    async def closed(self) -> Any:
        return await self.handle.result()
