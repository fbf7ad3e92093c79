"""The comparison's way in: the transfers asked from threads, while the Temporal client lives in an event loop."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from client.journeys import EVERY
from client.starting import started
from client.transfers import Transfer, find_journey, is_known, transfer
from models.errors import PassingError
from models.journey.start import Start
from models.journey.status import Status
from models.journey.steps import Step
from models.operations.comparison import Ran, Reset, RunState, Standing, Taken
from models.operations.differences import Became, Difference
from workflows.journey.run import JourneyResult, JourneyRun
from workflows.journey.step_signal import SIGNAL

R = TypeVar("R")

TYPES = ", ".join(f"'{kind.type}'" for kind in EVERY)
QUERY_FAILED = (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError)

AT_ONCE = 10
ANSWER_TIMEOUT = timedelta(seconds=5)
UPDATE_TIMEOUT = timedelta(seconds=20)
PATIENCE = timedelta(seconds=55)
"""Less than an attempt may take, so that no thread waits on after it."""

STATES = {
    WorkflowExecutionStatus.COMPLETED: RunState.COMPLETED,
    WorkflowExecutionStatus.TERMINATED: RunState.TERMINATED,
    WorkflowExecutionStatus.CANCELED: RunState.CANCELLED,
    WorkflowExecutionStatus.FAILED: RunState.FAILED,
    WorkflowExecutionStatus.TIMED_OUT: RunState.TIMED_OUT,
}
"""Any other status is that of a workflow that runs, in this run or the next."""


@dataclass(frozen=True)
class TemporalTransfers:
    """The transfers of one task queue, as ``activities.ports.TransferWorkflows`` needs them.

    It is made in the event loop of the client, and called from threads.
    """

    client: Client
    task_queue: str
    skips_time: bool = False
    """In a rehearsal a journey may be ahead of this machine: what is opened out of it begins at its time."""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def listed(self) -> Sequence[str]:
        """See ``TransferWorkflows``."""
        return self._wait_for(self._listed())

    def ran(self, ids: Sequence[str]) -> Sequence[Ran]:
        """See ``TransferWorkflows``."""
        return self._wait_for(self._all(ids))

    def view(self, transfer_id: str) -> tuple[Status, int]:
        """See ``TransferWorkflows``."""
        return self._wait_for(self._view(transfer_id))

    def note(self, difference: Difference, message_id: str) -> Became:
        """See ``TransferWorkflows``."""
        return self._wait_for(self._note(difference, message_id))

    def look_again(self, kind: str, journey_id: str) -> None:
        """See ``Neighbours``."""
        self._wait_for(self._look_again(transfer(self.client, journey_id, kind)))

    def knows(self, kind: str, journey_id: str) -> bool:
        """See ``LinkedJourneys``."""
        return self._wait_for(_is_known(transfer(self.client, journey_id, kind)))

    def start(self, start: Start, at: datetime) -> None:
        """See ``LinkedJourneys``."""
        delay = max(at - datetime.now(UTC), timedelta(0)) if self.skips_time else None
        self._wait_for(self._start(start, delay))

    def tell(self, kind: str, journey_id: str, step: Step) -> bool:
        """See ``LinkedJourneys``."""
        return self._wait_for(_told(transfer(self.client, journey_id, kind), step))

    def _wait_for(self, answer: Coroutine[Any, Any, R]) -> R:
        going = asyncio.run_coroutine_threadsafe(answer, self.loop)
        try:
            return going.result(timeout=PATIENCE.total_seconds())
        except TimeoutError:
            going.cancel()
            raise PassingError("Temporal did not answer in time") from None

    async def _listed(self) -> list[str]:
        query = f"WorkflowType IN ({TYPES}) AND ExecutionStatus = 'Running' AND TaskQueue = '{self.task_queue}'"
        return [one.id.partition("/")[2] async for one in self.client.list_workflows(query)]

    async def _all(self, ids: Sequence[str]) -> list[Ran]:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(transfer_id: str) -> Ran:
            async with turn:
                return await self._ran(transfer_id)

        return await asyncio.gather(*map(one, ids))

    async def _ran(self, transfer_id: str) -> Ran:
        try:
            handle = await self._handle(transfer_id)
            told = await handle.describe(rpc_timeout=ANSWER_TIMEOUT)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise PassingError("Temporal did not answer") from error
            return Ran(id=transfer_id, state=RunState.GONE)
        state = RunState.RUNS if told.status is None else STATES.get(told.status, RunState.RUNS)
        standing = await _standing(handle) if state is RunState.RUNS else None
        reset = told.raw_description.workflow_extended_info.last_reset_time
        if standing is None or not reset.seconds:
            return Ran(id=transfer_id, state=state, standing=standing)
        forgot = await self._forgotten(handle, told.run_id)
        return Ran(
            id=transfer_id, state=state, standing=standing, reset=Reset(at=reset.ToDatetime(UTC), forgot=tuple(forgot))
        )

    async def _forgotten(self, handle: Transfer, run: str) -> list[Taken]:
        """What the run before the reset had taken, and this one does not know; nothing where neither answers."""
        before = await _reset_from(self._handle_of(handle.id, run))
        if before is None:
            return []
        try:
            known = {one.step_id for one in await handle.query(JourneyRun.taken, rpc_timeout=ANSWER_TIMEOUT)}
            earlier = self._handle_of(handle.id, before)
            taken = await earlier.query(JourneyRun.taken, rpc_timeout=ANSWER_TIMEOUT)
        except QUERY_FAILED:
            return []
        return [one for one in taken if one.step_id not in known]

    def _handle_of(self, workflow_id: str, run: str) -> Transfer:
        return self.client.get_workflow_handle(workflow_id, run_id=run, result_type=JourneyResult)

    async def _view(self, transfer_id: str) -> tuple[Status, int]:
        """The version is asked for first: a status that is newer by then is shown again under its own."""
        handle = await self._known(transfer_id)
        standing = await _standing(handle)
        try:
            status = await handle.query(JourneyRun.status, rpc_timeout=ANSWER_TIMEOUT)
        except QUERY_FAILED as error:
            raise PassingError("the transfer did not answer") from error
        if standing is None:
            raise PassingError("the transfer did not answer")
        return status, standing.version

    async def _note(self, difference: Difference, message_id: str) -> Became:
        handle = await self._known(difference.transfer_id)
        try:
            return await handle.execute_update(
                JourneyRun.raise_difference, difference, id=message_id, rpc_timeout=UPDATE_TIMEOUT
            )
        except (WorkflowUpdateRPCTimeoutOrCancelledError, WorkflowUpdateFailedError) as error:
            raise PassingError("the transfer did not take what it was told") from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return Became.NOT_TOLD
            raise PassingError("Temporal did not answer") from error

    async def _start(self, start: Start, delay: timedelta | None) -> None:
        try:
            await started(self.client, start, self.task_queue, delay)
        except WorkflowAlreadyStartedError:
            return
        except RPCError as error:
            raise PassingError("Temporal did not answer") from error

    async def _look_again(self, handle: Transfer) -> None:
        try:
            await handle.signal(JourneyRun.look_again, rpc_timeout=ANSWER_TIMEOUT)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise PassingError("Temporal did not answer") from error

    async def _handle(self, transfer_id: str) -> Transfer:
        """Not bound to a run: the newest is meant."""
        return await find_journey(self.client, transfer_id)

    async def _known(self, transfer_id: str) -> Transfer:
        try:
            return await self._handle(transfer_id)
        except RPCError as error:
            raise PassingError("Temporal did not answer") from error


async def _is_known(handle: Transfer) -> bool:
    try:
        return await is_known(handle)
    except RPCError as error:
        raise PassingError("Temporal did not answer") from error


async def _told(handle: Transfer, step: Step) -> bool:
    try:
        await handle.signal(SIGNAL, step, rpc_timeout=ANSWER_TIMEOUT)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise PassingError("Temporal did not answer") from error
    return True


async def _reset_from(handle: Transfer) -> str | None:
    """The run from which the last reset made this one."""
    found = None
    async for event in handle.fetch_history_events():
        failed = event.workflow_task_failed_event_attributes
        if failed.cause == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW:
            found = failed.base_run_id
    return found


async def _standing(handle: Transfer) -> Standing | None:
    try:
        return await handle.query(JourneyRun.standing, rpc_timeout=ANSWER_TIMEOUT)
    except QUERY_FAILED:
        return None
