"""The commands that start and move transfers."""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer
from temporalio.service import RPCError, RPCStatusCode

from cli.documents import about, is_case_file, journey_of, read_document, refuse_a_step
from cli.reading import UnreadError, as_seen
from cli.rehearsal.case_file import read_case
from cli.screens import letters_screen, receipt_screen
from cli.step_file import new_transfer_id, now
from cli.terminal import AsJson, TransferId, out, print_json
from cli.wiring import (
    NotSetUpError,
    comparison,
    directory,
    find_transfers,
    mosaic,
    numbers_to_ring,
    temporal,
    transfers,
)
from client.checked import checked
from client.checks import (
    answer_in_register,
    item_meant,
    refuse_mistyped_moment,
    refuse_not_born_yet,
    refuse_several_items,
    refuse_unknown_children,
    refuse_unknown_service,
    with_item_meant,
)
from client.errors import InputError, NoSuchTransferError, NotKnownError
from client.harm_words import ASKS_FOR_HARM, HARM_IN_START, SPEAKS_OF_HARM
from client.journeys import kind_named, kind_with_step
from client.messages import read_step
from client.starting import start as start_transfer
from client.starting import start_again
from client.transfers import NOT_TOLD, find_journey, kind_of, known_journey, send, status
from models.journey.answers import Receipt
from models.journey.refusing import NOT_HERE
from models.journey.start import Start
from models.journey.status import Status
from models.journey.steps import ResolveAttention, Step
from models.kinds import JourneyKind

MOMENTS = ["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"]
"""As the command to copy writes a moment."""
RING_ANYHOW = "Ring now, all the same."
NOT_THE_CALL = "Recording it here is not the call."


def start(
    file: Annotated[
        Path | None,
        typer.Argument(help="A start request, or a case file of the rehearsal (YAML or JSON). Not with --out-of."),
    ] = None,
    *,
    out_of: Annotated[
        str | None,
        typer.Option(
            help="Print a file for the step-down that is offered out of this referral: what is known stands there."
        ),
    ] = None,
    transfer_id: Annotated[str | None, typer.Option("--id", help="The id of the transfer; usually made up.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start a transfer, a request for Early Help or a referral; prints its id, and nothing else, on standard output."""
    if (file is None) == (out_of is None):
        raise InputError("Say which file has the start; or print one with --out-of and the id of a referral")
    if file is None:
        # At need: whoever starts something does not wait for what writes a file.
        from cli.new_step import show_new_start

        show_new_start(out_of or "", as_json=as_json)
        return
    _start(file, transfer_id, as_json=as_json)


def _start(file: Path, transfer_id: str | None, *, as_json: bool) -> None:
    given = {} if transfer_id is None else {"id": transfer_id}
    _ring_first(file)
    content = read_document(file)
    refuse_a_step(file, content)
    if is_case_file(content):
        request = _admitted(file, transfer_id or new_transfer_id())
    else:
        find_transfers()
        with about(file):
            kind = kind_named(journey_of(content)).start
            said = {name: value for name, value in content.items() if name != "journey"}
            request = checked(kind, {"id": new_transfer_id(), **said, **given})
            refuse_unknown_service(request, directory())
            refuse_mistyped_moment(request, now())
    with about(file), mosaic() as known:
        refuse_not_born_yet(request, now())
        refuse_unknown_children(request, transfers(), known)

    async def begin() -> None:
        await start_transfer(await temporal(), request)

    once_more = f"transfers start {quote(str(file))} --id {request.id}"
    look = f"Look with: transfers show {request.id} (it may take a moment). Not there? Start it again with: {once_more}"
    with told_if_stopped(f"{start_again(request)} {look}"):
        try:
            asyncio.run(begin())
        except NotKnownError as error:
            raise NotKnownError(f"{error} {look}") from None
        if as_json:
            print_json({"id": request.id})
            return
        typer.echo(request.id)
        typer.echo(f"Started. See it with: transfers show {request.id}", err=True)


def _ring_first(file: Path) -> None:
    """Whom to ring is said, whatever becomes of the start: of a referral always, else where harm stands in it."""
    said = file.read_text("utf-8", "replace") if file.is_file() else ""
    if HARM_IN_START.search(said):
        typer.echo(f"{RING_ANYHOW} {numbers_to_ring()}", err=True)
    elif ASKS_FOR_HARM.search(said):
        typer.echo(f"{numbers_to_ring()} {NOT_THE_CALL}", err=True)


@contextmanager
def told_if_stopped(words: str) -> Iterator[None]:
    """Whoever presses Ctrl-C once something may have been sent reads what to do; before that, nothing was."""
    try:
        yield
    except KeyboardInterrupt:
        raise NotKnownError(f"Stopped: {words}") from None


def _admitted(file: Path, transfer_id: str) -> Start:
    """The start of a case file, its family put into the rehearsal Mosaic first."""
    from cli.rehearsal.books import admit

    case = read_case(file, transfer_id, now())
    local = find_transfers()
    if local is None:
        raise InputError(f"{file}: a case file starts only in the rehearsal; give a start request")
    if case.before:
        raise InputError(f"{file}: needs something to happen first; play it with `transfers demo`")
    with about(file):
        refuse_unknown_service(case.start, directory())
    admit(local, case)
    return case.start


def step(  # noqa: PLR0913 (each is an option)
    transfer_id: TransferId,
    file: Annotated[
        Path | None, typer.Argument(help="A step, or a case file together with --number. Not with --new.")
    ] = None,
    *,
    new: Annotated[
        str | None, typer.Option(help="Print a file for the step of this name instead: what is known stands there.")
    ] = None,
    number: Annotated[int | None, typer.Option(help="Which step of the case file: 1 for the first.")] = None,
    corrects: Annotated[
        str | None, typer.Option(help="The step_id of what was recorded before, to replace it.")
    ] = None,
    of: Annotated[str | None, typer.Option(help="The step_id of what this act is about.")] = None,
    step_id: Annotated[str | None, typer.Option(help="The step_id, if the file does not give it.")] = None,
    seen: Annotated[
        list[str] | None, typer.Option(help="The number of a letter that you have read; once for each letter.")
    ] = None,
    at: Annotated[
        datetime | None, typer.Option(formats=MOMENTS, help="When this was first typed, to send the same again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record a step of a transfer; prints its receipt. With --new, print a file for one to be filled in."""
    if new is not None and file is not None:
        raise InputError(f"--new prints a step and takes no file: leave out {file}, or send it without --new")
    if new is not None:
        # At need: whoever sends a step does not wait for what writes one.
        from cli.new_step import show_new_step

        show_new_step(transfer_id, new, as_json=as_json)
        return
    if file is None:
        raise InputError(f"Say which file has the step; or print one: transfers step {transfer_id} --new STEP")
    read = tuple(seen or ())
    typed = Typed(transfer_id, file, number, corrects, step_id, at.astimezone(UTC) if at else now(), of, read)
    try:
        with _whom_to_ring(file):
            _record(typed, as_json=as_json)
    except UnreadError as error:
        if as_json:
            print_json(error.letters.model_dump(mode="json"))
        else:
            out.print(letters_screen(error.letters, of_a_step=True))
        raise InputError(str(error)) from None
    except InputError as error:
        if as_json and error.refusal is not None:
            print_json(error.refusal.model_dump(mode="json"))
        raise


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
    seen: tuple[str, ...] = ()

    def again(self, **more: str) -> str:
        """The command to copy, with some options more."""
        own = {"number": self.number, "corrects": self.corrects, "of": self.of, "step-id": self.step_id}
        options = {**own, **{name.replace("_", "-"): value for name, value in more.items()}}
        said = "".join(f" --{name} {value}" for name, value in options.items() if value is not None)
        read = "".join(f" --seen {number}" for number in self.seen)
        return f"transfers step {self.transfer_id} {quote(str(self.file))}{said}{read}"

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
        said = file.read_text("utf-8", "replace") if file.is_file() else ""
        if not taken and SPEAKS_OF_HARM.search(said):
            typer.echo(f"{RING_ANYHOW} {numbers_to_ring()}", err=True)


def _record(typed: Typed, *, as_json: bool) -> None:
    """Send the step, and print its receipt; until it is sent, nothing has been."""
    shown = _shown(typed.transfer_id)
    found = step_of(typed, shown.journey if shown is not None else _kind_at_work(typed.transfer_id))
    find_transfers()
    with about(typed.file, typed.place):
        refuse_unknown_service(found, directory())
    if shown is not None:
        with about(typed.file, typed.place):
            refuse_several_items(found, shown)
        found = with_item_meant(found, shown)
    again = f"Send it again with: {typed.again(step_id=found.step_id, at=typed.at.isoformat())}"
    with told_if_stopped(f"{NOT_TOLD} Look with: transfers show {typed.transfer_id}. {again}"):
        try:
            receipt = _recorded(typed, found, shown)
        except NotKnownError as error:
            raise NotKnownError(f"{error} {again}") from None
        if as_json:
            print_json(receipt.model_dump(mode="json"))
        else:
            out.print(receipt_screen(typed.transfer_id, receipt))


def _shown(transfer_id: str) -> Status | None:
    """The journey as the register shows it; where nothing is set up, what is wrong with the file is said first."""
    try:
        find_transfers()
    except NotSetUpError:
        return None
    return transfers().status(transfer_id)


def _kind_at_work(transfer_id: str) -> str | None:
    """The kind of a journey that the register does not show, as Temporal has it; None where nobody says it."""
    try:
        find_transfers()
        return asyncio.run(_kind_in_temporal(transfer_id))
    except (NotSetUpError, RPCError, RuntimeError):
        return None


async def _kind_in_temporal(transfer_id: str) -> str | None:
    known = await known_journey(await temporal(), transfer_id)
    return kind_of(known).name if known is not None else None


def _recorded(typed: Typed, found: Step, shown: Status | None) -> Receipt:
    """By the transfer; or in the register, of an item that it alone shows."""
    item = item_meant(found, shown) if isinstance(found, ResolveAttention) and shown is not None else None
    try:
        with about(typed.file, typed.place):
            if isinstance(found, ResolveAttention) and shown is not None and item is not None and item.in_register:
                return answer_in_register(found, item, shown, comparison(), now())
            return asyncio.run(_sent(typed, found))
    except InputError as error:
        raise _with_correction(error, typed) from None
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise _nothing_at_work(typed.transfer_id, shown, found) from None


async def _sent(typed: Typed, found: Step) -> Receipt:
    """Once its letters were read. A step of a case file gets its moment as it is typed, and keeps the first one."""
    handle = await find_journey(await temporal(), typed.transfer_id)
    step = await as_seen(handle, found, typed.seen, replace(typed, seen=()).again())
    try:
        return await send(handle, step)
    except (InputError, RPCError) as error:
        if not _may_be_known(error) or not _moment_is_open(typed):
            raise
        before = (entry.at for entry in (await status(handle)).timeline if entry.step_id == step.step_id)
        return await send(handle, step.model_copy(update={"occurred_at": next(before, step.occurred_at)}))


def _may_be_known(error: InputError | RPCError) -> bool:
    """Something was recorded under its number; or the transfer has ended, perhaps with it."""
    if isinstance(error, RPCError):
        return error.status is RPCStatusCode.NOT_FOUND
    return error.refusal is not None and error.refusal.field == "step_id"


def _moment_is_open(typed: Typed) -> bool:
    """It is a step of a case file that does not say itself when it happened."""
    return typed.number is not None and "occurred_at" not in read_document(typed.file)["steps"][typed.number - 1]


def _nothing_at_work(transfer_id: str, shown: Status | None, step: Step) -> InputError:
    """No workflow takes the step: the transfer has ended, or there never was one."""
    if shown is None:
        return NoSuchTransferError()
    ended, kind = f" ({shown.ended})" if shown.ended else "", JourneyKind(shown.journey)
    return InputError(
        f"This {kind.noun} has ended{ended}: it takes no step any more.{kind.once_ended} Read it with: transfers show "
        f"{transfer_id}",
        *([NOT_HERE] if step.speaks_of_harm else []),
    )


def _with_correction(error: InputError, typed: Typed) -> InputError:
    """Where the step is taken as a correction, the command that sends it so."""
    if error.refusal is None or error.refusal.may_correct is None:
        return error
    command = typed.again(corrects=error.refusal.may_correct)
    return InputError(*error.flaws, f"As a correction: {command}", refusal=error.refusal)


def step_of(typed: Typed, journey: str | None = None) -> Step:
    """The step of a file, or of a case file, for a journey of this kind; where that is not known, as it says."""
    said = {"corrects": typed.corrects, "of": typed.of, "step_id": typed.step_id}
    given = {name: value for name, value in said.items() if value is not None}
    content = read_document(typed.file)
    if not is_case_file(content):
        with about(typed.file):
            meant = kind_named(journey) if journey is not None else kind_with_step(content.get("step"))
            kinds = (meant or kind_named(JourneyKind.STEP_DOWN)).steps
            return read_step({**content, **given}, f"step-{secrets.token_hex(4)}", typed.at, steps=kinds)
    steps = read_case(typed.file, typed.transfer_id, typed.at).steps
    if typed.number is None:
        raise InputError(f"{typed.file}: is a case file: say which of its {len(steps)} steps with --number")
    if not 1 <= typed.number <= len(steps):
        raise InputError(
            f"{typed.file}: has no step {typed.number}: it has {len(steps)} steps, and the first is --number 1"
        )
    # By hand no time is skipped: what a case tells of a later day happens now.
    step = steps[typed.number - 1]
    return step.model_copy(update={"occurred_at": min(step.occurred_at, typed.at), **given})
