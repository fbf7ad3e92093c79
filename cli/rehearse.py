"""The commands of the rehearsal: ``up`` starts everything on this machine, ``demo`` plays case files in it."""

import asyncio
import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from adapters.local_issuer import RehearsalIssuer, TokenSettings
from adapters.register.store import RegisterSettings, migrate
from adapters.settings import Mode
from cli.documents import Wrong, about
from cli.people import read_people
from cli.project import EXAMPLES
from cli.rehearsal.case import CaseFile
from cli.rehearsal.case_file import read_file
from cli.rehearsal.demo import PlayedFile, play
from cli.rehearsal.local import HOST, LocalSettings, Rehearsal, running_session
from cli.rehearsal.sending import ByClient, OverHttp, Sending
from cli.rehearsal.stack import Stack, StackError
from cli.rehearsal.telling import Story, verdict
from cli.rehearsal.trial import TrialSettings
from cli.services import read_services
from cli.step_file import new_transfer_id, now
from cli.terminal import out
from cli.wiring import directory, find_transfers, temporal
from client.checks import refuse_unknown_service
from client.errors import InputError

MARK = "transfers-mode"
"""What `docker/trial.yaml` writes into the namespace of a trial, and nobody into one of production."""


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
    directory().put_services(read_services(EXAMPLES / "services.csv"))
    directory().put_people(read_people(EXAMPLES / "people.csv"))
    stack.start()


def _ready_line(local: LocalSettings) -> str:
    return (
        f"Ready. Temporal UI {local.ui_url} · API {local.gateway_url} · mailbox {local.mailbox_url} · "
        f"Mosaic (rehearsal) {local.mosaic_url} · Ctrl-C stops everything.\n"
        "Local mode: on this machine the Temporal UI shows every transfer without a login. Who reads is noted."
    )


def demo(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of case files, or one case file; the examples, where none is said.")
    ] = None,
    *,
    over_http: Annotated[
        Path | None,
        typer.Option(
            help="A case file that is played over HTTP, as a caseworker system does it; after the others, where there "
            "are some."
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(help="HOST:PORT of the Temporal server of a trial, to play into that one; any other is refused."),
    ] = None,
) -> None:
    """Play case files, and compare with what Mosaic and the mailbox hold in the end; some stay open to be looked at."""
    if over_http is not None and server is not None:
        raise InputError("--over-http: only on this machine, not in the trial of --server")
    files = _files(folder if folder is not None or over_http is not None else EXAMPLES)
    cases = _read([*((file, False) for file in files), *((file, True) for file in _files(over_http))])
    out.print("The demo lets weeks pass in moments: it skips the time of its own transfers, and of nothing else.")
    out.print("It plays everybody: nobody has signed in for what they do, or read the letters that are approved.")
    if server is not None:
        os.environ["TEMPORAL_ADDRESS"] = server
        played = asyncio.run(_play_in_trial(server, cases))
    else:
        played = _play_on_this_machine(cases)
    out.print(verdict(played, in_trial=server is not None))
    if any(one.differences for one in played):
        raise typer.Exit(1)


def _files(folder: Path | None) -> list[Path]:
    """The case files of a folder, or the one that is named; none where nothing is.

    Raises:
        InputError: it is not there, or holds none.
    """
    if folder is None:
        return []
    if not folder.exists():
        raise InputError(f"{folder}: there is no such file or folder")
    files = [folder] if folder.is_file() else sorted(folder.glob("*.yaml"))
    if not files:
        raise InputError(f"{folder}: holds no case file (*.yaml)")
    return files


class ToPlay(NamedTuple):
    """A case file, and how it is played."""

    path: Path
    file: CaseFile
    over_http: bool = False


def _play_on_this_machine(cases: Sequence[ToPlay]) -> list[PlayedFile]:
    """In the rehearsal that runs here; where none does, in one that is started for it."""
    local = running_session()
    if local is not None:
        os.environ.update(local.environment())
        return asyncio.run(_play_all(local, cases))
    stack = Stack(LocalSettings(), out.print)
    try:
        _begin(stack)
        return asyncio.run(_play_all(stack.local, cases))
    finally:
        stack.stop()


async def _play_in_trial(server: str, cases: Sequence[ToPlay]) -> list[PlayedFile]:
    """In a trial that somebody started.

    Raises:
        InputError: this is no trial, or the server is none.
    """
    trial = find_transfers()
    if not isinstance(trial, TrialSettings):
        raise InputError("--server: only in a trial, whose commands have its settings; see docker/README.md")
    await _refuse_what_is_no_trial(await temporal(), server)
    return await _play_all(trial, cases)


async def _refuse_what_is_no_trial(client: Client, server: str) -> None:
    """Refuse a namespace without the mark of a trial, or one that may not be looked at."""
    try:
        found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    except RPCError:
        mark = None
    else:
        mark = found.namespace_info.data.get(MARK)
    if mark != Mode.TRIAL:
        raise InputError(
            f"--server {server}: is no trial, and the demo, which plays everybody, plays into nothing else"
        )


def _read(files: Sequence[tuple[Path, bool]]) -> list[ToPlay]:
    """All case files; what is wrong in any of them is said before one is played."""
    cases, wrong = [], Wrong()
    for path, over_http in files:
        with wrong.gathered():
            cases.append(ToPlay(path, read_file(path, new_transfer_id(), now()), over_http))
    if wrong.flaws:
        raise wrong.error()
    return cases


async def _play_all(local: Rehearsal, files: Sequence[ToPlay]) -> list[PlayedFile]:
    for to_play in files:
        with about(to_play.path):
            for one in to_play.file.journeys:
                if not one.puts_its_service:
                    refuse_unknown_service(one.start, directory())
    client = await temporal()
    played = []
    for place, (path, file, over_http) in enumerate(files, start=1):
        title = f"{place} of {len(files)}  {file.title} ({file.id}{', over HTTP' if over_http else ''})"
        by = _over_http(client) if over_http else ByClient(client)
        with about(path), Story(title, in_full=place == 1, out=out) as story:
            played.append(await play(client, local, file, story.say, by))
        out.print(story.ending(played[-1]))
    return played


def _over_http(client: Client) -> Sending:
    """Through the gateway of this machine's rehearsal."""
    return OverHttp(
        client, f"http://{HOST}:{os.environ['TRANSFERS_GATEWAY_PORT']}", RehearsalIssuer.read(TokenSettings().key)
    )
