"""The ``transfers`` command: its parts, and what it says and returns when something is wrong."""

import os
import sys

import httpx
import typer
from pydantic import ValidationError
from temporalio.service import RPCError, RPCStatusCode

from adapters.logs import set_up_logs
from adapters.settings import settings_problem
from cli import commands, rehearse
from cli.documents import InputError
from cli.stack import StackError
from cli.wiring import NotSetUpError
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
for command in (rehearse.up, rehearse.demo, commands.start, commands.step, commands.show, commands.mail):
    app.command()(command)
app.command("list")(commands.list_all)
app.command("migrate")(commands.migrate_register)


def run() -> int:
    """Run the command; what went wrong is one line on standard error.

    Returns:
        0, or 2 for wrong input, 1 for a failure, 130 when stopped.
    """
    set_up_logs("transfers", level="ERROR")
    try:
        return app(standalone_mode=False) or 0
    except (typer.Abort, KeyboardInterrupt):
        words, code = "Stopped.", STOPPED
    except (InputError, ValidationError, RPCError) as error:
        words, code = _words(error)
    except (StackError, NotSetUpError, OutsideError) as error:
        words, code = str(error), FAILED
    except (httpx.HTTPError, RuntimeError) as error:
        words, code = f"Something that the command needs does not answer ({type(error).__name__}).", FAILED
    typer.echo(words, err=True)
    return code


def _words(error: InputError | ValidationError | RPCError) -> tuple[str, int]:
    if isinstance(error, ValidationError):
        return settings_problem(error), WRONG_INPUT
    if isinstance(error, RPCError):
        unknown = error.status == RPCStatusCode.NOT_FOUND
        return ("This transfer is not open.", WRONG_INPUT) if unknown else ("Temporal does not answer.", FAILED)
    return str(error), WRONG_INPUT


def main() -> None:
    """Run the command and end the process at once."""
    code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    # The SDK's native threads now and then crash an interpreter that shuts down in the ordinary way.
    os._exit(code)
