"""What Mosaic holds of a child keeps it open, whatever was decided; nobody is closed on old knowledge."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.attention import KEPT_OPEN
from models.effects import Effect, EffectResult, Ended
from models.journey.recording import record_result
from models.kinds import EffectKind
from models.mosaic import ChildRecord, Conference, LegalStatus, OpenPlan
from models.plans import PlanOutcome
from models.step_down.effects import closures, looks
from models.step_down.facts import StepDownFacts
from models.step_down.held import KEEPS_OPEN, STAYS_OPEN, Question
from models.step_down.in_mosaic import in_mosaic
from models.step_down.interlock import to_close
from models.step_down.looks import asked_about
from models.step_down.stage import Stage
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.final_meeting import MeetingOutcome
from tests.builders import (
    CHAIR,
    CHILD,
    NOW,
    SIBLING,
    SOCIAL_WORKER,
    at_meeting,
    authorised,
    begin,
    child_decision,
    close_child,
    decided,
    decided_as,
    facts,
    facts_before,
    in_child_protection,
    intent,
    meeting,
    record,
    result,
    taken,
)
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.step_down import next_steps, record_step, refusal, stage, status
from workflows.step_down.orders import ORDERS

TODAY = NOW.date()
CLOSING_DECISIONS = [decision for decision in Decision if decision.closes]
NO_SUPPORT = decided({CHILD: Decision.NO_FURTHER_SUPPORT})
PLAN_SINCE = TODAY - timedelta(days=90)
ON_A_PLAN = {"open_plan": OpenPlan.CHILD_PROTECTION, "plan_since": PLAN_SINCE}


def holding(**says: object) -> ChildRecord:
    return NOTHING_KEEPS_OPEN.model_copy(update=says)


def conference(outcome: PlanOutcome = PlanOutcome.ENDS, held_on: date = TODAY, *, confirmed: bool = True) -> Conference:
    return Conference(held_on=held_on, outcome=outcome, confirmed=confirmed)


def seen(now: StepDownFacts, says: ChildRecord, child: str = CHILD) -> StepDownFacts:
    """Mosaic answers the look that is due about the child."""
    look = now.child(child).look
    at = NOW + timedelta(seconds=look.number or 0)
    answer = result(look).model_copy(update={"records": {child: says}, "at": at})
    return record_result(begin(now, look), answer)


def unsure(now: StepDownFacts) -> StepDownFacts:
    """As if Mosaic had not said everything of the child as the transfer opened."""
    return at_first(now, {CHILD: holding(proceedings=None)})


def at_first(now: StepDownFacts, found: dict[str, ChildRecord]) -> StepDownFacts:
    """As if this had been found as the transfer opened."""
    return now.having(effects=tuple(one.model_copy(update={"records": found}) for one in now.effects))


SOON = NOW + timedelta(hours=1)


def by_social_worker() -> RecordDecisions:
    return decided({CHILD: Decision.NO_FURTHER_SUPPORT}, step_id="d1", actor=SOCIAL_WORKER)


def said(now: StepDownFacts, decision: Decision = Decision.NO_FURTHER_SUPPORT, step_id: str = "d1") -> StepDownFacts:
    """It was decided, and Mosaic has not answered since."""
    return record_step(now, decided({CHILD: decision}, step_id=step_id), NOW)


HELD = {
    "an enquiry": ({"open_enquiry": True}, "SD-19b"),
    "proceedings": ({"proceedings": True}, "SD-19b"),
    **{status.value: ({"legal_statuses": (status,)}, "SD-19b") for status in LegalStatus},
    "an assessment that is not authorised": ({"assessment_authorised": False}, "SD-19b"),
    "a Child Protection plan": (ON_A_PLAN, "SD-19a"),
}


@pytest.mark.parametrize(
    "says", [pytest.param(says, id=name, marks=pytest.mark.clause(clause)) for name, (says, clause) in HELD.items()]
)
def test_a_child_is_not_closed_for_what_mosaic_holds_of_it(says: dict[str, object]) -> None:
    now = seen(said(unsure(facts())), holding(**says))
    assert closures(now) == ()
    assert now.child(CHILD).decision is None, "a person decides anew"
    assert [(item.problem, item.child) for item in now.open_attention] == [(KEPT_OPEN, CHILD)]
    assert closures(seen(said(unsure(facts())), NOTHING_KEEPS_OPEN)) == (close_child(CHILD),)


def test_every_reason_is_tried_alone() -> None:
    alone = [[reason for reason in KEEPS_OPEN if reason.holds(holding(**says))] for says, _ in HELD.values()]
    assert {len(found) for found in alone[:-1]} == {1}
    assert {reason for found in alone for reason in found} == {*KEEPS_OPEN}


@pytest.mark.clause("SD-19b")
@pytest.mark.parametrize("decision", CLOSING_DECISIONS)
def test_of_whom_something_was_found_nobody_closes_until_mosaic_was_looked_at_since(decision: Decision) -> None:
    before = said(unsure(facts_before(type(NO_SUPPORT))), decision)
    assert before.child(CHILD).look.number == 2
    assert closures(before) == ()
    assert before.child(CHILD).look in looks(before)
    assert closures(seen(before, NOTHING_KEEPS_OPEN)) == (close_child(CHILD),)


@pytest.mark.clause("SD-19b")
@pytest.mark.parametrize("decision", CLOSING_DECISIONS)
def test_of_whom_nothing_was_found_mosaic_is_asked_again_only_by_the_closing_itself(decision: Decision) -> None:
    now = said(facts_before(type(NO_SUPPORT)), decision)
    assert looks(now) == (Effect(kind=EffectKind.LOOK_AT_CHILDREN, number=1),)
    assert closures(now) == (close_child(CHILD),)


@pytest.mark.clause("SD-19b")
def test_a_child_whose_closing_is_decided_once_more_is_looked_at_anew() -> None:
    twice = said(said(facts()), step_id="d2")
    assert twice.child(CHILD).look.number == 3
    assert closures(twice) == ()
    assert closures(seen(twice, NOTHING_KEEPS_OPEN)) == (close_child(CHILD),)


@pytest.mark.clause("SD-19b")
def test_nobody_is_closed_while_the_first_look_is_under_way() -> None:
    opened = facts()
    assert closures(said(opened.having(effects=()))) == ()
    assert closures(said(opened)) == (close_child(CHILD),)


@pytest.mark.clause("SD-19b")
def test_a_look_for_one_child_asks_nothing_about_a_sibling_of_whom_nothing_was_found() -> None:
    both = decided({CHILD: Decision.NO_FURTHER_SUPPORT, SIBLING: Decision.NO_FURTHER_SUPPORT})
    found = {CHILD: holding(proceedings=None), SIBLING: NOTHING_KEEPS_OPEN}
    now = record_step(at_first(facts(CHILD, SIBLING), found), both, NOW)
    look = now.child(CHILD).look
    assert ORDERS.effects[look.kind].order(now, intent(look)).child_refs == (CHILD,)
    assert closures(now) == (close_child(SIBLING),)


@pytest.mark.clause("SD-19b")
@pytest.mark.parametrize("decision", CLOSING_DECISIONS)
def test_no_decision_closes_a_child_whom_mosaic_keeps_open(decision: Decision) -> None:
    now = seen(said(unsure(facts_before(type(NO_SUPPORT))), decision), holding(open_enquiry=True))
    assert to_close(now) == ()
    assert not now.all_decided


@pytest.mark.clause("SD-19b")
def test_who_stays_with_social_work_is_not_asked_about_again() -> None:
    now = said(facts(), Decision.STAYS_WITH_SOCIAL_WORK)
    assert now.child(CHILD).look.number == 1
    assert now.child(CHILD).decision is not None


@pytest.mark.clause("SD-19b")
def test_when_it_is_over_there_the_child_is_decided_anew_and_looked_at_once_more() -> None:
    kept = seen(said(unsure(facts())), holding(open_enquiry=True))
    again = said(kept, step_id="d2")
    assert closures(again) == ()
    assert again.open_attention == (), "it was decided anew"
    over = seen(again, NOTHING_KEEPS_OPEN)
    assert closures(over) == (close_child(CHILD),)


@pytest.mark.clause("SD-19b")
def test_what_one_child_is_kept_open_for_holds_up_no_sibling() -> None:
    both = decided({CHILD: Decision.NO_FURTHER_SUPPORT, SIBLING: Decision.NO_FURTHER_SUPPORT})
    now = record_step(at_first(facts(CHILD, SIBLING), dict.fromkeys((CHILD, SIBLING), ChildRecord())), both, NOW)
    now = seen_both(now, {CHILD: holding(proceedings=True), SIBLING: NOTHING_KEEPS_OPEN})
    assert closures(now) == (close_child(SIBLING),)


@pytest.mark.clause("SD-19b")
def test_what_is_seen_right_before_the_closing_stops_it_and_a_person_decides() -> None:
    closing = close_child(CHILD)
    now = begin(seen(said(unsure(facts())), NOTHING_KEEPS_OPEN), closing)
    stopped = EffectResult(
        effect=closing,
        ended=Ended.STOPPED,
        evidence="seen",
        at=NOW + timedelta(hours=1),
        records={CHILD: holding(open_enquiry=True)},
    )
    after = record_result(now, stopped)
    assert closures(after) == ()
    assert [item.problem for item in after.open_attention] == [KEPT_OPEN]
    assert not after.all_decided


@pytest.mark.clause("SD-19b")
@pytest.mark.parametrize("question", Question)
def test_what_mosaic_does_not_say_is_never_taken_for_a_no(question: Question) -> None:
    silent = holding(**{question.value: None})
    assert closures(seen(said(unsure(facts())), silent)) == ()


@pytest.mark.clause("SD-19b")
def test_a_look_that_a_person_made_by_hand_says_nothing_of_what_was_not_known() -> None:
    before = said(unsure(facts()))
    look = before.child(CHILD).look
    by_hand = result(look, Ended.BY_HAND).model_copy(update={"at": NOW + timedelta(seconds=9)})
    now = record_result(begin(before, look), by_hand)
    assert closures(now) == ()
    assert now.child(CHILD).unsaid() == tuple(Question)


@pytest.mark.clause("SD-19b")
@pytest.mark.parametrize("reason", [reason.words for reason in KEEPS_OPEN])
def test_the_status_that_everybody_reads_does_not_say_what_keeps_the_child_open(reason: str) -> None:
    everything = holding(
        open_enquiry=True, proceedings=True, legal_statuses=tuple(LegalStatus), assessment_authorised=False, **ON_A_PLAN
    )
    now = seen(said(unsure(facts())), everything)
    assert reason not in status(now).model_dump_json()
    assert now.child(CHILD).kept_open(decided({CHILD: Decision.UNIVERSAL_ONLY}).children[0])
    assert now.effects[-1].privacy == "restricted"


PLAN_ENDS = MeetingOutcome.AGREED


@pytest.mark.clause("SD-19a")
@pytest.mark.parametrize("outcome", PlanOutcome)
def test_a_conference_in_mosaic_counts_where_it_ends_the_plan_of_this_child(outcome: PlanOutcome) -> None:
    now = seen(said(unsure(facts())), holding(**ON_A_PLAN, conference=conference(outcome)))
    assert bool(closures(now)) is (outcome is PlanOutcome.ENDS)


@pytest.mark.clause("SD-19a")
@pytest.mark.parametrize("since", [None, TODAY], ids=["not said", "since that conference"])
def test_a_conference_about_an_earlier_plan_does_not_end_the_one_that_is_open(since: date | None) -> None:
    earlier = conference(held_on=TODAY - timedelta(days=1))
    open_now = {"open_plan": OpenPlan.CHILD_PROTECTION, "plan_since": since}
    assert closures(seen(said(unsure(facts())), holding(**open_now, conference=earlier))) == ()


@pytest.mark.clause("SD-19a")
def test_what_its_chair_has_not_confirmed_ends_no_plan() -> None:
    now = seen(said(unsure(facts())), holding(**ON_A_PLAN, conference=conference(confirmed=False)))
    assert closures(now) == ()


@pytest.mark.clause("SD-19a")
def test_a_conference_that_mosaic_holds_is_not_asked_for_here() -> None:
    opened = in_child_protection()
    assert refusal(opened, NO_SUPPORT, NOW) is not None
    known = record_result(opened, _look_again(opened, holding(**ON_A_PLAN, conference=conference())))
    assert refusal(known, NO_SUPPORT, NOW) is None


def _look_again(now: StepDownFacts, says: ChildRecord) -> EffectResult:
    return result(now.child(CHILD).look).model_copy(update={"records": {CHILD: says}, "at": NOW})


@pytest.mark.clause("SD-19a")
@pytest.mark.parametrize(
    ("there", "closes"),
    [
        (conference(PlanOutcome.GOES_ON, TODAY - timedelta(days=90)), True),
        (conference(PlanOutcome.GOES_ON, TODAY), False),
        (conference(PlanOutcome.GOES_ON, TODAY + timedelta(days=1), confirmed=False), False),
        (conference(PlanOutcome.ENDS, TODAY, confirmed=False), True),
        (conference(PlanOutcome.ENDS, TODAY + timedelta(days=1), confirmed=False), False),
    ],
    ids=["an earlier one", "of the same day", "a later one", "the same, not confirmed there", "a later, unconfirmed"],
)
def test_of_two_conferences_the_newer_counts_and_of_one_day_both_must_end_it(there: Conference, closes: bool) -> None:
    held = in_child_protection().having(steps=(taken(meeting(at_meeting(CHILD, PLAN_ENDS), actor=CHAIR)),))
    now = seen(said(unsure(held)), holding(**ON_A_PLAN, conference=there))
    assert bool(closures(now)) is closes


@pytest.mark.clause("SD-19a")
def test_the_review_of_another_plan_ends_no_child_protection_plan() -> None:
    on_child_in_need = in_child_protection()
    plan_type = {"plan_type": "child_in_need"}
    asked = on_child_in_need.request.model_copy(update=plan_type)
    held = on_child_in_need.having(request=asked, steps=(taken(meeting(at_meeting(CHILD, PLAN_ENDS), actor=CHAIR)),))
    assert closures(seen(said(unsure(held)), holding(**ON_A_PLAN))) == ()


CONFERENCES = st.none() | st.builds(
    Conference,
    held_on=st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3)),
    outcome=st.sampled_from(PlanOutcome),
    confirmed=st.booleans(),
)
RECORDS = st.builds(
    ChildRecord,
    open_plan=st.none() | st.sampled_from(OpenPlan),
    plan_since=st.none() | st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3)),
    conference=CONFERENCES,
    open_enquiry=st.none() | st.booleans(),
    proceedings=st.just(False),
    legal_statuses=st.none() | st.just(()) | st.tuples(st.sampled_from(LegalStatus)),
    assessment_authorised=st.just(True),
)


@pytest.mark.clause("SD-19a")
@given(
    protected=st.booleans(),
    here=st.none() | st.sampled_from(MeetingOutcome),
    records=st.lists(RECORDS, max_size=3),
    decision=st.sampled_from([Decision.UNIVERSAL_ONLY, Decision.NO_FURTHER_SUPPORT]),
)
def test_no_child_on_a_plan_is_closed_without_what_ends_the_plan(
    protected: bool, here: MeetingOutcome | None, records: list[ChildRecord], decision: Decision
) -> None:
    now = in_child_protection() if protected else facts()
    if here is not None and protected:
        now = now.having(steps=(taken(meeting(at_meeting(CHILD, here), actor=CHAIR)),))
    for number, says in enumerate(records):
        now = seen(said(now, decision, f"d{number}"), says)
    if close_child(CHILD) not in closures(now):
        return
    last = records[-1]
    there = last.conference
    ends_there = there is not None and there.confirmed and there.outcome is PlanOutcome.ENDS
    ends_here = here in {MeetingOutcome.AGREED, MeetingOutcome.UNIVERSAL_SERVICES} and protected
    if last.open_plan is OpenPlan.CHILD_PROTECTION and ends_there:
        ends_there = last.plan_since is not None and last.plan_since <= there.held_on
    on_a_plan = protected or last.open_plan is OpenPlan.CHILD_PROTECTION
    assert not on_a_plan or ends_there or ends_here
    assert last.open_enquiry is False
    assert last.legal_statuses == ()


@pytest.mark.clause("SD-19b")
def test_the_manager_says_what_mosaic_does_not_before_the_child_is_closed() -> None:
    before = seen(facts_before(type(NO_SUPPORT)), holding(proceedings=None))
    waits = seen(record_step(before, by_social_worker(), NOW), holding(proceedings=None))
    refused = refusal(waits, authorised("d1"), NOW)
    assert refused is not None
    assert (refused.clause, refused.field) == ("SD-19b", "because")
    assert closures(waits) == ()
    answered = record(waits, authorised("d1", because="No proceedings: asked of the legal team today"), SOON)
    assert closures(answered) == (close_child(CHILD),)


@pytest.mark.clause("SD-19b")
@pytest.mark.parametrize("word", [None, "No proceedings: asked of the legal team today"])
def test_a_managers_reason_for_closing_says_nothing_of_what_mosaic_does_not_say(word: str | None) -> None:
    before = seen(facts_before(type(NO_SUPPORT)), holding(proceedings=None))
    own = decided({CHILD: Decision.NO_FURTHER_SUPPORT}, step_id="d1", of_what_mosaic_does_not_say=word)
    now = seen(record_step(before, own, SOON), holding(proceedings=None))
    assert bool(closures(now)) is (word is not None)


@pytest.mark.clause("SD-19b")
def test_a_word_that_was_given_before_anybody_knew_what_mosaic_does_not_say_answers_nothing() -> None:
    before = seen(facts_before(type(NO_SUPPORT)), NOTHING_KEEPS_OPEN)
    decided_ = record_step(before, by_social_worker(), NOW)
    early = record_step(decided_, authorised("d1", because="agreed"), NOW)
    now = seen(early, holding(proceedings=None))
    assert closures(now) == ()
    assert stage(now) is Stage.DECISION
    asked = [need.step for need in next_steps(now)]
    assert asked == ["authorise"]
    again = authorised("d1", because="No proceedings", step_id="again", corrects="authorise")
    assert closures(record(now, again, SOON)) == (close_child(CHILD),)


@pytest.mark.clause("SD-19b")
def test_whoever_decides_a_child_whom_mosaic_kept_open_is_told_so_at_once() -> None:
    kept = seen(facts(), holding(open_enquiry=True))
    told = record_step(kept, NO_SUPPORT, NOW).receipts[-1].note
    assert told is not None
    assert told.startswith(f"When Mosaic was last looked at, it held something that keeps the case of {CHILD} open")
    assert record_step(facts(), NO_SUPPORT, NOW).receipts[-1].note is None


@pytest.mark.clause("SD-19b")
@pytest.mark.clause("SD-23a")
def test_who_decides_a_lost_child_and_one_whom_mosaic_kept_open_is_told_of_both() -> None:
    lost = (child_decision(ref, Decision.STAYS_WITH_SOCIAL_WORK, address_known=False) for ref in (CHILD, SIBLING))
    closes = child_decision("child-c", Decision.NO_FURTHER_SUPPORT)
    kept = at_first(facts(CHILD, SIBLING, "child-c"), {"child-c": holding(open_enquiry=True)})
    told = record_step(kept, decided_as(*lost, closes), NOW).receipts[-1].note or ""
    assert told.startswith(f"It is not known where {CHILD} and {SIBLING} live: follow the missing-family procedure")
    assert "it held something that keeps the case of child-c open" in told


@pytest.mark.clause("SD-19b")
def test_the_few_who_may_see_what_keeps_a_child_open_and_what_mosaic_does_not_say() -> None:
    now = seen(said(unsure(facts())), holding(open_enquiry=True, proceedings=None, agencies=("Hill School",)))
    answer = in_mosaic(now)
    assert answer.privacy == "restricted"
    (child,) = answer.children
    assert child.keeps_open == ("A strategy discussion or a section 47 enquiry is open.",)
    assert child.does_not_say == ("whether there are pre-proceedings or proceedings",)
    assert child.record is not None
    assert child.record.agencies == ("Hill School",)


@pytest.mark.clause("SD-19b")
@pytest.mark.clause("SD-23b")
def test_the_receipt_of_the_managers_act_says_what_still_keeps_the_child_open() -> None:
    def told(before: StepDownFacts) -> str:
        return record(before, authorised("d1", because="No proceedings"), SOON).receipts[-1].note or ""

    decided_before = record_step(unsure(facts()), by_social_worker(), NOW)
    assert "Mosaic has not been asked yet what it holds about this child" in told(decided_before)
    found = at_first(facts(), {CHILD: holding(open_enquiry=True)})
    kept = record_step(found, by_social_worker(), NOW)
    assert f"it held something that keeps the case of {CHILD} open" in told(kept)
    assert told(seen(decided_before, NOTHING_KEEPS_OPEN)) == ""


@pytest.mark.clause("SD-23b")
def test_of_two_children_the_receipt_says_which_one_mosaic_keeps_open() -> None:
    both = decided(
        {CHILD: Decision.NO_FURTHER_SUPPORT, SIBLING: Decision.NO_FURTHER_SUPPORT}, step_id="d1", actor=SOCIAL_WORKER
    )
    now = record_step(facts(CHILD, SIBLING), both, NOW)
    now = seen_both(now, {CHILD: holding(open_enquiry=True), SIBLING: NOTHING_KEEPS_OPEN})
    note = record(now, authorised("d1", because="No proceedings"), SOON).receipts[-1].note
    assert note == f"Authorised. What still has to come before the child's case is closed: {CHILD}: {STAYS_OPEN}"


def seen_both(now: StepDownFacts, says: dict[str, ChildRecord]) -> StepDownFacts:
    look = now.child(CHILD).look
    return record_result(begin(now, look), result(look).model_copy(update={"records": says, "at": NOW}))


def read_of(now: StepDownFacts, *children: str) -> StepDownFacts:
    """The look that is due comes back with the records of these children alone."""
    [look] = [effect for effect in looks(now) if not now.ended(effect)]
    seen = result(look).model_copy(update={"records": dict.fromkeys(children, NOTHING_KEEPS_OPEN)})
    return record_result(begin(now, look), seen)


@pytest.mark.clause("SD-19b")
def test_a_child_of_whom_nothing_could_be_read_is_asked_about_alone_and_holds_up_no_sibling() -> None:
    before = facts_before(RecordDecisions, CHILD, SIBLING)
    unread = before.having(effects=tuple(one for one in before.effects if not one.records))
    first = read_of(unread, SIBLING)
    again = first.child(CHILD).look
    assert (again.time, asked_about(first, again)) == (2, (CHILD,))
    assert first.child(SIBLING).look.time == 1
    stops = {CHILD: Decision.NO_FURTHER_SUPPORT, SIBLING: Decision.NO_FURTHER_SUPPORT}
    now = record_step(first, decided(stops), NOW)
    assert [child.ref for child in to_close(now)] == [SIBLING]
    assert now.child(CHILD).look == again, "a decision asks nobody anew, as long as it was never answered"
    found = read_of(now, CHILD)
    assert [child.ref for child in to_close(found)] == [CHILD, SIBLING]


@pytest.mark.clause("SD-19b")
def test_of_two_children_who_were_not_found_the_one_who_is_waits_no_longer_for_the_other() -> None:
    third = "child-c"
    before = facts_before(RecordDecisions, CHILD, SIBLING, third)
    unread = before.having(effects=tuple(one for one in before.effects if not one.records))
    one_more = read_of(read_of(unread, SIBLING), third)
    assert [one_more.child(ref).look.time for ref in (CHILD, SIBLING, third)] == [3, 1, 2]
    assert asked_about(one_more, one_more.child(CHILD).look) == (CHILD,)
