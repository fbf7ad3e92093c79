"""A real Temporal server, a real worker with encryption, and fakes of everything outside."""

import asyncio
import sysconfig
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from adapters.keyring import Keyring
from adapters.temporal_client import transfers_plugin
from cli.rehearsal.skipping import begins_at
from client.comparison import TemporalTransfers
from client.journeys import kind_named
from client.letters import as_read
from models.journey.answers import Receipt
from models.journey.start import Start
from models.journey.status import Status
from models.journey.steps import Step
from models.step_down.start import StepDownRequest
from tests import builders
from tests.fakes import (
    SHOWN_AFTER,
    FakeBook,
    FakeCalendars,
    FakeChannels,
    FakeInvitations,
    FakeMosaic,
    FakePost,
    FakeRegister,
)
from tests.pace import A_MOMENT, eventually, patient
from worker.lanes import Calls, TransfersWorker
from worker.wiring import Outside, all_activities
from workflows.ids import workflow_id
from workflows.journey.run import JourneyResult, JourneyRun
from workflows.journey.visibility import (
    NEEDS_ATTENTION,
    RESPONSE_DUE,
    RESPONSE_STATE,
    ROUTE,
    SERVICE,
    STAGE,
    TEAM,
    WAITING_FOR,
)

KEYS = Keyring(current="key-1", keys={"key-1": bytes(range(32))})
NUMBERS = count(1)
T = TypeVar("T")
ATTRIBUTES: list[SearchAttributeKey[Any]] = [
    STAGE,
    ROUTE,
    SERVICE,
    TEAM,
    RESPONSE_STATE,
    RESPONSE_DUE,
    WAITING_FOR,
    NEEDS_ATTENTION,
]


# Each test has task queues of its own, and a queue in parts costs the server a third more.
ONE_PART = ("matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1")


async def started(*settings: str) -> WorkflowEnvironment:
    return await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sysconfig.get_path("scripts")) / "temporal"),
        dev_server_log_level="error",
        dev_server_extra_args=[
            word for setting in (*ONE_PART, *settings) for word in ("--dynamic-config-value", setting)
        ],
        search_attributes=ATTRIBUTES,
    )


async def connected(server: WorkflowEnvironment) -> Client:
    """A client as every process of ours has it."""
    address = server.client.service_client.config.target_host
    return await Client.connect(address, plugins=[transfers_plugin(KEYS)])


SKIPS_TIME = ("frontend.WorkflowTimeSkippingEnabled=true", 'history.timerProcessorMaxTimeShift="1ms"')


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await started(*SKIPS_TIME) as server:
        yield server


@pytest.fixture(scope="session")
async def client(server: WorkflowEnvironment) -> Client:
    return await connected(server)


@pytest.fixture(scope="session")
async def impatient_client() -> AsyncIterator[Client]:
    """On a server that wants every workflow to go on in a new run after 40 events."""
    async with await started(*SKIPS_TIME, "limit.historyCount.suggestContinueAsNew=40") as server:
        yield await connected(server)


TASK_FAILED = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
DONE_ANEW = "WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND"


class Transfer:
    """One transfer on the server, and what a test does with it."""

    def __init__(self, client: Client, handle: WorkflowHandle[Any, JourneyResult], id: str) -> None:  # noqa: A002 - as the domain says it
        self.client, self.id = client, id
        # Not bound to a run, as others know a transfer: by its id.
        self.handle: WorkflowHandle[Any, JourneyResult] = client.get_workflow_handle(
            handle.id, result_type=JourneyResult
        )
        self.first_run = handle.first_execution_run_id

    async def record(self, *steps: Step) -> Receipt:
        """Record the steps one after the other; each has to be taken."""
        for step in steps:
            said = builders.at(step, await self.now()) if step.occurred_at == builders.THEN else step
            said = await as_read(self.handle, builders.unread(said))
            receipt = await self._sent(said)
        return receipt

    async def _sent(self, said: Any, name: str = "") -> Receipt:
        """What is refused as the directory of people was not read yet is sent again, as our client does."""
        send = partial(self.handle.execute_update, name or said.step, said, result_type=Receipt)
        try:
            return await send()
        except WorkflowUpdateFailedError as error:
            if "is only being opened" not in str(error.cause):
                raise
        await eventually(self._is_opened)
        return await send()

    async def _is_opened(self) -> bool:
        return (await self._asked(JourneyRun.standing)).opened

    async def now(self) -> datetime:
        """The transfer's own time."""
        return await TimeSkipper(self.client).get_current_time(self.handle)

    async def skip_to(self, moment: datetime) -> None:
        """Let the transfer's time pass until this moment; what comes due on the way comes in its turn."""
        # A new run waits a moment before its first task, and skipped time would pass that by.
        await self.status()
        await self.settled()
        assert await TimeSkipper(self.client).fast_forward(self.handle, moment - await self.now())
        await self.settled()

    async def refused(self, step: Any, name: str = "") -> ApplicationError:
        """The error by which the step is refused."""
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await self._sent(step, name)
        assert isinstance(refusal.value.cause, ApplicationError)
        return refusal.value.cause

    async def status(self) -> Status:
        """Where it stands; a run that has just begun in skipped time cannot be asked for a moment."""
        return await self._asked(JourneyRun.status)

    async def _asked(self, question: Callable[[Any], T]) -> T:
        found = await eventually(lambda: self._answer(question))
        assert found is not None
        return found

    async def _answer(self, question: Callable[[Any], T]) -> T | None:
        try:
            return await self.handle.query(question)
        except RPCError as error:
            if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                raise
            return None

    async def until(self, holds: Callable[[Status], bool]) -> Status:
        """The first status in which it holds."""
        now = await self.status()

        async def so_far() -> bool:
            nonlocal now
            now = await self.status()
            return holds(now)

        await eventually(so_far, told=lambda: f"now {now.stage}, {now.attention}")
        return now

    async def until_found_by(self, attribute: SearchAttributeKey[Any], value: Any) -> None:
        """Until the list finds it by this."""

        async def found() -> bool:
            return bool((await self.handle.describe()).typed_search_attributes.get(attribute) == value)

        await eventually(found)

    async def settled(self) -> None:
        """Until the machine has nothing to do: no activity, no workflow task, and nothing is to be shown."""
        await eventually(self._has_settled)

    async def _has_settled(self) -> bool:
        before = await self._at_rest()
        # Between one look and the next a new run may have begun: only what stayed as it was has settled.
        settled = before is not None and await self._everything_is_shown() and await self._no_moment_is_left()
        return settled and before == await self._at_rest()

    async def _at_rest(self) -> tuple[str, int] | None:
        """The run and how long its history is, where the machine does nothing in it."""
        told = (await self.handle.describe()).raw_description
        if told.pending_activities or told.HasField("pending_workflow_task"):
            return None
        return told.workflow_execution_info.execution.run_id, told.workflow_execution_info.history_length

    async def _no_moment_is_left(self) -> bool:
        """What was shown at once leaves its moment, and a run that moves on waits for that; a closed one does not."""
        left: set[str] = set()
        if (await self.handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
            return True
        async for event in self.handle.fetch_history_events():
            begun, ended = event.timer_started_event_attributes, event.timer_fired_event_attributes
            if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
                left |= {begun.timer_id} if begun.start_to_fire_timeout.ToTimedelta() <= SHOWN_AFTER else set()
            elif event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
                left -= {ended.timer_id}
        return not left

    async def _everything_is_shown(self) -> bool:
        standing = await self._asked(JourneyRun.standing)
        return standing.shown == standing.version or not standing.opened

    async def attention(self) -> Status:
        """Until something needs a person."""
        return await self.until(lambda now: now.needs_attention)

    async def outcome(self) -> str:
        return (await asyncio.wait_for(self.handle.result(), patient(A_MOMENT))).outcome

    async def runs(self) -> list[str]:
        """Every run of the transfer, the first one first."""
        found = [str(self.first_run)]
        while (after := await self._run_after(found[-1])) is not None:
            found.append(after)
        return found

    async def _run_after(self, run_id: str) -> str | None:
        events = self.client.get_workflow_handle(self.handle.id, run_id=run_id).fetch_history_events()
        last = [event async for event in events][-1]
        return last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id or None

    async def failed_tasks(self) -> list[str]:
        """How workflow tasks of any run failed, but for those done anew, as something came just as the run ended."""
        return [failed for run in await self.runs() for failed in await self._failed_in(run)]

    async def _failed_in(self, run_id: str) -> list[str]:
        events = self.client.get_workflow_handle(self.handle.id, run_id=run_id).fetch_history_events()
        failed = [e.workflow_task_failed_event_attributes async for e in events if e.event_type == TASK_FAILED]
        decode, name = self.client.data_converter.decode_failure, WorkflowTaskFailedCause.Name
        return [f"{name(one.cause)}: {await decode(one.failure)}" for one in failed if name(one.cause) != DONE_ANEW]

    async def count(self, kind: EventType.ValueType) -> int:
        return len([event async for event in self.handle.fetch_history_events() if event.event_type == kind])


class House:
    """The fakes outside, a task queue of its own, and a worker on it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.queue = f"transfers-{next(NUMBERS)}"
        self.mosaic, self.post, self.book = FakeMosaic(), FakePost(), FakeBook()
        self.channels, self.calendars = FakeChannels(), FakeCalendars(builders.calendar())
        self.register, self.invitations = FakeRegister(builders.service()), FakeInvitations()

    def calls(self) -> Calls:
        """Every activity, with the fakes outside."""
        things = Outside(
            mosaic=self.mosaic,
            post=self.post,
            channels=self.channels,
            register=self.register,
            book=self.book,
            directory=self.register,
            invitations=self.invitations,
            calendars=self.calendars,
            transfers=self.register,
            compared=self.register,
        )
        return all_activities(things, TemporalTransfers(self.client, self.queue, skips_time=True))

    def worker(self, mosaic_per_second: float | None = None) -> TransfersWorker:
        return TransfersWorker(self.client, self.queue, self.calls(), timedelta(seconds=5), mosaic_per_second)

    def request(self, *children: str, **changes: Any) -> StepDownRequest:
        said = {"id": f"{self.queue}-{next(NUMBERS)}", "family": builders.young_family(*children)}
        return builders.request(*children, **{**said, **changes})

    async def start(self, *children: str, **changes: Any) -> Transfer:
        return await self.start_as(self.request(*children, **changes))

    async def start_as(self, request: Start, at: datetime | None = None) -> Transfer:
        kind = kind_named(request.kind)
        handle = await begins_at(self.client, at).start_workflow(
            kind.type,
            request,
            id=workflow_id(kind.name, request.id),
            task_queue=self.queue,
            result_type=JourneyResult,
        )
        return Transfer(self.client, handle, request.id)

    async def start_with(self, argument: Any, client: Client | None = None) -> Transfer:
        """Start with whatever is given, under an id of its own, as a foreign client might."""
        transfer_id = f"{self.queue}-{next(NUMBERS)}"
        if isinstance(argument, dict) and "id" in argument:
            argument = {**argument, "id": transfer_id}
        handle = await (client or self.client).start_workflow(
            "StepDownTransfer",
            argument,
            id=workflow_id("step-down", transfer_id),
            task_queue=self.queue,
            result_type=JourneyResult,
        )
        return Transfer(self.client, handle, transfer_id)

    def letters_sent(self) -> list[str]:
        """What was mailed, by effect and receiver."""
        return sorted(f"{mail.key.split('/')[1]} to {mail.to}" for mail in self.post.sent)


@pytest.fixture
async def house(client: Client) -> AsyncIterator[House]:
    house = House(client)
    async with house.worker():
        yield house


@pytest.fixture
async def impatient_house(impatient_client: Client) -> AsyncIterator[House]:
    house = House(impatient_client)
    async with house.worker():
        yield house


@asynccontextmanager
async def working(house: House) -> AsyncIterator[House]:
    async with house.worker():
        yield house


@pytest.fixture
def idle_house(client: Client) -> tuple[House, Callable[[], AbstractAsyncContextManager[House]]]:
    """A house whose worker runs only while a test says so."""
    house = House(client)
    return house, lambda: working(house)
