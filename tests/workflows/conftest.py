"""A real Temporal server, a real worker with encryption, and fakes of everything outside."""

import asyncio
import sysconfig
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, WorkflowEnvironment

from adapters.keyring import Keyring
from adapters.temporal_client import transfers_plugin
from client.comparison import TemporalTransfers
from models.journey.answers import Receipt
from models.journey.status import Status
from models.journey.steps import Step
from models.step_down.start import StepDownRequest
from tests import builders
from tests.fakes import FakeBook, FakeCalendars, FakeChannels, FakeInvitations, FakeMosaic, FakePost, FakeRegister
from worker.wiring import Calls, Outside, TransfersWorker, all_activities
from workflows.ids import step_down_id
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
from workflows.step_down.transfer import StepDownTransfer

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


async def started(*settings: str) -> WorkflowEnvironment:
    return await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(Path(sysconfig.get_path("scripts")) / "temporal"),
        dev_server_log_level="error",
        dev_server_extra_args=[word for setting in settings for word in ("--dynamic-config-value", setting)],
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
            said = (
                step.model_copy(update={"occurred_at": await self.now()}) if step.occurred_at == builders.THEN else step
            )
            receipt = await self.handle.execute_update(said.step, said, result_type=Receipt)
        return receipt

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
            await self.handle.execute_update(name or step.step, step, result_type=Receipt)
        assert isinstance(refusal.value.cause, ApplicationError)
        return refusal.value.cause

    async def status(self) -> Status:
        """Where it stands; a run that has just begun in skipped time cannot be asked for a moment."""
        return await self._asked(JourneyRun.status)

    async def _asked(self, question: Callable[[Any], T]) -> T:
        for _ in range(300):
            try:
                return await self.handle.query(question)
            except RPCError as error:
                if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
                await asyncio.sleep(0.02)
        return await self.handle.query(question)

    async def until(self, holds: Callable[[Status], bool], within: float = 15) -> Status:
        """The first status in which it holds."""
        until = time.monotonic() + within
        while not holds(now := await self.status()):
            assert time.monotonic() < until, f"it did not come about in time; now {now.stage}, {now.attention}"
            await asyncio.sleep(0.02)
        return now

    async def settled(self) -> None:
        """Until the machine has nothing to do: no activity, no workflow task, and nothing is to be shown."""
        until = time.monotonic() + 15
        while True:
            told = (await self.handle.describe()).raw_description
            busy = told.pending_activities or told.HasField("pending_workflow_task")
            if not busy and await self._turn_has_ended():
                return
            assert time.monotonic() < until
            await asyncio.sleep(0.02)

    async def _turn_has_ended(self) -> bool:
        """What happened is shown, too, so that no timer for that is under way."""
        standing = await self._asked(JourneyRun.standing)
        return standing.shown == standing.version or not standing.opened

    async def attention(self) -> Status:
        """Until something needs a person."""
        return await self.until(lambda now: now.needs_attention)

    async def outcome(self, within: float = 15) -> str:
        return (await asyncio.wait_for(self.handle.result(), within)).outcome

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
            evidence=self.register,
            book=self.book,
            directory=self.register,
            invitations=self.invitations,
            calendars=self.calendars,
            transfers=self.register,
            compared=self.register,
        )
        return all_activities(things, TemporalTransfers(self.client, self.queue))

    def worker(self, mosaic_per_second: float | None = None) -> TransfersWorker:
        return TransfersWorker(self.client, self.queue, self.calls(), timedelta(seconds=5), mosaic_per_second)

    def request(self, *children: str, **changes: Any) -> StepDownRequest:
        return builders.request(*children, **{"id": f"{self.queue}-{next(NUMBERS)}", **changes})

    async def start(self, *children: str, **changes: Any) -> Transfer:
        return await self.start_as(self.request(*children, **changes))

    async def start_as(self, request: StepDownRequest) -> Transfer:
        handle = await self.client.start_workflow(
            StepDownTransfer.run, request, id=step_down_id(request.id), task_queue=self.queue
        )
        return Transfer(self.client, handle, request.id)

    async def start_with(self, argument: Any, client: Client | None = None) -> Transfer:
        """Start with whatever is given, as a foreign client might."""
        transfer_id = f"{self.queue}-{next(NUMBERS)}"
        handle = await (client or self.client).start_workflow(
            "StepDownTransfer",
            argument,
            id=step_down_id(transfer_id),
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
