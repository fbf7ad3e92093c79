"""What happened, told over HTTP: nothing is missed, and nobody waits longer, or reads more, than they are to."""

import asyncio
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.oidc import NotSignedInError
from gateway.__main__ import Server
from gateway.problems import ProblemError
from gateway.timeline import LONGEST_CURSOR, MOST_ENTRIES, Told
from gateway.watching import Watch
from models.access import Caller
from tests import builders
from tests.gateway.house import GatewayHouse, Http
from tests.gateway.test_once import begun, people_of, served
from tests.pace import eventually

LONG = 25.0
"""Seconds for which something is waited for that does not take as long."""

ENTRIES = st.lists(st.integers(0, 30).map(lambda number: {"what": f"number {number}"}), max_size=60)


@given(st.lists(ENTRIES, min_size=1, max_size=6), st.integers(1, 7))
def test_whoever_asks_after_each_change_has_the_whole_timeline_however_it_changed(
    stood: list[list[dict[str, Any]]], most: int
) -> None:
    mine: list[dict[str, Any]] = []
    cursor = ""
    for entries in stood:
        now = Told("t-1", entries)
        while not now.is_all(cursor):
            known = now.known(cursor)
            page = entries[known : known + most]
            mine, cursor = [*mine[:known], *page], now.cursor(known + len(page))
            if not entries:
                break
        assert mine == entries


@given(ENTRIES, ENTRIES, st.integers(0, 60))
def test_what_is_told_again_is_no_more_than_twice_as_far_back_as_what_changed(
    before: list[dict[str, Any]], new: list[dict[str, Any]], place: int
) -> None:
    place = min(place, len(before))
    after = [*before[:place], *new]
    known = Told("t-1", after).known(Told("t-1", before).cursor(len(before)))
    assert before[:known] == after[:known]
    assert len(before) - known <= max(1, 2 * (len(before) - place))


@pytest.mark.parametrize("cursor", ["nonsense", "AAAA", "8", "AAAA\n", "=", "A" * LONGEST_CURSOR])
def test_what_is_no_cursor_of_this_journey_is_said(cursor: str) -> None:
    with pytest.raises(ProblemError):
        Told("t-1", []).known(cursor)


def test_a_cursor_of_another_journey_is_none_of_this_one_and_the_longest_is_taken() -> None:
    entries = [{"what": "it was started"}]
    with pytest.raises(ProblemError):
        Told("t-2", entries).known(Told("t-1", entries).cursor(1))
    many = Told("t-1", [{"what": str(number)} for number in range(4 * MOST_ENTRIES)])
    cursor = many.cursor(4 * MOST_ENTRIES)
    assert many.is_all(cursor)
    assert len(cursor) < LONGEST_CURSOR


async def polled(http: Http, journey_id: str, cursor: str = "", **asked: Any) -> dict[str, Any]:
    answer = await http.get(f"/v1/transfers/{journey_id}/timeline", params={"after": cursor, **asked})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_something_new_is_told_to_whoever_waits_as_soon_as_it_is_shown(house: GatewayHouse, http: Http) -> None:
    journey_id = await begun(house, http)
    await settled(house, journey_id)
    first = await polled(http, journey_id)
    waiting = asyncio.create_task(polled(http, journey_id, first["next"], wait=LONG))
    await eventually(lambda: _waits(house))
    await http.record(journey_id, people_of(house, journey_id), "k-1")
    new = await waiting
    assert new["from"] == len(first["entries"])
    assert [entry["step_id"] for entry in new["entries"]].count("k-1") == 1


async def _waits(house: GatewayHouse) -> bool:
    return house.made[-1].limits.waiting > 0


async def settled(house: GatewayHouse, journey_id: str) -> None:
    """Until nothing is left to show."""

    async def stands() -> bool:
        standing = await house.journey(journey_id).query("standing")
        return bool(standing["shown"] == standing["version"] == house.register.version(journey_id))

    await eventually(stands)


async def test_nothing_new_is_said_once_the_time_is_over(house: GatewayHouse, http: Http) -> None:
    journey_id = await begun(house, http)
    await settled(house, journey_id)
    first = await polled(http, journey_id)
    again = await polled(http, journey_id, first["next"], wait=0.1)
    assert again == {"from": len(first["entries"]), "entries": [], "next": first["next"], "more": False}


async def test_in_pages_everything_is_told_once(house: GatewayHouse, http: Http) -> None:
    journey_id = await begun(house, http)
    for key in ("k-1", "k-2"):
        await http.record(journey_id, people_of(house, journey_id), key)
    whole, cursor, told, more = (await polled(http, journey_id))["entries"], "", [], True
    while more:
        page = await polled(http, journey_id, cursor, most=1)
        cursor, more = page["next"], page["more"]
        told += page["entries"]
    assert told == whole


async def test_whoever_waits_reads_nothing_once_their_token_has_ended(house: GatewayHouse, http: Http) -> None:
    journey_id = await begun(house, http)
    await settled(house, journey_id)
    has_ended, of_token = asyncio.Event(), (await house.inside()).caller

    def caller(token: str) -> Caller:
        if has_ended.is_set():
            raise NotSignedInError("ExpiredSignatureError")
        return of_token(token)

    async with house.http(await house.app(caller=caller)) as brief:
        first = await polled(brief, journey_id)
        waiting = asyncio.create_task(
            brief.get(f"/v1/transfers/{journey_id}/timeline", params={"after": first["next"], "wait": LONG})
        )
        await eventually(lambda: _waits(house))
        has_ended.set()
        await http.record(journey_id, people_of(house, journey_id))
        assert (await waiting).status_code == 401


async def test_whoever_waits_reads_nothing_once_it_is_not_theirs_any_more(house: GatewayHouse, http: Http) -> None:
    journey_id = await begun(house, http)
    await settled(house, journey_id)
    colleague = house.token("sw-8")
    async with house.http(await house.app(), colleague) as theirs:
        first = await polled(theirs, journey_id)
        waiting = asyncio.create_task(
            theirs.get(f"/v1/transfers/{journey_id}/timeline", params={"after": first["next"], "wait": LONG})
        )
        await eventually(lambda: _waits(house))
        moved = builders.reassigned(social_work_team="team-west", social_worker="sw-9", team_manager="tm-9")
        answer = await http.record(journey_id, moved)
        assert answer.status_code == 201, answer.text
        assert (await waiting).status_code == 403


async def test_a_process_that_stops_lets_nobody_wait(house: GatewayHouse) -> None:
    app = await house.app()
    async with served(app, lambda config: Server(config, house.made[-1].stop_waiting)) as address:
        http = house.http_at(f"http://{address}")
        journey_id = await begun(house, http)
        await settled(house, journey_id)
        first = await polled(http, journey_id)
        waiting = asyncio.create_task(polled(http, journey_id, first["next"], wait=LONG))
        await eventually(lambda: _waits(house))
        asked = time.monotonic()
    assert time.monotonic() - asked < LONG
    assert (await waiting)["entries"] == []
    await http.aclose()


async def test_whoever_hangs_up_is_waited_for_no_longer(house: GatewayHouse) -> None:
    async with served(await house.app()) as address:
        async with house.http_at(f"http://{address}") as http:
            journey_id = await begun(house, http)
            await settled(house, journey_id)
            first = await polled(http, journey_id)
            waiting = asyncio.create_task(polled(http, journey_id, first["next"], wait=LONG))
            await eventually(lambda: _waits(house))
            asked = time.monotonic()
            waiting.cancel()

        async def nobody_waits() -> bool:
            return not await _waits(house)

        await eventually(nobody_waits)
        assert time.monotonic() - asked < LONG


class Counted:
    """Versions, and how often they were asked for."""

    def __init__(self) -> None:
        self.now: dict[str, int] = {}
        self.asked: list[frozenset[str]] = []

    async def __call__(self, ids: Collection[str]) -> Mapping[str, int]:
        self.asked.append(frozenset(ids))
        return self.now


async def test_however_many_wait_one_look_is_for_all_of_them() -> None:
    versions, ids = Counted(), [f"t-{number}" for number in range(300)]
    watch = Watch(versions, 0.01)
    waiting = [asyncio.create_task(watch.newer(one, None, LONG)) for one in ids for _ in range(2)]

    async def looked() -> bool:
        return len(versions.asked) > 2

    await eventually(looked)
    assert set(versions.asked[1:]) == {frozenset(ids)}
    versions.now = dict.fromkeys(ids, 1)
    assert all(await asyncio.gather(*waiting))
    assert watch.is_idle


async def test_a_register_that_does_not_answer_is_told_to_all_who_wait_and_the_next_look_is_a_new_one() -> None:
    async def silent(_: Collection[str]) -> Mapping[str, int]:
        raise OSError("away")

    watch = Watch(silent, 0.01)
    told: Sequence[Any] = await asyncio.gather(*(watch.newer("t-1", 1, LONG) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [OSError] * 3
    now = Counted()
    now.now = {"t-1": 2}
    watch.versions = now
    assert await watch.newer("t-1", 1, LONG)


@pytest.mark.parametrize("is_here", [True, False])
async def test_only_a_register_that_is_here_is_looked_at_without_a_thread(house: GatewayHouse, is_here: bool) -> None:
    inside = await house.inside(register_is_here=is_here)
    assert (await inside.looked(threading.get_ident) == threading.get_ident()) is is_here
