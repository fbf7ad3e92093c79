"""What a run says: each figure of the product beside that of the bare workflow, and the ratio that was written down."""

import statistics
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.journey.measure import Block, is_product
from benchmarks.written import WORSE

ALIKE = frozenset({"workflow tasks", "events", "activities", "bytes of history"})
"""They hardly depend on how many journeys go at once."""
TOLD_BESIDE = frozenset({"sent again", "too early", "others, cores"})
"""What has no ratio."""
MORE_IS_BETTER = "journeys a second"


def table(measured: Iterable[Block], written: Mapping[str, float]) -> list[str]:
    """A line for each figure: bare, product, ratio, the ratio written down; what got worse by a quarter says so."""
    figures: dict[str, dict[bool, list[float]]] = {}
    for block in measured:
        for name, value in block.figures.items():
            label = name if name in ALIKE or not block.at_once else f"{name}, {block.at_once} at once"
            figures.setdefault(label, {True: [], False: []})[is_product(block)].append(value)
    head = f"{'':<42}{'bare':>10}{'product':>10}{'ratio':>8}{'written':>9}"
    return [head, *(_row(label, both[False], both[True], written) for label, both in sorted(figures.items()))]


def _row(label: str, bare: Sequence[float], product: Sequence[float], written: Mapping[str, float]) -> str:
    reference, ours = statistics.median(bare), statistics.median(product)
    row = f"{label:<42}{reference:>10.4g}{ours:>10.4g}"
    if not reference or any(label.startswith(name) for name in TOLD_BESIDE):
        return row
    ratio = ours / reference
    if label not in written:
        return f"{row}{ratio:>8.2f}"
    worse = written[label] / ratio if label.startswith(MORE_IS_BETTER) else ratio / written[label]
    return f"{row}{ratio:>8.2f}{written[label]:>9.2f}{'  WORSE' if worse > WORSE else ''}"
