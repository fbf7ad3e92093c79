"""Starting journeys, as any system that holds a key does it: under one id, one is started once."""

import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.converter import WorkflowSerializationContext
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from client.errors import InputError, NotKnownError, StartedBeforeError
from client.journeys import kind_named
from client.transfers import ANSWER_TIMEOUT, NOT_KNOWN, QUESTION_TIMEOUT, Transfer, kind_of, send, transfer
from models.journey.start import IN_THE_REQUEST, Start
from workflows.ids import workflow_id
from workflows.journey.run import JourneyResult

REPORTED_THERE = " The risk of significant harm is recorded there; nothing else that this start says is."
NOT_REPORTED = (
    " THE RISK OF SIGNIFICANT HARM WAS NOT RECORDED. Ring Duty and Advice (out of hours, the emergency duty team), "
    "then start it under another id, or another number."
)


def task_queue() -> str:
    """Where the worker takes its work, as ``TRANSFERS_TASK_QUEUE``."""
    return os.environ.get("TRANSFERS_TASK_QUEUE", "transfers")


async def start(client: Client, request: Start) -> Transfer:
    """Start the journey.

    Raises:
        StartedBeforeError: the id was used before.
        NotKnownError: no answer came.
    """
    begun = await _begun(client, request)
    if begun is None:
        raise await _started_before(client, request)
    return begun


async def start_once(client: Client, request: Start) -> bool:
    """Start the journey, or find the very same started before; whether it began now.

    Raises:
        StartedBeforeError: something else was started under this id.
        NotKnownError: no answer came.
    """
    if await _begun(client, request) is not None:
        return True
    await refuse_another(client, request)
    return False


async def refuse_another(client: Client, request: Start) -> None:
    """Check that what was started under its id before is this very start.

    Raises:
        StartedBeforeError: it is another one.
        NotKnownError: no answer came.
    """
    before = await started_before(client, transfer(client, request.id, request.kind))
    if before is None or not before.says_the_same_as(request):
        raise await _started_before(client, request)


async def _begun(client: Client, request: Start) -> Transfer | None:
    """The journey, started now; None where its id was used before."""
    try:
        return await started(client, request, task_queue())
    except WorkflowAlreadyStartedError:
        return None
    except RPCError as error:
        if error.status not in NOT_KNOWN:
            raise
        raise NotKnownError(f"Temporal broke off: {start_again(request)}") from None


async def _started_before(client: Client, request: Start) -> StartedBeforeError:
    return StartedBeforeError(request.kind.noun, request.id, await _report_there(client, request))


async def started(client: Client, request: Start, queue: str, delay: timedelta | None = None) -> Transfer:
    """The journey, started on this task queue, with all by which it is found from then on.

    Raises:
        WorkflowAlreadyStartedError: the id was used before.
        RPCError: no answer came, or Temporal said no.
    """
    kind = kind_named(request.kind)
    return await client.start_workflow(
        kind.type,
        kind.run.model_validate(request.model_dump()),
        id=workflow_id(kind.name, request.id),
        task_queue=queue,
        result_type=JourneyResult,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        search_attributes=kind.found_at_start(request, datetime.now(UTC)),
        static_summary=kind.summary(request),
        start_delay=delay,
        rpc_timeout=ANSWER_TIMEOUT,
    )


async def _report_there(client: Client, request: Start) -> str:
    """ER-14: a risk of harm in a start that is not taken is reported in what was started under its id; what is said."""
    there = transfer(client, request.id, request.kind)
    for step_id in (IN_THE_REQUEST, f"{IN_THE_REQUEST}-{uuid4().hex[:8]}"):
        report = request.harm_report(datetime.now(UTC), step_id)
        if report is None:
            return ""
        try:
            await send(there, report)
        except InputError as error:
            if error.refusal is None or error.refusal.field != "step_id":
                return NOT_REPORTED
        except (RPCError, NotKnownError):
            return NOT_REPORTED
        else:
            return REPORTED_THERE
    return NOT_REPORTED


def start_again(request: Start) -> str:
    """What is said where no answer was waited for: under the same id a transfer is started once."""
    return f"it is not known whether the transfer was started. Under its id, {request.id}, it is started once."


async def started_before(client: Client, handle: Transfer) -> Start | None:
    """What stands in the start of what was started under this id; None where Temporal knows nothing of it.

    Raises:
        NotKnownError: no answer came.
    """
    kind = kind_of(handle)
    bound = client.data_converter.with_context(
        WorkflowSerializationContext(namespace=client.namespace, workflow_id=handle.id)
    )
    try:
        async for event in handle.fetch_history_events(page_size=1, rpc_timeout=QUESTION_TIMEOUT):
            given = event.workflow_execution_started_event_attributes.input.payloads
            [run] = await bound.decode(given, [kind.run])
            return kind.start.model_validate(run.model_dump(include={*kind.start.model_fields}))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise NotKnownError("No answer came: ask again.") from None
    return None
