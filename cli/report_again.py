"""What the report says of families who step up again within a year of a step-down."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from models.operations.again import FEW, AgainLine
from models.step_down.child_states import NO_RESPONSE
from models.step_down.start import Route
from models.step_down.steps.conversation import ResponseKind

AGAIN_COLUMNS = {
    "families": "families whose step-down ended",
    "again": "of them stepped up again within a year",
    "within_year": "of them still in that year",
}
BY = {"service": "Early Help service", "route": "route", "response": "kind of response", "all": "all"}
WORDS: dict[tuple[str, str], str] = {
    **{("response", kind.value): kind.words for kind in ResponseKind},
    ("response", NO_RESPONSE): "no further support",
    ("route", Route.ASSESSMENT): "out of an assessment",
    ("route", Route.PLAN): "out of a plan",
    ("all", "all"): "all together",
}
NOTE = (
    "A family counts where a referral to Children's Social Work about one of its children was opened after social "
    "work had closed that very child's case, and within a year of the end of that step-down, whatever came of the "
    "referral; a cancelled one does not count. A family counts once in each line, and may stand in several. What "
    "becomes of those who are still in their year is not known yet, so that their figure may grow. This is for "
    "learning, and no verdict on anybody: a family who comes back may have been helped well, and a worry that is "
    "told early is what Early Help is asked for. Ask what these families needed, and what would have helped sooner."
)
SMALL = (
    f"“few” stands where there are fewer than {FEW} families: one more or less would turn the picture round, so do "
    "not compare such lines, and do not pass them on, as somebody might know which family it is."
)


def again_table(lines: Sequence[AgainLine], period: str) -> list[RenderableType]:
    """How many families stepped up again, of how many, and what that says and does not."""
    title = f"Families who stepped up again within a year of a step-down that ended {period}"
    table = Table("by", "", *AGAIN_COLUMNS.values(), "", title=title, title_justify="left")
    for column in table.columns[2:5]:
        column.justify = "right"
    for line in lines:
        counts = (str(getattr(line, column)) for column in AGAIN_COLUMNS)
        table.add_row(BY[line.by], _name(line), *counts, Text("few" if line.few else "", style="yellow"))
    small = [Text(SMALL, style="dim")] if any(line.few for line in lines) else []
    return [table, Text(NOTE, style="dim"), *small, Text("")]


def again_rows(lines: Sequence[AgainLine]) -> Iterator[list[str | int]]:
    """By what, under which name, and each number, for a spreadsheet."""
    for line in lines:
        few = ", few" if line.few else ""
        yield [f"stepped up again, by {BY[line.by]}{few}", _name(line), *(getattr(line, one) for one in AGAIN_COLUMNS)]


def _name(line: AgainLine) -> str:
    return WORDS.get((line.by, line.name), line.name)
