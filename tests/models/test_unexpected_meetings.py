"""Final meetings that come late, twice, without an invitation, or say something else than the one before."""

from datetime import timedelta
from typing import Any

import pytest

from models.effects import Ended
from models.kinds import EffectKind
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Stage
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.final_meeting import MeetingOutcome, RecordFinalMeeting, ScheduleFinalMeeting
from tests.builders import (
    CHAIR,
    CHILD,
    NOW,
    SIBLING,
    advice,
    at_meeting,
    begin,
    cancellation,
    cancelled_meeting,
    consent_to_all,
    decided,
    decision,
    due,
    end,
    exploration,
    facts_after,
    facts_at,
    family_sharing,
    let_time_pass,
    london,
    meeting,
    not_us,
    on_a_plan,
    plan_before,
    plan_sharing,
    practitioner,
    record,
    refused,
    scheduled,
    withdrawal,
)
from tests.step_down import next_steps, stage

HOUR = timedelta(hours=1)
THEN_LATER = NOW + timedelta(seconds=30)
NO = MeetingOutcome.PLAN_CONTINUES
MONDAY, AFTER = london(2026, 3, 16, 10), london(2026, 3, 20, 10)


@pytest.mark.clause("SD-19")
def test_a_meeting_that_lets_a_decided_child_stay_undoes_the_decision() -> None:
    now = facts_after(decided({CHILD: Decision.TRANSFER}), before=plan_before(RecordDecisions, CHILD, SIBLING))
    now = facts_after(meeting(at_meeting(CHILD, NO), step_id="m2", occurred_at=THEN_LATER), before=now)
    assert now.child(CHILD).decision is None
    after = facts_after(decided({SIBLING: Decision.TRANSFER}, step_id="d2"), before=now)
    assert (stage(after), next_steps(after)[-1].step) == (Stage.DECISION, "record_decisions")


def decided_to_close(how: Decision) -> StepDownFacts:
    """A child is decided before the meeting; the sibling keeps the transfer open."""
    return facts_after(decided({CHILD: how}), before=plan_before(RecordFinalMeeting, CHILD, SIBLING))


UNIVERSAL, CLOSES, MOVED = Decision.UNIVERSAL_ONLY, Decision.NO_FURTHER_SUPPORT, Decision.MOVED_AWAY
STAYS = Decision.STAYS_WITH_SOCIAL_WORK


@pytest.mark.clause("SD-19")
@pytest.mark.parametrize(
    ("how", "said", "stands"),
    [
        (CLOSES, NO, False),
        (CLOSES, MeetingOutcome.NOT_AGREED, False),
        (CLOSES, MeetingOutcome.UNIVERSAL_SERVICES, False),
        (CLOSES, MeetingOutcome.ADJOURNED, True),
        (CLOSES, MeetingOutcome.AGREED, True),
        (UNIVERSAL, NO, False),
        (UNIVERSAL, MeetingOutcome.UNIVERSAL_SERVICES, True),
        (MOVED, NO, True),
        (STAYS, NO, True),
    ],
)
def test_a_decision_that_the_meeting_would_have_refused_falls_with_it(
    how: Decision, said: MeetingOutcome, *, stands: bool
) -> None:
    now = facts_after(meeting(at_meeting(CHILD, said)), before=decided_to_close(how))
    assert (now.child(CHILD).decision is not None) is stands
    closed = [effect.child for effect in now.begun if effect.kind is EffectKind.CLOSE_CHILD]
    assert closed == []


@pytest.mark.clause("SD-19")
def test_a_decision_that_a_meeting_undid_comes_back_with_no_correction_of_that_meeting() -> None:
    now = facts_after(meeting(at_meeting(CHILD, NO)), before=decided_to_close(CLOSES))
    after = facts_after(meeting(CHILD, step_id="m2", corrects="record_final_meeting"), before=now)
    assert after.child(CHILD).decision is None


@pytest.mark.clause("SD-19")
def test_where_the_child_is_being_closed_by_then_the_decision_stands_and_a_person_is_asked() -> None:
    before = record(plan_before(RecordFinalMeeting), decided({CHILD: CLOSES}))
    closing = begin(before, *(effect for effect in due(before) if effect.kind is EffectKind.CLOSE_CHILD))
    now = record(closing, meeting(at_meeting(CHILD, NO)))
    assert now.child(CHILD).decision == before.child(CHILD).decision
    assert [item.problem for item in now.open_attention] == ["late_correction"]
    assert record(closing, meeting(CHILD)).open_attention == ()


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("turned", [cancellation(), not_us(), withdrawal()], ids=lambda step: step.step)
def test_a_service_that_the_transfer_was_turned_away_from_reads_nothing_of_a_meeting(turned: Any) -> None:
    now = facts_after(turned, before=plan_before(RecordContactConversation))
    after = facts_after(meeting(service_attended=False), before=now)
    assert [effect for effect in after.begun if effect.kind is EffectKind.SEND_MEETING_OUTCOME] == []


@pytest.mark.clause("SD-19")
def test_what_a_meeting_says_of_a_child_who_was_closed_on_an_earlier_one_is_kept_and_a_person_is_asked() -> None:
    now = plan_before(AcknowledgeTransfer)
    said = meeting(
        at_meeting(CHILD, NO),
        step_id="m2",
        occurred_at=THEN_LATER,
        service_attended=False,
        corrects="record_final_meeting",
    )
    after = record(now, said)
    assert [item.problem for item in after.open_attention] == ["late_correction"]
    assert due(after) == due(now)


@pytest.mark.clause("SD-16")
def test_a_sibling_may_be_confirmed_after_the_first_child_is_decided() -> None:
    before = plan_before(ScheduleFinalMeeting, CHILD, SIBLING)
    now = facts_after(meeting(CHILD, SIBLING), practitioner(), advice(CHILD, SIBLING), before=before)
    anew = {"corrects": "record_final_meeting", "actor": CHAIR}
    now = facts_after(meeting(CHILD, step_id="c1", **anew), decision(), before=now)
    now = record(now, meeting(SIBLING, step_id="c2", **anew))
    assert not now.steps[-1].late
    assert stage(now) is Stage.DECISION


@pytest.mark.clause("SD-18")
def test_a_second_meeting_without_an_invitation_of_its_own_does_not_count_by_itself() -> None:
    adjourned = meeting(at_meeting(CHILD, MeetingOutcome.ADJOURNED))
    now = facts_after(adjourned, practitioner(), advice(), before=plan_before(RecordFinalMeeting))
    later = NOW + 48 * HOUR
    now = facts_at(later, meeting(step_id="m2", occurred_at=later), before=now)
    assert [need.clause for need in next_steps(now)] == ["SD-16"]


@pytest.mark.clause("SD-18")
def test_a_meeting_whose_invitation_was_cancelled_before_it_does_not_count_by_itself() -> None:
    now = facts_after(cancelled_meeting(), practitioner(), advice(), before=plan_before(RecordFinalMeeting))
    now = facts_after(meeting(), before=now)
    assert [need.clause for need in next_steps(now)] == ["SD-16"]


def invitations(now: StepDownFacts) -> list[str]:
    return [effect.id for effect in now.begun if effect.kind is EffectKind.INVITE_TO_MEETING]


@pytest.mark.clause("SD-18")
def test_a_date_that_is_past_is_no_date_for_a_meeting() -> None:
    said = refused(plan_before(ScheduleFinalMeeting), scheduled(), AFTER)
    assert said.field == "meeting_at"


@pytest.mark.clause("SD-18")
def test_nobody_is_invited_where_the_contact_is_asked_only_after_the_day_and_a_new_date_is_asked_for() -> None:
    early = facts_at(NOW, exploration(), consent_to_all(), scheduled(), before=on_a_plan())
    now = facts_at(AFTER, plan_sharing(), family_sharing(), before=let_time_pass(early, AFTER))
    assert invitations(now) == []


@pytest.mark.clause("SD-18")
def test_the_last_invitation_that_was_sent_is_cancelled_though_one_after_it_was_skipped() -> None:
    moved = scheduled(step_id="date-2", occurred_at=NOW, meeting_at=AFTER)
    now = record(plan_before(RecordFinalMeeting), moved)
    skipped = due(now)
    now = facts_after(cancellation(), before=end(begin(now, *skipped), *skipped, ended=Ended.SKIPPED))
    assert [effect.kind for effect in now.begun if effect.kind is EffectKind.CANCEL_INVITATION]
