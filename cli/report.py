"""The command that reports how services answered and how transfers ended: as a table, CSV, JSON or a picture."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.journeys import outcomes as all_outcomes
from cli.report_again import AGAIN_COLUMNS, again_rows, again_table
from cli.terminal import AsJson, out, print_json
from cli.wiring import advice, families_again, find_transfers, reports
from client.errors import InputError
from models.kinds import JourneyKind
from models.operations.again import again
from models.operations.report import Answers, Line, Report
from models.operations.report import report as counted
from models.vocabulary import LONDON

COLUMNS = {
    "asked": "asked",
    "in_time": "in time",
    "late": "late",
    "overdue": "open, overdue",
    "waiting": "open, in time",
    "paused": "open, paused",
    "undated": "answered, due unknown",
    "needless": "not needed",
    "were_paused": "ever paused",
    "median_hours": "median hours",
    "ninetieth_hours": "9 in 10 within",
}
SEEN_COLUMNS = {
    "asked": "children",
    "in_time": "seen by the agreed day",
    "late": "seen later",
    "overdue": "overdue",
    "waiting": "still to come",
    "needless": "not seen",
    "median_hours": "median days",
    "ninetieth_hours": "9 in 10 within",
}
BARS = {"in_time": "#2e7d32", "late": "#ef6c00", "overdue": "#c62828", "waiting": "#90a4ae", "paused": "#5e35b1"}
"""What is drawn, with its colour."""
FORMATS = {".svg", ".png"}
ALL_DAYS = (date(2000, 1, 1), date(2200, 1, 1))
NOTE = (
    "Hours are working hours of this council until the answer, without those in which the clock was paused. The 3 "
    "working days for answers about a step-down are this council's policy (SD-34, SD-35); those for the response to a "
    "request for Early Help are the procedure's (ER-06)."
)

SEEN_NOTE = (
    "Days count from when social work closed a child's case until somebody of the service saw it. Who counts as not "
    "seen was settled in another way: by the team manager, or by what came in between. A child who was seen before "
    "anybody could say when support begins is not counted here (SD-37)."
)

Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on, London time.")]
Until = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="To this day, which counts, too.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV, for a spreadsheet.")]
Chart = Annotated[Path | None, typer.Option(help="Draw the answers of each service into this file: .svg or .png.")]


def report(
    *, since: Since = None, until: Until = None, as_csv: AsCsv = False, chart: Chart = None, as_json: AsJson = False
) -> None:
    """Report, by journey, service and team, how requests were answered and how transfers ended."""
    if as_csv and as_json:
        raise InputError("report: --csv or --json, not both")
    if chart is not None and chart.suffix not in FORMATS:
        raise InputError(f"{chart}: a chart is drawn as .svg or .png")
    first, last = (day.date() if day else usual for day, usual in zip((since, until), ALL_DAYS, strict=True))
    if last < first:
        raise InputError("--until: lies before --since")
    find_transfers()
    begin, end = (datetime.combine(day, at, LONDON).astimezone(UTC) for day, at in ((first, time()), (last, time.max)))
    families = families_again()
    stepped = again(families.let_go(begin, end, datetime.now(UTC)), families.came_back(begin, end))
    found = counted(reports().asked(begin, end), reports().ran(begin, end), advice().given(first, last), stepped)
    if chart is not None and found.all.answers.asked:
        draw(found, chart, period_words(since, until))
        typer.echo(f"{chart} shows how the services answered.", err=True)
    elif chart is not None:
        typer.echo(f"{chart} was not drawn: nothing was asked {period_words(since, until)}.", err=True)
    if as_json:
        print_json(found.model_dump(mode="json"))
    elif as_csv:
        typer.echo(csv_text(found), nl=False)
    else:
        out.print(report_screen(found, period_words(since, until)))


def period_words(since: datetime | None, until: datetime | None) -> str:
    """The days of the report, the last one included."""
    first, last = (f"{day.day} {day:%B %Y}" if day else None for day in (since, until))
    if first and last:
        return f"from {first} to {last}"
    return f"since {first}" if first else f"until {last}" if last else "up to now"


def report_screen(found: Report, period: str) -> RenderableType:
    """How services answered, by service and by team; below it when children were seen, and how transfers ended."""
    advised: list[RenderableType] = [_advice_table(found), Text("")] if found.advice else []
    stepped: list[RenderableType] = again_table(found.again, period) if found.again else []
    if not found.services:
        return Group(Text(f"Nothing was asked {period}, and no transfer was started."), *advised, *stepped)
    by = {"Early Help service": (*found.services, found.all), "social work team": found.teams}
    by = {**({"journey": _named(found.journeys)} if len(found.journeys) > 1 else {}), **by}
    lines: list[RenderableType] = [Text(f"What was asked {period}", style="bold")]
    lines += [_answer_table(of, each) for of, each in by.items()]
    outcomes = [_outcome_table(of, each) for of, each in by.items()]
    lines += [Text(NOTE, style="dim"), Text("")]
    if found.all.seen.asked:
        seen = [_seen_table("Early Help service", (*found.services, found.all))]
        lines += [*seen, Text(SEEN_NOTE, style="dim"), Text("")]
    return Group(*lines, *advised, *outcomes, *stepped)


def _named(journeys: tuple[Line, ...]) -> tuple[Line, ...]:
    """Each kind as people say it."""
    return tuple(line.model_copy(update={"name": JourneyKind(line.name).words}) for line in journeys)


def _advice_table(found: Report) -> Table:
    table = Table("about", "asked", "number", title="Advice about families whom nobody named", title_justify="left")
    table.columns[2].justify = "right"
    for line in found.advice:
        table.add_row(line.kind.words, line.channel.words, str(line.number))
    return table


def _answer_table(of: str, lines: tuple[Line, ...]) -> Table:
    # Hardly ever there, and wide.
    shown = [name for name in COLUMNS if name != "undated" or any(line.answers.undated for line in lines)]
    table = Table(of, *(COLUMNS[name] for name in shown), title=f"Answers by {of}", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lines:
        table.add_row(line.name, *(_shown(value) for value in _values(line.answers, shown)))
    return table


def _seen_table(of: str, lines: tuple[Line, ...]) -> Table:
    table = Table(of, *SEEN_COLUMNS.values(), title="When children were seen", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lines:
        if line.seen.asked:
            table.add_row(line.name, *map(_shown, _seen_values(line.seen)))
    return table


def _seen_values(seen: Answers) -> list[float | None]:
    """Counts as they are, hours as days to a tenth."""
    return [_in_days(getattr(seen, name)) if name.endswith("hours") else getattr(seen, name) for name in SEEN_COLUMNS]


def _in_days(hours: float | None) -> float | None:
    return None if hours is None else round(hours / 24, 1)


def _outcome_table(of: str, lines: tuple[Line, ...]) -> Table:
    table = Table(of, "open", "ended", "how they ended", title=f"Transfers by {of}", title_justify="left")
    for column in table.columns[1:3]:
        column.justify = "right"
    for line in lines:
        ways = all_outcomes().items()
        how = "\n".join(f"{line.outcomes[way]}  {said.words}" for way, said in ways if way in line.outcomes)
        table.add_row(line.name, str(line.open), str(sum(line.outcomes.values())), how, end_section=True)
    return table


def csv_text(found: Report) -> str:
    """A line for each journey, service and team, then all together, advice, families; a column for each number."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    first_contact = (f"first contact: {words}" for words in SEEN_COLUMNS.values())
    outcomes = (how.words for how in all_outcomes().values())
    table.writerow(["of", "name", *COLUMNS.values(), *first_contact, "open", *outcomes, *AGAIN_COLUMNS.values()])
    lines = [("journey", line) for line in found.journeys] if len(found.journeys) > 1 else []
    lines += [("service", line) for line in found.services]
    lines += [("team", line) for line in found.teams] + [("all", found.all)]
    for of, line in lines:
        ended = [line.outcomes.get(how, 0) for how in all_outcomes()]
        table.writerow([of, line.name, *_values(line.answers, COLUMNS), *_seen_values(line.seen), line.open, *ended])
    for given in found.advice:
        table.writerow(["advice", f"{given.kind.words}, {given.channel.words}", given.number])
    # The families are counted apart from what was asked: their columns stand behind all others.
    behind = [""] * (len(COLUMNS) + len(SEEN_COLUMNS) + 1 + len(all_outcomes()))
    for row in again_rows(found.again):
        table.writerow([*row[:2], *behind, *row[2:]])
    return written.getvalue()


NO_MATPLOTLIB = (
    "--chart: is drawn with matplotlib, which is not installed here. In the project's folder: "
    ".venv/bin/python -m pip install '.[chart]'. Without --chart the report is printed as it is."
)


def draw(found: Report, path: Path, period: str) -> None:
    """A bar for each service: its answers in time, late, overdue, open, paused.

    Raises:
        InputError: what draws is not installed, or the file cannot be written.
    """
    try:
        # Only who draws needs it, and it is large.
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator
    except ModuleNotFoundError:
        raise InputError(NO_MATPLOTLIB) from None
    services = [line for line in reversed(found.services) if line.answers.asked]
    names = [line.name for line in services]
    figure = Figure(figsize=(10, 1.6 + 0.45 * len(names)), layout="constrained")
    axes = figure.add_subplot()
    reached = [0] * len(names)
    for column, colour in BARS.items():
        counts = [getattr(line.answers, column) for line in services]
        bars = axes.barh(names, counts, left=reached, label=COLUMNS[column], color=colour)
        axes.bar_label(bars, labels=[str(count) if count else "" for count in counts], label_type="center", color="w")
        reached = [before + count for before, count in zip(reached, counts, strict=True)]
    axes.set_title(f"How Early Help services answered what was asked {period}", loc="left")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower left", ncols=len(BARS), frameon=False)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _values(answers: Answers, columns: Iterable[str]) -> list[Any]:
    return [getattr(answers, column) for column in columns]


def _shown(value: float | None) -> str:
    return "" if value is None else str(value)
