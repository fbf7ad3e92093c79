"""The questions of a comparison, and where the answers lead."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.reconcile import (
    ListTransfers,
    LookInMosaic,
    ReconcileActivities,
    RestoreInRegister,
    ShowInRegister,
    TellTransfer,
)
from models.errors import LastingError, PassingError
from models.journey.status import Status
from models.mosaic import Completion, NextAction, SharedDocument
from models.operations.differences import Became, Difference, DifferenceKind, Found
from tests.builders import CHILD, NOW, SIBLING, facts
from tests.fakes import FakeMosaic
from tests.step_down import status

DIFFERENCE = Difference(kind=DifferenceKind.CHILD_OPEN, transfer_id="transfer-1", subject=CHILD)
DOCUMENT = SharedDocument(ref="assessment-1", version=2, team="team-eh")


@dataclass
class FakeWorkflows:
    """Workflows that answer as a test says."""

    answer: Became = Became.RAISED
    running: tuple[str, ...] = ()
    told: list[str] = field(default_factory=list)
    seen: tuple[Status, int] | None = None

    def view(self, transfer_id: str) -> tuple[Status, int]:
        assert self.seen is not None
        return self.seen

    def listed(self) -> Sequence[str]:
        return self.running

    def note(self, difference: Difference, message_id: str) -> Became:
        self.told.append(message_id)
        return self.answer


@dataclass
class FakeCompared:
    """A register that keeps what it was to show."""

    held: tuple[str, ...] = ()
    shown: list[tuple[Difference, ...]] = field(default_factory=list)
    restored: list[tuple[Status, int]] = field(default_factory=list)

    def transfers_to_compare(self, closed_since: datetime) -> Sequence[str]:
        return self.held

    def restore(self, status: Status, version: int) -> None:
        self.restored.append((status, version))

    def show_differences(self, transfer_id: str, found: Any, at: datetime, *, all_compared: bool) -> Sequence[Became]:
        self.shown.append(found)
        return [Became.SHOWN for _ in found]


@dataclass
class Desk:
    workflows: FakeWorkflows = field(default_factory=FakeWorkflows)
    register: FakeCompared = field(default_factory=FakeCompared)
    mosaic: FakeMosaic = field(default_factory=FakeMosaic)

    @property
    def activities(self) -> Any:
        return ReconcileActivities(self.register, self.workflows, self.mosaic)  # type: ignore[arg-type]

    def do(self, activity: str, order: Any) -> Any:
        return ActivityEnvironment().run(getattr(self.activities, activity), order)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_whatever_the_register_holds_or_temporal_lists_is_compared_once(desk: Desk) -> None:
    desk.register.held, desk.workflows.running = ("t-1", "t-2"), ("t-2", "t-3")
    assert desk.do("list_transfers", ListTransfers(closed_since=NOW)) == ("t-1", "t-2", "t-3")


def test_mosaic_is_asked_about_children_and_documents_and_nothing_is_changed(desk: Desk) -> None:
    desk.mosaic.completed[CHILD] = Completion(None, (NextAction(type="closed"),), datetime.now(UTC))
    desk.mosaic.shares.append(("assessment-1", 2, "team-eh"))
    other = SharedDocument(ref="assessment-2", version=1, team="team-eh")
    seen = desk.do("look_in_mosaic", LookInMosaic(children=(CHILD, SIBLING), documents=(DOCUMENT, other)))
    assert [(child.ref, child.step.completion is not None) for child in seen.children] == [
        (CHILD, True),
        (SIBLING, False),
    ]
    assert [(one.document, one.shared) for one in seen.documents] == [(DOCUMENT, True), (other, False)]
    assert "act" not in desk.mosaic.calls


@pytest.mark.parametrize("problem", ["not_found", "step_cancelled"])
def test_a_child_without_a_closing_step_is_an_answer(desk: Desk, problem: str) -> None:
    desk.mosaic.troubles.before("look", LastingError(problem, "no step"))
    [seen] = desk.do("look_in_mosaic", LookInMosaic(children=(CHILD,))).children
    assert (seen.ref, seen.step) == (CHILD, None)


def test_a_document_that_mosaic_does_not_hold_is_not_shared(desk: Desk) -> None:
    desk.mosaic.troubles.before("look", LastingError("not_found", "404"))
    [seen] = desk.do("look_in_mosaic", LookInMosaic(documents=(DOCUMENT,))).documents
    assert not seen.shared


@pytest.mark.parametrize("order", [LookInMosaic(children=(CHILD,)), LookInMosaic(documents=(DOCUMENT,))])
def test_what_mosaic_refuses_to_tell_says_nothing(desk: Desk, order: LookInMosaic) -> None:
    desk.mosaic.troubles.before("look", LastingError("restricted_record", "403"))
    seen = desk.do("look_in_mosaic", order)
    assert (seen.children, seen.documents) == ((), ())


@pytest.mark.clause("SD-11")
def test_a_document_that_mosaic_does_not_hold_has_no_version(desk: Desk) -> None:
    desk.mosaic.troubles.before("newest_version", LastingError("not_found", "404"))
    [found] = desk.do("look_in_mosaic", LookInMosaic(newest=("assessment-1",))).newest
    assert (found.ref, found.version) == ("assessment-1", 0)


def test_a_transfer_is_shown_in_the_register_as_its_workflow_has_it(desk: Desk) -> None:
    desk.workflows.seen = (status(facts()), 7)
    desk.do("restore_in_register", RestoreInRegister(transfer_id="transfer-1"))
    assert desk.register.restored == [desk.workflows.seen]


def test_mosaic_is_asked_for_the_newest_version_and_a_refusal_says_nothing(desk: Desk) -> None:
    desk.mosaic.documents = {("assessment-1", 1): "first", ("assessment-1", 4): "newest"}
    order = LookInMosaic(newest=("assessment-1", "plan-1"))
    found = [(one.ref, one.version) for one in desk.do("look_in_mosaic", order).newest]
    assert found == [("assessment-1", 4), ("plan-1", 1)]
    desk.mosaic.troubles.before("newest_version", LastingError("restricted_record", "403"))
    assert [one.ref for one in desk.do("look_in_mosaic", order).newest] == ["plan-1"]


def test_a_mosaic_that_does_not_answer_is_asked_again(desk: Desk) -> None:
    desk.mosaic.troubles.before("look", PassingError("silent"))
    with pytest.raises(ApplicationError) as error:
        desk.do("look_in_mosaic", LookInMosaic(children=(CHILD,)))
    assert not error.value.non_retryable


def tell(desk: Desk) -> Found:
    found: Found = desk.do("tell_transfer", TellTransfer(difference=DIFFERENCE, at=NOW))
    return found


@pytest.mark.parametrize("answer", [Became.RAISED, Became.KNOWN, Became.ACCEPTED])
def test_a_transfer_that_runs_is_told_and_the_register_is_not(desk: Desk, answer: Became) -> None:
    desk.workflows.answer = answer
    assert tell(desk) == Found(difference=DIFFERENCE, became=answer)
    assert desk.register.shown == []


def test_what_a_transfer_takes_no_more_is_shown_by_the_register(desk: Desk) -> None:
    desk.workflows.answer = Became.NOT_TOLD
    assert tell(desk) == Found(difference=DIFFERENCE, became=Became.SHOWN)
    assert desk.register.shown == [(DIFFERENCE,)]


def test_a_repeated_attempt_tells_under_the_same_message_id_and_names_no_child(desk: Desk) -> None:
    tell(desk)
    tell(desk)
    [first, second] = desk.workflows.told
    assert first == second
    assert CHILD not in first


def test_each_difference_is_answered_with_what_became_of_it(desk: Desk) -> None:
    other = DIFFERENCE.model_copy(update={"subject": SIBLING})
    order = ShowInRegister(transfer_id="transfer-1", found=(DIFFERENCE, other), at=NOW, all_compared=True)
    assert [found.difference.subject for found in desk.do("show_differences", order)] == [CHILD, SIBLING]
