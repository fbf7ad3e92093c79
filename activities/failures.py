"""The one place where errors of the outside become Temporal's: a type that workflows decide on, retryable or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from models.attention import PROBLEMS
from models.errors import LastingError, PassingError, StartRefusedError, UnclearError
from models.kinds import NOT_ANSWERING, UNCLEAR

PASSING = "OutsideUnavailable"
"""The type of a failure that may pass by itself; it is retried."""
NEEDS_A_PERSON = "NeedsAttention"
"""The type of a failure that waits for a person; its first detail is the problem's code, its second what is known."""
START_REFUSED = "StartRefused"
"""The type of a failure that ends a transfer before it began; its first detail is the field."""
LONGEST_WAIT = timedelta(minutes=1)
"""However long the other side asks us to wait."""


@contextmanager
def as_failures() -> Iterator[None]:
    """Turn the outside's errors into ``ApplicationError``; any other error stays what it is, and is retried."""
    try:
        yield
    except PassingError as error:
        wait = None if error.retry_after is None else min(error.retry_after, LONGEST_WAIT)
        about = [NOT_ANSWERING, error.known] if error.known else []
        raise ApplicationError(str(error), *about, type=PASSING, next_retry_delay=wait) from None
    except LastingError as error:
        about = [error.problem, error.known] if error.known else [error.problem]
        raise ApplicationError(str(error), *about, type=NEEDS_A_PERSON, non_retryable=True) from None
    except UnclearError as error:
        raise ApplicationError(str(error), UNCLEAR, type=NEEDS_A_PERSON, non_retryable=True) from None
    except StartRefusedError as error:
        raise ApplicationError(str(error), error.field, type=START_REFUSED, non_retryable=True) from None


def problem(error: ActivityError) -> str:
    """The code of the problem that a person has to put right, or to know of: a key of ``PROBLEMS``."""
    if error.retry_state is RetryState.TIMEOUT:
        return NOT_ANSWERING
    code = next(iter(_details(error)), "")
    return code if code in PROBLEMS else "unexpected"


def known(error: ActivityError) -> str:
    """What helps whoever puts it right; empty where nothing more is known."""
    return next(iter(_details(error)[1:]), "")


def _details(error: ActivityError) -> list[str]:
    return [str(detail) for detail in error.cause.details] if isinstance(error.cause, ApplicationError) else []
