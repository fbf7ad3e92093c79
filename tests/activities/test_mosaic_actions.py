"""What the machine does in Mosaic: one document to one team, one child closed with its next actions."""

from datetime import datetime, timedelta

import pytest
from temporalio.exceptions import ApplicationError

from activities.effect import Effects
from activities.mosaic import NOT_CLOSED, CloseChild, LookAtChildren, MosaicActivities, ReopenChild, ShareDocument
from models.attention import PROBLEMS
from models.census import ClosureReason
from models.effects import Effect, Ended
from models.errors import LastingError, PassingError
from models.kinds import EffectKind
from models.mosaic import (
    ClosedStep,
    Completion,
    Conference,
    Involvement,
    LegalStatus,
    NextAction,
    OpenPlan,
    SharedDocument,
)
from models.step_down.held import PlanHere, Question
from tests.builders import NOW, THEN, close_child, intent
from tests.fakes import NOTHING_KEEPS_OPEN, FakeBook, FakeMosaic

CLOSED = NextAction(type="Case Closed to Children's Services")
TRANSFER = NextAction(type="Early Help: Transfer from Social Work", assigned_to="team-eh")

SHARE = ShareDocument(
    intent=intent(Effect(kind=EffectKind.SHARE_DOCUMENT, document="assessment-1", version=2, service="service-north")),
    document_ref="assessment-1",
    version=2,
    team="team-eh",
)
NO_PLAN = PlanHere(protected=False)
PASS_ON = CloseChild(
    intent=intent(close_child("child-a")),
    child_ref="child-a",
    since=THEN,
    transfer_to="team-eh",
    reason=ClosureReason.ASSESSED_EARLY_HELP,
    plan=NO_PLAN,
)
CLOSE = CloseChild(
    intent=intent(close_child("child-b")),
    child_ref="child-b",
    since=THEN,
    transfer_to=None,
    reason=ClosureReason.ASSESSED_NO_ACTION,
    plan=NO_PLAN,
)

REOPEN = ReopenChild(
    intent=intent(Effect(kind=EffectKind.REOPEN_CHILD, child="child-a")), child_ref="child-a", since=NOW
)


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
    assert shared.shared == SharedDocument(ref="assessment-1", version=2, team="team-eh")


@pytest.mark.clause("SD-11")
def test_a_share_whose_answer_was_lost_is_not_repeated(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.troubles.after("share", PassingError("no answer"))
    with pytest.raises(ApplicationError):
        does.share_document(SHARE)
    assert does.share_document(SHARE).ended is Ended.FOUND_DONE
    assert len(mosaic.shares) == 1


@pytest.mark.clause("SD-11")
@pytest.mark.parametrize("book_knows", [False, True])
def test_a_share_that_an_earlier_attempt_had_done_asks_for_newer_versions_too(
    does: MosaicActivities, mosaic: FakeMosaic, book_knows: bool
) -> None:
    if book_knows:
        does.share_document(SHARE)
    else:
        mosaic.shares.append(("assessment-1", 2, "team-eh"))
    mosaic.documents["assessment-1", 3] = "Written since."
    assert does.share_document(SHARE).newer == {"assessment-1": 3}
    assert len(mosaic.shares) == 1


@pytest.mark.clause("SD-21")
@pytest.mark.clause("SD-22")
def test_a_child_that_passes_on_is_closed_with_both_next_actions_in_one(
    does: MosaicActivities, mosaic: FakeMosaic
) -> None:
    closed = does.close_child(PASS_ON)
    completed = mosaic.completed["child-a"]
    assert (completed.reference, completed.next_actions) == (PASS_ON.intent.key, (CLOSED, TRANSFER))
    assert mosaic.calls == ["look", "record", "act", "look"]
    assert closed.evidence == (
        "step WS-child-a is completed with Case Closed to Children's Services and "
        "Early Help: Transfer from Social Work for team-eh"
    )
    assert closed.closed == ClosedStep(id="WS-child-a", next_actions=frozenset({CLOSED, TRANSFER}))


@pytest.mark.clause("SD-23")
def test_a_child_that_needs_no_more_support_is_closed_alone(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    does.close_child(CLOSE)
    assert mosaic.completed["child-b"].next_actions == (CLOSED,)


@pytest.mark.clause("SD-40")
def test_a_child_is_not_closed_for_no_reason_but_what_was_closed_is_found(
    does: MosaicActivities, mosaic: FakeMosaic
) -> None:
    order = CLOSE.model_copy(update={"reason": None})
    does.close_child(order)
    assert "act" not in mosaic.calls
    mosaic.completed["child-b"] = Completion(None, (CLOSED,), NOW, CLOSE.reason)
    assert does.close_child(order).ended is Ended.FOUND_DONE


@pytest.mark.clause("SD-21")
def test_a_child_that_somebody_closed_in_the_same_way_is_found_done(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.completed["child-a"] = Completion(None, (TRANSFER, CLOSED), NOW, PASS_ON.reason)
    assert does.close_child(PASS_ON).ended is Ended.FOUND_DONE
    assert "act" not in mosaic.calls


@pytest.mark.clause("SD-21")
def test_a_closing_of_an_earlier_case_is_not_this_one(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.completed["child-a"] = Completion(None, (TRANSFER, CLOSED), THEN - timedelta(days=300))
    with pytest.raises(ApplicationError) as failure:
        does.close_child(PASS_ON)
    assert list(failure.value.details) == [
        "no_open_step",
        "The newest step is WS-child-a, completed on Tuesday 6 May 2025 11:00.",
    ]


@pytest.mark.clause("SD-22")
@pytest.mark.parametrize(
    "others",
    [
        (CLOSED,),
        (CLOSED, NextAction(type=TRANSFER.type, assigned_to="team-other")),
        (CLOSED, TRANSFER, NextAction(type="Review")),
    ],
    ids=["without the transfer", "to another team", "with something more"],
)
def test_a_child_that_somebody_closed_differently_waits_for_a_person(
    does: MosaicActivities, mosaic: FakeMosaic, others: tuple[NextAction, ...]
) -> None:
    mosaic.completed["child-a"] = Completion(None, others, NOW)
    with pytest.raises(ApplicationError) as failure:
        does.close_child(PASS_ON)
    code, said = failure.value.details
    assert (failure.value.type, code) == ("NeedsAttention", "already_completed")
    assert all(action.words in said for action in (*others, TRANSFER)), "what Mosaic has, and what was asked for"
    assert "act" not in mosaic.calls


CLOSE_AGAIN = CloseChild(
    intent=intent(Effect(kind=EffectKind.CLOSE_CHILD, child="child-a", time=2)),
    child_ref="child-a",
    since=NOW,
    transfer_to=None,
    reason=ClosureReason.ASSESSED_NO_ACTION,
    plan=NO_PLAN,
)


@pytest.mark.clause("SD-23")
@pytest.mark.parametrize("reference", [None, PASS_ON.intent.key], ids=["a person's", "our own, of the first time"])
def test_a_closing_from_before_the_childs_case_was_reopened_is_not_the_new_one(
    does: MosaicActivities, mosaic: FakeMosaic, reference: str | None
) -> None:
    mosaic.completed["child-a"] = Completion(reference, (CLOSED,), NOW - timedelta(hours=1))
    with pytest.raises(ApplicationError) as failure:
        does.close_child(CLOSE_AGAIN)
    assert failure.value.details[0] == "no_open_step"
    assert "act" not in mosaic.calls


@pytest.mark.clause("SD-23")
def test_a_child_that_is_open_again_is_closed_again_at_its_new_step(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    does.close_child(PASS_ON)
    mosaic.reopen("child-a")
    closed = does.close_child(CLOSE_AGAIN)
    assert closed.evidence == "step WS-child-a/2 is completed with Case Closed to Children's Services"
    assert mosaic.completed["child-a"].reference == CLOSE_AGAIN.intent.key


@pytest.mark.clause("SD-23")
def test_a_child_that_a_person_closed_again_after_its_case_was_reopened_is_found_done(
    does: MosaicActivities, mosaic: FakeMosaic
) -> None:
    mosaic.completed["child-a"] = Completion(None, (CLOSED,), NOW, CLOSE_AGAIN.reason)
    assert does.close_child(CLOSE_AGAIN).ended is Ended.FOUND_DONE


def problem_of(does: MosaicActivities, order: ReopenChild) -> list[str]:
    with pytest.raises(ApplicationError) as failure:
        does.reopen_child(order)
    assert failure.value.non_retryable
    return list(failure.value.details)


@pytest.mark.clause("SD-35")
def test_a_person_is_asked_to_open_a_closed_child_and_mosaic_is_only_looked_at(
    does: MosaicActivities, mosaic: FakeMosaic
) -> None:
    mosaic.completed["child-a"] = Completion(PASS_ON.intent.key, (CLOSED, TRANSFER), NOW - timedelta(days=2))
    assert problem_of(does, REOPEN) == ["reopen_by_hand"]
    assert mosaic.calls == ["look"]
    assert PROBLEMS["reopen_by_hand"].advice


@pytest.mark.clause("SD-35")
def test_a_child_whose_closing_step_is_open_is_seen_as_opened_again(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    does.close_child(PASS_ON)
    assert problem_of(does, REOPEN) == ["reopen_by_hand"]
    mosaic.reopen("child-a")
    seen = does.reopen_child(REOPEN)
    assert (seen.ended, seen.evidence) == (Ended.FOUND_DONE, "step WS-child-a/2 is open")


@pytest.mark.clause("SD-35")
@pytest.mark.parametrize(
    ("reference", "completed", "was_open"),
    [
        (None, NOW, True),
        (None, NOW - timedelta(seconds=1), False),
        (PASS_ON.intent.key, NOW + timedelta(seconds=1), False),
    ],
    ids=["a person's closing since", "a person's closing before", "our own closing that came late"],
)
def test_a_child_that_a_person_opened_and_has_closed_again_was_open(
    does: MosaicActivities, mosaic: FakeMosaic, reference: str | None, completed: datetime, was_open: bool
) -> None:
    mosaic.completed["child-a"] = Completion(reference, (CLOSED,), completed)
    if was_open:
        assert does.reopen_child(REOPEN).evidence == "step WS-child-a was opened, and has been completed"
    else:
        assert problem_of(does, REOPEN) == ["reopen_by_hand"]


@pytest.mark.clause("SD-35")
def test_a_reopening_that_is_no_longer_wanted_asks_nobody(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    does.close_child(PASS_ON)
    no_longer = REOPEN.model_copy(update={"intent": REOPEN.intent.model_copy(update={"only_look": True})})
    assert does.reopen_child(no_longer).ended is Ended.STOPPED


def test_a_locked_record_waits_for_a_person(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.troubles.before("complete", LastingError("locked", "locked"))
    with pytest.raises(ApplicationError) as failure:
        does.close_child(PASS_ON)
    assert list(failure.value.details) == ["locked"]
    assert mosaic.completed == {}
    assert does.close_child(
        PASS_ON.model_copy(update={"intent": PASS_ON.intent.model_copy(update={"go": 2})})
    ).ended is (Ended.DONE)


LOOK = LookAtChildren(
    intent=intent(Effect(kind=EffectKind.LOOK_AT_CHILDREN, number=1)),
    child_refs=("child-a", "child-b"),
)


@pytest.mark.clause("SD-19b")
def test_what_mosaic_holds_of_the_children_is_seen_and_nothing_is_noted(mosaic: FakeMosaic) -> None:
    mosaic.records["child-a"] = NOTHING_KEEPS_OPEN.model_copy(update={"open_enquiry": True})
    book = FakeBook()
    looked = MosaicActivities(mosaic, Effects(book, now=lambda: NOW)).look_at_children(LOOK)
    assert looked.ended is Ended.DONE
    assert looked.records == {"child-a": mosaic.records["child-a"], "child-b": NOTHING_KEEPS_OPEN}
    assert looked.privacy == "restricted"
    assert "enquiry" not in looked.evidence
    assert book.written == []


@pytest.mark.clause("SD-19b")
def test_a_look_that_cannot_be_made_says_about_which_child(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    mosaic.troubles.before("record", LastingError("not_found", "404"))
    with pytest.raises(ApplicationError) as failure:
        does.look_at_children(LOOK.model_copy(update={"child_refs": ("child-a",)}))
    assert list(failure.value.details) == ["not_found", "It is about child child-a."]


@pytest.mark.clause("SD-19b")
def test_a_child_who_is_not_found_is_left_out_of_the_look_and_holds_up_no_sibling(
    does: MosaicActivities, mosaic: FakeMosaic
) -> None:
    mosaic.troubles.before("record", LastingError("not_found", "404"))
    looked = does.look_at_children(LOOK)
    assert (looked.ended, [*looked.records]) == (Ended.DONE, ["child-b"])


@pytest.mark.clause("SD-19b")
def test_a_look_that_is_no_longer_wanted_asks_nobody(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    no_longer = LOOK.model_copy(update={"intent": LOOK.intent.model_copy(update={"only_look": True})})
    assert does.look_at_children(no_longer).ended is Ended.STOPPED
    assert mosaic.calls == []


@pytest.mark.clause("SD-19a")
@pytest.mark.clause("SD-19b")
@pytest.mark.parametrize(
    "since",
    [
        {"open_enquiry": True},
        {"legal_statuses": (LegalStatus.CARE_ORDER,)},
        {"open_plan": OpenPlan.CHILD_PROTECTION},
        {"proceedings": None},
    ],
    ids=["an enquiry", "an order", "a plan", "something is not said any more"],
)
def test_what_came_about_right_before_the_closing_stops_it(
    does: MosaicActivities, mosaic: FakeMosaic, since: dict[str, object]
) -> None:
    mosaic.records["child-a"] = NOTHING_KEEPS_OPEN.model_copy(update=since)
    seen = does.close_child(PASS_ON)
    assert mosaic.completed == {}
    assert (seen.ended, seen.records) == (Ended.STOPPED, {"child-a": mosaic.records["child-a"]})
    assert seen.evidence == NOT_CLOSED
    mosaic.records.clear()
    assert does.close_child(PASS_ON).ended is Ended.DONE, "the book says that it had not happened"


@pytest.mark.clause("SD-40")
def test_a_child_is_closed_with_its_reason_which_is_read_back(does: MosaicActivities, mosaic: FakeMosaic) -> None:
    does.close_child(PASS_ON)
    assert mosaic.completed["child-a"].closure_reason is ClosureReason.ASSESSED_EARLY_HELP


@pytest.mark.clause("SD-40")
@pytest.mark.parametrize("reason", [None, ClosureReason.SPECIAL_GUARDIANSHIP], ids=["none", "another"])
def test_a_closing_for_another_reason_waits_for_a_person_and_does_not_say_which(
    does: MosaicActivities, mosaic: FakeMosaic, reason: ClosureReason | None
) -> None:
    mosaic.completed["child-a"] = Completion(None, (TRANSFER, CLOSED), NOW, reason)
    with pytest.raises(ApplicationError) as failure:
        does.close_child(PASS_ON)
    code, said = failure.value.details
    assert (code, "another reason" in said, "RC" in said) == ("already_completed", True, False)


@pytest.mark.clause("SD-40")
def test_more_than_an_assessment_that_shows_right_before_the_closing_stops_it(
    does: MosaicActivities, mosaic: FakeMosaic
) -> None:
    more = NOTHING_KEEPS_OPEN.model_copy(update={"since_referral": (Involvement.SECTION_47,)})
    mosaic.records["child-a"] = more
    assert (does.close_child(PASS_ON).ended, mosaic.completed) == (Ended.STOPPED, {})
    ceased = PASS_ON.model_copy(update={"reason": ClosureReason.CEASED})
    assert does.close_child(ceased).ended is Ended.DONE


@pytest.mark.clause("SD-40")
@pytest.mark.parametrize(
    ("to_come", "plan"),
    [
        ({"assessment_authorised_on": NOW.date() + timedelta(days=1)}, NO_PLAN),
        (
            {"conference": Conference(held_on=NOW.date() + timedelta(days=1), outcome="ends", confirmed=True)},
            PlanHere(protected=True),
        ),
    ],
    ids=["the authorisation", "the end of the plan"],
)
def test_nothing_is_closed_before_what_mosaic_enters_for_a_day_to_come(
    does: MosaicActivities, mosaic: FakeMosaic, to_come: dict[str, object], plan: PlanHere
) -> None:
    order = PASS_ON.model_copy(update={"plan": plan, "reason": ClosureReason.CEASED})
    mosaic.records["child-a"] = NOTHING_KEEPS_OPEN.model_copy(update=to_come)
    assert (does.close_child(order).ended, mosaic.completed) == (Ended.STOPPED, {})
    does_tomorrow = MosaicActivities(mosaic, Effects(FakeBook(), now=lambda: NOW + timedelta(days=1)))
    assert does_tomorrow.close_child(order).ended is Ended.DONE


@pytest.mark.clause("SD-40")
@pytest.mark.parametrize("reason", ClosureReason)
def test_what_a_reason_says_of_a_child_is_for_few(reason: ClosureReason) -> None:
    order = PASS_ON.model_copy(update={"reason": reason})
    assert order.privacy == ("plain" if reason.value in {"RC8", "RC9"} else "restricted")


@pytest.mark.clause("SD-19b")
def test_what_the_manager_answered_is_not_asked_again_at_the_closing(
    does: MosaicActivities, mosaic: FakeMosaic
) -> None:
    mosaic.records["child-a"] = NOTHING_KEEPS_OPEN.model_copy(update={"proceedings": None})
    answered = PASS_ON.model_copy(update={"answered": (Question.PROCEEDINGS,)})
    assert does.close_child(answered).ended is Ended.DONE


@pytest.mark.clause("SD-19b")
def test_a_child_is_not_closed_while_mosaic_does_not_say_what_it_holds(
    does: MosaicActivities, mosaic: FakeMosaic
) -> None:
    mosaic.troubles.before("record", PassingError("Mosaic did not answer"))
    with pytest.raises(ApplicationError):
        does.close_child(PASS_ON)
    assert mosaic.completed == {}
