"""Those with parental responsibility disagree: the team manager decides, and a competent child's no stands (SD-09)."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from models.kinds import EffectKind
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.consent import (
    ChildConsent,
    ChildVoice,
    Holder,
    HolderAnswer,
    ManagerDecision,
    RecordConsent,
    VoiceKind,
)
from models.step_down.steps.decision import Decision
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    CONTACT,
    MANAGER,
    NOW,
    SIBLING,
    SOCIAL_WORKER,
    THEN,
    child_consent,
    consent,
    decided,
    exploration,
    facts,
    facts_after,
    holder,
    letters,
    other_service,
    record,
    refused,
    withdrawal,
)
from tests.step_down import next_steps, outcome, stage

pytestmark = pytest.mark.clause("SD-09")

AGREES = holder()
OBJECTS = holder(HolderAnswer.REFUSED, who="father", cares_for_child=False)
REFUSES = ChildVoice(kind=VoiceKind.JUDGED_COMPETENT, agreed=False)


def decision_of(by: object = MANAGER, *, goes_on: bool = True) -> ManagerDecision:
    return ManagerDecision.model_validate({"by": by, "goes_on": goes_on, "because": "as talked over with both"})


def disputed(ref: str = CHILD, **changes: object) -> ChildConsent:
    return child_consent(ref, AGREES, OBJECTS, **changes)


def test_where_they_disagree_consent_does_not_stand_and_the_manager_is_asked() -> None:
    now = facts_after(exploration(), consent(disputed()))
    assert stage(now) is Stage.CONSENT
    assert [(need.who, need.step, need.clause) for need in next_steps(now)] == [
        (Role.TEAM_MANAGER, "record_consent", "SD-09")
    ]
    assert not now.child(CHILD).consents


@pytest.mark.parametrize(("goes_on", "where"), [(True, Stage.SHARING), (False, Stage.DECISION)])
def test_what_the_manager_decides_holds(goes_on: bool, where: Stage) -> None:
    before = facts_after(exploration(), consent(disputed()))
    said = disputed(manager_decision=decision_of(goes_on=goes_on))
    now = record(before, consent(said, step_id="decided", corrects="record_consent"))
    assert (now.child(CHILD).consents, stage(now)) == (goes_on, where)


def test_where_the_manager_decides_that_it_does_not_go_on_the_family_counts_as_having_refused() -> None:
    refusal = disputed(manager_decision=decision_of(goes_on=False))
    ended = facts_after(
        exploration(), consent(refusal, may_share=()), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters()
    )
    assert outcome(ended) is Outcome.CONSENT_REFUSED


@pytest.mark.parametrize("by", [CONTACT, SOCIAL_WORKER])
def test_nobody_but_a_manager_decides_it(by: object) -> None:
    said = refused(facts(), consent(disputed(manager_decision=decision_of(by))))
    assert (said.field, said.clause) == ("children.0.manager_decision.by", "SD-09")


@pytest.mark.parametrize("holders", [(AGREES,), (OBJECTS,), (AGREES, holder(HolderAnswer.UNSAFE_TO_CONTACT))])
def test_there_is_nothing_to_decide_where_nobody_disagrees(holders: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError, match="manager_decision"):
        child_consent(CHILD, *holders, manager_decision=decision_of())


def test_a_competent_childs_no_is_overridden_by_nobody() -> None:
    said = disputed(voice=REFUSES, manager_decision=decision_of())
    assert not said.stands
    assert not disputed(voice=REFUSES).disputed


def test_an_absent_holder_and_one_who_is_unsafe_to_contact_do_not_block() -> None:
    unasked = (holder(HolderAnswer.ABSENT, who="father"), holder(HolderAnswer.UNSAFE_TO_CONTACT, who="stepfather"))
    assert child_consent(CHILD, AGREES, *unasked).stands
    assert not child_consent(CHILD, *unasked).stands


def test_a_dispute_about_one_child_holds_up_the_family_until_it_is_decided_and_nothing_is_sent() -> None:
    now = facts_after(exploration(), consent(CHILD, disputed(SIBLING)), before=facts(CHILD, SIBLING))
    assert stage(now) is Stage.CONSENT
    assert {effect.kind for effect in now.begun} == {EffectKind.LOOK_AT_CHILD}


def objected_before() -> StepDownFacts:
    return facts_after(exploration(), consent(disputed()))


def again(*holders: Holder) -> RecordConsent:
    return consent(child_consent(CHILD, *holders), step_id="again", corrects="record_consent")


@pytest.mark.parametrize("who", ["father", "Father", " fa ther"])
@pytest.mark.parametrize("answer", [HolderAnswer.AGREED, HolderAnswer.UNSAFE_TO_CONTACT])
def test_who_objected_and_is_named_again_may_say_something_else(who: str, answer: HolderAnswer) -> None:
    said = holder(answer, who=who, cares_for_child=False)
    assert record(objected_before(), again(AGREES, said)).child(CHILD).consents


def test_who_was_named_by_mistake_is_said_to_be_and_then_omitted() -> None:
    mistaken = holder(HolderAnswer.NAMED_BY_MISTAKE, who="father", because="holds no parental responsibility")
    corrected = record(objected_before(), again(AGREES, mistaken))
    assert corrected.child(CHILD).consents
    assert record(corrected, consent(step_id="third", corrects="again")).child(CHILD).consents
    assert not child_consent(CHILD, mistaken).stands


def test_that_somebody_was_named_by_mistake_says_why() -> None:
    with pytest.raises(ValidationError, match="because"):
        holder(HolderAnswer.NAMED_BY_MISTAKE, because=None)


def test_an_objection_is_not_lost_with_another_service_or_a_withdrawal() -> None:
    elsewhere = facts_after(other_service(), before=objected_before())
    assert refused(elsewhere, consent(service_ref="service-south", step_id="again")).field == "children.0.holders"
    goes_on = consent(disputed(manager_decision=decision_of()), step_id="decided", corrects="record_consent")
    withdrawn = record(record(objected_before(), goes_on), withdrawal())
    assert refused(withdrawn, consent(step_id="again")).field == "children.0.holders"
    assert not record(withdrawn, consent(disputed(), step_id="again")).child(CHILD).consents


def test_an_objection_holds_for_the_child_that_it_was_about_alone() -> None:
    asked = facts_after(exploration(), consent(disputed(), SIBLING), before=facts(CHILD, SIBLING))
    corrected = consent(child_consent(SIBLING), step_id="again", corrects="record_consent")
    assert record(asked, corrected).child(SIBLING).consents


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize("hours", [0, 1])
def test_consent_is_withdrawn_when_it_was_given_or_later(hours: int) -> None:
    given = facts_after(exploration(), consent(occurred_at=THEN))
    assert record(given, withdrawal(occurred_at=THEN + timedelta(hours=hours))).child(CHILD).withdrawn


@pytest.mark.clause("SD-09a")
def test_only_the_consent_that_stands_says_from_when_it_may_be_withdrawn() -> None:
    asked = facts_after(
        exploration(),
        consent(CHILD, child_consent(SIBLING, stands=False)),
        consent(SIBLING, step_id="later", occurred_at=NOW, corrects="record_consent"),
        before=facts(CHILD, SIBLING),
    )
    assert record(asked, withdrawal()).child(CHILD).withdrawn
    assert refused(asked, withdrawal(SIBLING)).field == "occurred_at"
    assert refused(asked, withdrawal(CHILD, SIBLING)).field == "occurred_at"
