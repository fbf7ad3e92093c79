"""A risk of significant harm: whoever reports it, and whenever, everything stops and somebody has to ring (SU-01)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models.attention import Resolution
from models.effects import Effect, Ended
from models.journey.attention import raise_attention
from models.journey.details import details
from models.journey.ladder import next_rung
from models.journey.recording import MOST_ASKED, MOST_REJECTED, NOTHING_FOLLOWS
from models.journey.refusing import NOT_HERE
from models.journey.steps import SpokenTo, Step
from models.kinds import ClockKind, EffectKind, RungKind
from models.policy import HARM_ALERTS, Phones, Policy
from models.step_down.effects import service_told
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision
from models.vocabulary import OUTSIDE, Actor, Role
from models.ways import WAYS
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    THEN,
    acknowledgement,
    added_child,
    advice,
    begin,
    cancellation,
    child_consent,
    close_child,
    consent,
    conversation,
    decided,
    decision,
    due,
    end,
    exploration,
    facts,
    facts_after,
    facts_before,
    facts_closed,
    family_sharing,
    harm_not_taken,
    harm_outcome,
    harm_report,
    interim_contact,
    let_machine_work,
    letters,
    management_conversation,
    meeting,
    no_letter,
    on_a_plan,
    opening,
    other_service,
    plan_path,
    practitioner,
    reassigned,
    record,
    refused,
    resolution,
    scheduled,
    seen,
    service,
    whole_path,
    withdrawal,
)
from tests.step_down import next_steps, outcome, raise_alerts, reject, stage, status, update_clocks, wanted

pytestmark = pytest.mark.clause("SU-01")

STAYS = Decision.STAYS_WITH_SOCIAL_WORK
BEFORE = THEN - timedelta(days=1)
SPOKEN = SpokenTo(who="the duty worker", at=THEN)
PHONES = Phones(duty_and_advice="0113 496 0101", out_of_hours="0113 496 0102")


def knows_the_numbers(*children: str) -> StepDownFacts:
    return facts(*children, opening=opening(policy=Policy(phones=PHONES)))


def to_be_sent(now: StepDownFacts) -> list[str]:
    """What would be sent now."""
    return [effect.id for effect in wanted(now) if WAYS[effect.kind].tells_of_family and effect not in now.begun]


PATHS = {"assessment": (whole_path(), facts), "plan": (plan_path(), on_a_plan)}
STAGES = [(route, place) for route, (path, _) in PATHS.items() for place in range(len(path))]


@pytest.mark.parametrize(("route", "place"), STAGES)
def test_anyone_may_report_it_in_every_stage_and_nothing_is_sent_any_more(route: str, place: int) -> None:
    path, start = PATHS[route]
    role = [*Role][place % len(Role)]
    now = record(facts_after(*path[:place], before=start()), harm_report(actor=Actor(id="somebody", role=role)))
    assert to_be_sent(now) == []
    assert to_be_sent(let_machine_work(now)) == []
    assert "report_significant_harm" in {need.step for need in next_steps(now)}


def test_what_waits_to_be_closed_is_not_closed_any_more_for_whatever_reason() -> None:
    before = facts_after(*whole_path(CHILD, SIBLING)[:6], before=facts(CHILD, SIBLING))
    both = record(before, decided({CHILD: Decision.TRANSFER, SIBLING: Decision.NO_FURTHER_SUPPORT}))
    assert {effect.child for effect in due(both)} == {CHILD, SIBLING}
    now = record(both, harm_report())
    assert due(now) == service_told(now)
    assert (now.child(CHILD).decision, now.child(SIBLING).decision) == (None, None)


def test_a_child_who_is_open_to_social_work_can_only_stay_and_one_who_has_passed_on_is_left_where_it_is() -> None:
    before = facts_after(*whole_path(CHILD, SIBLING)[:6], before=facts(CHILD, SIBLING))
    one_closed = let_machine_work(record(before, decided({CHILD: Decision.TRANSFER, SIBLING: STAYS})))
    now = record(one_closed, harm_report(spoken_to=SPOKEN))
    close = decided({SIBLING: Decision.NO_FURTHER_SUPPORT}, step_id="close", corrects="record_decisions")
    said = refused(now, close)
    assert (said.field, said.clause) == ("children.0.decision", "SU-01")
    after = facts_after(acknowledgement(), seen(), harm_outcome(nothing=False), before=now)
    assert outcome(after) is Outcome.TRANSFERRED
    assert after.result(close_child(CHILD)) is not None


def test_where_no_child_has_passed_on_the_transfer_ends_as_stopped() -> None:
    now = record(facts_before(RecordContactConversation), harm_report(spoken_to=SPOKEN))
    assert (stage(now), outcome(now)) == (Stage.DECISION, None)
    assert outcome(facts_after(decided({CHILD: STAYS}), before=now)) is Outcome.ESCALATED


def test_it_does_not_end_before_somebody_has_said_who_was_spoken_to() -> None:
    reported = facts_after(harm_report(), decided({CHILD: STAYS}), before=facts_before(RecordContactConversation))
    assert outcome(reported) is None
    [need] = next_steps(reported)
    assert (need.step, need.clause) == ("report_significant_harm", "SU-01")
    said = harm_report(step_id="said", corrects="report_significant_harm", spoken_to=SPOKEN)
    assert outcome(record(reported, said)) is Outcome.ESCALATED


def test_each_report_needs_its_own_word() -> None:
    both = facts_after(harm_report(), harm_report(SIBLING, step_id="other"), before=facts(CHILD, SIBLING))
    one = record(both, harm_report(SIBLING, step_id="said", corrects="other", spoken_to=SPOKEN))
    assert [report.step_id for report in one.nobody_spoken_to] == ["report_significant_harm"]


@pytest.mark.parametrize(
    ("spoken_to", "words"), [(None, "Recording this is not enough: ring now"), (SPOKEN, "Nothing more is sent")]
)
def test_the_answer_names_whom_to_ring(spoken_to: SpokenTo | None, words: str) -> None:
    now = record(knows_the_numbers(), harm_report(spoken_to=spoken_to))
    note = now.receipts[-1].note
    assert note is not None
    assert words in note
    for number in ("0113 496 0101", "0113 496 0102", "999"):
        assert number in note


def test_a_report_that_cannot_be_taken_says_all_the_same_whom_to_ring() -> None:
    closed = facts_after(*whole_path(), before=knows_the_numbers())
    assert stage(closed) is Stage.CLOSED
    said = refused(closed, harm_report())
    assert "closed" in said.reason
    assert said.note == f"Ring now, all the same. {PHONES.words} {NOT_HERE}"
    assert PHONES.words in said.words


@pytest.mark.parametrize("step", [added_child(), other_service()], ids=lambda step: step.step)
def test_no_other_child_and_no_other_service_comes_in_any_more(step: Step) -> None:
    now = record(facts_before(RecordContactConversation), harm_report())
    assert refused(now, step).clause == "SU-01"


def test_a_service_that_knew_of_the_transfer_is_told_once() -> None:
    asked = facts_after(*whole_path()[:3])
    once = record(asked, harm_report())
    twice = record(once, harm_report(step_id="again"))
    assert [effect.kind for effect in service_told(twice)] == [EffectKind.TELL_SERVICE]
    assert service_told(record(facts(), harm_report())) == ()


def test_people_are_told_at_once_though_it_is_said_who_was_spoken_to() -> None:
    now = record(facts(), harm_report(spoken_to=SPOKEN))
    told = raise_alerts(update_clocks(now, NOW), NOW)
    [alert] = told.alerts
    assert (alert.kind, alert.what, alert.at) == (ClockKind.SIGNIFICANT_HARM, RungKind.ALARM, NOW)


def test_nights_and_weekends_do_not_count() -> None:
    friday_night = NOW.replace(month=3, day=6, hour=23)
    now = update_clocks(record(facts(), harm_report(), now=friday_night), friday_night)
    [clock] = now.open_clocks(ClockKind.SIGNIFICANT_HARM)
    times = now.times(clock)
    assert times is not None
    assert [rung.at - friday_night for rung in times.rungs] == LADDER


def test_after_the_last_rung_the_manager_is_asked() -> None:
    now = record(facts(), harm_report())
    over = raise_alerts(update_clocks(now, NOW), NOW + timedelta(hours=5))
    assert {(need.who, need.clause) for need in next_steps(over)} >= {(Role.TEAM_MANAGER, "SU-01")}


HOUR = timedelta(hours=1)
LADDER = [timedelta(0), HOUR / 2, HOUR, 2 * HOUR, 4 * HOUR]
"""When people are told after a report; then every four hours."""


def told_until(now: StepDownFacts, end: datetime) -> StepDownFacts:
    """The facts after everybody was told at every instant that came until then."""
    now = update_clocks(now, NOW)
    while (coming := next_rung(now)) is not None and coming.at <= end:
        now = raise_alerts(now, coming.at)
    return now


def test_the_last_rung_is_told_again_every_four_hours_day_and_night_until_it_is_said_who_was_spoken_to() -> None:
    told = told_until(record(facts(), harm_report()), NOW + timedelta(days=2))
    every_four_hours = [hours * HOUR for hours in range(8, 49, 4)]
    assert [alert.at - NOW for alert in told.alerts] == [*LADDER, *every_four_hours]
    assert {alert.what for alert in told.alerts[4:]} == {RungKind.END}
    assert {alert.audiences for alert in told.alerts[5:]} == {told.alerts[4].audiences}
    said = harm_report(step_id="said", corrects="report_significant_harm", spoken_to=SPOKEN)
    after = update_clocks(record(told, said), NOW + timedelta(days=2))
    assert next_rung(after) is None


def test_after_downtime_one_alert_tells_of_the_last_time_that_passed_and_the_next_comes_in_its_turn() -> None:
    told = told_until(record(facts(), harm_report()), NOW + 9 * HOUR)
    back = raise_alerts(told, NOW + 33 * HOUR)
    [alert] = back.alerts[len(told.alerts) :]
    assert (alert.at, alert.raised_at) == (NOW + 32 * HOUR, NOW + 33 * HOUR)
    following = next_rung(back)
    assert following is not None
    assert following.at == NOW + 36 * HOUR


def test_after_downtime_from_the_first_on_everybody_of_the_ladder_is_told_in_one_alert() -> None:
    told = told_until(record(facts(), harm_report()), NOW)
    back = raise_alerts(told, NOW + 21 * HOUR)
    [alert] = back.alerts[1:]
    assert alert.at == NOW + 20 * HOUR
    assert set(alert.audiences) == {who for rung in HARM_ALERTS for who in rung.audiences}
    assert back.time_is_up(ClockKind.SIGNIFICANT_HARM)
    assert alert.top


def test_a_policy_says_how_often_it_is_told_again_and_one_that_was_recorded_before_has_the_default() -> None:
    hourly = facts(opening=opening(policy=Policy(harm_alerts_again=HOUR)))
    told = told_until(record(hourly, harm_report()), NOW + 6 * HOUR)
    assert [alert.at - NOW for alert in told.alerts] == [*LADDER, 5 * HOUR, 6 * HOUR]
    recorded = Policy().model_dump(mode="json", exclude={"harm_alerts_again"})
    assert Policy.model_validate(recorded) == Policy()


@pytest.mark.clause("SU-01")
def test_whoever_reports_in_more_words_than_a_text_holds_is_told_to_record_the_rest() -> None:
    note = record(facts(), harm_report(concern="x" * 9000)).receipts[-1].note or ""
    assert "was cut off: record the rest as another report" in note
    assert "cut off" not in (record(facts(), harm_report()).receipts[-1].note or "")


def test_who_was_spoken_to_is_said_once_it_was_done() -> None:
    later = SpokenTo(who="the duty worker", at=NOW + timedelta(minutes=5))
    said = refused(knows_the_numbers(), harm_report(spoken_to=later))
    assert (said.field, said.note) == ("spoken_to.at", f"Ring now, all the same. {PHONES.words}")
    after_what_was_seen = SpokenTo(who="the duty worker", at=NOW)
    assert record(facts(), harm_report(spoken_to=after_what_was_seen)).nobody_spoken_to == ()


@pytest.mark.parametrize(
    ("children", "at", "open_reports"), [((CHILD,), NOW, 0), ((SIBLING,), NOW, 1), ((CHILD,), BEFORE, 1)]
)
def test_a_later_report_that_says_who_was_spoken_to_about_the_same_children_will_do(
    children: tuple[str, ...], at: datetime, open_reports: int
) -> None:
    before = record(facts(CHILD, SIBLING), harm_report(CHILD))
    later = harm_report(*children, step_id="later", spoken_to=SpokenTo(who="the duty worker", at=at))
    assert len(record(before, later).nobody_spoken_to) == open_reports


@pytest.mark.parametrize(("before", "counts"), [(timedelta(hours=1), True), (timedelta(days=3), False)])
def test_a_call_from_days_before_is_not_about_it(before: timedelta, counts: bool) -> None:
    early = SpokenTo(who="the duty worker", at=THEN - before)
    at_once = record(knows_the_numbers(), harm_report(spoken_to=early))
    assert (not at_once.nobody_spoken_to) is counts
    corrected = harm_report(step_id="said", corrects="report_significant_harm", spoken_to=early)
    later = record(record(knows_the_numbers(), harm_report()), corrected)
    assert (not later.nobody_spoken_to) is counts
    for now in (at_once, later):
        assert ("was made more than a day earlier" in str(now.receipts[-1].note)) is not counts
        assert ("ring now. Then record" in str(now.receipts[-1].note)) is not counts


def test_whoever_rang_days_ago_and_says_that_it_was_noticed_then_was_heard() -> None:
    long_ago = THEN - timedelta(days=3)
    said = harm_report(
        step_id="said",
        corrects="report_significant_harm",
        occurred_at=long_ago,
        spoken_to=SpokenTo(who="the duty worker", at=long_ago),
    )
    assert not record(record(facts(), harm_report()), said).nobody_spoken_to


def test_a_report_that_answers_no_earlier_one_says_so_with_the_command() -> None:
    before = record(knows_the_numbers(CHILD, SIBLING), harm_report(CHILD))
    other = record(before, harm_report(SIBLING, step_id="other", spoken_to=SPOKEN))
    note = str(other.receipts[-1].note)
    assert "Nobody has said yet who was spoken to about another report" in note
    assert "transfers step transfer-1 FILE --corrects report_significant_harm" in note
    answered = harm_report(CHILD, step_id="same", spoken_to=SpokenTo(who="the duty worker", at=NOW))
    assert "another report" not in str(record(before, answered).receipts[-1].note)


def test_a_report_that_is_corrected_does_not_begin_its_ladder_anew() -> None:
    told = raise_alerts(update_clocks(record(facts(), harm_report()), NOW), NOW)
    later = NOW + timedelta(hours=5)
    corrected = record(told, harm_report(step_id="again", corrects="report_significant_harm", concern="more"), later)
    over = raise_alerts(update_clocks(corrected, later), later)
    assert [(alert.what, alert.at) for alert in over.alerts] == [
        (RungKind.ALARM, NOW),
        (RungKind.END, NOW + timedelta(hours=4)),
    ]


def test_a_report_about_a_child_who_was_skipped_can_still_be_completed() -> None:
    reserve = Effect(kind=EffectKind.RESERVE_CHILD, child="child-c")
    reported = record(record(facts(), added_child()), harm_report("child-c"))
    skipped = end(begin(reported, reserve), reserve, ended=Ended.SKIPPED)
    said = harm_report("child-c", step_id="said", corrects="report_significant_harm", spoken_to=SPOKEN)
    assert record(skipped, said).nobody_spoken_to == ()


def test_a_report_that_came_as_a_message_and_could_not_be_taken_starts_the_same_ladder_and_stops_nothing() -> None:
    before = facts_before(RecordContactConversation)
    lost = reject(before, harm_not_taken())
    told = told_until(lost, NOW + timedelta(days=1))
    assert {alert.kind for alert in told.alerts} == {ClockKind.HARM_NOT_TAKEN}
    assert ClockKind.ATTENTION not in {clock.kind for clock in told.open_clocks()}, "one ladder is enough"
    assert [alert.at - NOW for alert in told.alerts] == [*LADDER, *(hours * HOUR for hours in range(8, 25, 4))]
    assert told.alerts[0].audiences == HARM_ALERTS[0].audiences
    assert told.harm_reports == ()
    assert wanted(told) == wanted(before)
    assert stage(told) is Stage.CONVERSATION


def test_it_is_told_on_until_a_report_is_taken_later_and_that_one_has_a_ladder_of_its_own() -> None:
    later = NOW + HOUR
    told = told_until(reject(facts(), harm_not_taken()), later)
    taken = record(told, harm_report(spoken_to=SPOKEN), later)
    assert taken.harm_not_taken == ()
    assert {clock.kind for clock in update_clocks(taken, later).open_clocks()} >= {ClockKind.SIGNIFICANT_HARM}
    assert ClockKind.HARM_NOT_TAKEN not in {clock.kind for clock in update_clocks(taken, later).open_clocks()}
    assert not [need for need in next_steps(taken) if need.step == "report_significant_harm"]


def test_a_report_that_was_taken_before_ends_nothing_of_one_that_could_not_be_taken_after_it() -> None:
    taken = record(facts(), harm_report(spoken_to=SPOKEN))
    lost = reject(taken, harm_not_taken())
    assert [item.problem for item in lost.harm_not_taken] == ["harm_not_taken"]
    assert [need.clause for need in next_steps(lost) if need.step == "report_significant_harm"] == ["SU-01"]


@pytest.mark.parametrize(("by", "stands"), [("sw-8", True), ("sw-7", False)])
def test_who_was_spoken_to_about_an_earlier_report_ends_it_only_where_its_own_sender_says_so(
    by: str, stands: bool
) -> None:
    lost = reject(record(facts(), harm_report()), harm_not_taken())
    sender = Actor(id=by, role=Role.SOCIAL_WORKER)
    added = harm_report(step_id="heard", corrects=harm_report().step_id, spoken_to=SPOKEN, actor=sender)
    assert bool(record(lost, added, NOW + HOUR).harm_not_taken) is stands


@pytest.mark.parametrize("role", sorted(OUTSIDE))
def test_that_somebody_outside_spoke_to_duty_and_advice_silences_nobodys_report(role: Role) -> None:
    theirs = harm_report(step_id="theirs", actor=Actor(id="friend", role=role), spoken_to=SPOKEN)
    after = facts_after(harm_report(), theirs)
    assert [report.step_id for report in after.nobody_spoken_to] == [harm_report().step_id, "theirs"]


@pytest.mark.parametrize("role", sorted(OUTSIDE))
def test_what_somebody_outside_reports_ends_nothing_of_what_others_could_not_report(role: Role) -> None:
    nurse, friend = Actor(id="hv-1", role=Role.SAFEGUARDING_LEAD), Actor(id="friend", role=role)
    lost = reject(facts(CHILD, SIBLING), harm_not_taken(sender=nurse.words))
    said = harm_report(SIBLING, step_id="of-a-friend", actor=friend, spoken_to=SPOKEN)
    assert len(record(lost, said, NOW + HOUR).harm_not_taken) == 1
    own = reject(facts(), harm_not_taken(sender=friend.words))
    assert record(own, said.model_copy(update={"children": harm_report().children}), NOW + HOUR).harm_not_taken == ()
    ours = harm_report(SIBLING, step_id="of-ours", spoken_to=SPOKEN)
    assert record(lost, ours, NOW + HOUR).harm_not_taken == ()


def test_a_person_may_say_that_it_was_no_report_about_this_family() -> None:
    lost = reject(facts(), harm_not_taken())
    put_right = update_clocks(record(lost, resolution("A1", Resolution.SKIP)), NOW)
    assert put_right.harm_not_taken == ()
    assert ClockKind.HARM_NOT_TAKEN not in {clock.kind for clock in put_right.open_clocks()}


def test_the_transfer_does_not_end_while_it_stands_and_opens_again_where_it_had_ended() -> None:
    lost = reject(facts_closed(), harm_not_taken())
    assert (stage(lost), outcome(lost)) == (Stage.CONFIRMATION, None)
    assert next_rung(update_clocks(lost, NOW)) is not None
    taken = record(lost, harm_report(spoken_to=SPOKEN), NOW + HOUR)
    assert outcome(let_machine_work(taken)) is None
    assert outcome(facts_after(harm_outcome(nothing=False, said_at=NOW), before=taken)) is Outcome.TRANSFERRED


def test_what_it_said_as_far_as_it_could_be_read_stands_on_the_timeline_and_not_in_the_temporal_ui() -> None:
    now = status(reject(facts(), harm_not_taken()))
    [entry] = [entry for entry in now.timeline if "was not taken" in entry.what]
    assert entry.note == "Child child-x: This child is not in this transfer.\nchild-x: new marks"
    assert "new marks" not in details(now)


def test_the_very_same_message_again_starts_no_second_ladder_and_another_one_does() -> None:
    twice = reject(reject(facts(), harm_not_taken()), harm_not_taken())
    assert len(twice.harm_not_taken) == 1
    assert len(reject(twice, harm_not_taken(digest="another")).harm_not_taken) == 2


def test_it_is_told_though_a_hundred_other_messages_came_before() -> None:
    now = facts()
    for number in range(MOST_REJECTED):
        now = reject(now, harm_not_taken(step="cancel", digest=str(number), said=None))
    for number in range(3):
        now = reject(now, harm_not_taken(digest=f"harm-{number}"))
        now = reject(now, harm_not_taken(step="cancel", digest=f"after-{number}", said=None))
    assert len(now.harm_not_taken) == 3
    assert [message.said for message in now.rejected if message.said] == ["child-x: new marks"] * 3
    others = [message for message in now.rejected if message.step == "cancel"]
    assert (len(others), sum(message.times for message in others)) == (MOST_REJECTED // 2, MOST_REJECTED + 3)


def test_so_many_reports_that_could_not_be_taken_are_kept_and_more_are_counted() -> None:
    now, senders = facts(), 3
    for number in range(MOST_REJECTED + 5):
        now = reject(now, harm_not_taken(digest=str(number), sender=f"social worker sw-{number % senders}"))
    assert (len(now.rejected), sum(message.times for message in now.rejected)) == (MOST_REJECTED, MOST_REJECTED + 5)
    assert len(now.harm_not_taken) == MOST_ASKED


def test_one_sender_s_flood_of_reports_that_cannot_be_taken_leaves_room_for_what_others_send() -> None:
    now, flood, own = facts(), MOST_REJECTED + 5, MOST_ASKED // 2
    for number in range(flood):
        now = reject(now, harm_not_taken(digest=str(number), said="x" * 8000))
    assert (len(now.rejected), now.rejected[-1].times) == (MOST_REJECTED // 2, flood - MOST_REJECTED // 2 + 1)
    assert len(now.harm_not_taken) == own
    assert f"In all {flood - own + 1} messages came" in (now.harm_not_taken[-1].detail or "")
    for number in range(3):
        other = harm_not_taken(digest=f"other-{number}", sender="practitioner eh-4", said="y" * 8000)
        now = reject(now, other)
        assert now.rejected[-1].said == other.said, "whole, as nobody else's"
        assert len(now.harm_not_taken) == own + number + 1, "and somebody is asked about it"
    with_item_of_another = (now.harm_not_taken[own - 1].detail or "").count("eh-4")
    assert with_item_of_another == 0


def test_of_several_who_sent_what_could_not_be_taken_one_alone_ends_it_for_nobody_else() -> None:
    now = record(facts(), harm_report())
    for number in range(MOST_ASKED + 1):
        now = reject(now, harm_not_taken(digest=str(number), sender=f"social worker sw-{number}"))
    last = Actor(id=f"sw-{MOST_ASKED}", role=Role.SOCIAL_WORKER)
    added = harm_report(step_id="heard", corrects=harm_report().step_id, spoken_to=SPOKEN, actor=last)
    assert len(record(now, added, NOW + HOUR).harm_not_taken) == MOST_ASKED


def stopped() -> StepDownFacts:
    """The contact was asked for the conversation; then somebody reported, and was heard."""
    return let_machine_work(record(facts_before(RecordContactConversation), harm_report(spoken_to=SPOKEN)))


def stopped_at_once(**changes: Any) -> StepDownFacts:
    return record(facts(**changes), harm_report(spoken_to=SPOKEN))


def stopped_after_passing_on(*answers: Step, named: Step | None = None) -> StepDownFacts:
    """The child has passed on, and the service has answered so; then somebody reported."""
    path = [named if named and step.step == named.step else step for step in whole_path()[:7]]
    return record(facts_after(*path, *answers), harm_report(spoken_to=SPOKEN))


NOTHING: dict[str, tuple[Callable[[], StepDownFacts], Step]] = {
    "exploration": (stopped_at_once, exploration()),
    "consent": (stopped_at_once, consent()),
    "sharing": (lambda: record(stopped_at_once(), consent()), family_sharing()),
    "conversation": (stopped, conversation()),
    "meeting scheduled": (lambda: record(on_a_plan(), harm_report(spoken_to=SPOKEN)), scheduled()),
    "meeting held": (lambda: record(on_a_plan(), harm_report(spoken_to=SPOKEN)), meeting()),
    "practitioner": (stopped, practitioner()),
    "management conversation": (stopped, management_conversation()),
    "advice": (stopped, advice()),
    "letters": (stopped, letters(no_letter())),
    "cancelled": (stopped_at_once, cancellation()),
}


@pytest.mark.parametrize(("build", "step"), NOTHING.values(), ids=NOTHING)
def test_whoever_records_what_nothing_follows_from_is_told_so_and_the_timeline_says_it(
    build: Callable[[], StepDownFacts], step: Step
) -> None:
    before = build()
    now = record(before, step)
    assert now.receipts[-1].note == NOTHING_FOLLOWS
    *_, line = [entry.what for entry in status(now).timeline if "nothing followed" in entry.what]
    assert line.startswith(step.words)
    assert set(wanted(now)) <= set(wanted(before))


GOES_ON: dict[str, tuple[Callable[[], StepDownFacts], Step]] = {
    "another report": (stopped, harm_report(step_id="other")),
    "the children stay": (stopped, decided({CHILD: STAYS})),
    "consent withdrawn, of which the service hears": (stopped, withdrawal()),
    "cancelled, of which the service hears": (stopped, cancellation()),
    "somebody else is responsible": (stopped, reassigned()),
    "an item is put right": (
        lambda: raise_attention(stopped(), NOW, "in_clear", "The step “cancel”"),
        resolution("A1", Resolution.SKIP),
    ),
    "who follows an interim contact for a child who has passed on": (
        lambda: stopped_after_passing_on(named=interim_contact()),
        practitioner(step_id="who-stays"),
    ),
    "a correction of what was acted on": (
        stopped,
        consent(child_consent(), step_id="late", corrects="record_consent"),
    ),
}


@pytest.mark.parametrize(("build", "step"), GOES_ON.values(), ids=GOES_ON)
def test_of_what_something_follows_from_nobody_is_told_that_nothing_does(
    build: Callable[[], StepDownFacts], step: Step
) -> None:
    now = record(build(), step)
    assert now.receipts[-1].note != NOTHING_FOLLOWS
    assert not any("nothing followed" in entry.what for entry in status(now).timeline)


def test_before_a_report_nobody_is_told_that_nothing_follows() -> None:
    receipts = facts_after(*whole_path()).receipts
    assert all(receipt.note is None for receipt in receipts if receipt.step != "approve_letters")
    assert "nothing follows" not in str(receipts[-2].note).lower()


def what_stopped(now: StepDownFacts) -> str:
    [line] = [entry.what for entry in status(now).timeline if entry.what.startswith("Had been sent by then")]
    return line


def decided_and_approved() -> StepDownFacts:
    """The child may be closed, and the letters written; none of it has begun."""
    return record(record(facts_after(*whole_path()[:6]), decision()), letters())


def test_the_timeline_says_what_was_approved_and_decided_and_will_not_be_sent_or_closed() -> None:
    now = record(decided_and_approved(), harm_report())
    assert what_stopped(now).endswith(
        ". Will no longer be done: Close a child's case in Mosaic: child-a; Send the summary of advice to the "
        "practitioner: lp-4; Send a letter: letter-1"
    )
    again = record(now, harm_report(step_id="again"))
    assert what_stopped(again) == what_stopped(now), "what stopped is said of the first report"


def test_what_is_under_way_or_was_sent_is_not_said_to_be_stopped_before_it_began() -> None:
    before = decided_and_approved()
    [closing] = due(before)
    line = what_stopped(record(begin(before, closing), harm_report()))
    assert "Under way then: Close a child's case in Mosaic: child-a." in line
    assert line.count("Close a child's case in Mosaic: child-a") == 1
    assert what_stopped(record(facts(), harm_report())) == "Had been sent by then: nothing"


def test_papers_for_a_service_without_mosaic_and_an_invitation_that_will_not_be_sent_are_named() -> None:
    by_mail = facts(opening=opening(service=service(mosaic_team=None)))
    pack = record(facts_after(*whole_path()[:6], before=by_mail), decision())
    assert "Send the service the papers of the children who pass to it: service-north" in what_stopped(
        record(pack, harm_report())
    )
    invited = record(facts_after(*plan_path()[:4], before=on_a_plan()), scheduled())
    assert "Invite the service to the final meeting: service-north" in what_stopped(record(invited, harm_report()))


def test_how_it_ended_says_that_it_was_reported_after_the_child_had_passed_on() -> None:
    passed = let_machine_work(facts_after(*whole_path()[:7]))
    steps = (harm_report(spoken_to=SPOKEN), acknowledgement(), seen(), harm_outcome(nothing=False))
    now = facts_after(*steps, before=passed)
    assert outcome(now) is Outcome.TRANSFERRED
    words = "Passed to Early Help; a risk of significant harm was reported after that"
    assert status(now).ended == words
    assert f"**{words}.**" in details(status(now))
    assert status(facts_closed()).ended == "Passed to Early Help"


def test_where_it_was_stopped_how_it_ended_says_that_once() -> None:
    now = facts_after(decided({CHILD: STAYS}), before=stopped())
    assert status(now).ended == "Stopped: a risk of significant harm was reported"
    assert status(facts()).ended is None


def test_a_report_stands_above_everything_with_whom_to_ring_and_what_a_colleague_corrects() -> None:
    now = record(knows_the_numbers(), harm_report())
    corrected = record(now, harm_report(step_id="newer", corrects="report_significant_harm"))
    shown = status(corrected)
    [report] = shown.harm
    assert (report.at, report.step_id, report.spoken_to_at) == (NOW, "newer", None)
    assert report.words == (
        "A risk of significant harm was reported on Monday 2 March 2026 12:00. NOBODY HAS SAID WHO WAS SPOKEN TO. "
        "Ring now, then record the report again, with who was spoken to and when, as a correction of the first."
    )
    assert shown.ring == PHONES.words
    command = "transfers step transfer-1 FILE --corrects newer"
    assert details(shown).startswith(f"**{report.words}**\n**{PHONES.words}**\n`{command}`\n")
    assert "marks" not in details(shown)


def test_it_goes_on_to_stand_there_with_when_somebody_was_spoken_to_by_this_report_or_a_later_one() -> None:
    both = facts_after(harm_report(), harm_report(step_id="later", spoken_to=SPOKEN))
    assert [(report.step_id, report.spoken_to_at) for report in status(both).harm] == [
        ("report_significant_harm", THEN),
        ("later", THEN),
    ]
    assert status(both).harm[0].words == (
        "A risk of significant harm was reported on Monday 2 March 2026 12:00. Somebody was spoken to on Monday "
        "2 March 2026 10:00. Once it is known, record what came of it for each child."
    )


def test_a_report_that_could_not_be_taken_stands_there_too_and_without_one_there_is_nothing() -> None:
    lost = status(reject(knows_the_numbers(), harm_not_taken()))
    [report] = lost.harm
    assert report.words == (
        "A report of significant harm came on Monday 2 March 2026 12:00 and could not be taken. Ring now, and record "
        "the report."
    )
    assert (lost.ring, lost.harm_commands) == (PHONES.words, ())
    assert (status(facts()).harm, status(facts()).ring) == ((), None)
