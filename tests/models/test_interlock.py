"""The closure interlock: a child is passed on only while everything that must hold does."""

import pytest

from models.step_down.conditions import INTERLOCK, close_child, closures, may_close
from models.step_down.facts import Facts, RecordedStep
from models.step_down.steps import (
    Decision,
    NameLeadPractitioner,
    RecordAdviceSummary,
    RecordConsent,
    RecordContactConversation,
    Step,
)
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    agreed_child,
    child_consent,
    consent,
    conversation,
    decided,
    facts,
    not_agreed,
    not_appropriate,
    refused_consent,
    whole_path,
)


def told(*steps: Step) -> Facts:
    """Facts as they stand, whether or not the rules would have let each step pass."""
    recorded = tuple(RecordedStep(step=step, accepted_at=NOW) for step in steps)
    return facts(CHILD, SIBLING).model_copy(update={"steps": recorded})


ALL = whole_path(CHILD, SIBLING)[:7]


def with_instead(kind: type[Step], *instead: Step) -> Facts:
    kept = [step for step in ALL if not isinstance(step, kind)]
    return told(*kept, *instead)


def test_a_child_for_whom_everything_holds_may_be_passed_on() -> None:
    assert closures(told(*ALL)) == (close_child(CHILD), close_child(SIBLING))


LACKING = {
    "consent was not recorded": ("SD-09", with_instead(RecordConsent)),
    "consent was refused": ("SD-09", with_instead(RecordConsent, refused_consent(CHILD, SIBLING))),
    "there was no conversation": ("SD-07", with_instead(RecordContactConversation)),
    "the referral was not appropriate": ("SD-07", with_instead(RecordContactConversation, not_appropriate())),
    "the service did not agree the child": (
        "SD-08",
        with_instead(RecordContactConversation, conversation(not_agreed(CHILD), agreed_child(SIBLING))),
    ),
    "no practitioner was named": ("SD-28", with_instead(NameLeadPractitioner)),
    "no summary was recorded": ("SD-30", with_instead(RecordAdviceSummary)),
}


@pytest.mark.clause("SD-07")
@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-09")
@pytest.mark.clause("SD-28")
@pytest.mark.clause("SD-30")
@pytest.mark.parametrize(("clause", "lacking"), LACKING.values(), ids=LACKING)
def test_a_child_is_not_passed_on_where(clause: str, lacking: Facts) -> None:
    assert not may_close(lacking, CHILD)
    assert [lock.clause for lock in INTERLOCK if not lock.holds(lacking, CHILD)] == [clause]


def test_every_lock_is_tried() -> None:
    assert {lock.clause for lock in INTERLOCK} == {clause for clause, _ in LACKING.values()}
    assert len(INTERLOCK) == 5


@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-09")
def test_what_lacks_for_one_child_does_not_hold_up_its_sibling() -> None:
    no_consent = consent(child_consent(CHILD, stands=False), child_consent(SIBLING))
    assert closures(with_instead(RecordConsent, no_consent)) == (close_child(SIBLING),)
    no_agreement = conversation(not_agreed(CHILD), agreed_child(SIBLING))
    assert closures(with_instead(RecordContactConversation, no_agreement)) == (close_child(SIBLING),)


@pytest.mark.clause("SD-23")
def test_a_child_without_further_needs_closes_without_the_interlock() -> None:
    now = told(refused_consent(CHILD, SIBLING), decided({CHILD: Decision.NO_FURTHER_SUPPORT}))
    assert closures(now) == (close_child(CHILD),)


@pytest.mark.clause("SD-23")
def test_neither_a_child_that_stays_nor_an_undecided_one_is_ever_closed() -> None:
    now = told(*ALL[:6], decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}))
    assert not may_close(now, CHILD)
    assert not may_close(now, SIBLING)
