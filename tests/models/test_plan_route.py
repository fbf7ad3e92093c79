"""The plan route: plan and assessment are both shared, and a final meeting agrees, child by child, who passes on."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.kinds import EffectKind
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import to_come
from models.step_down.interlock import INTERLOCK, to_close
from models.step_down.papers import agreed_papers, share_with_service
from models.step_down.stage import Outcome, Stage
from models.step_down.start import Document, DocumentKind, PlanType, Route
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.final_meeting import MeetingOutcome, RecordFinalMeeting, ScheduleFinalMeeting
from models.step_down.steps.sharing import RecordFamilySharing
from models.vocabulary import Actor
from tests.builders import (
    ASSESSMENT,
    CHAIR,
    CHILD,
    MANAGER,
    NOW,
    PLAN,
    SIBLING,
    acknowledgement,
    advice,
    at_conference,
    at_meeting,
    begin,
    child_consent,
    child_decision,
    close_child,
    conference,
    confirmation,
    consent_to_all,
    conversation,
    decided,
    decision,
    exploration,
    facts,
    facts_after,
    facts_at,
    family_sharing,
    going_on_without,
    in_child_protection,
    intent,
    letter,
    letter_to_agency,
    letters,
    meeting,
    on_a_plan,
    opening,
    other_service,
    plan_before,
    plan_path,
    plan_sharing,
    practitioner,
    record,
    refused,
    request,
    scheduled,
    scheduled_today,
    seen,
    to_family,
    with_school,
    withdrawal,
    without_mosaic,
)
from tests.step_down import next_steps, outcome, refusal, stage
from workflows.step_down.orders import ORDERS

HOUR = timedelta(hours=1)
AGREED, ADJOURNED = MeetingOutcome.AGREED, MeetingOutcome.ADJOURNED
SAYS_NO = (MeetingOutcome.NOT_AGREED, MeetingOutcome.PLAN_CONTINUES, MeetingOutcome.UNIVERSAL_SERVICES)
PLAN_PAPER = Document(kind=DocumentKind.PLAN, ref=PLAN)
ASSESSMENT_PAPER = Document(kind=DocumentKind.ASSESSMENT, ref=ASSESSMENT)


def plan_start(**changes: Any) -> dict[str, Any]:
    said = {"route": Route.PLAN, "plan_type": PlanType.CHILD_IN_NEED, "documents": (PLAN_PAPER, ASSESSMENT_PAPER)}
    return {**said, **changes}


START_REFUSED = {
    "plan route without the kind of plan": ("SD-04", plan_start(plan_type=None), "plan_type: the plan route"),
    "assessment route with a kind of plan": ("SD-04", {"plan_type": PlanType.CHILD_PROTECTION}, "plan_type: the plan"),
    "plan route without the plan": (
        "SD-15",
        plan_start(documents=(ASSESSMENT_PAPER,)),
        "documents: the plan route needs the plan and the newest assessment",
    ),
    "plan route without the assessment": (
        "SD-31",
        plan_start(documents=(PLAN_PAPER,)),
        "documents: the plan route needs the plan and the newest assessment",
    ),
    "assessment route with a plan": (
        "SD-04",
        {"documents": (PLAN_PAPER, ASSESSMENT_PAPER)},
        "documents: a plan belongs to the plan route",
    ),
}


@pytest.mark.parametrize(
    ("clause", "said", "told"),
    [pytest.param(*case, id=name, marks=pytest.mark.clause(case[0])) for name, case in START_REFUSED.items()],
)
def test_a_start_that_does_not_fit_its_route_is_refused_with_field_and_rule(
    clause: str, said: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValidationError) as error:
        request(**said)
    assert told in str(error.value)
    assert clause in str(error.value)


@pytest.mark.clause("SD-04")
@pytest.mark.parametrize("plan", PlanType)
def test_a_plan_of_either_kind_may_end_with_a_transfer(plan: PlanType) -> None:
    assert request(**plan_start(plan_type=plan)).plan_type is plan


@pytest.mark.clause("SD-17")
def test_the_conversation_about_a_plan_records_how_both_sides_read_its_outcomes_and_recommendations() -> None:
    understood = "the routines hold; what is left is help with school"
    now = record(plan_before(RecordContactConversation), conversation(shared_understanding=understood))
    assert now.conversation is not None
    assert now.conversation.shared_understanding == understood
    with pytest.raises(ValidationError, match="shared_understanding: record the understanding"):
        conversation(shared_understanding=None)


@pytest.mark.clause("SD-15")
@pytest.mark.clause("SD-31")
def test_plan_and_assessment_are_each_shared_in_the_version_that_the_family_saw() -> None:
    now = facts_after(plan_sharing(version=4), family_sharing(version=2), before=plan_before(RecordFamilySharing))
    shared = [effect.id for effect in now.begun if effect.kind is EffectKind.SHARE_DOCUMENT]
    assert shared == ["share_document/plan-1/v4/service-north", "share_document/assessment-1/v2/service-north"]
    assert stage(now) is Stage.CONVERSATION


@pytest.mark.clause("SD-15")
@pytest.mark.parametrize("seen", [plan_sharing(), family_sharing()], ids=["only the plan", "only the assessment"])
def test_what_the_family_saw_goes_to_the_service_and_the_other_document_is_still_asked_for(
    seen: RecordFamilySharing,
) -> None:
    now = facts_after(seen, before=plan_before(RecordFamilySharing))
    assert [effect.document for effect in share_with_service(now)] == [seen.document_ref]
    assert [(need.step, need.clause) for need in next_steps(now)] == [("record_family_sharing", "SD-15")]


@pytest.mark.clause("SD-11")
@pytest.mark.clause("SD-15")
def test_a_service_without_mosaic_is_sent_both_by_mail() -> None:
    now = facts_after(*plan_path()[:4], before=on_a_plan(opening=opening(service=without_mosaic())))
    sent = [effect.id for effect in now.begun if effect.kind is EffectKind.MAIL_DOCUMENT]
    assert sent == ["mail_document/plan-1/v1/service-north", "mail_document/assessment-1/v1/service-north"]


def without_some(*seen: RecordFamilySharing) -> StepDownFacts:
    return facts_after(*seen, before=plan_before(RecordFamilySharing))


NO_PLAN = going_on_without(step_id="plan_sharing", document_ref=PLAN)


@pytest.mark.clause("SD-10a")
@pytest.mark.clause("SD-15")
@pytest.mark.parametrize(
    ("seen", "sent"),
    [
        ((NO_PLAN, family_sharing()), [ASSESSMENT]),
        ((plan_sharing(), going_on_without()), [PLAN]),
        ((NO_PLAN, going_on_without()), []),
    ],
    ids=["plan", "assessment", "both"],
)
def test_a_document_that_is_not_agreed_is_not_sent_and_support_may_go_on_without_it(
    seen: tuple[RecordFamilySharing, ...], sent: list[str]
) -> None:
    now = without_some(*seen)
    assert [effect.document for effect in share_with_service(now)] == sent
    assert stage(now) is Stage.CONVERSATION


@pytest.mark.clause("SD-10a")
def test_as_long_as_one_of_both_is_not_settled_the_transfer_does_not_go_on() -> None:
    now = without_some(plan_sharing(agreed_as_basis=False), family_sharing())
    assert (stage(now), [need.clause for need in next_steps(now)]) == (Stage.SHARING, ["SD-10a"])
    corrected = plan_sharing(step_id="plan-2", corrects="plan_sharing", version=2)
    assert stage(facts_after(corrected, before=now)) is Stage.CONVERSATION


@pytest.mark.clause("SD-15")
def test_a_correction_of_the_one_leaves_the_other_as_it_was_and_each_corrects_its_own() -> None:
    before = without_some(plan_sharing(agreed_as_basis=False), family_sharing(agreed_as_basis=False))
    other = family_sharing(step_id="assessment-2", corrects="plan_sharing", version=2)
    assert refused(before, other).field == "corrects"
    now = record(before, other.model_copy(update={"corrects": "record_family_sharing"}))
    assert [seen.document_ref for seen in agreed_papers(now)] == [ASSESSMENT]
    assert now.shared(now.paper(PLAN)) == before.shared(before.paper(PLAN))


@pytest.mark.clause("SD-25")
@pytest.mark.clause("SD-31")
@pytest.mark.parametrize("kind", [EffectKind.SEND_PACK, EffectKind.SEND_ADVICE_SUMMARY])
def test_pack_and_advice_summary_carry_plan_and_assessment_as_the_family_saw_them(kind: EffectKind) -> None:
    now = facts_after(*plan_path(), before=on_a_plan(opening=opening(service=without_mosaic())))
    [sent] = [effect for effect in now.begun if effect.kind is kind]
    order: Any = ORDERS.effects[kind].order(now, intent(sent))
    assert [(paper.kind, paper.ref, paper.version) for paper in order.papers.agreed] == [
        (DocumentKind.PLAN, PLAN, 1),
        (DocumentKind.ASSESSMENT, ASSESSMENT, 1),
    ]


@pytest.mark.clause("SD-19")
@pytest.mark.parametrize("step", [scheduled(), meeting()], ids=lambda step: step.step)
def test_a_transfer_out_of_an_assessment_has_no_final_meeting_at_any_time(step: Any) -> None:
    for before in (facts(), facts_after(exploration(), conversation())):
        assert refused(before, step).field == "step"


NOT_YET = {
    "held before the conversation": lambda: facts_after(
        scheduled(), meeting(occurred_at=NOW - 3 * HOUR), before=plan_before(RecordContactConversation)
    ),
    "held, and the service was not invited": lambda: facts_after(meeting(), before=plan_before(ScheduleFinalMeeting)),
    "held before the invitation was sent": lambda: facts_after(
        meeting(occurred_at=NOW - HOUR), before=plan_before(RecordFinalMeeting)
    ),
    "held on another day than the service was invited to": lambda: facts_after(
        scheduled(), meeting(), before=plan_before(ScheduleFinalMeeting)
    ),
}


def all_but_the_meeting(before: StepDownFacts) -> StepDownFacts:
    """Talked over, with a practitioner and the advice."""
    talked = () if before.conversation else (conversation(),)
    return facts_after(*talked, practitioner(), advice(), before=before)


@pytest.mark.clause("SD-16")
@pytest.mark.parametrize("by", [CHAIR, MANAGER], ids=["chair", "team manager"])
@pytest.mark.parametrize("early", NOT_YET.values(), ids=NOT_YET)
def test_what_a_meeting_agreed_too_early_counts_once_chair_or_manager_confirms_it(early: Any, by: Actor) -> None:
    now = all_but_the_meeting(early())
    assert (stage(now), [need.clause for need in next_steps(now)]) == (Stage.FINAL_MEETING, ["SD-16"])
    assert refused(now, decision()).clause == "SD-19"
    after = facts_after(confirmation(by=by), before=now)
    assert stage(after) is Stage.DECISION
    assert refusal(after, decision(), NOW) is None


@pytest.mark.clause("SD-16")
@pytest.mark.parametrize("by", [CHAIR, MANAGER], ids=["chair", "team manager"])
def test_what_chair_or_manager_recorded_themselves_waits_for_nobodys_word(by: Actor) -> None:
    before = plan_before(ScheduleFinalMeeting)
    assert stage(facts_after(meeting(actor=by), before=before)) is Stage.DECISION


@pytest.mark.clause("SD-16")
def test_a_confirmation_is_void_where_the_record_is_said_anew() -> None:
    before = facts_after(meeting(), confirmation(), before=plan_before(ScheduleFinalMeeting))
    now = facts_after(meeting(step_id="anew", corrects="record_final_meeting"), before=before)
    assert [need.step for need in next_steps(now)] == ["confirm_meeting"]
    assert refused(now, confirmation(step_id="again")).reason.startswith("This record of the meeting has been replaced")


@pytest.mark.clause("SD-16")
def test_a_record_that_is_said_anew_of_one_child_is_still_confirmed_for_the_other() -> None:
    before = plan_before(ScheduleFinalMeeting, CHILD, SIBLING)
    anew = meeting(SIBLING, step_id="anew", corrects="record_final_meeting")
    now = facts_after(meeting(CHILD, SIBLING), anew, before=before)
    first, second = confirmation(), confirmation("anew", step_id="confirmed-2")
    assert refusal(now, first, NOW) is None
    assert [need.step for need in next_steps(facts_after(second, before=now))] == ["confirm_meeting"]
    confirmed = facts_after(first, second, before=now)
    assert stage(confirmed) is Stage.DECISION
    again = confirmation(step_id="again")
    assert refused(confirmed, again).reason.startswith("Nothing recorded there is waiting")


@pytest.mark.clause("SD-16")
@pytest.mark.clause("SD-23b")
def test_a_chair_who_recorded_a_meeting_before_the_conversation_records_it_once_more() -> None:
    early = facts_after(meeting(actor=CHAIR), before=plan_before(RecordContactConversation))
    now = all_but_the_meeting(early)
    assert [need.step for need in next_steps(now)] == ["confirm_meeting"]
    assert refused(now, confirmation()).reason.startswith("Nobody confirms what they recorded themselves")
    again = meeting(step_id="again", actor=CHAIR, corrects="record_final_meeting")
    assert stage(facts_after(again, before=now)) is Stage.DECISION


@pytest.mark.clause("SD-16")
def test_a_meeting_that_was_held_too_early_may_be_followed_by_another_instead_of_being_confirmed() -> None:
    now = all_but_the_meeting(NOT_YET["held before the conversation"]())
    again = meeting(step_id="another", occurred_at=NOW)
    assert refusal(facts_after(scheduled_today(step_id="date-2"), again, before=now), decision(), NOW) is None


@pytest.mark.clause("SD-16")
def test_after_the_conversation_and_the_invitation_nobody_has_to_confirm_what_the_meeting_agreed() -> None:
    assert refusal(plan_before(RecordDecisions), decision(), NOW) is None


@pytest.mark.clause("SD-16")
@pytest.mark.clause("SD-09a")
def test_what_was_agreed_or_confirmed_for_one_service_is_confirmed_anew_for_another() -> None:
    before = facts_after(confirmation(), before=all_but_the_meeting(NOT_YET["held, and the service was not invited"]()))
    assert refusal(before, decision(), NOW) is None
    south = (other_service(), consent_to_all(step_id="consent-2", service_ref="service-south"))
    now = facts_after(*south, conversation(step_id="talk-2"), practitioner(step_id="named-2"), before=before)
    assert (stage(now), [need.clause for need in next_steps(now)]) == (Stage.FINAL_MEETING, ["SD-16"])
    assert refused(now, decision()).clause == "SD-19"
    again = confirmation(step_id="confirmed-2")
    assert refusal(record(now, again), decision(), NOW) is None


def held(*said: Any, before: StepDownFacts | None = None) -> StepDownFacts:
    """The meeting, after everything that comes before it."""
    refs = tuple(child.ref for child in said)
    return facts_after(meeting(*said), before=before or plan_before(RecordFinalMeeting, *refs))


CLOSING = [decision for decision in Decision if decision.closes]


@pytest.mark.clause("SD-19a")
@pytest.mark.parametrize("said", [None, *MeetingOutcome])
@pytest.mark.parametrize("how", CLOSING)
def test_no_child_in_child_protection_is_decided_to_close_before_a_conference_ended_its_plan(
    how: Decision, said: MeetingOutcome | None
) -> None:
    now = plan_before(RecordFinalMeeting, CHILD, SIBLING, before=in_child_protection(CHILD, SIBLING))
    if said is not None:
        now = facts_after(conference(at_conference(CHILD, said)), before=now)
    refused = refusal(now, decided({CHILD: how}), NOW)
    if said is None or not at_meeting(CHILD, said).ends_plan:
        assert refused is not None
        assert refused.clause in {"SD-19", "SD-19a"}
    else:
        assert refused is None or refused.clause != "SD-19a"
    assert refusal(now, decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), NOW) is None


@pytest.mark.clause("SD-19a")
@pytest.mark.parametrize("said", [outcome for outcome in MeetingOutcome if not at_meeting(CHILD, outcome).ends_plan])
def test_a_conference_that_does_not_end_the_plan_takes_a_decision_to_close_back(said: MeetingOutcome) -> None:
    ended = record(
        plan_before(RecordFinalMeeting, CHILD, SIBLING, before=in_child_protection(CHILD, SIBLING)),
        conference(at_conference(CHILD)),
    )
    closes = record(ended, decided({CHILD: Decision.NO_FURTHER_SUPPORT}))
    assert [child.ref for child in to_close(closes)] == [CHILD]
    now = record(closes, conference(at_conference(CHILD, said), step_id="second", corrects="record_final_meeting"))
    assert (now.child(CHILD).decision, to_close(now)) == (None, ())


def being_closed(*children: str) -> StepDownFacts:
    """The conference ended the plan of all, and the closing of the first has begun."""
    refs = children or (CHILD,)
    ended = record(plan_before(RecordFinalMeeting, *refs, before=in_child_protection(*refs)), conference(*refs))
    closes = record(ended, decided(dict.fromkeys(refs, Decision.NO_FURTHER_SUPPORT)))
    return begin(closes, close_child(refs[0]))


@pytest.mark.clause("SD-19a")
def test_a_conference_that_speaks_against_a_closing_stops_it_as_long_as_it_has_not_happened() -> None:
    goes_on = conference(
        at_conference(CHILD, MeetingOutcome.PLAN_CONTINUES), step_id="new", corrects="record_final_meeting"
    )
    now = record(being_closed(), goes_on)
    assert now.steps[-1].late
    assert to_close(now) == ()


@pytest.mark.clause("SD-19a")
def test_what_a_conference_says_of_a_child_is_not_set_aside_because_another_is_being_closed() -> None:
    before = being_closed(CHILD, SIBLING)
    of_sibling = at_conference(SIBLING, MeetingOutcome.PLAN_CONTINUES)
    both = conference(CHILD, of_sibling, step_id="new", corrects="record_final_meeting")
    refused = refusal(before, both, NOW)
    assert refused is not None
    assert "step of their own" in refused.words
    now = record(before, conference(of_sibling, step_id="new", corrects="record_final_meeting"))
    assert [child.ref for child in to_close(now)] == [CHILD]


@pytest.mark.clause("SD-19a")
def test_out_of_child_in_need_the_manager_may_close_a_child_without_the_review() -> None:
    now = plan_before(RecordFinalMeeting, CHILD, SIBLING)
    assert refusal(now, decided({CHILD: Decision.NO_FURTHER_SUPPORT}), NOW) is None


@pytest.mark.clause("SD-19")
def test_a_meeting_that_is_adjourned_is_followed_by_another() -> None:
    now = held(at_meeting(CHILD, ADJOURNED))
    assert (stage(now), [need.step for need in next_steps(now)]) == (Stage.FINAL_MEETING, ["schedule_final_meeting"])
    later = NOW + 48 * HOUR
    date = scheduled(step_id="date-2", occurred_at=NOW + HOUR, meeting_at=later)
    again = facts_at(NOW + HOUR, date, before=now)
    assert [need.step for need in next_steps(again)] == ["record_final_meeting"]
    agreed = facts_at(later, meeting(step_id="second", occurred_at=later), before=again)
    assert stage(agreed) is Stage.DECISION
    assert agreed.entry("second") == agreed.steps[-1]
    assert agreed.steps[-1].step.corrects is None, "a later meeting corrects nothing"


@pytest.mark.clause("SD-19")
@pytest.mark.parametrize("how", [MeetingOutcome.NOT_AGREED, MeetingOutcome.PLAN_CONTINUES])
def test_where_the_meeting_agrees_no_child_they_are_decided_otherwise_and_that_is_the_outcome(
    how: MeetingOutcome,
) -> None:
    now = held(at_meeting(CHILD, how))
    assert (stage(now), [need.step for need in next_steps(now)]) == (Stage.DECISION, ["record_decisions"])
    ended = facts_after(decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters(), before=now)
    assert outcome(ended) is Outcome.NOT_AGREED_AT_MEETING


@pytest.mark.clause("SD-19")
@pytest.mark.clause("SD-32")
def test_where_the_meeting_finds_universal_services_enough_that_is_the_outcome() -> None:
    now = with_school(held(at_meeting(CHILD, MeetingOutcome.UNIVERSAL_SERVICES)))
    told = letters(letter(), letter_to_agency())
    assert outcome(facts_after(decided({CHILD: Decision.UNIVERSAL_ONLY}), told, before=now)) is (
        Outcome.UNIVERSAL_SERVICES_ONLY
    )


@pytest.mark.clause("SD-19")
@pytest.mark.parametrize("how", SAYS_NO)
def test_of_two_children_one_passes_on_and_the_other_stays(how: MeetingOutcome) -> None:
    now = held(at_meeting(CHILD), at_meeting(SIBLING, how))
    now = facts_after(practitioner(), advice(CHILD, SIBLING), before=now)
    both = decided({CHILD: Decision.TRANSFER, SIBLING: Decision.TRANSFER})
    assert (refused(now, both).field, refused(now, both).clause) == ("children.1.decision", "SD-19")
    mixed = decided({CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK})
    ended = facts_after(mixed, to_family(CHILD, SIBLING), acknowledgement(CHILD), seen(), before=now)
    assert outcome(ended) is Outcome.TRANSFERRED
    assert [effect.child for effect in ended.begun if effect.kind is EffectKind.CLOSE_CHILD] == [CHILD]


@pytest.mark.clause("SD-19")
def test_the_meeting_need_not_speak_of_a_child_who_cannot_pass_on() -> None:
    answers = consent_to_all(CHILD, child_consent(SIBLING, stands=False))
    path = [answers if step.step == "record_consent" else step for step in plan_path(CHILD, SIBLING)[:6]]
    out = {"without_children": (SIBLING,)}
    path = [step.model_copy(update=out) if step.step == "record_family_sharing" else step for step in path]
    now = facts_after(*path, before=on_a_plan(CHILD, SIBLING))
    assert stage(facts_after(meeting(CHILD), before=now)) is Stage.DECISION
    assert stage(facts_after(withdrawal(CHILD), before=now)) is Stage.DECISION


@pytest.mark.clause("SD-19")
def test_the_same_meeting_said_anew_corrects_it_and_a_later_one_does_not() -> None:
    before = held(at_meeting(CHILD, MeetingOutcome.NOT_AGREED))
    anew = meeting(step_id="anew")
    assert refused(before, anew).field == "corrects"
    assert record(before, anew.model_copy(update={"corrects": "record_final_meeting"})).open_attention == ()
    later = record(before, meeting(step_id="later", occurred_at=NOW + HOUR), NOW + HOUR)
    said = later.child(CHILD).at_meeting
    assert said is not None
    assert said.outcome is AGREED


@pytest.mark.clause("SD-19")
def test_a_meeting_is_no_longer_to_come_once_one_was_held_and_another_may_be_scheduled_after_it() -> None:
    assert to_come(plan_before(RecordFinalMeeting)) is not None
    now = held(at_meeting(CHILD))
    assert to_come(now) is None
    assert to_come(record(now, scheduled(step_id="date-2", occurred_at=NOW))) is not None


@pytest.mark.clause("SD-19")
def test_a_meeting_may_be_recorded_that_nobody_had_scheduled() -> None:
    now = facts_after(meeting(actor=CHAIR), before=plan_before(ScheduleFinalMeeting))
    assert stage(now) is Stage.DECISION


@pytest.mark.clause("SD-19")
def test_on_the_assessment_route_no_meeting_is_needed_to_pass_on() -> None:
    lock = next(lock for lock in INTERLOCK if lock.clause == "SD-19")
    passes = child_decision(CHILD, Decision.TRANSFER)
    assert lock.holds(facts().child(CHILD), passes)
    assert not lock.holds(on_a_plan().child(CHILD), passes)


@pytest.mark.clause("SD-10a")
@pytest.mark.clause("SD-25")
def test_the_whole_way_out_of_a_plan_may_be_gone_without_a_paper() -> None:
    path = [step for step in plan_path() if step.step != "record_family_sharing"]
    start = on_a_plan(opening=opening(service=without_mosaic()))
    now = facts_after(*path[:2], NO_PLAN, going_on_without(), *path[2:], before=start)
    assert [need.clause for need in next_steps(now)] == ["SD-26"]
    assert not [effect for effect in now.begun if effect.kind is EffectKind.MAIL_DOCUMENT]


@pytest.mark.clause("SD-16")
@pytest.mark.clause("SD-19")
def test_the_steps_out_of_a_plan_may_be_recorded_for_several_children_in_the_order_of_the_guidance() -> None:
    now = facts_after(*plan_path(CHILD, SIBLING), before=on_a_plan(CHILD, SIBLING))
    assert (stage(now), outcome(now)) == (Stage.CLOSED, Outcome.TRANSFERRED)
    assert now.open_attention == ()
