"""The final meeting ahead: who is invited, when that is cancelled, what is sent in writing, and who is reminded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.effects import Effect, Ended
from models.journey.attention import raise_attention
from models.journey.clocks import ClockState
from models.journey.recorded import Clock
from models.kinds import Audience, ClockKind, EffectKind, RungKind
from models.step_down.effects import invitation, told_at_meeting
from models.step_down.facts import StepDownFacts
from models.step_down.final_meeting import (
    held_instead_of,
    meetings,
    moved_from,
    sequence,
    to_come,
)
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision
from models.step_down.steps.final_meeting import MeetingOutcome, RecordFinalMeeting, ScheduleFinalMeeting
from tests.builders import (
    CHAIR,
    CHILD,
    NOW,
    SIBLING,
    at_meeting,
    begin,
    cancellation,
    cancelled_meeting,
    consent_to_all,
    conversation,
    decided,
    due,
    end,
    exploration,
    facts_after,
    facts_at,
    family_sharing,
    intent,
    let_machine_work,
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
    reassigned,
    record,
    scheduled,
    stop,
    withdrawal,
    without_mosaic,
)
from tests.step_down import clock_state, next_steps
from workflows.step_down.orders import ORDERS

HOUR = timedelta(hours=1)
INVITE, CANCEL = EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION
DATE, MOVED = "service-north/schedule_final_meeting", "service-north/date-2"
WORKER, MANAGER, CONTACT = Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER, Audience.EARLY_HELP_CONTACT


def sent(now: StepDownFacts, *kinds: EffectKind) -> list[str]:
    """What was begun of the messages about the meeting, in order."""
    about = kinds or (EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION, EffectKind.SEND_MEETING_OUTCOME)
    return [effect.id for effect in now.begun if effect.kind in about]


def invite(about: str = DATE) -> str:
    return f"invite_to_meeting/{about}"


def cancel(about: str = DATE) -> str:
    return f"cancel_invitation/{about}"


def moved(**changes: Any) -> ScheduleFinalMeeting:
    said = {"step_id": "date-2", "meeting_at": london(2026, 3, 20, 10), "occurred_at": NOW}
    return scheduled(**{**said, **changes})


def invited(*children: str) -> StepDownFacts:
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


def messages(now: StepDownFacts) -> list[Effect]:
    kinds = (EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION)
    return [effect for effect in now.begun if effect.kind in kinds]


def occasions(now: StepDownFacts) -> list[str]:
    return [message.occasion or "" for message in messages(now)]


def in_own_calendar(now: StepDownFacts) -> list[str]:
    return sent(now, EffectKind.ENTER_MEETING, EffectKind.REMOVE_MEETING)


@pytest.mark.clause("SD-18")
def test_who_organises_the_meeting_has_what_the_service_has_under_the_same_name_and_number() -> None:
    now = facts_after(moved(), cancelled_meeting(), moved(step_id="date-3"), before=invited())
    assert in_own_calendar(now) == [
        f"enter_meeting/{DATE}",
        f"enter_meeting/{MOVED}",
        f"remove_meeting/{MOVED}",
        "enter_meeting/service-north/date-3",
    ]
    kinds = {INVITE: EffectKind.ENTER_MEETING, CANCEL: EffectKind.REMOVE_MEETING}
    for message in messages(now):
        [copy] = [e for e in now.begun if (e.kind, e.step, e.time) == (kinds[message.kind], message.step, message.time)]
        theirs, ours = mail_about(now, copy), mail_about(now, message)
        assert (theirs.occasion, theirs.sequence, theirs.since) == (ours.occasion, ours.sequence, ours.since)


@pytest.mark.clause("SD-18")
def test_what_was_not_entered_is_not_taken_out_and_what_is_to_be_cancelled_is_not_entered() -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    begun = begin(before, *due(before))
    called_off = record(begun, cancelled_meeting())
    assert in_own_calendar(let_machine_work(end(called_off, *called_off.unfinished))) == []
    skipped = let_machine_work(end(begun, *begun.unfinished, ended=Ended.SKIPPED))
    assert in_own_calendar(facts_after(cancelled_meeting(), before=skipped)) == []


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("perhaps", [True, False], ids=["it may have been sent", "it was not sent"])
def test_an_entry_that_was_stopped_is_taken_out_where_it_may_have_been_sent(*, perhaps: bool) -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    asked = begin(before, *due(before))
    entering = end(asked, *asked.unfinished)
    entered = begin(entering, *due(entering))
    [entry] = [effect for effect in entered.unfinished if effect.kind is EffectKind.ENTER_MEETING]
    stopped = stop(record(entered, cancelled_meeting()), entry, may_have_been_sent=perhaps)
    now = let_machine_work(stopped)
    assert in_own_calendar(now) == ([f"remove_meeting/{DATE}"] if perhaps else [])


CANCELLED = {
    "the meeting is cancelled": ("SD-18", (cancelled_meeting(),)),
    "the transfer is cancelled": ("SD-18", (cancellation(),)),
    "consent is withdrawn": ("SD-09a", (withdrawal(),)),
    "another one is named": ("SD-09a", (other_service(),)),
    "the service finds it not appropriate": (
        "SD-07",
        (not_appropriate(step_id="no", corrects="record_contact_conversation"),),
    ),
    "the children are decided otherwise": ("SD-23", (decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}),)),
}


@pytest.mark.parametrize(
    "steps",
    [pytest.param(steps, id=why, marks=pytest.mark.clause(clause)) for why, (clause, steps) in CANCELLED.items()],
)
def test_an_invitation_that_was_sent_is_cancelled_once_where(steps: tuple[Any, ...]) -> None:
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
def test_only_an_invitation_that_was_sent_is_cancelled(how: Ended) -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    begun = begin(before, *due(before))
    now = facts_after(cancelled_meeting(), before=end(begun, *begun.unfinished, ended=how))
    assert (cancel() in sent(now)) is (how is not Ended.SKIPPED)


@pytest.mark.clause("SD-18")
def test_an_invitation_that_is_on_its_way_is_cancelled_only_once_it_was_sent() -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    begun = begin(before, *due(before))
    cancelled = record(begun, cancelled_meeting())
    assert due(cancelled) == ()
    assert [effect.id for effect in due(end(cancelled, *cancelled.unfinished))] == [cancel()]


@pytest.mark.clause("SD-18")
def test_what_was_not_sent_yet_is_not_cancelled() -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    assert sent(facts_after(cancelled_meeting(), before=before)) == []


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
    first, _, second, third = occasions(once_more)
    assert second == third != first


@pytest.mark.clause("SD-18")
def test_once_a_cancellation_may_have_left_the_next_date_has_another_name_and_each_cancellation_that_of_its_own() -> (
    None
):
    now = facts_after(cancelled_meeting(), moved(), before=invited())
    again = facts_after(
        cancelled_meeting(step_id="off-2"), moved(step_id="date-3"), moved(step_id="date-4"), before=now
    )
    assert [effect.kind for effect in messages(again)] == [INVITE, CANCEL, INVITE, CANCEL, INVITE, INVITE]
    assert occasions(again) == ["schedule_final_meeting"] * 2 + ["date-2"] * 2 + ["date-3"] * 2
    numbers = [sequence(again, message) for message in messages(again)]
    assert numbers == sorted(set(numbers)), "within a name, and beyond it"


@pytest.mark.clause("SD-18")
def test_what_a_calendar_is_told_bears_the_moment_at_which_it_came_to_be_known() -> None:
    set_at, off_at, again_at = NOW, NOW + timedelta(days=2), NOW + timedelta(days=3)
    set_then = facts_at(set_at, *plan_path()[:5], scheduled(), before=on_a_plan())
    off = facts_at(off_at, cancelled_meeting(occurred_at=off_at), before=set_then)
    now = facts_at(again_at, moved(occurred_at=again_at), before=off)
    assert [mail_about(now, message).since for message in messages(now)] == [set_at, off_at, again_at]
    later = facts_at(again_at + HOUR, exploration(step_id="e-2", corrects="record_exploration"), before=now)
    assert [mail_about(later, message).since for message in messages(later)] == [set_at, off_at, again_at]


@pytest.mark.clause("SD-18")
def test_a_cancellation_lies_between_the_invitation_that_it_takes_back_and_the_next_one() -> None:
    now = facts_after(cancelled_meeting(occurred_at=NOW), moved(), before=invited())
    assert sent(now) == [invite(), cancel(), invite(MOVED)]
    first, cancelled, second = (sequence(now, message) for message in messages(now))
    assert first < cancelled < second
    assert occasions(now) == ["schedule_final_meeting"] * 2 + ["date-2"], "read late, it takes the new one out of none"


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
    [(), (withdrawal(),), (cancellation(),), (other_service(),)],
    ids=["agreed", "consent withdrawn", "cancelled", "another service"],
)
def test_the_invitation_to_a_meeting_that_was_held_is_never_cancelled(after: tuple[Any, ...]) -> None:
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
    assert [child.ref for child in told_at_meeting(now, meetings(now)[-1])] == [CHILD]
    [told] = [effect for effect in due(now) if effect.kind is EffectKind.SEND_MEETING_OUTCOME]
    back = record(begin(now, told), withdrawal(CHILD, step_id="w-2"))
    assert told_at_meeting(back, meetings(back)[-1]) == ()
    assert told not in due(back.model_copy(update={"begun": ()}))


@pytest.mark.clause("SD-18")
def test_a_service_that_does_not_know_of_the_transfer_or_came_later_is_not_told_what_a_meeting_said() -> None:
    unknown = facts_after(exploration(), consent_to_all(), meeting(service_attended=False), before=on_a_plan())
    assert sent(unknown) == []
    absent = facts_after(meeting(service_attended=False), before=invited())
    south = (other_service(), consent_to_all(step_id="consent-2", service_ref="service-south"))
    assert len(sent(facts_after(*south, before=absent), EffectKind.SEND_MEETING_OUTCOME)) == 1


def invited_to_monday(*children: str) -> StepDownFacts:
    """To Monday 16 March at ten."""
    return facts_at(NOW, *plan_path(*children)[:5], scheduled(), before=on_a_plan(*children))


@pytest.mark.clause("SD-16")
@pytest.mark.clause("SD-18")
def test_a_meeting_that_is_held_before_its_day_takes_the_invitation_back_and_waits_for_confirmation() -> None:
    now = facts_after(meeting(), before=invited_to_monday())
    assert sent(now) == [invite(), cancel()]
    assert [need.clause for need in next_steps(now)] == ["SD-16"]
    assert to_come(now) is None


@pytest.mark.clause("SD-16")
@pytest.mark.clause("SD-18")
def test_a_meeting_that_is_held_after_its_day_waits_for_confirmation_and_takes_nothing_back() -> None:
    tuesday = london(2026, 3, 17, 10)
    now = facts_at(tuesday, meeting(occurred_at=tuesday), before=invited_to_monday())
    assert sent(now) == [invite()]
    assert [need.clause for need in next_steps(now)] == ["SD-16"]


@pytest.mark.clause("SD-16")
@pytest.mark.parametrize(("day", "counts"), [(6, True), (5, False)], ids=["in London", "elsewhere"])
def test_the_day_of_a_meeting_is_that_of_london(day: int, counts: bool) -> None:
    half_past_midnight = scheduled(meeting_at=datetime(2026, 7, 5, 23, 30, tzinfo=UTC))
    before = facts_at(NOW, *plan_path()[:5], half_past_midnight, before=on_a_plan())
    held = london(2026, 7, day, 23, 15)
    now = facts_at(held, meeting(occurred_at=held), before=before)
    assert ("SD-16" not in [need.clause for need in next_steps(now)]) is counts


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("at", [london(2026, 3, 16, 9), london(2026, 3, 16, 17)], ids=["earlier", "later"])
def test_a_meeting_that_is_held_at_another_hour_of_its_day_is_the_one_that_the_service_was_invited_to(
    at: datetime,
) -> None:
    now = facts_at(at, meeting(occurred_at=at), before=invited_to_monday())
    assert sent(now) == [invite()]
    assert [need.clause for need in next_steps(now)] == ["SD-28", "SD-30", "SD-23"]


@pytest.mark.clause("SD-18")
def test_a_meeting_that_was_dated_wrongly_gives_its_date_back_once_that_is_corrected() -> None:
    wrong = facts_after(meeting(), before=invited_to_monday())
    assert sent(wrong) == [invite(), cancel()]
    held = {"step_id": "right", "corrects": "record_final_meeting", "occurred_at": NOW - 30 * HOUR}
    now = facts_after(meeting(at_meeting(CHILD, MeetingOutcome.ADJOURNED), **held), before=wrong)
    assert sent(now) == [invite(), cancel(), invite(f"{DATE}/2")]


@pytest.mark.clause("SD-18")
def test_a_meeting_before_the_day_leaves_the_date_as_it_is_while_a_child_is_unheard() -> None:
    adjourned = facts_after(meeting(at_meeting(CHILD, MeetingOutcome.ADJOURNED)), before=invited_to_monday())
    of_one = facts_after(meeting(), before=invited_to_monday(CHILD, SIBLING))
    for now in (adjourned, of_one):
        assert sent(now) == [invite()], "they are to come on Monday"
        assert to_come(now) is not None
        assert now.receipts[-1].note is None
    both = facts_after(meeting(SIBLING, step_id="of-the-sibling"), before=of_one)
    assert sent(both) == [invite(), cancel()]


@pytest.mark.clause("SD-18")
def test_who_records_a_meeting_before_its_day_reads_that_nobody_is_awaited_then_any_more() -> None:
    now = record(invited_to_monday(), meeting())
    told = now.receipts[-1].note or ""
    assert told.startswith("This is recorded as held instead of the final meeting set for Monday 16 March 2026 10:00:")
    on_its_day = london(2026, 3, 16, 9)
    assert record(invited_to_monday(), meeting(occurred_at=on_its_day), on_its_day).receipts[-1].note is None


@pytest.mark.clause("SD-18")
def test_that_a_meeting_was_brought_forward_is_not_told_once_the_day_and_the_hour_have_come() -> None:
    for at, told in ((london(2026, 3, 16, 9, 59), [invite(), cancel()]), (london(2026, 3, 16, 10), [invite()])):
        assert sent(facts_at(at, meeting(occurred_at=NOW), before=invited_to_monday())) == told


@pytest.mark.clause("SD-18")
def test_the_service_is_told_that_the_meeting_was_held_and_not_only_that_nobody_is_to_come() -> None:
    early = facts_after(meeting(), before=invited_to_monday())
    date = next(entry.step for entry in early.steps if isinstance(entry.step, ScheduleFinalMeeting))
    held = held_instead_of(early, date)
    assert held is not None
    assert held.occurred_at == NOW
    called_off = facts_after(cancelled_meeting(), before=invited_to_monday())
    assert held_instead_of(called_off, date) is None


@pytest.mark.clause("SD-18")
def test_the_invitation_to_a_meeting_that_was_held_early_is_cancelled_though_another_date_is_set_at_once() -> None:
    adjourned = record(invited_to_monday(), meeting(at_meeting(CHILD, MeetingOutcome.ADJOURNED)))
    now = let_machine_work(record(adjourned, moved()))
    assert sorted(sent(now)) == sorted([invite(), cancel(), invite(MOVED)])


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SD-18")
def test_an_invitation_that_is_on_its_way_goes_on_while_a_service_is_told_of_a_sibling() -> None:
    before = record(plan_before(ScheduleFinalMeeting, CHILD, SIBLING), scheduled())
    begun = begin(before, *due(before))
    assert invitation(record(begun, withdrawal(SIBLING))) == (begun.unfinished[0],)


TUESDAY = london(2026, 3, 17, 10)


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize(
    "step", [withdrawal(), cancellation(), other_service(), cancelled_meeting()], ids=lambda step: step.step_id
)
def test_a_meeting_that_is_over_is_never_cancelled(step: Any) -> None:
    assert sent(facts_at(TUESDAY, step, before=invited_to_monday())) == [invite()]


@pytest.mark.clause("SD-18")
def test_a_meeting_is_over_at_its_end_and_not_before() -> None:
    begun, over = (facts_at(london(2026, 3, 16, *at), cancellation(), before=invited_to_monday()) for at in ENDS)
    assert (sent(begun), sent(over)) == ([invite(), cancel()], [invite()])


ENDS = (10, 59), (11, 0)


@pytest.mark.clause("SD-18")
def test_a_meeting_is_over_too_where_only_somebody_was_told_since() -> None:
    before = let_time_pass(asked_and_scheduled(), london(2026, 3, 16, 17))
    not_invited = before.model_copy(update={"begun": (), "effects": ()})
    assert (to_come(before) is not None, to_come(not_invited)) == (True, None)


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SD-18")
@pytest.mark.parametrize(
    "again",
    [
        (consent_to_all(step_id="consent-2"),),
        (
            other_service(),
            consent_to_all(step_id="consent-2", service_ref="service-south"),
            conversation(step_id="c-2"),
        ),
    ],
    ids=["with consent given again", "with another service"],
)
def test_nobody_is_invited_to_a_date_that_is_past_and_a_new_one_is_asked_for(again: tuple[Any, ...]) -> None:
    back = facts_after(withdrawal(), before=invited_to_monday())
    now = facts_at(TUESDAY, *again, before=back)
    assert sent(now) == [invite(), cancel()]
    assert [need.step for need in next_steps(now)] == ["schedule_final_meeting"]


@pytest.mark.clause("SD-18")
def test_an_invitation_that_was_not_sent_when_the_meeting_is_over_is_tried_no_more() -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    begun = begin(before, *due(before))
    over = record(begun, exploration(step_id="e-2", corrects="record_exploration"), TUESDAY)
    assert (invitation(begun), invitation(over)) == ((begun.unfinished[0],), ())


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("sent_perhaps", [True, False], ids=["it may have been sent", "it was not sent"])
def test_an_invitation_that_was_stopped_is_cancelled_where_it_may_have_been_sent(sent_perhaps: bool) -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    begun = begin(before, *due(before))
    withdrawn = facts_after(withdrawal(), before=begun)
    now = let_machine_work(stop(withdrawn, *begun.unfinished, may_have_been_sent=sent_perhaps))
    assert sent(now) == ([cancel()] if sent_perhaps else [])
    again = facts_after(consent_to_all(step_id="consent-2"), before=now)
    assert sent(again) == ([cancel(), invite(f"{DATE}/2")] if sent_perhaps else [invite()])


@pytest.mark.clause("SD-18")
def test_of_two_invitations_that_may_have_been_sent_the_newer_one_is_cancelled() -> None:
    before = record(plan_before(ScheduleFinalMeeting), scheduled())
    begun = begin(before, *due(before))
    [first] = begun.unfinished
    once_moved = stop(record(begun, moved()), first, may_have_been_sent=True)
    now = facts_after(cancelled_meeting(), before=let_machine_work(once_moved))
    assert sent(now) == [invite(MOVED), cancel(MOVED)]


@pytest.mark.clause("SD-18")
def test_where_a_cancellation_may_have_been_sent_and_the_meeting_comes_after_all_the_service_is_invited_again() -> None:
    withdrawn = record(invited_to_monday(), withdrawal())
    begun = begin(withdrawn, *due(withdrawn))
    [cancelling] = [effect for effect in begun.unfinished if effect.kind is EffectKind.CANCEL_INVITATION]
    told = end(begun, *(effect for effect in begun.unfinished if effect != cancelling))
    again = record(told, consent_to_all(step_id="consent-2"))
    assert sent(let_machine_work(stop(again, cancelling, may_have_been_sent=False))) == [invite()]
    now = let_machine_work(stop(again, cancelling, may_have_been_sent=True))
    assert sent(now) == [invite(), cancel(), invite(f"{DATE}/2")], "the date that may stand is taken out for certain"
    assert occasions(now) == ["schedule_final_meeting"] * 2 + ["schedule_final_meeting/2"]


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize(
    ("problem", "name"),
    [("unclear", "date-2"), ("refused_address", "schedule_final_meeting")],
    ids=["it may have left", "it did not leave"],
)
def test_the_date_after_a_cancellation_that_a_person_gave_up_has_another_name_where_it_may_have_left(
    problem: str, name: str
) -> None:
    off = record(invited_to_monday(), cancelled_meeting())
    begun = begin(off, *due(off))
    [cancelling] = [effect for effect in begun.unfinished if effect.kind is CANCEL]
    asked = raise_attention(begun, NOW, problem, cancelling.words, effect=cancelling)
    given_up = end(asked, *asked.unfinished, ended=Ended.SKIPPED)
    assert occasions(facts_after(moved(), before=given_up))[-1] == name


@pytest.mark.clause("SD-18")
def test_a_new_invitation_leaves_only_once_the_date_that_may_stand_has_been_taken_out() -> None:
    withdrawn = record(invited_to_monday(), withdrawal())
    begun = begin(withdrawn, *due(withdrawn))
    [cancelling] = [effect for effect in begun.unfinished if effect.kind is CANCEL]
    told = end(begun, *(effect for effect in begun.unfinished if effect != cancelling))
    stopped = stop(record(told, consent_to_all(step_id="consent-2")), cancelling, may_have_been_sent=True)
    assert [effect.id for effect in due(stopped) if effect.kind in {INVITE, CANCEL}] == [cancel()]
    taken_out = end(begin(stopped, cancelling), cancelling)
    assert [effect.id for effect in due(taken_out) if effect.kind in {INVITE, CANCEL}] == [invite(f"{DATE}/2")]


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SD-18")
def test_a_new_invitation_waits_until_the_service_has_what_it_was_told_before() -> None:
    withdrawn = record(invited_to_monday(), withdrawal())
    begun = begin(withdrawn, *due(withdrawn))
    [tell] = [effect for effect in begun.unfinished if effect.kind is EffectKind.TELL_SERVICE]
    others = end(begun, *(effect for effect in begun.unfinished if effect != tell))
    again = let_machine_work(record(others, consent_to_all(step_id="consent-2")))
    assert sent(again) == [invite(), cancel()]
    assert sent(let_machine_work(end(again, tell))) == [invite(), cancel(), invite(f"{DATE}/2")]


@pytest.mark.clause("SD-18")
def test_the_calendar_entry_is_never_the_first_that_a_service_hears() -> None:
    before = facts_after(*plan_path()[:3], scheduled(), before=on_a_plan())
    seen = let_sharing_end(record(before, family_sharing()))
    [request] = due(seen)
    asking = begin(seen, request)
    assert due(asking) == ()
    assert [effect.id for effect in due(end(asking, request))] == [invite()]


def let_sharing_end(now: StepDownFacts) -> StepDownFacts:
    """The papers are with the service."""
    papers = due(now)
    return end(begin(now, *papers), *papers)


@pytest.mark.clause("SD-18")
def test_a_meeting_that_is_moved_says_from_which_date_and_one_that_was_cancelled_is_no_move() -> None:
    now = facts_after(moved(), before=invited_to_monday())
    first, second = messages(now)
    assert (moved_from(now, first), moved_from(now, second)) == (None, scheduled())
    again = facts_after(cancelled_meeting(), moved(step_id="date-3"), before=now)
    assert moved_from(again, messages(again)[-1]) is None


@pytest.mark.clause("SD-18")
def test_whoever_is_responsible_now_organises_a_meeting_that_has_no_organiser_yet() -> None:
    now = facts_after(reassigned(social_work_team="team-2"), moved(), before=invited_to_monday())
    assert [mail_about(now, message).organisers for message in messages(now)] == [("sw-8", "team-2")] * 2


def mail_about(now: StepDownFacts, message: Effect) -> Any:
    return ORDERS.effects[message.kind].order(now, intent(message))


MISSED = "send_meeting_outcome/service-north/record_final_meeting"


def in_writing(now: StepDownFacts) -> list[str]:
    return sent(now, EffectKind.SEND_MEETING_OUTCOME)


def anew(*said: Any, **changes: Any) -> RecordFinalMeeting:
    """The meeting that the service missed, once more."""
    here = {"step_id": "anew", "corrects": "record_final_meeting", "service_attended": False}
    return meeting(*said, **{**here, **changes})


MISSED_AGAIN = MISSED.replace("record_final_meeting", "anew")


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize(
    ("said", "again"),
    [
        (anew(CHILD, SIBLING, actor=CHAIR), []),
        (anew(CHILD, SIBLING, chair="chair-2"), []),
        (anew(CHILD), []),
        (anew(CHILD, SIBLING, occurred_at=NOW - HOUR), [MISSED_AGAIN]),
        (anew(CHILD, at_meeting(SIBLING, MeetingOutcome.NOT_AGREED)), [MISSED_AGAIN]),
        (anew(CHILD, SIBLING, service_attended=True), []),
    ],
    ids=["confirmed", "another chair", "of one child", "another time", "another outcome", "was there after all"],
)
def test_a_service_reads_of_a_meeting_once_and_again_only_where_what_it_reads_has_changed(
    said: RecordFinalMeeting, again: list[str]
) -> None:
    before = facts_after(meeting(CHILD, SIBLING, service_attended=False), before=invited(CHILD, SIBLING))
    assert in_writing(before) == [MISSED]
    now = facts_after(said, before=before)
    assert in_writing(now) == [MISSED, *again]
    told = [mail_about(now, effect).replaces for effect in now.begun if effect.kind is EffectKind.SEND_MEETING_OUTCOME]
    assert told == [False, *(True for _ in again)]


@pytest.mark.clause("SD-09")
@pytest.mark.clause("SD-18")
def test_a_correction_about_a_child_of_whom_the_service_may_not_read_is_not_sent() -> None:
    invited_with_one = facts_after(withdrawal(SIBLING), before=invited(CHILD, SIBLING))
    before = facts_after(meeting(CHILD, SIBLING, service_attended=False), before=invited_with_one)
    other = anew(CHILD, at_meeting(SIBLING, MeetingOutcome.PLAN_CONTINUES))
    assert in_writing(facts_after(other, before=before)) == [MISSED]


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SD-18")
def test_consent_withdrawn_for_one_child_sends_nothing_once_more_of_the_other() -> None:
    missed = meeting(CHILD, at_meeting(SIBLING, MeetingOutcome.NOT_AGREED), service_attended=False)
    corrected_at_once = record(record(invited(CHILD, SIBLING), missed), anew(CHILD, SIBLING))
    before = let_machine_work(corrected_at_once)
    assert in_writing(before) == [MISSED_AGAIN]
    assert in_writing(facts_after(withdrawal(SIBLING), before=before)) == [MISSED_AGAIN]


@pytest.mark.clause("SD-18")
def test_a_service_reads_of_each_meeting_that_it_missed_as_it_was_said() -> None:
    no = at_meeting(CHILD, MeetingOutcome.ADJOURNED)
    early = facts_after(exploration(), consent_to_all(), meeting(no, service_attended=False), before=on_a_plan())
    second = meeting(step_id="second", occurred_at=NOW + timedelta(seconds=30), service_attended=False)
    now = facts_after(second, plan_sharing(), family_sharing(), before=early)
    assert in_writing(now) == [MISSED, MISSED.replace("record_final_meeting", "second")]
    first, last = (mail_about(now, effect) for effect in now.begun if effect.id in in_writing(now))
    assert [order.children[0].outcome for order in (first, last)] == [MeetingOutcome.ADJOURNED, MeetingOutcome.AGREED]
    assert (first.held_at, last.held_at) == (NOW, NOW + timedelta(seconds=30))


@pytest.mark.clause("SD-18")
def test_a_service_does_not_read_of_the_family_first_from_what_a_meeting_said() -> None:
    before = facts_after(*plan_path()[:3], meeting(service_attended=False), before=on_a_plan())
    seen = let_sharing_end(record(before, family_sharing()))
    [request] = due(seen)
    asking = begin(seen, request)
    assert due(asking) == ()
    assert [effect.id for effect in due(end(asking, request))] == [MISSED]
    assert due(end(asking, request, ended=Ended.SKIPPED)) == ()


MONDAY = london(2026, 3, 16, 10)


def clock(now: StepDownFacts, kind: ClockKind) -> Clock:
    """The last one of a kind."""
    return [clock for clock in now.clocks if clock.kind is kind][-1]


def told(now: StepDownFacts, kind: ClockKind) -> list[tuple[RungKind, datetime, tuple[Audience, ...]]]:
    return [(alert.what, alert.at, alert.audiences) for alert in now.alerts if alert.kind is kind]


def asked_and_scheduled() -> StepDownFacts:
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
    assert clock_state(now, clock(now, ClockKind.MEETING_NEAR)) is ClockState.NEEDLESS
    assert told(let_time_pass(now, london(2026, 3, 31)), ClockKind.MEETING_NEAR) == []


@pytest.mark.clause("SD-18")
@pytest.mark.clause("SD-19")
def test_of_the_meeting_contact_and_worker_are_reminded_before_it_then_what_it_said_is_waited_for() -> None:
    now = facts_at(NOW, *plan_path()[:5], scheduled(), before=on_a_plan())
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
    before = facts_at(NOW, *plan_path()[:5], scheduled(), before=on_a_plan())
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
    [cancelled_meeting(), meeting(), withdrawal(), cancellation()],
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
def test_where_the_meeting_was_cancelled_a_date_is_waited_for_again() -> None:
    moment = london(2026, 3, 11, 10)
    now = facts_at(moment, cancelled_meeting(), before=facts_at(NOW, *plan_path()[:6], before=on_a_plan()))
    certificate = now.certificate(clock(now, ClockKind.SCHEDULING))
    assert certificate is not None
    assert (certificate.received, certificate.due) == (moment, london(2026, 3, 18, 17))


@pytest.mark.clause("SD-16")
def test_what_waits_for_confirmation_is_due_within_three_days_and_then_the_team_manager_is_asked() -> None:
    now = facts_at(NOW, *plan_path()[:5], meeting(), before=on_a_plan())
    certificate = now.certificate(clock(now, ClockKind.MEETING_CONFIRMED))
    assert certificate is not None
    assert certificate.due == london(2026, 3, 5, 17)
