"""The command that lists the transfers: those that are open, or those that somebody asks about, page by page."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adapters.register.lists import DueBefore, Page, TransferLine, Wanted
from cli.journeys import KINDS, AnyStage
from cli.journeys import ended as ended_as
from cli.rehearsal.skipped import skipped, skipped_words
from cli.screens import STATE_STYLES
from cli.terminal import AsJson, out, print_json
from cli.wiring import directory, find_transfers, lists
from client.errors import InputError
from models.attention import HARM_NOT_TAKEN
from models.clock_words import day_and_time
from models.journey.answers import CLOSED
from models.journey.clocks import ClockState
from models.journey.status import ResponseState
from models.kinds import JourneyKind
from models.step_down.letter_reference import transfer_of
from models.vocabulary import LONDON, Role, local_time

if TYPE_CHECKING:
    from adapters.register.directory import SqlDirectory

WORTH_SAYING = {ResponseState.BREACHED, ResponseState.DUE_SOON, ResponseState.PAUSED}
LINES = 50
MOST_LINES = 1000
MOST_PAGES = 1_000_000
Ahead = Mapping[str, timedelta]
"""By how much transfers are ahead of this machine, in the rehearsal."""


def list_some(  # noqa: PLR0913 (each is an option)
    *,
    journey: Annotated[JourneyKind | None, typer.Option(help="Only those of this kind.")] = None,
    stage: Annotated[AnyStage | None, typer.Option(help="Only those at this stage.")] = None,
    service: Annotated[str | None, typer.Option(help="Only those to this service; no restricted family.")] = None,
    team: Annotated[str | None, typer.Option(help="Only those from this team; no restricted family.")] = None,
    attention: Annotated[
        bool, typer.Option("--attention", help="Only those that need attention, or where harm was reported.")
    ] = False,
    overdue: Annotated[
        bool,
        typer.Option(
            "--overdue",
            help="Only those with an answer that is overdue, or with harm about which nobody was spoken to.",
        ),
    ] = False,
    today: Annotated[bool, typer.Option("--today", help="Only those with an answer that is due today.")] = False,
    letter: Annotated[str | None, typer.Option(help="The one whose letter bears this reference.")] = None,
    ended: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    page: Annotated[int, typer.Option(min=1, max=MOST_PAGES, help="Which page: 1 has the newest.")] = 1,
    number: Annotated[int, typer.Option(min=1, max=MOST_LINES, help="How many transfers a page has.")] = LINES,
    as_json: AsJson = False,
) -> None:
    """List the open transfers, and those that have ended and need attention: a page of them, the newest first.

    With options, those for which all of them hold.
    """
    local = find_transfers()
    ahead, now = skipped(local), datetime.now(UTC)
    wanted = Wanted(
        ended=ended or stage == CLOSED or letter is not None,
        only=_with_letter(letter) if letter is not None else None,
        journey=journey,
        stage=stage,
        service=service,
        team=team,
        attention=attention,
        overdue=overdue,
        due_before=due_today(now, ahead) if today else None,
    )
    found = lists().page(wanted, page, number)
    which = page_words(found, page, number) if found.lines or page > 1 else none_words(wanted)
    if not found.lines:
        which = " ".join([which, *not_in_directory(directory(), service, team)])
    if as_json:
        print_json([_hidden(asdict(line)) if line.restricted else asdict(line) for line in found.lines])
        typer.echo(which, err=True)
    elif found.lines:
        out.print(list_screen(found.lines, now, ahead), Text(which, style="dim"))
    else:
        out.print(Text(which))


def _with_letter(said: str) -> str:
    """The transfer whose letter bears the reference that somebody gives on the telephone.

    Raises:
        InputError: none does.
    """
    found = transfer_of(said, lists().ids())
    if found is None:
        raise InputError("--letter: no letter of any transfer bears this reference; have it read out again")
    return found


def due_today(now: datetime, ahead: Ahead) -> DueBefore:
    """What is due on this day in London; where time was skipped, on that transfer's own day."""
    return DueBefore(_end_of_day(now), {name: _end_of_day(now + by) for name, by in ahead.items()})


def _end_of_day(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(LONDON).date() + timedelta(days=1), time(), LONDON)


def page_words(found: Page, page: int, number: int) -> str:
    """Which transfers these are, of how many, and how the next ones are seen.

    Raises:
        InputError: there is no such page.
    """
    pages = max(1, math.ceil(found.all / number))
    if page > pages:
        raise InputError(f"--page: the last page is {pages}")
    first = (page - 1) * number + 1
    words = f"Transfers {first:,} to {first + len(found.lines) - 1:,} of {found.all:,}, the newest first."
    return f"{words} The next ones: --page {page + 1}." if page < pages else words


def none_words(wanted: Wanted) -> str:
    """That no transfer was found, and where else to look."""
    if wanted == Wanted(ended=True):
        return "No transfers yet. `transfers start FILE` starts one."
    if wanted == Wanted():
        return "No transfer is open, and none needs attention; with --all, those that have ended are listed, too."
    if wanted.ended:
        return "No transfer matches that."
    return "No open transfer matches that; with --all, those that have ended are looked at, too."


def not_in_directory(known: "SqlDirectory", service: str | None, team: str | None) -> Iterator[str]:
    """Where nothing was found: that the service or the team may be a mistyped one."""
    if service is not None and known.service(service) is None:
        yield f"The directory has no service {service}: `transfers services list` shows them."
    people = known.people() if team is not None else ()
    if team is not None and not any(team in (one.ref, *one.teams) for one in people):
        yield f"The directory has no team {team}: `transfers people list` shows them."


def _hidden(line: dict[str, Any]) -> dict[str, Any]:
    """A restricted family's line: that it is there, at which stage, and nothing by which people could be found."""
    return {**line, "service_ref": None, "social_work_team": None}


def list_screen(lines: Sequence[TransferLine], now: datetime, ahead: Ahead | None = None) -> RenderableType:
    """Transfers, a line each; below them what time it is, and whether it was skipped."""
    skips = {line.id: ahead[line.id] for line in lines if ahead and line.id in ahead}
    table = Table("transfer", "where it stands", "waits for", "answer due", "service", "team", "started")
    table.columns[0].no_wrap = True
    for line in lines:
        table.add_row(*_cells(line, skipped=line.id in skips))
    said = [Text(f"It is {local_time(now)}.", style="dim")]
    if skips:
        said.append(skipped_words(now + max(skips.values()), len(skips)))
    return Group(table, *said)


def _cells(line: TransferLine, *, skipped: bool) -> tuple[str | Text, ...]:
    words = line.stage_words
    if line.outcome:
        ended = ended_as(line.journey, line.outcome)
        words = ended.words_after_harm if line.harm_reported else ended.words
    words = f"{KINDS[line.journey]}{words}"
    harm = Text(_harm_words(line), style="bold red")
    waits = ", ".join(Role(who).words if who != "nobody" else "nobody" for who in line.waiting_for)
    attention = Text("; needs attention", style="bold red") if line.needs_attention else Text("")
    service, team = (line.service_ref, line.social_work_team or "") if not line.restricted else ("restricted",) * 2
    stands = Text.assemble(words, harm, attention, ("; time skipped" if skipped else "", "yellow"))
    return line.id, stands, waits, _answer_due(line), service, team, local_time(line.opened_at)


def _harm_words(line: TransferLine) -> str:
    reported = "; significant harm reported" if line.harm_reported and not line.outcome else ""
    not_taken = HARM_NOT_TAKEN in line.attention
    return reported + ("; a report of harm could not be taken" if not_taken else "")


def _answer_due(line: TransferLine) -> Text:
    due = Text(day_and_time(line.response_due) if line.response_due else "")
    if line.response not in WORTH_SAYING:
        return due
    state = ClockState(line.response)
    return Text(" ").join([*([due] if due else []), Text(state.words, style=STATE_STYLES[state])])
