"""Steps to other transfers at a steady rate, and how long each waits for its receipt."""

import asyncio
import itertools
import math
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

import httpx
from temporalio.client import Client

from benchmarks.herd.families import Family
from benchmarks.herd.opening import admit
from client.errors import NotKnownError
from client.starting import start
from client.transfers import Transfer, send
from models.journey.steps import Step

READY = 40
"""Transfers that lie ready for their next step, so that a slow receipt keeps no other step back."""


class Sent(NamedTuple):
    """A step that was sent, and after how long its receipt came."""

    at: datetime
    seconds: float
    answered: bool


@dataclass(frozen=True)
class Latency:
    """How long receipts took, in seconds."""

    steps: int
    unanswered: int
    p50: float
    p99: float
    longest: float

    @classmethod
    def of(cls, sent: Iterable[Sent]) -> "Latency":
        """What these steps say."""
        sent = list(sent)
        took = sorted(step.seconds for step in sent) or [math.nan]
        unanswered = sum(not step.answered for step in sent)
        p99 = took[math.ceil(0.99 * len(took)) - 1]
        return cls(len(sent), unanswered, statistics.median(took), p99, took[-1])


class Waiting(NamedTuple):
    """A transfer, and what is recorded on it next."""

    transfer: Transfer
    steps: tuple[Callable[[], Step], ...]


@dataclass
class Pace:
    """Sends steps whether or not those before are answered: slow receipts do not make it slower."""

    client: Client
    mosaic: httpx.AsyncClient
    rate: float
    """Steps a second."""
    sent: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with no transfer."""
        self._ready: asyncio.Queue[Waiting] = asyncio.Queue()
        self._numbers = itertools.count(1)
        self._stopping = False

    async def prepare(self) -> None:
        """Start the first transfers."""
        for _ in range(READY):
            await self._begin_one()

    async def keep(self) -> None:
        """Go on until told to stop; then wait for the receipts that are still to come."""
        following = time.monotonic()
        async with asyncio.TaskGroup() as under_way:
            while not self._stopping:
                await asyncio.sleep(max(0, following - time.monotonic()))
                following += 1 / self.rate
                under_way.create_task(self._send(await self._ready.get()))

    def stop(self) -> None:
        """Send no more."""
        self._stopping = True

    def between(self, begin: datetime, end: datetime) -> Latency:
        """Of the steps sent in this time."""
        return Latency.of(step for step in self.sent if begin <= step.at < end)

    async def _send(self, waiting: Waiting) -> None:
        said, *later = waiting.steps
        step, at, began, answered = said(), datetime.now(UTC), time.monotonic(), False
        with suppress(NotKnownError):
            await send(waiting.transfer, step)
            answered = True
        self.sent.append(Sent(at, time.monotonic() - began, answered))
        if not answered:
            # Whoever gets no answer sends the very same step again.
            self._ready.put_nowait(Waiting(waiting.transfer, (lambda: step, *later)))
        elif later:
            self._ready.put_nowait(Waiting(waiting.transfer, tuple(later)))
        else:
            await self._begin_one()

    async def _begin_one(self) -> None:
        family = Family(f"pace-{next(self._numbers):05d}")
        await admit(self.mosaic, family)
        transfer = await start(self.client, family.start)
        self._ready.put_nowait(Waiting(transfer, (family.exploration, family.consent)))
