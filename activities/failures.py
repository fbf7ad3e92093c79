"""The one place where errors of the outside become Temporal's: a type that workflows decide on, retryable or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from models.attention import NOT_ANSWERING, PROBLEMS
from models.errors import LastingError, PassingError, StartRefusedError, UnclearError

PASSING = "OutsideUnavailable"
"""The type of a failure that may pass by itself; it is retried."""
NEEDS_A_PERSON = "NeedsAttention"
"""The type of a failure that waits for a person; its one detail is the problem's code."""
START_REFUSED = "StartRefused"
"""The type of a failure that ends a transfer before it began."""
LONGEST_WAIT = timedelta(minutes=1)
"""However long the other side asks us to wait."""


@contextmanager
def as_failures() -> Iterator[None]:
    """Turn the outside's errors into ``ApplicationError``; any other error stays what it is, and is retried."""
    try:
        yield
    except PassingError as error:
        wait = None if error.retry_after is None else min(error.retry_after, LONGEST_WAIT)
        raise ApplicationError(str(error), type=PASSING, next_retry_delay=wait) from None
    except LastingError as error:
        raise ApplicationError(str(error), error.problem, type=NEEDS_A_PERSON, non_retryable=True) from None
    except UnclearError as error:
        raise ApplicationError(str(error), "unclear", type=NEEDS_A_PERSON, non_retryable=True) from None
    except StartRefusedError as error:
        raise ApplicationError(str(error), type=START_REFUSED, non_retryable=True) from None


def problem(error: ActivityError) -> str:
    """The code of the problem that a person has to put right, or to know of: a key of ``PROBLEMS``."""
    if error.retry_state is RetryState.TIMEOUT:
        return NOT_ANSWERING
    cause = error.cause
    code = str(cause.details[0]) if isinstance(cause, ApplicationError) and cause.details else ""
    return code if code in PROBLEMS else "unexpected"
