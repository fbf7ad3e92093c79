"""The comparison of register, Mosaic and Temporal on a real server, with a real register."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyType
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest, ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.worker import Replayer

from adapters.encryption import data_converter
from adapters.register.store import RegisterSettings, Store, migrate, register_engine
from models.attention import Resolution
from models.errors import LastingError, NothingHappenedError, UnclearError
from models.journey.status import Status
from models.mosaic import Completion, NextAction
from models.operations.differences import Became, Difference, DifferenceKind, Found, Reconciled
from models.policy import Policy
from models.step_down.stage import Outcome, Stage
from models.vocabulary import Role
from tests import help_requests
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    exploration,
    family_sharing,
    reassigned,
    resolution,
    service,
    whole_path,
)
from tests.colleagues import chair, manager
from tests.fakes import ANY_TIME
from tests.pace import eventually
from tests.register import WholeRegister
from tests.workflows.conftest import KEYS, House, Transfer
from workflows.reconcile import Reconcile, details
from workflows.step_down.transfer import StepDownTransfer

CLOSED_BY_A_PERSON = Completion(
    None, (NextAction(type="Case Closed to Children's Services"),), datetime(2090, 1, 1, tzinfo=UTC)
)


class Council(House):
    """A house with a real register."""

    register: Any

    async def reconciled(self) -> Reconciled:
        return await (await self.begun()).result()

    async def begun(self) -> WorkflowHandle[Any, Reconciled]:
        return await self.client.start_workflow(Reconcile.run, id=f"reconcile-{uuid4()}", task_queue=self.queue)

    async def found(self) -> list[tuple[str, Became]]:
        """What differs, and what became of it; when somebody reset the transfer is not told."""
        found = [(one.difference.model_copy(update={"reset_at": None}), one.became) for one in await self.all_found()]
        return [(difference.id, became) for difference, became in found]

    async def all_found(self) -> Sequence[Found]:
        return (await self.reconciled()).found

    async def opened(self, *children: str) -> Transfer:
        transfer = await self.start(*children)
        await transfer.settled()
        return transfer

    async def asked(self) -> Transfer:
        """A request for Early Help that has just come."""
        received = {"channel": "central_mailbox", "at": datetime.now(UTC)}
        return await self.start_as(help_requests.request(id=f"{self.queue}-request", received=received))

    async def shared(self, *children: str) -> Transfer:
        """A transfer of which the service has the document, and its contact was asked."""
        transfer = await self.opened(*children)
        await share(transfer, *children)
        return transfer

    async def confirmed(self, *children: str) -> Transfer:
        """A transfer that has closed its children, and waits for letters and the service's answer."""
        transfer = await self.shared(*children)
        await transfer.record(*whole_path(*children)[3:7])
        await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
        await transfer.settled()
        return transfer

    async def closed(self, *children: str) -> Transfer:
        """A transfer that came to its end."""
        transfer = await self.confirmed(*children)
        await transfer.record(*whole_path(*children)[7:])
        assert await transfer.outcome() == Outcome.TRANSFERRED
        return transfer

    def shown(self, transfer: Transfer) -> dict[str, bool]:
        """The problems that the register shows, and whether each is open."""
        return {item.problem: item.open for item in self.register.status(transfer.id).attention}

    def change(self, statement: str, transfer: Transfer) -> None:
        """Somebody writes in the database."""
        with self.register.engine.begin() as connection:
            connection.execute(text(statement), {"id": transfer.id})


class FullRegister(WholeRegister):
    """A register that has no room for what it lost."""

    def restore(self, status: Status, version: int) -> None:
        raise ApplicationError("no room", non_retryable=True)


@pytest.fixture
async def council(client: Client, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Council]:
    settings = RegisterSettings(url=f"sqlite:///{tmp_path / 'register.db'}")
    migrate(settings)
    council = Council(client)
    store = Store(register_engine(settings), KEYS)
    register = getattr(request, "param", WholeRegister)(store, policy=Policy(letter_hours=None, backdated_by=ANY_TIME))
    register.put_services([service()])
    register.put_people([manager(), chair()])
    council.register = council.book = register
    async with council.worker():
        yield council
    register.engine.dispose()


async def share(transfer: Transfer, *children: str) -> None:
    await transfer.record(*whole_path(*children)[:3])
    await transfer.until(lambda now: bool(now.responses))
    await transfer.settled()


async def reset(transfer: Transfer, *, tasks_left: int, take_again: bool = False) -> None:
    """As the Temporal UI does it: what came after so many workflow tasks is lost, or taken again."""
    events = [event async for event in transfer.handle.fetch_history_events()]
    ended = [event.event_id for event in events if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
    order = ResetWorkflowExecutionRequest(
        namespace=transfer.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=transfer.handle.id, run_id=str(transfer.first_run)),
        reason="a test",
        workflow_task_finish_event_id=ended[tasks_left - 1],
        request_id=str(uuid4()),
        reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE
        if take_again
        else ResetReapplyType.RESET_REAPPLY_TYPE_NONE,
    )
    await transfer.client.workflow_service.reset_workflow_execution(order)


async def tasks(transfer: Transfer) -> int:
    return await transfer.count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)


async def test_where_all_agree_nothing_is_raised(council: Council) -> None:
    await council.opened("child-1", "child-2")
    await council.confirmed("child-3")
    await council.closed("child-4")
    result = await council.reconciled()
    assert result == Reconciled(transfers=3, children=4, documents=1)
    assert result.words == "The register, Mosaic and Temporal agree: 3 transfers, 4 children compared."
    assert not any(line.needs_attention for line in council.register.transfers())


async def test_a_terminated_transfer_is_shown_by_the_register_until_it_runs_again(council: Council) -> None:
    transfer = await council.confirmed(CHILD)
    last = await tasks(transfer)
    await transfer.handle.terminate()
    assert await council.found() == [("no_workflow/", Became.SHOWN)]
    assert await council.found() == [("no_workflow/", Became.KNOWN)]
    [line] = council.register.transfers()
    assert (line.needs_attention, "operations" in line.waiting_for) == (True, True)
    [item] = council.register.status(transfer.id).attention
    assert (item.id, item.detail) == ("R1", "In Temporal it is terminated.")
    await reset(transfer, tasks_left=last)
    await transfer.settled()
    assert await council.found() == []
    [line] = council.register.transfers()
    assert (line.needs_attention, "operations" in line.waiting_for) == (False, False)
    await transfer.record(*whole_path(CHILD)[7:])
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert council.shown(transfer) == {}


async def test_a_transfer_that_was_reset_says_so_and_the_register_follows_it_again(council: Council) -> None:
    transfer = await council.opened(CHILD)
    before = await tasks(transfer)
    await share(transfer, CHILD)
    await reset(transfer, tasks_left=before)
    await transfer.settled()
    assert (await transfer.status()).stage == Stage.CONSENT
    assert council.register.status(transfer.id).stage == Stage.CONVERSATION
    assert await council.found() == [("register_ahead/", Became.RAISED)]
    await transfer.settled()
    assert council.register.status(transfer.id) == await transfer.status()
    assert council.shown(transfer) == {"register_ahead": True}
    [item] = (await transfer.status()).attention
    assert item.detail is not None
    assert "It does not know any more: record_exploration (social worker sw-7, " in item.detail
    assert "; record_consent (social worker sw-7, " in item.detail
    assert await council.found() == [("register_ahead/", Became.KNOWN)]
    await transfer.record(exploration(), resolution("A1", Resolution.DONE_BY_HAND))
    await transfer.settled()
    assert council.register.status(transfer.id) == await transfer.status()
    assert await council.found() == []


async def test_what_a_reset_takes_again_and_refuses_so_early_is_named_until_it_is_recorded_again(
    council: Council,
) -> None:
    transfer = await council.opened(CHILD)
    before = await tasks(transfer)
    await share(transfer, CHILD)
    await transfer.record(*whole_path(CHILD)[3:7])
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.settled()
    await reset(transfer, tasks_left=before, take_again=True)
    await transfer.settled()
    # Its sender holds a receipt, and no event of the new run tells that it was refused.
    assert "record_decisions" not in {entry.step_id for entry in (await transfer.status()).timeline}
    [found] = await council.all_found()
    assert (found.difference.kind, found.became) == ("register_ahead", Became.RAISED)
    forgotten = found.difference.detail.partition("It does not know any more: ")[2]
    assert forgotten.startswith("record_decisions (team manager tm-1, ")
    assert "record_consent" not in forgotten
    await transfer.until(lambda now: now.needs_attention)
    [item] = (await transfer.status()).attention
    assert item.what.startswith("The transfer itself, reset on ")
    again = whole_path(CHILD)[6].model_copy(update={"step_id": "again"})
    await transfer.record(again, resolution("A1", Resolution.DONE_BY_HAND))
    await transfer.settled()
    assert await council.found() == []


@pytest.mark.clause("ER-15")
async def test_a_request_is_compared_with_temporal_alone_while_it_is_open_and_afterwards(council: Council) -> None:
    asked = await council.asked()
    await asked.settled()
    found = await council.reconciled()
    assert (found.found, found.transfers, found.not_compared) == ((), 1, 0)
    await asked.record(help_requests.read(), help_requests.cancellation())
    await asked.outcome()
    found = await council.reconciled()
    assert (found.found, found.transfers, found.not_compared) == ((), 1, 0)


async def test_a_request_that_the_register_lost_is_shown_there_again_as_what_it_is(council: Council) -> None:
    asked = await council.asked()
    await asked.settled()
    assert await found_when_lost(council, asked) == [("not_in_register/", Became.RAISED)]
    shown = council.register.status(asked.id)
    assert (shown.journey, council.register.transfers()[0].journey) == ("help-request", "help-request")


async def test_a_closed_transfer_that_was_reset_is_open_again_and_reserves_its_children(council: Council) -> None:
    transfer = await council.closed(CHILD)
    assert council.register.open_transfer_of(CHILD) is None
    await reset(transfer, tasks_left=await tasks(transfer) - 4)
    await transfer.settled()
    assert await council.found() == [("closed_but_runs/", Became.RAISED)]
    await transfer.settled()
    [item] = (await transfer.status()).attention
    assert "It does not know any more: " in (item.detail or "")
    assert await council.found() == [("register_ahead/", Became.KNOWN)]
    assert council.register.open_transfer_of(CHILD) == transfer.id
    assert council.register.status(transfer.id) == await transfer.status()


async def test_a_sibling_whom_somebody_else_closes_is_raised_once_however_often_it_is_compared(
    council: Council,
) -> None:
    transfer = await council.opened(CHILD, SIBLING)
    council.mosaic.completed[SIBLING] = CLOSED_BY_A_PERSON
    assert await council.found() == [(f"child_closed_by_others/{SIBLING}", Became.RAISED)]
    assert await council.found() == [(f"child_closed_by_others/{SIBLING}", Became.KNOWN)]
    [item] = (await transfer.status()).attention
    assert (item.what, item.effect) == (f"Child {SIBLING}", None)
    assert (
        item.detail
        == f"Mosaic says: step WS-{SIBLING} is completed with Case Closed to Children's Services, by a person."
    )


@pytest.mark.long
async def test_what_was_put_right_by_hand_and_still_differs_is_raised_again(council: Council) -> None:
    transfer = await council.opened(CHILD)
    council.mosaic.completed[CHILD] = CLOSED_BY_A_PERSON
    await council.reconciled()
    await transfer.record(resolution("A1", Resolution.DONE_BY_HAND))
    assert await council.found() == [(f"child_closed_by_others/{CHILD}", Became.RAISED)]
    await transfer.record(resolution("A2", Resolution.SKIP, step_id="stays-so"))
    assert await council.found() == [(f"child_closed_by_others/{CHILD}", Became.ACCEPTED)]


@pytest.mark.long
async def test_a_closed_child_whose_case_is_open_again_is_raised(council: Council) -> None:
    await council.confirmed(CHILD)
    council.mosaic.reopen(CHILD)
    assert await council.found() == [(f"child_open/{CHILD}", Became.RAISED)]


@pytest.mark.long
async def test_a_child_whose_closing_was_completed_with_other_next_actions_is_raised(council: Council) -> None:
    await council.confirmed(CHILD)
    council.mosaic.completed[CHILD] = CLOSED_BY_A_PERSON
    assert await council.found() == [(f"child_closed_otherwise/{CHILD}", Became.RAISED)]


@pytest.mark.long
async def test_a_document_that_is_shared_no_more_is_raised(council: Council) -> None:
    transfer = await council.confirmed(CHILD)
    council.mosaic.shares.clear()
    assert await council.found() == [("document_not_shared/assessment-1", Became.RAISED)]
    [item] = (await transfer.status()).attention
    assert item.detail == "The register has noted: version 1 is open to team team-eh."


@pytest.mark.clause("SD-11")
async def test_a_newer_version_that_nobody_was_sent_is_told_to_the_social_worker_once(council: Council) -> None:
    transfer = await council.confirmed(CHILD)
    assert await council.found() == []
    council.mosaic.documents = {("assessment-1", 1): "as the family saw it", ("assessment-1", 2): "written since"}
    assert await council.found() == [("newer_version/assessment-1 version 2", Became.RAISED)]
    assert await council.found() == [("newer_version/assessment-1 version 2", Became.KNOWN)]
    [item] = (await transfer.status()).attention
    assert (item.what, item.who) == ("Document assessment-1 version 2", Role.SOCIAL_WORKER)
    await transfer.record(family_sharing(step_id="again", version=2, corrects="record_family_sharing"))
    await transfer.until(lambda now: not now.needs_attention and not now.at_work)
    assert council.mosaic.shares[-1] == ("assessment-1", 2, "team-eh")
    assert await council.found() == []


@pytest.mark.long
@pytest.mark.clause("SD-11")
async def test_one_newest_version_that_mosaic_will_not_tell_leaves_the_rest_compared(council: Council) -> None:
    transfer = await council.confirmed(CHILD)
    council.mosaic.reopen(CHILD)
    council.mosaic.troubles.before("newest_version", *[LastingError("restricted_record", "403")] * 2)
    result = await council.reconciled()
    assert [(one.difference.id, one.became) for one in result.found] == [(f"child_open/{CHILD}", Became.RAISED)]
    assert (result.transfers, len(result.unanswered)) == (1, 1)
    assert [item.problem for item in (await transfer.status()).attention] == ["child_open"]


@pytest.mark.long
async def test_what_differs_about_a_closed_transfer_is_shown_by_the_register_and_ends_there(council: Council) -> None:
    transfer = await council.closed(CHILD)
    as_left = council.mosaic.completed.pop(CHILD)
    assert await council.found() == [(f"child_open/{CHILD}", Became.SHOWN)]
    assert council.shown(transfer) == {"child_open": True}
    council.mosaic.completed[CHILD] = as_left
    assert await council.found() == []
    assert council.shown(transfer) == {"child_open": False}


@pytest.mark.long
async def test_a_new_case_for_a_child_of_a_closed_transfer_is_no_difference(council: Council) -> None:
    await council.closed(CHILD)
    council.mosaic.reopen(CHILD)
    assert await council.found() == []


async def test_a_transfer_that_the_register_does_not_hold_is_shown_there_again(council: Council) -> None:
    transfer = await council.opened(CHILD, SIBLING)
    [before] = council.register.transfers()
    assert await found_when_lost(council, transfer) == [("not_in_register/", Became.RAISED)]
    assert [item.problem for item in (await transfer.status()).attention] == ["not_in_register"]
    assert council.register.open_transfer_of(CHILD) == council.register.open_transfer_of(SIBLING) == transfer.id
    await transfer.settled()
    [line] = council.register.transfers()
    assert replace(before, needs_attention=True, attention=("not_in_register",), waiting_for=line.waiting_for) == line
    assert await council.found() == []


async def test_a_register_that_lost_something_shows_the_transfer_again(council: Council) -> None:
    transfer = await council.confirmed(CHILD)
    council.change("UPDATE transfers SET version = 1, stage = 'consent' WHERE id = :id", transfer)
    assert await council.found() == [("register_behind/", Became.RAISED)]
    await transfer.settled()
    [line] = council.register.transfers()
    assert line.stage == "confirmation"


@pytest.mark.parametrize("council", [FullRegister], indirect=True)
async def test_nobody_is_told_that_the_register_holds_a_transfer_again_while_it_does_not(council: Council) -> None:
    transfer = await council.opened(CHILD)
    assert await found_when_lost(council, transfer) == [("not_in_register/", Became.NOT_TOLD)]
    assert not (await transfer.status()).attention


async def found_when_lost(council: Council, transfer: Transfer) -> list[tuple[str, Became]]:
    """What differs once the register has lost the transfer."""
    for table in ("clocks", "children", "seen_by"):
        council.change(f"DELETE FROM {table} WHERE transfer_id = :id", transfer)
    council.change("DELETE FROM transfers WHERE id = :id", transfer)
    # Temporal lists a workflow a moment after it began.
    return await eventually(council.found)


@pytest.mark.long
async def test_a_transfer_that_ended_while_the_register_showed_it_open_is_shown_as_it_ended(council: Council) -> None:
    transfer = await council.closed(CHILD)
    for table in (
        "transfers SET outcome = NULL, closed_at = NULL, version = 3 WHERE id",
        "children SET open = TRUE WHERE transfer_id",
    ):
        council.change(f"UPDATE {table} = :id", transfer)
    assert await council.found() == [("ended_but_open/", Became.RESTORED)]
    [line] = council.register.transfers()
    assert (line.stage, line.outcome, line.needs_attention) == ("closed", "transferred", False)
    assert council.register.open_transfer_of(CHILD) is None
    assert await council.found() == []


async def test_a_transfer_that_temporal_lost_is_started_again_under_its_id_and_nothing_is_done_twice(
    council: Council,
) -> None:
    request = council.request(CHILD)
    lost = await council.start_as(request)
    await share(lost, CHILD)
    await lost.record(*whole_path(CHILD)[3:7])
    await lost.until(lambda now: now.stage == Stage.CONFIRMATION)
    await lost.settled()
    sent, acted = council.letters_sent(), council.mosaic.calls.count("act")
    await delete(lost)
    assert await council.found() == [("no_workflow/", Became.SHOWN)]
    again = await council.start_as(request)
    assert await council.found() == [("register_ahead/", Became.RAISED)]
    await share(again, CHILD)
    await again.record(*whole_path(CHILD)[3:7])
    await again.until(lambda now: now.stage == Stage.CONFIRMATION)
    await again.settled()
    [line] = council.register.transfers()
    assert (line.stage, line.attention) == ("confirmation", ("register_ahead",))
    assert (council.letters_sent(), council.mosaic.calls.count("act")) == (sent, acted)


async def delete(transfer: Transfer) -> None:
    """As somebody deletes it in Temporal."""
    execution = WorkflowExecution(workflow_id=transfer.handle.id)
    order = DeleteWorkflowExecutionRequest(namespace=transfer.client.namespace, workflow_execution=execution)
    await transfer.client.workflow_service.delete_workflow_execution(order)

    async def gone() -> bool:
        try:
            await transfer.handle.describe()
        except RPCError:
            return True
        return False

    await eventually(gone)


async def test_what_is_under_way_is_no_difference(council: Council) -> None:
    council.mosaic.troubles.before("complete", LastingError("locked", "the step is locked"))
    transfer = await council.shared(CHILD)
    await transfer.record(*whole_path(CHILD)[3:7])
    await transfer.attention()
    council.mosaic.completed[CHILD] = CLOSED_BY_A_PERSON
    assert await council.found() == []


async def test_where_mosaic_cannot_be_asked_the_rest_is_compared_and_nothing_ends(council: Council) -> None:
    transfer, shown = await council.confirmed(CHILD), await council.closed(SIBLING)
    council.mosaic.completed.pop(SIBLING)
    await council.reconciled()
    await transfer.handle.terminate()
    # An error that ends the asking at once, as five minutes of silence would.
    council.mosaic.troubles.before("look", UnclearError("Mosaic cannot be asked"))
    result = await council.reconciled()
    assert [(one.difference.id, one.became) for one in result.found] == [("no_workflow/", Became.SHOWN)]
    assert (result.children, len(result.unanswered)) == (0, 2)
    assert "Of 2 transfers not every side answered" in result.words
    assert transfer.id in result.words
    assert council.shown(shown) == {"child_open": True}


async def test_a_mosaic_that_is_down_for_a_moment_is_asked_again(council: Council) -> None:
    await council.opened(CHILD)
    council.mosaic.troubles.before("look", NothingHappenedError("Mosaic is down"))
    assert await council.reconciled() == Reconciled(transfers=1, children=1)


async def test_what_mosaic_refuses_to_tell_is_no_difference(council: Council) -> None:
    await council.opened(CHILD)
    council.mosaic.troubles.before("look", LastingError("restricted_record", "403"))
    result = await council.reconciled()
    assert (result.found, result.children, len(result.unanswered)) == ((), 0, 1)


async def test_nothing_is_told_about_another_transfer(council: Council) -> None:
    transfer = await council.start(CHILD)
    other = Difference(kind=DifferenceKind.CHILD_OPEN, transfer_id="other", subject=CHILD)
    with pytest.raises(WorkflowUpdateFailedError):
        await transfer.handle.execute_update("raise_difference", other)


async def test_what_was_told_is_known_in_the_next_run_too(impatient_client: Client, tmp_path: Path) -> None:
    house = House(impatient_client)
    async with house.worker():
        transfer = await house.start(CHILD)
        about = Difference(
            kind=DifferenceKind.REGISTER_AHEAD, transfer_id=transfer.id, detail="", register_version=1000
        )
        told = [await transfer.handle.execute_update("raise_difference", about, result_type=str)]
        for number in range(10):
            await transfer.record(reassigned(step_id=f"reassign-{number}", occurred_at=NOW))
            await transfer.settled()
        assert len(await transfer.runs()) > 1
        told.append(await transfer.handle.execute_update("raise_difference", about, result_type=str))
        assert told == ["raised", "known"]
        version, shown = house.register.shown[transfer.id]
        assert version > 1000
        assert [item.problem for item in shown.attention] == ["register_ahead"]


async def test_histories_with_a_comparison_replay(council: Council) -> None:
    transfer = await council.opened(CHILD, SIBLING)
    council.mosaic.completed[SIBLING] = CLOSED_BY_A_PERSON
    handle = await council.begun()
    await handle.result()
    replayer = Replayer(workflows=[StepDownTransfer, Reconcile], data_converter=data_converter(KEYS), debug_mode=True)
    await replayer.replay_workflow(await handle.fetch_history())
    await replayer.replay_workflow(await transfer.handle.fetch_history())


def test_the_details_say_in_plain_words_what_differs_and_what_became_of_it() -> None:
    difference = Difference(kind=DifferenceKind.CHILD_CLOSED_BY_OTHERS, transfer_id="transfer-7", subject=CHILD)
    result = Reconciled(transfers=2, children=3, found=(Found(difference=difference, became=Became.RAISED),))
    told = details(result, result.words)
    assert "2 transfers, 3 children compared. 1 difference, 1 of them new." in told
    assert "- transfer-7: Child child-a. This child's case was closed in Mosaic" in told
    assert "(somebody is asked in the transfer)" in told
    secret = difference.model_copy(update={"restricted": True, "detail": "step WS-9"})
    hidden = details(Reconciled(found=(Found(difference=secret, became=Became.SHOWN),)), "")
    assert CHILD not in hidden
    assert "WS-9" not in hidden
