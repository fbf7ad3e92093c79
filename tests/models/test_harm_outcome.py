"""What the contact about a risk of significant harm came to, child by child, and what lifts the stop (SD-39, SU-03)."""

from typing import Any

import pytest
from pydantic import ValidationError

from models.journey.harm_outcome import AssessmentEnd, ChildHarmOutcome, HarmContact, HarmOutcome
from models.journey.steps import SpokenTo
from models.kinds import ClockKind, EffectKind
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.decision import Decision, RecordDecisions
from models.vocabulary import Role
from tests.builders import (
    CHILD,
    MANAGER,
    NOW,
    SIBLING,
    THEN,
    acknowledgement,
    added_child,
    authorised,
    decided,
    decision,
    facts,
    facts_after,
    facts_before,
    harm_outcome,
    harm_report,
    keeping_time,
    letter,
    letters,
    london,
    looked_at,
    not_authorised,
    other_service,
    record,
    refused,
    seen,
    seen_in_mosaic,
    whole_path,
)
from tests.step_down import next_steps, outcome, record_step, refusal, stage, status, update_clocks, wanted

BOTH = (CHILD, SIBLING)
SPOKEN = SpokenTo(who="the duty worker", at=THEN)
STAYS = Decision.STAYS_WITH_SOCIAL_WORK
LIFT = authorised("record_harm_outcome", step_id="lift")

pytestmark = pytest.mark.clause("SD-39")


def reported(*children: str, before: StepDownFacts | None = None) -> StepDownFacts:
    """Everything was ready for the decision; then harm was reported of the first child."""
    named = children or (CHILD,)
    return record(before or facts_before(RecordDecisions, *named), harm_report(named[0]))


def came_to_nothing(*children: str, **changes: Any) -> StepDownFacts:
    return record(reported(*children), harm_outcome(*(children or (CHILD,)), **changes))


def asks(now: StepDownFacts) -> list[tuple[str | None, Role | None, str | None]]:
    return [(need.step, need.who, need.clause) for need in next_steps(now)]


def test_what_it_came_to_lifts_nothing_by_itself_and_asks_the_manager() -> None:
    now = came_to_nothing()
    assert now.harm_stands
    assert now.child(CHILD).stopped
    assert ("authorise", Role.TEAM_MANAGER, "SD-39") in asks(now)
    assert refused(now, decision(step_id="now")).clause == "SU-01"
    [need] = [need for need in next_steps(now) if need.step == "authorise"]
    assert [of.command("transfer-1") for of in need.of] == ["transfers step transfer-1 FILE --of record_harm_outcome"]
    assert ClockKind.AUTHORISED in {clock.kind for clock in update_clocks(now, NOW).open_clocks()}


def test_what_it_came_to_is_waited_for_once_somebody_was_spoken_to_and_until_each_child_is_heard_of() -> None:
    silent = record(facts(CHILD, SIBLING), harm_report(CHILD, SIBLING))
    assert "record_harm_outcome" not in {need.step for need in next_steps(silent)}
    heard = keeping_time(record(facts(CHILD, SIBLING), harm_report(CHILD, SIBLING, spoken_to=SPOKEN)), NOW)
    [need] = [need for need in next_steps(heard) if need.step == "record_harm_outcome"]
    assert (need.clause, need.who, need.by) == ("SD-39", Role.SOCIAL_WORKER, london(2026, 3, 3, 17))
    one = record(heard, harm_outcome(CHILD))
    assert "record_harm_outcome" in {need.step for need in next_steps(one)}
    assert ClockKind.HARM_OUTCOME in {clock.kind for clock in one.open_clocks()}
    stays = record(one, decided({SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}))
    assert "record_harm_outcome" not in {need.step for need in next_steps(stays)}
    again = record(stays, harm_report(CHILD, spoken_to=SPOKEN, step_id="once-more"))
    assert "record_harm_outcome" in {need.step for need in next_steps(again)}


def test_after_the_managers_act_the_transfer_goes_on_to_its_end() -> None:
    now = record(came_to_nothing(), LIFT)
    assert not now.harm_stands
    assert not now.nobody_spoken_to, "who said what it came to was spoken to"
    ended = facts_after(decision(), letters(letter()), acknowledgement(), seen(), before=now)
    assert (stage(ended), outcome(ended)) == (Stage.CLOSED, Outcome.TRANSFERRED)
    assert status(ended).ended == "Passed to Early Help"
    assert status(ended).harm[0].words.endswith("Where nothing came of it, the team manager has lifted the stop.")


def test_a_manager_who_says_no_leaves_everything_stopped() -> None:
    now = record(came_to_nothing(), not_authorised("record_harm_outcome"))
    assert now.harm_stands
    assert ("authorise", Role.TEAM_MANAGER, "SD-39") not in asks(now)


def test_a_manager_who_wrote_down_what_it_came_to_has_not_lifted_it_and_may() -> None:
    now = record(reported(), harm_outcome(actor=MANAGER))
    assert now.harm_stands
    assert not record(now, LIFT).harm_stands


COMES_TO: dict[str, tuple[tuple[HarmOutcome, ...], AssessmentEnd | None, bool]] = {
    "advice and no referral": ((HarmOutcome.ADVICE_NO_REFERRAL,), None, True),
    "Early Help": ((HarmOutcome.EARLY_HELP,), None, False),
    "an assessment": ((HarmOutcome.SINGLE_ASSESSMENT,), None, False),
    "an emergency": ((HarmOutcome.EMERGENCY_RESPONSE,), None, False),
    "an emergency with an assessment": ((HarmOutcome.EMERGENCY_RESPONSE, HarmOutcome.SINGLE_ASSESSMENT), None, False),
    "an assessment that ended without social work": (
        (HarmOutcome.SINGLE_ASSESSMENT,),
        AssessmentEnd.NO_SOCIAL_WORK,
        True,
    ),
    "an assessment after which social work goes on": (
        (HarmOutcome.SINGLE_ASSESSMENT,),
        AssessmentEnd.SOCIAL_WORK,
        False,
    ),
}


@pytest.mark.clause("SU-03")
@pytest.mark.parametrize(("outcomes", "ended", "lifts"), COMES_TO.values(), ids=COMES_TO)
def test_only_advice_without_a_referral_or_an_assessment_without_social_work_may_be_lifted(
    outcomes: tuple[HarmOutcome, ...], ended: AssessmentEnd | None, lifts: bool
) -> None:
    said = ChildHarmOutcome(ref=CHILD, outcomes=outcomes, assessment_ended=ended)
    now = record(reported(), harm_outcome(children=(said,)))
    assert (refusal(now, LIFT, NOW) is None) is lifts
    assert (("authorise", Role.TEAM_MANAGER, "SD-39") in asks(now)) is lifts


@pytest.mark.clause("SU-03")
@pytest.mark.parametrize(
    "said",
    [
        {"outcomes": ()},
        {"outcomes": (HarmOutcome.ADVICE_NO_REFERRAL, HarmOutcome.SINGLE_ASSESSMENT)},
        {"outcomes": (HarmOutcome.EARLY_HELP, HarmOutcome.EMERGENCY_RESPONSE)},
        {"outcomes": (HarmOutcome.SINGLE_ASSESSMENT, HarmOutcome.SINGLE_ASSESSMENT)},
        {"outcomes": (HarmOutcome.ADVICE_NO_REFERRAL,), "assessment_ended": AssessmentEnd.NO_SOCIAL_WORK},
    ],
    ids=["none", "advice and an assessment", "Early Help and an emergency", "twice", "no assessment that could end"],
)
def test_what_does_not_go_together_is_not_taken(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ChildHarmOutcome(ref=CHILD, **said)


def test_beside_an_open_enquiry_the_stop_is_not_lifted_and_comes_back() -> None:
    with_enquiry = seen_in_mosaic(came_to_nothing(), open_enquiry=True)
    assert refused(with_enquiry, LIFT).clause == "SD-39"
    assert "enquiry" not in refused(with_enquiry, LIFT).reason, "what Mosaic holds is for few to read"
    lifted = record(came_to_nothing(), LIFT)
    assert not lifted.harm_stands
    assert seen_in_mosaic(lifted, open_enquiry=True).harm_stands


def test_where_mosaic_does_not_say_the_manager_does() -> None:
    silent = seen_in_mosaic(came_to_nothing(), open_enquiry=None)
    assert refused(silent, LIFT).field == "because"
    assert not record(silent, looked_at("record_harm_outcome")).harm_stands


def test_mosaic_is_asked_anew_before_the_stop_is_lifted() -> None:
    before = reported()
    asked = record(before, harm_outcome())
    looks = [effect for effect in asked.begun if effect.kind is EffectKind.LOOK_AT_CHILDREN]
    assert len(looks) == 1 + len([one for one in before.begun if one.kind is EffectKind.LOOK_AT_CHILDREN])
    unasked = asked.having(effects=tuple(one for one in asked.effects if one.effect != looks[-1]))
    assert record_step(unasked, LIFT, NOW).harm_stands, "nothing goes on before Mosaic has answered"


def test_of_a_sibling_the_manager_gives_a_reason() -> None:
    now = came_to_nothing(*BOTH)
    assert refused(now, LIFT).field == "because"
    own = record(now, authorised("record_harm_outcome", CHILD, step_id="one"))
    assert own.harm_stands, "nobody has said what becomes of the sibling"
    assert refused(own, authorised("record_harm_outcome", SIBLING, step_id="two")).clause == "SD-39"
    assert not record(own, looked_at("record_harm_outcome", SIBLING, step_id="two")).harm_stands


def test_beside_a_child_who_is_assessed_a_brother_or_sister_goes_on_only_with_a_reason() -> None:
    assessed = record(reported(*BOTH), harm_outcome(CHILD, nothing=False))
    now = record(assessed, harm_outcome(SIBLING, step_id="sibling"))
    assert refused(now, authorised("sibling", step_id="lift")).field == "because"
    lifted = record(now, looked_at("sibling", step_id="lift"))
    assert lifted.harm_stands, "it is not settled what becomes of the one who is assessed"
    assert asks(lifted) == [("record_decisions", Role.SOCIAL_WORKER, "SD-39")], "who stays, and not whoever it is"
    waits = "decision: not yet; the stop is lifted, and waits for the decision about the other children"
    assert [waits in child.words for child in status(lifted).children] == [False, True]
    settled = record(lifted, decided({CHILD: STAYS}, step_id="stays"))
    assert not settled.harm_stands
    assert settled.child(CHILD).stopped
    assert not settled.child(SIBLING).stopped
    again = decided({CHILD: Decision.NO_FURTHER_SUPPORT}, step_id="again", corrects="stays")
    assert refused(settled, again).clause == "SU-01"
    ended = facts_after(
        decided({SIBLING: Decision.TRANSFER}, step_id="passes"),
        letters(letter("letter-1", *BOTH)),
        acknowledgement(SIBLING),
        seen(SIBLING),
        before=settled,
    )
    assert (stage(ended), outcome(ended)) == (Stage.CLOSED, Outcome.TRANSFERRED)
    assert not ended.child(CHILD).is_closed


def test_nothing_that_was_decided_before_the_report_counts_after_the_stop_was_lifted() -> None:
    before = record(facts_before(RecordDecisions), decision())
    now = record(record(reported(before=before), harm_outcome()), LIFT)
    assert not now.harm_stands
    assert now.child(CHILD).decision is None
    assert not [effect for effect in wanted(now) if effect.kind is EffectKind.CLOSE_CHILD]


def test_a_new_report_stops_everything_again_and_asks_for_a_new_word() -> None:
    lifted = record(came_to_nothing(), LIFT)
    again = record(lifted, harm_report(step_id="again"))
    assert again.harm_stands
    assert again.steps[-1].turns_away, "the timeline says what had been sent by then"
    assert refused(again, decision(step_id="now")).clause == "SU-01"
    refused(again, LIFT.model_copy(update={"step_id": "lift-2", "corrects": "lift"}))


def test_who_was_spoken_to_may_be_added_afterwards_without_stopping_anything_anew() -> None:
    lifted = record(came_to_nothing(), LIFT)
    added = record(lifted, harm_report(step_id="added", corrects="report_significant_harm"))
    assert not added.harm_stands


def test_a_later_word_on_what_it_came_to_takes_the_place_of_an_act_on_an_earlier_one() -> None:
    lifted = record(came_to_nothing(), LIFT)
    assessed = record(lifted, harm_outcome(step_id="after-all", nothing=False))
    assert assessed.harm_stands


def test_of_a_child_who_is_closed_the_allocated_worker_is_not_the_contact() -> None:
    closed = record(facts_before(AcknowledgeTransfer), harm_report())
    own = harm_outcome(heard_from=HarmContact.ALLOCATED_WORKER)
    assert refused(closed, own).clause == "SD-39"
    assert refusal(reported(), own, NOW) is None
    assert refusal(closed, harm_outcome(), NOW) is None


def test_a_closed_child_whose_report_came_to_nothing_is_with_the_service_and_the_letters_go_on() -> None:
    closed = record(facts_before(AcknowledgeTransfer), harm_report())
    lifted = facts_after(harm_outcome(), LIFT, before=closed)
    assert not lifted.harm_stands
    ended = facts_after(acknowledgement(), seen(), before=lifted)
    assert outcome(ended) is Outcome.TRANSFERRED


def test_without_a_report_there_is_nothing_that_it_could_come_to() -> None:
    assert refused(facts(), harm_outcome()).clause == "SD-39"


def test_what_it_came_to_is_recorded_once_it_was_said() -> None:
    assert refused(reported(), harm_outcome(said_at=london(2026, 3, 3))).field == "said_at"


def test_once_the_stop_is_lifted_another_service_and_another_child_are_possible_again() -> None:
    now = came_to_nothing()
    for step in (added_child(), other_service()):
        assert refused(now, step).clause == "SU-01"
        assert refusal(record(now, LIFT), step, NOW) is None
    added = record(record(now, LIFT), added_child())
    assert not added.harm_stands, "nothing was reported of a child who was added since"


def test_a_child_of_whom_everybody_waits_is_shown_as_stopped() -> None:
    assert "decision: not yet, stopped;" in status(reported()).children[0].words
    assert "decision: not yet;" in status(record(came_to_nothing(), LIFT)).children[0].words


def test_harm_before_consent_comes_to_nothing_and_the_contact_is_asked_again() -> None:
    path = facts_after(*whole_path()[:3])
    now = facts_after(harm_report(), harm_outcome(), LIFT, before=path)
    assert stage(now) is Stage.CONVERSATION
    asked = [effect.time for effect in now.begun if effect.kind is EffectKind.REQUEST_CONVERSATION]
    assert asked == [1, 2], "the service was told to stop, and is asked anew"


def test_whoever_reads_the_transfer_is_told_that_it_is_still_to_be_recorded_what_it_came_to() -> None:
    spoken = record(facts(*BOTH), harm_report(*BOTH, spoken_to=SpokenTo(who="the duty worker", at=THEN)))
    told = "Once it is known, record what came of it for each child."
    [report] = status(spoken).harm
    assert report.words.endswith(told)
    assert report.command("transfer-1") == "transfers step transfer-1 FILE"
    one = record(spoken, harm_outcome(CHILD, nothing=False))
    assert status(one).harm[0].words.endswith(told)
    both = record(one, harm_outcome(SIBLING, step_id="other", nothing=False))
    assert told not in status(both).harm[0].words
    assert status(both).harm_commands == ()
    ended = facts_after(decided({CHILD: STAYS, SIBLING: STAYS}), before=spoken)
    assert told not in status(ended).harm[0].words
