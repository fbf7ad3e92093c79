"""What went wrong with a command, in one line, and the exit code.

Errors of libraries are known by name: what a command did not need is not imported to say what went wrong.
"""

import re
from typing import Any

from client.errors import NO_SUCH_TRANSFER, InputError, NotKnownError
from models.errors import OutsideError

WRONG_INPUT = 2
FAILED = 1

OF_PYDANTIC = "pydantic_core._pydantic_core.ValidationError"
OF_TEMPORAL = "temporalio.service.RPCError"
OF_THE_REGISTER = "sqlalchemy.exc.SQLAlchemyError"
OURS = frozenset(
    {"cli.rehearsal.stack.StackError", "cli.wiring.NotSetUpError", "adapters.register.store.UnreadableError"}
)
"""Errors whose own text is what a person reads."""


def words_and_code(error: Any) -> tuple[str, int]:  # noqa: PLR0911 (a row for each kind of error)
    """What went wrong in one line, and the exit code."""
    wrong_usage = getattr(error, "format_message", None)
    if wrong_usage is not None:
        return plain_usage(str(wrong_usage())), WRONG_INPUT
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    match error:
        case _ if OF_PYDANTIC in kinds:
            return _settings_problem(error), WRONG_INPUT
        case InputError() | ValueError():
            return str(error), WRONG_INPUT
        case _ if OURS & kinds or isinstance(error, NotKnownError | OutsideError):
            return str(error), FAILED
        case _ if OF_TEMPORAL in kinds and error.status.name == "NOT_FOUND":
            return NO_SUCH_TRANSFER, WRONG_INPUT
        case _ if OF_TEMPORAL in kinds or isinstance(error, RuntimeError):
            return "Temporal does not answer.", FAILED
        case _ if OF_THE_REGISTER in kinds:
            return _register_problem(error), FAILED
        case OSError():
            return f"{error.filename or 'A file'}: {error.strerror}", FAILED
        case _:
            return f"Something that the command needs does not work ({type(error).__name__}).", FAILED


def _register_problem(error: Any) -> str:
    from adapters.register.server import NO_TABLES, WHY

    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlstate", None) or ""
    if code in WHY:
        return f"The register did not do it: {WHY[code]}. Try again later."
    if code in NO_TABLES or "no such " in str(cause):
        return "The register lacks a table or a column; `transfers migrate` makes them."
    return "The register does not answer."


OPTION_RULES = (
    (r"Input should be a valid integer.*", "is not a whole number"),
    (r"Input should be greater than or equal to (.+)", r"is at least \1"),
    (r"Input should be less than or equal to (.+)", r"is at most \1"),
    (r"Value error, .* does not match the formats '%Y-%m-%d'\.", "is not a date, such as 2026-04-02"),
    (r"Value error, .* does not match the formats .*", "is not a moment, as the command to copy has it"),
    (r"Value error, '.*' is (not one of .*)\.", r"is \1"),
)
"""What is said for programmers of the value of an option, as people say it."""


def plain_usage(said: str) -> str:
    """What is wrong with the command as it was typed, without a word for programmers."""
    wrong_value = re.fullmatch(r"Invalid value for '(?P<option>[^']+)': (?P<rule>.+)", said, re.DOTALL)
    if wrong_value is None:
        return said
    for rule, plain in OPTION_RULES:
        if (found := re.fullmatch(rule, wrong_value["rule"], re.DOTALL)) is not None:
            return f"{wrong_value['option']}: {found.expand(plain)}"
    return said


def _settings_problem(error: Any) -> str:
    from adapters.settings import settings_problem

    return settings_problem(error)
