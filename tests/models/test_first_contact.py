"""First contact: no transfer is over before each child whom a service took was seen, or the manager decided (SD-37)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from models.journey.clocks import ClockState, state
from models.journey.harm_outcome import ChildHarmOutcome, HarmOutcome
from models.journey.status import ClockStatus
from models.kinds import Audience, ClockKind, RungKind
from models.step_down.direction import given_back
from models.step_down.facts import StepDownFacts
from models.step_down.first_contact import FirstContact
from models.step_down.journey import STEP_DOWN
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, RecordAdviceSummary, RecordDecisions
from models.step_down.steps.first_contact import Became, Unseen
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    FOR_GOOD,
    MANAGER,
    NOW,
    SERVICE,
    SIBLING,
    USUAL_START,
    acknowledgement,
    agreed_child,
    agreed_start,
    conversation,
    decided,
    decided_unseen,
    facts,
    facts_after,
    facts_at,
    facts_before,
    harm_outcome,
    harm_report,
    let_time_pass,
    letters,
    london,
    no_letter,
    not_known_when,
    not_seen,
    other_service,
    passed_on,
    record,
    refused,
    seen,
    taken_back,
    unseen,
    whole_path,
    withdrawal,
)
from tests.step_down import next_steps, outcome, refusal, stage, status

START = london(2026, 3, 16, 17)
"""The close of the day of the agreed start."""
REVIEW = date(2026, 4, 1)
UNKNOWN: dict[str, Any] = {"realistic_start": None, "start_not_known_because": "the post is being filled"}


def asks(now: StepDownFacts) -> list[str | None]:
    return [need.step for need in next_steps(now) if need.who]


def accepted(*children: str) -> StepDownFacts:
    """Accepted on Monday 2 March, with clocks."""
    return facts_at(NOW, *whole_path(*children)[:-1], before=facts(*children))


def clock(now: StepDownFacts, kind: ClockKind) -> ClockStatus:
    return [one for one in status(now).clocks if one.kind is kind][-1]


@pytest.mark.clause("SD-37")
def test_a_transfer_is_over_once_each_child_was_seen_and_not_before() -> None:
    before = passed_on(CHILD, SIBLING)
    assert (stage(before), outcome(before)) == (Stage.FIRST_CONTACT, None)
    one = facts_after(seen(CHILD), before=before)
    assert (stage(one), asks(one)) == (Stage.FIRST_CONTACT, ["record_first_contact"])
    both = facts_after(seen(SIBLING, step_id="seen-2"), before=one)
    assert outcome(both) is Outcome.TRANSFERRED


@pytest.mark.clause("SD-37")
@pytest.mark.parametrize("became", [Became.NOT_SEEN, Became.REFUSED, Became.WAITING])
def test_a_child_who_was_not_seen_waits_for_the_closing_team_manager(became: Became) -> None:
    now = facts_after(unseen(became=became), before=passed_on())
    assert [(need.step, need.who) for need in next_steps(now)] == [("decide_first_contact", Role.TEAM_MANAGER)]
    assert [about.step_id for about in next_steps(now)[0].of] == ["unseen"]
    decides = facts_after(decided_unseen(), before=now)
    assert (decides.child(CHILD).first_contact, outcome(decides)) == (FirstContact.REVIEW, None)


@pytest.mark.clause("SD-37")
def test_whoever_says_that_a_child_was_not_seen_reads_whom_to_ring() -> None:
    said = record(passed_on(), unseen()).receipts[-1].note
    assert said is not None
    assert "If a child may be at risk, ring now, then report it as a risk of significant harm." in said
    assert "999" in said
    assert record(passed_on(CHILD, SIBLING), seen()).receipts[-1].note is None


@pytest.mark.clause("SD-37")
def test_what_the_service_says_since_takes_the_managers_decision_with_it() -> None:
    accepts = decided_unseen(not_seen(review_on=REVIEW))
    now = facts_after(unseen(), accepts, before=passed_on())
    assert now.child(CHILD).first_contact is FirstContact.REVIEW
    refused_since = facts_after(unseen(became=Became.REFUSED, step_id="refused"), before=now)
    assert refused_since.child(CHILD).first_contact is FirstContact.FOR_MANAGER
    assert outcome(facts_after(seen(), before=now)) is Outcome.TRANSFERRED


@pytest.mark.clause("SD-37")
def test_who_accepts_it_is_reminded_on_the_day_that_they_named_and_may_decide_for_good_then() -> None:
    now = facts_at(NOW, unseen(), decided_unseen(not_seen(review_on=REVIEW)), before=accepted())
    assert clock(now, ClockKind.NOT_SEEN).since == london(2026, 4, 1)
    told = [one for one in let_time_pass(now, london(2026, 4, 1, 12)).alerts if one.kind is ClockKind.NOT_SEEN]
    assert [(one.what, one.at, one.audiences) for one in told[-1:]] == [
        (RungKind.NEWS, london(2026, 4, 1, 9), (Audience.TEAM_MANAGER,))
    ]
    early = decided_unseen(not_seen(**FOR_GOOD), step_id="too-early", occurred_at=london(2026, 3, 31, 13))
    assert refused(let_time_pass(now, london(2026, 3, 31, 12)), early, london(2026, 3, 31, 13)).clause == "SD-37"
    again = decided_unseen(not_seen(**FOR_GOOD), step_id="for-good", occurred_at=london(2026, 4, 1, 13))
    later = facts_at(london(2026, 4, 1, 13), again, before=let_time_pass(now, london(2026, 4, 1, 12)))
    assert outcome(later) is Outcome.TRANSFERRED


@pytest.mark.clause("SD-37")
def test_whom_the_manager_takes_back_goes_back_to_social_work_without_a_conversation() -> None:
    now = taken_back()
    assert given_back(now) == (now.child(CHILD),)
    assert asks(now) == ["record_decisions"]
    told = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}, step_id="back", corrects="record_decisions")
    back = facts_after(told, letters(no_letter("letter-9"), step_id="letters-9"), before=now)
    assert back.entry("back").reopens == (CHILD,)  # type: ignore[union-attr]
    assert back.entry("back").tells == "service-north"  # type: ignore[union-attr]
    assert not back.child(CHILD).is_closed


@pytest.mark.clause("SD-36")
def test_a_service_that_declines_whom_the_manager_took_back_asks_the_manager_as_any_other_does() -> None:
    accepts = record(taken_back(), acknowledgement(step_id="after-all"))
    assert accepts.open_attention == ()
    declines = record(taken_back(), acknowledgement(step_id="no", accepted=False))
    assert [(item.problem, item.child) for item in declines.open_attention] == [("declined", CHILD)]


@pytest.mark.clause("SD-37")
def test_another_service_starts_anew() -> None:
    now = facts_after(other_service(), before=taken_back())
    assert given_back(now) == ()
    assert now.child(CHILD).first_contact is FirstContact.NOT_OWED


@pytest.mark.clause("SD-37")
def test_who_goes_to_duty_and_advice_says_who_took_the_call() -> None:
    with pytest.raises(ValueError, match="spoken_to: ring Duty and Advice first"):
        not_seen(decision=Unseen.DUTY_AND_ADVICE, spoken_to=None)
    went = decided_unseen(not_seen(decision=Unseen.DUTY_AND_ADVICE))
    assert facts_after(unseen(), went, before=passed_on()).child(CHILD).first_contact is FirstContact.REVIEW


@pytest.mark.clause("SD-37")
@pytest.mark.parametrize(
    "said",
    [
        {"decision": Unseen.ACCEPT, "review_on": None},
        {"decision": Unseen.ACCEPT, "review_on": REVIEW, "no_review_because": "enough"},
        {"decision": Unseen.REOPEN, "review_on": REVIEW},
        {"decision": Unseen.DUTY_AND_ADVICE, "no_review_because": None},
    ],
)
def test_a_decision_says_when_it_is_looked_at_again_or_why_not(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="review_on: say on which day you look at this again"):
        not_seen(**said)


@pytest.mark.clause("SD-37")
@pytest.mark.parametrize("said", [{"seen_by": None}, {"because": "out"}, {"became": Became.REFUSED}])
def test_a_child_was_seen_by_somebody_or_not_for_a_reason(said: dict[str, Any]) -> None:
    child = seen().children[0]
    with pytest.raises(ValueError, match="SD-37"):
        type(child).model_validate({**child.model_dump(), **said})


@pytest.mark.clause("SD-37")
def test_the_time_counts_from_the_agreed_start_with_a_reminder_before_and_goes_up_the_ladder() -> None:
    now = accepted()
    assert (clock(now, ClockKind.FIRST_CONTACT).since, clock(now, ClockKind.FIRST_CONTACT).due) == (
        london(2026, 3, 16),
        START,
    )
    late = let_time_pass(now, london(2026, 3, 31, 17))
    told = [(one.what, one.at, one.audiences) for one in late.alerts if one.kind is ClockKind.FIRST_CONTACT]
    assert told == [
        (RungKind.REMINDER, london(2026, 3, 12, 9), (Audience.EARLY_HELP_CONTACT,)),
        (RungKind.REMINDER, london(2026, 3, 16, 9), (Audience.EARLY_HELP_CONTACT,)),
        (RungKind.BREACH, START, (Audience.EARLY_HELP_CONTACT, Audience.TEAM_MANAGER)),
        (RungKind.ESCALATION, london(2026, 3, 17, 9), (Audience.TEAM_MANAGER, Audience.EARLY_HELP_MANAGER)),
        (RungKind.ESCALATION, london(2026, 3, 18, 9), (Audience.TARGETED_SERVICES_LEADER,)),
        (RungKind.ESCALATION, london(2026, 3, 19, 9), (Audience.OPERATIONS,)),
    ]
    assert clock(late, ClockKind.FIRST_CONTACT).state is ClockState.BREACHED


@pytest.mark.clause("SD-37")
def test_when_the_start_has_passed_in_silence_the_manager_decides_and_the_service_may_still_see_the_child() -> None:
    early = let_time_pass(accepted(), START - timedelta(minutes=1))
    assert asks(early) == ["record_first_contact"]
    late = let_time_pass(accepted(), START)
    assert asks(late) == ["decide_first_contact"]
    moment = london(2026, 3, 17, 10)
    accepts = decided_unseen(of=None, occurred_at=moment)
    assert refusal(late, accepts, moment) is None
    assert facts_at(moment, accepts, before=late).child(CHILD).first_contact is FirstContact.REVIEW
    came = facts_at(moment, seen(occurred_at=moment), before=late)
    assert (outcome(came), clock(came, ClockKind.FIRST_CONTACT).state) == (Outcome.TRANSFERRED, ClockState.LATE)


@pytest.mark.clause("SD-37")
def test_who_was_seen_in_time_was_so_however_late_that_is_recorded() -> None:
    moment = london(2026, 3, 17, 10)
    visited = seen(occurred_at=london(2026, 3, 16, 11))
    came = facts_at(moment, visited, before=let_time_pass(accepted(), moment))
    assert clock(came, ClockKind.FIRST_CONTACT).state is ClockState.MET


@pytest.mark.clause("SD-37")
def test_whom_another_service_sees_or_nobody_after_all_was_not_seen_by_the_one_that_was_asked() -> None:
    moment = london(2026, 3, 17, 10)
    saw = facts_at(moment, seen(CHILD, occurred_at=moment), before=let_time_pass(accepted(CHILD, SIBLING), START))
    first = next(one for one in saw.clocks if one.kind is ClockKind.FIRST_CONTACT and one.about == CHILD)
    assert state(STEP_DOWN, saw, first) is ClockState.LATE
    wrong = facts_at(moment, unseen(CHILD, corrects="record_first_contact", occurred_at=moment), before=saw)
    assert state(STEP_DOWN, wrong, first) is ClockState.NEEDLESS
    elsewhere = first.model_copy(update={"service_ref": "service-south"})
    assert state(STEP_DOWN, saw, elsewhere) is ClockState.NEEDLESS


@pytest.mark.clause("SD-37")
def test_that_a_child_was_not_seen_is_no_answer_in_time() -> None:
    now = facts_at(NOW, unseen(), before=accepted())
    assert clock(now, ClockKind.FIRST_CONTACT).state is ClockState.NEEDLESS


@pytest.mark.clause("SD-37")
def test_whom_a_service_accepts_after_the_start_is_seen_that_day_or_after_noon_the_next() -> None:
    passed = let_time_pass(facts_at(NOW, *whole_path()[:-2]), london(2026, 3, 4, 12))
    for moment, due in ((london(2026, 3, 18, 10), 18), (london(2026, 3, 18, 15), 19)):
        late = facts_at(moment, acknowledgement(occurred_at=moment), before=passed)
        assert clock(late, ClockKind.FIRST_CONTACT).due == london(2026, 3, due, 17)


@pytest.mark.clause("SD-37")
def test_a_manager_who_does_not_decide_is_told_that_it_is_overdue_and_who_can() -> None:
    late = let_time_pass(facts_at(NOW, unseen(), before=accepted()), london(2026, 3, 6))
    assert [need.who for need in next_steps(late)] == [Role.TEAM_MANAGER] * 2
    assert next_steps(late)[-1].ask.startswith("What becomes of a child who was not seen is overdue")


@pytest.mark.clause("SD-37")
@pytest.mark.clause("SD-13")
def test_where_no_start_is_known_the_service_is_asked_for_it_and_in_the_end_the_manager_decides() -> None:
    unknown = facts_at(NOW, before=not_known_when())
    unknown = let_time_pass(unknown, NOW)
    assert asks(unknown) == ["agree_start"]
    known = facts_at(NOW, agreed_start(), before=unknown)
    assert (asks(known), clock(known, ClockKind.FIRST_CONTACT).due) == (["record_first_contact"], START)
    late = let_time_pass(unknown, london(2026, 3, 9, 17))
    assert "decide_first_contact" in asks(late)
    moment = london(2026, 3, 10, 10)
    assert refusal(late, decided_unseen(of=None, occurred_at=moment), moment) is None
    assert refusal(late, agreed_start(occurred_at=moment), moment) is None


@pytest.mark.clause("SD-37")
@pytest.mark.clause("SD-13")
def test_a_conversation_that_says_anew_that_no_start_is_known_takes_the_one_that_was_agreed_before() -> None:
    before = facts_before(RecordAdviceSummary)
    talked = before.last_of(RecordContactConversation)
    assert talked is not None
    unknown = conversation(agreed_child(**UNKNOWN), step_id="talk-2", corrects=talked.step_id)
    known = facts_after(agreed_start(), before=facts_after(unknown, before=before))
    assert known.child(CHILD).agreement.realistic_start == USUAL_START  # type: ignore[union-attr]
    anew = facts_after(conversation(agreed_child(**UNKNOWN), step_id="talk-3", corrects="talk-2"), before=known)
    said = anew.child(CHILD).agreement
    assert said is not None
    assert (said.realistic_start, said.start_not_known_because) == (None, "the post is being filled")
    again = agreed_start(on=date(2026, 3, 20), step_id="start-2")
    assert refusal(anew, again, NOW) is None
    assert facts_after(again, before=anew).child(CHILD).agreement.realistic_start == date(2026, 3, 20)  # type: ignore[union-attr]


@pytest.mark.clause("SD-37")
def test_a_start_that_is_agreed_after_the_manager_decided_of_a_silence_takes_the_decision_with_it() -> None:
    moment = london(2026, 3, 10, 10)
    silent = let_time_pass(facts_at(NOW, before=not_known_when(CHILD, SIBLING)), moment)
    accepts = decided_unseen(of=None, occurred_at=moment)
    decides = facts_at(moment, accepts, before=silent)
    assert decides.child(CHILD).first_contact is FirstContact.REVIEW
    known = facts_at(moment, agreed_start(occurred_at=moment), before=decides)
    assert known.child(CHILD).first_contact is FirstContact.AWAITED
    assert clock(known, ClockKind.FIRST_CONTACT).due == START
    assert "decide_first_contact" in asks(let_time_pass(known, START))


@pytest.mark.clause("SD-37")
@pytest.mark.clause("SD-13")
def test_a_child_whom_the_service_accepts_later_has_the_whole_time_in_which_its_start_is_named() -> None:
    moment, up = london(2026, 3, 9, 10), london(2026, 3, 10, 10)
    both = not_known_when(CHILD, SIBLING)
    one = both.having(steps=both.steps[:-1], clocks=(), alerts=())
    waits = let_time_pass(facts_at(NOW, acknowledgement(CHILD), before=one), moment)
    later = acknowledgement(SIBLING, step_id="later", occurred_at=moment)
    now = let_time_pass(facts_at(moment, later, before=waits), up)
    since = {clock.about: clock.since for clock in status(now).clocks if clock.kind is ClockKind.START}
    assert since == {CHILD: NOW, SIBLING: moment}
    assert refusal(now, decided_unseen(of=None, occurred_at=up), up) is None
    too_early = refusal(now, decided_unseen(not_seen(SIBLING), of=None, occurred_at=up), up)
    assert too_early is not None
    assert "there is still time to see them" in too_early.reason


@pytest.mark.clause("SD-37")
def test_who_was_seen_before_the_child_was_agreed_was_not_seen_because_of_it() -> None:
    now = passed_on(CHILD, SIBLING)
    talk = now.last_of(RecordContactConversation)
    assert talk is not None
    before = {"occurred_at": talk.occurred_at - timedelta(minutes=1)}
    assert "before the conversation that agreed to support them" in refused(now, seen(CHILD, **before)).reason
    assert refusal(now, unseen(CHILD, **before), NOW) is None
    assert refusal(now, seen(CHILD, occurred_at=talk.occurred_at), NOW) is None


@pytest.mark.clause("SD-37")
def test_a_child_may_be_seen_though_no_start_was_ever_named() -> None:
    assert outcome(facts_after(seen(), before=not_known_when())) is Outcome.TRANSFERRED


@pytest.mark.clause("SD-37")
def test_of_a_child_whose_consent_is_withdrawn_no_first_contact_is_owed() -> None:
    now = record(passed_on(CHILD, SIBLING), withdrawal(CHILD))
    assert now.child(CHILD).first_contact is FirstContact.NOT_OWED
    assert now.child(SIBLING).first_contact is FirstContact.AWAITED


@pytest.mark.clause("SD-37")
@pytest.mark.parametrize(
    ("came_to", "owed"),
    [
        (None, FirstContact.AWAITED),
        ([HarmOutcome.ADVICE_NO_REFERRAL], FirstContact.AWAITED),
        ([HarmOutcome.EARLY_HELP], FirstContact.AWAITED),
        ([HarmOutcome.SINGLE_ASSESSMENT], FirstContact.NOT_OWED),
        ([HarmOutcome.SINGLE_ASSESSMENT, HarmOutcome.EMERGENCY_RESPONSE], FirstContact.NOT_OWED),
    ],
)
def test_the_service_stays_with_a_child_of_whom_harm_was_reported_until_social_work_looks_into_it(
    came_to: list[HarmOutcome] | None, owed: FirstContact
) -> None:
    now = record(passed_on(), harm_report(CHILD))
    if came_to is not None:
        said = (ChildHarmOutcome(ref=CHILD, outcomes=tuple(came_to)),)
        now = record(now, harm_outcome(children=said))
    assert now.child(CHILD).first_contact is owed
    assert ("record_first_contact" in asks(now)) is (owed is FirstContact.AWAITED)


@pytest.mark.clause("SD-32")
def test_a_child_for_whom_universal_services_suffice_has_no_first_contact() -> None:
    both = decided({CHILD: Decision.TRANSFER, SIBLING: Decision.UNIVERSAL_ONLY})

    now = facts_after(both, before=facts_before(RecordDecisions, CHILD, SIBLING))
    assert now.child(SIBLING).first_contact is FirstContact.NOT_OWED
    assert "the service has not accepted" in refused(now, seen(SIBLING)).reason.lower()


@pytest.mark.clause("SD-37")
@pytest.mark.parametrize("step", [seen, unseen])
def test_only_the_service_to_which_the_transfer_goes_says_what_became_of_it(step: Callable[..., Any]) -> None:
    elsewhere = SERVICE.model_copy(update={"team": "team-south"})
    assert refused(passed_on(), step(actor=elsewhere)).clause == "SD-06"


@pytest.mark.clause("SD-37")
def test_what_was_seen_is_corrected_and_what_was_not_is_followed() -> None:
    one = facts_after(seen(CHILD), before=passed_on(CHILD, SIBLING))
    assert refused(one, unseen(CHILD)).may_correct == "record_first_contact"
    corrected = facts_after(unseen(CHILD, corrects="record_first_contact"), before=one)
    assert corrected.child(CHILD).first_contact is FirstContact.FOR_MANAGER
    assert refusal(corrected, seen(CHILD, step_id="seen-after-all"), NOW) is None


@pytest.mark.clause("SD-37")
def test_what_the_manager_decided_for_good_is_corrected() -> None:
    moment = london(2026, 4, 1, 13)
    looks = facts_at(NOW, unseen(CHILD), decided_unseen(), before=accepted(CHILD, SIBLING))
    for_good = decided_unseen(not_seen(**FOR_GOOD), step_id="for-good", occurred_at=moment)
    now = facts_at(moment, for_good, before=let_time_pass(looks, moment))
    back = decided_unseen(not_seen(decision=Unseen.REOPEN), step_id="back", occurred_at=moment)
    assert refused(now, back, moment).may_correct == "for-good"
    corrected = facts_at(moment, back.model_copy(update={"corrects": "for-good"}), before=now)
    assert corrected.child(CHILD).first_contact is FirstContact.TAKEN_BACK


@pytest.mark.clause("SD-23b")
def test_who_is_no_manager_of_the_team_decides_nothing() -> None:
    now = facts_after(unseen(), before=passed_on())
    nobody = MANAGER.model_copy(update={"id": "tm-99"})
    assert refused(now, decided_unseen(actor=nobody)).clause == "SD-23b"
