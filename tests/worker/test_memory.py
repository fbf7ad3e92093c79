"""What holds every thread of the worker up happens rarely."""

import gc
from collections.abc import Iterator
from math import prod

import pytest

from worker.memory import look_for_garbage_rarely


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_all_that_is_remembered_is_looked_through_more_rarely_than_python_does_by_itself() -> None:
    usual = gc.get_threshold()
    look_for_garbage_rarely()
    assert prod(gc.get_threshold()) > 10 * prod(usual)


def test_garbage_is_still_looked_for() -> None:
    look_for_garbage_rarely()
    assert gc.isenabled()
    assert all(0 < threshold <= 10_000 for threshold in gc.get_threshold())
