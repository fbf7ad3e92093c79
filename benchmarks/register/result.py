"""What the reads took, beside what is written down in docs/performance.md."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.written import WORSE


@dataclass(frozen=True)
class Took:
    """One read: in seconds, and in MiB beyond what the process held before."""

    name: str
    wall: float
    processor: float
    memory_mib: float
    reference: float
    """Seconds of the reference, in the same process."""
    by_wall: bool = False
    """All seconds count, not only those of the processor in this process."""

    @property
    def ratio(self) -> float:
        """How many times the reference it takes."""
        return (self.wall if self.by_wall else self.processor) / self.reference


def line(took: Took, known: float | None) -> str:
    """For people; ``known`` is the ratio that is written down."""
    worse = "  WORSE" if known is not None and took.ratio > WORSE * known else ""
    return (
        f"{took.name:<34} {took.processor * 1000:8.1f} ms of processor, {took.wall * 1000:8.1f} ms in all, "
        f"{took.memory_mib:6.1f} MiB; {took.ratio:7.3f} times the reference, "
        f"written down {'nothing' if known is None else known}{worse}"
    )


def content(took: Sequence[Took]) -> list[dict[str, Any]]:
    """For other programs."""
    return [{**asdict(one), "ratio": one.ratio} for one in took]
