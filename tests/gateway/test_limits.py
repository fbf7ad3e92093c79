"""How much one caller may ask; nobody is kept from reporting harm by it."""

from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from gateway.limits import (
    LONGEST_DELAY,
    MOST_KEPT,
    MOST_WAITING,
    MOST_WAITING_EACH,
    STRANGERS_BURST,
    WIDER,
    Buckets,
    Limits,
)
from gateway.problems import Code, ProblemError
from tests.gateway.quiet import FORGED, RING, asking, quiet_app, signed

FEW = 3
NEVER = 0.000_001
"""A second: no bucket fills up again while a test runs."""
HARM = {"children": [{"ref": "child-1"}], "concern": "A bruise.", "occurred_at": "2026-04-02T10:00:00+01:00"}


def narrow() -> Limits:
    return Limits(per_second=NEVER, burst=FEW)


class Clock:
    """Goes as a test says."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_bucket_fills_up_again_and_holds_no_more_than_it_can() -> None:
    clock = Clock()
    bucket = Buckets(2, 4, clock)
    assert [bucket.take("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    clock.at = 0.5
    assert [bucket.take("a"), bucket.take("a")] == [0, 0.5]
    clock.at = 1000
    assert [bucket.take("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]


def test_of_whoever_has_not_asked_for_long_nothing_is_kept() -> None:
    bucket = Buckets(NEVER, 1)
    for number in range(MOST_KEPT + 5):
        bucket.take(f"caller-{number}")
    assert len(bucket) == MOST_KEPT
    assert bucket.take("caller-0") == 0
    assert bucket.take(f"caller-{MOST_KEPT}") > 0


async def answers(http: httpx.AsyncClient, number: int, who: str = "sw-17") -> list[int]:
    return [(await http.get("/v1/services", headers=signed(who))).status_code for _ in range(number)]


async def test_whoever_asks_too_often_is_told_when_to_ask_again_and_nobody_else_is() -> None:
    async with asking(quiet_app(narrow())) as http:
        assert await answers(http, FEW + 1) == [200] * FEW + [429]
        refused = await http.get("/v1/services", headers=signed())
        assert refused.headers["retry-after"] == "1"
        assert refused.json()["code"] == Code.TOO_OFTEN
        assert await answers(http, 1, "sw-18") == [200]


REPORTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a report of harm": ("/v1/transfers/t-1/steps/report_significant_harm", HARM),
    "a referral": ("/v1/step-ups", {}),
    "what comes later in a referral": ("/v1/step-ups/t-1/steps/record_contact", {}),
    "a start that says harm": ("/v1/help-requests", {"harm": {"children": []}}),
    "a step that says harm": ("/v1/help-requests/t-1/steps/read_for_harm", {"found": "reported"}),
}


@pytest.mark.parametrize("name", REPORTS)
async def test_harm_is_never_refused_for_how_often_somebody_asks(name: str) -> None:
    path, body = REPORTS[name]
    async with asking(quiet_app(narrow())) as http:
        assert (await answers(http, FEW + 1))[-1] == 429
        key = {"idempotency-key": "k-1"}
        for _ in range(5):
            answer = await http.post(path, json=body, headers={**signed(), **key})
            assert answer.status_code != 429
        other = await http.post("/v1/transfers", json={}, headers={**signed(), **key})
        assert other.status_code == 429


async def test_a_flood_of_reports_waits_a_moment_and_no_longer() -> None:
    limits = Limits(per_second=NEVER, burst=FEW)
    for _ in range(FEW * WIDER):
        await limits.hold_up("sw-17")
    assert limits.harm.take("sw-17") > LONGEST_DELAY
    await limits.hold_up("sw-17")


async def test_an_address_from_which_nobody_signs_in_is_refused_and_who_signs_in_there_is_not() -> None:
    async with asking(quiet_app()) as http:
        for token in (None, FORGED):
            headers = signed(token) if token else {}
            known = [(await http.get("/v1/services", headers=headers)).status_code for _ in range(int(STRANGERS_BURST))]
            assert set(known) <= {401, 429}
        assert (await http.get("/v1/services")).status_code == 429
        assert await answers(http, 1) == [200]


async def test_a_report_of_harm_without_a_token_reads_whom_to_ring_however_often_it_is_sent() -> None:
    async with asking(quiet_app()) as http:
        for _ in range(int(STRANGERS_BURST) + 5):
            answer = await http.post("/v1/transfers/t-1/steps/report_significant_harm", json=HARM)
            assert answer.status_code == 401
            assert RING in answer.json()["ring"]


def test_one_caller_waits_in_few_places_and_all_callers_in_many() -> None:
    limits = Limits()
    with ExitStack() as waiting:
        for number in range(MOST_WAITING):
            waiting.enter_context(limits.waits(f"sw-{number // MOST_WAITING_EACH}"))
        with pytest.raises(ProblemError) as one_more, limits.waits("sw-0"):
            pass
        assert one_more.value.code is Code.TOO_OFTEN
        with pytest.raises(ProblemError) as too_many, limits.waits("sw-999"):
            pass
        assert too_many.value.code is Code.BUSY
        assert limits.waiting == MOST_WAITING
    assert limits.waiting == 0
