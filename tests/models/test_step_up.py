"""A referral to Children's Social Work, played as those would who work with it (SU-01…SU-08)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.journey.beginning import begun
from models.journey.missing import wanted
from models.journey.recording import reject
from models.journey.steps import Step
from models.kinds import Audience, ClockKind, EffectKind, RungKind
from models.step_up.facts import StepUpFacts
from models.step_up.journey import STEP_UP
from models.step_up.stage import Outcome, Stage
from models.step_up.start import ParentsAsked, ReferrerKind
from models.step_up.steps.assessment import Assessed
from models.vocabulary import Actor, Role
from tests.builders import CHILD, NOW, SIBLING, THEN, harm_not_taken
from tests.step_ups import (
    ADVICE,
    AGREED,
    ASSESSMENT,
    DUTY,
    EARLY_HELP,
    EMERGENCY,
    HARM,
    HEAD,
    HUB,
    MANAGER,
    NOT_ASKED,
    SAID,
    SPOKEN,
    advice,
    allegation,
    answer,
    asks,
    assessed,
    cancellation,
    contact,
    decided,
    disagreement,
    facts,
    given_to,
    harm,
    household,
    keeping_time,
    known,
    let_time_pass,
    next_steps,
    not_told,
    record,
    referral,
    referrer,
    refused,
    stage,
    status,
    strategy,
    told,
    waiting_for,
    worker,
)

BOTH = {CHILD: ADVICE, SIBLING: ADVICE}
LATER = NOW + timedelta(hours=2)
FATHER = Actor(id="father", role=Role.FAMILY)
UNSAFE = [ReferrerKind.FAMILY, ReferrerKind.YOUNG_PERSON, ReferrerKind.PUBLIC]


def outcome(now: StepUpFacts) -> str | None:
    return status(now).outcome


def due(now: StepUpFacts, kind: ClockKind) -> datetime | None:
    found = now.due(kind)
    return found and found.astimezone(UTC)


def ask_of(now: StepUpFacts, step: str) -> list[str]:
    return [need.ask for need in next_steps(now) if need.step == step]


def going_further(**changes: object) -> StepUpFacts:
    """One child is assessed; of the other, Early Help has care."""
    return facts(decided({CHILD: ASSESSMENT, SIBLING: EARLY_HELP}), told(), **{**SAID, **changes})


def again(step_id: str, **changes: object) -> dict[str, object]:
    return {"step_id": step_id, "occurred_at": LATER, **changes}


@pytest.mark.clause("SU-01")
def test_where_harm_is_suspected_somebody_rings_at_once_and_every_answer_says_whom() -> None:
    now = facts(**HARM)
    assert stage(now) is Stage.CONTACT
    (ask, *_) = next_steps(now)
    assert (ask.step, ask.clause, ask.who) == ("record_contact", "SU-01", Role.EARLY_HELP_SERVICE)
    assert "Ring Duty and Advice at once" in ask.ask
    said = record(now, advice(), LATER)
    assert said.policy.phones.words in (said.receipts[-1].note or "")
    assert "record_contact_outcome" in asks(record(said, contact(), LATER))


@pytest.mark.clause("SU-01")
def test_alarms_ring_day_and_night_until_somebody_says_who_was_spoken_to() -> None:
    now = facts(**HARM)
    rung = [NOW + timedelta(minutes=minutes) for minutes in (0, 30, 60, 120, 240, 480, 720)]
    night = let_time_pass(now, NOW + timedelta(hours=12))
    alarms = [alert for alert in night.alerts if alert.clocks == ("significant_harm/report-in-the-request",)]
    assert [alert.at for alert in alarms] == rung
    assert all(Audience.ON_DUTY in alert.audiences for alert in alarms)
    assert {Audience.EARLY_HELP_CONTACT, Audience.EARLY_HELP_MANAGER} <= {*alarms[0].audiences}
    heard = record(night, contact(occurred_at=NOW, spoken_to={"who": "Ms Green", "at": NOW}), NOW + timedelta(hours=12))
    later = let_time_pass(heard, NOW + timedelta(hours=30))
    assert not [one for one in later.alerts if one.at > NOW + timedelta(hours=12) and one.what is RungKind.ALARM]


@pytest.mark.clause("SU-01")
def test_a_call_counts_whoever_rang_before_it_was_written_down_and_never_one_that_is_to_come() -> None:
    before = {"who": "Ms Green", "at": THEN - timedelta(hours=5)}
    assert not facts(**HARM, spoken_to=before).nobody_spoken_to
    to_come = {"who": "Ms Green", "at": NOW + timedelta(hours=3)}
    assert facts(**HARM, spoken_to=to_come).nobody_spoken_to
    assert "record_contact" in asks(facts(parents=AGREED, spoken_to=to_come))
    long_ago = {"who": "Ms Green", "at": THEN - timedelta(days=30)}
    assert facts(**HARM, spoken_to=long_ago).nobody_spoken_to
    assert "record_contact" in asks(facts(parents=AGREED, spoken_to=long_ago))
    assert refused(facts(), contact(spoken_to=to_come)).field == "spoken_to.at"


@pytest.mark.clause("SU-01")
@pytest.mark.parametrize("kind", [*UNSAFE, ReferrerKind.PROFESSIONAL])
def test_what_somebody_outside_says_of_a_call_is_found_out_by_people_of_ours(kind: ReferrerKind) -> None:
    for said in (facts(**HARM, spoken_to=SPOKEN, referrer=referrer(kind)), facts(**SAID, referrer=referrer(kind))):
        assert next_steps(said)[0].step == "record_contact"
    assert "record_contact" not in asks(facts(**SAID))


@pytest.mark.clause("SU-01")
def test_a_call_about_one_child_is_none_about_the_other() -> None:
    now = facts(contact(CHILD), parents=AGREED)
    assert now.without_call == (SIBLING,)
    assert "record_contact" in asks(now)
    assert "record_contact" not in asks(record(now, contact(SIBLING, step_id="c-2")))


@pytest.mark.clause("SU-01")
def test_below_significant_harm_it_is_told_when_nobody_says_that_duty_and_advice_was_spoken_to() -> None:
    now = facts(parents=AGREED)
    assert due(now, ClockKind.CONTACT_MADE) == datetime(2026, 3, 3, 17, tzinfo=UTC)
    over = let_time_pass(now, datetime(2026, 3, 3, 18, tzinfo=UTC))
    assert any("nobody has said that Duty and Advice was spoken to" in ask.ask for ask in next_steps(over))


@pytest.mark.clause("SU-01")
def test_a_call_that_was_recorded_wrongly_counts_no_more_once_it_is_corrected() -> None:
    long_ago = {"who": "Ms Green", "at": THEN - timedelta(days=20)}
    now = facts(contact(), **HARM)
    assert not now.nobody_spoken_to
    assert record(now, contact(spoken_to=long_ago, corrects="record_contact", step_id="c-2")).nobody_spoken_to


@pytest.mark.clause("SU-01")
def test_a_report_that_names_another_child_in_its_correction_waits_for_a_call_and_a_word_about_that_child() -> None:
    report = harm(CHILD, spoken_to={"who": "Ms Green", "at": NOW}, **again("r-1", occurred_at=NOW))
    now = facts(report, decided({CHILD: ASSESSMENT, SIBLING: ADVICE}, said_at=NOW), **SAID)
    assert not now.undecided
    more = harm(CHILD, SIBLING, **again("r-2", corrects="r-1"))
    both = record(now, more, LATER)
    assert both.undecided == (SIBLING,)
    assert [one.step_id for one in both.nobody_spoken_to] == ["r-2"]


@pytest.mark.clause("SU-01a")
def test_consent_never_gates_where_harm_is_suspected() -> None:
    for parents in (None, {**AGREED, "agreed": False}, NOT_ASKED):
        now = facts(decided({CHILD: ASSESSMENT, SIBLING: EARLY_HELP}), spoken_to=SPOKEN, parents=parents, **HARM)
        assert now.goes_further(CHILD)
    below = facts(spoken_to=SPOKEN)
    reported = record(below, harm(CHILD, spoken_to=SPOKEN))
    assert not refused(below, decided({CHILD: ASSESSMENT})).field.startswith("said")
    assert record(reported, decided({CHILD: ASSESSMENT})).goes_further(CHILD)


@pytest.mark.clause("SU-01a")
def test_below_harm_an_assessment_rests_on_agreement() -> None:
    for parents in (None, {**AGREED, "agreed": False}, NOT_ASKED):
        now = facts(spoken_to=SPOKEN, parents=parents)
        said = refused(now, decided({CHILD: ASSESSMENT, SIBLING: ADVICE}))
        assert (said.clause, said.child, said.field) == ("SU-01a", CHILD, "children.0.outcomes")
        assert not record(now, decided({CHILD: (ASSESSMENT, EMERGENCY), SIBLING: EMERGENCY})).undecided
        agreed = record(now, contact(parents=AGREED))
        assert not record(agreed, decided({CHILD: ASSESSMENT, SIBLING: ADVICE})).undecided


@pytest.mark.clause("SU-01a")
@pytest.mark.parametrize("start", [HARM, {}])
def test_whether_agreement_was_sought_or_why_not_is_asked_and_holds_nothing_up(start: dict[str, Any]) -> None:
    now = facts(contact(), **start)
    (ask,) = (ask for ask in next_steps(now) if ask.clause == "SU-01a")
    assert "It keeps nobody from protecting a child" in ask.ask
    assert due(now, ClockKind.PARENTS_ASKED) == datetime(2026, 3, 5, 17, tzinfo=UTC)
    over = let_time_pass(now, datetime(2026, 3, 5, 18, tzinfo=UTC))
    assert any(ask.ask.startswith("Nobody has said whether agreement was sought") for ask in next_steps(over))
    ends = record(record(now, decided(BOTH)), told())
    assert asks(ends) == ["record_contact"]
    assert not asks(record(ends, contact(step_id="c-2", parents=NOT_ASKED)))


@pytest.mark.clause("SU-01a")
@pytest.mark.parametrize(
    "said",
    [
        {"may_be_told": True},
        {"asked": "The mother", "may_be_told": True},
        {"asked": "The mother", "agreed": True, "not_asked_because": "No time.", "may_be_told": True},
        {"not_asked_because": "No time.", "agreed": True, "may_be_told": True},
        {"asked": "The mother", "agreed": True, "may_be_told": False},
        {"asked": "The mother", "agreed": True, "may_be_told": True, "not_told_because": "No."},
    ],
)
def test_what_is_said_of_agreement_is_whole(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="SU-01a"):
        ParentsAsked.model_validate(said)


@pytest.mark.clause("SU-01a")
@pytest.mark.parametrize("role", [Role.FAMILY, Role.YOUNG_PERSON, Role.REFERRER])
def test_whoever_is_outside_reads_nothing_of_who_was_worried_or_what_is_done(role: Role) -> None:
    outside = Actor(id="somebody", role=role)
    now = facts(decided({CHILD: ASSESSMENT, SIBLING: EARLY_HELP}), **SAID, **HARM)
    for step in (harm(actor=outside, **again("r-1")), disagreement(actor=outside, **again("d-1"))):
        receipt = record(now, step, LATER).receipts[-1]
        assert (receipt.stage, receipt.next_steps) == ("received", ())
        assert "Brook" not in receipt.model_dump_json()
        assert "assess" not in receipt.model_dump_json()
    for number in ("in-the-request", "record_contact_outcome"):
        said = refused(now, harm(actor=outside, **again(number)), LATER)
        assert not {"reported", "recorded what", "duty"} & {*said.words.lower().split()}, said.words
        assert Role.EARLY_HELP_SERVICE.words not in said.words


@pytest.mark.clause("SU-01a")
def test_the_family_must_not_learn_who_it_was_unless_the_referrer_says_so() -> None:
    assert "the family must not learn who it was" in referral().own_words
    assert "the family may be told who it was" in referral(referrer=referrer(may_be_named=True)).own_words
    assert referral().privacy == "narrative"
    assert referral(restricted=True).privacy == "restricted"
    assert referral().opened_by == Role.EARLY_HELP_SERVICE


@pytest.mark.clause("SU-02")
def test_advice_of_line_manager_or_safeguarding_lead_may_be_recorded_however_early_and_gates_nothing() -> None:
    now = facts(**SAID)
    before = asks(now)
    for adviser in ("line_manager", "safeguarding_lead"):
        said = record(now, advice(adviser=adviser, occurred_at=THEN - timedelta(days=60)))
        assert asks(said) == before
        assert "Mr Stone" in (said.steps[-1].step.own_words or "")
    assert refused(now, advice(actor=FATHER)).field == "actor.role"


@pytest.mark.clause("SU-03")
def test_duty_and_advice_are_told_at_once_and_decide_within_one_working_day() -> None:
    now = facts(**SAID)
    (first, *_) = [alert for alert in now.alerts if Audience.DUTY_AND_ADVICE in alert.audiences]
    assert (first.at, first.what) == (NOW, RungKind.NEWS)
    assert due(now, ClockKind.CONTACT_OUTCOME) == datetime(2026, 3, 3, 17, tzinfo=UTC)
    over = let_time_pass(now, datetime(2026, 3, 3, 18, tzinfo=UTC))
    assert Role.HEAD_OF_SERVICE in waiting_for(over)
    assert ask_of(over, "record_contact_outcome")[-1].startswith(
        "Duty and Advice have not said what a contact comes to"
    )


@pytest.mark.clause("SU-03")
def test_it_does_not_end_while_of_one_child_nobody_has_said_what_the_contact_came_to() -> None:
    now = record(facts(decided({CHILD: ADVICE}), **SAID), told())
    (ask,) = next_steps(now)
    assert (ask.step, ask.clause) == ("record_contact_outcome", "SU-03")
    assert [way.child for way in ask.ways] == [SIBLING]
    both = record(now, decided({SIBLING: EARLY_HELP}, step_id="o-2"))
    assert outcome(record(both, told(step_id="t-2"))) == Outcome.EARLY_HELP


@pytest.mark.clause("SU-03")
@pytest.mark.parametrize(
    "outcomes", [(ADVICE, EMERGENCY), (EARLY_HELP, ASSESSMENT), (ADVICE, EARLY_HELP), (ASSESSMENT, ASSESSMENT), ()]
)
def test_an_emergency_response_may_go_with_an_assessment_and_any_other_outcome_stands_alone(
    outcomes: tuple[object, ...],
) -> None:
    with pytest.raises(ValidationError):
        decided({CHILD: outcomes})
    assert decided({CHILD: (ASSESSMENT, EMERGENCY)})


@pytest.mark.clause("SU-03")
def test_a_new_report_after_the_outcome_asks_for_a_new_one_with_a_time_of_its_own() -> None:
    now = facts(decided(BOTH), **SAID)
    reported = record(now, harm(CHILD, spoken_to={"who": "Ms Green", "at": LATER}, **again("r-1")), LATER)
    assert reported.undecided == (CHILD,)
    assert asks(reported)[0] == "record_contact_outcome"
    assert [clock.about for clock in reported.open_clocks(ClockKind.CONTACT_OUTCOME)] == ["report-r-1"]
    said = refused(reported, decided({CHILD: ADVICE}, **again("o-2", said_at=NOW)), LATER)
    assert (said.field, said.clause) == ("said_at", "SU-03")
    anew = decided({CHILD: EMERGENCY}, **again("o-2", said_at=LATER))
    assert not record(reported, anew, LATER).undecided


@pytest.mark.clause("SU-03")
def test_what_was_said_before_the_worry_came_is_no_answer_to_it() -> None:
    said = refused(facts(**SAID), decided(BOTH, said_at=THEN - timedelta(days=7)))
    assert (said.field, said.clause) == ("said_at", "SU-03")


@pytest.mark.clause("SU-03")
def test_a_correction_of_an_old_outcome_is_no_answer_to_a_new_report() -> None:
    now = facts(decided(BOTH), **SAID)
    reported = record(now, harm(CHILD, **again("r-1")), LATER)
    old = decided(BOTH, **again("o-2", corrects="record_contact_outcome", said_at=THEN))
    assert refused(reported, old, LATER).field == "said_at"


@pytest.mark.clause("SU-03")
def test_a_sibling_who_is_reported_later_is_decided_on_too() -> None:
    now = record(facts(decided(BOTH), **SAID), harm("child-c", **again("r-1")), LATER)
    assert now.child_refs == (CHILD, SIBLING, "child-c")
    assert now.undecided == ("child-c",)
    said = decided({"child-c": ASSESSMENT}, **again("o-2", said_at=LATER))
    assert "child-c" in record(now, said, LATER).unassessed
    assert refused(facts(**SAID), decided({"child-c": ADVICE})).field == "children.0.ref"


@pytest.mark.clause("SU-03")
def test_a_word_that_changes_is_sent_as_a_correction_of_the_first() -> None:
    now = facts(decided(BOTH), **SAID)
    said = refused(now, decided({CHILD: EARLY_HELP}, step_id="o-2"))
    assert said.may_correct == "record_contact_outcome"
    put_right = record(now, decided({CHILD: EARLY_HELP}, step_id="o-2", corrects="record_contact_outcome"))
    assert put_right.contact_outcome(CHILD).words == EARLY_HELP.words  # type: ignore[union-attr]


@pytest.mark.clause("SU-05")
def test_an_early_help_assessment_is_named_and_not_written_again() -> None:
    now = facts(early_help_assessment="eha-2231", **SAID)
    assert "Early Help assessment: eha-2231" in now.request.own_words
    said = assessed({CHILD: Assessed.CHILD_IN_NEED}, early_help_assessment="eha-2231")
    assert "rests on eha-2231" in (said.gist or "")
    assert "not written again (SU-05)" in ask_of(going_further(), "record_assessment_outcome")[0]


@pytest.mark.clause("SU-06")
def test_of_each_child_who_is_assessed_it_is_said_what_came_of_it_within_45_working_days() -> None:
    now = going_further()
    assert due(now, ClockKind.ASSESSMENT) == datetime(2026, 5, 7, 16, tzinfo=UTC)
    (ask,) = next_steps(now)
    assert (ask.step, [way.child for way in ask.ways]) == ("record_assessment_outcome", [CHILD])
    over = let_time_pass(now, datetime(2026, 5, 7, 17, tzinfo=UTC))
    assert ask_of(over, "record_assessment_outcome")[-1].startswith("The time for an assessment is over")


@pytest.mark.clause("SU-06")
def test_of_a_child_whom_nobody_assesses_no_outcome_of_an_assessment_is_taken() -> None:
    said = refused(going_further(), assessed({SIBLING: Assessed.NO_SOCIAL_WORK}))
    assert (said.clause, said.child) == ("SU-06", SIBLING)


@pytest.mark.clause("SU-06")
@pytest.mark.parametrize("part", ["needs_remain", "advised"])
def test_without_ongoing_social_work_it_is_said_whether_needs_remain_and_how_early_help_was_advised(part: str) -> None:
    said = assessed({CHILD: Assessed.NO_SOCIAL_WORK}).model_dump()
    said["children"] = [{name: value for name, value in child.items() if name != part} for child in said["children"]]
    with pytest.raises(ValidationError, match=part):
        type(assessed({CHILD: Assessed.NO_SOCIAL_WORK})).model_validate(said)


@pytest.mark.clause("SU-06")
def test_the_referrer_hears_of_each_decision_or_it_is_said_why_not() -> None:
    now = facts(decided({CHILD: ASSESSMENT, SIBLING: EARLY_HELP}), **SAID)
    assert "record_referrer_told" in asks(now)
    assert due(now, ClockKind.OUTCOME_TOLD) == datetime(2026, 3, 3, 17, tzinfo=UTC)
    over = let_time_pass(now, datetime(2026, 3, 3, 18, tzinfo=UTC))
    assert ask_of(over, "record_referrer_told")[-1].startswith("Whoever was worried about children has not heard")
    heard = record(now, told())
    assert "record_referrer_told" not in asks(heard)
    assert refused(heard, told(step_id="t-2")).field == "step"
    ended = record(heard, assessed({CHILD: Assessed.NO_SOCIAL_WORK}))
    assert asks(ended) == ["record_referrer_told"]
    assert outcome(record(ended, not_told(step_id="t-2"))) == Outcome.NO_SOCIAL_WORK
    assert refused(facts(**SAID), told()).field == "step"


@pytest.mark.clause("ER-14")
@pytest.mark.parametrize("start", [HARM, {}])
@pytest.mark.parametrize("kind", UNSAFE)
def test_a_referrer_who_may_be_unsafe_hears_only_what_duty_and_advice_call_safe(
    kind: ReferrerKind, start: dict[str, Any]
) -> None:
    now = facts(contact(), decided(BOTH), referrer=referrer(kind), parents=AGREED, **start)
    said = refused(now, told())
    assert (said.field, said.clause) == ("said_safe_by", "ER-14")
    assert outcome(record(now, told(said_safe_by="Ms Green"))) == Outcome.ADVICE
    assert outcome(record(now, not_told())) == Outcome.ADVICE


@pytest.mark.clause("SU-06")
def test_what_duty_and_advice_say_of_a_new_report_takes_no_assessment_back() -> None:
    now = going_further()
    reported = record(now, harm(CHILD, spoken_to={"who": "Ms Green", "at": LATER}, **again("r-1")), LATER)
    assert due(reported, ClockKind.ASSESSMENT) == datetime(2026, 5, 7, 16, tzinfo=UTC)
    said = record(reported, decided({CHILD: ADVICE}, **again("o-2", said_at=LATER)), LATER)
    assert said.unassessed == (CHILD,)
    assert due(said, ClockKind.ASSESSMENT) == datetime(2026, 5, 7, 16, tzinfo=UTC)
    corrected = decided({CHILD: ADVICE}, step_id="o-2", corrects="record_contact_outcome")
    assert not record(now, corrected).unassessed


@pytest.mark.clause("SU-06")
def test_an_enquiry_under_section_47_comes_to_something_whatever_the_contact_came_to() -> None:
    now = facts(decided(BOTH), strategy(), **SAID)
    assert now.unassessed == (CHILD,)
    assert due(now, ClockKind.ASSESSMENT) == datetime(2026, 5, 7, 16, tzinfo=UTC)
    assert not facts(decided(BOTH), strategy(section_47=False), **SAID).unassessed
    assert not record(now, assessed({CHILD: Assessed.CHILD_PROTECTION})).unassessed


@pytest.mark.clause("SU-08")
def test_early_help_stays_until_a_named_social_worker_takes_over() -> None:
    now = record(going_further(), assessed({CHILD: Assessed.CHILD_PROTECTION}))
    (ask,) = (need for need in next_steps(now) if need.clause == "SU-08")
    assert (ask.step, [way.child for way in ask.ways]) == ("record_social_worker", [CHILD])
    assert due(now, ClockKind.NAMED_WORKER) == datetime(2026, 3, 4, 17, tzinfo=UTC)
    held = {child.ref: child.states[2].words for child in status(now).children}
    assert held[CHILD] == "Early Help (Early Help North), until a social worker takes over"
    over = let_time_pass(now, datetime(2026, 3, 4, 18, tzinfo=UTC))
    assert ask_of(over, "record_social_worker")[-1].endswith("Have one allocated now.")
    named = record(record(now, told(step_id="t-2")), worker())
    assert outcome(named) == Outcome.SOCIAL_WORK
    assert {child.ref: child.states[2].value for child in status(named).children}[CHILD] == "sw-7"


@pytest.mark.clause("SU-08")
@pytest.mark.parametrize(
    "steps",
    [
        (decided({CHILD: ADVICE}),),
        (decided({CHILD: EARLY_HELP}),),
        (decided({CHILD: ASSESSMENT}), assessed({CHILD: Assessed.NO_SOCIAL_WORK})),
        (cancellation(),),
    ],
)
def test_nobody_is_promised_a_social_worker_who_does_not_come(steps: tuple[Step, ...]) -> None:
    now = facts(*steps, **SAID)
    words = {child.ref: child.states[2].words for child in status(now).children}
    assert words[CHILD] == "Early Help (Early Help North)"
    if now.goes_on:
        assert words[SIBLING] == "Early Help (Early Help North), until a social worker takes over"


@pytest.mark.clause("SU-08")
def test_nobody_takes_over_a_child_with_whom_social_work_has_nothing_to_do() -> None:
    assert refused(going_further(), worker(SIBLING)).clause == "SU-08"
    assert refused(going_further(), worker(taken_over_at=LATER)).field == "taken_over_at"
    assert refused(going_further(), worker(actor=HUB)).field == "actor.role"


@pytest.mark.clause("SU-08")
def test_a_new_report_leaves_no_child_without_the_social_worker_who_was_to_come() -> None:
    now = record(going_further(), assessed({CHILD: Assessed.CHILD_PROTECTION}))
    reported = record(now, harm(CHILD, spoken_to={"who": "Ms Green", "at": LATER}, **again("r-1")), LATER)
    said = record(reported, decided({CHILD: ADVICE}, **again("o-2", said_at=LATER)), LATER)
    assert said.without_social_worker == (CHILD,)


@pytest.mark.clause("SU-08")
def test_a_corrected_outcome_takes_no_social_worker_from_a_child_with_whom_social_work_goes_on() -> None:
    now = record(going_further(), assessed({CHILD: Assessed.CHILD_PROTECTION}))
    now = record(now, decided({CHILD: ADVICE}, step_id="o-2", corrects="record_contact_outcome"))
    assert now.without_social_worker == (CHILD,)


@pytest.mark.clause("SU-08")
def test_the_social_worker_of_an_assessment_that_ended_is_not_the_one_of_the_next() -> None:
    now = record(record(going_further(), worker()), assessed({CHILD: Assessed.NO_SOCIAL_WORK}))
    assert {child.ref: child.states[2].value for child in status(now).children}[CHILD] is None
    reported = record(now, harm(CHILD, spoken_to={"who": "Ms Green", "at": LATER}, **again("r-1")), LATER)
    further = record(reported, decided({CHILD: ASSESSMENT}, **again("o-2", said_at=LATER)), LATER)
    plan = record(further, assessed({CHILD: Assessed.CHILD_PROTECTION}, **again("a-2")), LATER)
    assert plan.without_social_worker == (CHILD,)
    assert not record(plan, worker(**again("w-2")), LATER).without_social_worker


@pytest.mark.clause("SU-08")
def test_a_social_worker_who_was_recorded_for_the_wrong_child_has_that_child_no_more() -> None:
    now = facts(decided({CHILD: EMERGENCY, SIBLING: EMERGENCY}), worker(CHILD, SIBLING), **SAID)
    now = record(now, assessed({CHILD: Assessed.CHILD_IN_NEED, SIBLING: Assessed.CHILD_IN_NEED}))
    assert not now.without_social_worker
    put_right = record(now, worker(CHILD, step_id="w-2", corrects="record_social_worker"))
    assert put_right.without_social_worker == (SIBLING,)


@pytest.mark.clause("SU-08")
def test_disagreement_goes_up_and_pauses_nothing() -> None:
    now = facts(**SAID)
    said = record(now, disagreement())
    assert [ask for ask in asks(said) if ask != "answer_disagreement"] == asks(now)
    assert due(said, ClockKind.CONTACT_OUTCOME) == due(now, ClockKind.CONTACT_OUTCOME)
    assert due(said, ClockKind.DISAGREEMENT) == datetime(2026, 3, 4, 17, tzinfo=UTC)
    over = let_time_pass(said, datetime(2026, 3, 4, 18, tzinfo=UTC))
    assert ask_of(over, "answer_disagreement")[-1].startswith("Somebody disagrees with what was decided")
    assert [n.who for n in next_steps(said) if n.step == "answer_disagreement"] == [Role.TEAM_MANAGER]
    up = record(said, answer(settled=False))
    assert [n.who for n in next_steps(up) if n.step == "answer_disagreement"] == [Role.HEAD_OF_SERVICE]
    assert refused(up, answer(step_id="a-2")).field == "actor.role"
    assert "answer_disagreement" not in asks(record(up, answer(step_id="a-2", actor=HEAD, settled=False)))
    assert "answer_disagreement" not in asks(record(said, answer()))
    assert "answer_disagreement" not in asks(record(said, answer(actor=HEAD, settled=False)))


@pytest.mark.clause("SU-08")
def test_whoever_disagrees_does_not_answer_and_an_answer_names_what_waits_for_one() -> None:
    own = facts(disagreement(actor=MANAGER), **SAID)
    assert refused(own, answer()).field == "actor.id"
    assert refused(own, answer(of="nothing")).field == "of"
    assert refused(record(own, answer(actor=HEAD)), answer(actor=HEAD, step_id="a-2")).field == "of"


@pytest.mark.clause("SU-08")
def test_an_answer_that_was_recorded_as_settled_by_mistake_is_put_right() -> None:
    now = facts(disagreement(), answer(), **SAID)
    again_open = record(now, answer(settled=False, step_id="a-2", corrects="answer_disagreement"))
    assert [n.who for n in next_steps(again_open) if n.step == "answer_disagreement"] == [Role.HEAD_OF_SERVICE]


@pytest.mark.clause("SU-08")
def test_another_service_stays_with_the_children_once_the_directory_knows_it() -> None:
    now = record(facts(**SAID), given_to("service-south"))
    assert now.service_ref == "service-north"
    assert known(now, "service-south").service_ref == "service-south"
    assert refused(now, given_to("service-south", step_id="g-2")).field == "service_ref"


@pytest.mark.clause("SU-01")
def test_it_is_cancelled_only_below_harm() -> None:
    said = refused(facts(**HARM), cancellation())
    assert (said.field, said.clause) == ("step", "SU-01")
    now = facts(cancellation(), **SAID)
    assert asks(now) == ["record_referrer_told"]
    assert refused(now, cancellation(step_id="x-2")).field == "step"
    assert refused(now, decided(BOTH)).field == "step"
    assert refused(now, given_to("service-south")).field == "step"
    assert refused(now, assessed({CHILD: Assessed.NO_SOCIAL_WORK})).field == "step"
    assert outcome(record(now, told())) == Outcome.CANCELLED


@pytest.mark.clause("SU-03")
def test_it_is_cancelled_only_before_an_outcome() -> None:
    said = refused(facts(decided({CHILD: ADVICE}), **SAID), cancellation())
    assert (said.field, said.clause) == ("step", "SU-03")


@pytest.mark.clause("SU-06")
@pytest.mark.parametrize("section_47", [True, False])
def test_it_is_not_cancelled_after_a_strategy_discussion(section_47: bool) -> None:
    said = refused(facts(strategy(section_47=section_47), **SAID), cancellation())
    assert (said.field, said.clause) == ("step", "SU-06")


@pytest.mark.clause("SU-01")
def test_harm_that_is_reported_after_it_was_cancelled_is_decided_on() -> None:
    now = record(facts(cancellation(), **SAID), harm(CHILD, **again("r-1")), LATER)
    assert asks(now)[:2] == ["record_contact", "record_contact_outcome"]
    assert now.undecided == (CHILD, SIBLING)


@pytest.mark.clause("SU-01")
def test_strategy_household_and_allegation_can_be_recorded_and_gate_nothing() -> None:
    now = facts(**SAID)
    for step in (strategy(section_47=False), household(), allegation()):
        assert asks(record(now, step)) == asks(now)
    assert refused(now, strategy(held_at=LATER)).field == "held_at"
    assert refused(now, allegation(taken_by={"who": "Mr Rule", "at": LATER})).field == "taken_by.at"
    assert refused(now, decided(BOTH, said_at=LATER)).field == "said_at"


@pytest.mark.clause("SU-01")
def test_a_referral_that_says_harm_reports_it_from_its_first_moment() -> None:
    start = begun(STEP_UP, StepUpFacts(request=referral(**HARM, referrer=referrer(ReferrerKind.FAMILY)), opened_at=NOW))
    (report,) = start.harm_reports
    assert (report.at_risk, report.actor.role) == ((CHILD, SIBLING), Role.FAMILY)
    assert not begun(STEP_UP, StepUpFacts(request=referral(), opened_at=NOW)).harm_reports
    assert start.route == "significant_harm"
    assert facts().route == "by_agreement"


def test_duty_and_advice_may_record_the_whole_way_and_no_child_is_closed_by_it() -> None:
    now = facts(contact(actor=DUTY, parents=AGREED), decided(BOTH), told())
    assert outcome(now) == Outcome.ADVICE
    assert not any(map(now.keeps_open, now.child_refs))


@pytest.mark.clause("SU-01")
def test_a_report_that_could_not_be_taken_is_asked_for_day_and_night() -> None:
    now = keeping_time(reject(STEP_UP, facts(decided({CHILD: ADVICE}), **SAID), harm_not_taken()), NOW)
    assert ("report_significant_harm", Role.EARLY_HELP_SERVICE) in {(need.step, need.who) for need in next_steps(now)}
    over = let_time_pass(now, NOW + timedelta(hours=5))
    assert any("A report of significant harm that could not be taken has still not" in n.ask for n in next_steps(over))
    assert "report_significant_harm" not in asks(record(over, harm(CHILD, **again("r-1")), LATER + timedelta(hours=4)))


@pytest.mark.clause("SU-01")
def test_the_head_of_service_is_asked_where_the_alarms_found_nobody() -> None:
    over = let_time_pass(facts(**HARM), NOW + timedelta(hours=5))
    (asked,) = (need for need in next_steps(over) if need.who is Role.HEAD_OF_SERVICE)
    assert asked.ask.startswith("It is still not recorded who was spoken to at Duty and Advice")


@pytest.mark.clause("SU-01")
def test_a_report_that_is_corrected_twice_or_without_a_child_loses_none_and_each_counts() -> None:
    now = facts(harm(CHILD, SIBLING, step_id="r-1"), **SAID)
    fewer = record(now, harm(CHILD, step_id="r-2", corrects="r-1"))
    assert [report.step_id for report in fewer.harm_reports][-2:] == ["r-1", "r-2"]
    corrected = record(now, harm(CHILD, SIBLING, step_id="r-3", corrects="r-1"))
    twice = record(corrected, harm(CHILD, SIBLING, step_id="r-4", corrects="r-1"))
    assert [report.step_id for report in twice.harm_reports][-2:] == ["r-3", "r-4"]


@pytest.mark.clause("SU-08")
def test_the_directory_is_asked_how_another_service_is_reached() -> None:
    now = record(facts(**SAID), given_to("service-south"))
    (look,) = wanted(STEP_UP, now)
    assert (look.kind, look.service) == (EffectKind.LOOK_UP_SERVICE, "service-south")
    assert not wanted(STEP_UP, facts(**SAID))
