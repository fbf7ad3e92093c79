"""Starting transfers and sending steps, as any system that holds a key does it."""

import asyncio
import os
from datetime import timedelta

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from adapters.mosaic_http import HttpMosaic
from adapters.register.directory import SqlDirectory
from adapters.register.transfers import SqlTransfers
from cli.documents import InputError
from models.attention import Attention
from models.step_down.answers import Receipt
from models.step_down.start import StepDownRequest
from models.step_down.status import Status
from models.step_down.steps import ChangeService, ResolveAttention, Step
from workflows.ids import step_down_id
from workflows.step_down import StepDownResult, StepDownRun, StepDownTransfer

ANSWER_TIMEOUT = timedelta(seconds=20)
QUESTION_TIMEOUT = timedelta(seconds=5)
QUESTIONS = 4


class NotKnownError(Exception):
    """No answer came; the step may have been taken or not, and can be sent again under its ``step_id``."""


Transfer = WorkflowHandle[StepDownTransfer, StepDownResult]


def refuse_unknown_service(names_service: StepDownRequest | Step, directory: SqlDirectory) -> None:
    """Check what only the directory knows, before anything is started or sent.

    Raises:
        InputError: the service is unknown.
    """
    if not isinstance(names_service, StepDownRequest | ChangeService):
        return
    if directory.service(names_service.service_ref) is None:
        raise InputError("service_ref: the service directory does not know this service")


def refuse_unknown_children(request: StepDownRequest, transfers: SqlTransfers, mosaic: HttpMosaic) -> None:
    """Check what only Mosaic and the register know, before anything is started.

    Raises:
        InputError: Mosaic does not know a child, or another open transfer holds it.
    """
    for place, child in enumerate(request.children):
        if not mosaic.knows_person(child.ref):
            raise InputError(f"children.{place}.ref: Mosaic does not know this child")
        if (holder := transfers.open_transfer_of(child.ref)) is not None and holder != request.id:
            raise InputError(f"children.{place}.ref: this child is in the open transfer {holder}")


async def start(client: Client, request: StepDownRequest) -> Transfer:
    """Start the transfer.

    Raises:
        InputError: the id was used before.
    """
    try:
        return await client.start_workflow(
            StepDownTransfer.run,
            StepDownRun.model_validate(request.model_dump()),
            id=step_down_id(request.id),
            task_queue=os.environ.get("TRANSFERS_TASK_QUEUE", "transfers"),
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=f"Step-down to {request.service_ref}, from team {request.social_work_team}",
        )
    except WorkflowAlreadyStartedError:
        raise InputError(f"id: a transfer {request.id} was started before") from None


def transfer(client: Client, transfer_id: str) -> Transfer:
    """The transfer of this id."""
    return client.get_workflow_handle_for(StepDownTransfer.run, step_down_id(transfer_id))


async def send(handle: Transfer, step: Step) -> Receipt:
    """Send a step and wait for its receipt; sending it again under its ``step_id`` is safe.

    Raises:
        InputError: the step was not taken; says the field, the rule and the clause.
        NotKnownError: no answer came.
    """
    try:
        receipt: Receipt = await handle.execute_update(step.step, step, result_type=Receipt, rpc_timeout=ANSWER_TIMEOUT)
    except WorkflowUpdateFailedError as error:
        reason = error.cause.message if isinstance(error.cause, ApplicationError) else str(error.cause)
        raise InputError(reason) from None
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise asyncio.CancelledError from None
        raise NotKnownError(f"No answer in time: {send_again(step)}") from None
    return receipt


def send_again(step: Step) -> str:
    """What is said where no answer was waited for: under the same id and time a step is recorded once."""
    again = f"step_id: {step.step_id} and occurred_at: {step.occurred_at.isoformat()}"
    return f"it is not known whether the step was taken. Send it again with {again}"


def item_meant(step: ResolveAttention, now: Status) -> Attention | None:
    """The open item that a step puts right; people may name it by its problem, as ``locked``: the first such one."""
    return next((item for item in now.attention if item.open and step.attention_id in {item.id, item.problem}), None)


def with_item_meant(step: Step, now: Status) -> Step:
    """The step with the number of the item that it puts right, where it names it otherwise."""
    item = item_meant(step, now) if isinstance(step, ResolveAttention) else None
    return step.model_copy(update={"attention_id": item.id}) if item else step


async def status(handle: Transfer) -> Status:
    """Where the transfer stands; a question that was handed to a worker that has died since is asked again."""
    for _ in range(QUESTIONS - 1):
        try:
            return await handle.query(StepDownTransfer.status, rpc_timeout=QUESTION_TIMEOUT)
        except RPCError as error:
            if error.status not in {RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED}:
                raise
    return await handle.query(StepDownTransfer.status, rpc_timeout=QUESTION_TIMEOUT)
