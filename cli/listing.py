"""The command that lists the transfers: all of them, or those that somebody asks about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adapters.register.lists import TransferLine
from cli.rehearsal.skipped import skipped, skipped_words
from cli.screens import STATE_STYLES
from cli.terminal import AsJson, out, print_json
from cli.wiring import find_transfers, lists
from models.attention import HARM_NOT_TAKEN
from models.clock_words import day_and_time
from models.journey.clocks import ClockState
from models.journey.status import ResponseState
from models.step_down.stage import Outcome, Stage
from models.vocabulary import LONDON, Role, local_time

WORTH_SAYING = {ResponseState.BREACHED, ResponseState.DUE_SOON, ResponseState.PAUSED}
NOT_ANSWERED = {ResponseState.ON_TRACK, ResponseState.DUE_SOON}
Ahead = Mapping[str, timedelta]
"""By how much transfers are ahead of this machine, in the rehearsal."""
Asked = Callable[[TransferLine], bool]
"""Whether a line is asked about."""


def list_all(  # noqa: PLR0913 (each is an option)
    *,
    stage: Annotated[Stage | None, typer.Option(help="Only those at this stage.")] = None,
    service: Annotated[str | None, typer.Option(help="Only those to this service; no restricted family.")] = None,
    team: Annotated[str | None, typer.Option(help="Only those from this team; no restricted family.")] = None,
    attention: Annotated[bool, typer.Option("--attention", help="Only those that need attention.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those with an answer that is overdue.")] = False,
    today: Annotated[bool, typer.Option("--today", help="Only those with an answer that is due today.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the transfers, the newest first; with options, those for which all of them hold."""
    local = find_transfers()
    ahead, now, lines = skipped(local), datetime.now(UTC), lists().transfers()
    asked: dict[Asked, bool] = {
        lambda line: line.stage == stage: stage is not None,
        lambda line: _named(line.service_ref, service, line): service is not None,
        lambda line: _named(line.social_work_team, team, line): team is not None,
        lambda line: line.needs_attention: attention,
        lambda line: line.response == ResponseState.BREACHED: overdue,
        lambda line: due_today(line, now + ahead.get(line.id, timedelta())): today,
    }
    rules = [rule for rule, is_asked in asked.items() if is_asked]
    found = [line for line in lines if all(rule(line) for rule in rules)]
    if as_json:
        print_json([_hidden(asdict(line)) if line.restricted else asdict(line) for line in found])
    elif lines and not found:
        out.print(Text(f"None of the {len(lines)} transfers is so."))
    else:
        out.print(list_screen(found, now, ahead))


def _named(said: str, asked: str | None, line: TransferLine) -> bool:
    """A restricted family is not found by its service or team."""
    return said == asked and not line.restricted


def due_today(line: TransferLine, now: datetime) -> bool:
    """Whether an answer is due on this day in London that is not overdue yet."""
    if line.response_due is None or line.response not in NOT_ANSWERED:
        return False
    return line.response_due.astimezone(LONDON).date() <= now.astimezone(LONDON).date()


def _hidden(line: dict[str, Any]) -> dict[str, Any]:
    """A restricted family's line: that it is there, at which stage, and nothing by which people could be found."""
    return {**line, "service_ref": None, "social_work_team": None}


def list_screen(lines: Sequence[TransferLine], now: datetime, ahead: Ahead | None = None) -> RenderableType:
    """Transfers, a line each; below them what time it is, and whether it was skipped."""
    if not lines:
        return Text("No transfers yet. `transfers start FILE` starts one.")
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
        ended = Outcome(line.outcome)
        words = ended.words_after_harm if line.harm_reported else ended.words
    harm = Text(_harm_words(line), style="bold red")
    waits = ", ".join(Role(who).words if who != "nobody" else "nobody" for who in line.waiting_for)
    attention = Text(" needs attention", style="bold red") if line.needs_attention else Text("")
    service, team = (line.service_ref, line.social_work_team) if not line.restricted else ("restricted",) * 2
    stands = Text.assemble(words, harm, attention, (" time skipped" if skipped else "", "yellow"))
    return line.id, stands, waits, _answer_due(line), service, team, local_time(line.opened_at)


def _harm_words(line: TransferLine) -> str:
    reported = " significant harm reported" if line.harm_reported and not line.outcome else ""
    not_taken = HARM_NOT_TAKEN in line.attention
    return reported + (" a report of harm could not be taken" if not_taken else "")


def _answer_due(line: TransferLine) -> Text:
    due = Text(day_and_time(line.response_due) if line.response_due else "")
    if line.response not in WORTH_SAYING:
        return due
    state = ClockState(line.response)
    return Text(" ").join([*([due] if due else []), Text(state.words, style=STATE_STYLES[state])])
