"""The commands that start and move transfers."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from adapters.emergency import EmergencySettings, phones
from cli.documents import about, checked, read_document
from cli.rehearsal.case_file import read_case
from cli.screens import receipt_screen
from cli.step_file import new_transfer_id, now, read_step
from cli.terminal import AsJson, TransferId, out, print_json
from cli.wiring import comparison, directory, find_transfers, mosaic, temporal, transfers
from client.checks import (
    answer_in_register,
    item_meant,
    refuse_unknown_children,
    refuse_unknown_service,
    with_item_meant,
)
from client.errors import InputError, NotKnownError
from client.letters import as_read
from client.transfers import NOT_TOLD, send, start_again, transfer
from client.transfers import start as start_transfer
from models.journey.answers import Receipt
from models.journey.steps import ReportSignificantHarm, ResolveAttention, Step, step_name
from models.step_down.start import StepDownRequest

LOCAL = "local"
"""Numbers that are not set are omitted here; the worker is who must have them."""
MOMENTS = ["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"]
"""As the command to copy writes a moment."""
RING_ANYHOW = "Ring now, all the same."


def start(
    file: Annotated[Path, typer.Argument(help="A start request, or a case file of the rehearsal (YAML or JSON).")],
    *,
    as_json: AsJson = False,
) -> None:
    """Start a transfer."""
    content = read_document(file)
    if "start" in content:
        request = _admitted(file)
    else:
        find_transfers()
        with about(file):
            request = checked(StepDownRequest, {"id": new_transfer_id(), **content})
            refuse_unknown_service(request, directory())
    with about(file), mosaic() as known:
        refuse_unknown_children(request, transfers(), known)

    async def begin() -> None:
        await start_transfer(await temporal(), request)

    try:
        asyncio.run(begin())
    except KeyboardInterrupt:
        raise NotKnownError(f"Stopped: {start_again(request)} (transfers start {file})") from None
    except NotKnownError as error:
        raise NotKnownError(f"{error} (transfers start {file})") from None
    if as_json:
        print_json({"id": request.id})
        return
    out.print(f"Started. The transfer is [bold]{request.id}[/bold].")
    out.print(f"See it with: transfers show {request.id}")


def _admitted(file: Path) -> StepDownRequest:
    """The start of a case file, its family put into the rehearsal Mosaic first."""
    from cli.rehearsal.books import admit

    case = read_case(file, new_transfer_id(), now())
    local = find_transfers()
    if local is None:
        raise InputError(f"{file}: a case file starts only in the rehearsal; give a start request")
    if case.already_open is not None:
        raise InputError(f"{file}: needs another transfer to be open first; play it with `transfers demo`")
    if case.before:
        raise InputError(f"{file}: needs something to happen first; play it with `transfers demo`")
    with about(file):
        refuse_unknown_service(case.start, directory())
    admit(local, case)
    return case.start


def step(  # noqa: PLR0913 (each is an option)
    transfer_id: TransferId,
    file: Annotated[Path, typer.Argument(help="A step, or a case file together with --number.")],
    *,
    number: Annotated[int | None, typer.Option(help="Which step of the case file: 1 for the first.")] = None,
    corrects: Annotated[
        str | None, typer.Option(help="The step_id of what was recorded before, to replace it.")
    ] = None,
    of: Annotated[str | None, typer.Option(help="The step_id of what this act is about.")] = None,
    step_id: Annotated[str | None, typer.Option(help="The step_id, where the file does not say it.")] = None,
    at: Annotated[
        datetime | None, typer.Option(formats=MOMENTS, help="When this was typed first, to send the same once more.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record a step of a transfer; prints its receipt."""
    typed = Typed(transfer_id, file, number, corrects, step_id, at.astimezone(UTC) if at else now(), of)
    try:
        with _whom_to_ring(file):
            receipt = _recorded(typed)
    except InputError as error:
        if as_json and error.refusal is not None:
            print_json(error.refusal.model_dump(mode="json"))
        raise
    if as_json:
        print_json(receipt.model_dump(mode="json"))
    else:
        out.print(receipt_screen(transfer_id, receipt))


@dataclass(frozen=True)
class Typed:
    """The command as it was typed, and when: typed again with these, it sends the very same step."""

    transfer_id: str
    file: Path
    number: int | None
    corrects: str | None
    step_id: str | None
    at: datetime
    of: str | None = None

    def again(self, **more: str) -> str:
        """The command to copy, with some options more."""
        own = {"number": self.number, "corrects": self.corrects, "of": self.of, "step-id": self.step_id}
        options = {**own, **{name.replace("_", "-"): value for name, value in more.items()}}
        said = "".join(f" --{name} {value}" for name, value in options.items() if value is not None)
        return f"transfers step {self.transfer_id} {quote(str(self.file))}{said}"

    @property
    def place(self) -> str:
        """Where in the file the step stands."""
        return f"steps.{self.number - 1}" if self.number is not None else ""


@contextmanager
def _whom_to_ring(file: Path) -> Iterator[None]:
    """Whatever keeps a report of significant harm from being taken: the numbers to ring are said (SU-01)."""
    taken = False
    try:
        yield
        taken = True
    finally:
        reports = file.is_file() and step_name(ReportSignificantHarm) in file.read_text("utf-8", "replace")
        if reports and not taken:
            typer.echo(f"{RING_ANYHOW} {phones(EmergencySettings(mode=LOCAL)).words}", err=True)


def _recorded(typed: Typed) -> Receipt:
    found = step_of(typed)
    find_transfers()
    with about(typed.file, typed.place):
        refuse_unknown_service(found, directory())
    if (shown := transfers().status(typed.transfer_id)) is not None:
        found = with_item_meant(found, shown)
        if isinstance(found, ResolveAttention) and (item := item_meant(found, shown)) and item.in_register:
            with about(typed.file, typed.place):
                return answer_in_register(found, item, shown, comparison(), now())

    async def record() -> Receipt:
        handle = transfer(await temporal(), typed.transfer_id)
        return await send(handle, found if typed.number is None else await as_read(handle, found))

    again = f"Send it again with: {typed.again(step_id=found.step_id, at=typed.at.isoformat())}"
    try:
        with about(typed.file, typed.place):
            return asyncio.run(record())
    except InputError as error:
        raise _with_correction(error, typed) from None
    except KeyboardInterrupt:
        raise NotKnownError(f"Stopped: {NOT_TOLD} {again}") from None
    except NotKnownError as error:
        raise NotKnownError(f"{error} {again}") from None


def _with_correction(error: InputError, typed: Typed) -> InputError:
    """Where the step is taken as a correction, the command that sends it so."""
    if error.refusal is None or error.refusal.may_correct is None:
        return error
    command = typed.again(corrects=error.refusal.may_correct)
    return InputError(*error.flaws, f"As a correction: {command}", refusal=error.refusal)


def step_of(typed: Typed) -> Step:
    """The step of a file, or of a case file."""
    said = {"corrects": typed.corrects, "of": typed.of, "step_id": typed.step_id}
    given = {name: value for name, value in said.items() if value is not None}
    content = read_document(typed.file)
    if "steps" not in content:
        with about(typed.file):
            return read_step({**content, **given}, f"step-{secrets.token_hex(4)}", typed.at)
    steps = read_case(typed.file, typed.transfer_id, typed.at).steps
    if typed.number is None or not 1 <= typed.number <= len(steps):
        raise InputError(f"{typed.file}: is a case file: say which of its {len(steps)} steps with --number")
    # By hand no time is skipped: what a case tells of a later day happens now.
    step = steps[typed.number - 1]
    return step.model_copy(update={"occurred_at": min(step.occurred_at, typed.at), **given})
