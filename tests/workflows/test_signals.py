"""Steps from systems that wait for no answer: whatever comes is taken, or kept with its reason; nothing vanishes."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from adapters.keyring import Keyring
from adapters.temporal_client import transfers_plugin
from models.attention import Resolution
from models.journey.recording import MOST_ASKED
from models.journey.status import Status
from models.step_down.stage import Outcome, Stage
from tests.builders import (
    CHILD,
    SIBLING,
    acknowledgement,
    cancellation,
    conversation,
    decision,
    exploration,
    family_sharing,
    harm_report,
    letters,
    resolution,
    whole_path,
)
from tests.workflows.conftest import House, Transfer
from workflows.journey.inbox import MOST_IN_A_TASK, MOST_RECORDED


async def signalled(transfer: Transfer, *values: Any, name: str = "step") -> None:
    await transfer.handle.signal(name, args=list(values))


def details(now: Status) -> list[str | None]:
    return [item.detail for item in now.attention if item.open]


async def with_another_key(server: WorkflowEnvironment) -> Client:
    keys = Keyring(current="key-9", keys={"key-9": b"9" * 32})
    return await Client.connect(server.client.service_client.config.target_host, plugins=[transfers_plugin(keys)])


async def test_a_step_that_comes_as_a_signal_is_taken_like_any_other(house: House) -> None:
    transfer = await house.start()
    await signalled(transfer, exploration())
    now = await transfer.until(lambda now: len(now.timeline) == 2)
    assert [need.step for need in now.next_steps] == ["record_consent"]
    assert not now.needs_attention


async def test_the_same_signal_twice_changes_nothing(house: House) -> None:
    transfer = await house.start()
    for _ in range(2):
        await signalled(transfer, exploration())
    await transfer.settled()
    assert len((await transfer.status()).timeline) == 2


WRONG = {
    "no value": ((), "A step comes as one value; 0 came."),
    "two values": ((exploration(), "more"), "A step comes as one value; 2 came."),
    "an unknown step": (({"step": "record_mood"},), "There is no such step."),
    "no step at all": (("some text",), "is not a group of fields"),
    "a wrong shape": (
        ({**exploration().model_dump(mode="json"), "occurred_at": "soon"},),
        "The moment at which it happened is not a date and time",
    ),
    "nothing": ((None,), "It is encrypted under a key that is not here, or written in a way nobody knows."),
}


@pytest.mark.parametrize(("values", "reason"), WRONG.values(), ids=WRONG)
async def test_what_is_no_step_is_kept_with_its_reason_and_a_person_is_asked(
    house: House, values: tuple[Any, ...], reason: str
) -> None:
    transfer = await house.start()
    await signalled(transfer, *values)
    now = await transfer.attention()
    [item] = now.attention
    assert item.problem == "rejected_step"
    assert reason in (item.detail or "")
    assert "help with routines" not in now.model_dump_json()
    await transfer.record(exploration())
    assert await transfer.failed_tasks() == []


async def test_a_step_that_is_not_allowed_now_is_kept_with_its_reason_and_its_sender(house: House) -> None:
    transfer = await house.start()
    await signalled(transfer, family_sharing())
    now = await transfer.attention()
    assert details(now) == ["The family's consent comes before anything is shared. (SD-09) Sent as social worker sw-7."]
    assert now.stage == Stage.CONSENT


async def test_a_step_that_lacks_a_field_is_kept_with_its_sender(house: House) -> None:
    transfer = await house.start()
    said = exploration().model_dump(mode="json", exclude={"occurred_at"})
    await signalled(transfer, {**said, "actor": {"id": "sw-7", "role": "social_worker", "team": "team-7"}})
    now = await transfer.attention()
    assert details(now) == ["The moment at which it happened is missing. Sent as social worker sw-7."]
    [rejected] = [entry for entry in now.timeline if "was not taken" in entry.what]
    assert (rejected.who, rejected.note) == ("social worker sw-7", "The moment at which it happened is missing.")
    assert rejected.field == "occurred_at"


@pytest.mark.parametrize(
    "actor",
    [{"id": "sw-7", "role": "mayor"}, {"id": "Jo Smith", "role": "social_worker"}, "sw-7", None],
    ids=["no role of ours", "no reference", "no group", "nothing"],
)
async def test_whoever_sent_a_step_that_does_not_say_so_as_steps_do_stays_unknown(house: House, actor: Any) -> None:
    transfer = await house.start()
    await signalled(transfer, {**exploration().model_dump(mode="json"), "actor": actor})
    now = await transfer.attention()
    assert [entry.who for entry in now.timeline if "was not taken" in entry.what] == ["unknown"]
    assert "Sent as" not in (now.attention[0].detail or "")
    assert "Smith" not in now.model_dump_json()


async def test_the_very_same_rejected_signal_again_asks_nobody_twice(house: House) -> None:
    transfer = await house.start()
    for _ in range(3):
        await signalled(transfer, family_sharing())
    await transfer.attention()
    await transfer.settled()
    assert len((await transfer.status()).attention) == 1


async def test_whatever_comes_the_journey_goes_on_to_its_end(house: House, server: WorkflowEnvironment) -> None:
    transfer = await house.start()
    foreign = (await with_another_key(server)).get_workflow_handle(transfer.handle.id)
    clear = server.client.get_workflow_handle(transfer.handle.id)
    await signalled(transfer)
    await signalled(transfer, exploration(), exploration())
    await signalled(transfer, exploration(), name="record_everything")
    await signalled(transfer, {"step": "record_exploration", "needs": "no shape"})
    await foreign.signal("step", exploration())
    await clear.signal("step", exploration(step_id="clear").model_dump(mode="json"))
    await signalled(transfer, *whole_path()[1:2])
    now = await transfer.until(lambda now: now.stage == Stage.SHARING)
    assert [item.problem for item in now.attention] == [*["rejected_step"] * 5, "in_clear"]
    await transfer.record(family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(conversation(), *whole_path()[4:6], decision())
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(letters(), *whole_path()[-2:])
    for number in range(1, 7):
        await transfer.record(resolution(f"A{number}", Resolution.SKIP))
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert await transfer.failed_tasks() == []


async def test_a_signal_that_is_no_step_holds_the_end_back_until_a_person_has_seen_it(house: House) -> None:
    transfer = await house.start()
    await signalled(transfer, "some text")
    await transfer.attention()
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(*whole_path()[3:7])
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(*whole_path()[7:])
    now = await transfer.until(lambda now: [need.step for need in now.next_steps] == ["resolve_attention"])
    assert now.waiting_for == ("operations",)
    refused = await transfer.refused(resolution("A1", Resolution.RETRY, step_id="again"))
    assert refused.message.startswith("There is nothing to try again")
    await transfer.record(resolution("A1", Resolution.DONE_BY_HAND))
    assert await transfer.outcome() == Outcome.TRANSFERRED


async def test_a_signal_that_comes_after_the_end_and_before_the_register_knows_it_does_not_reopen_the_transfer(
    house: House,
) -> None:
    transfer = await house.start()
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(*whole_path()[3:7])
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(letters(), acknowledgement())
    await transfer.settled()
    release = house.register.hold("project")
    await transfer.record(whole_path()[-1])
    await signalled(transfer, exploration(step_id="late", corrects="record_exploration"))
    await transfer.until(lambda now: any("was not taken" in entry.what for entry in now.timeline))
    release()
    assert await transfer.outcome() == Outcome.TRANSFERRED


async def test_a_moment_at_the_edge_of_the_calendar_is_refused_and_wedges_nothing(house: House) -> None:
    transfer = await house.start()
    edge = {**exploration().model_dump(mode="json"), "occurred_at": "9999-12-31T23:59:59-01:00"}
    await signalled(transfer, edge)
    now = await transfer.attention()
    assert "The moment at which it happened lies outside the years 1900 to 2200" in (now.attention[0].detail or "")
    assert "occurred_at" in (await transfer.refused(edge, "record_exploration")).message
    await transfer.record(exploration())


async def test_a_flood_that_came_while_no_worker_ran_is_one_item_and_holds_nothing_up(
    idle_house: tuple[House, Callable[[], AbstractAsyncContextManager[House]]],
) -> None:
    house, at_work = idle_house
    transfer = await house.start(CHILD, SIBLING)
    flood = [family_sharing(step_id=f"flood-{number}") for number in range(2000)]
    for first in range(0, len(flood), 50):
        await asyncio.gather(*(signalled(transfer, step) for step in flood[first : first + 50]))
    await signalled(transfer, harm_report(CHILD, step_id="by-signal"))
    async with at_work():
        await transfer.record(harm_report(SIBLING, step_id="by-update"))
        now = await transfer.until(lambda now: len(now.harm) == 2)
        items = [item for item in now.attention if item.open]
        assert len(items) == MOST_ASKED // 2, "of one sender"
        assert f"In all {2000 - MOST_ASKED // 2 + 1} messages came" in (items[-1].detail or "")
        assert await transfer.count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) >= 2000 / 100, "no task is long"
        assert await transfer.failed_tasks() == []


@pytest.mark.clause("SU-01")
async def test_many_reports_of_harm_that_came_while_no_worker_ran_are_all_taken_a_few_in_a_task(
    idle_house: tuple[House, Callable[[], AbstractAsyncContextManager[House]]],
) -> None:
    house, at_work = idle_house
    transfer = await house.start()
    for number in range(40):
        await signalled(transfer, harm_report(concern=f"another {number}", step_id=f"harm-{number}"))
    async with at_work():
        now = await transfer.until(lambda now: len(now.harm) == 40)
        assert not [item for item in now.attention if item.problem == "rejected_step"]
        assert await transfer.count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) >= 40 / MOST_RECORDED
        assert await transfer.failed_tasks() == []


async def test_a_transfer_that_is_over_reads_what_came_before_its_end(
    idle_house: tuple[House, Callable[[], AbstractAsyncContextManager[House]]],
) -> None:
    house, at_work = idle_house
    transfer = await house.start()
    await signalled(transfer, cancellation())
    for number in range(MOST_IN_A_TASK):
        await signalled(transfer, cancellation(step_id=f"again-{number}"))
    await signalled(transfer, harm_report(CHILD, step_id="last"))
    async with at_work():
        now = await transfer.until(lambda now: bool(now.harm))
        assert now.harm
        assert await transfer.failed_tasks() == []
