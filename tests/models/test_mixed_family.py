"""Families that said no for one child: nobody talks with the service about it, and it stays open (SD-08, SD-09)."""

from collections.abc import Callable
from typing import Any

import pytest

from models.journey.steps import Step
from models.step_down.child_states import child_states
from models.step_down.direction import not_appropriate, transfer_possible
from models.step_down.effects import closures, request_of_conversation, told_at_meeting
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import meetings
from models.step_down.new_step import new_step
from models.step_down.stage import Stage
from models.step_down.start import Document, DocumentKind
from models.step_down.steps.consent import HolderAnswer
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision
from models.step_down.steps.final_meeting import MeetingOutcome
from models.vocabulary import Actor, ChildRef
from tests.builders import (
    CHILD,
    CONTACT,
    SIBLING,
    SOCIAL_WORKER,
    added_child,
    advice,
    at_meeting,
    authorised,
    child_consent,
    consent,
    consent_to_all,
    conversation,
    decided,
    exploration,
    facts,
    facts_after,
    family_record,
    family_sharing,
    holder,
    intent,
    looked_at,
    meeting,
    not_agreed,
    on_a_plan,
    plan_sharing,
    practitioner,
    record,
    refused,
    request,
    sharing_basis,
    withdrawal,
    withheld,
)
from tests.step_down import next_steps, stage
from workflows.step_down.orders import ORDERS

TALK_OVER = "Talk about the child who was added, or to whose support the family has agreed since"
YES = consent(SIBLING, step_id="yes-2", corrects="record_consent")
"""The family agrees for the other child, too, once the conversation has been held."""


def after(*steps: Step) -> StepDownFacts:
    return facts_after(exploration(), *steps, before=facts(CHILD, SIBLING))


def said_no() -> StepDownFacts:
    refused_for_one = consent(child_consent(CHILD), child_consent(SIBLING, stands=False))
    return after(refused_for_one, looked_at("record_consent", SIBLING), family_sharing(without_children=(SIBLING,)))


def took_it_back() -> StepDownFacts:
    return after(consent(CHILD, SIBLING), withdrawal(SIBLING), family_sharing(without_children=(SIBLING,)))


def kept_back() -> StepDownFacts:
    return after(consent(CHILD, SIBLING), sharing_basis(withheld(SIBLING)), family_sharing(without_children=(SIBLING,)))


KEPT = {"the family said no": said_no, "it took consent back": took_it_back, "nothing of it is shared": kept_back}


def asked(now: StepDownFacts) -> list[str]:
    return [need.ask for need in next_steps(now) if need.step == "record_contact_conversation"]


def of_agreement(now: StepDownFacts, child: str) -> object:
    return next(state.value for state in child_states(now, child) if state.name == "agreed_with_service")


@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-09")
@pytest.mark.parametrize("actor", [CONTACT, SOCIAL_WORKER], ids=["the contact", "the social worker"])
@pytest.mark.parametrize("before", KEPT.values(), ids=KEPT)
def test_the_conversation_leaves_out_a_child_who_cannot_pass_to_the_service(
    before: Callable[[], StepDownFacts], actor: Actor
) -> None:
    now = facts_after(conversation(CHILD, actor=actor), before=before())
    left_out = now.child(SIBLING)
    assert (left_out.spoken_of, left_out.turned_down, left_out.agreement) == (False, False, None)
    assert of_agreement(now, SIBLING) is None, "neither agreed nor not agreed"
    assert asked(now) == []
    assert stage(now) is Stage.DECISION
    assert transfer_possible(now)


@pytest.mark.clause("SD-08")
@pytest.mark.parametrize("before", KEPT.values(), ids=KEPT)
def test_a_conversation_that_names_such_a_child_is_taken_as_before(before: Callable[[], StepDownFacts]) -> None:
    now = facts_after(conversation(CHILD, not_agreed(SIBLING)), before=before())
    assert now.child(SIBLING).turned_down
    assert of_agreement(now, SIBLING) is False
    assert stage(now) is Stage.DECISION


@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-23")
@pytest.mark.parametrize("before", KEPT.values(), ids=KEPT)
def test_a_child_who_was_left_out_stays_open_and_does_not_pass_on(before: Callable[[], StepDownFacts]) -> None:
    now = facts_after(conversation(CHILD), practitioner(), advice(CHILD), before=before())
    both = decided({CHILD: Decision.TRANSFER, SIBLING: Decision.TRANSFER})
    assert refused(now, both).field == "children.1.decision"
    closing = facts_after(decided({CHILD: Decision.TRANSFER}), before=now)
    assert [effect.child for effect in closures(closing)] == [CHILD]
    assert closing.child(SIBLING).decision is None
    assert not closing.all_decided, "it does not end before something is decided for that child"


@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-09a")
def test_once_the_family_says_yes_the_child_is_to_be_talked_about_and_the_contact_may_name_it() -> None:
    held = facts_after(conversation(CHILD, actor=CONTACT), before=said_no())
    now = facts_after(YES, before=held)
    assert [ask.startswith(TALK_OVER) for ask in asked(now)] == [True]
    assert now.child(SIBLING).shown_to_service
    agreed = facts_after(conversation(SIBLING, actor=CONTACT, step_id="talk-2"), before=now)
    assert agreed.child(CHILD).agreement, "what was said of the first stays"
    assert agreed.child(SIBLING).agreement
    assert asked(agreed) == []


@pytest.mark.clause("SD-07")
def test_where_the_service_agrees_no_child_of_whom_it_was_told_something_else_is_decided() -> None:
    now = facts_after(conversation(not_agreed(CHILD)), before=said_no())
    assert not_appropriate(now)
    assert stage(now) is Stage.DECISION
    again = facts_after(YES, before=now)
    assert not not_appropriate(again)
    assert transfer_possible(again)


@pytest.mark.clause("SD-19")
def test_a_final_meeting_that_agrees_no_other_child_does_not_turn_away_one_who_is_to_be_talked_about() -> None:
    answers = consent_to_all(child_consent(CHILD), child_consent(SIBLING, stands=False))
    shared = (plan_sharing(without_children=(SIBLING,)), family_sharing(without_children=(SIBLING,)))
    talked = (exploration(), answers, looked_at("record_consent", SIBLING), *shared, conversation(CHILD))
    held = facts_after(*talked, meeting(at_meeting(CHILD, MeetingOutcome.NOT_AGREED)), before=on_a_plan(CHILD, SIBLING))
    assert not transfer_possible(held)
    again = facts_after(consent_to_all(SIBLING, step_id="yes-2", corrects="record_consent"), before=held)
    assert transfer_possible(again)
    assert again.child(SIBLING).to_talk_over


@pytest.mark.clause("SD-18")
@pytest.mark.clause("SD-09d")
def test_the_service_reads_of_a_meeting_nothing_about_a_child_of_whom_nobody_has_talked_with_it() -> None:
    answers = consent_to_all(child_consent(CHILD), child_consent(SIBLING, stands=False))
    shared = (plan_sharing(without_children=(SIBLING,)), family_sharing(without_children=(SIBLING,)))
    talked = (exploration(), answers, looked_at("record_consent", SIBLING), *shared, conversation(CHILD))
    agreed = consent_to_all(child_consent(SIBLING, may_share=()), step_id="yes-2", corrects="record_consent")
    said = meeting(at_meeting(CHILD), at_meeting(SIBLING, MeetingOutcome.PLAN_CONTINUES), service_attended=False)
    now = facts_after(*talked, agreed, said, before=on_a_plan(CHILD, SIBLING))
    assert now.child(SIBLING).could_pass
    assert [child.ref for child in told_at_meeting(now, meetings(now)[0])] == [CHILD]
    held = record(now, conversation(SIBLING, step_id="talk-2"))
    assert [child.ref for child in told_at_meeting(held, meetings(held)[0])] == [CHILD, SIBLING]


@pytest.mark.clause("SD-08")
def test_each_child_who_could_pass_on_has_to_be_named() -> None:
    unasked = facts(CHILD, SIBLING)
    assert refused(unasked, conversation(CHILD)).clause == "SD-08", "consent could stand"
    both = after(consent(CHILD, SIBLING), family_sharing())
    for actor in (CONTACT, SOCIAL_WORKER):
        assert refused(both, conversation(CHILD, actor=actor)).field == "children"


@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-09c")
def test_nobody_has_to_be_turned_down_while_an_objection_waits_for_the_team_manager() -> None:
    objects = child_consent(SIBLING, holder(), holder(HolderAnswer.REFUSED, "father"))
    waits = after(consent(child_consent(CHILD), objects), family_sharing(without_children=(SIBLING,)))
    assert waits.child(SIBLING).waits_for_word
    held = facts_after(conversation(CHILD, actor=SOCIAL_WORKER), before=waits)
    assert not held.child(SIBLING).turned_down, "the service has said nothing of it"
    agreed = facts_after(authorised("record_consent", SIBLING, because="an order settles it"), before=held)
    assert agreed.child(SIBLING).could_pass
    assert [ask.startswith(TALK_OVER) for ask in asked(agreed)] == [True]


@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-09d")
def test_the_contact_names_nobody_whom_they_may_not_see_and_the_social_worker_does() -> None:
    ready = facts_after(consent(CHILD), family_sharing(), before=facts_after(exploration()))
    added = facts_after(added_child(SIBLING), family_record(CHILD, SIBLING), before=ready)
    assert refused(added, conversation(CHILD, actor=SOCIAL_WORKER)).clause == "SD-08"
    held = facts_after(conversation(CHILD, actor=CONTACT), before=added)
    assert [ask.startswith(TALK_OVER) for ask in asked(facts_after(consent(SIBLING, step_id="yes-2"), before=held))]


@pytest.mark.clause("SD-08")
def test_the_form_of_the_conversation_has_whom_it_is_to_be_about() -> None:
    def children(now: StepDownFacts) -> list[str]:
        return [one["ref"] for one in new_step(now, RecordContactConversation).content["children"]]

    assert children(said_no()) == [CHILD]
    held = facts_after(conversation(CHILD), before=said_no())
    assert children(held) == [CHILD], "to be corrected"
    assert children(record(held, YES)) == [SIBLING]
    assert children(facts(CHILD, SIBLING)) == [CHILD, SIBLING]


@pytest.mark.clause("SD-07")
@pytest.mark.clause("SD-09d")
def test_the_contact_is_told_of_no_paper_that_is_about_the_child_alone() -> None:
    own = tuple(
        Document(kind=DocumentKind.ASSESSMENT, ref=f"of-{ref}", children=(ChildRef(ref=ref),))
        for ref in (CHILD, SIBLING)
    )
    seen = family_sharing(document_ref=f"of-{CHILD}", without_children=(SIBLING,))
    answers = consent(child_consent(CHILD), child_consent(SIBLING, stands=False))
    before = facts(CHILD, SIBLING, request=request(CHILD, SIBLING, documents=own))
    now = facts_after(exploration(), answers, looked_at("record_consent", SIBLING), seen, before=before)
    effect = request_of_conversation(now)
    asked_for: Any = ORDERS.effects[effect.kind].order(now, intent(effect))
    assert [paper.ref for paper in asked_for.papers.agreed] == [f"of-{CHILD}"]
    assert asked_for.papers.omitted == ()
    assert SIBLING not in asked_for.model_dump_json()
