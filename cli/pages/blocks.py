"""A page is written by hand; what is made from the code stands in it between two marks that no reader sees."""

import re
from collections.abc import Mapping

BEGIN = r"<!-- made by python -m cli\.pages: (?P<name>[a-z-]+) -->\n"
MARKS = re.compile(rf"(?P<begin>{BEGIN}).*?(?P<end><!-- end of (?P=name) -->)", re.DOTALL)


class BlockError(Exception):
    """A page does not have the marks of what is made for it."""


def filled(page: str, text: str, blocks: Mapping[str, str]) -> str:
    """The text of a page with each of its blocks made anew.

    Raises:
        BlockError: the page lacks the marks of a block, or has those of one that nobody makes.
    """
    marked = [found["name"] for found in MARKS.finditer(text)]
    if sorted(marked) != sorted(blocks):
        raise BlockError(f"{page}: has marks for {_listed(marked)}; made for it is {_listed(list(blocks))}")
    return MARKS.sub(lambda found: f"{found['begin']}{blocks[found['name']].strip()}\n{found['end']}", text)


def _listed(names: list[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
