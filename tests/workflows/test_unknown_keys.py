"""A step under a key that a worker does not have: kept, told, and never read one way here and another way there."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.common import RawValue
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from adapters.encryption import EncryptedPayloads, data_converter
from adapters.keyring import Keyring
from models.step_down.journey import STEP_DOWN
from tests.builders import consent, exploration, harm_report
from tests.workflows.conftest import KEYS, House
from tests.workflows.test_signals import details, signalled, with_another_key
from workflows.journey.step_signal import is_sealed, sealed_message
from workflows.step_down.transfer import StepDownTransfer

BOTH = Keyring(current="key-9", keys={**KEYS.keys, "key-9": b"9" * 32})


async def replayed(history: WorkflowHistory, keys: Keyring) -> None:
    replayer = Replayer(workflows=[StepDownTransfer], data_converter=data_converter(keys), debug_mode=True)
    await replayer.replay_workflow(history)


def of_signals(history: WorkflowHistory) -> Iterator[Payload]:
    for event in history.events:
        yield from event.workflow_execution_signaled_event_attributes.input.payloads


async def test_the_key_that_is_not_here_is_named_to_operations(house: House, server: WorkflowEnvironment) -> None:
    transfer = await house.start()
    foreign = (await with_another_key(server)).get_workflow_handle(transfer.handle.id)
    await foreign.signal("step", exploration())
    now = await transfer.attention()
    assert [item.problem for item in now.attention] == ["rejected_step"]
    said = details(now)[0] or ""
    assert "encrypted under the key key-9, which is not here" in said
    assert "may be a report of harm: ask who sent it at once" in said


async def test_a_key_that_comes_back_does_not_change_how_the_story_was_read(
    house: House, server: WorkflowEnvironment
) -> None:
    transfer = await house.start()
    foreign = (await with_another_key(server)).get_workflow_handle(transfer.handle.id)
    await transfer.record(exploration())
    await foreign.signal("step", consent(step_id="unread"))
    await transfer.attention()
    await transfer.record(consent(step_id="again"))
    await transfer.settled()
    history = await transfer.handle.fetch_history()
    await replayed(history, KEYS)
    await replayed(history, BOTH)


async def test_a_worker_without_the_key_of_a_step_does_not_go_on_without_that_step(house: House) -> None:
    transfer = await house.start()
    await signalled(transfer, exploration())
    await transfer.until(lambda now: len(now.timeline) == 2)
    await transfer.settled()
    history = await transfer.handle.fetch_history()
    bound = EncryptedPayloads(BOTH, transfer.handle.id)
    [payload] = of_signals(history)
    [under_another] = await bound.encode(await bound.decode([payload]))
    payload.CopyFrom(under_another)
    await replayed(history, BOTH)
    with pytest.raises(Exception, match="KeyMissingError"):
        await replayed(history, KEYS)


async def test_a_key_that_comes_back_does_not_make_one_of_two_messages_that_say_the_same(
    house: House, server: WorkflowEnvironment
) -> None:
    transfer = await house.start()
    foreign = (await with_another_key(server)).get_workflow_handle(transfer.handle.id)
    for number in (1, 2):
        await foreign.signal("step", exploration())
        await transfer.until(lambda now, so_far=number: len(now.attention) == so_far)  # type: ignore[misc]
        await transfer.skip_to(await transfer.now() + timedelta(days=2))
    await transfer.settled()
    history = await transfer.handle.fetch_history()
    await replayed(history, KEYS)
    await replayed(history, BOTH)


async def test_a_report_of_harm_by_its_name_under_an_unknown_key_is_told_as_one(
    house: House, server: WorkflowEnvironment
) -> None:
    transfer = await house.start()
    foreign = (await with_another_key(server)).get_workflow_handle(transfer.handle.id)
    await foreign.signal("report_significant_harm", exploration())
    now = await transfer.attention()
    assert [item.problem for item in now.attention] == ["harm_not_taken"]


@pytest.mark.parametrize("first", [0, 1])
def test_harm_that_stands_in_clear_beside_something_sealed_is_seen_whether_its_key_is_here_or_not(first: int) -> None:
    clear = Payload(metadata={"encoding": b"json/plain"}, data=b'{"step": "report_significant_harm", "concern": "now"}')
    sealed = Payload(metadata={"encoding": b"binary/encrypted", "key-id": b"key-9"}, data=b"x")
    opened = Payload(metadata={"encoding": b"json/plain", "opened-with": b"key-9"}, data=b'{"step": "record_consent"}')
    came, read_again = ([RawValue(one), RawValue(clear)] for one in (sealed, opened))
    assert is_sealed(came)
    for values in (came, read_again):
        known = sealed_message(STEP_DOWN.steps, "step", [values[first], values[1 - first]]).known
        assert (known.step, known.said) == ("report_significant_harm", "now")


async def test_a_flood_under_a_key_that_is_not_here_holds_up_no_report_of_harm_and_is_read_one_way_for_good(
    house: House, server: WorkflowEnvironment
) -> None:
    transfer = await house.start()
    foreign = (await with_another_key(server)).get_workflow_handle(transfer.handle.id)
    sent = (foreign.signal("step", exploration(step_id=f"sealed-{number}")) for number in range(200))
    await asyncio.gather(*sent)
    await transfer.record(harm_report())
    now = await transfer.attention()
    assert len(now.attention) < 20, "a flood is told of once"
    await transfer.settled()
    history = await transfer.handle.fetch_history()
    assert sum(event.HasField("marker_recorded_event_attributes") for event in history.events) == 200
    await replayed(history, KEYS)
    await replayed(history, BOTH)
