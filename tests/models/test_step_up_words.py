"""What people read of a referral: whom to ring, in which step they say it, who has the children, who is told."""

from typing import Any

import pytest

from models.clock_words import CLOCK_WORDS
from models.journey.beginning import begun
from models.journey.details import details
from models.journey.recording import record
from models.journey.refusing import refusal
from models.journey.start import IN_THE_REQUEST
from models.journey.status import Status, status
from models.journey.steps import CancelReason, ReportSignificantHarm
from models.kinds import Audience, ClockKind
from models.policy import Policy
from models.step_up.facts import StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.new_step import new_step
from models.step_up.start import Referral
from models.step_up.steps.assessment import CancelReferral, RecordAssessmentOutcome, RecordReferrerTold
from models.step_up.steps.contact import RecordContact
from models.step_up.steps.decision import RecordContactOutcome
from models.vocabulary import Actor, Role
from tests.builders import CHILD, NOW, SIBLING, THEN, opening
from tests.models.test_significant_harm import PHONES

HUB = Actor(id="eh-4", role=Role.EARLY_HELP_SERVICE)
NUMBERS = ("0113 496 0101", "0113 496 0102", "999")


def facts(*, harm: bool = False, kind: str = "early_help", **changes: Any) -> StepUpFacts:
    """A referral that was opened at noon."""
    said = {
        "id": "referral-1",
        "children": [{"ref": CHILD}, {"ref": SIBLING}],
        "family_ref": "family-1",
        "service_ref": "service-north",
        "received_at": THEN,
        "referrer": {"who": "Ms Brook", "kind": kind, "reached": "By telephone"},
        "concern": "The house grows colder.",
        "significant_harm": harm,
    }
    start = StepUpFacts(request=Referral.model_validate({**said, **changes}), opened_at=NOW)
    return begun(STEP_UP, start.having(opening=opening(people=(), policy=Policy(phones=PHONES))))


def shown(now: StepUpFacts) -> Status:
    return status(STEP_UP, now)


def reported(spoken_to: dict[str, Any] | None = None, role: Role = Role.EARLY_HELP_SERVICE) -> str:
    """What somebody is told who reports harm."""
    step = ReportSignificantHarm.model_validate(
        {
            "step_id": "report",
            "actor": {"id": "eh-4", "role": role},
            "occurred_at": NOW,
            "children": [{"ref": CHILD}],
            "concern": "Marks.",
            "spoken_to": spoken_to,
        }
    )
    return record(STEP_UP, facts(), step, NOW).receipts[-1].note or ""


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize("harm", [False, True])
def test_whom_to_ring_stands_above_everything_that_is_shown_of_a_referral(harm: bool) -> None:
    said = details(shown(facts(harm=harm)))
    for number in NUMBERS:
        assert number in said.partition("##")[0]


@pytest.mark.clause("SU-01")
def test_who_was_spoken_to_is_recorded_as_the_contact_and_not_as_the_report_once_more() -> None:
    [harm] = shown(facts(harm=True)).harm
    assert harm.words.endswith("Ring now, then record whom you spoke to and when, with a step record_contact.")
    assert harm.command("referral-1") == "transfers step referral-1 FILE"
    assert "Then record whom you spoke to and when, with a step record_contact. Until then" in reported()


@pytest.mark.clause("SU-08")
@pytest.mark.parametrize("spoken_to", [None, {"who": "Ms Green", "at": NOW}])
def test_whoever_reports_harm_in_a_referral_reads_that_early_help_stays_and_not_that_nothing_is_sent(
    spoken_to: dict[str, Any] | None,
) -> None:
    said = reported(spoken_to)
    assert "Nothing more is sent" not in said
    assert "Early Help stays with the children meanwhile" in said


@pytest.mark.clause("SU-01")
def test_another_report_that_nobody_rang_about_is_answered_in_the_step_for_that() -> None:
    step = ReportSignificantHarm.model_validate(
        {
            "step_id": "report",
            "actor": HUB,
            "occurred_at": NOW,
            "children": [{"ref": SIBLING}],
            "concern": "Marks.",
            "spoken_to": {"who": "Ms Green", "at": NOW},
        }
    )
    note = record(STEP_UP, facts(harm=True), step, NOW).receipts[-1].note
    assert note is not None
    assert note.endswith("record it for that one: transfers step referral-1 FILE, with a step record_contact")


@pytest.mark.clause("SU-08")
def test_early_help_is_said_to_have_the_children_and_not_social_work() -> None:
    now = shown(facts())
    assert now.in_charge == "With the children whom no social worker has taken over"


@pytest.mark.clause("SU-08")
def test_the_head_of_service_who_is_asked_in_the_end_is_told_in_place_of_the_leader_of_early_help() -> None:
    side = facts().side
    assert side.told(Audience.TARGETED_SERVICES_LEADER) is Audience.HEAD_OF_SERVICE
    assert side.manager is Role.HEAD_OF_SERVICE


def test_a_report_that_stands_in_the_start_is_by_a_role_and_by_nobody_called_like_it() -> None:
    [who] = [entry.who for entry in shown(facts(harm=True)).timeline if entry.step_id == IN_THE_REQUEST]
    assert who == "Early Help service"


@pytest.mark.clause("SU-03")
@pytest.mark.clause("SU-06")
def test_the_days_of_decision_and_assessment_are_said_to_be_the_policy_s_and_not_without_guidance() -> None:
    for kind in (ClockKind.CONTACT_OUTCOME, ClockKind.ASSESSMENT):
        assert "this council's policy" in CLOCK_WORDS[kind].source
        assert "sets none" not in CLOCK_WORDS[kind].source


def test_a_cancelled_referral_is_not_said_to_wait_for_an_assessment() -> None:
    cancelled = CancelReferral(
        step_id="cancel",
        actor=HUB,
        occurred_at=NOW,
        reason_code=CancelReason.OPENED_IN_ERROR,
        because="Another family.",
    )
    now = shown(record(STEP_UP, facts(spoken_to={"who": "Ms Green", "at": THEN}), cancelled, NOW))
    assert now.stage == "assessment"
    assert now.stage_words.startswith("What follows: an assessment where one is made")


def test_a_printed_step_has_the_children_of_whom_it_is_still_to_be_said_alone() -> None:
    outcome = RecordContactOutcome.model_validate(
        {
            "step_id": "said",
            "actor": HUB,
            "occurred_at": NOW,
            "heard_from": "duty_and_advice",
            "said_by": "Ms Green",
            "said_at": NOW,
            "children": [{"ref": CHILD, "outcomes": ["single_assessment"]}],
        }
    )
    now = record(STEP_UP, facts(harm=True, early_help_assessment="eha-1"), outcome, NOW)
    assert [child["ref"] for child in new_step(now, RecordContactOutcome).content["children"]] == [SIBLING]
    assessed = new_step(now, RecordAssessmentOutcome).content
    assert [child["ref"] for child in assessed["children"]] == [CHILD]
    assert assessed["early_help_assessment"] == "eha-1"


@pytest.mark.clause("ER-14")
@pytest.mark.parametrize(("kind", "asked"), [("public", True), ("family", True), ("early_help", False)])
def test_a_printed_word_to_who_may_be_unsafe_asks_who_said_that_it_is_safe(kind: str, asked: bool) -> None:
    said = new_step(facts(harm=True, kind=kind), RecordReferrerTold).content
    assert ("said_safe_by" in said) is asked


@pytest.mark.clause("SU-01")
def test_a_printed_report_is_one_of_its_own_as_the_contact_says_who_was_spoken_to() -> None:
    now = facts(harm=True)
    assert "corrects" not in new_step(now, ReportSignificantHarm).content
    assert new_step(now, ReportSignificantHarm).content["actor"]["role"] == "early_help_service"
    assert new_step(now, RecordContact).content["spoken_to"] == {"who": None, "at": None}


@pytest.mark.clause("SU-01")
def test_whom_to_ring_stands_in_a_refusal_of_a_referral_too() -> None:
    unasked = RecordContactOutcome.model_validate(
        {
            "step_id": "said",
            "actor": HUB,
            "occurred_at": NOW,
            "heard_from": "duty_and_advice",
            "said_by": "Ms Green",
            "said_at": NOW,
            "children": [{"ref": CHILD, "outcomes": ["single_assessment"]}],
        }
    )
    said = refusal(STEP_UP, facts(), unasked, NOW)
    assert said is not None
    assert said.clause == "SU-01a"
    assert said.words.endswith(PHONES.words)


def test_a_child_who_is_not_in_a_referral_is_not_said_to_be_missing_in_a_transfer() -> None:
    contact = RecordContact.model_validate(
        {
            "step_id": "contact",
            "actor": HUB,
            "occurred_at": NOW,
            "children": [{"ref": "child-x"}],
            "spoken_to": {"who": "Ms Green", "at": NOW},
        }
    )
    said = refusal(STEP_UP, facts(), contact, NOW)
    assert said is not None
    assert said.reason == "This child is not in this referral."


def test_a_report_in_a_referral_says_nothing_of_what_had_been_sent() -> None:
    assert not [entry for entry in shown(facts(harm=True)).timeline if entry.what.startswith("Had been sent")]
