"""Time that a rehearsal lets pass: each transfer has its own, which runs ahead of this machine's."""

from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    WorkflowExecutionStatus,
    WorkflowHandle,
)
from temporalio.testing import TimeSkipper

from client.transfers import Transfer


def begins_at(client: Client, moment: datetime | None) -> Client:
    """A client with which a transfer begins at this moment of its own time; without one, at once."""
    if moment is None:
        return client
    config = client.config()
    config["interceptors"] = [*config["interceptors"], _Later(moment)]
    return Client(**config)


class _Later(Interceptor):
    """Whatever is started with it begins at this moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 - the SDK's name
        return _StartsLater(next, self._moment)


class _StartsLater(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, moment: datetime) -> None:  # noqa: A002 - the SDK's name
        super().__init__(next)
        self._moment = moment

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002 - the SDK's name
        input.start_delay = max(self._moment - datetime.now(UTC), timedelta(0))
        return await super().start_workflow(input)


async def is_open(handle: Transfer) -> bool:
    """Whether it has not ended; asked of Temporal, as one that was just started answers nothing itself."""
    return (await handle.describe()).status is WorkflowExecutionStatus.RUNNING


async def skip_to(client: Client, handle: Transfer, moment: datetime) -> None:
    """Let the time of this one transfer pass; what comes due on the way comes in its turn."""
    skipper = TimeSkipper(client)
    wait = moment - await skipper.get_current_time(handle)
    if wait > timedelta(0):
        await skipper.fast_forward(handle, wait)
