"""Notices that another worker has died, and gives back the transfers that it kept in memory (see ADR 28).

Temporal hands a transfer's next task to the worker that remembers it, and waits; a worker that was killed takes none.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from temporalio.service import RPCError

BEAT = timedelta(seconds=1)
"""How often each worker tells Temporal that it lives, and looks whether the others do; the SDK allows no less."""
LATE_SECONDS = 2
"""If an answer of Temporal comes so late after the one before, nobody is judged by anything that was seen earlier."""


@dataclass(frozen=True)
class Beat:
    """A worker's newest sign of life."""

    worker: str
    """Temporal's key of the worker, never used again."""
    identity: str
    """The process, as every event of its work names it."""
    at: datetime
    """By the clock of its machine, so that it says something only beside another beat of the same worker."""


class Workers(Protocol):
    """The workers of one task queue, as Temporal knows them."""

    async def beats(self) -> Sequence[Beat]:
        """The newest sign of life of each that has not ended in order; raises ``RPCError``."""

    async def give_back(self, identity: str) -> bool:
        """Have the next task of what this process remembers go to any worker; False where nothing is known of that.

        For a process that lives, it costs a replay here and there. Raises ``RPCError``.
        """


@dataclass
class Silences:
    """Tells which workers fell silent, by this machine's clock alone.

    A worker is silent while Temporal, asked again and again, shows the same beat of it, and newer ones of ourselves.
    So neither clocks that differ nor an outage of Temporal nor a pause of ours makes a living worker look dead.
    """

    own: str
    """Our identity."""
    silent_seconds: float
    """After which a worker is taken for dead."""
    _since: dict[Beat, float] = field(default_factory=dict)
    _looked: float = float("-inf")

    def among(self, beats: Collection[Beat], now: float) -> list[Beat]:
        """The last beats of those that have been silent for long, as of this answer of Temporal."""
        known = self._since if now - self._looked < LATE_SECONDS else {}
        self._looked = now
        self._since = {beat: known.get(beat, now) for beat in beats}
        if not any(beat.identity == self.own and now - self._since[beat] < LATE_SECONDS for beat in beats):
            return []
        return [beat for beat, since in self._since.items() if now - since >= self.silent_seconds]


class DeathWatch:
    """Looks after the other workers for as long as it runs."""

    def __init__(self, workers: Workers, silences: Silences, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare; the clock counts seconds and never goes back."""
        self._workers = workers
        self._silences = silences
        self._clock = clock
        self._done: set[Beat] = set()
        self.noticed = 0
        """How many deaths this watch has seen."""
        self._stops = asyncio.Event()

    async def run(self) -> None:
        """Look once a beat until it is shut down."""
        while not self._stops.is_set():
            # Without an answer nobody is judged; the next look is soon.
            with suppress(RPCError):
                await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stops.wait(), BEAT.total_seconds())

    async def shutdown(self) -> None:
        """Look no more."""
        self._stops.set()

    async def look(self) -> None:
        """Give back what those remember who have died, once for each death.

        Raises:
            RPCError: Temporal does not answer; the next look begins with what is left.
        """
        beats = await self._workers.beats()
        silent = self._silences.among(beats, self._clock())
        self._done.intersection_update(beats)
        for beat in silent:
            if beat not in self._done:
                given_back = await self._workers.give_back(beat.identity)
                self._done.add(beat)
                self.noticed += 1
                structlog.get_logger().warning(
                    "worker died", worker=beat.identity, last_beat=beat.at.isoformat(), given_back=given_back
                )
