"""The same steps of like families, by a bare Temporal client and over HTTP; and reads and pages of lists."""

import asyncio
import random
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

import httpx
from temporalio.client import Client

from benchmarks.gateway.stage import Stage, signed
from benchmarks.gateway.wire import Answer, Connection
from benchmarks.journey.drive import Done, admit, cases
from cli.rehearsal.case import Case
from cli.rehearsal.local import HOST
from client.starting import start
from client.transfers import transfer
from models.journey.answers import Receipt
from models.journey.steps import Step

CLIENT, PENDING, SHOWN = "client", "pending", "shown"
WAITS: Mapping[str, float] = {PENDING: 0, SHOWN: 2}
"""Seconds for which each side over HTTP has the register waited for."""
STEPS = 3
"""Of each family: the first ones of its case, all by its social worker."""
WORKER, TEAM, READS = "sw-17", "north-2", "transfers-casework"


class NotTakenError(Exception):
    """A step was not taken; the text says what was answered."""


@dataclass
class Times:
    """Seconds, by side."""

    steps: dict[str, list[float]] = field(default_factory=lambda: {side: [] for side in (CLIENT, *WAITS)})
    reads: list[float] = field(default_factory=list)
    """Of journeys that are just worked on."""


@dataclass(frozen=True)
class Families:
    """Opens families, and takes their first steps, each on one of the sides."""

    stage: Stage
    client: Client
    mosaic: httpx.AsyncClient
    times: Times = field(default_factory=Times)

    async def play(self, number: int, at_once: int) -> list[str]:
        """So many families of each side, in any order; returns their ids."""
        sides, slots = [side for side in self.times.steps for _ in range(number)], asyncio.Semaphore(at_once)
        random.shuffle(sides)
        families = cases(len(sides))
        done = Done(self.stage.stack.local.folder / "register.db")
        for case in families:
            await admit(self.mosaic, case)
            await start(self.client, case.start)
            await done.at_least(case.start.id, 0)

        async def one(side: str, case: Case) -> None:
            async with slots:
                await self._steps(side, case)

        await asyncio.gather(*map(one, sides, families))
        return [case.start.id for case in families]

    async def _steps(self, side: str, case: Case) -> None:
        http = await Connection.open(HOST, self.stage.gateway_port)
        headers = dict(signed(self.stage.issuer, WORKER, [TEAM], READS))
        for step in case.steps[:STEPS]:
            said = step.model_copy(update={"occurred_at": datetime.now(UTC)})
            send = self._by_client(case, said) if side == CLIENT else _over_http(http, headers, case, said, WAITS[side])
            self.times.steps[side].append(await seconds(send))
            if side != CLIENT:
                self.times.reads.append(await seconds(read(http, headers, case.start.id)))
        http.close()

    async def _by_client(self, case: Case, step: Step) -> None:
        handle = transfer(self.client, case.start.id)
        await handle.execute_update(step.step, step, result_type=Receipt)


async def _over_http(http: Connection, headers: dict[str, str], case: Case, step: Step, wait: float) -> None:
    body = step.model_dump(mode="json", exclude_defaults=True, exclude={"step_id", "actor"})
    path = f"/v1/transfers/{case.start.id}/steps/{step.step}?wait={wait}"
    answer = await http.ask("POST", path, {**headers, "idempotency-key": step.step_id}, body)
    expect(answer, 201)


async def read(http: Connection, headers: dict[str, str], journey_id: str) -> None:
    """How the journey stands."""
    expect(await http.ask("GET", f"/v1/transfers/{journey_id}", headers), 200)


def expect(answer: Answer, status: int) -> None:
    """Check that this was answered.

    Raises:
        NotTakenError: it was not.
    """
    if answer.status != status:
        raise NotTakenError(f"{answer.status}: {answer.body.decode()[:500]}")


async def seconds(work: Awaitable[Any]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def reads(port: int, headers: Mapping[str, str], ids: Sequence[str], at_once: int, lasts: float) -> int:
    """How many of these journeys are read by so many who ask one after the other for so many seconds."""
    until, every = time.perf_counter() + lasts, cycle(ids)

    async def one() -> int:
        http, number = await Connection.open(HOST, port), 0
        while time.perf_counter() < until:
            await read(http, dict(headers), next(every))
            number += 1
        http.close()
        return number

    return sum(await asyncio.gather(*(one() for _ in range(at_once))))


async def pages(port: int, headers: Mapping[str, str], path: str, number: int) -> list[float]:
    """How long each page of this list takes, one after the other, from its beginning."""
    http, took = await Connection.open(HOST, port), []
    after: str | None = None
    for _ in range(number):
        asked = path if after is None else f"{path}&after={after}"
        began = time.perf_counter()
        answer = await http.ask("GET", asked, dict(headers))
        took.append(time.perf_counter() - began)
        expect(answer, 200)
        after = answer.json()["next"]
    http.close()
    return took
