"""What closes a child is the team manager's own act, on the very step that it names (SD-23b)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.effects import Effect
from models.journey.details import details
from models.journey.steps import Step
from models.journey.timeline import NAMED_BY_THE_SENDER
from models.kinds import ClockKind, EffectKind
from models.people import Colleague
from models.plans import PlanOutcome
from models.step_down.child_states import child_states
from models.step_down.effects import closures
from models.step_down.facts import StepDownFacts
from models.step_down.interlock import LOCKS
from models.step_down.papers import is_settled
from models.step_down.stage import Stage
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordDecisions
from models.step_down.steps.final_meeting import ChildAtMeeting, MeetingOutcome, RecordFinalMeeting
from models.step_down.steps.sharing import RecordFamilySharing
from models.vocabulary import Actor, Role
from tests.builders import (
    CHAIR,
    CHILD,
    MANAGER,
    NOW,
    SIBLING,
    SOCIAL_WORKER,
    advice,
    at_meeting,
    authorised,
    begin,
    close_child,
    conference,
    confirmation,
    decided,
    decision,
    facts,
    facts_after,
    facts_at,
    facts_before,
    facts_declined_and_talked_about,
    going_on_without,
    harm_report,
    in_child_protection,
    in_directory,
    interim_contact,
    meeting,
    not_authorised,
    plan_before,
    practitioner,
    record,
    refused,
    result,
    waiting_for_the_manager,
    whole_path,
    withdrawal,
)
from tests.colleagues import COLLEAGUES, chair, manager
from tests.step_down import is_late, next_steps, refusal, stage, status

STAYS, NOTHING_MORE = Decision.STAYS_WITH_SOCIAL_WORK, Decision.NO_FURTHER_SUPPORT
MANAGER_OF_THE_FAMILY = Actor(id=SOCIAL_WORKER.id, role=Role.TEAM_MANAGER)


def said(now: StepDownFacts, child: str = CHILD) -> Decision | None:
    found = now.child(child).decision
    return found.decision if found else None


@pytest.mark.clause("SD-23b")
@pytest.mark.parametrize("how", [how for how in Decision if how.closes])
def test_whatever_closes_a_child_waits_for_the_managers_own_act(how: Decision) -> None:
    assert "SD-23b" in [lock.clause for lock in LOCKS[how]]
    before = facts_before(RecordDecisions)
    now = facts_after(decided({CHILD: how}, actor=SOCIAL_WORKER), before=before)
    assert (said(now), stage(now), closures(now)) == (how, Stage.DECISION, ())
    assert [(need.step, need.who) for need in next_steps(now)] == [("authorise", Role.TEAM_MANAGER)]
    assert now.receipts[-1].next_steps == next_steps(now), "the receipt says so"
    assert closures(record(now, authorised())) == (close_child(CHILD),)


@pytest.mark.clause("SD-23b")
def test_what_the_manager_records_themselves_waits_for_nobody() -> None:
    now = record(facts_before(RecordDecisions), decision(actor=MANAGER))
    assert (stage(now), closures(now)) == (Stage.CLOSURE, (close_child(CHILD),))


@pytest.mark.clause("SD-23b")
def test_a_child_who_stays_with_social_work_needs_no_act() -> None:
    now = record(facts_before(RecordDecisions), decided({CHILD: STAYS}, actor=SOCIAL_WORKER))
    assert stage(now) is not Stage.DECISION
    assert refused(now, authorised()).clause == "SD-23b"


@pytest.mark.clause("SD-23b")
def test_where_the_manager_says_no_the_child_is_undecided_again() -> None:
    now = record(waiting_for_the_manager(), not_authorised())
    assert (said(now), stage(now), closures(now)) == (None, Stage.DECISION, ())
    assert [need.step for need in next_steps(now)] == ["record_decisions"]
    anew = record(now, decision(step_id="anew", actor=SOCIAL_WORKER))
    assert [need.step for need in next_steps(anew)] == ["authorise"]
    assert closures(record(anew, authorised("anew", step_id="yes"))) == (close_child(CHILD),)


@pytest.mark.clause("SD-23b")
def test_the_manager_may_authorise_one_child_and_not_the_other() -> None:
    now = waiting_for_the_manager(CHILD, SIBLING)
    now = record(
        record(now, authorised("record_decisions", CHILD)), not_authorised("record_decisions", SIBLING, step_id="no")
    )
    assert (said(now), said(now, SIBLING)) == (Decision.TRANSFER, None)
    assert closures(now) == (close_child(CHILD),)


@pytest.mark.clause("SD-23b")
def test_an_act_is_about_the_step_that_it_names_and_a_correction_voids_it() -> None:
    now = record(waiting_for_the_manager(), authorised())
    anew = decided({CHILD: NOTHING_MORE}, step_id="anew", corrects="record_decisions", actor=SOCIAL_WORKER)
    now = record(now, anew)
    assert closures(now) == ()
    assert [need.step for need in next_steps(now)] == ["authorise"]
    assert refused(now, authorised(step_id="again")).reason.startswith("This has been replaced since")


@pytest.mark.clause("SD-23b")
def test_the_manager_changes_their_mind_by_correcting_what_they_said() -> None:
    now = record(waiting_for_the_manager(), not_authorised())
    assert refused(now, authorised(step_id="yes")).field == "corrects"
    now = record(now, authorised(step_id="yes", corrects="authorise"))
    assert closures(now) == (close_child(CHILD),)


@pytest.mark.clause("SD-23b")
def test_once_a_child_is_being_closed_on_it_another_word_comes_too_late() -> None:
    now = begin(record(waiting_for_the_manager(), authorised()), close_child(CHILD))
    no = not_authorised(step_id="no", corrects="authorise")
    assert is_late(now, no)
    after = record(now, no)
    assert said(after) is Decision.TRANSFER
    assert [item.problem for item in after.open_attention] == ["late_correction"]


@pytest.mark.clause("SD-23b")
def test_a_decision_after_the_service_gave_the_child_back_falls_where_the_manager_says_no() -> None:
    before = facts_declined_and_talked_about()
    now = record(
        before, decided({CHILD: NOTHING_MORE}, step_id="anew", corrects="record_decisions", actor=SOCIAL_WORKER)
    )
    assert (stage(now), now.child(CHILD).given_back) == (Stage.DECISION, False)
    now = record(now, not_authorised("anew"))
    assert (said(now), now.child(CHILD).given_back) == (Decision.TRANSFER, True)


NOT_ABOUT_THIS: dict[str, tuple[Callable[[], StepDownFacts], Step, str, str]] = {
    "unknown": (waiting_for_the_manager, authorised("no-such-step"), "of", "No such step is recorded"),
    "needs none": (waiting_for_the_manager, authorised("record_consent"), "of", "Nothing here is waiting"),
    "recorded by the manager": (
        lambda: record(facts_before(RecordDecisions), decision()),
        authorised(),
        "of",
        "Nothing here is waiting",
    ),
    "counts no more": (
        lambda: facts_after(withdrawal(), before=waiting_for_the_manager()),
        authorised(),
        "of",
        "Nothing here is waiting",
    ),
    "after a report of harm": (
        lambda: facts_after(harm_report(), before=waiting_for_the_manager()),
        authorised(),
        "of",
        "Nothing here is waiting",
    ),
    "a child of whom nothing waits": (
        lambda: facts_after(
            decided({CHILD: NOTHING_MORE, SIBLING: STAYS}, actor=SOCIAL_WORKER), before=facts(CHILD, SIBLING)
        ),
        authorised("record_decisions", SIBLING),
        "children.0.ref",
        "Nothing recorded there about this child",
    ),
    "by the social worker as manager": (
        waiting_for_the_manager,
        authorised(actor=MANAGER_OF_THE_FAMILY),
        "actor",
        "Nobody authorises what they recorded themselves",
    ),
    "by whoever recorded it": (
        lambda: record(facts_before(RecordDecisions), decision(actor=Actor(id="sw-8", role=Role.SOCIAL_WORKER))),
        authorised(actor=Actor(id="sw-8", role=Role.TEAM_MANAGER)),
        "actor",
        "Nobody authorises what they recorded themselves",
    ),
}


@pytest.mark.clause("SD-23b")
@pytest.mark.parametrize(("now", "act", "field", "why"), NOT_ABOUT_THIS.values(), ids=NOT_ABOUT_THIS)
def test_an_act_is_refused_in_plain_words(now: Callable[[], StepDownFacts], act: Step, field: str, why: str) -> None:
    answer = refused(now(), act)
    assert (answer.clause, answer.field) == ("SD-23b", field)
    assert answer.reason.startswith(why)


@pytest.mark.clause("SD-23b")
def test_the_social_worker_of_the_family_does_not_close_its_children_as_manager() -> None:
    before = in_directory(facts_before(RecordDecisions), manager(), manager(ref=SOCIAL_WORKER.id))
    answer = refused(before, decision(actor=MANAGER_OF_THE_FAMILY))
    assert (answer.clause, answer.field) == ("SD-23b", "actor")
    assert refusal(before, decided({CHILD: STAYS}, actor=MANAGER_OF_THE_FAMILY), NOW) is None


@pytest.mark.clause("SD-23b")
def test_what_was_replaced_for_one_child_is_still_authorised_for_another() -> None:
    both = {CHILD: NOTHING_MORE, SIBLING: NOTHING_MORE}
    before = record(facts_before(RecordDecisions, CHILD, SIBLING), decided(both, actor=SOCIAL_WORKER))
    now = record(before, decided({SIBLING: STAYS}, step_id="again", corrects="record_decisions"))
    assert refusal(now, authorised("record_decisions", CHILD), NOW) is None
    assert refused(now, authorised("record_decisions", SIBLING)).field == "children.0.ref"


@pytest.mark.clause("SD-23b")
def test_what_is_not_authorised_says_why() -> None:
    with pytest.raises(ValidationError, match="because: say why it is not authorised"):
        not_authorised(because=None)


@pytest.mark.clause("SD-23b")
def test_whoever_reads_of_an_act_reads_who_says_so() -> None:
    now = record(waiting_for_the_manager(), not_authorised())
    [line] = [line for line in status(now).timeline if line.step_id == "authorise"]
    assert line.who == "team manager Jo Sample (tm-1)"
    assert NAMED_BY_THE_SENDER in line.what
    assert line.what.endswith(
        f"(social worker sw-7 recorded the decision for the children on Monday 2 March 2026 12:00: {CHILD})"
    )
    assert line.note == "the school still worries"


@pytest.mark.clause("SD-23b")
def test_each_step_waits_for_the_manager_with_a_clock_of_its_own() -> None:
    now = facts_at(NOW, *whole_path()[:6], decision(actor=SOCIAL_WORKER))
    assert [clock.about for clock in now.open_clocks(ClockKind.AUTHORISED)] == ["of-record_decisions"]
    anew = decision(step_id="anew", corrects="record_decisions", actor=SOCIAL_WORKER)
    now = facts_at(NOW, anew, before=now)
    assert [clock.about for clock in now.open_clocks(ClockKind.AUTHORISED)] == ["of-anew"]
    assert not facts_at(NOW, authorised("anew"), before=now).open_clocks(ClockKind.AUTHORISED)


@pytest.mark.clause("SD-10a")
@pytest.mark.clause("SD-23b")
def test_support_goes_on_without_a_document_only_once_the_manager_agrees() -> None:
    before = facts_before(RecordFamilySharing)
    now = facts_after(going_on_without(actor=SOCIAL_WORKER), before=before)
    assert (stage(now), is_settled(now, now.papers[0])) == (Stage.SHARING, False)
    assert stage(facts_after(authorised("record_family_sharing"), before=now)) is Stage.CONVERSATION
    refused_it = facts_after(not_authorised("record_family_sharing"), before=now)
    assert [(need.step, need.who) for need in next_steps(refused_it)] == [("record_family_sharing", Role.SOCIAL_WORKER)]
    assert stage(facts_after(going_on_without(), before=before)) is Stage.CONVERSATION


@pytest.mark.clause("SD-23b")
@pytest.mark.clause("SD-28")
def test_an_interim_contact_counts_only_once_the_manager_agrees() -> None:
    now = facts_after(interim_contact(actor=SOCIAL_WORKER), advice(), before=facts_before(NameLeadPractitioner))
    assert now.child(CHILD).practitioner is None
    assert refused(now, decision()).clause == "SD-28"
    agreed = facts_after(authorised("name_lead_practitioner"), before=now)
    assert agreed.child(CHILD).interim
    assert refusal(agreed, decision(), NOW) is None
    refused_it = facts_after(not_authorised("name_lead_practitioner"), before=now)
    assert [need.step for need in next_steps(refused_it)] == ["name_lead_practitioner", "record_decisions"]
    named = facts_after(practitioner(step_id="named"), before=refused_it)
    assert named.child(CHILD).practitioner is not None


@pytest.mark.clause("SD-28")
@pytest.mark.parametrize("word", [None, not_authorised])
def test_an_interim_contact_stays_until_the_next_one_is_agreed_to(word: Any) -> None:
    now = facts_after(interim_contact(), before=facts_before(NameLeadPractitioner))
    anew = interim_contact(actor=SOCIAL_WORKER, practitioner="contact-6", step_id="anew")
    now = facts_after(anew, *([word("anew")] if word else []), before=now)
    assert child_states(now, CHILD)[2].words == "contact-5, for now", "nobody has taken over yet"
    agreed = facts_after(authorised("anew"), before=facts_after(anew, before=facts_before(NameLeadPractitioner)))
    assert child_states(agreed, CHILD)[2].value == "contact-6"


@pytest.mark.clause("SD-23b")
def test_what_somebody_else_was_named_for_since_waits_for_nobody() -> None:
    now = facts_after(interim_contact(actor=SOCIAL_WORKER), before=facts_before(NameLeadPractitioner))
    now = facts_after(practitioner(step_id="named"), before=now)
    assert refused(now, authorised("name_lead_practitioner")).field == "of"
    assert "authorise" not in [need.step for need in next_steps(now)]


def in_conference(*said: ChildAtMeeting, **changes: Any) -> StepDownFacts:
    """Out of Child Protection, up to what the conference says."""
    before = plan_before(RecordFinalMeeting, before=in_child_protection())
    return facts_after(conference(*said, **changes), before=before)


@pytest.mark.clause("SD-19a")
@pytest.mark.clause("SD-23b")
def test_the_end_of_a_child_protection_plan_counts_once_the_chair_of_the_conference_says_so() -> None:
    closes = decided({CHILD: NOTHING_MORE})
    typed = in_conference(actor=SOCIAL_WORKER)
    assert refused(typed, closes).clause == "SD-19a"
    assert [(need.step, need.who) for need in next_steps(typed)] == [("confirm_meeting", Role.CHAIR)]
    assert closures(record(record(typed, confirmation()), closes)) == (close_child(CHILD),)
    assert closures(record(in_conference(actor=CHAIR), closes)) == (close_child(CHILD),)
    assert refused(in_conference(actor=MANAGER), closes).clause == "SD-19a"


def knowing(now: StepDownFacts, somebody: Colleague) -> StepDownFacts:
    """The directory was read anew, and has them, too."""
    look = result(Effect(kind=EffectKind.LOOK_UP_PEOPLE, number=9))
    return now.having(effects=(*now.effects, look.model_copy(update={"people": (*COLLEAGUES, somebody)})))


@pytest.mark.clause("SD-23b")
def test_a_chair_who_did_not_chair_the_conference_neither_records_nor_confirms_it() -> None:
    another = chair(ref="chair-2").colleague
    typed = in_conference(actor=SOCIAL_WORKER)
    known = knowing(typed, another)
    by = Actor(id="chair-2", role=Role.CHAIR)
    assert refused(known, confirmation(by=by)).clause == "SD-23b"
    before = plan_before(RecordFinalMeeting, before=in_child_protection())
    assert refused(knowing(before, another), conference(actor=by)).clause == "SD-23b"
    days = {"cover_from": NOW.date(), "cover_until": NOW.date()}
    covers = chair(ref="chair-2", covers=("chair-1",), **days).colleague
    assert refusal(knowing(typed, covers), confirmation(by=by), NOW) is None


@pytest.mark.clause("SD-19a")
def test_a_record_that_is_said_anew_waits_for_the_chair_anew() -> None:
    now = record(in_conference(actor=SOCIAL_WORKER), confirmation())
    now = record(now, conference(step_id="anew", corrects="record_final_meeting", actor=SOCIAL_WORKER))
    assert refused(now, decided({CHILD: NOTHING_MORE})).clause == "SD-19a"


@pytest.mark.clause("SD-19a")
@pytest.mark.parametrize("plan", [plan for plan in PlanOutcome if plan is not PlanOutcome.ENDS])
@pytest.mark.parametrize("how", [how for how in Decision if how.closes])
def test_no_child_is_closed_whose_plan_does_not_end(plan: PlanOutcome, how: Decision) -> None:
    now = in_conference(at_meeting(CHILD, MeetingOutcome.NOT_AGREED, plan))
    assert refused(now, decided({CHILD: how})).clause in {"SD-19", "SD-19a"}
    assert refusal(now, decided({CHILD: STAYS}), NOW) is None


@pytest.mark.clause("SD-19a")
def test_only_the_newest_conference_is_confirmed() -> None:
    ends = at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.ENDS)
    first = in_conference(ends, actor=SOCIAL_WORKER, occurred_at=NOW - timedelta(hours=1))
    assert refusal(first, confirmation(), NOW) is None
    now = record(first, conference(ends, step_id="newer", actor=SOCIAL_WORKER))
    assert refused(now, confirmation()).reason.startswith("Nothing recorded there is waiting")
    assert refusal(now, confirmation("newer", step_id="said"), NOW) is None


@pytest.mark.clause("SD-19a")
def test_a_conference_may_end_the_plan_where_it_does_not_agree_the_transfer() -> None:
    now = in_conference(at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.ENDS))
    assert closures(record(now, decided({CHILD: NOTHING_MORE}))) == (close_child(CHILD),)
    assert refused(now, decision()).clause == "SD-19"


@pytest.mark.clause("SD-19a")
def test_a_meeting_ends_child_protection_and_child_in_need_goes_on() -> None:
    steps_down = PlanOutcome.STEPS_DOWN_TO_CHILD_IN_NEED
    now = in_conference(at_meeting(CHILD, MeetingOutcome.NOT_AGREED, steps_down), actor=SOCIAL_WORKER)
    assert "confirm_meeting" not in [need.step for need in next_steps(now)], "nobody is closed on it"
    assert "Child Protection ends, Child in Need goes on" in now.steps[-1].step.words


@pytest.mark.clause("SD-19a")
@pytest.mark.parametrize(
    ("outcome", "plan"),
    [
        (MeetingOutcome.AGREED, PlanOutcome.STEPS_DOWN_TO_FAMILY_HELP),
        (MeetingOutcome.UNIVERSAL_SERVICES, PlanOutcome.GOES_ON),
        (MeetingOutcome.PLAN_CONTINUES, PlanOutcome.ENDS),
    ],
)
def test_what_becomes_of_plan_and_transfer_does_not_contradict(outcome: MeetingOutcome, plan: PlanOutcome) -> None:
    with pytest.raises(ValidationError, match=r"plan: .*SD-19a"):
        at_meeting(CHILD, outcome, plan)


@pytest.mark.clause("SD-19a")
def test_what_says_where_a_child_is_or_speaks_of_the_courts_is_for_few() -> None:
    for plan in PlanOutcome:
        said = meeting(at_meeting(CHILD, MeetingOutcome.NOT_AGREED, plan))
        assert said.privacy == ("restricted" if plan.of_few else "narrative")
    few = meeting(at_meeting(CHILD, MeetingOutcome.NOT_AGREED, PlanOutcome.LOOKED_AFTER))
    assert (few.own_words, "looked after" in few.words) == (None, False)


@pytest.mark.clause("SD-23b")
def test_each_child_is_shown_to_wait_for_the_manager() -> None:
    def shown(now: StepDownFacts) -> str:
        return next(state.words for state in status(now).children[0].states if state.name == "decision")

    now = waiting_for_the_manager()
    assert shown(now) == "passes to Early Help, waits for the team manager"
    assert shown(record(now, authorised())) == "passes to Early Help"
    assert shown(record(now, not_authorised())) == "not yet"


@pytest.mark.clause("SD-23b")
def test_what_waits_for_the_manager_names_its_children_but_of_a_restricted_family_in_the_temporal_ui_not() -> None:
    now = status(waiting_for_the_manager())
    [about] = [about for need in now.next_steps for about in need.of]
    assert about.line() == f"{about.told}: {CHILD}"
    assert f": {CHILD}:\\\n  `transfers step" in details(now)
    assert f": {CHILD}:\\\n  `transfers step" not in details(now.model_copy(update={"restricted": True}))


@pytest.mark.clause("SD-23b")
def test_the_timeline_names_the_children_of_an_act_that_names_none() -> None:
    [line] = [
        line for line in status(record(waiting_for_the_manager(), authorised())).timeline if "uthorised" in line.what
    ]
    assert line.what.endswith(f": {CHILD})")


@pytest.mark.clause("SD-23b")
def test_a_confirmation_says_which_record_it_is_about_by_who_recorded_it() -> None:
    now = record(in_conference(actor=SOCIAL_WORKER), confirmation())
    [line] = [line for line in status(now).timeline if line.step_id == "confirm_meeting"]
    assert "social worker sw-7 recorded what the final meeting said on" in line.what
    assert "record_final_meeting" not in line.what
