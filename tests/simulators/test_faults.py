"""Faults without a server: which calls they strike, and what they say about it afterwards."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simulators.faults import Faults, When
from simulators.mosaic.staging import MosaicBlow, MosaicFault, MosaicScript

LOCKED = {"when": "before", "action": "error", "error": "locked"}
DROP = {"when": "after", "action": "drop"}


def fault(**changes: Any) -> MosaicFault:
    return MosaicFault.model_validate({"operation": "read", **LOCKED, **changes})


def script(*calls: dict[str, Any] | None, target: str | None = None) -> MosaicScript:
    return MosaicScript.model_validate({"operation": "read", "target": target, "calls": calls})


def planned(*plans: MosaicFault | MosaicScript) -> Faults[MosaicBlow]:
    faults: Faults[MosaicBlow] = Faults()
    for plan in plans:
        faults.plan(plan)
    return faults


def struck(faults: Faults[MosaicBlow], calls: int, about: str = "one") -> list[int]:
    """Which of so many calls were struck."""
    return [call for call in range(calls) if faults.take("read", about).at(*When)]


def counted(faults: Faults[MosaicBlow]) -> int:
    return sum(each.struck for each in faults.tally().struck)


@given(st.lists(st.sampled_from([None, LOCKED, DROP]), min_size=1))
def test_a_script_makes_exactly_the_calls_suffer_that_it_names_and_is_gone(calls: list[dict[str, Any] | None]) -> None:
    faults = planned(script(*calls))
    blows = [faults.take("read", "one").at(*When) for _ in range(len(calls) + 3)]
    met = [blow and blow.model_dump(mode="json", include={"when", "action"}) for blow in blows]
    meant = [call and {"when": call["when"], "action": call["action"]} for call in calls]
    assert met == [*meant, None, None, None]
    assert faults.tally().planned == 0
    assert counted(faults) == len(calls) - calls.count(None)


@given(st.lists(st.sampled_from(["one", "other"])))
def test_a_script_about_one_target_passes_over_calls_about_others(order: list[str]) -> None:
    faults = planned(script(None, LOCKED, None, LOCKED, target="one"))
    met = [(about, faults.take("read", about).at(*When) is not None) for about in order]
    assert not any(suffered for about, suffered in met if about == "other")
    ours = [suffered for about, suffered in met if about == "one"]
    assert ours[:4] == [False, True, False, True][: len(ours)]


def test_scripts_for_the_same_calls_follow_each_other() -> None:
    assert struck(planned(script(LOCKED, None), script(None, LOCKED)), 5) == [0, 3]


def test_a_script_decides_about_its_calls_whatever_faults_are_planned() -> None:
    faults = planned(fault(times=2), script(None, DROP), fault(rate=1, skip=3))
    assert struck(faults, 6) == [1, 2, 3, 4]


@given(skip=st.integers(0, 20), times=st.integers(1, 20))
def test_a_fault_lets_so_many_calls_pass_and_strikes_so_many_after_them(skip: int, times: int) -> None:
    faults = planned(fault(skip=skip, times=times))
    assert struck(faults, 50) == list(range(skip, skip + times))
    assert faults.tally().planned == 0


def test_what_passes_counts_calls_that_an_older_fault_strikes_too() -> None:
    assert struck(planned(fault(), fault(skip=1)), 4) == [0, 1]


@pytest.mark.parametrize("target", ["one", None])
def test_a_fault_strikes_only_calls_about_its_target(target: str | None) -> None:
    faults = planned(fault(target=target, times=3))
    assert struck(faults, 3, about="other") == ([] if target else [0, 1, 2])
    assert struck(faults, 3, about="one") == ([0, 1, 2] if target else [])


@given(seed=st.integers(), rate=st.floats(0.01, 1))
def test_a_rate_strikes_the_same_calls_with_the_same_seed(seed: int, rate: float) -> None:
    first, second = (struck(planned(fault(rate=rate, seed=seed, times=1000)), 100) for _ in range(2))
    assert first == second


def test_a_rate_strikes_its_share_of_the_calls_and_another_seed_others() -> None:
    one, other = (struck(planned(fault(rate=0.25, seed=seed, times=2000)), 2000) for seed in (1, 2))
    assert 400 < len(one) < 600
    assert one != other


def test_a_rate_strikes_no_more_often_than_it_may() -> None:
    faults = planned(fault(rate=0.5, times=3))
    assert len(struck(faults, 200)) == 3
    assert faults.tally().planned == 0


def test_rates_for_the_same_calls_strike_side_by_side() -> None:
    faults = planned(fault(rate=0.5, seed=1, times=1000), fault(rate=0.5, seed=2, times=1000, **DROP, error=None))
    struck(faults, 400)
    both = faults.tally().struck
    assert [each.action for each in both] == ["error", "drop"]
    assert all(each.struck > 50 for each in both)


@pytest.mark.parametrize("changes", [{"rate": 0}, {"rate": 1.1}, {"skip": -1}, {"times": 0}, {"chance": 0.5}])
def test_a_fault_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        fault(**changes)


def test_a_script_says_nothing_about_chance() -> None:
    with pytest.raises(ValidationError):
        script({**LOCKED, "times": 2})


def test_a_fault_counts_only_where_it_really_struck() -> None:
    faults = planned(fault(**DROP, error=None))
    fate = faults.take("read", "one")
    assert fate.at(When.BEFORE) is None
    assert counted(faults) == 0
    assert fate.at(When.AFTER) is not None
    assert [each.model_dump(mode="json") for each in faults.tally().struck] == [
        {"operation": "read", "when": "after", "action": "drop", "error": None, "struck": 1}
    ]


@pytest.mark.parametrize(("counts", "left"), [(False, 1), (True, 0)])
def test_counts_outlive_the_plans_until_they_are_forgotten_too(counts: bool, left: int) -> None:
    faults = planned(fault(times=5))
    struck(faults, 1)
    faults.clear(counts=counts)
    assert (faults.tally().planned, counted(faults)) == (0, left)
    assert struck(faults, 3) == []


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Threads that take turns so often that they meet in the middle of almost every line."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless_threads")
def test_many_threads_lose_no_strike_and_none_too_many() -> None:
    single = [fault(**DROP, error=None) for _ in range(100)]
    faults = planned(*single, fault(rate=0.3, times=100_000))
    with ThreadPoolExecutor(8) as pool:
        met = sum(map(len, pool.map(lambda _: struck(faults, 1000), range(8))))
    assert met == counted(faults)
    assert [each.struck for each in faults.tally().struck if each.action == "drop"] == [100]
