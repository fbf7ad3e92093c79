"""Who asks for help, for whom, and who answers for the child already (ER-15, ER-10a)."""

from typing import Any

import pytest

from models.help_request.contact import contact_entries
from models.help_request.facts import HelpFacts
from models.help_request.situation import Situation
from models.help_request.stage import Outcome
from models.journey.clocks import ClockState
from models.kinds import ClockKind, EffectKind
from tests.builders import CHILD, SIBLING, THEN
from tests.help_requests import (
    asks,
    facts,
    next_steps,
    read,
    record,
    refused,
    response,
    returned,
    routed,
    situations,
    status,
    told,
    whole,
)
from workflows.help_request.request import HelpRequestRun, HelpRequestSoFar

ELSEWHERE = [one for one in Situation if one is not Situation.NONE]
YOUNG = {"referrer": {"who": "Zed", "kind": "young_person", "reached": "By text"}}
FAMILY = {"referrer": {"who": "The aunt", "kind": "family", "reached": "On her own telephone"}}
TAKEN = {"routed_to": "The social worker", "taken_by": {"who": "The social worker", "at": THEN}}


def ask_of(now: HelpFacts, step: str) -> list[str]:
    return [need.ask for need in next_steps(now) if need.step == step]


@pytest.mark.clause("ER-10a")
def test_a_professional_without_mosaic_may_be_sent_the_form_on_paper() -> None:
    (ask,) = ask_of(facts(), "receive_documents")
    assert "may be sent it on paper" in ask


@pytest.mark.clause("ER-15")
@pytest.mark.parametrize("asking", [FAMILY, YOUNG])
def test_with_a_family_or_a_young_person_the_form_is_filled_in_and_nobody_of_their_school_is_asked(
    asking: dict[str, Any],
) -> None:
    now = facts(**asking)
    (ask,) = ask_of(now, "receive_documents")
    assert ask.startswith("A family or a young person asks for themselves: fill in part 1")
    assert not {"ER-01", "ER-03", "ER-05"} & {*asks(now)}


@pytest.mark.clause("ER-15")
def test_of_a_child_whose_record_mosaic_does_not_give_a_person_finds_out_who_answers() -> None:
    now = facts(read())
    (look,) = (one for one in now.effects if one.effect.kind is EffectKind.LOOK_AT_CHILDREN)
    less = look.model_copy(update={"records": {CHILD: look.records[CHILD]}})
    others = tuple(one for one in now.effects if one is not look)
    lacking = now.having(effects=(*others, less))
    assert "record_situations" not in {need.step for need in next_steps(now)}
    (need,) = (need for need in next_steps(lacking) if need.step == "record_situations")
    assert [way.child for way in need.ways] == [SIBLING]
    said = record(lacking, situations({SIBLING: Situation.NONE}))
    assert "record_situations" not in {need.step for need in next_steps(said)}


@pytest.mark.clause("ER-15")
def test_a_child_who_is_not_born_yet_is_passed_on_by_its_reference_and_mosaic_is_not_asked_of_it() -> None:
    unborn = f"{CHILD}-unborn"
    alone = facts(read(), children=({"ref": unborn},), lead_child=unborn)
    assert alone.situations == {unborn: Situation.UNBORN}
    assert not [effect for effect in alone.begun if effect.kind is EffectKind.LOOK_AT_CHILDREN]
    assert alone.to_be_routed
    beside = facts(read(), children=({"ref": unborn}, {"ref": SIBLING}), lead_child=SIBLING)
    assert [effect.kind for effect in beside.begun].count(EffectKind.LOOK_AT_CHILDREN) == 1
    assert beside.with_number == (SIBLING,)
    born = record(alone, situations({unborn: Situation.NONE}))
    assert not born.to_be_routed


@pytest.mark.clause("ER-15")
def test_that_somebody_of_the_family_asks_is_nobody_elses_yes() -> None:
    (ask,) = ask_of(facts(**FAMILY), "record_consent")
    assert "nobody else's yes" in ask
    assert facts(**FAMILY).agreement is None


@pytest.mark.clause("ER-15")
@pytest.mark.parametrize("situation", ELSEWHERE)
def test_a_child_for_whom_somebody_else_answers_is_routed_and_never_returned(situation: Situation) -> None:
    for now in (
        facts(read(), situations({CHILD: situation, SIBLING: situation})),
        facts(read(), situations=[{"ref": ref, "situation": situation} for ref in (CHILD, SIBLING)]),
    ):
        (asked,) = next_steps(now)
        assert (asked.clause, asked.step) == ("ER-15", "record_response")
        assert [(way.child, way.words) for way in asked.ways] == [
            (ref, f"{situation.words}: pass it on {situation.goes_to}") for ref in (CHILD, SIBLING)
        ]
        assert refused(now, returned()).clause == "ER-15"
        assert refused(now, response()).field == "outcome"
        assert status(record(record(now, routed()), told())).outcome == Outcome.ROUTED
        (one,) = (clock for clock in status(now).clocks if clock.kind is ClockKind.HELP_REQUEST)
        assert one.state is ClockState.ON_TRACK


@pytest.mark.clause("ER-15")
def test_what_concerns_one_of_two_children_is_passed_on_and_the_other_is_answered_here() -> None:
    now = whole(situations({CHILD: Situation.LOOKED_AFTER}))
    assert asks(now) == ["ER-06", "ER-15"]
    assert refused(now, response()).field == "taken_by"
    assert status(record(record(now, response(**TAKEN)), told())).outcome == Outcome.SUPPORT_OFFERED


@pytest.mark.clause("ER-15")
def test_a_child_of_whom_that_was_a_mistake_is_answered_here_again() -> None:
    now = whole(situations({CHILD: Situation.OTHER_AREA, SIBLING: Situation.OTHER_AREA}))
    put_right = record(now, situations({CHILD: Situation.NONE, SIBLING: Situation.NONE}, step_id="s-2"))
    assert asks(put_right) == ["ER-06"]


@pytest.mark.clause("ER-15")
def test_why_somebody_else_answers_is_shown_beside_the_child_and_the_referrer_is_not_told() -> None:
    now = whole(situations({CHILD: Situation.LOOKED_AFTER}))
    shown = {child.ref: child.states[-1].words for child in status(now).children}
    assert shown == {CHILD: "looked after", SIBLING: "-"}
    told_of = [need.ask for need in next_steps(record(now, response(**TAKEN)))]
    assert not any("looked after" in ask or CHILD in ask for ask in told_of)


@pytest.mark.clause("ER-09")
def test_for_a_lead_child_for_whom_somebody_else_answers_no_contact_is_written_in_mosaic() -> None:
    assert contact_entries(whole())
    assert not contact_entries(whole(situations({CHILD: Situation.UNBORN})))


@pytest.mark.clause("ER-15")
def test_what_mosaic_holds_of_children_is_for_few_when_a_run_hands_it_over_too() -> None:
    def privacy(now: HelpFacts) -> str:
        return HelpRequestRun(
            **now.request.model_dump(), so_far=HelpRequestSoFar(version=1, shown=1, facts=now)
        ).privacy

    looked = facts(read())
    assert any(result.records for result in looked.effects)
    assert privacy(looked) == "restricted"
    assert privacy(looked.having(effects=())) == "narrative"
    assert privacy(facts(restricted=True)) == "restricted"
