"""The closure interlock: a child is passed on only while everything that must hold does."""

import pytest

from models.journey.steps import Step
from models.step_down.effects import closures, may_close
from models.step_down.facts import StepDownFacts
from models.step_down.interlock import INTERLOCK
from models.step_down.start import Criteria
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordAdviceSummary
from models.step_down.steps.final_meeting import MeetingOutcome, RecordFinalMeeting
from tests.builders import (
    CHILD,
    SIBLING,
    agreed_child,
    at_meeting,
    begin,
    cancellation,
    child_consent,
    child_decision,
    close_child,
    consent,
    consent_to_all,
    conversation,
    decided,
    facts,
    looked,
    looked_at,
    meeting,
    not_agreed,
    not_appropriate,
    on_a_plan,
    plan_sharing,
    refused_consent,
    request,
    sharing_basis,
    taken,
    whole_path,
    withdrawal,
    withheld,
)

PASSES = child_decision(CHILD, Decision.TRANSFER)


def told(*steps: Step, **criteria: bool) -> StepDownFacts:
    """Facts as they stand, whether or not the rules would have let each step pass."""
    recorded = tuple(taken(step) for step in steps)
    met = {"no_further_role": True, "needs_early_help_can_meet": True, "response_required": True}
    judged = Criteria.model_validate({**met, "because": "as it was found", **criteria})
    return looked(facts(request=request(CHILD, SIBLING, criteria=judged)).having(steps=recorded))


ALL = whole_path(CHILD, SIBLING)[:7]


def with_instead(kind: type[Step], *instead: Step) -> StepDownFacts:
    kept = [step for step in ALL if not isinstance(step, kind)]
    return told(*kept, *instead)


def test_a_child_for_whom_everything_holds_may_be_passed_on() -> None:
    assert closures(told(*ALL)) == (close_child(CHILD), close_child(SIBLING))


def cancelled_as_the_closing_began() -> StepDownFacts:
    """Once the closing has begun, the decision stands."""
    return begin(told(*ALL, cancellation()), close_child(CHILD), close_child(SIBLING))


def out_of_a_plan(*held: RecordFinalMeeting) -> StepDownFacts:
    """Everything on the plan route, and these meetings; nobody was invited to them."""
    shared = consent_to_all(CHILD, SIBLING), plan_sharing()
    steps = (*(step for step in ALL if not isinstance(step, RecordConsent)), *shared, *held)
    return told(*steps).model_copy(update={"request": on_a_plan(CHILD, SIBLING).request})


def not_agreed_at_meeting() -> RecordFinalMeeting:
    return meeting(at_meeting(CHILD, MeetingOutcome.PLAN_CONTINUES), SIBLING)


LACKING = {
    "social work had a role from the start": ("SD-01", told(*ALL, no_further_role=False)),
    "Early Help cannot meet the needs": ("SD-02", told(*ALL, needs_early_help_can_meet=False)),
    "no response was required": ("SD-03", told(*ALL, response_required=False)),
    "the transfer was cancelled": (None, cancelled_as_the_closing_began()),
    "nothing is shared with the service": (
        "SD-09e",
        begin(told(*ALL, sharing_basis(withheld(CHILD), withheld(SIBLING))), close_child(CHILD), close_child(SIBLING)),
    ),
    "consent was withdrawn": (
        "SD-09",
        begin(told(*ALL, withdrawal(CHILD, SIBLING)), close_child(CHILD), close_child(SIBLING)),
    ),
    "consent was not recorded": ("SD-09", with_instead(RecordConsent)),
    "consent was refused": ("SD-09", with_instead(RecordConsent, refused_consent(CHILD, SIBLING))),
    "there was no conversation": ("SD-07", with_instead(RecordContactConversation)),
    "the referral was not appropriate": ("SD-07", with_instead(RecordContactConversation, not_appropriate())),
    "the service did not agree the child": (
        "SD-08",
        with_instead(RecordContactConversation, conversation(not_agreed(CHILD), agreed_child(SIBLING))),
    ),
    "the final meeting about the plan did not agree": ("SD-19", out_of_a_plan(not_agreed_at_meeting())),
    "the final meeting agreed before anybody was invited": ("SD-19", out_of_a_plan(meeting(CHILD, SIBLING))),
    "no final meeting about the plan was held": ("SD-19", out_of_a_plan()),
    "no practitioner was named": ("SD-28", with_instead(NameLeadPractitioner)),
    "no summary was recorded": ("SD-30", with_instead(RecordAdviceSummary)),
}


@pytest.mark.parametrize(
    ("clause", "lacking"),
    [
        pytest.param(clause, lacking, id=name, marks=[pytest.mark.clause(clause)] if clause else [])
        for name, (clause, lacking) in LACKING.items()
    ],
)
def test_a_child_is_not_passed_on_where(clause: str | None, lacking: StepDownFacts) -> None:
    assert [lock.clause for lock in INTERLOCK if not lock.holds(lacking.child(CHILD), PASSES)] == [clause]
    assert not may_close(lacking.child(CHILD))
    assert close_child(CHILD) not in closures(lacking)


def test_every_lock_is_tried() -> None:
    assert [lock.clause for lock in INTERLOCK] == list(dict.fromkeys(clause for clause, _ in LACKING.values()))


@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-09")
def test_what_lacks_for_one_child_does_not_hold_up_its_sibling() -> None:
    no_consent = consent(child_consent(CHILD, stands=False), child_consent(SIBLING))
    assert closures(with_instead(RecordConsent, no_consent)) == (close_child(SIBLING),)
    no_agreement = conversation(not_agreed(CHILD), agreed_child(SIBLING))
    assert closures(with_instead(RecordContactConversation, no_agreement)) == (close_child(SIBLING),)


@pytest.mark.clause("SD-23")
def test_a_child_without_further_needs_closes_without_the_interlock() -> None:
    now = told(refused_consent(CHILD, SIBLING), looked_at(), decided({CHILD: Decision.NO_FURTHER_SUPPORT}))
    assert closures(now) == (close_child(CHILD),)


@pytest.mark.clause("SD-23")
def test_neither_a_child_that_stays_nor_an_undecided_one_is_ever_closed() -> None:
    now = told(*ALL[:6], decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}))
    assert not may_close(now.child(CHILD))
    assert not may_close(now.child(SIBLING))
