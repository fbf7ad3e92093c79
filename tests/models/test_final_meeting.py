"""The final meeting ahead: who is invited, when that is taken back, what is sent in writing, and who is reminded."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.clocks import Audience, ClockKind, RungKind
from models.effects import Effect, EffectKind, Ended
from models.step_down.clocks import ClockState, state
from models.step_down.conditions import told_at_meeting
from models.step_down.facts import Clock, Facts
from models.step_down.final_meeting import occasion, scheduled_as, sequence
from models.step_down.said import Decision, MeetingOutcome
from models.step_down.steps import (
    RecordContactConversation,
    RecordFinalMeeting,
    ScheduleFinalMeeting,
)
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    at_meeting,
    begin,
    called_off,
    called_off_meeting,
    consent_to_all,
    conversation,
    decided,
    due,
    end,
    exploration,
    facts_after,
    facts_at,
    family_sharing,
    let_time_pass,
    london,
    meeting,
    not_appropriate,
    on_a_plan,
    opening,
    other_service,
    plan_before,
    plan_path,
    plan_sharing,
    record,
    scheduled,
    withdrawal,
    without_mosaic,
)

HOUR = timedelta(hours=1)
DATE, MOVED = "service-north/schedule_final_meeting", "service-north/date-2"
WORKER, MANAGER, CONTACT = Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER, Audience.EARLY_HELP_CONTACT


def sent(now: Facts, *kinds: EffectKind) -> list[str]:
    """What was begun of the messages about the meeting, in order."""
    about = kinds or (EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION, EffectKind.SEND_MEETING_OUTCOME)
    return [effect.id for effect in now.begun if effect.kind in about]


def invite(subject: str = DATE) -> str:
    return f"invite_to_meeting/{subject}"


def cancel(subject: str = DATE) -> str:
    return f"cancel_invitation/{subject}"


def moved(**changes: Any) -> ScheduleFinalMeeting:
    said = {"step_id": "date-2", "meeting_at": london(2026, 3, 20, 10), "occurred_at": NOW}
    return scheduled(**{**said, **changes})


def invited(*children: str) -> Facts:
    return plan_before(RecordFinalMeeting, *children)


@pytest.mark.clause("SD-18")
def test_a_meeting_that_is_scheduled_early_invites_the_service_only_once_its_contact_is_asked() -> None:
    early = facts_after(exploration(), consent_to_all(), scheduled(), before=on_a_plan())
    assert sent(early) == []
    assert sent(facts_after(plan_sharing(), family_sharing(), before=early)) == [invite()]


@pytest.mark.clause("SD-18")
def test_a_meeting_that_is_scheduled_while_the_contact_is_asked_invites_the_service_at_once() -> None:
    assert sent(facts_after(scheduled(), before=plan_before(RecordContactConversation))) == [invite()]


@pytest.mark.clause("SD-09")
def test_nobody_is_invited_without_consent_or_where_the_service_said_no() -> None:
    asked = plan_before(RecordContactConversation)
    assert sent(facts_after(withdrawal(), scheduled(), before=asked)) == []
    assert sent(facts_after(not_appropriate(), scheduled(), before=asked)) == []


@pytest.mark.clause("SD-18")
def test_a_meeting_that_is_moved_is_the_same_one_in_the_calendar_with_a_higher_number() -> None:
    now = facts_after(moved(), before=invited())
    assert sent(now) == [invite(), invite(MOVED)]
    first, second = messages(now)
    assert occasions(now) == ["schedule_final_meeting"] * 2
    assert sequence(now, first) < sequence(now, second)


def messages(now: Facts) -> list[Effect]:
    kinds = (EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION)
    return [effect for effect in now.begun if effect.kind in kinds]


def occasions(now: Facts) -> list[str]:
    return [occasion(now, scheduled_as(now, message)) for message in messages(now)]


TAKEN_BACK = {
    "the meeting is called off": ("SD-18", (called_off_meeting(),)),
    "the transfer is called off": ("SD-18", (called_off(),)),
    "consent is taken back": ("SD-09a", (withdrawal(),)),
    "another service is named": ("SD-09a", (other_service(),)),
    "the service finds it not appropriate": (
        "SD-07",
        (not_appropriate(step_id="no", corrects="record_contact_conversation"),),
    ),
    "the children are decided otherwise": ("SD-23", (decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}),)),
}


@pytest.mark.parametrize(
    "steps",
    [pytest.param(steps, id=why, marks=pytest.mark.clause(clause)) for why, (clause, steps) in TAKEN_BACK.items()],
)
def test_an_invitation_that_left_is_taken_back_once_where(steps: tuple[Any, ...]) -> None:
    now = facts_after(*steps, before=invited())
    assert sent(now) == [invite(), cancel()]
    assert sent(facts_after(exploration(step_id="e-2", corrects="record_exploration"), before=now)) == sent(now)


@pytest.mark.clause("SD-09a")
def test_an_invitation_stands_as_long_as_consent_stands_for_one_child() -> None:
    assert sent(facts_after(withdrawal(SIBLING), before=invited(CHILD, SIBLING))) == [invite()]
    both = facts_after(withdrawal(CHILD, SIBLING), before=invited(CHILD, SIBLING))
    assert sent(both) == [invite(), cancel()]


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("how", [Ended.DONE, Ended.BY_HAND, Ended.SKIPPED])
def test_only_an_invitation_that_left_is_taken_back(how: Ended) -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    begun = begin(before, *due(before))
    now = facts_after(called_off_meeting(), before=end(begun, *begun.unfinished, ended=how))
    assert (cancel() in sent(now)) is (how is not Ended.SKIPPED)


@pytest.mark.clause("SD-18")
def test_an_invitation_that_is_on_its_way_is_taken_back_only_once_it_has_left() -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    begun = begin(before, *due(before))
    off = record(begun, called_off_meeting())
    assert due(off) == ()
    assert [effect.id for effect in due(end(off, *off.unfinished))] == [cancel()]


@pytest.mark.clause("SD-18")
def test_what_was_not_sent_yet_is_not_taken_back() -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    assert sent(facts_after(called_off_meeting(), before=before)) == []


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SD-18")
def test_with_consent_given_again_the_service_is_invited_again_with_rising_numbers() -> None:
    back = facts_after(withdrawal(), before=invited())
    again = facts_after(consent_to_all(step_id="consent-2"), before=back)
    assert sent(again) == [invite(), cancel(), invite(f"{DATE}/2")]
    once_more = facts_after(moved(), before=again)
    assert sent(once_more)[-1] == invite(MOVED)
    numbers = [sequence(once_more, message) for message in messages(once_more)]
    assert numbers == sorted(set(numbers))
    assert len(set(occasions(once_more))) == 1


@pytest.mark.clause("SD-18")
def test_a_cancellation_lies_between_the_invitation_that_it_takes_back_and_the_next_one() -> None:
    now = facts_after(called_off_meeting(occurred_at=NOW), moved(), before=invited())
    assert sent(now) == [invite(), cancel(), invite(MOVED)]
    first, taken_back, second = (sequence(now, message) for message in messages(now))
    assert first < taken_back < second
    assert len(set(occasions(now))) == 1, "a calendar shows one meeting"


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SD-18")
def test_another_service_gets_an_invitation_of_its_own_once_it_is_asked() -> None:
    now = facts_after(other_service(), before=invited())
    assert sent(now) == [invite(), cancel()]
    south = (consent_to_all(step_id="consent-2", service_ref="service-south"),)
    assert sent(facts_after(*south, before=now))[2:] == [invite("service-south/schedule_final_meeting")]


@pytest.mark.clause("SD-18")
@pytest.mark.clause("SD-19")
def test_a_meeting_after_one_that_was_adjourned_is_another_one_in_the_calendar() -> None:
    adjourned = facts_after(meeting(at_meeting(CHILD, MeetingOutcome.ADJOURNED)), before=invited())
    now = facts_after(moved(), before=adjourned)
    assert sent(now) == [invite(), invite(MOVED)]
    assert occasions(now) == ["schedule_final_meeting", "date-2"]


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize(
    "after",
    [(), (withdrawal(),), (called_off(),), (other_service(),)],
    ids=["agreed", "consent taken back", "called off", "another service"],
)
def test_the_invitation_to_a_meeting_that_was_held_is_never_taken_back(after: tuple[Any, ...]) -> None:
    now = facts_after(meeting(), *after, before=invited())
    assert sent(now, EffectKind.CANCEL_INVITATION) == []


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("service", [None, without_mosaic()], ids=["in Mosaic", "without Mosaic"])
def test_a_service_that_was_not_there_is_sent_in_writing_what_the_meeting_said(service: Any) -> None:
    start = on_a_plan(opening=opening(service=service)) if service else on_a_plan()
    before = facts_after(*plan_path()[:6], before=start)
    assert sent(facts_after(meeting(), before=before), EffectKind.SEND_MEETING_OUTCOME) == []
    now = facts_after(meeting(service_attended=False), before=before)
    assert sent(now, EffectKind.SEND_MEETING_OUTCOME) == ["send_meeting_outcome/service-north/record_final_meeting"]


@pytest.mark.clause("SD-09")
@pytest.mark.clause("SD-18")
def test_in_writing_a_service_reads_only_of_children_for_whom_consent_stands() -> None:
    before = facts_after(withdrawal(SIBLING), before=invited(CHILD, SIBLING))
    now = record(before, meeting(CHILD, SIBLING, service_attended=False))
    assert [child.ref for child in told_at_meeting(now)] == [CHILD]
    [told] = [effect for effect in due(now) if effect.kind is EffectKind.SEND_MEETING_OUTCOME]
    back = record(begin(now, told), withdrawal(CHILD, step_id="w-2"))
    assert told_at_meeting(back) == ()
    assert told not in due(back.model_copy(update={"begun": ()}))


@pytest.mark.clause("SD-18")
def test_a_service_that_does_not_know_of_the_transfer_or_came_later_is_not_told_what_a_meeting_said() -> None:
    unknown = facts_after(exploration(), consent_to_all(), meeting(service_attended=False), before=on_a_plan())
    assert sent(unknown) == []
    absent = facts_after(meeting(service_attended=False), before=invited())
    south = (other_service(), consent_to_all(step_id="consent-2", service_ref="service-south"))
    assert len(sent(facts_after(*south, before=absent), EffectKind.SEND_MEETING_OUTCOME)) == 1


MONDAY = london(2026, 3, 16, 10)


def clock(now: Facts, kind: ClockKind) -> Clock:
    """The last one of a kind."""
    return [clock for clock in now.clocks if clock.kind is kind][-1]


def told(now: Facts, kind: ClockKind) -> list[tuple[RungKind, datetime, tuple[Audience, ...]]]:
    return [(alert.what, alert.at, alert.audiences) for alert in now.alerts if alert.kind is kind]


def asked_and_scheduled() -> Facts:
    """On Monday 2 March the contact is asked, and the meeting scheduled for Monday 16 March at ten."""
    return facts_at(NOW, *plan_path()[:4], scheduled(), before=on_a_plan())


@pytest.mark.clause("SD-16")
def test_a_meeting_that_comes_near_without_a_conversation_is_told_to_worker_then_manager_before_it() -> None:
    assert told(let_time_pass(asked_and_scheduled(), london(2026, 3, 31)), ClockKind.MEETING_NEAR) == [
        (RungKind.REMINDER, london(2026, 3, 9, 9), (WORKER,)),
        (RungKind.ESCALATION, london(2026, 3, 12, 9), (WORKER, MANAGER)),
        (RungKind.END, london(2026, 3, 16, 17), (WORKER, MANAGER)),
    ]


@pytest.mark.clause("SD-16")
def test_with_the_conversation_nobody_is_told_that_it_is_missing_before_the_meeting() -> None:
    moment = london(2026, 3, 6, 10)
    now = facts_at(moment, conversation(occurred_at=moment), before=let_time_pass(asked_and_scheduled(), moment))
    assert state(now, clock(now, ClockKind.MEETING_NEAR)) is ClockState.NEEDLESS
    assert told(let_time_pass(now, london(2026, 3, 31)), ClockKind.MEETING_NEAR) == []


@pytest.mark.clause("SD-18")
@pytest.mark.clause("SD-19")
def test_of_the_meeting_contact_and_worker_are_reminded_before_it_then_what_it_said_is_waited_for() -> None:
    now = facts_at(NOW, *plan_path()[:6], before=on_a_plan())
    counted = clock(now, ClockKind.FINAL_MEETING)
    certificate = now.certificate(counted)
    assert certificate is not None
    assert (counted.since, certificate.due) == (MONDAY, london(2026, 3, 19, 17))
    assert told(let_time_pass(now, london(2026, 3, 31)), ClockKind.FINAL_MEETING) == [
        (RungKind.REMINDER, london(2026, 3, 13, 9), (CONTACT, WORKER)),
        (RungKind.ESCALATION, london(2026, 3, 18, 9), (WORKER, MANAGER)),
        (RungKind.END, london(2026, 3, 19, 17), (WORKER, MANAGER)),
    ]


@pytest.mark.clause("SD-18")
def test_nobody_is_reminded_of_a_meeting_to_which_the_service_is_not_invited_yet() -> None:
    early = facts_at(NOW, exploration(), consent_to_all(), scheduled(), before=on_a_plan())
    assert [each.kind for each in early.open_clocks()] == [ClockKind.SHARING, ClockKind.MEETING_NEAR]


@pytest.mark.clause("SD-18")
def test_a_meeting_that_is_moved_is_waited_for_from_its_new_day() -> None:
    before = facts_at(NOW, *plan_path()[:6], before=on_a_plan())
    now = facts_at(NOW, moved(), before=before)
    assert [(each.ended is None, each.since) for each in now.clocks if each.kind is ClockKind.FINAL_MEETING] == [
        (False, MONDAY),
        (True, london(2026, 3, 20, 10)),
    ]
    later = told(let_time_pass(now, london(2026, 3, 31)), ClockKind.FINAL_MEETING)
    assert [at for _, at, _ in later] == [london(2026, 3, 19, 9), london(2026, 3, 24, 9), london(2026, 3, 25, 17)]


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize(
    "step",
    [called_off_meeting(), meeting(), withdrawal(), called_off()],
    ids=lambda step: step.step_id,
)
def test_a_meeting_that_is_not_to_come_any_more_is_not_waited_for(step: Any) -> None:
    now = facts_at(NOW, step, before=facts_at(NOW, *plan_path()[:6], before=on_a_plan()))
    running = {each.kind for each in now.open_clocks()}
    assert not running & {ClockKind.FINAL_MEETING, ClockKind.MEETING_NEAR}


@pytest.mark.clause("SD-16")
def test_with_another_service_the_conversation_with_it_is_waited_for_before_the_meeting() -> None:
    now = facts_at(NOW, other_service(), before=facts_at(NOW, *plan_path()[:6], before=on_a_plan()))
    running = {each.kind for each in now.open_clocks()}
    assert running & {ClockKind.FINAL_MEETING, ClockKind.MEETING_NEAR} == {ClockKind.MEETING_NEAR}


@pytest.mark.clause("SD-18")
def test_where_the_meeting_was_called_off_a_date_is_waited_for_again() -> None:
    moment = london(2026, 3, 11, 10)
    now = facts_at(moment, called_off_meeting(), before=facts_at(NOW, *plan_path()[:6], before=on_a_plan()))
    certificate = now.certificate(clock(now, ClockKind.SCHEDULING))
    assert certificate is not None
    assert (certificate.received, certificate.due) == (moment, london(2026, 3, 18, 17))


@pytest.mark.clause("SD-16")
def test_what_waits_for_confirmation_is_due_within_three_days_and_then_the_team_manager_is_asked() -> None:
    now = facts_at(NOW, *plan_path()[:5], meeting(), before=on_a_plan())
    certificate = now.certificate(clock(now, ClockKind.MEETING_CONFIRMED))
    assert certificate is not None
    assert certificate.due == london(2026, 3, 5, 17)
