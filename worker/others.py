"""The workers of our task queue, as Temporal knows them."""

import asyncio
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import TaskQueueKind
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeWorkerRequest,
    GetWorkflowExecutionHistoryReverseRequest,
    ListWorkersRequest,
    ShutdownWorkerRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from worker.deaths import Beat

SOON = timedelta(seconds=1)
"""After which an answer is of no use any more."""
LOOKED_INTO = 500
"""How many running workflows, the newest first, are searched for what a dead worker called its own queue."""
AT_ONCE = 20
NEWEST_EVENTS = 30
"""Of a history: with some certainty one of them is a workflow task that waited for the worker that remembers."""


def own_identity() -> str:
    """A name for this process that no other ever had: numbers and hosts come again, in containers above all."""
    return f"{os.getpid()}@{socket.gethostname()}@{secrets.token_hex(4)}"


async def tells_who_lives(client: Client) -> bool:
    """Whether this Temporal takes and shows the beats of workers."""
    asked = DescribeNamespaceRequest(namespace=client.namespace)
    answer = await client.workflow_service.describe_namespace(asked, timeout=SOON)
    return answer.namespace_info.capabilities.worker_heartbeats


@dataclass(frozen=True)
class TemporalWorkers:
    """The workers of one task queue."""

    client: Client
    task_queue: str

    async def beats(self) -> Sequence[Beat]:
        """The newest sign of life of each that has not ended in order; raises ``RPCError``."""
        query = f"TaskQueue = '{self.task_queue}' AND Status = 'Running'"
        asked = ListWorkersRequest(namespace=self.client.namespace, query=query)
        listed = await self.client.workflow_service.list_workers(asked, timeout=SOON)
        shown = await asyncio.gather(*(self._beat(worker.worker_instance_key) for worker in listed.workers))
        return [beat for beat in shown if beat is not None]

    async def give_back(self, identity: str) -> bool:
        """Have the next task of what this process remembers go to any worker; False where nothing names its queue."""
        queue = await self._own_queue(identity)
        if queue is None:
            return False
        # Not the worker's key: it would end the worker, if it lives; the queue comes back with its next poll.
        asked = ShutdownWorkerRequest(
            namespace=self.client.namespace, sticky_task_queue=queue, identity=self.client.identity, reason="silent"
        )
        await self.client.workflow_service.shutdown_worker(asked, timeout=SOON)
        return True

    async def _beat(self, worker: str) -> Beat | None:
        asked = DescribeWorkerRequest(namespace=self.client.namespace, worker_instance_key=worker)
        try:
            answer = await self.client.workflow_service.describe_worker(asked, timeout=SOON)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        beat = answer.worker_info.worker_heartbeat
        return Beat(worker, beat.worker_identity, beat.heartbeat_time.ToDatetime(UTC))

    async def _own_queue(self, identity: str) -> str | None:
        """The queue on which only this process takes tasks: its name is random, and stands in histories alone."""
        query = f"TaskQueue = '{self.task_queue}' AND ExecutionStatus = 'Running'"
        running = self.client.list_workflows(query, limit=LOOKED_INTO, page_size=LOOKED_INTO, rpc_timeout=SOON)
        ids = [workflow.id async for workflow in running]
        for first in range(0, len(ids), AT_ONCE):
            named = await asyncio.gather(*map(self._queue_in_history, ids[first : first + AT_ONCE]))
            for queue in filter(None, named):
                if queue.startswith(f"{identity}-"):
                    return queue
        return None

    async def _queue_in_history(self, workflow_id: str) -> str | None:
        """Of the worker that last remembered this workflow; None where no task has waited for it yet."""
        asked = GetWorkflowExecutionHistoryReverseRequest(
            namespace=self.client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id),
            maximum_page_size=NEWEST_EVENTS,
        )
        try:
            answer = await self.client.workflow_service.get_workflow_execution_history_reverse(asked, timeout=SOON)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:  # it was listed, and is gone since
                return None
            raise
        queues = (event.workflow_task_scheduled_event_attributes.task_queue for event in answer.history.events)
        sticky = (queue.name for queue in queues if queue.kind == TaskQueueKind.TASK_QUEUE_KIND_STICKY)
        return next(sticky, None)
