"""Which keys the histories hold payloads under is read from the histories themselves."""

from datetime import timedelta

from temporalio.api.command.v1 import Command
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.testing import WorkflowEnvironment

from client.sealed import key_ids, retention, stories
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
