"""What a run says: each figure of the product beside that of the bare workflow, and the ratio that was written down."""

import statistics
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.journey.measure import Block, is_product

WRITTEN_DOWN: Mapping[tuple[str, int], float] = {}
"""The ratios of docs/performance.md, by figure and how many at once; 0 where it does not matter how many."""

ALIKE = frozenset({"workflow tasks", "events", "activities", "bytes of history"})
"""They hardly depend on how many journeys go at once."""

WORSE = 1.25
TOLD_BESIDE = frozenset({"sent again", "too early", "others, cores"})
MORE_IS_BETTER = "journeys a second"


def table(measured: Iterable[Block]) -> list[str]:
    """A line for each figure: bare, product, ratio, the ratio written down; one that got worse by a quarter says so."""
    by_figure: dict[tuple[str, int], dict[bool, list[float]]] = {}
    for block in measured:
        for name, value in block.figures.items():
            place = (name, 0 if name in ALIKE else block.at_once)
            by_figure.setdefault(place, {True: [], False: []})[is_product(block)].append(value)
    rows = [_row(place, values[False], values[True]) for place, values in sorted(by_figure.items())]
    head = f"{'':<38}{'bare':>10}{'product':>10}{'ratio':>8}{'written':>9}"
    return [head, *rows]


def _row(place: tuple[str, int], bare: Sequence[float], product: Sequence[float]) -> str:
    name, at_once = place
    label = f"{name}, {at_once} at once" if at_once else name
    ours, reference = statistics.median(product), statistics.median(bare)
    row = f"{label:<38}{reference:>10.4g}{ours:>10.4g}"
    if name in TOLD_BESIDE or not reference:
        return row
    ratio, written = ours / reference, WRITTEN_DOWN.get(place)
    return f"{row}{ratio:>8.2f}" + (f"{written:>9.2f}{_judged(name, ratio, written)}" if written else "")


def _judged(name: str, ratio: float, written: float) -> str:
    worse = written / ratio if name == MORE_IS_BETTER else ratio / written
    return "  WORSE by a quarter or more" if worse >= WORSE else ""
