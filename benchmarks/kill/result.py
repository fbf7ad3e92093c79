"""What the kills say: figures, and the table in which they are read."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.gauges import Machine
from benchmarks.kill.measure import Measured, Round
from benchmarks.written import beside


@dataclass(frozen=True)
class Result:
    """One run."""

    machine: Machine
    transfers: int
    measured: Sequence[Measured]

    def content(self) -> dict[str, Any]:
        """For other programs; seconds."""
        return asdict(self)

    def lines(self, written: Mapping[str, float]) -> list[str]:
        """For people; ``written`` has the ratios that are written down, by the words of the kind."""
        machine = self.machine
        without = [step for each in self.measured for step in each.without_kill]
        rows = {
            "machine": f"{machine.cores} cores, {machine.memory_gib} GiB, load before {machine.load_before}",
            "transfers": f"{self.transfers} on each worker that was killed",
            "no kill": _spread(without),
        }
        for kind in self._kinds():
            after = self._after(kind)
            ratio = statistics.median(after) / statistics.median(without)
            rows[kind.words] = f"{_spread(after)}; times no kill: {beside(ratio, written.get(kind.words))}"
        return [f"{name:<56}  {words}" for name, words in rows.items()]

    def _kinds(self) -> list[Round]:
        return list(dict.fromkeys(each.round for each in self.measured))

    def _after(self, kind: Round) -> list[float]:
        return [step for each in self.measured if each.round == kind for step in each.after_kill]


def _spread(seconds: Iterable[float]) -> str:
    known = sorted(seconds)
    return f"median {statistics.median(known):.2f} s, longest {known[-1]:.2f} s ({len(known)} steps)"
