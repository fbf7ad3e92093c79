"""Consent to a request for Early Help: nobody's word is counted that was not given, and a no stands (ER-04, SD-09)."""

from typing import Any

import pytest

from models.help_request.facts import HelpFacts
from models.help_request.stage import Outcome
from models.help_request.start import Word
from models.journey.clocks import ClockState
from models.kinds import ClockKind
from models.vocabulary import Role
from tests.builders import CHILD, NOW, SIBLING, THEN, london
from tests.help_requests import (
    MOTHER,
    WHOLE,
    asks,
    cancellation,
    consent,
    facts,
    let_time_pass,
    matrix,
    next_steps,
    plan,
    reach,
    read,
    record,
    refusal,
    refused,
    response,
    status,
    told,
    tried,
    waiting,
    whole,
    withdrawal,
)

SAFE = "The school sees the children each day, and is not worried."
ALONE: dict[str, Any] = {"children": ({"ref": CHILD},)}
AGAIN = london(2026, 3, 2, 11)
"""After the withdrawal at 10:00, before now."""
FROM_DUTY_AND_ADVICE = {
    "received": {"channel": "duty_and_advice", "at": THEN},
    "referrer": {"who": "The duty worker", "kind": "duty_and_advice", "reached": "By telephone"},
    "agreement": None,
}


def own(child: str = CHILD, **changes: Any) -> dict[str, Any]:
    return {"who": "The young person", "relation": "child", "child": child, **changes}


def agreed_by(*words: dict[str, Any]) -> dict[str, Any]:
    return {"agreement": {"agreed_by": words}}


def passed_on(*steps: Any) -> HelpFacts:
    return whole(*steps, **FROM_DUTY_AND_ADVICE)


def ended(now: HelpFacts) -> str | None:
    return status(now).outcome


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SU-04")
@pytest.mark.parametrize("offer", [response(), waiting()])
def test_nothing_is_offered_against_a_no_whoever_passed_the_request_on(offer: Any) -> None:
    for now in (whole(withdrawal()), passed_on(withdrawal())):
        assert "SD-09a" in asks(now)
        assert (refused(now, offer).clause, refused(now, offer).field) == ("SD-09a", "outcome")


@pytest.mark.clause("SD-09a")
@pytest.mark.parametrize(
    ("said", "field"),
    [
        (consent(step_id="c-2", corrects="record_consent", occurred_at=AGAIN), "corrects"),
        (consent(step_id="c-2", occurred_at=THEN), "occurred_at"),
        (consent(step_id="c-2", agreement={"power": "children_act_1989_s17", "because": "Needs."}), "agreement.power"),
    ],
)
def test_what_was_said_before_a_no_or_without_the_family_does_not_bring_their_yes_back(said: Any, field: str) -> None:
    now = whole(consent(), withdrawal())
    assert (refused(now, said).clause, refused(now, said).field) == ("SD-09a", field)


@pytest.mark.clause("SD-09a")
def test_a_yes_that_was_given_after_the_no_counts_and_support_is_offered_anew() -> None:
    withdrawn = whole(response(), withdrawal())
    assert next_steps(withdrawn)[0].ask.startswith("Consent was withdrawn")
    now = record(withdrawn, consent(occurred_at=AGAIN))
    assert asks(now) == ["ER-06"]
    assert ended(record(record(now, response(step_id="new")), told())) == Outcome.SUPPORT_OFFERED


@pytest.mark.clause("ER-15")
@pytest.mark.clause("SD-09e")
@pytest.mark.parametrize("outcome", [Outcome.GUIDANCE, Outcome.WORKFORCE_DEVELOPMENT, Outcome.DECLINED_BY_FAMILY])
def test_after_a_no_a_request_ends_only_with_what_that_means_for_the_risk(outcome: Outcome) -> None:
    now = whole(withdrawal())
    assert refused(now, response(outcome)).field == "risk_considered"
    assert ended(record(record(now, response(outcome, risk_considered=SAFE)), told())) == outcome


@pytest.mark.clause("SU-04")
def test_what_duty_and_advice_passed_on_is_not_cancelled_without_a_word_to_them_nor_on_the_risk() -> None:
    assert refused(passed_on(), cancellation()).field == "risk_considered"
    now = passed_on(cancellation(risk_considered="It was of another family, whom they know."))
    assert asks(now) == ["SU-04"]
    assert ended(record(now, told())) == Outcome.CANCELLED


@pytest.mark.clause("SD-09e")
def test_an_answer_that_came_before_the_no_counts_only_where_it_says_what_that_means_for_the_risk() -> None:
    assert whole(response(Outcome.GUIDANCE), withdrawal()).owes_answer
    assert not whole(response(Outcome.DECLINED_BY_FAMILY, risk_considered=SAFE), withdrawal()).owes_answer


@pytest.mark.clause("ER-15")
def test_a_request_is_cancelled_with_what_that_means_for_the_risk_and_who_asked_is_told() -> None:
    now = whole(cancellation(reason_code="supported_elsewhere", risk_considered=SAFE))
    assert [(need.clause, need.step) for need in next_steps(now)] == [("ER-15", "record_referrer_told")]
    assert ended(record(now, told())) == Outcome.CANCELLED
    assert SAFE in (now.steps[-1].step.own_words or "")


@pytest.mark.clause("ER-15")
def test_how_the_family_is_reached_is_recorded_though_nobody_has_agreed_to_anything() -> None:
    now = facts(reach())
    assert now.reach is not None
    assert (now.agreement, "ER-04" in asks(now), "ER-15" in asks(now)) == (None, True, False)
    other = record(whole(withdrawal()), reach(reach={"safely": "Only at the school", "interpreter": "Welsh"}))
    assert other.reach is not None
    assert other.reach.words == "Only at the school; interpreter: Welsh"


@pytest.mark.clause("ER-02")
def test_whether_a_plan_is_open_is_asked_for_and_never_taken_for_no() -> None:
    now = facts(matrix(), tried(), read(), **WHOLE, plan_open=None)
    assert next_steps(now)[0].step == "answer_open_plan"
    assert "ER-02" not in asks(record(now, plan(is_open=False)))
    wrong = record(record(now, plan(is_open=False)), plan(is_open=True, step_id="p-2"))
    assert [need.step for need in next_steps(wrong) if need.clause == "ER-02"] == ["receive_documents"]


@pytest.mark.clause("ER-04")
@pytest.mark.clause("SD-09b")
@pytest.mark.clause("SD-09c")
@pytest.mark.parametrize(
    ("word", "stands"),
    [
        (own(age=17), True),
        (own(age=16), True),
        (own(age=15), False),
        (own(age=14, judged_by="The school nurse"), True),
        (own(), False),
        (own(judged_by="The school nurse"), False),
        (own(SIBLING, age=17), False),
        ({"who": "The grandmother", "relation": "carer"}, True),
        ({"who": "The mother", "relation": "parent", "age": 15}, False),
        ({"who": "The mother", "relation": "parent", "age": 15, "judged_by": "The midwife"}, True),
    ],
)
def test_a_young_persons_own_yes_counts_by_age_or_by_who_judged_it(word: dict[str, Any], *, stands: bool) -> None:
    now = facts(**{**WHOLE, **ALONE, **agreed_by(word)})
    assert (now.agreement is not None) is stands
    assert ("ER-04" not in asks(now)) is stands


@pytest.mark.clause("SD-09b")
def test_a_childs_own_yes_is_for_that_child_alone() -> None:
    assert whole(**agreed_by(own(age=17))).agreement is None
    assert whole(**agreed_by(own(age=17), own(SIBLING, age=16))).agreement is not None
    stranger = consent(**agreed_by(own("child-z", age=17)))
    assert (refused(facts(), stranger).clause, refused(facts(), stranger).field) == ("SD-09b", "agreement.agreed_by")


@pytest.mark.clause("SD-09c")
def test_a_childs_word_is_not_recorded_as_consent_before_it_is_said_how_old_and_who_judged_it() -> None:
    for word in (own(), own(age=12)):
        assert refused(facts(), consent(**agreed_by(word))).clause == "SD-09c"


@pytest.mark.clause("SD-09b")
def test_a_young_persons_own_no_is_not_undone_by_a_parents_yes() -> None:
    no = withdrawal(withdrawn_by=own(age=17))
    yes = consent(occurred_at=AGAIN)
    only = facts(matrix(), tried(), read(), no, yes, **{**WHOLE, **FROM_DUTY_AND_ADVICE, **ALONE})
    assert (refused(only, response()).clause, refused(only, response()).field) == ("SD-09b", "outcome")
    assert refusal(whole(no, yes), response(), NOW) is None
    themselves = consent(step_id="own", corrects="record_consent", occurred_at=AGAIN, **agreed_by(own(age=17)))
    assert refusal(record(only, themselves), response(), NOW) is None


@pytest.mark.clause("ER-15")
def test_a_young_person_who_asks_alone_is_asked_themselves_and_nobody_goes_to_the_parents() -> None:
    asking = {"who": "Zed", "kind": "young_person", "reached": "By text"}
    now = facts(read(), referrer=asking, **ALONE)
    (asked,) = (need.ask for need in next_steps(now) if need.step == "record_consent")
    assert asked.startswith("A young person asks for themselves: ask them")
    assert not {"ER-03", "ER-05"} & {*asks(now)}
    agreed = record(now, consent(**agreed_by(own(age=16))))
    assert "record_consent" not in [need.step for need in next_steps(agreed)]


@pytest.mark.clause("SU-04")
def test_support_that_was_offered_on_the_word_of_duty_and_advice_asks_the_family_at_the_first_contact() -> None:
    offered = passed_on(response(), told())
    (asked,) = next_steps(offered)
    assert (asked.clause, asked.step, asked.who) == ("SU-04", "record_consent", Role.EARLY_HELP_SERVICE)
    assert ended(record(offered, consent())) == Outcome.SUPPORT_OFFERED
    silent = let_time_pass(offered, london(2026, 3, 16, 17))
    assert next_steps(silent)[-1].ask.startswith("Support was offered to a family, and nobody has recorded")
    (waited,) = (one for one in status(silent).clocks if one.kind is ClockKind.CONSENT_ASKED)
    assert waited.state is ClockState.BREACHED


@pytest.mark.clause("SU-04")
@pytest.mark.clause("SD-09e")
def test_a_power_or_duty_is_nobodys_yes_either() -> None:
    by_power = {"agreement": {"power": "children_act_1989_s17", "because": "They could not be asked."}}
    assert asks(whole(response(), told(), **by_power)) == ["SU-04"]
    no = response(Outcome.DECLINED_BY_FAMILY, step_id="no", corrects="record_response", risk_considered=SAFE)
    declined = record(whole(response(), told(), **by_power), no)
    assert ended(record(declined, told(step_id="t-2"))) == Outcome.DECLINED_BY_FAMILY


@pytest.mark.clause("SD-09b")
def test_for_whom_a_young_persons_own_yes_does_not_count_is_said_and_no_parent_is_asked_for_it() -> None:
    asking = {"who": "Zed", "kind": "young_person", "reached": "By text"}
    now = record(facts(read(), **{**WHOLE, "agreement": None}, referrer=asking), consent(**agreed_by(own(age=16))))
    (need,) = (need for need in next_steps(now) if need.step == "record_consent")
    assert [(way.child, way.words) for way in need.ways] == [(SIBLING, "nobody's yes counts for this child yet")]
    assert "start it anew without them" in need.ask
    assert "for each child" in refused(now, response()).reason


@pytest.mark.clause("SD-09a")
def test_what_stood_in_mosaic_when_consent_was_withdrawn_is_said() -> None:
    (line,) = [
        entry.what for entry in status(whole(withdrawal())).timeline if entry.what.startswith("Had been sent by then")
    ]
    assert "rite into the Early Help Contact in Mosaic" in line


def test_what_was_recorded_of_consent_is_shown_to_whoever_reads_the_request() -> None:
    said = whole(withdrawal(), consent(occurred_at=AGAIN, **agreed_by(MOTHER, own(age=15, judged_by="The nurse"))))
    assert "The mother (parent)" in (whole().request.own_words or "")
    assert "interpreter: none is named" in (whole().request.own_words or "")
    assert [entry.step.own_words for entry in said.steps[-2:]] == [
        "The mother (parent)",
        "agreed: The mother (parent), The young person (child, 15 years old; The nurse judged that they understand it)",
    ]


def test_a_childs_own_word_says_which_child_and_no_other_does() -> None:
    with pytest.raises(ValueError, match="child:"):
        Word.model_validate({"who": "Zed", "relation": "child"})
    with pytest.raises(ValueError, match="child:"):
        Word.model_validate({"who": "Zed", "relation": "parent", "child": CHILD})
