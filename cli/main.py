"""The ``transfers`` command: its parts, and what it says and returns when something is wrong."""

import os
import sys

import typer
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError, RPCStatusCode

from adapters.logs import set_up_logs
from adapters.register.store import UnreadableError
from adapters.settings import settings_problem
from cli import clocks, commands, listing, mail, people, reconciling, rehearse, report, services, views
from cli.rehearsal.stack import StackError
from cli.wiring import NotSetUpError
from client.errors import InputError, NotKnownError
from models.errors import OutsideError

WRONG_INPUT = 2
FAILED = 1
STOPPED = 130

app = typer.Typer(
    help="Transfers of children and families between Children's Social Work Services and Early Help.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (rehearse.up, rehearse.demo, commands.start, commands.step, commands.show, mail.mail):
    app.command()(command)
app.add_typer(services.app, name="services")
app.add_typer(people.app, name="people")
app.command()(clocks.clock)
app.command()(clocks.due)
app.command()(reconciling.reconcile)
app.command()(views.views)
app.command()(report.report)
app.command("list")(listing.list_some)
app.command("migrate")(commands.migrate_register)


def run() -> int:
    """Run the command; what went wrong is one line on standard error.

    Returns:
        0, or 2 for wrong input, 1 for a failure, 130 when stopped.
    """
    set_up_logs("transfers", level="ERROR")
    try:
        code = app(standalone_mode=False) or 0
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED
    except Exception as error:  # noqa: BLE001 (whatever it was, a person gets one line and an exit code)
        words, code = _words(error)
        typer.echo(words, err=True)
    if code == STOPPED:
        typer.echo("Stopped.", err=True)
    return code


def _words(error: Exception) -> tuple[str, int]:  # noqa: PLR0911 (a row for each kind of error)
    """What went wrong in one line, and the exit code."""
    wrong_usage = getattr(error, "format_message", None)
    if wrong_usage is not None:
        return str(wrong_usage()), WRONG_INPUT
    match error:
        case ValidationError():
            return settings_problem(error), WRONG_INPUT
        case InputError() | ValueError():
            return str(error), WRONG_INPUT
        case StackError() | NotSetUpError() | NotKnownError() | OutsideError() | UnreadableError():
            return str(error), FAILED
        case RPCError() if error.status == RPCStatusCode.NOT_FOUND:
            return "No transfer of this id is at work; `transfers list --all` shows them all.", WRONG_INPUT
        case RPCError() | RuntimeError():
            return "Temporal does not answer.", FAILED
        case SQLAlchemyError():
            return "The register cannot be read or written; `transfers migrate` makes its tables.", FAILED
        case OSError():
            return f"{error.filename or 'A file'}: {error.strerror}", FAILED
        case _:
            return f"Something that the command needs does not work ({type(error).__name__}).", FAILED


def main() -> None:
    """Run the command and end the process at once."""
    code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    # The SDK's native threads now and then crash an interpreter that shuts down in the ordinary way.
    os._exit(code)
