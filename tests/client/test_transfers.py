"""Sending a step, where the answer does not come."""

from typing import Any

import pytest
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from client.errors import NotKnownError
from client.transfers import send
from tests.builders import exploration

STEP = exploration()


class Broken:
    """A transfer whose answer never comes."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def execute_update(self, *_: object, **__: object) -> Any:
        raise self.error


def broken(status: RPCStatusCode) -> Any:
    return Broken(RPCError("broken off", status, b""))


@pytest.mark.parametrize(
    "handle",
    [
        broken(RPCStatusCode.ABORTED),
        broken(RPCStatusCode.UNAVAILABLE),
        broken(RPCStatusCode.DEADLINE_EXCEEDED),
        Broken(WorkflowUpdateRPCTimeoutOrCancelledError()),
    ],
    ids=["a worker died at the step", "the server went away", "time was up at the server", "time was up here"],
)
async def test_whoever_gets_no_answer_is_told_how_to_send_the_step_again(handle: Any) -> None:
    with pytest.raises(NotKnownError) as error:
        await send(handle, STEP)
    again = f"Send it again with step_id: {STEP.step_id} and occurred_at: {STEP.occurred_at.isoformat()}"
    assert str(error.value).endswith(f"it is not known whether the step was taken. {again}")


@pytest.mark.parametrize("status", [RPCStatusCode.NOT_FOUND, RPCStatusCode.PERMISSION_DENIED])
async def test_what_the_server_refuses_was_not_taken(status: RPCStatusCode) -> None:
    with pytest.raises(RPCError):
        await send(broken(status), STEP)
