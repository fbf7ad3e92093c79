"""The schedules of the digest and of the comparison: made once, and then the operators'."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import time, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from temporalio.client import (
    Client,
    ScheduleActionResult,
    ScheduleActionStartWorkflow,
    ScheduleDescription,
    ScheduleOverlapPolicy,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from adapters.settings import settings_problem
from models.vocabulary import LONDON
from tests.pace import A_MOMENT, eventually, patient
from tests.workflows.conftest import House, connected, started
from worker.metrics import Run
from worker.process import schedule_digest, schedule_reconcile
from worker.schedules import (
    MORNING_DIGEST,
    RECONCILE,
    ScheduleWatch,
    make_digest_schedule,
    make_reconcile_schedule,
)
from worker.settings import WEEK, WorkerSettings

HALF_PAST_EIGHT = time(8, 30)


@pytest.fixture(scope="module")
async def own_server() -> AsyncIterator[WorkflowEnvironment]:
    async with await started() as server:
        yield server


@pytest.fixture
async def empty(own_server: WorkflowEnvironment) -> AsyncIterator[Client]:
    """A server without a schedule."""
    client = await connected(own_server)
    yield client
    for schedule in (MORNING_DIGEST, RECONCILE):
        if await exists(client, schedule):
            await client.get_schedule_handle(schedule).delete()


async def exists(client: Client, schedule: str = MORNING_DIGEST) -> bool:
    try:
        await described(client, schedule)
    except RPCError:
        return False
    return True


async def described(client: Client, schedule: str = MORNING_DIGEST) -> ScheduleDescription:
    return await client.get_schedule_handle(schedule).describe()


async def test_the_schedule_starts_the_digest_on_working_mornings_in_london(empty: Client) -> None:
    assert await make_digest_schedule(empty, "transfers", HALF_PAST_EIGHT, "mon-fri")
    found = await described(empty)
    action, policy = found.schedule.action, found.schedule.policy
    assert isinstance(action, ScheduleActionStartWorkflow)
    assert (action.workflow, action.task_queue, action.id, list(action.args)) == (
        "MorningDigest",
        "transfers",
        MORNING_DIGEST,
        [],
    )
    assert found.schedule.spec.time_zone_name == "Europe/London"
    assert (policy.overlap, policy.catchup_window) == (ScheduleOverlapPolicy.SKIP, timedelta(hours=2))
    coming = [moment.astimezone(LONDON) for moment in found.info.next_action_times]
    assert len(coming) == 10
    assert {(moment.hour, moment.minute) for moment in coming} == {(8, 30)}
    assert {moment.weekday() for moment in coming} == {0, 1, 2, 3, 4}


async def test_a_schedule_that_is_there_is_left_as_operators_changed_it(empty: Client) -> None:
    await make_digest_schedule(empty, "transfers", HALF_PAST_EIGHT, "mon-fri")
    await empty.get_schedule_handle(MORNING_DIGEST).pause(note="for the summer")
    assert not await make_digest_schedule(empty, "transfers", time(7, 15), "mon")
    found = await described(empty)
    assert (found.schedule.state.paused, found.schedule.state.note) == (True, "for the summer")
    assert found.info.next_action_times[0].astimezone(LONDON).time() == HALF_PAST_EIGHT


async def test_of_workers_that_start_at_once_one_makes_it(empty: Client) -> None:
    made = await asyncio.gather(
        *(make_digest_schedule(empty, "transfers", HALF_PAST_EIGHT, "mon-fri") for _ in range(5))
    )
    assert sorted(made) == [False, False, False, False, True]


async def test_a_worker_makes_it_as_its_settings_say(empty: Client) -> None:
    await schedule_digest(empty, WorkerSettings(digest_at=""))
    assert not await exists(empty)
    await schedule_digest(empty, WorkerSettings(digest_at="07:45", digest_days="Tue,Thu"))
    coming = [moment.astimezone(LONDON) for moment in (await described(empty)).info.next_action_times]
    assert {(moment.weekday(), f"{moment:%H:%M}") for moment in coming} == {(1, "07:45"), (3, "07:45")}


async def test_register_mosaic_and_temporal_are_compared_each_day_at_six(empty: Client) -> None:
    await schedule_reconcile(empty, WorkerSettings(reconcile_at=""))
    assert not await exists(empty, RECONCILE)
    await schedule_reconcile(empty, WorkerSettings())
    found = await described(empty, RECONCILE)
    action = found.schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    assert (action.workflow, action.id, list(action.args)) == ("Reconcile", RECONCILE, [])
    coming = [moment.astimezone(LONDON) for moment in found.info.next_action_times]
    assert {(moment.hour, moment.minute) for moment in coming} == {(6, 0)}
    assert {moment.weekday() for moment in coming} == set(range(7))
    assert not await make_reconcile_schedule(empty, "transfers", time(7, 0))


async def test_each_range_of_days_that_the_settings_take_is_one_that_temporal_takes(empty: Client) -> None:
    ranges = [f"{first}-{last}" for first in WEEK for last in WEEK]
    taken = [days for days in ranges if settings_take(days)]
    assert len(taken) == 28
    for days in taken:
        await make_digest_schedule(empty, "transfers", HALF_PAST_EIGHT, days)
        await empty.get_schedule_handle(MORNING_DIGEST).delete()
    for days in set(ranges) - set(taken):
        with pytest.raises(RPCError) as refused:
            await make_digest_schedule(empty, "transfers", HALF_PAST_EIGHT, days)
        assert refused.value.status is RPCStatusCode.INVALID_ARGUMENT


def settings_take(days: str) -> bool:
    try:
        WorkerSettings(digest_days=days)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("days", ["fri-mon", "mon,fri-MON", "sat-sun"])
def test_days_that_end_before_they_begin_are_refused_with_the_name_of_the_variable(days: str) -> None:
    with pytest.raises(ValidationError, match="a week begins on Sunday") as error:
        WorkerSettings(digest_days=days)
    assert settings_problem(error.value).startswith("TRANSFERS_DIGEST_DAYS ")


@pytest.mark.parametrize("name", ["digest_at", "reconcile_at"])
def test_an_hour_that_one_day_of_the_year_does_not_have_is_refused(name: str) -> None:
    for hour in ("01:00", "01:59"):
        with pytest.raises(ValidationError, match="no time between 01:00 and 02:00") as error:
            WorkerSettings(**{name: hour})
        assert settings_problem(error.value).startswith(f"TRANSFERS_{name.upper()} ")
    for hour in ("00:59", "02:00"):
        assert getattr(WorkerSettings(**{name: hour}), name).isoformat("minutes") == hour


@pytest.mark.parametrize("wrong", [{"digest_at": "half past"}, {"digest_days": "workdays"}, {"digest_days": "1-5; x"}])
def test_a_time_or_a_day_that_is_none_is_refused_when_the_worker_starts(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        WorkerSettings(**wrong)


def test_without_settings_it_is_half_past_eight_from_monday_to_friday(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRANSFERS_DIGEST_AT", "TRANSFERS_DIGEST_DAYS"):
        monkeypatch.delenv(name, raising=False)
    assert (WorkerSettings().digest_at, WorkerSettings().digest_days) == (HALF_PAST_EIGHT, "mon-fri")
    monkeypatch.setenv("TRANSFERS_DIGEST_AT", "")
    assert WorkerSettings().digest_at is None


async def test_a_worker_that_fails_says_why_and_not_that_it_was_cancelled(own_server: WorkflowEnvironment) -> None:
    address = own_server.client.service_client.config.target_host
    worker = House(await Client.connect(address, namespace="nowhere")).worker()

    async def work() -> None:
        async with worker:
            await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="Namespace nowhere was not found"):
        await asyncio.wait_for(asyncio.create_task(work()), timeout=patient(A_MOMENT))


async def test_what_the_schedule_starts_runs_to_its_end(empty: Client) -> None:
    house = House(empty)
    async with house.worker():
        await make_digest_schedule(empty, house.queue, HALF_PAST_EIGHT, "mon-fri")
        await empty.get_schedule_handle(MORNING_DIGEST).trigger()

        async def recent() -> Sequence[ScheduleActionResult]:
            return (await described(empty)).info.recent_actions

        ran = await eventually(recent)
        workflow_id = ran[0].action.workflow_id
        result = await empty.get_workflow_handle(workflow_id).result()
    assert workflow_id.startswith(f"{MORNING_DIGEST}-")
    assert result["told"] == 0


async def test_a_schedule_that_is_gone_or_paused_is_seen_to_be_off(empty: Client) -> None:
    watch = ScheduleWatch(empty, [MORNING_DIGEST, RECONCILE])
    await make_digest_schedule(empty, "transfers", HALF_PAST_EIGHT, "mon-fri")
    await watch.look()
    assert watch.seen == {MORNING_DIGEST: Run(on=True), RECONCILE: Run(on=False)}
    await empty.get_schedule_handle(MORNING_DIGEST).pause()
    await watch.look()
    assert not watch.seen[MORNING_DIGEST].on


async def test_whether_the_newest_run_of_a_schedule_did_its_work_is_seen(empty: Client) -> None:
    house, watch = House(empty), ScheduleWatch(empty, [MORNING_DIGEST])
    await make_digest_schedule(empty, house.queue, HALF_PAST_EIGHT, "mon-fri")
    await empty.get_schedule_handle(MORNING_DIGEST).trigger()

    async def seen() -> Run | None:
        await watch.look()
        run = watch.seen[MORNING_DIGEST]
        return run if run.started is not None else None

    assert not (await eventually(seen)).completed, "no worker takes it up"
    [ran] = (await described(empty)).info.recent_actions
    async with house.worker():
        await empty.get_workflow_handle(ran.action.workflow_id).result()
    assert (await eventually(seen)).completed


async def test_a_run_that_somebody_ended_is_not_seen_as_one_that_did_its_work(empty: Client) -> None:
    watch = ScheduleWatch(empty, [MORNING_DIGEST])
    await make_digest_schedule(empty, "nobody", HALF_PAST_EIGHT, "mon-fri")
    await empty.get_schedule_handle(MORNING_DIGEST).trigger()

    async def recent() -> Sequence[ScheduleActionResult]:
        return (await described(empty)).info.recent_actions

    [ran] = await eventually(recent)
    await empty.get_workflow_handle(ran.action.workflow_id).terminate()
    await watch.look()
    assert not watch.seen[MORNING_DIGEST].completed


async def test_while_temporal_does_not_answer_a_schedule_stands_as_it_was_seen_last(empty: Client) -> None:
    class Silent:
        def get_schedule_handle(self, _schedule: str) -> None:
            raise RPCError("silent", RPCStatusCode.UNAVAILABLE, b"")

    client: Any = Silent()
    watch = ScheduleWatch(client, [MORNING_DIGEST])
    watch.seen[MORNING_DIGEST] = Run(on=True)
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    await watch.shutdown()
    await running
    assert watch.seen == {MORNING_DIGEST: Run(on=True)}
