"""Beside consent stands the basis on which information is shared with each recipient (SD-09e)."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.policy import SHARING_POWERS, Policy, SharingPower
from models.step_down.effects import closures, conversation_requested
from models.step_down.facts import StepDownFacts
from models.step_down.practitioners import advice_summaries
from models.step_down.readers import reads_of
from models.step_down.stage import Outcome
from models.step_down.steps.consent import RecordConsent, Shareable
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.sharing import Basis
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    MANAGER,
    NOW,
    SIBLING,
    SOCIAL_WORKER,
    authorised,
    by_power,
    child_consent,
    close_child,
    consent,
    decided,
    decision,
    exploration,
    facts,
    facts_after,
    facts_before,
    family_sharing,
    letter_to_agency,
    letters,
    no_letter,
    not_authorised,
    opening,
    other_service,
    record,
    refused,
    sharing_basis,
    the_share,
    withheld,
)
from tests.step_down import next_steps, outcome, refusal, status

SCHOOL = "Hill School"
OF_SW = {"actor": SOCIAL_WORKER}
EXPLORED = exploration(agencies=(SCHOOL, "Hill Surgery"))
HELP_ALONE = consent(child_consent(may_share=()))


def asked(now: StepDownFacts) -> list[tuple[Role | None, str | None]]:
    return [(need.who, need.step) for need in next_steps(now) if need.clause == "SD-09e"]


@pytest.mark.clause("SD-09e")
def test_what_was_not_agreed_to_goes_to_the_service_by_a_power_once_the_manager_agrees() -> None:
    before = facts_after(EXPLORED, HELP_ALONE, family_sharing())
    assert the_share(before) is None
    named = record(before, sharing_basis(**OF_SW))
    assert (the_share(named), asked(named)) == (None, [(Role.TEAM_MANAGER, "authorise")])
    agreed = record(named, authorised("record_sharing_basis"))
    assert (the_share(agreed) is not None, asked(agreed)) == (True, [])
    assert not agreed.child(CHILD).may_share(Shareable.ADVICE_SUMMARY), "and nothing else"
    assert the_share(record(named, not_authorised("record_sharing_basis"))) is None


@pytest.mark.clause("SD-09e")
def test_a_power_that_is_named_for_one_service_lets_nothing_go_to_another() -> None:
    now = facts_after(EXPLORED, HELP_ALONE, sharing_basis(), other_service())
    assert not now.child(CHILD).may_share(Shareable.ASSESSMENT)


@pytest.mark.clause("SD-09e")
def test_where_it_would_harm_the_child_more_nothing_of_it_reaches_the_service() -> None:
    now = facts_after(EXPLORED, consent(), sharing_basis(withheld()))
    assert conversation_requested(now) == ()
    assert not now.child(CHILD).may_share(Shareable.ASSESSMENT)
    assert [need.step for need in next_steps(now)] == ["change_service", "record_decisions"], "decided otherwise"
    both = facts_after(EXPLORED, consent(CHILD, SIBLING), sharing_basis(withheld()), before=facts(CHILD, SIBLING))
    assert conversation_requested(both) != (), "of the sibling it is asked"
    assert not both.child(CHILD).could_pass


@pytest.mark.clause("SD-09e")
def test_a_child_of_whom_nothing_is_shared_does_not_pass_on() -> None:
    before = record(facts_before(RecordDecisions, CHILD, SIBLING), sharing_basis(withheld()))
    assert refused(before, decision()).clause == "SD-09e"
    decided_before = record(facts_before(RecordDecisions), decision())
    assert closures(decided_before) == (close_child(CHILD),)
    now = record(decided_before, sharing_basis(withheld()))
    assert (now.child(CHILD).decision, closures(now), advice_summaries(now)) == (None, (), ())


@pytest.mark.clause("SD-09e")
def test_of_each_recipient_the_last_word_holds() -> None:
    now = facts_after(EXPLORED, consent(), sharing_basis(withheld()))
    as_agreed = {"basis": Basis.CONSENT, "power": None, "shares": (), "gdpr_basis": "consent"}
    again = record(now, sharing_basis(by_power(**as_agreed), step_id="again"))
    assert again.child(CHILD).may_share(Shareable.ASSESSMENT)


@pytest.mark.clause("SD-09e")
def test_an_agency_reads_of_a_child_by_a_power_and_not_where_that_would_harm_it_more() -> None:
    to_school = letter_to_agency(agency=SCHOOL)
    stays = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK})
    nothing_said = facts_after(EXPLORED, stays)
    assert reads_of(nothing_said, to_school) == ()
    power = record(nothing_said, sharing_basis(by_power(agency=SCHOOL), actor=MANAGER))
    assert [child.ref for child in reads_of(power, to_school)] == [CHILD]
    agreed = facts_after(EXPLORED, consent(), sharing_basis(withheld(agency=SCHOOL.upper())))
    assert reads_of(agreed, to_school) == ()
    assert [child.ref for child in reads_of(agreed, letter_to_agency(agency="Hill Surgery"))] == [CHILD]


@pytest.mark.clause("SD-09e")
def test_the_basis_is_for_few_to_read_and_stands_in_nothing_that_is_shown() -> None:
    said = sharing_basis(withheld())
    assert said.privacy == "restricted"
    assert "uncle" not in status(facts_after(EXPLORED, said)).model_dump_json()


@pytest.mark.clause("SD-09e")
def test_the_duty_counts_from_the_day_that_policy_names() -> None:
    duty = SharingPower.CHILDREN_ACT_2004_S16LA
    said = sharing_basis(by_power(power=duty))
    assert refused(facts(), said).field == "children.0.power"
    for since, field in ((NOW.date(), None), (NOW.date() + timedelta(days=1), "children.0.power")):
        policy = Policy(sharing_powers={**SHARING_POWERS, duty: since})
        answer = refusal(facts(opening=opening(policy=policy)), said, NOW)
        assert (answer and answer.field) == field


NOT_SO: dict[str, tuple[dict[str, Any], str]] = {
    "a power that is not named": ({"power": None}, "power: name the power or duty"),
    "a power beside consent": ({"basis": "consent"}, "power: name the power or duty"),
    "no basis under the UK GDPR": ({"gdpr_basis": None}, "gdpr_basis: say the basis under the UK GDPR"),
    "what goes to the service is not said": ({"shares": ()}, "shares: say what goes to the service"),
    "documents for an agency": ({"agency": SCHOOL, "shares": ("assessment",)}, "shares: say what goes to the service"),
}


@pytest.mark.clause("SD-09e")
@pytest.mark.parametrize(("said", "rule"), NOT_SO.values(), ids=NOT_SO)
def test_a_basis_says_by_what_and_how_much(said: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        by_power(**said)


@pytest.mark.clause("SD-09e")
def test_each_child_and_recipient_is_named_once() -> None:
    with pytest.raises(ValidationError, match="children: each child and recipient is named once"):
        sharing_basis(by_power(), withheld())


STOPS = {CHILD: Decision.NO_FURTHER_SUPPORT, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}
NO_FOR_SIBLING = consent(child_consent(CHILD), child_consent(SIBLING, stands=False))


@pytest.mark.clause("SD-09e")
def test_where_nobody_may_pass_as_nothing_is_shared_the_transfer_waits_for_nobody_outside_and_ends_as_that() -> None:
    both = facts_after(exploration(), consent(CHILD, SIBLING), before=facts(CHILD, SIBLING))
    withheld_both = record(both, sharing_basis(withheld(CHILD), withheld(SIBLING)))
    refused_too = facts_after(EXPLORED, NO_FOR_SIBLING, sharing_basis(withheld()), before=facts(CHILD, SIBLING))
    for now in (withheld_both, refused_too):
        assert {need.who for need in next_steps(now)} <= {Role.SOCIAL_WORKER, Role.TEAM_MANAGER}
        assert {"record_decisions", "change_service"} <= {need.step for need in next_steps(now)}
        assert conversation_requested(now) == ()
    to_all = letters(no_letter("none-1", CHILD, SIBLING), no_letter("none-2", CHILD, SIBLING, person="father"))
    ended = facts_after(decided(STOPS), to_all, before=withheld_both)
    assert outcome(ended) is Outcome.NOT_SHARED
    assert "harm" not in Outcome.NOT_SHARED.words, "what would harm whom is for few to read"


@pytest.mark.clause("SD-09e")
def test_another_service_may_be_named_where_nothing_is_shared_with_this_one() -> None:
    now = facts_after(EXPLORED, consent(), sharing_basis(withheld()), other_service(), consent_to_south())
    assert now.child(CHILD).could_pass
    assert "record_family_sharing" in [need.step for need in next_steps(now)]


def consent_to_south() -> RecordConsent:
    return consent(service_ref="service-south", step_id="anew")


@pytest.mark.clause("SD-09e")
@pytest.mark.parametrize("agreed", [(), (Shareable.ASSESSMENT,), (Shareable.ADVICE_SUMMARY,)])
def test_without_another_word_the_basis_is_consent_and_only_what_it_names_is_shared(
    agreed: tuple[Shareable, ...],
) -> None:
    now = facts_after(EXPLORED, consent(child_consent(may_share=agreed)), family_sharing())
    shared = {what for what in Shareable if now.child(CHILD).may_share(what)}
    assert shared == {*agreed}
    assert (the_share(now) is not None) is (Shareable.ASSESSMENT in agreed)
