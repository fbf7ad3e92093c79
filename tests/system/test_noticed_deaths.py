"""A worker dies between two steps, and another notices it; and one that is taken for dead lives."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.api.enums.v1 import EventType, TaskQueueKind, TimeoutType
from temporalio.client import Client

from cli.wiring import temporal
from client.transfers import Transfer, send
from tests.pace import eventually
from tests.ports import free_ports
from tests.system.conftest import MAIN_CASE, Rehearsal, until
from tests.system.test_deaths import REAL, Journey, Place, go_undisturbed, register_before
from worker.others import TemporalWorkers
from workflows.journey.run import JourneyRun


def place_of(rehearsal: Rehearsal, folder: Path, *ports: int) -> Place:
    first, second = ports or free_ports(2)
    return Place(rehearsal, folder, (first, second), register_before(folder.parent, rehearsal))


def deaths_noticed(place: Place) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.logged().splitlines() if '"worker died"' in line]


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=1).is_success
    except httpx.HTTPError:
        return False


async def own_queues(transfer: Transfer) -> list[str]:
    """The queues of single workers on which this transfer's tasks waited, in their order."""
    events = (await transfer.fetch_history()).events
    queues = (event.workflow_task_scheduled_event_attributes.task_queue for event in events)
    return [queue.name for queue in queues if queue.kind == TaskQueueKind.TASK_QUEUE_KIND_STICKY]


async def waited_in_vain(transfer: Transfer) -> int:
    """How many tasks waited for a worker that did not take them."""
    timed_out = [
        event.workflow_task_timed_out_event_attributes.timeout_type
        for event in (await transfer.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT
    ]
    return timed_out.count(TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START)


async def is_at_rest(transfer: Transfer) -> bool:
    """Nothing is under way, and everything is shown: no task of its own comes up after the kill."""
    told = (await transfer.describe()).raw_description
    standing = await transfer.query(JourneyRun.standing)
    busy = bool(told.pending_activities) or told.HasField("pending_workflow_task")
    return not busy and standing.shown == standing.version


async def steps_up_to(journey: Journey, number: int) -> None:
    for step in journey.case.steps[:number]:
        await send(journey.handle, step)


@pytest.mark.timeout(120)
async def test_the_next_step_to_a_killed_workers_transfer_does_not_wait_for_it(rehearsal: Rehearsal, tmp_path: Path):
    first, second, health, metrics = free_ports(4)
    place = place_of(rehearsal, tmp_path / "noticed", first, second)
    others = {"TRANSFERS_WORKER_PORT": str(health), "TRANSFERS_METRICS_PORT": str(metrics)}
    async with place.worker(REAL) as killed:
        journey = await Journey.begin(await temporal(), place, MAIN_CASE)
        await steps_up_to(journey, 2)
        async with place.worker(REAL, **others):
            await asyncio.to_thread(until, lambda: answers(health), told=place.logged)
            await eventually(lambda: is_at_rest(journey.handle))
            killed.kill()
            await asyncio.to_thread(until, lambda: deaths_noticed(place), told=place.logged)
            [death] = deaths_noticed(place)
            before = await own_queues(journey.handle)
            await send(journey.handle, journey.case.steps[2])
            assert (death["worker"].split("@")[0], death["given_back"]) == (str(killed.pid), True)
            assert {queue.rpartition("-")[0] for queue in before} == {death["worker"]}
            assert await waited_in_vain(journey.handle) == 0


async def alive(client: Client, place: Place) -> str:
    """The identity of the worker of this place, as soon as Temporal has heard of it."""
    workers = TemporalWorkers(client, place.task_queue)
    return (await eventually(workers.beats))[0].identity


def whatever_the_pace(audit: Counter[str]) -> Counter[str]:
    """Without due dates: a wait of our own people that ends before it was shown needs none."""
    return Counter({what: times for what, times in audit.items() if what != "due date calculated"})


class Alarmed(Journey):
    """Somebody says of the worker that it has died: before each step, and again and again while it works."""

    async def play_alarmed(self, client: Client, identity: str) -> int:
        """Go to the end; returns before how many steps the worker's queue was given back."""
        self.workers, self.identity, self.alarms = TemporalWorkers(client, self.place.task_queue), identity, 0
        beside = asyncio.create_task(self._alarms())
        try:
            assert await self.play() == []
        finally:
            beside.cancel()
        return self.alarms

    async def _alarms(self) -> None:
        while True:
            await self.workers.give_back(self.identity)

    async def _rest(self) -> None:
        await super()._rest()
        self.alarms += await self.workers.give_back(self.identity)


@pytest.mark.long
@pytest.mark.timeout(240)
async def test_a_worker_that_is_taken_for_dead_again_and_again_does_everything_once(
    rehearsal: Rehearsal, tmp_path: Path
):
    client = await temporal()
    expected = await go_undisturbed(client, place_of(rehearsal, tmp_path / "undisturbed"), MAIN_CASE)
    place = place_of(rehearsal, tmp_path / "disturbed")
    async with place.worker(REAL):
        identity = await alive(client, place)
        journey = await Alarmed.begin(client, place, MAIN_CASE)
        assert isinstance(journey, Alarmed)
        alarms = await journey.play_alarmed(client, identity)
    await asyncio.to_thread(journey.check_the_books_of_the_others)
    assert journey.sent_again() == set()
    assert whatever_the_pace(place.audit(journey.case.start.id)) == whatever_the_pace(expected)
    # Before the second step no task may have waited for a worker yet, and after the last the transfer is closed.
    assert alarms >= len(journey.case.steps) - 2


@pytest.mark.timeout(120)
async def test_what_a_living_worker_remembers_comes_back_to_it_after_a_false_alarm(
    rehearsal: Rehearsal, tmp_path: Path
):
    client, place = await temporal(), place_of(rehearsal, tmp_path / "alarmed")
    async with place.worker(REAL):
        journey = await Journey.begin(client, place, MAIN_CASE)
        await steps_up_to(journey, 2)
        before = await own_queues(journey.handle)
        assert await TemporalWorkers(client, place.task_queue).give_back(await alive(client, place))
        await send(journey.handle, journey.case.steps[2])

        async def more() -> list[str] | None:
            queues = await own_queues(journey.handle)
            return queues if len(queues) > len(before) else None

        after = await eventually(more)
        assert await waited_in_vain(journey.handle) == 0
    assert len(set(before)) == 1
    assert set(after or ()) == set(before)
