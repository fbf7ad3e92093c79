"""What went wrong with a command, in one line, and the exit code."""

from pydantic import ValidationError

from adapters.settings import settings_problem
from client.errors import InputError, NotKnownError
from models.errors import OutsideError

WRONG_INPUT = 2
FAILED = 1

SAID = frozenset(
    {"cli.rehearsal.stack.StackError", "cli.wiring.NotSetUpError", "adapters.register.store.UnreadableError"}
)
"""Errors whose own text is what a person reads."""
TEMPORAL, NOT_FOUND = "temporalio.service.RPCError", "NOT_FOUND"
REGISTER = "sqlalchemy.exc.SQLAlchemyError"
"""Known by name: what a command did not need is not imported to say what went wrong."""


def words_and_code(error: Exception) -> tuple[str, int]:  # noqa: PLR0911 (a row for each kind of error)
    """What went wrong in one line, and the exit code."""
    wrong_usage = getattr(error, "format_message", None)
    if wrong_usage is not None:
        return str(wrong_usage()), WRONG_INPUT
    match error:
        case ValidationError():
            return settings_problem(error), WRONG_INPUT
        case InputError() | ValueError():
            return str(error), WRONG_INPUT
        case NotKnownError() | OutsideError():
            return str(error), FAILED
        case _ if SAID & _kinds(error):
            return str(error), FAILED
        case _ if TEMPORAL in _kinds(error) and getattr(getattr(error, "status", None), "name", None) == NOT_FOUND:
            return "No transfer of this id is at work; `transfers list` shows them all.", WRONG_INPUT
        case _ if {TEMPORAL, "builtins.RuntimeError"} & _kinds(error):
            return "Temporal does not answer.", FAILED
        case _ if REGISTER in _kinds(error):
            return "The register cannot be read or written; `transfers migrate` makes its tables.", FAILED
        case OSError():
            return f"{error.filename or 'A file'}: {error.strerror}", FAILED
        case _:
            return f"Something that the command needs does not work ({type(error).__name__}).", FAILED


def _kinds(error: Exception) -> set[str]:
    """What it is an instance of, by name."""
    return {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
