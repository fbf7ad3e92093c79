"""The commands of the rehearsal: ``up`` starts everything on this machine, ``demo`` plays case files in it."""

import asyncio
import os
import signal
import threading
from pathlib import Path
from typing import Annotated, Self

import typer
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from adapters.register_sql import RegisterSettings, migrate
from cli.clocks import clock_lines
from cli.documents import about
from cli.people import read_people
from cli.project import EXAMPLES
from cli.rehearsal.case import CaseFile
from cli.rehearsal.case_file import read_case
from cli.rehearsal.demo import Played, play
from cli.rehearsal.expectation import ExpectedMail
from cli.rehearsal.local import LocalSettings, running_session
from cli.rehearsal.stack import Stack, StackError
from cli.screens import out
from cli.services import read_services
from cli.step_file import new_transfer_id, now
from cli.wiring import register, temporal
from client.checks import refuse_unknown_service
from client.errors import InputError
from models.clocks import RESPONSES
from models.step_down.clock_words import RUNG_WORDS


def up() -> None:
    """Start the whole rehearsal on this machine; Ctrl-C stops it."""
    local = LocalSettings()
    stack = Stack(local, out.print)
    _begin(stack)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    out.print(_ready_line(local))
    fallen = None
    while not stop.wait(0.5) and (fallen := stack.fallen()) is None:
        pass
    out.print("Stopping …")
    stack.stop()
    if fallen is not None:
        raise StackError(fallen)
    out.print("Stopped. What was recorded stays in " + str(local.folder) + ".")


def _begin(stack: Stack) -> None:
    """Prepare the register and its directories, and start everything."""
    out.print("Starting the rehearsal …")
    # What is kept here may be about people: nobody else on this machine reads it.
    os.umask(0o077)
    # Until everything runs, being told to end is the same as Ctrl-C: what was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stack.claim()
    os.environ.update(stack.local.environment())
    migrate(RegisterSettings())
    register().put_services(read_services(EXAMPLES / "services.csv"))
    register().put_people(read_people(EXAMPLES / "people.csv"))
    stack.start()


def _ready_line(local: LocalSettings) -> str:
    return (
        f"Ready. Temporal UI {local.ui_url} · mailbox {local.mailbox_url} · Mosaic (rehearsal) {local.mosaic_url} · "
        "Ctrl-C stops everything.\n"
        "Local mode: on this machine the Temporal UI shows every transfer without a login. Who reads is noted."
    )


def demo(
    folder: Annotated[Path, typer.Argument(help="A folder of case files, or one case file.")] = EXAMPLES,
) -> None:
    """Play case files, and compare with what Mosaic and the mailbox hold in the end; some stay open to be looked at."""
    out.print("The demo lets weeks pass in moments: it skips the time of its own transfers, and of nothing else.")
    files = [folder] if folder.is_file() else sorted(folder.glob("*.yaml"))
    if not files:
        raise InputError(f"{folder}: holds no case file (*.yaml)")
    cases = {file: read_case(file, new_transfer_id(), now()) for file in files}
    local = running_session()
    if local is not None:
        os.environ.update(local.environment())
        played = asyncio.run(_play_all(local, cases))
    else:
        stack = Stack(LocalSettings(), out.print)
        try:
            _begin(stack)
            played = asyncio.run(_play_all(stack.local, cases))
        finally:
            stack.stop()
    out.print(_played_table(played))
    for one in played:
        _print_attention(one)
        _print_certificates(one)
    if any(one.differences for one in played):
        raise typer.Exit(1)
    out.print(
        "Every case went as its file says. `make up` (or `transfers up`) shows their histories in the Temporal UI."
    )


async def _play_all(local: LocalSettings, files: dict[Path, CaseFile]) -> list[Played]:
    for file, case in files.items():
        with about(file):
            if not case.puts_its_service:
                refuse_unknown_service(case.start, register())
    client = await temporal()
    played = []
    for place, (file, case) in enumerate(files.items(), start=1):
        title = f"{place} of {len(files)}  {case.title} ({case.start.id})"
        with about(file), _Progress(title) as progress:
            played.append(await play(client, local, case, progress.say))
    return played


class _Progress:
    """Live progress: one line that moves in a terminal, a line each elsewhere."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._live = Live(Text(title, style="bold"), console=out, transient=False) if out.is_terminal else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        else:
            out.print(self._title)
        return self

    def say(self, words: str) -> None:
        if self._live is not None:
            self._live.update(Text.assemble((self._title, "bold"), "\n  ", words))
        else:
            out.print(f"  {words}")

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()


def _print_attention(one: Played) -> None:
    """What needed a person in a case, and how that ended."""
    if one.attention:
        out.print(Text(f"\n{one.case.title} ({one.case.start.id}): what needed attention", style="bold underline"))
        for line in one.attention:
            out.print(Text(f"- {line}"))


def _print_certificates(one: Played) -> None:
    """How each due date of a case about time came about."""
    if one.case.expect.clocks:
        out.print(Text(f"\n{one.case.title} ({one.case.start.id})", style="bold underline"))
        for kept in one.books.clocks:
            if kept.certificate.kind in RESPONSES:
                out.print(Group(*clock_lines(kept)))


def _played_table(played: list[Played]) -> Table:
    table = Table("case", "outcome", "Mosaic holds", "mailbox holds", "as its file says", show_lines=True)
    for one in played:
        own = f"{one.case.start.id}-"
        children = [
            f"{child.removeprefix(own)}: {' + '.join(actions) or 'open'}"
            for child, actions in one.books.children.items()
        ]
        shared = [f"{s.document.removeprefix(own)} version {s.version} open to {s.team}" for s in one.books.shared]
        mail = [_mail_words(mail) for mail in one.books.mail]
        mail += [f"{RUNG_WORDS[alert.what]} → {alert.to}" for alert in one.books.alerts]
        verdict = "yes" if not one.differences else "NO: " + "; ".join(one.differences)
        table.add_row(one.case.title, one.ended, "\n".join(children + shared), "\n".join(mail) or "nothing", verdict)
    return table


def _mail_words(mail: ExpectedMail) -> str:
    attached = f" (with {', '.join(mail.attachments)})" if mail.attachments else ""
    return f"{mail.subject} → {mail.to}{attached}"
