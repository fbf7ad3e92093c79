"""The command that shows how the due dates of a transfer came about."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import to_jsonable_python
from rich.console import Group, RenderableType
from rich.text import Text

from adapters.register.clocks import KeptClock
from cli.certificates import Line, certificate_lines, grid
from cli.screens import STATE_STYLES, given_and_recorded
from cli.terminal import AsJson, TransferId, out, print_json
from cli.wiring import clocks, find_transfers, transfers
from client.errors import InputError
from models.calendar import CalendarEndsError
from models.certificate import agrees
from models.clock_words import CLOCK_WORDS
from models.journey.clocks import ClockState
from models.journey.status import Status
from models.kinds import RESPONSES
from models.vocabulary import local_time


def clock(
    transfer_id: TransferId,
    *,
    as_json: AsJson = False,
) -> None:
    """Show every clock of a transfer: how its due date came about, and whether that comes out the same again."""
    find_transfers()
    status = transfers().status(transfer_id)
    if status is None:
        raise InputError(f"transfer {transfer_id}: is not known (`transfers list --all` shows them all)")
    kept = sorted(clocks().clocks(transfer_id), key=lambda clock: clock.certificate.kind not in RESPONSES)
    if as_json:
        print_json([_as_json(clock) for clock in kept])
    else:
        out.print(_clock_screen(status, kept))


def _as_json(kept: KeptClock) -> Any:
    fields = {name: value for name, value in kept._asdict().items() if name != "calendar"}
    return to_jsonable_python({**fields, "agrees": _agrees(kept)})


def _agrees(kept: KeptClock) -> bool:
    try:
        return agrees(kept.certificate, kept.calendar)
    except CalendarEndsError:
        return False


def _clock_screen(status: Status, kept: list[KeptClock]) -> RenderableType:
    """The clocks of those who must answer with their certificates, then the waits of our own people, shorter."""
    known = {clock.clock_id for clock in kept}
    parts: list[RenderableType] = []
    for clock in kept:
        parts += [*clock_lines(clock), Text("")]
    parts += [Text(clock.words) for clock in status.clocks if clock.id not in known]
    return Group(*parts) if parts else Text("Nothing was waited for yet.")


def clock_lines(kept: KeptClock) -> Iterator[RenderableType]:
    """One clock: how it stands, its certificate, and whether that comes out the same again."""
    certificate, state = kept.certificate, ClockState(kept.state)
    name = CLOCK_WORDS[certificate.kind].name
    title = Text(f"{name[0].upper()}{name[1:]} ({kept.clock_id.partition('/')[2]}): ", style="bold")
    yield title + Text(state.words, style=STATE_STYLES.get(state, ""))
    if certificate.kind in RESPONSES:
        yield grid([*certificate_lines(certificate), *_answer(kept)])
    else:
        yield grid([("Since", local_time(certificate.received)), ("Due", local_time(certificate.due))])
    if _agrees(kept):
        yield Text("Calculated again: the same.")
    else:
        yield Text("Calculated again: it does NOT come out the same.", style="bold red")


def _answer(kept: KeptClock) -> Iterator[Line]:
    if kept.answered_at is not None:
        yield "Answered", " ".join(given_and_recorded(kept.answered_at, kept.recorded_at or kept.answered_at))
