"""What counts by the role of who says it is taken only from who signs in, where the policy says so (SD-23c)."""

from typing import Any, TypeVar

import pytest

from client.journeys import EVERY
from models.journey.facts import Facts
from models.journey.recorded import Opening
from models.journey.refusing import OWN_WORD
from models.journey.steps import ReportsHarm, Step, step_name
from models.journey.timeline import NAMED_BY_THE_SENDER, SIGNED_IN
from models.policy import Policy
from models.step_up.steps.assessment import AnswerDisagreement
from models.vocabulary import Role
from tests import builders, step_down, step_ups
from tests.builders import (
    MANAGER,
    NOW,
    SOCIAL_WORKER,
    as_read,
    authorised,
    decision,
    facts_before,
    waiting_for_the_manager,
)
from tests.models.test_rules import ANOTHER_STEP_OF, EVERYBODY, MAY, before_and_step

F = TypeVar("F", bound=Facts)
ACTS = {(step_name(kind), role) for journey in EVERY for kind in journey.steps for role in kind.counts_as}
"""Every step that counts by a role, of every journey, with each such role."""
OF_STEP_DOWN = sorted((name, role) for name, role in ACTS if name in MAY)
UNSIGNED = "SD-23c"


def where_acts_need_sign_in(now: F) -> F:
    assert now.opening is not None
    asks = now.policy.model_copy(update={"acts_need_sign_in": True})
    return now.having(opening=Opening.model_validate({**dict(now.opening), "policy": asks}))


def act(name: str, role: Role) -> tuple[Any, Step]:
    """A step of this name that this role may record now."""
    before, step = ANOTHER_STEP_OF.get((name, role)) or before_and_step(name)
    return before, as_read(before, step.model_copy(update={"actor": EVERYBODY[role]}))


def test_what_counts_by_a_role_is_known() -> None:
    """Whoever adds a step that counts by a role reads here what follows: only who signs in records it so."""
    kinds = {name for name, _ in ACTS}
    assert kinds == {
        "answer_disagreement",
        "authorise",
        "confirm_meeting",
        "decide_first_contact",
        "name_lead_practitioner",
        "pause_clock",
        "record_decisions",
        "record_family_sharing",
        "record_final_meeting",
        "record_harm_outcome",
        "record_management_conversation",
        "record_sharing_basis",
        "resume_clock",
    }


@pytest.mark.clause("SD-23c")
@pytest.mark.parametrize(("name", "role"), OF_STEP_DOWN)
def test_an_act_counts_only_from_who_signs_in(name: str, role: Role) -> None:
    before, said = act(name, role)
    asked = where_acts_need_sign_in(before)
    answer = step_down.refusal(asked, said, NOW)
    assert answer is not None
    assert (answer.clause, answer.field, answer.reason) == (UNSIGNED, "actor", OWN_WORD.format(role=role.words))
    assert step_down.refusal(asked, said, NOW, signed_in=True) is None


@pytest.mark.clause("SD-23c")
def test_a_managers_answer_to_who_disagrees_counts_only_from_who_signs_in() -> None:
    asked = where_acts_need_sign_in(step_ups.facts(step_ups.disagreement()))
    for who in (step_ups.MANAGER, step_ups.HEAD):
        said = step_ups.answer(actor=who)
        answer = step_ups.refusal(asked, said, NOW)
        assert answer is not None
        assert (answer.clause, answer.field) == (UNSIGNED, "actor")
        assert step_ups.refusal(asked, said, NOW, signed_in=True) is None


@pytest.mark.clause("SD-23c")
@pytest.mark.parametrize(("name", "role"), OF_STEP_DOWN)
def test_a_transfer_that_began_before_goes_on_as_it_did(name: str, role: Role) -> None:
    before, said = act(name, role)
    assert not before.policy.acts_need_sign_in
    assert step_down.refusal(before, said, NOW) is None


@pytest.mark.clause("SD-23c")
@pytest.mark.parametrize("name", MAY)
def test_what_counts_by_no_role_is_recorded_as_before(name: str) -> None:
    for role in EVERYBODY.keys() - {role for act_name, role in ACTS if act_name == name}:
        before, said = act(name, role)
        asked = where_acts_need_sign_in(before)
        assert step_down.refusal(asked, said, NOW) == step_down.refusal(before, said, NOW)


def test_harm_is_never_kept_from_being_reported_because_nobody_signed_in() -> None:
    for journey in EVERY:
        assert not any(kind.counts_as for kind in journey.steps if issubclass(kind, ReportsHarm))


def test_what_a_manager_recorded_is_not_recorded_twice_though_it_is_sent_again_by_somebody_else() -> None:
    before = where_acts_need_sign_in(waiting_for_the_manager())
    now = step_down.record_step(before, authorised(), NOW)
    assert step_down.refusal(now, authorised(), NOW) is None
    other = step_down.refusal(now, authorised(granted=False, because="No."), NOW)
    assert other is not None
    assert other.field == "step_id"


@pytest.mark.clause("SD-23c")
def test_a_decision_that_a_manager_records_themselves_closes_nobody_unless_they_sign_in() -> None:
    """It needs nobody else's act: whoever could send it in their name could close a child alone."""
    before = where_acts_need_sign_in(facts_before(type(decision())))
    assert builders.refused(before, decision(actor=MANAGER)).clause == UNSIGNED
    assert step_down.refusal(before, as_read(before, decision(actor=SOCIAL_WORKER)), NOW) is None


@pytest.mark.clause("SD-23c")
def test_the_timeline_says_of_each_act_whether_who_acts_was_signed_in() -> None:
    for before, came, said in (
        (waiting_for_the_manager(), False, NAMED_BY_THE_SENDER),
        (waiting_for_the_manager(), True, SIGNED_IN),
        (where_acts_need_sign_in(waiting_for_the_manager()), False, SIGNED_IN),
    ):
        now = step_down.record_step(before, authorised(), NOW, signed_in=came)
        [line] = [line for line in step_down.status(now).timeline if line.step_id == "authorise"]
        assert line.what.startswith(f"Answered as team manager: authorised{said} (")
        [other] = [line for line in step_down.status(now).timeline if line.step_id == "record_decisions"]
        assert said not in other.what


@pytest.mark.clause("SU-08")
def test_nobody_is_answered_before_the_referral_was_opened() -> None:
    """Until the policy was read nobody knows whether who acts has to sign in."""
    unopened = step_ups.facts(step_ups.disagreement()).having(opening=None)
    answer = step_ups.refusal(unopened, step_ups.answer(), NOW)
    assert answer is not None
    assert "is only being opened" in answer.reason
    assert step_ups.refusal(unopened, step_ups.answer(), NOW, signed_in=True) is not None


def test_no_act_is_taken_before_a_journey_was_opened_whoever_sends_it() -> None:
    for name, role in OF_STEP_DOWN:
        before, said = act(name, role)
        unopened = before.having(opening=None)
        assert step_down.refusal(unopened, said, NOW) is not None
        assert step_down.refusal(unopened, said, NOW, signed_in=True) is not None


def test_what_is_kept_of_an_act_rests_on_no_key_of_whoever_read_it() -> None:
    """A worker that reads the history again may have other keys (ADR 72)."""
    said = authorised()
    said.mark_signed_in()
    before = where_acts_need_sign_in(waiting_for_the_manager())
    kept = step_down.record_step(before, said, NOW)
    assert kept == step_down.record_step(before, authorised(), NOW)
    assert not kept.steps[-1].step.came_signed_in
    assert kept.steps[-1].signed_in


def test_a_policy_that_was_recorded_before_asks_nobody_to_sign_in() -> None:
    recorded = Policy().model_dump(mode="json")
    recorded.pop("acts_need_sign_in")
    assert not Policy.model_validate(recorded).acts_need_sign_in
    assert AnswerDisagreement.counts_as == AnswerDisagreement.recorded_by
