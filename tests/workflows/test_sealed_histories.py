"""Which keys the histories hold payloads under is read from the histories themselves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from temporalio.api.command.v1 import Command
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.worker.v1 import PluginInfo, WorkerHeartbeat, WorkerInfo
from temporalio.api.workflowservice.v1 import ListWorkersRequest, ListWorkersResponse
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from adapters.temporal_client import PLUGIN
from client.sealed import key_ids, retention, stories, workers
from models.operations.keys import Story
from tests.builders import exploration
from tests.pace import eventually
from tests.workflows.conftest import House, Transfer
from tests.workflows.test_signals import with_another_key


async def read(house: House, transfer: Transfer, *ids: str) -> Story | None:
    found = await stories(house.client, ids, lambda number: None)
    return next((one for one in found if one.workflow_id == transfer.handle.id), None)


async def test_an_open_history_names_every_key_that_something_in_it_is_under(
    house: House, server: WorkflowEnvironment
) -> None:
    transfer = await house.start()
    await transfer.until(lambda now: len(now.timeline) == 1)
    # By its id, as a list may not have it yet.
    story = await read(house, transfer, transfer.handle.id)
    assert story == Story(workflow_id=transfer.handle.id, keys=frozenset({"key-1"}))
    foreign = (await with_another_key(server)).get_workflow_handle(transfer.handle.id)
    await foreign.signal("step", exploration())
    story = await read(house, transfer, transfer.handle.id)
    assert story is not None
    assert story.keys == {"key-1", "key-9"}


async def test_an_ended_history_is_read_as_long_as_temporal_keeps_it(house: House) -> None:
    transfer = await house.start()
    await transfer.handle.terminate()

    async def ended() -> bool:
        story = await read(house, transfer)
        return story is not None and story.closed_at is not None and story.keys == {"key-1"}

    await eventually(ended)
    assert await retention(house.client) >= timedelta(days=1)


async def test_what_temporal_does_not_know_is_left_out(house: House) -> None:
    transfer = await house.start()
    told: list[int] = []
    found = await stories(house.client, ["step-down/never-was"], told.append)
    assert "step-down/never-was" not in {story.workflow_id for story in found}
    await transfer.handle.terminate()


def test_a_key_is_found_however_deep_its_payload_lies_and_a_payload_in_clear_has_none() -> None:
    sealed = Payload(metadata={"encoding": b"binary/encrypted", "key-id": b"deep"}, data=b"x")
    event = HistoryEvent()
    started = event.workflow_execution_started_event_attributes
    started.memo.fields["a"].CopyFrom(sealed)
    started.input.payloads.add(metadata={"encoding": b"json/plain"}, data=b"1")
    cause = started.continued_failure.cause
    cause.encoded_attributes.CopyFrom(sealed)
    cause.encoded_attributes.metadata["key-id"] = b"deeper"
    event.user_metadata.summary.CopyFrom(sealed)
    event.user_metadata.summary.metadata["key-id"] = b"said"
    assert sorted(key_ids(event)) == ["deep", "deeper", "said"]
    assert list(key_ids(Command())) == []


@dataclass
class FakeTemporal:
    """A Temporal that lists runs late, and workers one by one."""

    runs: list[SimpleNamespace] = field(default_factory=list)
    workers: list[WorkerInfo] = field(default_factory=list)
    asked_for: list[tuple[str, str | None]] = field(default_factory=list)
    namespace: str = "default"

    @property
    def workflow_service(self) -> "FakeTemporal":
        return self

    async def list_workers(self, asked: ListWorkersRequest) -> ListWorkersResponse:
        at = int(asked.next_page_token or b"0")
        more = str(at + 1).encode() if at + 1 < len(self.workers) else b""
        return ListWorkersResponse(workers_info=self.workers[at : at + 1], next_page_token=more)

    async def list_workflows(self) -> AsyncIterator[SimpleNamespace]:
        for run in self.runs:
            yield run

    def get_workflow_handle(self, workflow_id: str, *, run_id: str | None) -> "FakeTemporal":
        self.asked_for.append((workflow_id, run_id))
        return self

    async def fetch_history_events(self, page_size: int) -> AsyncIterator[HistoryEvent]:
        for _ in ():
            yield HistoryEvent()


def as_client(fake: FakeTemporal) -> Client:
    return cast("Client", cast("Any", fake))


async def test_a_run_that_has_ended_does_not_stand_for_the_one_after_it_that_no_list_has_yet() -> None:
    ended = SimpleNamespace(id="step-down/t-1", run_id="first", close_time=datetime(2026, 4, 1, tzinfo=UTC))
    runs = SimpleNamespace(id="step-down/t-2", run_id="only", close_time=None)
    fake = FakeTemporal(runs=[ended, runs])
    await stories(as_client(fake), ["step-down/t-1", "step-down/t-2"], lambda number: None)
    assert fake.asked_for == [("step-down/t-1", "first"), ("step-down/t-2", "only"), ("step-down/t-1", None)]


async def test_every_page_of_the_workers_is_read() -> None:
    def known(identity: str, keys: str) -> WorkerInfo:
        beat = WorkerHeartbeat(worker_identity=identity, plugins=[PluginInfo(name=PLUGIN + keys)])
        beat.heartbeat_time.GetCurrentTime()
        return WorkerInfo(worker_heartbeat=beat)

    fake = FakeTemporal(workers=[known("1@one", "new,old"), known("2@two", "old")])
    found = await workers(as_client(fake), PLUGIN)
    assert found is not None
    assert [(one.identity, one.keys) for one in found] == [("1@one", ("new", "old")), ("2@two", ("old",))]
