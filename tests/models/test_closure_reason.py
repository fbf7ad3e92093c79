"""Each closed child bears the census's reason for closure: it follows, or a person chooses it (SD-40)."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from models.census import ClosedFor, ClosureReason, ClosureReasons
from models.effects import EffectResult, Ended
from models.mosaic import ChildRecord, Involvement, OpenPlan
from models.step_down.closure_reason import closed_for
from models.step_down.effects import closures
from models.step_down.facts import StepDownFacts
from models.step_down.in_mosaic import in_mosaic
from models.step_down.steps.decision import ChildDecision, Decision, RecordDecisions
from models.step_down.steps.endings import HowPlanEnded, MoveKind
from tests.builders import (
    CHILD,
    NOW,
    SOCIAL_WORKER,
    a_person_chooses,
    authorised,
    away,
    born,
    child_decision,
    close_child,
    decided_as,
    ended_without,
    facts,
    facts_after,
    facts_before,
    family_record,
    intent,
    letters,
    on_a_plan,
    record,
    refused,
)
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.step_down import next_steps, record_step, status
from workflows.step_down.orders import ORDERS

ABROAD = away(kind=MoveKind.ABROAD, authority="The consulate", confirmed_on=NOW.date())
NOT_SAID = NOTHING_KEEPS_OPEN.model_copy(update={"since_referral": None})
pytestmark = pytest.mark.clause("SD-40")


def holding(now: StepDownFacts, record: ChildRecord | None) -> StepDownFacts:
    """As if this had been found as the transfer opened; nothing where a person had answered for Mosaic."""
    return now.having(effects=tuple(_found(one, record) for one in now.effects))


def _found(one: EffectResult, record: ChildRecord | None) -> EffectResult:
    found = {"ended": Ended.BY_HAND, "records": {}} if record is None else {"records": {CHILD: record}}
    return one.model_copy(update=found) if one.records else one


def beside(involvement: Involvement) -> ChildRecord:
    return NOTHING_KEEPS_OPEN.model_copy(update={"since_referral": (involvement,)})


def handed_over(now: StepDownFacts, said: ChildDecision) -> ClosureReason | None:
    """The reason with which the child is closed in Mosaic; None where it is not closed."""
    after = record(now, decided_as(said))
    assert len(closures(after)) <= 1
    return next((order(after) for _ in closures(after)), None)


def order(now: StepDownFacts) -> ClosureReason:
    closing = ORDERS.effects[close_child(CHILD).kind].order(now, intent(close_child(CHILD)))
    reason: ClosureReason = closing.reason
    return reason


FOLLOWS = {
    "passes to Early Help": (child_decision(CHILD, Decision.TRANSFER), "RC9"),
    "universal services": (child_decision(CHILD, Decision.UNIVERSAL_ONLY), "RC8"),
    "no further support": (child_decision(CHILD, Decision.NO_FURTHER_SUPPORT), "RC8"),
    "another council": (child_decision(CHILD, Decision.MOVED_AWAY), "RC5"),
    "abroad": (child_decision(CHILD, Decision.MOVED_AWAY, moved=ABROAD), "RC7"),
}


@pytest.mark.parametrize(("said", "reason"), FOLLOWS.values(), ids=FOLLOWS)
def test_out_of_an_assessment_alone_the_reason_follows_from_the_decision(said: ChildDecision, reason: str) -> None:
    assert handed_over(facts_before(RecordDecisions), said) == reason


@pytest.mark.parametrize("involvement", Involvement)
@pytest.mark.parametrize("decision", [Decision.TRANSFER, Decision.UNIVERSAL_ONLY, Decision.NO_FURTHER_SUPPORT])
def test_where_there_was_more_than_an_assessment_services_ceased(involvement: Involvement, decision: Decision) -> None:
    now = holding(facts_before(RecordDecisions), beside(involvement))
    assert handed_over(now, child_decision(CHILD, decision)) is ClosureReason.CEASED


def test_a_child_in_need_plan_that_is_open_is_more_than_an_assessment() -> None:
    now = holding(facts(), NOTHING_KEEPS_OPEN.model_copy(update={"open_plan": OpenPlan.CHILD_IN_NEED}))
    assert handed_over(now, child_decision(CHILD, Decision.NO_FURTHER_SUPPORT)) is ClosureReason.CEASED


@pytest.mark.parametrize("reason", [ClosureReason.ASSESSED_NO_ACTION, ClosureReason.ASSESSED_EARLY_HELP])
def test_closed_after_the_assessment_does_not_hold_beside_more(reason: ClosureReason) -> None:
    decision = Decision.TRANSFER if reason is ClosureReason.ASSESSED_EARLY_HELP else Decision.NO_FURTHER_SUPPORT
    chosen = decided_as(child_decision(CHILD, decision, closure_reason=reason))
    now = holding(facts_before(RecordDecisions), beside(Involvement.SECTION_47))
    said = refused(now, chosen)
    assert (said.field, said.clause) == ("children.0.closure_reason", "SD-40")
    assert "Leave the reason out" in said.reason


def test_closed_after_the_assessment_does_not_hold_out_of_a_plan() -> None:
    reason = ClosureReason.ASSESSED_NO_ACTION
    chosen = child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, closure_reason=reason)
    assert refused(on_a_plan(), decided_as(chosen)).field == "children.0.closure_reason"
    left_out = chosen.model_copy(update={"closure_reason": None})
    assert handed_over(on_a_plan(), left_out) is ClosureReason.CEASED


@pytest.mark.parametrize("record_found", [NOT_SAID, None], ids=["Mosaic does not say", "a person answered for it"])
def test_what_does_not_follow_is_asked_and_what_is_chosen_is_handed_over(record_found: ChildRecord | None) -> None:
    now = holding(facts_before(RecordDecisions), record_found)
    manager = {"of_what_mosaic_does_not_say": "nothing is open"}
    said = refused(now, decided_as(child_decision(CHILD, Decision.TRANSFER), **manager))
    assert (said.field, said.clause) == ("children.0.closure_reason", "SD-40")
    chosen = child_decision(CHILD, Decision.TRANSFER, closure_reason=ClosureReason.CEASED)
    after = record(now, decided_as(chosen, **manager))
    assert order(after) is ClosureReason.CEASED


def by_social_worker(now: StepDownFacts) -> StepDownFacts:
    """Decided before Mosaic had answered."""
    asked = now.having(effects=tuple(one for one in now.effects if not one.records))
    step = decided_as(child_decision(CHILD, Decision.NO_FURTHER_SUPPORT), actor=SOCIAL_WORKER)
    return record_step(asked, step, NOW).having(effects=now.effects)


def test_a_child_is_not_closed_before_the_reason_is_known() -> None:
    now = holding(by_social_worker(facts()), NOT_SAID)
    asked = [step for step in next_steps(now) if step.clause == "SD-40"]
    assert [(step.step, "as a correction" in step.ask) for step in asked] == [("record_decisions", True)]
    authorised = _authorised(now)
    assert closures(authorised) == ()
    known = holding(authorised, NOTHING_KEEPS_OPEN)
    assert closures(known) == (close_child(CHILD),)
    assert [step for step in next_steps(known) if step.clause == "SD-40"] == []


def _authorised(now: StepDownFacts) -> StepDownFacts:
    return record(now, authorised(because="nothing keeps the child open"))


def test_what_was_chosen_and_does_not_hold_any_more_gives_way_to_what_follows() -> None:
    chosen = child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, closure_reason=ClosureReason.ASSESSED_NO_ACTION)
    now = record(holding(facts(), NOT_SAID), decided_as(chosen))
    assert order(now) is ClosureReason.ASSESSED_NO_ACTION
    assert order(holding(now, beside(Involvement.SECTION_47))) is ClosureReason.CEASED


ADULT = ClosureReason.ADULT_SERVICES


def test_whom_adult_social_care_takes_over_is_18_by_the_date_of_birth_that_is_known() -> None:
    chosen = decided_as(child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, closure_reason=ADULT))
    young = record(facts(), family_record(children=(born(CHILD, age=17),), step_id="family-17"))
    said = refused(young, chosen)
    assert (said.clause, said.field) == ("SD-40", "children.0.closure_reason")
    of_age = record(facts(), family_record(children=(born(CHILD, age=18),), step_id="family-18"))
    assert record(of_age, chosen).child(CHILD).decision is not None
    unknown = {"born_on": None, "birth_unknown_because": "nobody has said"}
    nobody_knows = record(facts(), family_record(children=(born(CHILD, **unknown),), step_id="family-unknown"))
    assert record(nobody_knows, chosen).child(CHILD).decision is not None


EVENTS = {
    ClosureReason.ADOPTED: Decision.NO_FURTHER_SUPPORT,
    ClosureReason.DIED: Decision.NO_FURTHER_SUPPORT,
    ClosureReason.CHILD_ARRANGEMENTS_ORDER: Decision.TRANSFER,
    ClosureReason.SPECIAL_GUARDIANSHIP: Decision.UNIVERSAL_ONLY,
    ClosureReason.ADULT_SERVICES: Decision.NO_FURTHER_SUPPORT,
}


@pytest.mark.parametrize(("reason", "decision"), EVENTS.items())
def test_what_happened_to_a_child_is_chosen_and_never_follows(reason: ClosureReason, decision: Decision) -> None:
    of_age = family_record(children=(born(CHILD, age=18),), step_id="family-18")
    now = record(facts_before(RecordDecisions), of_age) if reason is ADULT else facts_before(RecordDecisions)
    assert handed_over(now, child_decision(CHILD, decision, closure_reason=reason)) is reason
    for kind, reasons in ClosureReasons.model_fields.items():
        with pytest.raises(ValidationError):
            ClosureReasons.model_validate({kind: reason})
        assert reasons.default not in EVENTS


@pytest.mark.parametrize(
    ("decision", "wrong"),
    [
        (Decision.STAYS_WITH_SOCIAL_WORK, "RC7"),
        (Decision.TRANSFER, "RC8"),
        (Decision.TRANSFER, "RC5"),
        (Decision.TRANSFER, "RC2"),
        (Decision.UNIVERSAL_ONLY, "RC9"),
        (Decision.UNIVERSAL_ONLY, "RC6"),
        (Decision.NO_FURTHER_SUPPORT, "RC9"),
        (Decision.NO_FURTHER_SUPPORT, "RC5"),
        (Decision.MOVED_AWAY, "RC8"),
        (Decision.MOVED_AWAY, "RC2"),
    ],
)
def test_a_reason_that_does_not_go_with_the_decision_is_refused(decision: Decision, wrong: str) -> None:
    with pytest.raises(ValidationError, match="closure_reason"):
        child_decision(CHILD, decision, closure_reason=wrong)


def test_who_went_abroad_is_not_with_another_authority() -> None:
    with pytest.raises(ValidationError, match="closure_reason"):
        child_decision(CHILD, Decision.MOVED_AWAY, moved=ABROAD, closure_reason=ClosureReason.ANOTHER_AUTHORITY)


@pytest.mark.parametrize("how", [HowPlanEnded.DIED, HowPlanEnded.TURNED_18])
@pytest.mark.parametrize("reason", [None, "RC4"])
def test_of_who_died_or_turned_18_the_reason_is_said_by_a_person(how: HowPlanEnded, reason: str | None) -> None:
    end = ended_without(how).plan_ended
    with pytest.raises(ValidationError, match="closure_reason"):
        child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, plan_ended=end, closure_reason=reason)


def test_nothing_is_written_of_a_child_who_died_whatever_the_route() -> None:
    died = child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, closure_reason="RC2", address_known=None)
    said = refused(record(facts(), decided_as(died)), letters())
    assert (said.field, said.clause) == ("letters.0", "SD-33")


def test_a_council_may_let_people_choose() -> None:
    said = refused(a_person_chooses(), decided_as(child_decision(CHILD, Decision.NO_FURTHER_SUPPORT)))
    assert (said.field, said.clause) == ("children.0.closure_reason", "SD-40")


def shown(now: StepDownFacts) -> str:
    return next(state.words for state in status(now).children[0].states if state.name == "closure_reason")


def test_the_reason_is_shown_in_plain_words_to_who_authorises_it() -> None:
    now = record(facts(), decided_as(child_decision(CHILD, Decision.NO_FURTHER_SUPPORT), actor=SOCIAL_WORKER))
    assert shown(now) == "closed after the assessment, no further action (RC8)"
    assert shown(facts()) == "-"
    assert shown(holding(now, NOT_SAID)) == "not known yet"


@pytest.mark.parametrize(
    "said",
    [
        child_decision(CHILD, Decision.MOVED_AWAY),
        child_decision(CHILD, Decision.MOVED_AWAY, moved=ABROAD),
        child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, closure_reason=ClosureReason.SPECIAL_GUARDIANSHIP),
    ],
    ids=["another council", "abroad", "an order"],
)
def test_orders_and_where_a_child_went_are_for_few(said: ChildDecision) -> None:
    step = decided_as(said)
    now = record(facts(), step)
    assert step.privacy == "restricted"
    assert shown(now) == "for few to read, with `transfers show --in-mosaic`"
    reason = order(now)
    assert all(word not in status(now).model_dump_json() for word in (reason.value, reason.words))
    assert in_mosaic(now).children[0].closure_reason is reason
    assert closures(now) == (close_child(CHILD),)


def test_the_comparison_is_told_the_reason_that_was_handed_over_and_none_that_few_may_read() -> None:
    now = facts_after(decided_as(child_decision(CHILD, Decision.TRANSFER)), before=facts_before(RecordDecisions))
    assert closed_for(now) == (ClosedFor(child=CHILD, reason=ClosureReason.ASSESSED_EARLY_HELP),)
    later = EffectResult(
        effect=now.child(CHILD).look.model_copy(update={"time": 9}),
        ended=Ended.DONE,
        evidence="seen",
        at=NOW + timedelta(days=1),
        records={CHILD: beside(Involvement.SECTION_47)},
    )
    assert closed_for(now.having(effects=(*now.effects, later))) == closed_for(now), (
        "what is seen since changes nothing"
    )
    of_few = child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, closure_reason=ClosureReason.SPECIAL_GUARDIANSHIP)
    assert closed_for(facts_after(decided_as(of_few), before=facts_before(RecordDecisions))) == ()
    by_hand = now.having(
        effects=tuple(
            one.model_copy(update={"ended": Ended.BY_HAND}) if one.effect == close_child(CHILD) else one
            for one in now.effects
        )
    )
    assert closed_for(by_hand) == ()
