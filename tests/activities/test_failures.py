from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.failures import NEEDS_A_PERSON, PASSING, START_REFUSED, as_failures
from models.errors import LastingError, NothingHappenedError, PassingError, StartRefusedError, UnclearError


@pytest.mark.parametrize(
    ("error", "kind", "details", "retried"),
    [
        (PassingError("no answer"), PASSING, (), True),
        (NothingHappenedError("not reached"), PASSING, (), True),
        (LastingError("locked", "the step is locked"), NEEDS_A_PERSON, ("locked",), False),
        (LastingError("locked", "locked", "It is WS-1."), NEEDS_A_PERSON, ("locked", "It is WS-1."), False),
        (UnclearError("no answer after the text"), NEEDS_A_PERSON, ("unclear",), False),
        (StartRefusedError("service_ref", "unknown"), START_REFUSED, ("service_ref",), False),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Exception) else None,
)
def test_an_error_of_the_outside_becomes_a_type_that_workflows_decide_on(
    error: Exception, kind: str, details: tuple[str, ...], retried: bool
) -> None:
    with pytest.raises(ApplicationError) as failure, as_failures():
        raise error
    assert (failure.value.type, tuple(failure.value.details)) == (kind, details)
    assert failure.value.non_retryable is not retried
    assert failure.value.message == str(error)


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (None, None),
        (timedelta(seconds=7), timedelta(seconds=7)),
        (timedelta(minutes=1), timedelta(minutes=1)),
        (timedelta(hours=3), timedelta(minutes=1)),
    ],
    ids=str,
)
def test_the_next_try_waits_as_long_as_the_other_side_asks_and_a_minute_at_most(
    asked: timedelta | None, waited: timedelta | None
) -> None:
    with pytest.raises(ApplicationError) as failure, as_failures():
        raise PassingError("too many requests", asked)
    assert failure.value.next_retry_delay == waited


def test_an_error_that_nobody_foresaw_stays_what_it_is_and_is_retried() -> None:
    with pytest.raises(KeyError), as_failures():
        raise KeyError


def test_the_types_are_names_that_outlive_the_code() -> None:
    assert (PASSING, NEEDS_A_PERSON, START_REFUSED) == ("OutsideUnavailable", "NeedsAttention", "StartRefused")
