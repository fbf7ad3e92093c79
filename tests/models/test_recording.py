"""A step that is taken, and a message that is not: receipts, what a person is asked because of it, who is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.attention import PROBLEMS, Resolution
from models.journey.answers import Rejected
from models.journey.attention import raise_attention
from models.journey.recording import MOST_ASKED, MOST_REJECTED
from models.journey.steps import Step
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Stage
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.final_meeting import ScheduleFinalMeeting
from models.vocabulary import Message
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    agreed_child,
    cancellation,
    cancelled_meeting,
    consent,
    conversation,
    decided,
    exploration,
    facts,
    facts_after,
    facts_before,
    facts_closed,
    not_agreed,
    not_appropriate,
    not_us,
    other_service,
    plan_before,
    practitioner,
    record,
    refused,
    request,
    resolution,
    scheduled,
    whole_path,
    withdrawal,
)
from tests.step_down import record_step, refusal, reject, stage, status

LATER = NOW + timedelta(hours=1)


def in_clear(step: Any) -> Any:
    step.mark_in_clear()
    return step


def test_a_step_is_kept_with_its_time_and_a_receipt_of_where_the_transfer_stands() -> None:
    after = record_step(facts(), exploration(), LATER)
    [entry], [receipt] = after.steps, after.receipts
    assert (entry.step, entry.accepted_at, entry.late, entry.tells) == (exploration(), LATER, False, None)
    assert (receipt.step_id, receipt.step, receipt.accepted_at) == ("record_exploration", "record_exploration", LATER)
    assert (receipt.stage, [need.step for need in receipt.next_steps]) == (Stage.CONSENT, ["record_consent"])
    assert receipt.note is None


def test_a_receipt_of_a_late_correction_says_that_it_is_kept_and_that_operations_are_asked() -> None:
    late = consent(step_id="again", corrects="record_consent")
    receipt = record(facts_before(RecordContactConversation), late).receipts[-1]
    assert receipt.note == (
        "What this corrects had already been acted on. Both are kept, and operations are asked to put right "
        "what was done."
    )


@pytest.mark.clause("SD-18")
def test_a_receipt_repeats_date_time_and_place_of_the_meeting_as_they_were_understood() -> None:
    before = plan_before(ScheduleFinalMeeting)
    in_summer = scheduled(meeting_at=datetime(2026, 7, 9, 14, 0, tzinfo=UTC), minutes=90)
    assert record(before, in_summer).receipts[-1].note == (
        "Set the date of the final meeting: for Thursday 9 July 2026 15:00. 90 minutes. Place: Town hall, room 4"
    )
    off = facts_after(scheduled(), cancelled_meeting(), before=before)
    assert off.receipts[-1].note is None


def test_what_operations_are_asked_about_a_late_correction_names_the_step() -> None:
    late = consent(step_id="again", corrects="record_consent")
    [item] = record(facts_before(RecordContactConversation), late).open_attention
    assert (item.problem, item.what, item.effect, item.since) == (
        "late_correction",
        "Recorded the family's answer on consent: for service-north: child-a",
        None,
        NOW,
    )


def test_a_step_that_came_in_clear_is_taken_and_operations_are_asked_to_stop_that() -> None:
    after = record(facts(), in_clear(exploration()))
    [item] = after.open_attention
    assert (item.problem, item.what, item.detail) == (
        "in_clear",
        "Recorded what was explored with family and network",
        "Sent as social worker sw-7.",
    )
    assert after.exploration is not None
    assert facts_after(exploration()).open_attention == ()


def test_the_same_step_is_the_same_whether_it_came_in_clear_or_not() -> None:
    clear, sealed = in_clear(exploration()), exploration()
    assert clear.says_the_same_as(sealed)
    assert not clear.says_the_same_as(exploration(needs="something else"))
    assert refusal(record(facts(), sealed), clear, NOW) is None
    assert refusal(record(facts(), clear), sealed, NOW) is None
    assert clear.model_dump() == sealed.model_dump(), "how it came is no part of what it says"


def test_messages_of_two_kinds_never_say_the_same() -> None:
    assert not exploration().says_the_same_as(practitioner(step_id="record_exploration"))
    assert request().says_the_same_as(request())


@pytest.mark.parametrize("message", [exploration(), request()], ids=["step", "start"])
def test_a_message_comes_sealed_unless_somebody_notes_that_it_did_not(message: Message) -> None:
    assert not message.came_in_clear
    message.mark_in_clear()
    assert message.came_in_clear


def test_a_late_step_in_clear_asks_two_things() -> None:
    late = in_clear(consent(step_id="again", corrects="record_consent"))
    after = record(facts_before(RecordContactConversation), late)
    assert [(item.id, item.problem) for item in after.open_attention] == [("A1", "late_correction"), ("A2", "in_clear")]


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize("step", [withdrawal(), other_service(), cancellation()], ids=lambda step: step.step)
def test_a_turn_keeps_which_service_has_to_be_told_of_it(step: Step) -> None:
    asked = record(facts_before(RecordContactConversation), step)
    assert asked.steps[-1].tells == "service-north"
    assert record(facts_after(consent()), step).steps[-1].tells is None


def test_no_other_step_tells_a_service() -> None:
    assert {entry.tells for entry in facts_after(*whole_path()).steps} == {None}


def a_rejection(**changes: Any) -> Rejected:
    said = {"at": NOW, "step": "cancel", "step_id": "c-1", "sender": "operations ops-1", "reason": "Nobody knows them."}
    said |= {"digest": "1"}
    return Rejected.model_validate({**said, **changes})


def test_a_message_that_was_not_taken_is_kept_and_operations_are_asked() -> None:
    after = reject(facts(), a_rejection())
    assert after.rejected == (a_rejection(asked_in="A1"),)
    [item] = after.open_attention
    assert (item.problem, item.what, item.detail) == (
        "rejected_step",
        "The step “cancel”",
        "Nobody knows them. Sent as operations ops-1.",
    )


def test_the_very_same_message_again_is_counted_and_asks_nobody_twice() -> None:
    after = facts()
    for hour in range(3):
        after = reject(after, a_rejection(at=NOW + timedelta(hours=hour)))
    assert [(each.at, each.times) for each in after.rejected] == [(NOW, 3)]
    assert len(after.raised) == 1


def test_another_message_is_kept_beside_the_first_though_it_was_refused_for_the_same_reason() -> None:
    another = a_rejection(digest="2")
    after = reject(reject(reject(facts(), a_rejection()), another), another)
    assert [each.times for each in after.rejected] == [1, 2]
    assert [item.id for item in after.open_attention] == ["A1", "A2"]


def test_the_very_same_message_after_its_item_was_put_right_asks_again() -> None:
    once = reject(facts(), a_rejection())
    put_right = record(once, resolution("A1", Resolution.DONE_BY_HAND))
    again = reject(put_right, a_rejection())
    assert [item.id for item in again.open_attention] == ["A2"]
    assert [each.times for each in again.rejected] == [2]


def test_a_flood_is_one_item_with_its_number_and_its_senders() -> None:
    after = facts()
    for number in range(MOST_ASKED + 5):
        after = reject(after, a_rejection(digest=str(number), sender=f"system s-{number}"))
    assert len(after.raised) == MOST_ASKED
    last = after.open_attention[-1]
    assert last.detail == (
        "Nobody knows them. Sent as system s-9. In all 6 messages came that belong to this, from system s-9, "
        "system s-10, system s-11 and 3 others"
    )


def test_after_a_flood_was_put_right_the_next_message_asks_anew() -> None:
    after = facts()
    for number in range(MOST_ASKED + 5):
        after = reject(after, a_rejection(digest=str(number)))
    of_one = MOST_ASKED // 2
    put_right = record(after, resolution(f"A{of_one}", Resolution.SKIP))
    again = reject(put_right, a_rejection(digest="new"))
    assert [item.id for item in again.open_attention][-1] == f"A{of_one + 1}"


def test_after_fifty_messages_of_one_sender_more_are_counted() -> None:
    after, of_one = facts(), MOST_REJECTED // 2
    for number in range(of_one + 5):
        after = reject(after, a_rejection(digest=str(number)))
    assert len(after.rejected) == of_one
    assert after.rejected[-1].times == 6


def test_a_message_that_comes_after_the_end_is_kept_and_reopens_nothing() -> None:
    after = reject(facts_closed(), a_rejection())
    assert stage(after) is Stage.CLOSED
    assert after.open_attention == ()
    assert "The step “cancel” was not taken" in [entry.what for entry in status(after).timeline]


def test_a_message_that_is_no_step_is_called_so_and_names_no_sender() -> None:
    after = reject(facts(), a_rejection(step=None, step_id=None, sender=None, reason="there is no such step"))
    [item] = after.open_attention
    assert (item.what, item.detail) == ("A message that is no step", "there is no such step")


def test_a_message_that_was_not_taken_changes_nothing_else() -> None:
    before = facts_before(RecordDecisions)
    after = reject(before, a_rejection())
    assert (after.steps, after.receipts, after.begun) == (before.steps, before.receipts, before.begun)


def test_items_are_numbered_in_the_order_in_which_they_came() -> None:
    now: StepDownFacts = facts()
    for problem in ("in_clear", "unexpected", "rejected_step"):
        now = raise_attention(now, NOW, problem, "something")
    assert [item.id for item in now.raised] == ["A1", "A2", "A3"]


@pytest.mark.parametrize("problem", ["late_correction", "in_clear", "withdrawn_too_late", "rejected_step"])
def test_what_is_asked_about_a_step_has_words(problem: str) -> None:
    assert PROBLEMS[problem].happened


@pytest.mark.parametrize(
    "last", [lambda: facts_after(consent()), lambda: facts_before(RecordDecisions)], ids=["early", "later"]
)
def test_the_same_step_again_gets_its_first_receipt(last: Callable[[], StepDownFacts]) -> None:
    now = last()
    assert record(now, consent()) == now
    assert now.receipt("record_consent") is not None


def test_a_step_id_of_a_rejected_message_is_free() -> None:
    before = reject(facts(), a_rejection(step="record_exploration", step_id="record_exploration"))
    assert refusal(before, exploration(), NOW) is None
    assert refused(before, not_us()).field == "step"
    assert record(before, resolution("A1", Resolution.SKIP)).receipts


@pytest.mark.clause("SD-05")
@pytest.mark.clause("SD-09")
def test_a_conversation_that_comes_early_says_what_is_still_missing() -> None:
    early = facts_after(conversation(agreed_child(CHILD), not_agreed(SIBLING)), before=facts(CHILD, SIBLING))
    assert early.receipts[-1].note == (
        "This came early, and is kept. No child passes on because of it until what comes first is recorded, "
        "too. Still missing: what was explored with the family and the network; the family's consent for "
        "child-a; what the family said about the papers that were shared with them."
    )
    explored = facts_after(exploration(), consent(), conversation())
    assert explored.receipts[-1].note.endswith(
        "Still missing: what the family said about the papers that were shared with them."
    )
    assert facts_after(*whole_path()[:4]).receipts[-1].note is None
    assert facts_after(not_appropriate()).receipts[-1].note is None


def test_a_late_decision_leaves_the_stage_as_it_was() -> None:
    before = facts_after(*whole_path()[:8])
    late = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}, step_id="again", corrects="record_decisions")
    assert record(before, late).receipts[-1].stage == Stage.CONFIRMATION


def test_an_item_explains_what_happened_what_was_wrong_and_what_to_do_in_whole_sentences() -> None:
    [item] = reject(facts(), a_rejection(reason="there is no such step", sender=None)).open_attention
    assert item.explained.startswith(
        "A message came that could not be taken as a step. There is no such step. Tell whoever sent it what was wrong"
    )
