"""Which keys the histories that Temporal keeps hold payloads under; read from the histories, as nothing else knows."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.worker.v1 import WorkerHeartbeat
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, ListWorkersRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models.operations.keys import KeysOfWorker, Story

AT_ONCE = 10
"""Histories that are read side by side."""
ALIVE = timedelta(minutes=2)
"""After so long without a sign of life a worker is not counted any more; Temporal lists it for minutes."""
PAGE = 1000
"""Events that are asked for at once."""
NOT_TOLD = frozenset({RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT})


class _Run(NamedTuple):
    workflow_id: str
    run_id: str | None
    closed_at: datetime | None


async def retention(client: Client) -> timedelta:
    """How long Temporal keeps the history of what has ended."""
    asked = DescribeNamespaceRequest(namespace=client.namespace)
    answer = await client.workflow_service.describe_namespace(asked)
    return answer.config.workflow_execution_retention_ttl.ToTimedelta()


async def stories(client: Client, ids: Iterable[str], tell: Callable[[int], None]) -> tuple[Story, ...]:
    """Every history of the namespace, open and ended; ``tell`` is told now and then how many were read.

    Lists may lag behind, so those of ``ids``, which the register knows to be open, are asked for by name, too.
    """
    found: list[Story] = []
    batch: list[_Run] = []
    async for run in _runs(client, ids):
        batch.append(run)
        if len(batch) == AT_ONCE:
            found += await _read(client, batch)
            tell(len(found))
            batch.clear()
    return (*found, *await _read(client, batch))


async def _runs(client: Client, ids: Iterable[str]) -> AsyncIterator[_Run]:
    listed = set()
    async for execution in client.list_workflows():
        # A run that has ended says nothing of the one after it, which the list may not have yet.
        if execution.close_time is None:
            listed.add(execution.id)
        yield _Run(execution.id, execution.run_id, execution.close_time)
    for workflow_id in ids:
        if workflow_id not in listed:
            yield _Run(workflow_id, None, None)


async def _read(client: Client, runs: Iterable[_Run]) -> list[Story]:
    read = await asyncio.gather(*(_story(client, run) for run in runs))
    return [story for story in read if story is not None]


async def _story(client: Client, run: _Run) -> Story | None:
    """None where it is gone: its time was over, or it never began."""
    handle = client.get_workflow_handle(run.workflow_id, run_id=run.run_id)
    keys: set[str] = set()
    try:
        async for event in handle.fetch_history_events(page_size=PAGE):
            keys.update(key_ids(event))
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    return Story(workflow_id=run.workflow_id, keys=frozenset(keys), closed_at=run.closed_at)


async def workers(client: Client, plugin: str) -> tuple[KeysOfWorker, ...] | None:
    """The workers that live, with the keys that the name of their plugin tells; None where Temporal tells of none."""
    asked = ListWorkersRequest(namespace=client.namespace, query="Status = 'Running'")
    found = {}
    try:
        beats = [beat async for beat in _beats(client, asked)]
    except RPCError as error:
        if error.status in NOT_TOLD:
            return None
        raise
    for beat in beats:
        last = beat.heartbeat_time.ToDatetime(tzinfo=UTC)
        names = [one.name.removeprefix(plugin) for one in beat.plugins if one.name.startswith(plugin)]
        if names and datetime.now(UTC) - last < ALIVE:
            found[beat.worker_identity] = tuple(names[0].split(","))
    return tuple(KeysOfWorker(identity=identity, keys=keys) for identity, keys in sorted(found.items()))


async def _beats(client: Client, asked: ListWorkersRequest) -> AsyncIterator[WorkerHeartbeat]:
    while True:
        listed = await client.workflow_service.list_workers(asked)
        for info in listed.workers_info:
            yield info.worker_heartbeat
        if not listed.next_page_token:
            return
        asked.next_page_token = listed.next_page_token


def key_ids(message: Message) -> Iterator[str]:
    """The keys of all payloads in it, however deep."""
    if isinstance(message, Payload):
        if "key-id" in message.metadata:
            yield message.metadata["key-id"].decode(errors="replace")
        return
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in _parts(value, of_a_map=field.message_type.GetOptions().map_entry):
                yield from key_ids(part)


def _parts(value: Any, *, of_a_map: bool) -> Iterable[Message]:
    if of_a_map:
        return (part for part in value.values() if isinstance(part, Message))
    return (value,) if isinstance(value, Message) else value
