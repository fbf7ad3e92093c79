"""A Child Protection plan that ended without a conference here: the conference manager confirms it, alone (SD-19a)."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.journey.steps import SpokenTo
from models.mosaic import Conference
from models.plans import PlanOutcome
from models.step_down.effects import closures
from models.step_down.effects import letters as letters_wanted
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Outcome
from models.step_down.steps.acts import ConfirmMeeting
from models.step_down.steps.decision import ChildDecision, Decision, RecordDecisions
from models.step_down.steps.endings import HowPlanEnded
from models.step_down.steps.final_meeting import ChildAtMeeting, MeetingOutcome, RecordFinalMeeting
from models.step_down.telling import telling
from models.vocabulary import Role
from tests.builders import (
    CHAIR,
    CHILD,
    CONFERENCE_MANAGER,
    MANAGER,
    NOW,
    SOCIAL_WORKER,
    THEN,
    at_meeting,
    authorised,
    born,
    child_decision,
    close_child,
    conference,
    confirmation,
    decided,
    decided_as,
    ended_without,
    facts_after,
    facts_before,
    family_record,
    harm_report,
    in_child_protection,
    let_machine_work,
    letter,
    letters,
    no_letter,
    on_a_plan,
    plan_before,
    record,
    refused,
    result,
)
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.step_down import next_steps, outcome, refusal

OF_AGE_SINCE = date(2008, 2, 1)


def without_conference(said: ChildDecision, born_on: date = OF_AGE_SINCE) -> StepDownFacts:
    """Out of Child Protection; the social worker decides, and the manager has authorised it."""
    before = record(in_child_protection(), family_record(children=(born(CHILD, born_on=born_on),)))
    return record(record(before, decided_as(said, actor=SOCIAL_WORKER)), authorised())


@pytest.mark.clause("SD-19a")
@pytest.mark.parametrize("how", HowPlanEnded)
def test_the_conference_manager_alone_confirms_that_a_plan_ended_without_a_conference(how: HowPlanEnded) -> None:
    now = without_conference(ended_without(how))
    assert closures(now) == (), "the manager's act is not enough"
    told = now.receipts[-1].note or ""
    assert "The conference manager has not confirmed that the plan of this child ended" in told
    assert (Role.CONFERENCE_MANAGER, "confirm_meeting") in [(need.who, need.step) for need in next_steps(now)]
    for nobody in (CHAIR, MANAGER):
        assert refused(now, confirmation("record_decisions", by=nobody)).field == "actor"
    assert closures(record(now, confirmation("record_decisions", by=CONFERENCE_MANAGER))) == (close_child(CHILD),)


@pytest.mark.clause("SD-19a")
def test_what_the_conference_manager_confirmed_is_void_where_the_child_is_decided_anew() -> None:
    now = record(without_conference(ended_without()), confirmation("record_decisions", by=CONFERENCE_MANAGER))
    anew = record(now, decided_as(ended_without(HowPlanEnded.TURNED_18), step_id="anew", corrects="record_decisions"))
    assert closures(anew) == ()
    said = refused(anew, confirmation("record_decisions", by=CONFERENCE_MANAGER, step_id="again"))
    assert said.reason.startswith("Nothing recorded there is waiting")


NO = {"by": CONFERENCE_MANAGER, "granted": False, "because": "The move abroad is for a summer"}


@pytest.mark.clause("SD-19a")
def test_where_the_conference_manager_says_no_the_plan_goes_on_and_the_social_worker_is_told() -> None:
    now = record(without_conference(ended_without()), confirmation("record_decisions", **NO))
    assert closures(now) == ()
    assert now.child(CHILD).decision is None
    assert now.child(CHILD).plan_here(None).ended_without is None
    assert [(item.problem, item.child, item.who) for item in now.open_attention] == [
        ("plan_goes_on", CHILD, Role.SOCIAL_WORKER)
    ]
    assert "authorise" not in [need.step for need in next_steps(now)]
    stays = record(now, decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}, step_id="anew"))
    assert stays.open_attention == ()
    with pytest.raises(ValidationError, match="because: say why it is not confirmed"):
        confirmation("record_decisions", **{**NO, "because": None})


@pytest.mark.clause("SD-19a")
def test_the_manager_is_not_asked_to_close_a_child_whose_plan_goes_on() -> None:
    before = record(in_child_protection(), family_record(children=(born(CHILD, born_on=OF_AGE_SINCE),)))
    waits = record(before, decided_as(ended_without(), actor=SOCIAL_WORKER))
    assert "authorise" in [need.step for need in next_steps(waits)]
    now = record(waits, confirmation("record_decisions", **NO))
    assert "authorise" not in [need.step for need in next_steps(now)]
    assert refused(now, authorised()).field == "of"


@pytest.mark.clause("SD-19a")
def test_the_conference_manager_may_think_again_as_long_as_nothing_is_closed() -> None:
    waits = without_conference(ended_without())
    no = record(waits, confirmation("record_decisions", **NO))
    yes = confirmation("record_decisions", by=CONFERENCE_MANAGER, step_id="yes")
    assert refused(no, yes).may_correct == "confirm_meeting"
    assert closures(record(no, yes.model_copy(update={"corrects": "confirm_meeting"}))) == (close_child(CHILD),)
    closed = let_machine_work(record(waits, confirmation("record_decisions", by=CONFERENCE_MANAGER)))
    late = record(closed, confirmation("record_decisions", **NO, step_id="late", corrects="confirm_meeting"))
    assert late.steps[-1].late
    assert [item.problem for item in late.open_attention] == ["late_correction"]


@pytest.mark.clause("SD-23b")
def test_a_chair_who_finds_a_record_wrong_records_the_meeting_as_it_was() -> None:
    typed = _in_conference(actor=SOCIAL_WORKER)
    said = refused(typed, confirmation(granted=False, because="It was adjourned"))
    assert (said.field, said.clause) == ("granted", "SD-23b")
    right = _said_anew(typed, at_meeting(CHILD, MeetingOutcome.ADJOURNED, PlanOutcome.ADJOURNED))
    assert "schedule_final_meeting" in [need.step for need in next_steps(right)]


def _said_anew(before: StepDownFacts, said: ChildAtMeeting) -> StepDownFacts:
    return record(before, conference(said, step_id="right", corrects="record_final_meeting"))


@pytest.mark.clause("SD-19a")
def test_the_conference_manager_does_not_confirm_a_conference() -> None:
    typed = _in_conference(actor=SOCIAL_WORKER)
    assert refused(typed, confirmation(by=CONFERENCE_MANAGER)).clause == "SD-23b"


@pytest.mark.clause("SD-19a")
def test_a_conference_that_was_held_since_outweighs_an_end_without_one() -> None:
    goes_on = at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.GOES_ON)
    before = _in_conference(goes_on)
    day_before = NOW.date() - timedelta(days=1)
    for how in HowPlanEnded:
        assert refused(before, decided_as(ended_without(how, day_before))).clause in {"SD-19", "SD-19a"}
    assert closures(record(record(before, decided_as(ended_without())), _end_confirmed())) == (close_child(CHILD),)


@pytest.mark.clause("SD-19a")
def test_no_end_without_a_conference_counts_against_which_one_spoke_since() -> None:
    day_before = NOW.date() - timedelta(days=1)
    now = record(without_conference(ended_without(HowPlanEnded.LEFT_UK, day_before)), _end_confirmed())
    assert closures(now) == (close_child(CHILD),)
    later = conference(at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.GOES_ON))
    assert closures(record(now, later)) == ()


@pytest.mark.clause("SD-19a")
def test_a_child_turns_18_on_the_day_and_not_before() -> None:
    for born_on, is_18 in ((date(2008, 3, 2), True), (date(2008, 3, 3), False)):
        before = record(in_child_protection(), family_record(children=(born(CHILD, born_on=born_on),)))
        said = refusal(before, decided_as(ended_without(HowPlanEnded.TURNED_18)), NOW)
        assert (said is None) is is_18


@pytest.mark.clause("SD-19a")
@pytest.mark.parametrize(
    ("how", "decision"),
    [
        (HowPlanEnded.DIED, Decision.UNIVERSAL_ONLY),
        (HowPlanEnded.TURNED_18, Decision.TRANSFER),
        (HowPlanEnded.LEFT_UK, Decision.NO_FURTHER_SUPPORT),
        (HowPlanEnded.LEFT_UK, Decision.MOVED_AWAY),
    ],
)
def test_how_a_plan_ended_and_what_was_decided_do_not_contradict(how: HowPlanEnded, decision: Decision) -> None:
    """Who moved is in another council's area here, and not abroad."""
    with pytest.raises(ValidationError, match=r"plan_ended: .*SD-19a"):
        child_decision(CHILD, decision, plan_ended={"how": how, "ended_on": NOW.date()})


@pytest.mark.clause("SD-19a")
def test_no_plan_is_to_have_ended_without_a_conference_on_a_day_to_come() -> None:
    with pytest.raises(ValidationError, match=r"plan_ended: .*future"):
        decided_as(ended_without(on=NOW.date() + timedelta(days=1)))


def _end_confirmed() -> ConfirmMeeting:
    return confirmation("record_decisions", by=CONFERENCE_MANAGER)


def _in_conference(*said: ChildAtMeeting, **changes: Any) -> StepDownFacts:
    before = plan_before(RecordFinalMeeting, before=in_child_protection())
    return facts_after(conference(*said, **changes), before=before)


@pytest.mark.clause("SD-33")
def test_nobody_is_written_to_about_a_child_who_has_died() -> None:
    now = record(without_conference(ended_without()), _end_confirmed())
    assert refused(now, letters()).reason.startswith("The system writes to nobody about a child who has died")
    assert refusal(now, letters(no_letter()), NOW) is None


@pytest.mark.clause("SD-33")
def test_a_letter_that_was_approved_before_a_child_died_does_not_leave() -> None:
    now = record(facts_before(RecordDecisions), decided({CHILD: Decision.NO_FURTHER_SUPPORT}))
    now = record(now, letters())
    assert letters_wanted(now)
    died = decided_as(ended_without(), step_id="died", corrects="record_decisions")
    assert not letters_wanted(record(now, died))


@pytest.mark.clause("SD-33d")
def test_who_sat_in_a_plan_reads_that_it_ended_where_another_one_follows() -> None:
    steps_down = at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.STEPS_DOWN_TO_CHILD_IN_NEED)
    now = record(_in_conference(steps_down), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}))
    told = telling(now, letter()).children[0]
    assert (told.plan_ended_on, told.decision) == (NOW.date(), Decision.STAYS_WITH_SOCIAL_WORK)


@pytest.mark.clause("SD-23b")
@pytest.mark.clause("SD-33d")
@pytest.mark.parametrize("before", [in_child_protection(), on_a_plan()], ids=["conference", "review"])
def test_that_a_plan_ended_is_told_only_once_who_may_end_it_has_said_so(before: StepDownFacts) -> None:
    steps_down = at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.STEPS_DOWN_TO_CHILD_IN_NEED)
    typed = facts_after(
        conference(steps_down, actor=SOCIAL_WORKER), before=plan_before(RecordFinalMeeting, before=before)
    )
    now = facts_after(decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), before=typed)
    assert telling(now, letter()).children[0].plan_ended_on is None
    said = record(now, confirmation())
    assert telling(said, letter()).children[0].plan_ended_on == NOW.date()


@pytest.mark.clause("SD-33d")
def test_of_a_conference_that_stepped_a_plan_down_no_letter_leaves_before_its_chair_has_confirmed_it() -> None:
    steps_down = at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.STEPS_DOWN_TO_CHILD_IN_NEED)
    typed = _in_conference(steps_down, actor=SOCIAL_WORKER)
    now = facts_after(decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters(), before=typed)
    assert letters_wanted(now) == ()
    assert "confirm_meeting" in [need.step for need in next_steps(now)]
    said = facts_after(confirmation(), before=now)
    assert letters_wanted(said) == ()
    assert [need.step for need in next_steps(said)] == ["approve_letters"], "its text is another one now"
    anew = facts_after(letters(step_id="anew", corrects="approve_letters"), before=said)
    assert letters_wanted(anew)


@pytest.mark.clause("SD-33d")
def test_after_a_report_of_harm_no_letter_can_leave_and_so_nothing_waits_for_the_chair() -> None:
    steps_down = at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.STEPS_DOWN_TO_CHILD_IN_NEED)
    typed = _in_conference(steps_down, actor=SOCIAL_WORKER)
    heard = harm_report(spoken_to=SpokenTo(who="the duty worker", at=THEN))
    now = facts_after(heard, decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), before=typed)
    assert "confirm_meeting" not in [need.step for need in next_steps(now)]
    assert outcome(now) is Outcome.ESCALATED


@pytest.mark.clause("SD-33d")
def test_a_plan_that_goes_on_is_told_to_nobody_as_ended() -> None:
    goes_on = at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.GOES_ON)
    now = record(_in_conference(goes_on), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}))
    assert telling(now, letter()).children[0].plan_ended_on is None


@pytest.mark.clause("SD-33d")
@pytest.mark.parametrize("confirmed", [True, False])
def test_a_conference_that_only_mosaic_holds_is_told_with_its_own_day(confirmed: bool) -> None:
    held_on = NOW.date() - timedelta(days=6)
    there = Conference(held_on=held_on, outcome=PlanOutcome.ENDS, confirmed=confirmed)
    before = in_child_protection()
    look = result(before.child(CHILD).look)
    seen = look.model_copy(update={"records": {CHILD: NOTHING_KEEPS_OPEN.model_copy(update={"conference": there})}})
    now = before.having(effects=tuple(seen if one.effect == look.effect else one for one in before.effects))
    decided_ = record(now, decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}))
    assert telling(decided_, letter()).children[0].plan_ended_on == (held_on if confirmed else None)
