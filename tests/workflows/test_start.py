"""A start that cannot be: it ends at once with a word on the field, and never wedges."""

from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.testing import WorkflowEnvironment

from models.step_down.stage import Outcome
from models.step_down.steps.decision import Decision
from tests.builders import CHILD, SIBLING, decided, family, letters, looked_at, refused_consent, request
from tests.workflows.conftest import House, Transfer
from workflows.ids import workflow_id
from workflows.step_down.transfer import StepDownRun


async def failure(transfer: Transfer) -> BaseException:
    with pytest.raises(WorkflowFailureError) as error:
        await transfer.outcome()
    assert error.value.cause is not None
    return error.value.cause


async def test_a_child_that_is_in_another_open_transfer_makes_a_duplicate(house: House) -> None:
    first = await house.start(CHILD)
    await first.settled()
    second = await house.start(SIBLING, CHILD)
    assert await second.outcome() == Outcome.DUPLICATE
    assert (await first.status()).outcome is None
    assert house.post.sent == []
    assert house.mosaic.calls == ["record"], "the first one's look at its child, and nothing for the second"


async def test_a_child_is_free_again_when_its_transfer_has_ended(house: House) -> None:
    first = await house.start()
    await first.record(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    await first.outcome()
    house.register.open.clear()  # as the register does with a closed transfer
    second = await house.start()
    await second.settled()
    assert (await second.status()).outcome is None


@pytest.mark.clause("SD-20")
async def test_an_unknown_service_ends_the_start_and_names_the_field(house: House) -> None:
    transfer = await house.start(service_ref="service-nowhere")
    cause = await failure(transfer)
    if isinstance(cause, ActivityError):
        cause = cause.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == "StartRefused"
    assert (cause.message, cause.details) == ("The service directory does not know this service.", ("service_ref",))


def raw(**changes: Any) -> dict[str, Any]:
    return {**request().model_dump(mode="json"), **changes}


@pytest.mark.parametrize(
    ("argument", "named"),
    [
        (raw(mood="cheerful"), "mood"),
        (raw(children=[]), "children"),
        (raw(route="plan"), "route"),
        (raw(children=[{"ref": CHILD}, {"ref": CHILD}]), "each child is named once"),
        ({}, "family_ref"),
        ("text", "an object"),
        (None, "a valid dictionary"),
    ],
)
async def test_a_wrong_start_fails_at_once_and_names_the_field(house: House, argument: Any, named: str) -> None:
    transfer = await house.start_with(argument)
    cause = await failure(transfer)
    assert named in str(cause)
    assert await transfer.failed_tasks() == []


@pytest.mark.clause("SD-09b")
@pytest.mark.parametrize("who", ["children", "people"])
async def test_a_start_takes_no_day_of_birth_that_has_not_come(house: House, who: str) -> None:
    said = family().model_dump(mode="json")
    said[who][0]["born_on"] = "2059-01-01"
    cause = await failure(await house.start_with(raw(family=said)))
    assert isinstance(cause, ApplicationError)
    assert (cause.type, cause.details) == ("StartRefused", (f"family.{who}.0.born_on",))
    assert cause.message.startswith("This day of birth had not come")


async def test_a_start_that_came_in_clear_is_taken_and_raises_attention(
    house: House, server: WorkflowEnvironment
) -> None:
    transfer = await house.start_with(raw(), server.client)
    now = await transfer.attention()
    assert [(item.problem, item.what) for item in now.attention] == [("in_clear", "The start of the transfer")]


async def test_a_transfer_that_is_started_under_another_one_s_id_is_refused(house: House) -> None:
    said = StepDownRun.model_validate(house.request().model_dump())
    cause = await failure(await house.start_with(said))
    assert isinstance(cause, ApplicationError)
    assert (cause.type, cause.details) == ("StartRefused", ("id",))


async def test_a_workflow_id_says_nothing_but_the_kind_and_an_opaque_id() -> None:
    assert workflow_id("step-down", "transfer-1") == "step-down/transfer-1"
