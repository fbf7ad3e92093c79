"""A child whom social work has closed and the service does not accept never stays between the two (SD-29, SD-35)."""

from collections.abc import Callable

import pytest

from models.attention import DECLINED, UNACKNOWLEDGED
from models.effects import Effect, Ended
from models.journey.steps import Step
from models.kinds import ClockKind, EffectKind
from models.step_down.direction import given_back
from models.step_down.effects import closures
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    acknowledgement,
    begin,
    close_child,
    consent,
    conversation,
    decided,
    end,
    facts,
    facts_after,
    facts_at,
    facts_before,
    facts_closed,
    facts_declined,
    facts_declined_and_talked_about,
    let_time_pass,
    letter,
    letters,
    london,
    management_conversation,
    not_appropriate,
    other_service,
    practitioner,
    record,
    seen,
    whole_path,
    withdrawal,
)
from tests.step_down import everything_wanted, next_steps, outcome, stage, status

TOP = london(2026, 3, 10, 9)
"""When everybody was told that a child who was closed on Monday 2 March is not acknowledged."""


def unacknowledged(*children: str) -> StepDownFacts:
    return let_time_pass(facts_at(NOW, *whole_path(*children)[:-2], before=facts(*children)), TOP)


def reopening(child: str = CHILD, time: int = 1) -> Effect:
    return Effect(kind=EffectKind.REOPEN_CHILD, child=child, time=time)


def again(child: str = CHILD, time: int = 2) -> Effect:
    return Effect(kind=EffectKind.CLOSE_CHILD, child=child, time=time)


def stays(child: str = CHILD, corrects: str = "record_decisions", step_id: str = "stays") -> Step:
    return decided({child: Decision.STAYS_WITH_SOCIAL_WORK}, step_id=step_id, corrects=corrects)


def asks(now: StepDownFacts) -> list[str | None]:
    return [need.step for need in next_steps(now) if need.who is not None]


@pytest.mark.clause("SD-29")
@pytest.mark.clause("SD-35")
@pytest.mark.parametrize(
    ("before", "problem"), [(facts_declined, DECLINED), (unacknowledged, UNACKNOWLEDGED)], ids=["declined", "silent"]
)
def test_a_child_whom_the_service_does_not_take_keeps_the_transfer_open_and_asks_the_team_manager(
    before: Callable[[], StepDownFacts], problem: str
) -> None:
    now = before()
    assert (stage(now), outcome(now)) == (Stage.CONFIRMATION, None)
    assert "record_management_conversation" in asks(now)
    assert [(item.problem, item.child, item.who) for item in now.open_attention if item.child] == [
        (problem, CHILD, Role.TEAM_MANAGER)
    ]
    assert status(now).needs_attention


@pytest.mark.clause("SD-35")
def test_before_the_top_of_the_ladder_a_silent_service_may_still_answer() -> None:
    now = let_time_pass(facts_at(NOW, *whole_path()[:-2]), london(2026, 3, 10, 8, 59))
    assert given_back(now) == ()
    assert not now.open_attention


@pytest.mark.clause("SD-35")
@pytest.mark.parametrize("before", [facts_declined, unacknowledged], ids=["declined", "silent"])
def test_a_service_that_takes_the_child_after_all_ends_it_without_anybody_else(
    before: Callable[[], StepDownFacts],
) -> None:
    corrects = "acknowledge_transfer" if before is facts_declined else None
    now = facts_after(acknowledgement(step_id="after-all", corrects=corrects), before=before())
    assert given_back(now) == ()
    assert not [item for item in now.open_attention if item.child]
    assert "record_management_conversation" not in asks(now)


@pytest.mark.clause("SD-35")
def test_a_service_that_had_accepted_may_still_decline() -> None:
    accepted = facts_after(acknowledgement(CHILD), before=facts_before(AcknowledgeTransfer, CHILD, SIBLING))
    now = facts_after(
        acknowledgement(accepted=False, step_id="no-place-after-all", corrects="acknowledge_transfer"), before=accepted
    )
    assert given_back(now) == (now.child(CHILD),)
    assert "record_management_conversation" in asks(now)


@pytest.mark.clause("SD-29")
def test_a_conversation_from_before_the_child_was_given_back_does_not_count() -> None:
    early = facts_after(management_conversation(), before=facts_before(AcknowledgeTransfer))
    now = facts_after(acknowledgement(accepted=False), before=early)
    assert "record_management_conversation" in asks(now)
    talked = facts_after(management_conversation(step_id="talk-2"), before=now)
    assert "record_management_conversation" not in asks(talked)
    declined_again = facts_after(
        acknowledgement(accepted=False, step_id="no-2", corrects="acknowledge_transfer"), before=talked
    )
    assert "record_management_conversation" in asks(declined_again)


@pytest.mark.clause("SD-29")
def test_after_a_silent_services_ladder_the_conversation_counts_from_the_top_on() -> None:
    early = facts_at(london(2026, 3, 9, 12), management_conversation(), before=facts_at(NOW, *whole_path()[:-2]))
    now = let_time_pass(early, TOP)
    assert "record_management_conversation" in asks(now)
    assert "record_decisions" in asks(facts_at(TOP, management_conversation(step_id="talk-2"), before=now))


@pytest.mark.clause("SD-35")
def test_where_the_child_stays_with_social_work_its_case_is_reopened_before_the_transfer_ends() -> None:
    decided_so = record(facts_declined_and_talked_about(), stays())
    assert reopening() in everything_wanted(decided_so)
    assert stage(decided_so) is Stage.CONFIRMATION
    (child,) = status(decided_so).children
    assert child.value("closed_in_mosaic")
    opened = end(begin(decided_so, reopening()), reopening())
    (child,) = status(opened).children
    assert not child.value("closed_in_mosaic")
    told = facts_after(letters(letter("letter-9"), step_id="letters-9"), before=opened)
    assert (stage(told), outcome(told)) == (Stage.CLOSED, Outcome.NOT_ELIGIBLE)
    assert not closures(told)


@pytest.mark.clause("SD-35")
def test_the_case_of_a_child_who_is_decided_otherwise_and_does_not_stay_is_left_closed() -> None:
    closes = decided({CHILD: Decision.NO_FURTHER_SUPPORT}, step_id="closes", corrects="record_decisions")
    now = facts_after(closes, letters(letter("letter-9"), step_id="l-9"), before=facts_declined_and_talked_about())
    assert reopening() not in now.begun
    assert (stage(now), outcome(now)) == (Stage.CLOSED, Outcome.NO_FURTHER_SUPPORT)


@pytest.mark.clause("SD-35")
def test_the_service_is_told_that_a_child_whom_it_did_not_take_does_not_pass_to_it_any_more() -> None:
    now = record(facts_declined_and_talked_about(), stays())
    assert now.steps[-1].tells == "service-north"


@pytest.mark.clause("SD-33")
def test_the_family_has_a_new_letter_where_a_child_is_decided_anew() -> None:
    now = facts_after(stays(), before=facts_declined_and_talked_about())
    assert "approve_letters" in asks(now)


def at_another_service(*children: str) -> StepDownFacts:
    return facts_after(other_service(), before=facts_declined_and_talked_about(*children))


@pytest.mark.clause("SD-35")
@pytest.mark.clause("SD-09a")
def test_for_another_service_the_cases_of_the_children_are_reopened_and_everything_is_asked_anew() -> None:
    now = at_another_service(CHILD, SIBLING)
    assert {reopening(CHILD), reopening(SIBLING)} <= set(now.begun)
    assert stage(now) is Stage.CONSENT
    assert asks(now) == ["record_consent"]
    assert [child.value("decision") for child in status(now).children] == [None, None]
    assert [child.value("acknowledged") for child in status(now).children] == [None, None]
    assert now.steps[-1].tells == "service-north"


def passed_on_again(before: StepDownFacts) -> StepDownFacts:
    return facts_after(
        consent(step_id="consent-2", service_ref="service-south"),
        conversation(step_id="conversation-2"),
        practitioner(step_id="practitioner-2", practitioner="lp-9"),
        decided({CHILD: Decision.TRANSFER}, step_id="decision-2"),
        before=before,
    )


@pytest.mark.clause("SD-23")
@pytest.mark.clause("SD-35")
def test_the_other_service_closes_the_child_a_second_time_once_its_case_is_open_again() -> None:
    named = record(facts_declined_and_talked_about(), other_service())
    effects = [effect for effect in everything_wanted(named) if effect != reopening()]
    still_closed = end(begin(named, *effects, reopening()), *effects)
    waiting = passed_on_again(still_closed)
    assert waiting.decided(Decision.TRANSFER) == (waiting.child(CHILD),)
    assert stage(waiting) is Stage.CLOSURE, "nobody is told of what has not happened"
    assert again() not in waiting.begun
    assert stage(waiting) is not Stage.CLOSED
    opened = end(waiting, reopening())
    assert closures(opened) == (again(),)


@pytest.mark.clause("SD-35")
def test_the_second_round_ends_with_the_second_services_answer() -> None:
    passed = passed_on_again(at_another_service())
    assert again() in passed.begun
    told = facts_after(letters(letter("letter-9"), step_id="letters-9"), before=passed)
    assert asks(told) == ["acknowledge_transfer"]
    now = facts_after(acknowledgement(step_id="yes"), seen(), before=told)
    assert (stage(now), outcome(now)) == (Stage.CLOSED, Outcome.TRANSFERRED)


@pytest.mark.clause("SD-35")
def test_a_second_service_that_finds_it_not_appropriate_may_be_followed_by_a_third() -> None:
    second = facts_after(
        consent(step_id="consent-2", service_ref="service-south"),
        not_appropriate(step_id="no-2"),
        before=at_another_service(),
    )
    third = facts_after(other_service("service-west", step_id="change-3"), before=second)
    assert (stage(third), asks(third)) == (Stage.CONSENT, ["record_consent"])


@pytest.mark.clause("SD-35")
def test_what_is_recorded_for_the_second_service_may_be_corrected_until_it_is_acted_on() -> None:
    asked = facts_after(consent(step_id="consent-2", service_ref="service-south"), before=at_another_service())
    talked = facts_after(
        conversation(step_id="conversation-2"), practitioner(step_id="lp-2", practitioner="lp-9"), before=asked
    )
    now = facts_after(practitioner(step_id="lp-3", practitioner="lp-8", corrects="lp-2"), before=talked)
    passed_on = record(now, decided({CHILD: Decision.TRANSFER}, step_id="decision-2"))
    corrected = record(passed_on, stays(corrects="decision-2"))
    assert not any(entry.late for entry in corrected.steps)
    assert [child.value("decision") for child in status(corrected).children] == [Decision.STAYS_WITH_SOCIAL_WORK]


@pytest.mark.clause("SD-23")
def test_a_sibling_who_was_closed_and_needs_nothing_does_not_keep_another_from_another_service() -> None:
    ways = {SIBLING: Decision.NO_FURTHER_SUPPORT}
    before = facts_after(
        decided(ways), not_appropriate(), before=facts_before(RecordContactConversation, CHILD, SIBLING)
    )
    begun = begin(before, close_child(SIBLING))
    assert stage(facts_after(other_service(), before=end(begun, close_child(SIBLING)))) is Stage.CONSENT


@pytest.mark.clause("SD-35")
def test_a_child_may_be_given_back_twice() -> None:
    second = facts_after(
        letters(letter("letter-9"), step_id="l-9"),
        acknowledgement(step_id="no-2", accepted=False),
        management_conversation(step_id="talk-2"),
        before=passed_on_again(at_another_service()),
    )
    now = facts_after(stays(corrects="decision-2", step_id="stays-2"), before=second)
    assert reopening(time=2) in now.begun
    assert [item.problem for item in now.raised] == [DECLINED, DECLINED]


@pytest.mark.clause("SD-35")
def test_the_second_service_has_a_time_of_its_own_to_answer_and_the_first_ones_answer_is_not_its() -> None:
    path = facts_at(NOW, *whole_path()[:-2], acknowledgement(accepted=False), management_conversation())
    later = london(2026, 3, 5, 10)
    now = facts_at(
        later,
        other_service(),
        consent(step_id="consent-2", service_ref="service-south"),
        conversation(step_id="conversation-2"),
        practitioner(step_id="practitioner-2", practitioner="lp-9"),
        decided({CHILD: Decision.TRANSFER}, step_id="decision-2"),
        before=path,
    )
    first, second = (clock for clock in status(now).clocks if clock.kind is ClockKind.ACKNOWLEDGEMENT)
    assert (first.state.value, second.state.value) == ("met", "on_track")
    assert (second.since, second.answered) == (later, None)


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SD-35")
def test_a_declined_child_for_whom_consent_is_withdrawn_too_still_has_to_be_decided_otherwise() -> None:
    for now in (
        facts_after(withdrawal(), before=facts_declined()),
        facts_after(withdrawal(), acknowledgement(accepted=False), before=facts_before(AcknowledgeTransfer)),
    ):
        assert given_back(now) == (now.child(CHILD),)
        back = facts_after(management_conversation(step_id="talk-2"), stays(), before=now)
        assert reopening() in back.begun
        assert stage(back) is Stage.CONFIRMATION


@pytest.mark.clause("SD-33")
@pytest.mark.clause("SD-30")
def test_nobody_is_told_that_support_begins_while_the_child_is_between_two_services() -> None:
    told = {EffectKind.SEND_LETTER, EffectKind.SEND_ADVICE_SUMMARY, EffectKind.RECOMMEND_FAMILIES_FIRST}
    closed = end(begin(facts_before(AcknowledgeTransfer)))
    before = closed.model_copy(
        update={
            "begun": tuple(e for e in closed.begun if e.kind not in told),
            "effects": tuple(r for r in closed.effects if r.effect.kind not in told),
        }
    )
    assert {effect.kind for effect in everything_wanted(before)} & told
    assert not {effect.kind for effect in everything_wanted(record(before, acknowledgement(accepted=False)))} & told


@pytest.mark.clause("SD-35")
def test_a_child_who_is_given_back_is_asked_about_while_a_sibling_still_keeps_the_transfer_elsewhere() -> None:
    both = facts_before(AcknowledgeTransfer, CHILD, SIBLING)
    stuck = both.model_copy(update={"effects": tuple(r for r in both.effects if r.effect != close_child(SIBLING))})
    now = facts_at(NOW, acknowledgement(CHILD, accepted=False), before=stuck)
    assert stage(now) is Stage.CLOSURE
    assert "record_management_conversation" in asks(now)
    assert ClockKind.MANAGEMENT_CONVERSATION in [clock.kind for clock in now.open_clocks()]


@pytest.mark.clause("SD-30")
def test_the_same_practitioner_at_a_second_service_has_the_summary_again() -> None:
    passed = facts_after(
        consent(step_id="consent-2", service_ref="service-south"),
        conversation(step_id="conversation-2"),
        practitioner(step_id="practitioner-2"),
        decided({CHILD: Decision.TRANSFER}, step_id="decision-2"),
        before=at_another_service(),
    )
    sent = [effect for effect in passed.begun if effect.kind is EffectKind.SEND_ADVICE_SUMMARY]
    assert [(effect.practitioner, effect.time) for effect in sent] == [("lp-4", 1), ("lp-4", 2)]
    assert [effect.id for effect in sent] == ["send_advice_summary/lp-4", "send_advice_summary/lp-4/2"]


def test_what_is_not_closed_yet_is_given_back_by_nobody() -> None:
    assert given_back(facts_before(AcknowledgeTransfer)) == ()
    assert given_back(facts_closed()) == ()


def test_a_reopening_that_was_recorded_by_hand_counts() -> None:
    before = begin(record(facts_declined_and_talked_about(), stays()), reopening())
    now = end(before, reopening(), ended=Ended.BY_HAND)
    assert not status(now).children[0].value("closed_in_mosaic")


def test_the_first_closing_is_not_done_again() -> None:
    now = at_another_service()
    assert [effect for effect in now.begun if effect.kind is EffectKind.CLOSE_CHILD] == [close_child(CHILD)]
