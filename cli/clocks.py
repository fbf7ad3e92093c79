"""The commands about time: when an answer would be due, and how the due dates of a transfer came about."""

from collections.abc import Iterator
from datetime import datetime, time
from itertools import pairwise
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from adapters.england import EnglishCalendar
from adapters.policy_file import PolicySettings, read_deployment
from adapters.register.clocks import KeptClock
from cli.documents import checked
from cli.screens import STATE_STYLES, AsJson, given_and_recorded, out, print_json
from cli.wiring import clocks, find_transfers, transfers
from client.errors import InputError
from models.calendar import CalendarEndsError
from models.certificate import Certificate, Count, Counted, agrees, calculate
from models.clock_words import CLOCK_WORDS
from models.journey.clocks import ClockState
from models.journey.status import Status
from models.kinds import RESPONSES, ClockKind
from models.policy import ClockPolicy, Deployment
from models.vocabulary import Moment, local_time
from models.wrong_input import first_problem

MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
MOST_DAYS = 250
"""As many as a policy may set."""

Line = tuple[str, str]
"""What is said of a certificate: a name, and its words."""


def due(
    moment: Annotated[str, typer.Argument(help="When it comes, such as 2026-04-02T10:00; London time.")],
    *,
    days: Annotated[int | None, typer.Option(min=0, max=MOST_DAYS, help="The day of the count on which it is due.")] = (
        None
    ),
    receipt_is: Annotated[int | None, typer.Option(min=0, max=1, help="The day of receipt is day 0, or day 1.")] = None,
    cut_off: Annotated[
        str | None, typer.Option(metavar="HH:MM", help="What comes later in the day counts for the next working day.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Calculate when an answer is due: the instant in the first line, below it how it comes about.

    What is not said is as the policy has it for the request for a conversation. Needs nothing that runs.
    """
    received = _moment(moment)
    deployment = read_deployment(PolicySettings())
    usual = deployment.policy.clocks[ClockKind.CONVERSATION]
    asked = {
        "working_days": usual.working_days if days is None else days,
        "day_of_receipt": usual.day_of_receipt if receipt_is is None else receipt_is,
        "cut_off": usual.cut_off if cut_off is None else _time_of_day(cut_off),
        "ladder": (),
    }
    certificate = _worked_out(received, checked(ClockPolicy, asked, "due"), deployment)
    if as_json:
        print_json(certificate.model_dump(mode="json"))
        return
    typer.echo(certificate.due.isoformat())
    out.print()
    out.print(_grid(_lines(certificate)))


def _moment(words: str) -> datetime:
    try:
        return MOMENT.validate_python(float(words) if _is_number(words) else words)
    except ValidationError as error:
        raise InputError(f"moment: {first_problem(error)}") from None


def _time_of_day(words: str) -> time:
    try:
        return datetime.strptime(words, "%H:%M").time()  # noqa: DTZ007 (a time of day has no offset)
    except ValueError:
        raise InputError("cut-off: is not a time of day, such as 16:00") from None


def _is_number(words: str) -> bool:
    """Whether it would be read as seconds since 1970, which nobody means."""
    try:
        float(words)
    except ValueError:
        return False
    return True


def _worked_out(received: datetime, policy: ClockPolicy, deployment: Deployment) -> Certificate:
    version = deployment.policy.version
    count = Count(kind=ClockKind.CONVERSATION, received=received, policy_version=version, policy=policy)
    try:
        return calculate(count, EnglishCalendar(deployment.calendar).current())
    except CalendarEndsError as error:
        raise InputError(f"moment: the due date cannot be calculated: {error}") from None


def clock(
    transfer_id: Annotated[str, typer.Argument(help="The id of the transfer, as `transfers start` printed it.")],
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
        yield _grid([*_lines(certificate), *_answer(kept)])
    else:
        yield _grid([("Since", local_time(certificate.received)), ("Due", local_time(certificate.due))])
    if _agrees(kept):
        yield Text("Calculated again: the same.")
    else:
        yield Text("Calculated again: it does NOT come out the same.", style="bold red")


def _grid(lines: list[Line]) -> Table:
    table = Table.grid(padding=(0, 2))
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def _lines(certificate: Certificate) -> list[Line]:
    """The certificate in plain words."""
    return [
        ("Received", local_time(certificate.received)),
        ("Counts from", local_time(certificate.counts_from)),
        *(_day(counted) for counted in certificate.days),
        *(("Paused", words) for words in _pauses(certificate)),
        *(("Calculated again", words) for words in _recalculations(certificate)),
        ("Due", local_time(certificate.due)),
        ("Policy", certificate.policy_version),
        ("Calendar", certificate.calendar),
    ]


def _day(counted: Counted) -> Line:
    name = f"{counted.day:%A} {counted.day.day} {counted.day:%B %Y}"
    return name, f"does not count: {counted.why_not}" if counted.number is None else f"day {counted.number}"


def _pauses(certificate: Certificate) -> Iterator[str]:
    for pause in certificate.pauses:
        times = f"{local_time(pause.since)} to {local_time(pause.until)}"
        yield f"{times}: {pause.reason.words} (by {pause.by})"


def _recalculations(certificate: Certificate) -> Iterator[str]:
    """Each with the due date before and after it; the last one led to the due date that holds."""
    dues = [*(again.due_before for again in certificate.recalculations), certificate.due]
    for again, (before, after) in zip(certificate.recalculations, pairwise(dues), strict=True):
        yield f"{local_time(again.at)}: {_maybe(before)} → {_maybe(after)} (by {again.by})"


def _maybe(moment: datetime | None) -> str:
    return local_time(moment) if moment else "not calculated"


def _answer(kept: KeptClock) -> Iterator[Line]:
    if kept.answered_at is not None:
        yield "Answered", " ".join(given_and_recorded(kept.answered_at, kept.recorded_at or kept.answered_at))
