"""The commands that start and move transfers."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

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
from client.transfers import send, send_again, start_again, transfer
from client.transfers import start as start_transfer
from models.journey.answers import Receipt
from models.journey.steps import ReportSignificantHarm, ResolveAttention, step_name
from models.step_down.start import StepDownRequest

LOCAL = "local"
"""Numbers that are not set are omitted here; the worker is who must have them."""
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
        request = checked(StepDownRequest, {"id": new_transfer_id(), **content}, str(file))
        with about(file):
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


def step(
    transfer_id: TransferId,
    file: Annotated[Path, typer.Argument(help="A step, or a case file together with --number.")],
    *,
    number: Annotated[int | None, typer.Option(help="Which step of the case file: 1 for the first.")] = None,
    as_json: AsJson = False,
) -> None:
    """Record a step of a transfer; prints its receipt."""
    with _whom_to_ring(file):
        receipt = _recorded(transfer_id, file, number)
    if as_json:
        print_json(receipt.model_dump(mode="json"))
    else:
        out.print(receipt_screen(receipt))


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


def _recorded(transfer_id: str, file: Path, number: int | None) -> Receipt:
    found = _step_of(transfer_id, file, number)
    find_transfers()
    said = found.model_dump(mode="json")
    with about(file):
        refuse_unknown_service(found, directory())
    if (shown := transfers().status(transfer_id)) is not None:
        found = with_item_meant(found, shown)
        if isinstance(found, ResolveAttention) and (item := item_meant(found, shown)) and item.in_register:
            with about(file):
                return answer_in_register(found, item, shown, comparison(), now())

    async def record() -> Receipt:
        return await send(transfer(await temporal(), transfer_id), found)

    command = f"transfers step {transfer_id} {file}" + (f" --number {number}" if number is not None else "")
    try:
        with about(file, said):
            return asyncio.run(record())
    except KeyboardInterrupt:
        raise NotKnownError(f"Stopped: {send_again(found)} ({command})") from None
    except NotKnownError as error:
        raise NotKnownError(f"{error} ({command})") from None


def _step_of(transfer_id: str, file: Path, number: int | None) -> Any:
    content = read_document(file)
    if "steps" not in content:
        return read_step(content, str(file), default_id=f"step-{secrets.token_hex(4)}", at=now())
    steps = read_case(file, transfer_id, now()).steps
    if number is None or not 1 <= number <= len(steps):
        raise InputError(f"{file}: is a case file: say which of its {len(steps)} steps with --number")
    # By hand no time is skipped: what a case tells of a later day happens now.
    step = steps[number - 1]
    return step.model_copy(update={"occurred_at": min(step.occurred_at, now())})
