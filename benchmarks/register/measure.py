"""How long a read takes, and how much memory: each in a process of its own, beside the reference."""

import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from adapters.keyring import EncryptionSettings, Keyring
from adapters.register.store import RegisterSettings, Store, register_engine
from benchmarks.register.reads import READS, REFERENCE
from benchmarks.register.result import Took

TIMES, TIMES_BY_WALL = 5, 15
LEAST_SECONDS = 0.2
"""A quick read is tried as often as fits into this."""


class Cost(NamedTuple):
    """What one try took, in seconds."""

    wall: float
    processor: float


def measured(register: str) -> Iterator[Took]:
    """Each read, one after the other; the keys stand in the environment."""
    for name in READS:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            yield alone.submit(took, name, register).result()


def took(name: str, register: str) -> Took:
    """What this read costs, in this process."""
    store = Store(register_engine(RegisterSettings(url=register)), Keyring.from_settings(EncryptionSettings()))
    now = datetime.now(UTC)
    with store.reading() as session:
        session.connection()
    before = _most_memory()
    # What a server does is no time of this process; of all seconds those count in which others held up least.
    by_wall = store.engine.dialect.name != "sqlite"
    times = TIMES_BY_WALL if by_wall else TIMES
    reads = _costs(lambda: READS[name](store, now), times)
    memory = _most_memory() - before
    reference = _costs(lambda: _reference(store), times)
    wall, processor = _least(reads) if by_wall else _median(reads)
    beside = _least(reference).wall if by_wall else _median(reference).processor
    return Took(name, wall, processor, memory, beside, by_wall)


def _costs(read: Callable[[], object], times: int) -> list[Cost]:
    costs: list[Cost] = []
    while len(costs) < times or sum(cost.wall for cost in costs) < LEAST_SECONDS:
        wall, processor = time.perf_counter(), time.process_time()
        read()
        costs.append(Cost(time.perf_counter() - wall, time.process_time() - processor))
    return costs


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(c.wall for c in costs), statistics.median(c.processor for c in costs))


def _least(costs: Sequence[Cost]) -> Cost:
    return min(costs, key=lambda cost: cost.wall)


def _reference(store: Store) -> object:
    driver = store.engine.raw_connection()
    try:
        cursor = driver.cursor()
        cursor.execute(REFERENCE)
        return cursor.fetchall()
    finally:
        driver.close()


def _most_memory() -> float:
    """The most that this process has held at any time, in MiB."""
    [kib] = re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    return int(kib) / 1024
