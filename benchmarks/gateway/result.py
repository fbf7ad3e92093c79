"""What a run says: each figure beside the reference of the same run, and the ratio that was written down."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.written import WORSE

LIST_WITHIN = 0.05
"""Seconds in which a page of a list is to be there for all but one in a hundred."""


def p99(seconds: Sequence[float]) -> float:
    """What all but one in a hundred stay within."""
    return sorted(seconds)[min(len(seconds) - 1, int(0.99 * len(seconds)))]


@dataclass(frozen=True)
class Figure:
    """Something measured, and the same of the reference."""

    name: str
    ours: float
    reference: float
    unit: str
    at_most: float | None = None
    """How many times the reference it may take; None where it is only told."""
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        """Ours, times the reference."""
        return self.ours / self.reference

    @property
    def holds(self) -> bool:
        """It keeps to what it may take."""
        if self.at_most is None:
            return True
        return self.ratio >= self.at_most if self.more_is_better else self.ratio <= self.at_most


def of_steps(client: Sequence[float], pending: Sequence[float], shown: Sequence[float]) -> list[Figure]:
    """Steps, in seconds each, beside those of a bare Temporal client."""
    median, slow = 1000 * statistics.median(client), 1000 * p99(client)
    return [
        Figure("a step, pending, p50", 1000 * statistics.median(pending), median, "ms", 1.3),
        Figure("a step, shown, p50", 1000 * statistics.median(shown), median, "ms", 3),
        Figure("a step, pending, p99", 1000 * p99(pending), slow, "ms"),
        Figure("a step, shown, p99", 1000 * p99(shown), slow, "ms"),
    ]


@dataclass(frozen=True)
class Round:
    """Reads of one round: how many in a second, and the processor seconds of the server for each."""

    a_second: float
    processor: float


def of_reads(gateway: Sequence[Round], bare: Sequence[Round]) -> list[Figure]:
    """Reads of each round beside those of the bare route; on a busy machine the processor's seconds say more."""
    ours, theirs = ([one.a_second for one in rounds] for rounds in (gateway, bare))
    own, other = ([1000 * one.processor for one in rounds] for rounds in (gateway, bare))
    return [
        Figure("reads", statistics.median(ours), statistics.median(theirs), "a second", 0.5, more_is_better=True),
        Figure("a read, processor", statistics.median(own), statistics.median(other), "ms", 2),
    ]


def of_lists(pages: Mapping[str, Sequence[float]]) -> list[Figure]:
    """Pages of lists, in seconds each, beside the time that they may take."""
    limit = 1000 * LIST_WITHIN
    return [Figure(f"a page, {who}, p99", 1000 * p99(seconds), limit, "ms", 1) for who, seconds in pages.items()]


def line(figure: Figure, known: float | None) -> str:
    """For people; ``known`` is the ratio that is written down."""
    worse = ""
    if known is not None:
        by = known / figure.ratio if figure.more_is_better else figure.ratio / known
        worse = "  WORSE" if by > WORSE else ""
    limit = "" if figure.at_most is None else f", may be {figure.at_most:g}{'' if figure.holds else '  NOT KEPT'}"
    return (
        f"{figure.name:<28} {figure.ours:9.4g} {figure.unit}, the reference {figure.reference:9.4g}; "
        f"{figure.ratio:6.3g} times it{limit}, written down {'nothing' if known is None else known}{worse}"
    )
