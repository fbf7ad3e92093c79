"""A child whom a service gives back: who answers for it, who is told and when, and which ways are open (SD-36)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.attention import DECLINED, HARM_NOT_TAKEN
from models.journey.answers import Way
from models.journey.details import details
from models.journey.people import who_reported
from models.journey.steps import SpokenTo, Step
from models.kinds import Audience, ClockKind, EffectKind, RungKind
from models.people import Colleague
from models.policy import Phones, Policy
from models.step_down.between import STAYS
from models.step_down.facts import StepDownFacts
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.decision import Decision
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    SIBLING,
    acknowledgement,
    decided,
    declined_for_harm,
    facts,
    facts_after,
    facts_at,
    facts_before,
    facts_declined,
    facts_declined_and_talked_about,
    harm_not_taken,
    harm_report,
    let_time_pass,
    london,
    management_conversation,
    opening,
    other_service,
    record,
    request,
    whole_path,
)
from tests.step_down import next_steps, refusal, reject, status, wanted

BOTH = (CHILD, SIBLING)
FRIDAY = london(2026, 3, 6, 10)
AT_FIVE_TO_FIVE = london(2026, 3, 6, 16, 55)
PHONES = Phones(duty_and_advice="0113 496 0001", out_of_hours="0113 496 0002")
LATER = london(2026, 5, 1, 12)


def sibling_taken() -> StepDownFacts:
    """The service takes one child and declines the other."""
    taken = acknowledgement(SIBLING, step_id="taken")
    return facts_after(taken, acknowledgement(CHILD, accepted=False), before=facts_before(AcknowledgeTransfer, *BOTH))


def silent() -> StepDownFacts:
    return let_time_pass(facts_at(FRIDAY, *whole_path()[:-2]), london(2026, 3, 31, 17))


def each_in_its_own_step() -> StepDownFacts:
    before = facts_before(AcknowledgeTransfer, *BOTH)
    one = acknowledgement(CHILD, accepted=False)
    return facts_after(one, acknowledgement(SIBLING, accepted=False, step_id="second"), before=before)


def restricted() -> StepDownFacts:
    secret = facts(request=request(restricted=True))
    return facts_after(*whole_path()[:-2], acknowledgement(accepted=False), before=secret)


GIVEN_BACK: dict[str, Callable[[], StepDownFacts]] = {
    "declined": facts_declined,
    "and the managers have talked": facts_declined_and_talked_about,
    "both declined, and the managers have talked": lambda: facts_declined_and_talked_about(*BOTH),
    "each in a step of its own": each_in_its_own_step,
    "and they have talked since": lambda: facts_after(management_conversation(), before=each_in_its_own_step()),
    "a brother or sister was taken": sibling_taken,
    "and they have talked": lambda: facts_after(management_conversation(), before=sibling_taken()),
    "nobody answered": silent,
    "nobody answered, and they have talked": lambda: facts_at(LATER, management_conversation(), before=silent()),
    "given back after it was taken": lambda: facts_after(
        management_conversation(),
        before=facts_after(acknowledgement(accepted=False, step_id="after-all"), before=accepted()),
    ),
    "harm was reported since": lambda: record(facts_declined_and_talked_about(), harm_report()),
    "a restricted family": restricted,
}


def accepted() -> StepDownFacts:
    return facts_after(acknowledgement(CHILD), before=facts_before(AcknowledgeTransfer, *BOTH))


def ways(now: StepDownFacts) -> list[Way]:
    return [way for need in next_steps(now) for way in need.ways]


def as_offered(now: StepDownFacts, way: Way) -> list[Step]:
    """The step that the way offers, as its command sends it: nothing is corrected that it does not name."""
    new = {"step_id": "as-offered", "corrects": way.corrects}
    child = way.child or CHILD
    closes = [Decision.NO_FURTHER_SUPPORT] * (not now.harm_reports)
    match way.step:
        case "acknowledge_transfer":
            return [acknowledgement(child, **new)]
        case "record_management_conversation":
            return [management_conversation(**new)]
        case "change_service":
            return [other_service(**new)]
        case _:
            return [decided({child: how}, **new) for how in (Decision.STAYS_WITH_SOCIAL_WORK, *closes)]


@pytest.mark.clause("SD-36")
@pytest.mark.parametrize("before", GIVEN_BACK.values(), ids=GIVEN_BACK)
def test_every_way_that_is_offered_is_taken_as_its_command_sends_it(before: Callable[[], StepDownFacts]) -> None:
    now = before()
    offered = ways(now)
    assert offered, "something may be recorded"
    for way in offered:
        for step in as_offered(now, way):
            refused = refusal(now, step, LATER)
            assert refused is None, f"offered, and refused: {way.line()}: {refused}"


@pytest.mark.clause("SD-36")
@pytest.mark.parametrize("before", GIVEN_BACK.values(), ids=GIVEN_BACK)
def test_another_service_is_offered_wherever_it_may_be_named_and_nowhere_else(
    before: Callable[[], StepDownFacts],
) -> None:
    now = before()
    taken = refusal(now, other_service(step_id="another"), LATER) is None
    assert ("change_service" in {way.step for way in ways(now)}) is taken


@pytest.mark.clause("SD-36")
def test_once_the_child_is_placed_or_its_case_is_to_be_reopened_no_way_is_offered_any_more() -> None:
    before = facts_declined_and_talked_about()
    assert {way.step for way in ways(before)} == {"acknowledge_transfer", "change_service", "record_decisions"}
    for way in ways(before):
        for step in as_offered(before, way):
            assert not ways(record(before, step, LATER))


@pytest.mark.clause("SD-36")
def test_a_way_shows_its_command_and_of_a_restricted_family_no_child() -> None:
    now = facts_declined_and_talked_about()
    assert "child-a: Something else is decided" in details(status(now))
    assert "`transfers step transfer-1 FILE --corrects record_decisions`" in details(status(now))
    [taken] = [way for way in ways(restricted()) if way.step == "acknowledge_transfer"]
    assert taken.words in details(status(restricted()))
    assert f"{CHILD}: {taken.words}" not in details(status(restricted()))


@pytest.mark.clause("SD-36")
@pytest.mark.parametrize("before", [facts_declined, silent], ids=["declined", "silent"])
def test_the_manager_of_the_closing_team_answers_for_it_meanwhile_as_everybody_reads(
    before: Callable[[], StepDownFacts],
) -> None:
    now = before()
    [said] = [state.words for state in status(now).children[0].states if state.name == "acknowledged"]
    assert said.endswith(f"; {now.called('tm-1')} answers for the child")
    assert said in details(status(now))
    assert {need.who for need in next_steps(now) if need.ways} == {Role.TEAM_MANAGER}
    [item] = [item for item in now.open_attention if item.child]
    assert item.explained.count("You are responsible for the child until a service has accepted the child") == 1
    placed = facts_at(LATER, acknowledgement(step_id="after-all"), before=now)
    assert "answers for the child" not in details(status(placed))


@pytest.mark.clause("SD-36")
def test_a_service_may_decline_again_or_say_more_and_the_manager_is_asked_once() -> None:
    first = facts_after(acknowledgement(CHILD, accepted=False), before=facts_before(AcknowledgeTransfer, *BOTH))
    again = record(first, acknowledgement(accepted=False, step_id="again"))
    assert [item.problem for item in again.open_attention if item.child] == [DECLINED]
    taken = record(again, acknowledgement(step_id="taken"))
    back = record(taken, acknowledgement(accepted=False, step_id="back"))
    assert [item.problem for item in back.open_attention if item.child] == [DECLINED]


NEWS = {
    "within working hours": (london(2026, 3, 6, 16, 55), london(2026, 3, 6, 16, 55)),
    "on a Friday evening": (london(2026, 3, 6, 17, 30), london(2026, 3, 9, 9)),
    "before a working day opens": (london(2026, 3, 6, 7, 15), london(2026, 3, 6, 9)),
    "on Maundy Thursday, after close": (london(2026, 4, 2, 17, 1), london(2026, 4, 7, 9)),
    "on a bank holiday": (london(2026, 5, 4, 11), london(2026, 5, 5, 9)),
}


def given_back_at(moment: datetime) -> StepDownFacts:
    return facts_at(moment, *whole_path()[:-2], acknowledgement(accepted=False))


def told_of(now: StepDownFacts) -> list[tuple[RungKind, datetime, tuple[Audience, ...]]]:
    alerts = (alert for alert in now.alerts if alert.kind is ClockKind.MANAGEMENT_CONVERSATION)
    return [(alert.what, alert.raised_at, alert.audiences) for alert in alerts]


@pytest.mark.clause("SD-36")
@pytest.mark.parametrize(("declined", "told"), NEWS.values(), ids=NEWS)
def test_that_a_child_is_given_back_is_told_at_once_within_working_hours_else_as_the_next_day_opens(
    declined: datetime, told: datetime
) -> None:
    now = let_time_pass(given_back_at(declined), told)
    assert told_of(now) == [(RungKind.NEWS, told, (Audience.TEAM_MANAGER, Audience.SOCIAL_WORKER))]
    [clock] = [clock for clock in status(now).clocks if clock.kind is ClockKind.MANAGEMENT_CONVERSATION]
    assert clock.state.value == "on_track", "news is no warning"


@pytest.mark.clause("SD-36")
def test_a_second_child_who_is_declined_later_is_told_of_too() -> None:
    first = facts_at(FRIDAY, *whole_path(*BOTH)[:-2], acknowledgement(CHILD, accepted=False), before=facts(*BOTH))
    assert len(told_of(first)) == 1
    later = london(2026, 3, 6, 15)
    both = facts_at(later, acknowledgement(SIBLING, accepted=False, step_id="second"), before=first)
    assert [at for what, at, _ in told_of(both) if what is RungKind.NEWS] == [FRIDAY, later]


def declined_for_a_new_risk(**changes: Any) -> StepDownFacts:
    """On Friday at 16:55 a service declines one of two children, for a new injury."""
    before = facts(*BOTH, opening=opening(policy=Policy(phones=PHONES)))
    passed = facts_at(FRIDAY, *whole_path(*BOTH)[:7], before=before)
    return facts_at(AT_FIVE_TO_FIVE, declined_for_harm(CHILD, **changes), before=passed)


@pytest.mark.clause("SD-36")
def test_the_manager_of_a_child_declined_for_a_new_risk_is_told_that_they_answer_for_the_child() -> None:
    [told] = [alert for alert in declined_for_a_new_risk().alerts if alert.kind is ClockKind.DECLINED]
    assert (told.what, told.raised_at) == (RungKind.NEWS, AT_FIVE_TO_FIVE)
    assert Audience.TEAM_MANAGER in told.audiences


def real_time(now: StepDownFacts) -> list[tuple[datetime, bool]]:
    """When people were told of the risk, and whether whoever is on duty was."""
    alerts = (alert for alert in now.alerts if alert.kind is ClockKind.SIGNIFICANT_HARM)
    return [(alert.raised_at, Audience.ON_DUTY in alert.audiences) for alert in alerts]


@pytest.mark.clause("SD-36")
def test_whoever_declines_for_a_new_risk_reads_first_whom_to_ring() -> None:
    receipt = declined_for_a_new_risk().receipts[-1]
    assert receipt.note is not None
    assert receipt.note.startswith(PHONES.words)
    assert "Recording this is not enough: ring now" in receipt.note
    assert "by sending a report of significant harm about the child" in receipt.note
    assert receipt.note_first


@pytest.mark.clause("SD-36")
def test_whoever_is_on_duty_is_told_day_and_night_until_it_is_said_who_was_spoken_to() -> None:
    later = AT_FIVE_TO_FIVE + timedelta(hours=2)
    now = let_time_pass(declined_for_a_new_risk(), later)
    minutes = (0, 30, 60, 120)
    assert real_time(now) == [(AT_FIVE_TO_FIVE + timedelta(minutes=after), True) for after in minutes]
    spoken = harm_report(CHILD, step_id="heard", occurred_at=later, spoken_to=SpokenTo(who="the duty worker", at=later))
    heard = let_time_pass(facts_at(later, spoken, before=now), later + timedelta(days=3))
    assert len(real_time(heard)) == len(minutes) + 1, "of the report itself people are told once"


@pytest.mark.clause("SD-36")
def test_a_contact_that_was_made_before_it_was_recorded_is_told_once() -> None:
    spoken = SpokenTo(who="the duty worker", at=AT_FIVE_TO_FIVE - timedelta(minutes=5))
    now = let_time_pass(declined_for_a_new_risk(spoken_to=spoken), AT_FIVE_TO_FIVE + timedelta(days=3))
    assert real_time(now) == [(AT_FIVE_TO_FIVE, True)]
    assert not now.nobody_spoken_to
    assert "If it gets worse, ring again" in str(now.receipts[-1].note)


@pytest.mark.clause("SD-36")
@pytest.mark.clause("SU-01")
def test_a_new_risk_stops_everything_and_the_child_stays_with_social_work_without_another_conversation() -> None:
    now = declined_for_a_new_risk()
    assert status(now).harm[0].command("transfer-1") == "transfers step transfer-1 FILE"
    assert "record a report about the child, with who was spoken to and when." in status(now).harm[0].words
    assert {way.words for way in ways(now)} == {STAYS}
    assert "record_management_conversation" not in {need.step for need in next_steps(now)}
    assert not [effect for effect in wanted(now) if effect not in now.begun and effect.kind is EffectKind.SEND_LETTER]
    [way] = ways(now)
    for step in as_offered(now, way):
        assert record(now, step, AT_FIVE_TO_FIVE).entry("as-offered") is not None


@pytest.mark.clause("SD-36")
def test_what_was_said_of_a_new_risk_is_not_taken_back_by_another_answer() -> None:
    taken = record(declined_for_a_new_risk(), acknowledgement(CHILD, step_id="taken"), AT_FIVE_TO_FIVE)
    assert [report.at_risk for report in taken.harm_reports] == [(CHILD,)]
    assert taken.nobody_spoken_to


@pytest.mark.clause("SD-36")
@pytest.mark.clause("SU-01")
def test_a_correction_that_omits_a_child_takes_no_report_of_it_back() -> None:
    heard = SpokenTo(who="the duty worker", at=AT_FIVE_TO_FIVE)
    newer = declined_for_harm(SIBLING, step_id="newer", corrects="acknowledge_transfer", spoken_to=heard)
    now = let_time_pass(record(declined_for_a_new_risk(), newer, AT_FIVE_TO_FIVE), AT_FIVE_TO_FIVE)
    assert [report.at_risk for report in now.harm_reports] == [(CHILD,), (SIBLING,)]
    assert [report.at_risk for report in now.nobody_spoken_to] == [(CHILD,)]
    told = {clock.about for clock in now.clocks if clock.kind is ClockKind.SIGNIFICANT_HARM}
    assert told == {"report-acknowledge_transfer", "report-newer"}, "each has a ladder of its own"
    both = declined_for_harm(*BOTH, step_id="both", corrects="acknowledge_transfer", spoken_to=heard)
    assert not record(declined_for_a_new_risk(), both, AT_FIVE_TO_FIVE).nobody_spoken_to


@pytest.mark.clause("SD-36")
def test_whoever_is_on_duty_is_told_who_reported_it() -> None:
    now = declined_for_a_new_risk()
    assert who_reported(now) == now.entry("acknowledge_transfer").step.who
    known = now.having(
        opening=now.opening.model_copy(update={"people": (Colleague(ref="eh-service-2", telephone="0113 496 0044"),)})
    )
    assert who_reported(known).endswith("eh-service-2, 0113 496 0044")
    assert who_reported(facts()) == ""


@pytest.mark.clause("SD-36")
@pytest.mark.clause("SU-01")
def test_the_very_same_answer_once_more_is_no_second_report_and_what_differs_is_one() -> None:
    later = AT_FIVE_TO_FIVE + timedelta(minutes=20)
    before = let_time_pass(declined_for_a_new_risk(), later)
    again = declined_for_harm(CHILD, step_id="again", occurred_at=later)
    now = let_time_pass(facts_at(later, again, before=before), later)
    assert [report.step_id for report in now.harm_reports] == ["again"]
    assert len(status(now).harm) == 1
    assert len(real_time(now)) == 1, "nobody is told a second time at once"
    assert "This was reported before, on Friday 6 March 2026 16:55." in str(now.receipts[-1].note)
    since = record(before, management_conversation(), later)
    assert len(record(since, again, later).harm_reports) == 2, "something was recorded between the two"
    other = declined_for_harm(CHILD, step_id="other", spoken_to=SpokenTo(who="the duty worker", at=later))
    assert len(record(before, other, later).harm_reports) == 2


@pytest.mark.clause("SD-36")
@pytest.mark.parametrize(("before", "counts"), [(timedelta(minutes=20), True), (timedelta(days=3), False)])
def test_whoever_rang_first_declined_then_and_says_it_later_was_heard(before: timedelta, counts: bool) -> None:
    call = SpokenTo(who="the duty worker", at=AT_FIVE_TO_FIVE - before)
    later = AT_FIVE_TO_FIVE + timedelta(minutes=30)
    said = harm_report(CHILD, step_id="heard", occurred_at=AT_FIVE_TO_FIVE - before, spoken_to=call)
    assert (not record(declined_for_a_new_risk(occurred_at=AT_FIVE_TO_FIVE), said, later).nobody_spoken_to) is counts


@pytest.mark.clause("SD-36")
def test_where_such_an_answer_cannot_be_taken_the_numbers_are_said_all_the_same() -> None:
    refused = refusal(facts(), declined_for_harm(CHILD), LATER)
    assert refused is not None
    assert refused.note is not None
    assert refused.note.startswith("Ring now, all the same.")
    assert refused.note.endswith("Then record a report of significant harm about the child.")


@pytest.mark.clause("SD-36")
def test_a_message_of_a_new_risk_that_could_not_be_taken_is_told_in_real_time() -> None:
    lost = reject(facts(), harm_not_taken(step="acknowledge_transfer", said="a new injury"))
    assert [item.problem for item in lost.open_attention] == [HARM_NOT_TAKEN]


@pytest.mark.clause("SD-36")
def test_nobody_is_said_to_have_been_spoken_to_about_no_risk() -> None:
    with pytest.raises(ValidationError, match="SD-36"):
        acknowledgement(CHILD, spoken_to=SpokenTo(who="the duty worker", at=LATER))
