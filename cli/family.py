"""The command that shows all journeys of a family as one timeline: who knew what, when."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.rehearsal.skipped import skipped, skipped_words
from cli.screens import ONE_MINUTE
from cli.terminal import AsJson, out, print_json
from cli.wiring import families, find_transfers
from client.errors import InputError
from models.kinds import JourneyKind
from models.operations.family import FamilyEntry, FamilyJourney, FamilyTimeline, family_timeline
from models.vocabulary import LONDON

LINES, MOST_LINES, MOST_PAGES = 50, 1000, 1_000_000
BAR = 36
"""How many characters the whole time is wide."""
COLOURS = {JourneyKind.STEP_DOWN: "cyan", JourneyKind.HELP_REQUEST: "green", JourneyKind.STEP_UP: "magenta"}
SHORT = timedelta(days=3)
"""What lies within this is told by the hour."""


def family(
    ref: Annotated[str, typer.Argument(help="The reference of the family, as its journeys were started with it.")],
    *,
    page: Annotated[int, typer.Option(min=1, max=MOST_PAGES, help="Which page: 1 has the newest.")] = 1,
    number: Annotated[int, typer.Option(min=1, max=MOST_LINES, help="How many entries a page has.")] = LINES,
    as_json: AsJson = False,
) -> None:
    """Show all journeys of a family as one timeline: what happened, who recorded it, when, and in which journey.

    A page of it, the newest entries on the first; each page in the order of time.
    """
    local = find_transfers()
    register = families()
    found = family_timeline(ref, register.journeys(ref), register.hidden(ref), page, number)
    if not found.journeys and found.named_people_only is None:
        raise InputError(f"family {ref}: no journey of it is known")
    which = page_words(found, page, number)
    if as_json:
        print_json(found.model_dump(mode="json"))
        typer.echo(which, err=True)
        return
    now, ahead = datetime.now(UTC), skipped(local)
    further = [ahead[one.id] for one in found.journeys if one.id in ahead]
    said = [skipped_words(now + max(further), len(further))] if further else []
    out.print(family_screen(found, now), Text(which, style="dim"), *said)


def page_words(found: FamilyTimeline, page: int, number: int) -> str:
    """Which entries these are, of how many, and how those before them are seen.

    Raises:
        InputError: there is no such page.
    """
    pages = max(1, math.ceil(found.all / number))
    if page > pages:
        raise InputError(f"--page: the last page is {pages}")
    if not found.entries:
        return "Nothing of this family may be shown here."
    last = found.all - (page - 1) * number
    words = f"Entries {last - len(found.entries) + 1:,} to {last:,} of {found.all:,}, in the order of time."
    return f"{words} Those before them: --page {page + 1}." if page < pages else words


def family_screen(found: FamilyTimeline, now: datetime) -> RenderableType:
    """First a picture of the journeys, then what happened in them."""
    title = Text.assemble("Family ", (found.family_ref, "bold"))
    hidden: list[RenderableType] = (
        [Text(f"Also {found.named_people_only}", style="bold red")] if found.named_people_only else []
    )
    shown: list[RenderableType] = [_picture(found.journeys, now)] if found.journeys else []
    entries: list[RenderableType] = [Text(""), _entries(found)] if found.entries else []
    return Group(title, *shown, *hidden, *entries)


def _picture(journeys: Sequence[FamilyJourney], now: datetime) -> Table:
    """A line for each journey, with a bar from its opening to its end; of an open one with an arrow at its end."""
    first = min(one.opened_at for one in journeys)
    last = max([one.closed_at or max(now, one.opened_at) for one in journeys])
    table = Table("no.", "journey", _ends(first, last), "where it stands", show_edge=False)
    table.columns[2].no_wrap = True
    for one in journeys:
        out_of = f"\nopened out of {one.out_of}" if one.out_of else ""
        what = Text.assemble((_capital(JourneyKind(one.journey).words), "bold"), f"\n{one.id}{out_of}")
        harm = ("; significant harm reported" if one.stopped_by_harm and not one.ended else "", "bold red")
        table.add_row(str(one.number), what, _bar(one, first, last), Text.assemble(one.stands, harm))
    return table


def _ends(first: datetime, last: datetime) -> str:
    """The first and the last moment of the picture, above the two ends of the bars."""
    form = "%-d %b %H:%M" if last - first < SHORT else "%-d %b %Y"
    begins, ends = (f"{moment.astimezone(LONDON):{form}}" for moment in (first, last))
    return begins + ends.rjust(BAR - len(begins))


def _bar(one: FamilyJourney, first: datetime, last: datetime) -> Text:
    whole = max(last - first, timedelta(seconds=1))
    begins = min(BAR - 1, int((one.opened_at - first) / whole * BAR))
    ends = max(begins + 1, round(((one.closed_at or last) - first) / whole * BAR))
    length = min(ends, BAR) - begins
    drawn = "█" * length if one.closed_at else "█" * (length - 1) + "▶"
    return Text(" " * begins + drawn, style=COLOURS[JourneyKind(one.journey)])


def _entries(found: FamilyTimeline) -> Table:
    kinds = {one.number: JourneyKind(one.journey) for one in found.journeys}
    names = ("happened", "recorded", "in", "what", "who")
    table = Table(*names, title="What happened", title_justify="left", show_edge=False, expand=True)
    for column in table.columns[:3]:
        column.no_wrap = True
    table.columns[3].ratio, table.columns[4].ratio = 2, 1
    for entry in found.entries:
        kind = kinds[entry.number]
        within = Text(f"{entry.number} {kind.noun}", style=COLOURS[kind])
        table.add_row(*_times(entry), within, _what(entry), Text(entry.who))
    return table


def _times(entry: FamilyEntry) -> tuple[str, str]:
    """When it happened, and when it was recorded where that was another time."""
    happened, recorded = (f"{at.astimezone(LONDON):%a %-d %b %Y %H:%M}" for at in (entry.at, entry.recorded_at))
    return happened, "" if abs(entry.recorded_at - entry.at) < ONE_MINUTE else recorded


def _what(entry: FamilyEntry) -> Text:
    return Text(entry.what + (f"\n{entry.note}" if entry.note else ""))


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
