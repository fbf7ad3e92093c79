"""The composition root of the worker: adapters are built here and nowhere else in this process."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from types import TracebackType
from typing import Any, Protocol, Self

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.clocks import AlertActivities, ClockActivities
from activities.consent import ConsentActivities
from activities.contact_conversation import ContactConversationActivities
from activities.correspondence import CorrespondenceActivities
from activities.digest import DigestActivities
from activities.effect import Effects
from activities.final_meeting import FinalMeetingActivities
from activities.mosaic import MosaicActivities
from activities.ports import (
    Calendars,
    CaseManagement,
    Channels,
    ComparedRegister,
    Directory,
    EffectBook,
    Invitations,
    OpenTransfers,
    Post,
    TransferRegister,
    TransferWorkflows,
)
from activities.reconcile import ReconcileActivities
from activities.register import RegisterActivities
from activities.showing import Shows
from activities.significant_harm import SignificantHarmActivities
from adapters.alert_channels import AppriseChannels, ChannelSettings
from adapters.calendar_ics import IcsInvitations
from adapters.emergency import EmergencySettings, phones
from adapters.england import EnglishCalendar
from adapters.keyring import Cipher
from adapters.letters import LetterSettings, writing
from adapters.mosaic_http import HttpMosaic, MosaicSettings, http_client
from adapters.policy_file import PolicySettings, read_deployment
from adapters.register.comparison import SqlComparison
from adapters.register.directory import SqlDirectory
from adapters.register.effect_book import SqlEffectBook
from adapters.register.reports import SqlReports
from adapters.register.running import SqlRunning
from adapters.register.store import RegisterSettings, Store, register_engine
from adapters.register.transfers import SqlTransfers
from adapters.smtp import PostSettings, SmtpPost
from models.operations.figures import Figures
from workflows.digest import MorningDigest
from workflows.reconcile import Reconcile
from workflows.step_down.transfer import StepDownTransfer
from workflows.timeouts import ALERT, CHANNEL, MAIL, MOSAIC

BUILD = f"early-help-transfers {version('early-help-transfers')}"
"""What Temporal shows of who did a task. Without it the SDK reads the code of every imported module, at each start."""
ACTIVITY_THREADS = 20
LANE_THREADS = 10
STICKY_TIMEOUT = timedelta(seconds=10)
"""How long a task waits for the worker that knows its transfer, before any other takes it up from its history. Of a
killed worker the others notice sooner (ADR 28); a shorter wait makes a busy worker read its own transfers anew."""
CACHED_TRANSFERS = 4000
"""At a quarter of a MiB each. A cache smaller than what is open reads each history anew whenever something happens."""


@dataclass(frozen=True)
class Workflows:
    """What runs, and in what."""

    classes: Sequence[type] = (StepDownTransfer, MorningDigest, Reconcile)
    runner: WorkflowRunner = field(default_factory=SandboxedWorkflowRunner)


SANDBOXED = Workflows()
"""As every test runs them."""
PRODUCTION = Workflows(runner=UnsandboxedWorkflowRunner())
"""Without the sandbox, which took 40 % of the processor; what stands guard instead says ADR 31."""

Calls = Mapping[str | None, Sequence[Callable[..., Any]]]
"""Activities, ready to be called, by the lane in which their calls wait; None is that of the workflows."""


@dataclass(frozen=True)
class Outside:
    """Everything that activities reach."""

    mosaic: CaseManagement
    post: Post
    channels: Channels
    register: TransferRegister
    book: EffectBook
    directory: Directory
    invitations: Invitations
    calendars: Calendars
    transfers: OpenTransfers
    compared: ComparedRegister


@contextmanager
def outside(cipher: Cipher) -> Iterator[Outside]:
    """The real outside, as the settings say."""
    deployment = read_deployment(PolicySettings())
    said = {"phones": phones(EmergencySettings()), "writing": writing(LetterSettings())}
    policy = deployment.policy.model_copy(update=said)
    store = Store(register_engine(RegisterSettings()), cipher)
    with http_client(MosaicSettings()) as client:
        yield Outside(
            mosaic=HttpMosaic(client),
            post=SmtpPost(PostSettings()),
            channels=AppriseChannels(ChannelSettings()),
            register=SqlTransfers(store, policy),
            book=SqlEffectBook(store),
            directory=SqlDirectory(store),
            invitations=IcsInvitations(),
            calendars=EnglishCalendar(deployment.calendar),
            transfers=SqlRunning(store),
            compared=SqlComparison(store),
        )
    store.engine.dispose()


def figures(cipher: Cipher) -> Callable[[], Figures]:
    """What Prometheus is told, counted in the register as the settings say."""
    return SqlReports(Store(register_engine(RegisterSettings()), cipher)).figures


def transfer_time() -> datetime:
    """Now, as the transfer sees it: its clock runs ahead of ours where somebody skips time (the demo, tests)."""
    return max(datetime.now(UTC), activity.info().started_time)


def activities(things: Outside, effects: Effects, workflows: TransferWorkflows) -> Calls:
    """Every activity."""
    mosaic = MosaicActivities(things.mosaic, effects)
    shows = Shows(things.register, things.calendars, transfer_time)
    conversation = ContactConversationActivities(things.post, shows, effects)
    meeting = FinalMeetingActivities(things.post, things.mosaic, things.directory, things.invitations, shows, effects)
    harm = SignificantHarmActivities(shows)
    correspondence = CorrespondenceActivities(things.post, things.mosaic, effects)
    register = RegisterActivities(things.register, things.book, things.calendars, shows, transfer_time)
    consent = ConsentActivities(shows)
    clocks = ClockActivities(things.calendars, transfer_time)
    alerts = AlertActivities(things.post, things.channels, things.directory, effects, things.calendars, transfer_time)
    digest = DigestActivities(things.transfers, things.calendars, things.directory, things.post, effects)
    reconcile = ReconcileActivities(things.compared, workflows, things.mosaic)
    return {
        None: [
            register.open_transfer,
            register.show_in_register,
            register.note_result,
            register.look_up_service,
            register.look_up_people,
            register.reserve_child,
            consent.capture_consent,
            consent.capture_withdrawal,
            conversation.capture_conversation,
            meeting.capture_meeting,
            harm.capture_harm_report,
            clocks.calculate_due_date,
            digest.plan_digests,
            reconcile.list_transfers,
            reconcile.read_register,
            reconcile.ask_workflows,
            reconcile.tell_transfer,
            reconcile.restore_in_register,
            reconcile.show_differences,
        ],
        MOSAIC.lane: [
            mosaic.look_at_children,
            mosaic.share_document,
            mosaic.close_child,
            mosaic.reopen_child,
            reconcile.look_in_mosaic,
        ],
        MAIL.lane: [
            conversation.request_conversation,
            conversation.tell_service,
            meeting.invite_to_meeting,
            meeting.cancel_invitation,
            meeting.send_meeting_outcome,
            correspondence.mail_document,
            correspondence.send_pack,
            correspondence.send_advice_summary,
            correspondence.tell_safety,
            correspondence.tell_practitioner,
            correspondence.recommend_families_first,
            correspondence.send_letter,
        ],
        ALERT.lane: [alerts.mail_alert, digest.mail_digest],
        CHANNEL.lane: [alerts.post_alert],
    }


def all_activities(things: Outside, workflows: TransferWorkflows) -> Calls:
    """Every activity, with each effect carried out by the protocol."""
    return activities(things, Effects(things.book, transfer_time), workflows)


@dataclass(frozen=True)
class Lane:
    """A task queue: that of the workflows, or one beside it for an outside system."""

    home: str
    name: str | None
    per_second: float | None
    """How many activities begin in a second, on all workers together; the server keeps to it."""

    @property
    def queue(self) -> str:
        """What Temporal calls it."""
        return f"{self.home}-{self.name}" if self.name else self.home


class Runs(Protocol):
    """A worker of Temporal, as far as it is run and stopped here."""

    async def run(self) -> None:
        """Take work until it is shut down; raises what it fails of."""

    async def shutdown(self) -> None:
        """Have it take no more, and wait until it has ended."""


class SideBySide:
    """Runs workers side by side: the first that fails has all of them stopped, and says why."""

    def __init__(self, workers: Sequence[Runs]) -> None:
        """Prepare; entering it runs them."""
        self._workers = workers
        self._running: list[asyncio.Task[None]] = []
        self._stops = False
        self._failure: Exception | None = None

    async def __aenter__(self) -> Self:
        owner = asyncio.current_task()
        self._running = [asyncio.create_task(self._run(worker, owner)) for worker in self._workers]
        return self

    async def _run(self, worker: Runs, owner: asyncio.Task[Any] | None) -> None:
        try:
            await worker.run()
        except Exception as error:  # noqa: BLE001 (whatever it was, it is raised where the workers are left)
            self._failure = self._failure or error
            # Once: entered by itself, each worker would cancel the owner, also while it stops the others.
            if not self._stops and owner is not None:
                self._stops = True
                owner.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop them; what one failed of comes in place of the cancelling that it caused."""
        self._stops = True
        await asyncio.gather(*(worker.shutdown() for worker in self._workers))
        await asyncio.gather(*self._running)
        if self._failure is not None:
            raise self._failure from None


class TransfersWorker(SideBySide):
    """The workers of one process: one for workflows and the register, one for each lane to the outside.

    A lane has threads of its own, so that calls that hang there take none that anything else needs.
    """

    def __init__(  # noqa: PLR0913 (each is set for a reason of its own)
        self,
        client: Client,
        task_queue: str,
        calls: Calls,
        drain: timedelta,
        mosaic_per_second: float | None = None,
        *,
        workflows: Workflows = SANDBOXED,
    ) -> None:
        """Prepare; entering it takes work. Without a limit, attempts at Mosaic begin as they come."""
        limits = {MOSAIC.lane: mosaic_per_second}
        self._lanes = [
            _worker(client, Lane(task_queue, lane, limits.get(lane)), of_lane, drain, workflows)
            for lane, of_lane in calls.items()
        ]
        super().__init__(self._lanes)

    @property
    def is_running(self) -> bool:
        """Whether all of them take work."""
        return all(worker.is_running for worker in self._lanes)


def _worker(
    client: Client, lane: Lane, calls: Sequence[Callable[..., Any]], drain: timedelta, workflows: Workflows
) -> Worker:
    home = lane.name is None
    threads = ACTIVITY_THREADS if home else LANE_THREADS
    return Worker(
        client,
        task_queue=lane.queue,
        max_task_queue_activities_per_second=lane.per_second,
        workflows=workflows.classes if home else (),
        workflow_runner=workflows.runner,
        build_id=BUILD,
        activities=calls,
        activity_executor=ThreadPoolExecutor(threads, thread_name_prefix="activity"),
        max_concurrent_activities=threads,
        max_cached_workflows=CACHED_TRANSFERS if home else 0,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        # Nothing is stored outside. More than one would make a task of each payload that is looked at.
        max_workflow_task_external_storage_concurrency=1,
        graceful_shutdown_timeout=drain,
    )
