"""What is made from the code: the schemas, the blocks of the pages of ``docs/``, and the file of the bank holidays."""

from collections.abc import Callable, Mapping
from pathlib import Path

from adapters.england import BANK_HOLIDAYS
from cli.pages import attention, coverage, effects, journeys, one_step, settings, steps
from cli.pages.api_examples import EXAMPLES_FILE, api_examples
from cli.pages.bank_holidays import bank_holidays
from cli.pages.blocks import filled
from cli.pages.schemas import schemas, written
from cli.project import DOCS

PAGES: Mapping[str, Callable[[], dict[str, str]]] = {
    "attention": attention.blocks,
    "effects": effects.blocks,
    "guidance-coverage": coverage.blocks,
    "one-step": one_step.blocks,
    "settings": settings.blocks,
    "steps": steps.blocks,
    **journeys.pages(),
}
"""The pages that hold something made from the code, and who makes it."""


def documents() -> dict[Path, str]:
    """Every file that holds something made from the code, as it has to be.

    Raises:
        BlockError: a page does not have the marks of what is made for it.
        InputError: an example is missing or wrong.
    """
    made = {DOCS / f"{name}.md": _page(DOCS / f"{name}.md", blocks()) for name, blocks in PAGES.items()}
    made |= {DOCS / "schemas" / f"{name}.json": text for name, text in schemas().items()}
    return made | {BANK_HOLIDAYS: bank_holidays(), EXAMPLES_FILE: written(api_examples())}


def _page(path: Path, blocks: Mapping[str, str]) -> str:
    return filled(path.name, path.read_text(encoding="utf-8"), blocks)
