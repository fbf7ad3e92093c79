"""Limits of waits grow with the time that this machine takes, and none is fixed."""

import re
import time
from pathlib import Path

import pytest

from tests.pace import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    REFERENCE_SECONDS,
    eventually,
    is_over,
    longer,
    measured,
    patient,
    slowness,
    until,
)

TESTS = Path(__file__).parent
FIXED = re.compile(
    r"(?<!mark\.)(?<!set)\btimeout\(\d|\btimeout=\d|\b(?:wait|join|communicate)\(\d|wait_for\(.*, \d|\bsleep\(.*[^0)]\)"
)
POLLS = re.compile(r"httpx\.get\(")
"""One look of many that a wait takes may be given up soon."""


@pytest.mark.parametrize(("times", "said"), [(0.5, 1.0), (1.0, 1.0), (3.0, 3.0), (99.0, 10.0)])
def test_a_machine_is_as_slow_as_it_is_but_never_quicker_than_the_reference_nor_slow_beyond_belief(
    times: float, said: float
) -> None:
    moments = iter((7.0, 7.0 + times * REFERENCE_SECONDS))
    assert measured(lambda: next(moments), rounds=10) == pytest.approx(said)


def test_a_limit_is_stretched_by_what_this_machine_takes() -> None:
    assert slowness() >= 1
    assert patient(3) == pytest.approx(3 * slowness())


@pytest.mark.timeout(100)
def test_the_limit_of_a_test_is_stretched_too(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("timeout").args[0] == pytest.approx(patient(100))


async def test_a_wait_ends_with_what_it_waits_for_or_with_its_limit() -> None:
    looks = iter(("", "", "there"))
    assert until(lambda: next(looks)) == "there"

    async def never() -> bool:
        return False

    with pytest.raises(AssertionError, match="did not happen in time"):
        until(lambda: False, seconds=0)
    with pytest.raises(AssertionError, match="did not happen in time"):
        await eventually(never, seconds=0)


def test_who_waits_long_looks_more_seldom_but_never_stops_looking_and_never_more_often_than_was_asked() -> None:
    pauses = [FIRST_PAUSE]
    for _ in range(20):
        pauses.append(longer(pauses[-1]))
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert longer(2 * LONGEST_PAUSE) == 2 * LONGEST_PAUSE


def test_no_test_waits_or_gives_up_after_a_fixed_time() -> None:
    found = [
        f"{path.relative_to(TESTS)}:{number}"
        for path in TESTS.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FIXED.search(line) and not POLLS.search(line) and path.name != "pace.py"
    ]
    assert found == []


def test_a_machine_that_has_become_slower_is_waited_for_longer() -> None:
    begun = time.monotonic() - patient(30)
    assert is_over(begun, 20, slow_now=lambda: 1.0)
    assert not is_over(begun, 20, slow_now=lambda: slowness() * 2)
