"""The workers of one process, side by side: one for workflows, one for each lane to the outside."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from types import TracebackType
from typing import Any, Protocol, Self

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workflows.digest import MorningDigest
from workflows.help_request.request import EarlyHelpRequest
from workflows.reconcile import Reconcile
from workflows.step_down.transfer import StepDownTransfer
from workflows.step_up.referral import StepUpReferral
from workflows.timeouts import MOSAIC

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

    classes: Sequence[type] = (StepDownTransfer, EarlyHelpRequest, StepUpReferral, MorningDigest, Reconcile)
    runner: WorkflowRunner = field(default_factory=SandboxedWorkflowRunner)


SANDBOXED = Workflows()
"""As every test runs them."""
PRODUCTION = Workflows(runner=UnsandboxedWorkflowRunner())
"""Without the sandbox, which took 40 % of the processor; what stands guard instead says ADR 31."""

Calls = Mapping[str | None, Sequence[Callable[..., Any]]]
"""Activities, ready to be called, by the lane in which their calls wait; None is that of the workflows."""


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
