"""How steps, reads and lists over HTTP are told beside their references, and that the bare route reads the same row."""

import json
from pathlib import Path

import httpx

from adapters.keyring import Keyring
from benchmarks.gateway.__main__ import COLUMN, LISTS
from benchmarks.gateway.bare import bare_app
from benchmarks.gateway.drive import STEPS, TEAM, WORKER
from benchmarks.gateway.result import Figure, Round, line, of_lists, of_reads, of_steps, p99
from benchmarks.journey.drive import cases
from benchmarks.written import PAGE, written_down
from tests import builders
from tests.register import new_register

WRITTEN = written_down(PAGE.read_text(encoding="utf-8"), COLUMN)
KEY = Keyring(current="key-1", keys={"key-1": bytes(range(32))})


def test_of_a_hundred_the_slowest_but_one_in_a_hundred_is_told() -> None:
    assert p99([*range(100)]) == 99
    assert p99([*range(1000)]) == 990
    assert p99([7.0]) == 7.0


def test_a_step_is_told_beside_the_same_step_of_the_client() -> None:
    pending, shown, slow, _ = of_steps([0.010, 0.020, 0.030], [0.024, 0.024], [0.061])
    assert (pending.ratio, pending.holds) == (1.2, True)
    assert (round(shown.ratio, 2), shown.holds) == (3.05, False)
    assert slow.at_most is None


def test_of_reads_a_second_fewer_are_worse() -> None:
    enough, _ = of_reads([Round(500, 1), Round(510, 1), Round(490, 1)], [Round(1000, 1)])
    too_few, quick = of_reads([Round(490, 0.001)], [Round(1000, 0.0005)])
    assert (quick.ratio, quick.holds) == (2, True)
    assert (enough.holds, too_few.holds) == (True, False)
    assert "WORSE" in line(too_few, 0.9)
    assert "WORSE" not in line(too_few, 0.5)


def test_a_page_of_a_list_is_told_beside_the_time_that_it_may_take() -> None:
    [slow] = of_lists({"a team": [0.06]})
    assert not slow.holds
    assert "NOT KEPT" in line(slow, None)


def test_what_took_longer_than_is_written_down_says_so() -> None:
    figure = Figure("a step", 20, 10, "ms")
    assert "WORSE" in line(figure, 1.5)
    assert "WORSE" not in line(figure, 1.9)


def test_what_is_written_down_is_what_is_measured() -> None:
    lists = {figure.name for figure in of_lists({name: [0.01] for name in LISTS})}
    others = {figure.name for figure in (*of_steps([1], [1], [1]), *of_reads([Round(1, 1)], [Round(1, 1)]))}
    assert set(WRITTEN) == lists | others


def test_the_steps_that_are_sent_are_all_by_the_worker_who_is_signed_in() -> None:
    [case] = cases(1)
    assert {(step.actor.id, step.actor.team) for step in case.steps[:STEPS]} == {(WORKER, TEAM)}


async def test_the_bare_route_answers_with_the_status_that_the_row_has(tmp_path: Path) -> None:
    register = new_register(f"sqlite:///{tmp_path / 'register.db'}", KEY)
    register.put_services([builders.service()])
    register.opened(builders.request(), builders.NOW)
    transport = httpx.ASGITransport(bare_app(register.store))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
        answer = await http.get("/v1/transfers/transfer-1")
        assert (await http.get("/v1/transfers/nowhere")).status_code == 404
    status = register.status("transfer-1")
    assert status is not None
    assert answer.json() == json.loads(status.model_dump_json())
