"""What a run of the herd says: figures, and the table in which they are read."""

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from benchmarks.gauges import Machine
from benchmarks.herd.books import Count
from benchmarks.herd.pace import Latency
from benchmarks.written import beside


@dataclass(frozen=True)
class Order:
    """What was asked for."""

    transfers: int
    closes_in_seconds: float
    rate: float
    """Steps a second to other transfers."""
    before_seconds: float
    patience_seconds: float
    """How long after the due instant the last alert is waited for."""


@dataclass(frozen=True)
class Spread:
    """Seconds after the due instant."""

    first: float
    median: float
    last: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Spread":
        """Of these."""
        known = sorted(seconds) or [math.nan]
        return cls(known[0], statistics.median(known), known[-1])


@dataclass(frozen=True)
class Meanwhile:
    """What the machine and the worker did."""

    processor_seconds: Mapping[str, float]
    """Of each of our processes, and of everything else on the machine."""
    histories_read_anew: int

    def since(self, before: "Meanwhile") -> "Meanwhile":
        """What was added."""
        used = {name: now - before.processor_seconds[name] for name, now in self.processor_seconds.items()}
        return Meanwhile(used, self.histories_read_anew - before.histories_read_anew)


@dataclass(frozen=True)
class Result:
    """One run."""

    machine: Machine
    order: Order
    due: datetime
    opening_seconds: float
    raised: Spread
    mailed: Spread
    straight_seconds: float
    """The floor: as many mails, handed to the same mailbox by as many threads, with nothing in between."""
    before: Latency
    during: Latency
    count: Count
    tries_again: Mapping[str, int]
    """Tries of effects beyond their first, by kind, over the whole run."""
    meanwhile: Meanwhile
    """From the due instant to the last alert."""

    @property
    def ratio(self) -> float:
        """How many times the floor it took."""
        return self.mailed.last / self.straight_seconds

    def content(self) -> dict[str, Any]:
        """For other programs."""
        return {
            **asdict(self),
            "due": self.due.isoformat(),
            "opened_per_second": self.order.transfers / self.opening_seconds,
            "ratio": self.ratio,
        }

    def lines(self, written: Mapping[str, float]) -> list[str]:
        """For people; ``written`` has the ratios that are written down, by the size of the herd."""
        count, order, machine = self.count, self.order, self.machine
        opened, used = order.transfers / self.opening_seconds, self.meanwhile.processor_seconds
        again = {kind: tries for kind, tries in self.tries_again.items() if tries}
        ratio = beside(self.ratio, written.get(f"{order.transfers} transfers"))
        rows = {
            "machine": f"{machine.cores} cores, {machine.memory_gib} GiB, load before {machine.load_before}",
            "herd": f"{order.transfers} transfers, due {self.due:%Y-%m-%d %H:%M:%S} UTC",
            "opened": f"in {self.opening_seconds:.0f} s, {opened:.1f} a second",
            "alert raised after": _spread(self.raised),
            "alert mailed after": _spread(self.mailed),
            "straight to the mailbox": f"in {self.straight_seconds:.1f} s; the herd, times that: {ratio}",
            "a step before the herd": _latency(self.before),
            "a step during the herd": _latency(self.during),
            "in the register": _kept(count.raised, count.missing_in_register, count.doubled_in_register),
            "in the mailbox": _kept(count.mailed, count.missing_in_mailbox, count.doubled_in_mailbox),
            "tries beyond the first": _listed(again) or "none",
            "processor seconds": _listed({name: round(seconds) for name, seconds in used.items()}),
            "histories read anew": str(self.meanwhile.histories_read_anew),
        }
        return [f"{name:<24}  {words}" for name, words in rows.items()]


def _spread(spread: Spread) -> str:
    return f"first {spread.first:.1f} s, median {spread.median:.1f} s, last {spread.last:.1f} s"


def _latency(latency: Latency) -> str:
    none = f", {latency.unanswered} without an answer" if latency.unanswered else ""
    return (
        f"p50 {latency.p50 * 1000:.0f} ms, p99 {latency.p99 * 1000:.0f} ms, longest {latency.longest * 1000:.0f} ms "
        f"({latency.steps} steps{none})"
    )


def _kept(found: int, missing: int, doubled: int) -> str:
    return f"{found}; missing {missing}, doubled {doubled}"


def _listed(values: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
