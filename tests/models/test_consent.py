"""Whose word counts on consent, and that nothing is shared but what was agreed for this child (SD-09b, c, d, e)."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.kinds import EffectKind
from models.step_down.child_states import child_states
from models.step_down.effects import closures
from models.step_down.facts import StepDownFacts
from models.step_down.family import FamilyMember, Responsibility
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.consent import (
    ChildConsent,
    ChildVoice,
    Holder,
    HolderAnswer,
    LacksCapacity,
    RecordConsent,
    Shareable,
)
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision
from models.step_down.steps.sharing import RecordFamilySharing
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    THEN,
    TO_SHARE,
    authorised,
    born,
    child_consent,
    close_child,
    competent,
    consent,
    decided,
    exploration,
    facts,
    facts_after,
    facts_before,
    family,
    family_record,
    family_sharing,
    holder,
    letters,
    looked_at,
    not_authorised,
    other_service,
    own_word,
    person,
    record,
    refused,
    refused_consent,
    request,
    the_share,
    voice,
    whole_path,
    withdrawal,
)
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.step_down import next_steps, outcome, refusal, stage

NONE, ORDER, GUARDIAN, FORBIDDEN = (
    Responsibility.NONE,
    Responsibility.ORDER,
    Responsibility.SPECIAL_GUARDIAN,
    Responsibility.FORBIDDEN_BY_ORDER,
)
YES, OBJECTS = holder(), holder(HolderAnswer.REFUSED, "father")
NO = holder(HolderAnswer.REFUSED)
AWAY, FATHER_AWAY = holder(HolderAnswer.ABSENT), holder(HolderAnswer.UNSAFE_TO_CONTACT, "father")
CARER = holder(person="grandmother")
LACKING = voice(lacks_capacity=LacksCapacity(assessed_by="Dr Sample", best_interests="somebody to talk to"))


def of_age(age: int | None, *people: FamilyMember, **child: Any) -> StepDownFacts:
    """A child of this age, explored; it lives with the mother, and not with the father, unless others are named."""
    known = family(children=[born(age=age or 9, **child)], **({"people": people} if people else {}))
    return facts_after(exploration(), before=facts(request=request(family=known)))


def answered(now: StepDownFacts, *holders: Holder, says: ChildVoice | None = None) -> StepDownFacts:
    return facts_after(consent(child_consent(CHILD, holders=holders, voice=says or voice())), before=now)


UNDER_16: dict[str, tuple[str, tuple[Holder, ...], ChildVoice | None, bool | None]] = {
    "one holder agrees": ("SD-09c", (YES,), None, True),
    "the one with whom the child does not live agrees": ("SD-09c", (holder(person="father"),), None, True),
    "one agrees, and the other is unsafe to contact": ("SD-09c", (YES, FATHER_AWAY), None, True),
    "one agrees, and the other objects": ("SD-09c", (YES, OBJECTS), None, None),
    "nobody agrees": ("SD-09c", (NO,), None, False),
    "nobody could be asked": ("SD-09c", (AWAY, FATHER_AWAY), None, False),
    "nobody was asked": ("SD-09c", (), None, False),
    "a competent child alone": ("SD-09c", (), competent(agreed=True), None),
    "a competent child says no": ("SD-09c", (YES,), competent(agreed=False), False),
}
AT_16: dict[str, tuple[str, tuple[Holder, ...], ChildVoice | None, bool | None]] = {
    "a young person alone says yes": ("SD-09b", (), own_word(agreed=True), True),
    "a young person says yes, and the parents no": ("SD-09b", (NO, OBJECTS), own_word(agreed=True), True),
    "a young person says no, and the mother yes": ("SD-09b", (YES,), own_word(agreed=False), False),
    "capacity is lacking": ("SD-09b", (YES,), LACKING, None),
}
IN_DOUBT: dict[str, tuple[str, tuple[Holder, ...], ChildVoice | None, bool | None]] = {
    "both say yes": ("SD-09b", (YES,), own_word(agreed=True), True),
    "the young person alone says yes": ("SD-09b", (), own_word(agreed=True), False),
    "somebody judged them to understand it, and no holder says yes": ("SD-09b", (), competent(agreed=True), False),
    "the young person says no": ("SD-09b", (YES,), own_word(agreed=False), False),
}


def cases(age: int | None, table: dict[str, Any], **child: Any) -> list[Any]:
    return [
        pytest.param(age, child, holders, says, stands, id=f"{age}: {name}", marks=pytest.mark.clause(clause))
        for name, (clause, holders, says, stands) in table.items()
    ]


@pytest.mark.parametrize(
    ("age", "child", "holders", "says", "stands"),
    [
        *cases(9, UNDER_16),
        *cases(15, UNDER_16),
        *cases(16, AT_16),
        *cases(17, AT_16),
        *cases(15, IN_DOUBT, disputed=True),
        *cases(17, IN_DOUBT, born_on=None, birth_unknown_because="no papers"),
    ],
)
def test_whose_word_counts_is_read_from_age_and_family(
    age: int, child: dict[str, Any], holders: tuple[Holder, ...], says: ChildVoice | None, stands: bool | None
) -> None:
    now = answered(of_age(age, **child), *holders, says=says)
    assert (now.child(CHILD).consents, now.child(CHILD).waits_for_word) == (stands is True, stands is None)


MOTHER, GRANDMOTHER = person("mother", lives_with=False), person("grandmother", by=NONE)
FAMILIES: dict[str, tuple[tuple[FamilyMember, ...], tuple[Holder, ...], bool | None]] = {
    "the mother says yes, and the child lives with the grandmother": ((MOTHER, GRANDMOTHER), (YES,), True),
    "the grandmother cares, and the mother was not looked for": ((MOTHER, GRANDMOTHER), (CARER,), False),
    "the grandmother cares, and the mother cannot be reached": ((MOTHER, GRANDMOTHER), (AWAY, CARER), None),
    "the grandmother cares, and the mother says no": ((MOTHER, GRANDMOTHER), (NO, CARER), False),
    "a special guardian says yes, and the mother no": (
        (MOTHER, person("grandmother", by=GUARDIAN)),
        (CARER, NO),
        True,
    ),
    "a special guardian says no, and the mother yes": (
        (MOTHER, person("grandmother", by=GUARDIAN)),
        (holder(HolderAnswer.REFUSED, "grandmother"), YES),
        False,
    ),
    "the objection of a father whom an order forbids": (
        (person("mother"), person("father", by=FORBIDDEN)),
        (YES, OBJECTS),
        True,
    ),
    "the yes of a father whom an order forbids": (
        (person("mother"), person("father", by=FORBIDDEN)),
        (AWAY, holder(person="father")),
        False,
    ),
    "the yes of a partner without responsibility": (
        (person("mother"), person("father", by=NONE, lives_with=False)),
        (holder(person="father"),),
        False,
    ),
    "a holder by order": ((MOTHER, person("grandmother", by=ORDER)), (CARER,), True),
}


@pytest.mark.clause("SD-09c")
@pytest.mark.parametrize(("people", "holders", "stands"), FAMILIES.values(), ids=FAMILIES)
def test_one_holder_suffices_wherever_the_child_lives(
    people: tuple[FamilyMember, ...], holders: tuple[Holder, ...], stands: bool | None
) -> None:
    now = answered(of_age(9, *people), *holders)
    assert (now.child(CHILD).consents, now.child(CHILD).waits_for_word) == (stands is True, stands is None)


@pytest.mark.clause("SD-09c")
def test_before_a_child_is_born_its_mother_consents_for_herself() -> None:
    unborn = {"born_on": None, "expected_on": NOW.date() + timedelta(weeks=9)}
    now = answered(of_age(None, person("mother"), **unborn), YES, says=voice(views=None, not_obtained_because="unborn"))
    assert now.child(CHILD).consents


@pytest.mark.clause("SD-09b")
def test_the_age_is_that_of_the_day_on_which_it_was_said() -> None:
    known = family(children=[born(born_on=NOW.date().replace(year=NOW.year - 16))])
    now = facts(request=request(family=known))
    assert refused(now, consent(occurred_at=NOW)).clause == "SD-09b"
    assert record(now, consent(occurred_at=NOW - timedelta(days=1))).child(CHILD).consents


@pytest.mark.clause("SD-09c")
def test_who_is_who_is_read_as_it_is_known_now() -> None:
    now = answered(of_age(9), YES, OBJECTS)
    wrong = family_record(people=[person("mother"), person("father", by=NONE)])
    assert record(now, wrong).child(CHILD).consents
    assert not record(now, family_record(people=[person("mother", by=NONE)])).child(CHILD).consents


def disputed(ref: str = CHILD, **changes: object) -> ChildConsent:
    return child_consent(ref, YES, OBJECTS, **changes)


def objected_before() -> StepDownFacts:
    return facts_after(exploration(), consent(disputed()))


@pytest.mark.clause("SD-09c")
def test_where_words_are_not_enough_nothing_is_sent_until_the_manager_acts() -> None:
    now = objected_before()
    assert stage(now) is Stage.CONSENT
    assert {effect.kind for effect in now.begun} <= {EffectKind.LOOK_AT_CHILDREN, EffectKind.LOOK_UP_PEOPLE}
    assert [(need.who, need.step, need.clause) for need in next_steps(now)] == [
        (Role.TEAM_MANAGER, "authorise", "SD-09c")
    ]


@pytest.mark.clause("SD-09c")
def test_what_the_manager_decides_holds() -> None:
    goes_on = record(objected_before(), authorised("record_consent"))
    assert (goes_on.child(CHILD).consents, stage(goes_on)) == (True, Stage.SHARING)
    ends = record(objected_before(), not_authorised("record_consent"))
    assert (ends.child(CHILD).consents, stage(ends)) == (False, Stage.DECISION)
    closed = facts_after(decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters(), before=ends)
    assert outcome(closed) is Outcome.CONSENT_REFUSED


@pytest.mark.clause("SD-09c")
def test_what_is_for_the_manager_is_shown_to_wait_for_them() -> None:
    def shown(now: StepDownFacts) -> str:
        return next(state.words for state in child_states(now, CHILD) if state.name == "consent_stands")

    now = objected_before()
    assert shown(now) == "not yet, waits for the team manager"
    assert shown(record(now, authorised("record_consent"))) == "yes"
    assert shown(record(now, not_authorised("record_consent"))) == "no"


@pytest.mark.clause("SD-09e")
def test_a_refusal_that_the_manager_has_not_looked_at_is_shown_to_wait_for_them() -> None:
    def shown(now: StepDownFacts) -> str:
        return next(state.words for state in child_states(now, CHILD) if state.name == "consent_stands")

    now = facts_after(exploration(), refused_consent())
    assert shown(now) == "no, waits for the team manager"
    assert shown(record(now, looked_at())) == "no"


@pytest.mark.clause("SD-09c")
def test_the_act_binds_to_what_was_said_and_a_correction_voids_it() -> None:
    goes_on = record(objected_before(), authorised("record_consent"))
    again = record(goes_on, consent(disputed(), step_id="again", corrects="record_consent"))
    assert again.child(CHILD).waits_for_word


@pytest.mark.clause("SD-09b")
def test_no_act_makes_a_yes_of_the_no_of_a_young_person() -> None:
    known = family(CHILD, SIBLING, children=[born(CHILD), born(SIBLING, age=16)])
    said = (CHILD, child_consent(SIBLING, YES, voice=own_word(agreed=False)))
    now = facts_after(
        exploration(), consent(*said), before=facts(CHILD, SIBLING, request=request(CHILD, SIBLING, family=known))
    )
    then = record(now, looked_at("record_consent", SIBLING))
    assert [then.child(ref).consents for ref in (CHILD, SIBLING)] == [True, False]


def again(*holders: Holder) -> RecordConsent:
    return consent(child_consent(CHILD, *holders), step_id="again", corrects="record_consent")


@pytest.mark.clause("SD-09c")
def test_who_objected_may_say_yes_since() -> None:
    assert record(objected_before(), again(YES, holder(person="father"))).child(CHILD).consents


@pytest.mark.clause("SD-09c")
@pytest.mark.parametrize("answer", [answer for answer in HolderAnswer if not answer.is_a_word])
def test_an_objection_is_not_lost_where_nobody_asks_its_holder_again(answer: HolderAnswer) -> None:
    assert refused(objected_before(), again(YES, holder(answer, "father"))).field == "children.0.holders"
    absent_in_between = record(objected_before(), again(OBJECTS))
    assert absent_in_between.child(CHILD).objectors == {"father"}


@pytest.mark.clause("SD-09c")
def test_an_objection_is_not_lost_with_another_service_or_a_withdrawal() -> None:
    elsewhere = facts_after(other_service(), before=objected_before())
    assert refused(elsewhere, consent(service_ref="service-south", step_id="again")).field == "children.0.holders"
    withdrawn = record(record(objected_before(), authorised("record_consent")), withdrawal())
    assert refused(withdrawn, consent(step_id="again")).field == "children.0.holders"
    assert not record(withdrawn, consent(disputed(), step_id="again")).child(CHILD).consents


@pytest.mark.clause("SD-09c")
def test_an_objection_holds_for_the_child_that_it_was_about_alone() -> None:
    asked = facts_after(exploration(), consent(disputed(), SIBLING), before=facts(CHILD, SIBLING))
    corrected = consent(child_consent(SIBLING), step_id="again", corrects="record_consent")
    assert record(asked, corrected).child(SIBLING).consents


def sharing_with(*said: ChildConsent, **changes: Any) -> StepDownFacts:
    """The family saw the assessment, and agrees that it is the basis; each child as was said."""
    refs = tuple(one.ref for one in said)
    return facts_after(exploration(), consent(*said), family_sharing(**changes), before=facts(*refs))


@pytest.mark.clause("SD-09d")
@pytest.mark.parametrize("agreed", [(), (Shareable.ADVICE_SUMMARY,)])
def test_yes_to_help_and_no_to_sending_the_assessment_goes_on_without_it(agreed: tuple[Shareable, ...]) -> None:
    now = sharing_with(child_consent(may_share=agreed))
    assert stage(now) is Stage.CONVERSATION
    assert [effect.kind for effect in now.begun if effect.kind is EffectKind.SHARE_DOCUMENT] == []
    closed = facts_after(*(step for step in whole_path()[3:]), before=now)
    assert (outcome(closed), the_share(closed)) == (Outcome.TRANSFERRED, None)
    summaries = [effect for effect in closed.begun if effect.kind is EffectKind.SEND_ADVICE_SUMMARY]
    assert bool(summaries) is bool(agreed)


HELP_ONLY = child_consent(SIBLING, may_share=())
REFUSES = child_consent(SIBLING, stands=False)


@pytest.mark.clause("SD-09d")
@pytest.mark.parametrize("other", [HELP_ONLY, REFUSES], ids=["agrees to help alone", "refuses"])
def test_a_document_goes_only_without_the_children_for_whom_that_was_not_agreed(other: ChildConsent) -> None:
    still_in = sharing_with(child_consent(), other)
    assert the_share(still_in) is None
    assert (stage(still_in), next(need.clause for need in next_steps(still_in))) == (Stage.SHARING, "SD-09d")
    cleared = sharing_with(child_consent(), other, without_children=(SIBLING,))
    assert the_share(cleared) in cleared.begun
    assert stage(cleared) is Stage.CONVERSATION


@pytest.mark.clause("SD-09d")
def test_a_document_that_had_been_shared_before_a_sibling_said_no_is_not_asked_for_again() -> None:
    shared = sharing_with(child_consent(), child_consent(SIBLING))
    now = facts_after(withdrawal(SIBLING), before=shared)
    assert "SD-09d" not in [need.clause for need in next_steps(now)]


@pytest.mark.clause("SD-09e")
def test_a_refusal_beside_children_who_go_on_is_looked_at_by_the_manager() -> None:
    now = sharing_with(child_consent(), REFUSES, without_children=(SIBLING,))
    assert asked_about_refusal(now) == [(Role.TEAM_MANAGER, "authorise")]
    for act in (looked_at("record_consent", SIBLING), not_authorised("record_consent", SIBLING)):
        then = record(now, act)
        assert asked_about_refusal(then) == []
        assert not then.child(SIBLING).consents


def asked_about_refusal(now: StepDownFacts) -> list[tuple[Role | None, str | None]]:
    return [(need.who, need.step) for need in next_steps(now) if need.clause == "SD-09e"]


CLOSINGS = [how for how in Decision if how.closes and how is not Decision.TRANSFER]


@pytest.mark.clause("SD-09e")
@pytest.mark.parametrize("how", CLOSINGS)
def test_no_child_whose_family_refused_is_closed_before_the_manager_looked_at_the_risk(how: Decision) -> None:
    before = facts_after(refused_consent())
    assert asked_about_refusal(before) == [(Role.TEAM_MANAGER, "authorise")]
    now = record(before, decided({CHILD: how}))
    assert (asked_about_refusal(now), closures(now)) == ([(Role.TEAM_MANAGER, "authorise")], ())
    assert closures(record(now, looked_at())) == (close_child(CHILD),)


@pytest.mark.clause("SD-09e")
def test_a_refusal_is_looked_at_though_the_child_stays_or_another_service_is_named() -> None:
    for then in (decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), other_service()):
        assert asked_about_refusal(facts_after(refused_consent(), then)) == [(Role.TEAM_MANAGER, "authorise")]


@pytest.mark.clause("SD-09e")
def test_a_refusal_that_was_a_mistake_or_became_a_yes_is_not_looked_at() -> None:
    now = facts_after(refused_consent(), consent(step_id="again", corrects="record_consent"))
    assert asked_about_refusal(now) == []
    assert refused(now, looked_at()).reason.startswith("This has been replaced since")


@pytest.mark.clause("SD-09e")
def test_where_the_refusal_changes_the_risk_the_child_is_not_closed() -> None:
    closes = decided({CHILD: Decision.NO_FURTHER_SUPPORT})
    changes = not_authorised("record_consent", step_id="changes")
    now = facts_after(refused_consent(), closes, changes)
    assert (now.child(CHILD).decision, closures(now)) == (None, ())
    assert refused(now, decided({CHILD: Decision.NO_FURTHER_SUPPORT}, step_id="anew")).clause == "SD-09e"
    stays = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}, step_id="stays")
    assert record(now, stays).child(CHILD).is_decided(Decision.STAYS_WITH_SOCIAL_WORK)
    again = record(now, looked_at(corrects="changes"))
    assert closures(again) == (close_child(CHILD),)


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


def of_young_mother(answer: Holder) -> tuple[StepDownFacts, RecordConsent]:
    """A mother of 16, alone with her child."""
    mother = person("mother", born_on=date(2009, 6, 1))
    return of_age(0, mother), consent(child_consent(CHILD, answer))


@pytest.mark.clause("SD-09c")
@pytest.mark.parametrize("answer", [HolderAnswer.AGREED, HolderAnswer.REFUSED])
def test_the_word_of_a_parent_under_18_counts_once_somebody_has_judged_that_they_understand_it(
    answer: HolderAnswer,
) -> None:
    before, said = of_young_mother(holder(answer))
    refusal = refused(before, said)
    assert (refusal.clause, refusal.field) == ("SD-09c", "children.0.holders")
    before, said = of_young_mother(holder(answer, competence_judged_by="The family nurse"))
    assert record(before, said).child(CHILD).consents is (answer is HolderAnswer.AGREED)


@pytest.mark.clause("SD-09c")
def test_a_parent_under_18_who_does_not_understand_it_has_given_no_word() -> None:
    before, said = of_young_mother(holder(HolderAnswer.NOT_COMPETENT, because="The family nurse: not yet"))
    assert not record(before, said).child(CHILD).consents
    with pytest.raises(ValidationError, match="because: say why this person was not asked"):
        holder(HolderAnswer.NOT_COMPETENT, because=None)


@pytest.mark.clause("SD-09c")
def test_of_a_parent_who_is_18_nobody_asks_it() -> None:
    before = of_age(0, person("mother", born_on=date(2008, 3, 1)))
    assert record(before, consent(child_consent(CHILD, YES))).child(CHILD).consents


@pytest.mark.clause("SD-09b")
@pytest.mark.clause("SD-09e")
def test_a_yes_that_a_young_person_never_gave_is_put_right_after_it_was_acted_on() -> None:
    answers = (child_consent(), child_consent(SIBLING, voice=own_word(agreed=True)))
    known = family(CHILD, SIBLING, children=[born(CHILD), born(SIBLING, age=17)])
    typed = facts_after(
        exploration(),
        consent(*answers, step_id="typed"),
        family_sharing(),
        before=facts(CHILD, SIBLING, request=request(CHILD, SIBLING, family=known)),
    )
    his_no = consent(child_consent(SIBLING, voice=own_word(agreed=False)), step_id="his-no")
    answer = refused(typed, his_no.model_copy(update={"corrects": "typed"}))
    assert "if nobody had given it, how it came to be recorded." in answer.reason
    nobody = {"withdrawn_by": None, "never_given_because": "typed for both"}
    withdrawn = record(typed, withdrawal(SIBLING, **nobody, step_id="withdrawn"))
    [state] = [state for state in child_states(withdrawn, SIBLING) if state.name == "consent_stands"]
    assert (withdrawn.steps[-1].step.own_words, state.words) == ("typed for both", "never given")
    assert "closed to the service's team in Mosaic" in (withdrawn.receipts[-1].note or "")
    now = record(withdrawn, his_no)
    assert not now.child(SIBLING).consents
    assert [need.of[0].step_id for need in next_steps(now) if need.clause == "SD-09e"] == ["his-no"]


@pytest.mark.clause("SD-09b")
@pytest.mark.parametrize("by", ["mother", "father", "grandmother", SIBLING])
def test_what_a_young_person_decided_nobody_else_withdraws(by: str) -> None:
    others = (person("grandmother", by=NONE, lives_with=False), person("young", by=NONE, is_child=CHILD))
    people = (*family(CHILD, SIBLING).people, *others)
    known = family(CHILD, SIBLING, people=people, children=[born(CHILD, age=17), born(SIBLING)])
    agreed = consent(child_consent(CHILD, YES, voice=own_word(agreed=True)), SIBLING)
    now = facts_after(
        exploration(), agreed, before=facts(CHILD, SIBLING, request=request(CHILD, SIBLING, family=known))
    )
    assert refused(now, withdrawal(withdrawn_by=by)).clause == "SD-09b"
    for themselves in (CHILD, "young"):
        assert not record(now, withdrawal(withdrawn_by=themselves)).child(CHILD).consents


@pytest.mark.clause("SD-09b")
@pytest.mark.parametrize(("by", "counts"), [("mother", True), ("father", True), ("aunt", False), (CHILD, False)])
def test_of_a_younger_child_it_is_withdrawn_by_who_agreed_or_holds_responsibility(by: str, counts: bool) -> None:
    known = family(people=(*family().people, person("aunt", by=NONE, lives_with=False)))
    now = facts_after(exploration(), consent(), before=facts(request=request(family=known)))
    if counts:
        assert not record(now, withdrawal(withdrawn_by=by)).child(CHILD).consents
    else:
        assert refused(now, withdrawal(withdrawn_by=by)).field == "withdrawn_by"


@pytest.mark.clause("SD-09c")
def test_a_younger_child_takes_back_what_it_said_itself_or_once_somebody_judged_that_it_understands_this() -> None:
    before, alone = facts_after(exploration()), child_consent(CHILD, YES, voice=competent(agreed=True))
    spoke = record(before, consent(alone))
    assert not record(spoke, withdrawal(withdrawn_by=CHILD)).child(CHILD).consents
    for_it = record(before, consent())
    assert refused(for_it, withdrawal(withdrawn_by=CHILD)).clause == "SD-09b"
    judged = withdrawal(withdrawn_by=CHILD, judged_by="The school nurse")
    assert not record(for_it, judged).child(CHILD).consents
    assert judged.own_words == f"By {CHILD}, who understands this as The school nurse judged"


@pytest.mark.clause("SD-09c")
def test_whose_objection_the_manager_has_weighed_does_not_withdraw_alone() -> None:
    goes_on = record(objected_before(), authorised("record_consent"))
    assert refused(goes_on, withdrawal(withdrawn_by="father")).field == "withdrawn_by"
    assert not record(goes_on, withdrawal(withdrawn_by="mother")).child(CHILD).consents


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize("said", [{"withdrawn_by": None}, {"never_given_because": "a mistake"}])
def test_either_somebody_withdrew_it_or_nobody_had_given_it(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="say who withdrew it; or, if nobody had given it"):
        withdrawal(**said)


@pytest.mark.clause("SD-09c")
def test_whom_an_order_forbids_to_use_their_responsibility_withdraws_nothing() -> None:
    known = family(people=(person("mother"), person("father", by=FORBIDDEN, lives_with=False)))
    now = facts_after(exploration(), consent(), before=facts(request=request(family=known)))
    assert refused(now, withdrawal(withdrawn_by="father")).field == "withdrawn_by"


@pytest.mark.clause("SD-09a")
def test_who_records_a_withdrawal_after_the_summary_left_is_told_to_ring_the_practitioner() -> None:
    note = record(facts_before(ApproveLetters), withdrawal()).receipts[-1].note or ""
    assert "Ring the practitioner now" in note
    assert "Ring the practitioner" not in (
        record(facts_before(RecordContactConversation), withdrawal()).receipts[-1].note or ""
    )


@pytest.mark.clause("SD-09a")
def test_where_the_service_has_no_document_yet_nobody_is_asked_to_take_one_back() -> None:
    now = record(facts_before(RecordFamilySharing), withdrawal())
    assert now.receipts[-1].note is None


def as_mosaic_knows(now: StepDownFacts, born_on: date | None) -> StepDownFacts:
    """As if Mosaic had said so when it was looked at first."""
    record = NOTHING_KEEPS_OPEN.model_copy(update={"born_on": born_on})
    seen = (one.model_copy(update={"records": {**one.records, CHILD: record}}) for one in now.effects if one.records)
    return now.having(effects=(*seen, *(one for one in now.effects if not one.records)))


UNKNOWN: dict[str, Any] = {"born_on": None, "birth_unknown_because": "no papers"}
DAY_OF_17 = date(THEN.year - 17, 3, 1)
DAY_OF_9 = date(THEN.year - 9, 3, 1)


@pytest.mark.clause("SD-09b")
def test_the_day_of_birth_that_mosaic_tells_serves_where_the_family_has_none() -> None:
    nobody_knows, of_17 = of_age(None, **UNKNOWN), as_mosaic_knows(of_age(None, **UNKNOWN), DAY_OF_17)
    alone = child_consent(CHILD, NO, voice=own_word(agreed=True), may_share=TO_SHARE)
    assert facts_after(consent(alone), before=of_17).child(CHILD).consents
    assert not facts_after(consent(alone), before=nobody_knows).child(CHILD).consents
    mother_alone = consent(child_consent(CHILD, YES))
    assert refused(of_17, mother_alone).clause == "SD-09b"
    assert refused(nobody_knows, mother_alone).reason.startswith("The date of birth is not known or disputed")
    of_9 = as_mosaic_knows(of_age(None, **UNKNOWN), DAY_OF_9)
    assert facts_after(mother_alone, before=of_9).child(CHILD).consents


@pytest.mark.clause("SD-09b")
def test_where_mosaic_has_another_day_of_birth_both_words_are_asked_for() -> None:
    now = as_mosaic_knows(of_age(15), DAY_OF_17)
    assert refused(now, consent(child_consent(CHILD, YES))).reason.startswith("The date of birth is not known or")
    own = consent(child_consent(CHILD, YES, voice=own_word(agreed=True)))
    assert facts_after(own, before=now).child(CHILD).consents
    assert refusal(as_mosaic_knows(of_age(15), None), consent(child_consent(CHILD, YES)), NOW) is None


@pytest.mark.clause("SD-09b")
@pytest.mark.clause("SD-09e")
def test_whoever_turns_out_to_decide_for_themselves_is_asked_and_nobody_is_said_to_have_refused() -> None:
    before = facts_after(consent(child_consent(CHILD, YES)), before=of_age(15))
    assert before.child(CHILD).consents
    now = as_mosaic_knows(before, DAY_OF_17)
    child = now.child(CHILD)
    assert (child.consents, child.answered, child.refused_in) == (False, False, None)
    asked = [(need.step, need.clause) for need in next_steps(now)]
    assert ("record_consent", "SD-09") in asked
    assert "authorise" not in [step for step, _ in asked]
    both = consent(child_consent(CHILD, YES, voice=own_word(agreed=True)), step_id="both", corrects="record_consent")
    assert record(now, both).child(CHILD).consents


@pytest.mark.clause("SD-09b")
def test_whoever_turns_out_to_decide_for_themselves_has_not_refused_though_the_manager_weighed_an_objection() -> None:
    before = facts_after(consent(child_consent(CHILD, YES, OBJECTS)), authorised("record_consent"), before=of_age(15))
    assert before.child(CHILD).consents
    child = as_mosaic_knows(before, DAY_OF_17).child(CHILD)
    assert (child.consents, child.answered, child.refused_in) == (False, False, None)
    said_no = facts_after(consent(child_consent(CHILD, NO)), before=of_age(15))
    assert as_mosaic_knows(said_no, DAY_OF_17).child(CHILD).refused_in is not None
