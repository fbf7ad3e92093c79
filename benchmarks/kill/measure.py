"""Rounds of kills: some transfers on one worker, another worker ready, ``kill -9``, and the next step to each."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from temporalio.client import Client
from typer import echo

from benchmarks.herd.families import Family
from benchmarks.herd.opening import admit, send_until_answered
from benchmarks.rehearsal import free_ports
from cli.rehearsal.local import HOST
from cli.rehearsal.stack import Stack, StackError
from cli.wiring import temporal
from client.starting import start
from client.transfers import Transfer

READY_SECONDS = 60
REST_SECONDS = 2
"""In which the machine has shown what the first step changed, so that nothing else waits for the killed worker."""


@dataclass(frozen=True)
class Round:
    """A kind of kill."""

    noticed: bool
    """Whether workers look after each other; the reference does without."""
    after_seconds: float
    """From the kill until the steps are sent; 0: they wait from the moment of the kill."""

    @property
    def words(self) -> str:
        """What people read."""
        sent = f"sent {self.after_seconds:g} s after the kill" if self.after_seconds else "sent at the kill"
        return f"{sent}, workers look after each other" if self.noticed else f"{sent}, they do not"


@dataclass(frozen=True)
class Measured:
    """What one round took: seconds until the receipt, of each step."""

    round: Round
    without_kill: Sequence[float]
    """The same step just before, to other transfers of the worker that was then killed."""
    after_kill: Sequence[float]


@dataclass
class Kills:
    """Kills one worker after the other; the one that stood by is the next."""

    stack: Stack
    transfers: int
    _numbers: int = 0
    _standing: list[subprocess.Popen[bytes]] = field(default_factory=list)

    async def measure(self, rounds: Sequence[Round]) -> list[Measured]:
        """Carry out the rounds."""
        client = await temporal()
        try:
            async with httpx.AsyncClient(base_url=self.stack.local.mosaic_url, timeout=60) as mosaic:
                return [await self._measured(client, mosaic, each) for each in rounds]
        finally:
            for process in self._standing:
                process.terminate()
                process.wait()

    async def _measured(self, client: Client, mosaic: httpx.AsyncClient, said: Round) -> Measured:
        await self._only_worker(said)
        living, bereft = [await self._open(client, mosaic) for _ in range(2)]
        await asyncio.sleep(REST_SECONDS)
        without_kill = await _timed(living)
        await self._stand_by(said)
        dead = self.stack.running["worker"]
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        self.stack.running["worker"] = self._standing.pop()
        await asyncio.sleep(said.after_seconds)
        after_kill = await _timed(bereft)
        echo(f"  {said.words}: {', '.join(f'{seconds:.2f}' for seconds in sorted(after_kill))} s")
        return Measured(said, without_kill, after_kill)

    async def _only_worker(self, said: Round) -> None:
        """One worker as the round wants it, in place of the one before, which ends in order."""
        await self._stand_by(said)
        before = self.stack.running["worker"]
        before.terminate()
        await asyncio.to_thread(before.wait)
        self.stack.running["worker"] = self._standing.pop()

    async def _stand_by(self, said: Round) -> None:
        """Start another worker, and wait until it takes work."""
        ports = free_ports()
        own = {
            "TRANSFERS_WORKER_PORT": str(ports["worker_port"]),
            "TRANSFERS_METRICS_PORT": str(ports["metrics_port"]),
            **({} if said.noticed else {"TRANSFERS_SILENT_SECONDS": ""}),
        }
        command = (sys.executable, "-m", "worker")
        with (self.stack.local.folder / "logs" / "worker-again.log").open("ab") as log:
            process = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)  # noqa: ASYNC220, S603 (our own program; nothing else happens meanwhile)
        self._standing.append(process)
        deadline = time.monotonic() + READY_SECONDS
        while not await _answers(f"http://{HOST}:{ports['worker_port']}/health/ready"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise StackError(f"A second worker does not start; see {self.stack.local.folder / 'logs'}.")
            await asyncio.sleep(0.1)

    async def _open(self, client: Client, mosaic: httpx.AsyncClient) -> list[tuple[Transfer, Family]]:
        """Transfers that wait for the family's consent."""
        opened = []
        for _ in range(self.transfers):
            self._numbers += 1
            family = Family(f"kill-{self._numbers:05d}")
            await admit(mosaic, family)
            transfer = await start(client, family.start)
            await send_until_answered(transfer, family.exploration())
            opened.append((transfer, family))
        return opened


async def _timed(transfers: Sequence[tuple[Transfer, Family]]) -> list[float]:
    """Send the next step to all of them at once; seconds until each receipt."""
    return list(await asyncio.gather(*(_seconds(transfer, family) for transfer, family in transfers)))


async def _seconds(transfer: Transfer, family: Family) -> float:
    began = time.monotonic()
    await send_until_answered(transfer, family.consent())
    return time.monotonic() - began


async def _answers(url: str) -> bool:
    async with httpx.AsyncClient() as asking:
        try:
            return (await asking.get(url, timeout=2)).is_success
        except httpx.HTTPError:
            return False
