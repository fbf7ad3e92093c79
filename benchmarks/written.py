"""The ratios that docs/performance.md has, so that who measures sees what got worse."""

import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
WORSE = 1.25
"""So many times what is written down is told."""


def beside(ratio: float, known: float | None) -> str:
    """The ratio with the one that is written down, for people."""
    worse = "  WORSE" if known is not None and ratio > WORSE * known else ""
    return f"{ratio:.3g}, written down {'nothing' if known is None else f'{known:g}'}{worse}"


def written_down(page: str, column: str) -> Mapping[str, float]:
    """What the page's table with this last column says there, by the first column."""
    [table] = re.findall(rf"^\|[^\n]*\| {column} \|\n\|[-|]+\|\n((?:\|[^\n]*\n)+)", page, re.MULTILINE)
    rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    return {row[0]: float(row[-1]) for row in rows}
