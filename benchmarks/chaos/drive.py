"""One transfer, by people who never give up: a step is sent until it is taken, and what asks for a person gets one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import httpx
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from adapters.smtp import message_id
from benchmarks.chaos.plan import Begins, Sent, how_sent
from benchmarks.herd.books import mailbox
from cli.rehearsal.books import admit
from cli.rehearsal.case import Case
from cli.rehearsal.case_file import read_case
from cli.rehearsal.local import Rehearsal
from cli.rehearsal.waiting import is_asked_for
from client.errors import InputError, NotKnownError
from client.letters import as_read
from client.starting import start
from client.transfers import Transfer, send, status, transfer
from models.attention import REJECTED_STEP, Attention, Resolution
from models.journey.answers import Receipt
from models.journey.status import Status
from models.journey.steps import ResolveAttention, Step
from models.kinds import NOT_ANSWERING
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.consent import RecordConsent, RecordExploration
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import NameLeadPractitioner, RecordAdviceSummary, RecordDecisions
from models.step_down.steps.sharing import RecordFamilySharing
from models.vocabulary import Actor, Role

OUTAGES = (NotKnownError, RPCError, WorkflowQueryFailedError, httpx.HTTPError)
"""What whoever asks something meets while something is away."""
LOOK_SECONDS = 0.5
REFUSED_FOR_GOOD = 240
"""Times that a step is refused whose turn has come, each a moment later."""

MAY_COME_EARLY = (
    RecordExploration,
    RecordConsent,
    RecordContactConversation,
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordDecisions,
    AcknowledgeTransfer,
    RecordFamilySharing,
)
"""Kept until their turn, or refused. One may overtake another; whatever else it overtook would mean something else."""

EARLY_BY = 3
OPERATIONS = Actor(id="chaos-operations", role=Role.OPERATIONS)
T = TypeVar("T")


@dataclass
class Driven:
    """A transfer on its way, and what was seen of it."""

    client: Client
    local: Rehearsal
    seed: int
    begins: Begins
    case: Case
    sent: dict[str, Receipt] = field(default_factory=dict)
    """The receipt of each step that was taken, by ``step_id``."""
    again: int = 0
    """Steps that were sent once more, or by signal as well."""
    early: list[str] = field(default_factory=list)
    """Steps that were taken before their turn: from then on the file does not say what is to happen."""
    wrong: list[str] = field(default_factory=list)
    outcome: str | None = None

    @classmethod
    def of(cls, client: Client, local: Rehearsal, seed: int, begins: Begins) -> "Driven":
        """The transfer, as its example says it."""
        return cls(client, local, seed, begins, read_case(begins.example, begins.id, datetime.now(UTC)))

    @property
    def handle(self) -> Transfer:
        """What is asked and sent to."""
        return transfer(self.client, self.begins.id)

    async def play(self) -> None:
        """From the start to the end."""
        await self.begin()
        await self.take()
        await self.end()

    async def begin(self) -> None:
        """The family is in Mosaic, and its transfer started."""
        await patiently(lambda: asyncio.to_thread(admit, self.local, self.case))
        await patiently(self._start)

    async def take(self, first: int = 0, before: int | None = None) -> None:
        """The steps from this place on, each once it is asked for."""
        for place, step in list(enumerate(self.case.steps))[first:before]:
            await self._until(is_asked_for(step))
            ways = how_sent(self.seed, self.begins.id, step.step_id)
            if Sent.EARLY in ways:
                await self._try_early(self.case.steps[place : place + EARLY_BY])
            await self._record(step, ways)

    async def end(self) -> None:
        """Nothing is to come, and Temporal has seen its end."""
        self.outcome = (await self._until(lambda now: now.outcome is not None)).outcome
        while await patiently(self._runs):  # noqa: ASYNC110 (the server has no event for that)
            await asyncio.sleep(LOOK_SECONDS)

    async def _start(self) -> None:
        try:
            await start(self.client, self.case.start)
        except InputError as error:
            # Under its id it is started once: an answer that was lost is no reason to begin another one.
            if "was started before" not in str(error):
                raise

    async def _runs(self) -> bool:
        return (await self.handle.describe()).status is WorkflowExecutionStatus.RUNNING

    async def _until(self, holds: Callable[[Status], object]) -> Status:
        """Wait until this holds; meanwhile operations put right what asks for a person."""
        while not holds(now := await patiently(lambda: status(self.handle))):
            for item in now.attention:
                if item.open and item.problem != NOT_ANSWERING:
                    await self._put_right(item)
            await asyncio.sleep(LOOK_SECONDS)
        return now

    async def _record(self, step: Step, ways: frozenset[Sent]) -> None:
        said = await self._as_said(step)
        if Sent.AS_SIGNAL_TOO in ways:
            self.again += 1
            receipt, _ = await asyncio.gather(self._taken(said), patiently(partial(self._signal, said)))
        else:
            receipt = await self._taken(said)
        self.sent[step.step_id] = receipt
        if Sent.TWICE in ways:
            self.again += 1
            if _as_first_given(await self._taken(said)) != _as_first_given(receipt):
                self.wrong.append(f"{step.step_id}: sent again, it got another receipt")

    async def _signal(self, said: Step) -> None:
        try:
            await self.client.get_workflow_handle(self.handle.id).signal("step", said.model_dump(mode="json"))
        except RPCError as error:
            # Taken as an update before, it may have ended the transfer.
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def _as_said(self, step: Step) -> Step:
        """As the person says it, who has read the letters."""
        return await patiently(lambda: as_read(self.handle, step))

    async def _taken(self, said: Step) -> Receipt:
        for _ in range(REFUSED_FOR_GOOD):
            try:
                return await patiently(lambda: send(self.handle, said))
            except InputError as error:
                refused = error
                await asyncio.sleep(LOOK_SECONDS)
        raise refused

    async def _try_early(self, coming: tuple[Step, ...]) -> None:
        """The last of these three first."""
        if len(coming) < EARLY_BY or not all(isinstance(step, MAY_COME_EARLY) for step in coming):
            return
        try:
            await patiently(lambda: send(self.handle, coming[-1]))
        except InputError:
            return
        self.early.append(coming[-1].step_id)

    async def _put_right(self, item: Attention) -> None:
        """Operations look, and say what they saw."""
        resolution = Resolution.RETRY
        if item.problem == REJECTED_STEP or (item.effect is not None and await self._has_arrived(item.effect)):
            resolution = Resolution.DONE_BY_HAND
        said = ResolveAttention(
            step_id=f"put-right-{item.id}",
            actor=OPERATIONS,
            occurred_at=datetime.now(UTC),
            attention_id=item.id,
            resolution=resolution,
            note="Looked at the mail server." if resolution is Resolution.DONE_BY_HAND else None,
        )
        try:
            await send(self.handle, said)
        except (*OUTAGES, InputError):
            return  # Looked at once more: it may have been put right, or be over.

    async def _has_arrived(self, effect: str) -> bool:
        sent = await patiently(lambda: asyncio.to_thread(mailbox, self.local.mailbox_url))
        return message_id(f"{self.begins.id}/{effect}") in {mail.message_id for mail in sent}


def _as_first_given(receipt: Receipt) -> Receipt:
    """Without what it says of today."""
    return receipt.model_copy(update={"today": None})


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """The answer, as soon as whoever gives it is back."""
    while True:
        try:
            return await ask()
        except OUTAGES:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError from None
            await asyncio.sleep(LOOK_SECONDS)
