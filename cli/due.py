"""The command that calculates when an answer would be due; needs nothing that runs."""

from datetime import datetime, time
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from adapters.england import EnglishCalendar
from cli.certificates import certificate_lines, grid
from cli.terminal import AsJson, out, print_json
from cli.wiring import deployment
from client.checked import checked
from client.errors import InputError
from models.calendar import CalendarEndsError
from models.certificate import Certificate, Count, calculate
from models.kinds import ClockKind
from models.policy import ClockPolicy, Deployment
from models.vocabulary import Moment
from models.wrong_input import first_flaw

MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
MOST_DAYS = 250
"""As many as a policy may set."""


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
    here = deployment()
    usual = here.policy.clocks[ClockKind.CONVERSATION]
    asked = {
        "working_days": usual.working_days if days is None else days,
        "day_of_receipt": usual.day_of_receipt if receipt_is is None else receipt_is,
        "cut_off": usual.cut_off if cut_off is None else _time_of_day(cut_off),
        "ladder": (),
    }
    certificate = _worked_out(received, checked(ClockPolicy, asked), here)
    if as_json:
        print_json(certificate.model_dump(mode="json"))
        return
    typer.echo(certificate.due.isoformat())
    out.print()
    out.print(grid(certificate_lines(certificate)))


def _moment(words: str) -> datetime:
    try:
        return MOMENT.validate_python(float(words) if _is_number(words) else words)
    except ValidationError as error:
        raise InputError(f"moment: {first_flaw(error).rule}") from None


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


def _worked_out(received: datetime, policy: ClockPolicy, here: Deployment) -> Certificate:
    version = here.policy.version
    count = Count(kind=ClockKind.CONVERSATION, received=received, policy_version=version, policy=policy)
    try:
        return calculate(count, EnglishCalendar(here.calendar).current())
    except CalendarEndsError as error:
        raise InputError(f"moment: the due date cannot be calculated: {error}") from None
