"""Sending steps and asking how they stand, as any system that holds a key does it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from client.errors import InputError, NoSuchTransferError, NotKnownError
from client.journeys import EVERY, Kind, kind_named
from models.journey.answers import Receipt, ReceiptAsked, Refusal, Rejected
from models.journey.new_step import NewStep, NewStepAsked
from models.journey.room import too_long
from models.journey.status import Status
from models.journey.steps import ReportsHarm, Step
from models.kinds import JourneyKind
from models.step_down.in_mosaic import InMosaic
from models.wrong_input import Flaw
from workflows.ids import workflow_id
from workflows.journey.run import TOLD_ALREADY, JourneyResult, JourneyRun
from workflows.journey.step_signal import digest_of, refused_message
from workflows.step_down.transfer import StepDownTransfer

A = TypeVar("A")

ANSWER_TIMEOUT = timedelta(seconds=20)
ATTEMPTS = 3
"""At a step whose answer is broken off."""
PAUSE = timedelta(seconds=1)
"""Before the next attempt: what the SDK does not try again by itself is refused in an instant."""
QUESTION_TIMEOUT = timedelta(seconds=5)
QUESTIONS = 4
NOT_TOLD = "it is not known whether the step was taken. The same step, sent again, is recorded once."
TOLD_ON = (
    "Those responsible are told, day and night, that a report of harm came and could not be taken. That ends once one "
    "is taken."
)

CANCELLED_OR_TIMED_OUT = frozenset({RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED})
BROKEN_OFF = frozenset({RPCStatusCode.ABORTED, RPCStatusCode.FAILED_PRECONDITION})
NOT_KNOWN = CANCELLED_OR_TIMED_OUT | BROKEN_OFF | {RPCStatusCode.UNAVAILABLE}
"""The server may have handed the step over before it said so: ``ABORTED`` where a worker died at the step, and
``FAILED_PRECONDITION`` where its workflow task failed and is tried again."""

READ_ANEW = frozenset({("SD-23b", "actor"), ("ER-15", "outcome")})
"""Clause and field of a refusal that may rest on what the register said before: of people, of who holds a child."""

Transfer = WorkflowHandle[Any, JourneyResult]
"""A journey of any kind."""


async def show_now(handle: Transfer) -> None:
    """Have the journey shown in the register at once, for somebody who waits; where that cannot be, it comes later."""
    with suppress(RPCError):
        await handle.signal(JourneyRun.show_now, rpc_timeout=QUESTION_TIMEOUT)


def transfer(client: Client, transfer_id: str, kind: str = JourneyKind.STEP_DOWN) -> Transfer:
    """The journey of this id and kind."""
    return client.get_workflow_handle(workflow_id(kind, transfer_id), result_type=JourneyResult)


async def is_known(handle: Transfer) -> bool:
    """Whether Temporal knows the journey; it answers though no worker runs.

    Raises:
        RPCError: no answer came.
    """
    try:
        await handle.describe(rpc_timeout=QUESTION_TIMEOUT)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True


async def find_journey(client: Client, transfer_id: str) -> Transfer:
    """The journey of this id, of whichever kind: one that runs, else one that Temporal still knows.

    Where none is known, the handle of a step-down of this id: whoever asks it is told so.
    """
    return await known_journey(client, transfer_id) or transfer(client, transfer_id)


async def known_journey(client: Client, transfer_id: str) -> Transfer | None:
    """The journey of this id that runs, else one that Temporal still knows; it answers though no worker runs."""
    handles = [transfer(client, transfer_id, kind.name) for kind in EVERY]
    ended = None
    for handle in handles:
        try:
            told = await handle.describe(rpc_timeout=QUESTION_TIMEOUT)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            continue
        if told.status in {None, WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW}:
            return handle
        ended = ended or handle
    return ended


async def send(handle: Transfer, step: Step, pause: timedelta = PAUSE) -> Receipt:
    """Send a step and wait for its receipt; sending it again under its ``step_id`` is safe.

    What Temporal breaks off is sent again by itself, a few times. Where it is refused for what the register may know
    better by now, as who may act in a role (SD-23b) or who holds a child (ER-15), that is read anew, and the step sent
    once more.

    A report of harm that is refused is not lost with its answer: people are told of it, too (SU-01).

    Raises:
        InputError: the step was not taken; its ``refusal`` has the field and the clause.
        NotKnownError: no answer came.
    """
    try:
        return await _taken(handle, step, pause)
    except InputError as error:
        if error.refusal is None or not (isinstance(step, ReportsHarm) and step.at_risk):
            raise
        message = refused_message(step, error.refusal, datetime.now(UTC), digest_of(step))
        if not await told_of_harm(handle, message, pause):
            raise
        note = f"{error.refusal.note or ''} {TOLD_ON}".strip()
        raise _not_taken(error.refusal.model_copy(update={"note": note})) from None


async def told_of_harm(handle: Transfer, message: Rejected, pause: timedelta = PAUSE) -> bool:
    """Have people told of a report of harm that was not taken; whether they are, or were already (SU-01).

    What Temporal breaks off, as where the journey goes on in a new run, is sent again; nobody waits where it is silent.
    """
    update_id = uuid4().hex
    for attempt in range(ATTEMPTS):
        if attempt > 0:
            await asyncio.sleep(pause.total_seconds())
        try:
            await handle.execute_update(JourneyRun.tell_of_harm, message, id=update_id, rpc_timeout=QUESTION_TIMEOUT)
        except WorkflowUpdateFailedError as error:
            return isinstance(error.cause, ApplicationError) and error.cause.type == TOLD_ALREADY
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            return False
        except RPCError as error:
            if error.status not in BROKEN_OFF:
                return False
        else:
            return True
    return False


async def _taken(handle: Transfer, step: Step, pause: timedelta) -> Receipt:
    if (refused := too_long(step)) is not None:
        raise _not_taken(refused)
    try:
        return await _sent(handle, step, pause)
    except InputError as error:
        if error.refusal is None or (error.refusal.clause, error.refusal.field) not in READ_ANEW:
            raise
        await _read_anew(handle, pause, otherwise=error)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND or (before := await _recorded_before(handle, step)) is None:
            raise
        return before
    return await _sent(handle, step, pause)


async def _recorded_before(handle: Transfer, step: Step) -> Receipt | None:
    """Of a transfer that has ended: the receipt of the very step, if there is one; None also where nobody answers."""
    asked = ReceiptAsked(step_id=step.step_id, said=step.model_dump(mode="json"))
    try:
        return await handle.query(JourneyRun.receipt, asked, rpc_timeout=QUESTION_TIMEOUT)
    except (RPCError, WorkflowQueryFailedError):
        return None


async def _read_anew(handle: Transfer, pause: timedelta, otherwise: InputError) -> None:
    """What the register knows, as it is now; somebody else may have had it read a moment ago."""
    try:
        await handle.execute_update(JourneyRun.look_up_people, rpc_timeout=ANSWER_TIMEOUT)
    except WorkflowUpdateFailedError:
        await asyncio.sleep(pause.total_seconds())
    except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise otherwise from None


async def _sent(handle: Transfer, step: Step, pause: timedelta) -> Receipt:
    """As often as Temporal breaks it off."""
    # One id for all attempts: if an earlier one was taken, the next only asks for its receipt.
    update_id = uuid4().hex
    for attempt in range(ATTEMPTS):
        if attempt > 0:
            await asyncio.sleep(pause.total_seconds())
        try:
            return await _receipt(handle, step, update_id)
        except RPCError as error:
            if error.status not in NOT_KNOWN:
                raise
    raise NotKnownError(f"Temporal broke off: {NOT_TOLD}")


async def _receipt(handle: Transfer, step: Step, update_id: str) -> Receipt:
    try:
        receipt: Receipt = await handle.execute_update(
            step.step, step, id=update_id, result_type=Receipt, rpc_timeout=ANSWER_TIMEOUT
        )
    except WorkflowUpdateFailedError as error:
        raise _refused(error.cause) from None
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise asyncio.CancelledError from None
        raise NotKnownError(f"No answer in time: {NOT_TOLD}") from None
    return receipt


def _refused(cause: BaseException | None) -> InputError:
    """What the workflow says, with the field that it names for machines."""
    if not isinstance(cause, ApplicationError):
        return InputError(str(cause))
    if not cause.details:
        return InputError(cause.message)
    return _not_taken(Refusal.model_validate(cause.details[0]))


def _not_taken(refusal: Refusal) -> InputError:
    return InputError(Flaw(refusal.field, refusal.reason, refusal.words), refusal=refusal)


def kind_of(handle: Transfer) -> Kind:
    """Which kind of journey it is."""
    return kind_named(handle.id.partition("/")[0])


def refuse_other_kinds(handle: Transfer) -> None:
    """Check that it is a step-down, which alone has letters, and looks into Mosaic.

    Raises:
        InputError: it is a journey of another kind.
    """
    kind = kind_of(handle).name
    if kind is not JourneyKind.STEP_DOWN:
        raise InputError(f"This is a {kind.words}: only a step-down has this.")


async def status(handle: Transfer) -> Status:
    """Where the transfer stands; a question that was handed to a worker that has died since is asked again."""
    return await _asked(handle, JourneyRun.status)


async def in_mosaic(handle: Transfer) -> InMosaic:
    """What Mosaic holds of the children, for the few who may read of it (SD-19b)."""
    refuse_other_kinds(handle)
    return await _asked(handle, StepDownTransfer.in_mosaic)


async def new_step(handle: Transfer, name: str) -> NewStep:
    """The step of this name, which its journey has, with everything that is known there.

    Raises:
        NoSuchTransferError: no transfer has this id.
        NotKnownError: no answer came.
    """
    asked = NewStepAsked(step=name)
    try:
        found: NewStep = await handle.query("new_step", asked, result_type=NewStep, rpc_timeout=QUESTION_TIMEOUT)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoSuchTransferError from None
        raise NotKnownError("No answer came: ask again.") from None
    return found


async def new_start(handle: Transfer) -> NewStep | None:
    """The start that is offered out of this journey, with everything that is known there; None where none is.

    Raises:
        NoSuchTransferError: no transfer has this id.
        NotKnownError: no answer came.
    """
    try:
        found: NewStep | None = await handle.query("new_start", result_type=NewStep, rpc_timeout=QUESTION_TIMEOUT)
    except WorkflowQueryFailedError:
        return None  # A journey that offers nothing has no such question.
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoSuchTransferError from None
        raise NotKnownError("No answer came: ask again.") from None
    return found


async def _asked(handle: Transfer, question: Callable[[Any], A]) -> A:
    for _ in range(QUESTIONS - 1):
        try:
            return await handle.query(question, rpc_timeout=QUESTION_TIMEOUT)
        except RPCError as error:
            if error.status not in CANCELLED_OR_TIMED_OUT:
                raise
    return await handle.query(question, rpc_timeout=QUESTION_TIMEOUT)
