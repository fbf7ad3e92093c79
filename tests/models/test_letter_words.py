"""What stands in and around the words of a letter: who writes, whom to ring, and what nobody has to read (SD-33b)."""

from typing import Any

import pytest

from models.people import Colleague
from models.plans import PlanOutcome
from models.policy import Phones, Policy, Writing
from models.step_down.child_states import child_states
from models.step_down.facts import StepDownFacts
from models.step_down.leaving import text
from models.step_down.reading import LettersAsked, to_read
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.decision import Decision
from models.step_down.steps.final_meeting import ChildAtMeeting, MeetingOutcome
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    SOCIAL_WORKER,
    conversation,
    decided,
    exploration,
    facts_after,
    facts_before,
    letter,
    letter_to_agency,
    letters,
    no_letter,
    record,
    refused_consent,
    with_school,
)

WORKER = Colleague(ref=SOCIAL_WORKER.id, name="Sam Example", telephone="0113 496 0007", roles=(Role.SOCIAL_WORKER,))


def to_be_approved(*people: Colleague, **policy: Any) -> StepDownFacts:
    now = facts_before(ApproveLetters)
    assert now.opening is not None
    said = {"policy": Policy.model_validate(policy), "people": people}
    return now.having(
        opening=now.opening.model_copy(update=said),
        effects=tuple(one.model_copy(update={"people": None}) for one in now.effects),
    )


@pytest.mark.clause("SD-33b")
def test_a_letter_names_who_writes_and_their_telephone_as_the_directory_has_them() -> None:
    said = text(to_be_approved(WORKER), letter())
    assert said.endswith("From Sam Example, the social work team\n")
    assert "ring Sam Example on 0113 496 0007." in said


@pytest.mark.clause("SD-33a")
def test_who_must_not_learn_where_the_children_are_reads_no_name_from_which_the_team_follows() -> None:
    phones = Phones(letters="0113 496 0100")
    said = text(to_be_approved(WORKER, phones=phones), letter("to-father", person="father"))
    assert "Sam Example" not in said
    assert "0113 496 0007" not in said
    assert "ring 0113 496 0100." in said
    assert said.endswith("From the social work team\n")


@pytest.mark.clause("SD-33b")
def test_a_council_may_sign_as_the_team_alone_and_head_its_letters() -> None:
    writing = Writing(head="Example Council\nExample Road", signed_by="Children's Services", names_worker=False)
    said = text(to_be_approved(WORKER, writing=writing), letter())
    assert said.startswith("Example Council\nExample Road\n\nDear Ms Example,")
    assert said.endswith("From Children's Services\n")
    assert "ask Children's Services." in said


@pytest.mark.clause("SD-33b")
def test_where_the_directory_does_not_know_the_worker_the_team_signs() -> None:
    assert text(to_be_approved(), letter()).endswith("From the social work team\n")


@pytest.mark.clause("SD-33")
def test_a_family_that_refused_does_not_read_that_no_support_is_needed() -> None:
    now = facts_after(refused_consent(), decided({CHILD: Decision.NO_FURTHER_SUPPORT}))
    said = text(now, letter())
    assert "needed" not in said
    assert "No other support is planned." in said


@pytest.mark.clause("SD-33a")
def test_who_reads_letters_beforehand_sees_of_which_child_one_says_nothing() -> None:
    refused = facts_after(refused_consent(), decided({CHILD: Decision.NO_FURTHER_SUPPORT}))
    for now, unsaid in ((refused, True), (to_be_approved(), False)):
        [one] = to_read(with_school(now), LettersAsked(letters=(letter_to_agency("school"),))).letters
        assert any("says nothing about child-a" in note for note in one.notes) is unsaid


@pytest.mark.clause("SD-33b")
def test_a_letter_that_is_not_written_goes_nowhere_and_says_so_once() -> None:
    [one] = to_read(to_be_approved(), LettersAsked(letters=(no_letter("none", person="mother"),))).letters
    assert (one.to, one.text, one.notes) == (None, "Nothing is written: told in person", ())
    assert one.letter.words == "none to mother: told in person"


@pytest.mark.clause("SD-33a")
def test_who_reads_letters_beforehand_sees_who_holds_parental_responsibility_and_has_none() -> None:
    assert to_read(to_be_approved(), LettersAsked(letters=(letter(),))).holders == ("father",)
    assert to_read(to_be_approved(), LettersAsked(letters=letters().letters)).holders == ()


@pytest.mark.clause("SD-33a")
def test_the_receipt_says_under_which_number_each_letter_was_read_and_nothing_of_its_text() -> None:
    now = record(to_be_approved(), letters())
    note = now.receipts[-1].note or ""
    assert f"letter-1 by e-mail as {now.letter('letter-1').seen}" in note
    assert "@" not in note


@pytest.mark.clause("SD-19")
def test_a_meeting_whose_plan_goes_on_says_so_once() -> None:
    said = ChildAtMeeting(
        ref=CHILD, outcome=MeetingOutcome.PLAN_CONTINUES, plan=PlanOutcome.GOES_ON, reason="the risk has not fallen"
    )
    assert said.words == "the plan goes on"


@pytest.mark.clause("SD-09")
def test_what_the_service_agreed_does_not_stand_as_a_plain_yes_beside_consent_that_was_refused() -> None:
    refused = facts_after(exploration(), conversation(), refused_consent())
    words = {state.title: state.words for state in child_states(refused, CHILD)}
    assert (words["agreed with service"], words["consent"]) == (
        "yes, without consent",
        "no, waits for the team manager",
    )
    agreed = {state.title: state.words for state in child_states(facts_before(ApproveLetters), CHILD)}
    assert agreed["agreed with service"] == "yes"
