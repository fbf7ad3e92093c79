"""Every step goes the same short way: taken with a receipt, or refused with field, rule and clause."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateStage
from temporalio.testing import WorkflowEnvironment

from adapters.keyring import Keyring
from adapters.temporal_client import transfers_plugin
from client.journeys import kind_named
from models.journey.answers import Receipt, Refusal
from models.journey.steps import IN_THE_FUTURE, step_name
from models.step_down.stage import Stage
from models.step_down.steps.conversation import RecordContactConversation
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    MANAGER,
    decision,
    exploration,
    family_sharing,
    practitioner,
    whole_path,
)
from tests.pace import A_MOMENT, patient
from tests.workflows.conftest import House, Transfer
from workflows.journey.run import STEP_REFUSED

NOW = {"occurred_at": datetime(2026, 3, 2, tzinfo=UTC)}


async def test_a_receipt_says_where_the_transfer_stands_now_and_what_is_missing(house: House) -> None:
    transfer = await house.start()
    receipt = await transfer.record(exploration())
    assert (receipt.step_id, receipt.step, receipt.stage) == ("record_exploration", "record_exploration", Stage.CONSENT)
    assert [(need.step, need.who, need.clause) for need in receipt.next_steps] == [
        ("record_consent", Role.SOCIAL_WORKER, "SD-09")
    ]
    assert receipt.accepted_at.tzinfo is not None


async def test_a_refused_step_says_field_rule_and_clause_and_leaves_nothing(house: House) -> None:
    transfer = await house.start()
    await transfer.settled()
    events = (await transfer.handle.describe()).history_length
    before = await transfer.status()
    error = await transfer.refused(family_sharing(**NOW))
    assert error.type == STEP_REFUSED == "StepRefused"
    assert Refusal.model_validate(error.details[0]) == Refusal(
        field="step", reason="The family's consent comes before anything is shared.", clause="SD-09"
    )
    assert error.message == "The family's consent comes before anything is shared. (SD-09)"
    assert await transfer.status() == before
    assert (await transfer.handle.describe()).history_length == events


async def test_the_same_step_twice_gets_its_first_receipt(house: House) -> None:
    transfer = await house.start()
    first = await transfer.record(exploration(**NOW))
    await transfer.record(practitioner(**NOW))
    again = await transfer.record(exploration(**NOW))
    assert again.today is not None
    assert again.model_copy(update={"today": None}) == first
    assert len((await transfer.status()).timeline) == 3


async def test_the_same_step_sent_by_two_at_once_is_recorded_once(house: House) -> None:
    transfer = await house.start()
    receipts = await asyncio.gather(*(transfer.record(exploration(**NOW)) for _ in range(5)))
    assert len({receipt.model_dump_json(exclude={"today"}) for receipt in receipts}) == 1
    assert sum(receipt.today is None for receipt in receipts) == 1
    assert len((await transfer.status()).timeline) == 2


async def test_a_step_id_that_was_used_for_something_else_is_refused(house: House) -> None:
    transfer = await house.start()
    await transfer.record(exploration(**NOW))
    error = await transfer.refused(exploration(needs="something else", **NOW))
    assert error.message.startswith("Something else was recorded under the same number before: social worker")
    other = await transfer.refused(practitioner(step_id="record_exploration", **NOW))
    assert Refusal.model_validate(other.details[0]).field == "step_id"


async def test_the_future_is_judged_by_the_transfers_own_time(house: House) -> None:
    transfer = await house.start()
    later = exploration(occurred_at=datetime.now(UTC) + timedelta(minutes=3))
    assert (await transfer.refused(later)).message == IN_THE_FUTURE


async def test_a_role_that_may_not_is_refused(house: House) -> None:
    transfer = await house.start()
    error = await transfer.refused(exploration(actor=MANAGER, **NOW))
    assert error.message == f"Only the social worker records this, not {MANAGER.words}."


def raw(**changes: Any) -> dict[str, Any]:
    return {**exploration(**NOW).model_dump(mode="json"), **changes}


WRONG = {
    "a field that nobody knows": (raw(mood="cheerful"), "mood"),
    "a wrong value": (raw(occurred_at="soon"), "occurred_at"),
    "a missing field": ({key: value for key, value in raw().items() if key != "actor"}, "actor"),
    "a rule of the message itself": (raw(needs=None), "asked, needs"),
    "no object at all": ("text", "RecordExploration"),
    "nothing": (None, "RecordExploration|step"),
}


@pytest.mark.parametrize(("content", "named"), WRONG.values(), ids=WRONG)
async def test_wrong_content_is_refused_by_name_and_the_journey_goes_on(house: House, content: Any, named: str) -> None:
    transfer = await house.start()
    error = await transfer.refused(content, "record_exploration")
    assert re.search(named, error.message)
    assert "has no attribute" not in error.message, "words of the code"
    assert "help with routines" not in error.message
    await transfer.record(exploration())
    assert await transfer.failed_tasks() == []


@pytest.mark.parametrize("arguments", [[], [exploration(**NOW), "one too many"]], ids=["none", "two"])
async def test_a_wrong_number_of_arguments_is_refused_and_the_journey_goes_on(
    house: House, arguments: list[Any]
) -> None:
    transfer = await house.start()
    await transfer.settled()
    with pytest.raises((WorkflowUpdateFailedError, TimeoutError)):
        async with asyncio.timeout(patient(3)):
            await transfer.handle.execute_update("record_exploration", args=arguments)
    async with asyncio.timeout(patient(A_MOMENT)):
        await transfer.record(exploration())


async def test_a_step_that_nobody_knows_is_refused_and_the_journey_goes_on(house: House) -> None:
    transfer = await house.start()
    await transfer.refused({"step": "record_mood"}, "record_mood")
    await transfer.record(exploration())


async def a_foreign_client(server: WorkflowEnvironment) -> Client:
    """A client with a key that the worker does not hold."""
    keys = Keyring(current="key-9", keys={"key-9": b"9" * 32})
    address = server.client.service_client.config.target_host
    return await Client.connect(address, plugins=[transfers_plugin(keys)])


async def test_a_step_under_a_key_that_the_worker_does_not_hold_does_not_stop_the_journey(
    house: House, server: WorkflowEnvironment
) -> None:
    transfer = await house.start()
    await transfer.settled()
    foreign = (await a_foreign_client(server)).get_workflow_handle(transfer.handle.id)
    sending = asyncio.create_task(foreign.execute_update("record_exploration", exploration(**NOW)))
    try:
        async with asyncio.timeout(patient(A_MOMENT)):
            await transfer.record(practitioner())
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    assert [entry.what for entry in (await transfer.status()).timeline][1:] == [
        "Named the practitioner who takes over: lp-4"
    ]


async def test_a_step_that_came_in_clear_is_acted_on(house: House, server: WorkflowEnvironment) -> None:
    transfer = await house.start()
    clear = server.client.get_workflow_handle(transfer.handle.id)
    await clear.start_update("record_exploration", raw(), wait_for_stage=WorkflowUpdateStage.ACCEPTED)
    now = await transfer.status()
    assert "Recorded what was explored with family and network" in [entry.what for entry in now.timeline]
    [item] = now.attention
    assert (item.problem, item.detail) == ("in_clear", "Sent as social worker sw-7.")


async def test_steps_that_wait_for_a_worker_are_taken_in_turn_and_nothing_is_skipped(idle_house: Any) -> None:
    """The steps arrive in one go, so that whole stages pass before ``run`` wakes."""
    house, working = idle_house
    transfer = await house.start()
    async with working():
        await transfer.record(*whole_path()[:3])
        await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
        await transfer.settled()
    late = [step.model_copy(update=NOW) for step in whole_path()[3:7]]
    sending = []
    for step in late:
        sending.append(asyncio.create_task(transfer.handle.execute_update(step.step, step, result_type=Receipt)))
        # The server keeps the order in which they arrive, and shows none before a worker takes it: what it answers
        # meanwhile came after.
        for _ in range(5):
            await transfer.handle.describe()
    async with working():
        receipts = await asyncio.gather(*sending)
        assert [receipt.stage for receipt in receipts][-1] == Stage.CLOSURE
        await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
        await transfer.settled()
    assert set(house.mosaic.completed) == {CHILD}
    assert len(house.register.kept(RecordContactConversation)) == 1, (
        "the conversation is kept as evidence, whatever comes at once"
    )


@pytest.mark.parametrize(
    ("name", "own_questions"),
    [("step-down", {"in_mosaic", "letters", "letters_to_print"}), ("help-request", set[str]())],
)
def test_a_workflow_takes_every_step_by_the_name_that_outside_systems_know(name: str, own_questions: set[str]) -> None:
    from temporalio.workflow import _Definition  # noqa: PLC0415 - the SDK has no public view of this

    kind = kind_named(name)
    definition = _Definition.must_from_class(kind.workflow)
    assert set(definition.updates) == {
        "look_up_people",
        "raise_difference",
        "tell_of_harm",
        *map(step_name, kind.steps),
    }
    assert all(definition.updates[step_name(step)].validator for step in kind.steps)
    assert set(definition.queries) == {"new_step", "receipt", "standing", "status", "taken", *own_questions}
    assert set(definition.signals) == {None, "look_again", "show_now"}, "one dynamic handler takes whatever people send"


async def test_a_closed_transfer_takes_no_step(house: House) -> None:
    transfer: Transfer = await house.start()
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(*whole_path()[3:7])
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(*whole_path()[7:])
    await transfer.outcome()
    with pytest.raises(Exception, match="already completed"):
        await transfer.record(exploration(step_id="late", corrects="record_exploration"))


async def test_what_was_decided_waits_for_all_that_must_hold(house: House) -> None:
    transfer = await house.start()
    error = await transfer.refused(decision(**NOW))
    assert error.message.endswith("(SD-05)")
