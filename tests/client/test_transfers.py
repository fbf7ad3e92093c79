"""Starting a transfer and sending a step, where the answer does not come."""

from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from client.errors import NotKnownError
from client.starting import start
from client.transfers import ATTEMPTS, send, told_of_harm
from models.journey.answers import Receipt
from models.journey.steps import Step
from tests.builders import NOW, exploration, harm_not_taken, request

STEP = exploration()
START = request()
AT_ONCE = timedelta()
AGAIN = "The same step, sent again, is recorded once."


RECEIPT = Receipt(
    step_id=STEP.step_id, step=STEP.step, accepted_at=NOW, stage="consent", stage_words="Consent", next_steps=()
)


class Broken:
    """A transfer, or a Temporal, whose answer is lost so many times; notes under which id it was asked."""

    def __init__(self, error: Exception, times: int = 1000) -> None:
        self.error, self.times = error, times
        self.receipt: Receipt | None = None
        self.ids: list[str] = []

    async def execute_update(self, name: str, step: Step, *, id: str, **_: object) -> Receipt:  # noqa: A002 (the SDK's)
        return self.answer(id)

    async def start_workflow(self, *_: object, id: str, **__: object) -> Any:  # noqa: A002 (the SDK's)
        return self.answer(id)

    async def query(self, *_: object, **__: object) -> Receipt | None:
        return self.receipt

    def answer(self, asked: str) -> Any:
        self.ids.append(asked)
        if len(self.ids) <= self.times:
            raise self.error
        return "the answer"


def broken(status: RPCStatusCode, times: int = 1000) -> Any:
    return Broken(RPCError("broken off", status, b""), times)


LOST = pytest.mark.parametrize(
    "lost",
    [
        broken(RPCStatusCode.ABORTED),
        broken(RPCStatusCode.FAILED_PRECONDITION),
        broken(RPCStatusCode.UNAVAILABLE),
        broken(RPCStatusCode.DEADLINE_EXCEEDED),
        broken(RPCStatusCode.CANCELLED),
    ],
    ids=["a worker died at the step", "its task failed", "the server went away", "time was up there", "it cancelled"],
)


@LOST
async def test_whoever_gets_no_answer_is_told_how_to_send_the_step_again(lost: Any) -> None:
    with pytest.raises(NotKnownError) as error:
        await send(lost, STEP, AT_ONCE)
    assert str(error.value) == f"Temporal broke off: it is not known whether the step was taken. {AGAIN}"


async def test_an_answer_that_does_not_come_in_time_is_waited_for_once() -> None:
    late: Any = Broken(WorkflowUpdateRPCTimeoutOrCancelledError())
    with pytest.raises(NotKnownError) as error:
        await send(late, STEP)
    assert str(error.value) == f"No answer in time: it is not known whether the step was taken. {AGAIN}"
    assert len(late.ids) == 1


async def test_what_is_broken_off_is_sent_again_under_the_same_id_so_that_it_is_taken_once() -> None:
    lost = broken(RPCStatusCode.ABORTED, times=ATTEMPTS - 1)
    assert await send(lost, STEP, AT_ONCE) == "the answer"
    assert (len(lost.ids), len(set(lost.ids))) == (ATTEMPTS, 1)


async def test_a_step_is_not_sent_again_for_ever_and_each_sending_has_an_id_of_its_own() -> None:
    lost = broken(RPCStatusCode.ABORTED)
    for _ in range(2):
        with pytest.raises(NotKnownError):
            await send(lost, STEP, AT_ONCE)
    assert (len(lost.ids), len(set(lost.ids))) == (2 * ATTEMPTS, 2)


@pytest.mark.clause("SU-01")
async def test_that_a_report_of_harm_was_refused_is_told_though_it_is_broken_off() -> None:
    lost = broken(RPCStatusCode.ABORTED, times=ATTEMPTS - 1)
    assert await told_of_harm(lost, harm_not_taken(), AT_ONCE)
    assert (len(lost.ids), len(set(lost.ids))) == (ATTEMPTS, 1)
    for silent in (
        broken(RPCStatusCode.NOT_FOUND),
        broken(RPCStatusCode.UNAVAILABLE),
        Broken(WorkflowUpdateRPCTimeoutOrCancelledError()),
    ):
        assert not await told_of_harm(silent, harm_not_taken(), AT_ONCE)
        assert len(silent.ids) == 1


async def test_a_step_that_an_ended_transfer_had_recorded_gets_its_receipt() -> None:
    ended = broken(RPCStatusCode.NOT_FOUND)
    ended.receipt = RECEIPT
    assert await send(ended, STEP, AT_ONCE) == RECEIPT
    hung = broken(RPCStatusCode.UNAVAILABLE)
    hung.receipt = RECEIPT
    with pytest.raises(NotKnownError):
        await send(hung, STEP, AT_ONCE)


@pytest.mark.parametrize("status", [RPCStatusCode.NOT_FOUND, RPCStatusCode.PERMISSION_DENIED])
async def test_what_the_server_refuses_was_not_taken(status: RPCStatusCode) -> None:
    refusing = broken(status)
    with pytest.raises(RPCError):
        await send(refusing, STEP, AT_ONCE)
    with pytest.raises(RPCError):
        await start(refusing, START)
    assert len(refusing.ids) == 2


@LOST
async def test_whoever_does_not_know_whether_a_transfer_was_started_is_told_under_which_id_to_start_it(
    lost: Any,
) -> None:
    with pytest.raises(NotKnownError) as error:
        await start(lost, START)
    assert str(error.value) == (
        f"Temporal broke off: it is not known whether the transfer was started. Under its id, {START.id}, it is "
        "started once."
    )
