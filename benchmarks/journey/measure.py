"""The measured blocks, both sides in turn; and what stands in the histories."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory

from benchmarks.gauges import processor_seconds
from benchmarks.journey.drive import Handle, Journeys, admit, cases
from benchmarks.journey.replay import replay_seconds
from benchmarks.journey.stage import PRODUCT, Side, Stage

WARM = 6
HISTORIES = 8
"""Of each block: as many as are read whole."""


@dataclass(frozen=True)
class Block:
    """Some journeys of one side; times in milliseconds, bytes as Temporal keeps them."""

    side: str
    at_once: int
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Order:
    """What was asked for."""

    at_once: Sequence[int]
    journeys: Sequence[int]
    rounds: int
    open: int


class Measure:
    """All blocks of a run."""

    def __init__(self, stage: Stage, client: Client, mosaic: httpx.AsyncClient) -> None:
        """On this stage."""
        self._stage, self._client, self._mosaic = stage, client, mosaic
        self.histories: dict[str, list[WorkflowHistory]] = {}

    async def warm(self) -> None:
        """The first journeys of a process cost what later ones do not."""
        for side in self._stage.sides:
            await self._play(side, WARM, WARM)

    async def block(self, side: Side, at_once: int, number: int) -> Block:
        """Play so many journeys."""
        pids = {"worker": side.worker.pid, **self._stage.processes}
        before, began = processor_seconds(pids), time.perf_counter()
        journeys, handles = await self._play(side, at_once, number)
        seconds = time.perf_counter() - began
        used = {name: now - before[name] for name, now in processor_seconds(pids).items()}
        histories = [await handle.fetch_history() for handle in handles[:HISTORIES]]
        self.histories.setdefault(side.name, []).extend(histories)
        steps = sorted(journeys.times.steps)
        figures = {
            "journeys a second": number / seconds,
            "a step, p50, ms": 1000 * statistics.median(steps),
            "a step, p99, ms": 1000 * steps[int(0.99 * len(steps))],
            "worker CPU a journey, ms": 1000 * used["worker"] / number,
            "Temporal CPU a journey, ms": 1000 * used["temporal"] / number,
            "sent again": journeys.times.again,
            "too early": journeys.times.too_early,
            "others, cores": used["others"] / seconds,
            **_in_histories(histories),
        }
        return Block(side.name, at_once, figures)

    async def memory(self, side: Side, number: int) -> Block:
        """Open so many, as far as the request, and see what the worker keeps of each."""
        before = resident_kib(side.worker.pid)
        await self._play(side, 8, number, upto=3)
        grown = resident_kib(side.worker.pid) - before
        return Block(side.name, 0, {"memory of an open transfer, KiB": grown / number})

    async def replays(self) -> Iterator[Block]:
        """What reading a journey's history anew costs for each workflow task in it."""
        return iter(
            [
                Block(name, 0, {"a replayed workflow task, CPU ms": 1000 * await replay_seconds(name, histories)})
                for name, histories in self.histories.items()
            ]
        )

    async def _play(
        self, side: Side, at_once: int, number: int, upto: int | None = None
    ) -> tuple[Journeys, list[Handle]]:
        families = cases(number)
        for case in families:
            await admit(self._mosaic, case)
        journeys = Journeys(self._client, side)
        return journeys, await journeys.play(families, at_once, upto)


async def blocks(measure: Measure, stage: Stage, order: Order) -> Sequence[Block]:
    """Everything that was asked for, the sides in turn and in any order."""
    await measure.warm()
    measured = []
    for _ in range(order.rounds):
        for at_once, number in zip(order.at_once, order.journeys, strict=True):
            for side in random.sample(stage.sides, len(stage.sides)):
                measured.append(await measure.block(side, at_once, number))
                print(line(measured[-1]), flush=True)  # noqa: T201 (how far it is)
    if order.open:
        measured += [await measure.memory(side, order.open) for side in stage.sides]
    return [*measured, *await measure.replays()]


def line(block: Block) -> str:
    """A block while it is measured."""
    figures = block.figures
    return (
        f"{block.at_once:>3} at once  {block.side:<8} {figures['journeys a second']:6.2f} journeys/s  "
        f"step p50 {figures['a step, p50, ms']:6.1f} ms  worker {figures['worker CPU a journey, ms']:5.0f} ms  "
        f"Temporal {figures['Temporal CPU a journey, ms']:5.0f} ms  others {figures['others, cores']:.2f} cores  "
        f"{figures['workflow tasks']:.1f} tasks  {figures['events']:.1f} events"
    )


def resident_kib(pid: int) -> int:
    """The memory that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _in_histories(histories: Sequence[WorkflowHistory]) -> dict[str, float]:
    kinds = Counter(event.event_type for history in histories for event in history.events)
    size = sum(event.ByteSize() for history in histories for event in history.events)
    counted = {
        "workflow tasks": kinds[EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED],
        "events": kinds.total(),
        "activities": kinds[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED],
        "bytes of history": size,
    }
    return {name: number / len(histories) for name, number in counted.items()}


def is_product(block: Block) -> bool:
    """Whether a block is the product's."""
    return block.side == PRODUCT
