"""What the machine does in Mosaic: one document to one team, one child closed with its next actions."""

from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.effect import Effects
from activities.mosaic import CloseChild, MosaicActivities, ShareDocument
from models.effects import EffectKind, Ended
from models.errors import LastingError, PassingError
from models.exchange import Completion, NextAction
from tests.builders import NOW, THEN, intent
from tests.fakes import FakeBook, FakeMosaic

CLOSED = NextAction("Case Closed to Children's Services")
TRANSFER = NextAction("Early Help: Transfer from Social Work", assigned_to="team-eh")

SHARE = ShareDocument(
    intent=intent(EffectKind.SHARE_DOCUMENT, "assessment-1/v2"),
    document_ref="assessment-1",
    version=2,
    team="team-eh",
)
PASS_ON = CloseChild(
    intent=intent(EffectKind.CLOSE_CHILD, "child-a"), child_ref="child-a", since=THEN, transfer_to="team-eh"
)
CLOSE = CloseChild(intent=intent(EffectKind.CLOSE_CHILD, "child-b"), child_ref="child-b", since=THEN, transfer_to=None)


@pytest.fixture
def mosaic() -> FakeMosaic:
    return FakeMosaic()


@pytest.fixture
def does(mosaic: FakeMosaic) -> MosaicActivities:
    return MosaicActivities(mosaic, Effects(FakeBook(), now=lambda: NOW))


@pytest.mark.clause("SD-11")
def test_exactly_the_version_that_the_family_saw_is_shared(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.shares.append(("assessment-1", 1, "team-eh"))
    shared = does.share_document(SHARE)
    assert mosaic.shares[1:] == [("assessment-1", 2, "team-eh")]
    assert (shared.ended, shared.evidence) == (Ended.DONE, "version 2 is open to team team-eh")


@pytest.mark.clause("SD-11")
def test_a_share_whose_answer_was_lost_is_not_repeated(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.troubles.after("share", PassingError("no answer"))
    with pytest.raises(ApplicationError):
        does.share_document(SHARE)
    assert does.share_document(SHARE).ended is Ended.FOUND_DONE
    assert len(mosaic.shares) == 1


@pytest.mark.clause("SD-21")
@pytest.mark.clause("SD-22")
def test_a_child_that_passes_on_is_closed_with_both_next_actions_in_one(
    does: MosaicActivities, mosaic: FakeMosaic
) -> None:
    closed = does.close_child(PASS_ON)
    completed = mosaic.completed["child-a"]
    assert (completed.reference, completed.next_actions) == (PASS_ON.intent.key, (CLOSED, TRANSFER))
    assert mosaic.calls == ["look", "act", "look"]
    assert closed.evidence == (
        "step WS-child-a is completed with Case Closed to Children's Services and Early Help: Transfer from Social Work"
    )


@pytest.mark.clause("SD-23")
def test_a_child_that_needs_no_more_support_is_closed_alone(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    does.close_child(CLOSE)
    assert mosaic.completed["child-b"].next_actions == (CLOSED,)


@pytest.mark.clause("SD-21")
def test_a_child_that_somebody_closed_in_the_same_way_is_found_done(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.completed["child-a"] = Completion(None, (TRANSFER, CLOSED), NOW)
    assert does.close_child(PASS_ON).ended is Ended.FOUND_DONE
    assert "act" not in mosaic.calls


@pytest.mark.clause("SD-21")
def test_a_closing_of_an_earlier_case_is_not_this_one(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.completed["child-a"] = Completion(None, (TRANSFER, CLOSED), THEN - timedelta(days=300))
    with pytest.raises(ApplicationError) as failure:
        does.close_child(PASS_ON)
    assert list(failure.value.details) == ["no_open_step"]


@pytest.mark.clause("SD-22")
@pytest.mark.parametrize(
    "others",
    [(CLOSED,), (CLOSED, NextAction(TRANSFER.type, "team-other")), (CLOSED, TRANSFER, NextAction("Review"))],
    ids=["without the transfer", "to another team", "with something more"],
)
def test_a_child_that_somebody_closed_differently_waits_for_a_person(
    does: MosaicActivities, mosaic: FakeMosaic, others: tuple[NextAction, ...]
) -> None:
    mosaic.completed["child-a"] = Completion(None, others, NOW)
    with pytest.raises(ApplicationError) as failure:
        does.close_child(PASS_ON)
    assert (failure.value.type, list(failure.value.details)) == ("NeedsAttention", ["already_completed"])
    assert "act" not in mosaic.calls


def test_a_locked_record_waits_for_a_person(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.troubles.before("complete", LastingError("locked", "locked"))
    with pytest.raises(ApplicationError) as failure:
        does.close_child(PASS_ON)
    assert list(failure.value.details) == ["locked"]
    assert mosaic.completed == {}
    assert does.close_child(
        PASS_ON.model_copy(update={"intent": PASS_ON.intent.model_copy(update={"go": 2})})
    ).ended is (Ended.DONE)
