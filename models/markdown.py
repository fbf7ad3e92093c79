"""Markdown as the Temporal UI shows it: no text is taken for a mark, and no more is shown than its address holds."""

import re
from collections.abc import Iterable
from urllib.parse import quote

MOST = 6000
"""Bytes. The UI asks for the page with the whole text in the address, and beyond 8 kB it is refused (HTTP 414)."""
MARKS = re.compile(r"[\\*<\[&~|]|(?<![^\W_])_|_(?![^\W_])")
"""Not the backtick: within such marks everything stands as it is, and commands bear them. Nor a line within a word."""


def plain(text: str) -> str:
    """A text in one line and as it is: no emphasis, no HTML, no link, no picture."""
    return MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def item(*lines: str) -> str:
    """An item of a list; what belongs below stands on lines of its own, as the UI runs lists within lists together."""
    return "- " + "\\\n  ".join(lines)


def titled(title: str, items: Iterable[str]) -> list[str]:
    """A list under its title; nothing where nothing is in it."""
    listed = list(items)
    return [f"**{title}**", "", *listed, ""] if listed else []


def as_much_as_fits(lines: Iterable[str], more: str) -> str:
    """These lines in their order; where the UI cannot show all, ``more`` stands in the place of the last ones."""
    shown: list[str] = []
    left = MOST - _length(f"\n{more}")
    for line in lines:
        left -= _length(line)
        if left < 0:
            return "\n".join([*shown, "", more])
        shown.append(line)
    return "\n".join(shown)


def _length(line: str) -> int:
    return len(quote(f"{line}\n", safe=""))
