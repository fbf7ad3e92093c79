"""What is recorded anew: it replaces what it corrects, or comes too late and is kept beside it."""

from collections.abc import Callable
from typing import Any

import pytest

from models.effects import Effect
from models.journey.answers import Refusal
from models.journey.recording import TAKEN_LATE
from models.journey.steps import Step
from models.step_down.corrections import CORRECTIONS
from models.step_down.facts import StepDownFacts
from models.step_down.practitioners import advice_summaries
from models.step_down.stage import Stage
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordDecisions
from models.step_down.steps.final_meeting import MeetingOutcome
from models.step_down.steps.sharing import RecordFamilySharing
from models.vocabulary import local_time
from tests.builders import (
    CHILD,
    CONFERENCE_MANAGER,
    NOW,
    SIBLING,
    acknowledgement,
    added_child,
    advice,
    agreed_child,
    as_read,
    at_meeting,
    attention,
    authorised,
    begin,
    close_child,
    confirmation,
    consent,
    conversation,
    decided,
    decided_as,
    decision,
    due,
    end,
    ended_without,
    exploration,
    facts,
    facts_after,
    facts_before,
    family_record,
    family_sharing,
    in_child_protection,
    letter,
    letter_to_agency,
    letters,
    looked_at,
    meeting,
    no_letter,
    not_agreed,
    not_appropriate,
    not_authorised,
    not_us,
    offer,
    plan_before,
    practitioner,
    record,
    refused,
    refused_consent,
    the_share,
    waiting_for_the_manager,
    whole_path,
    with_school,
    withdrawal,
)
from tests.step_down import is_late, refusal, stage

TRANSFER, STAYS = Decision.TRANSFER, Decision.STAYS_WITH_SOCIAL_WORK


def being_closed() -> StepDownFacts:
    return begin(record(facts_before(RecordDecisions), decision()), close_child(CHILD))


def the_summary(now: StepDownFacts) -> Effect:
    (summary,) = advice_summaries(now)
    return summary


def summary_begun() -> StepDownFacts:
    before = end(being_closed(), close_child(CHILD))
    return begin(before, the_summary(before))


def letters_begun() -> StepDownFacts:
    before = record(facts_after(refused_consent(), looked_at(), decided({CHILD: STAYS})), letters())
    return begin(before, *due(before))


def sharing_begun() -> StepDownFacts:
    before = record(facts_before(RecordFamilySharing), family_sharing())
    share = the_share(before)
    assert share is not None
    return begin(before, share)


def one_of_two_decided() -> StepDownFacts:
    return facts_after(decided({CHILD: TRANSFER}), before=facts_before(RecordDecisions, CHILD, SIBLING))


def plan_being_closed() -> StepDownFacts:
    return begin(record(plan_before(RecordDecisions), decision()), close_child(CHILD))


def end_confirmed_and_closing() -> StepDownFacts:
    waits = record(in_child_protection(), decided_as(ended_without()))
    confirmed = record(waits, confirmation("record_decisions", by=CONFERENCE_MANAGER))
    return begin(confirmed, close_child(CHILD))


def again(step: Any) -> Any:
    """The same step recorded once more, as a correction of the first."""
    return step.model_copy(update={"step_id": "again", "corrects": step.step})


NOT_TO_BE = decided({CHILD: STAYS})

TOO_LATE: dict[str, tuple[str, Callable[[], StepDownFacts], Any]] = {
    "consent, once the service has the document": (
        "SD-09",
        lambda: facts_before(RecordContactConversation),
        consent(explained_how="by telephone"),
    ),
    "consent, while letters are being sent": ("SD-09", letters_begun, consent()),
    "sharing, once the version is on its way": ("SD-11", sharing_begun, family_sharing(agreed_as_basis=False)),
    "conversation, once the child is decided": ("SD-08", being_closed, conversation(plan_needed=True)),
    "conversation, once one of two children is decided": (
        "SD-08",
        one_of_two_decided,
        conversation(not_agreed(CHILD), agreed_child(SIBLING)),
    ),
    "conversation, not appropriate once one of two children is decided": (
        "SD-08",
        one_of_two_decided,
        not_appropriate(),
    ),
    "final meeting, once the child is being closed": (
        "SD-19",
        plan_being_closed,
        meeting(at_meeting(CHILD, MeetingOutcome.NOT_AGREED)),
    ),
    "practitioner, once the summary is on its way": ("SD-28", summary_begun, practitioner(practitioner="lp-5")),
    "summary, once it is on its way": ("SD-30", summary_begun, advice()),
    "decision, while the child is being closed": ("SD-23", being_closed, NOT_TO_BE),
    "decision, while letters are being sent": ("SD-23", letters_begun, decided({CHILD: Decision.NO_FURTHER_SUPPORT})),
    "act of the manager": (
        "SD-23b",
        lambda: begin(record(waiting_for_the_manager(), authorised()), close_child(CHILD)),
        not_authorised(step_id="authorise"),
    ),
    "no of the conference manager, once the child is being closed": (
        "SD-19a",
        end_confirmed_and_closing,
        confirmation("record_decisions", by=CONFERENCE_MANAGER, granted=False, because="it is for a summer"),
    ),
}

IN_TIME: dict[str, tuple[str, Callable[[], StepDownFacts], Any]] = {
    "consent, as long as the service knows nothing": ("SD-09", lambda: facts_after(consent()), refused_consent()),
    "exploration, at any time": ("SD-05", being_closed, exploration(needs="something else")),
    "sharing, as long as the version was not sent": (
        "SD-10a",
        lambda: facts_after(family_sharing(agreed_as_basis=False), before=facts_before(RecordFamilySharing)),
        family_sharing(version=2),
    ),
    "offer, until the conversation": (
        "SD-07",
        lambda: facts_after(offer(), before=facts_before(RecordContactConversation)),
        not_us(),
    ),
    "conversation, until a child is decided": (
        "SD-08",
        lambda: facts_before(RecordDecisions),
        conversation(not_agreed()),
    ),
    "final meeting, until the child is being closed": (
        "SD-19",
        lambda: record(plan_before(RecordDecisions), decision()),
        meeting(at_meeting(CHILD, MeetingOutcome.NOT_AGREED)),
    ),
    "practitioner, until the summary is on its way": ("SD-28", being_closed, practitioner(practitioner="lp-5")),
    "summary, until it is on its way": ("SD-30", being_closed, advice()),
    "decision, until closing begins": ("SD-23", one_of_two_decided, NOT_TO_BE),
    "letters, until one was sent": (
        "SD-33",
        lambda: record(facts_before(ApproveLetters), letters()),
        letters(letter(), letter("letter-3", person="father")),
    ),
    "letters, with one more after the first was sent": (
        "SD-33",
        lambda: with_school(facts_before(AcknowledgeTransfer)),
        letters(letter(), letter_to_agency()),
    ),
    "letters, where the first was not written": (
        "SD-33",
        lambda: facts_after(letters(no_letter()), before=facts_before(ApproveLetters)),
        letters(),
    ),
    "answer of a service that declined": (
        "SD-35",
        lambda: facts_after(acknowledgement(accepted=False), before=facts_before(AcknowledgeTransfer)),
        acknowledgement(),
    ),
}


def cases(table: dict[str, tuple[str, Callable[[], StepDownFacts], Any]]) -> list[Any]:
    return [pytest.param(*case[1:], id=name, marks=pytest.mark.clause(case[0])) for name, case in table.items()]


@pytest.mark.parametrize(("before", "step"), cases(TOO_LATE))
def test_a_correction_of_what_was_acted_on_is_kept_replaces_nothing_and_asks_a_person(
    before: Callable[[], StepDownFacts], step: Step
) -> None:
    now, late = before(), again(step)
    after = record(now, late)
    recorded = after.entry("again")
    assert recorded is not None
    assert recorded.late
    assert after.last_of(type(step)) == now.last_of(type(step)), "what was acted on holds"
    assert [item.problem for item in after.open_attention] == ["late_correction"]
    assert after.receipts[-1].note == TAKEN_LATE


@pytest.mark.parametrize(("before", "step"), cases(IN_TIME))
def test_a_correction_in_time_replaces_what_it_corrects_and_both_stay_on_the_timeline(
    before: Callable[[], StepDownFacts], step: Step
) -> None:
    now, correction = before(), again(step)
    after = record(now, correction)
    assert after.last_of(type(step)) == as_read(now, correction)
    assert after.entry(step.step) == now.entry(step.step)
    assert after.open_attention == ()
    assert after.receipts[-1].note != TAKEN_LATE


def test_every_step_that_may_come_too_late_does_so_here() -> None:
    assert {type(step) for _, _, step in TOO_LATE.values()} == {kind for kind, row in CORRECTIONS.items() if row.once}


def test_a_late_correction_may_itself_be_corrected_and_still_names_the_step_that_holds() -> None:
    before = record(being_closed(), again(NOT_TO_BE))
    third = again(NOT_TO_BE).model_copy(update={"step_id": "third"})
    assert refused(before, third.model_copy(update={"corrects": "again"})).may_correct == "record_decisions"
    assert [entry.late for entry in record(before, third).steps[-2:]] == [True, True]


def test_the_first_of_a_kind_is_never_late() -> None:
    assert not is_late(letters_begun(), exploration())
    assert not is_late(being_closed(), consent("child-c"))


@pytest.mark.parametrize(("problem", "late"), [("locked", False), ("unclear", True)])
@pytest.mark.clause("SD-30")
def test_what_was_certainly_not_sent_may_still_be_corrected_and_what_may_have_been_sent_may_not(
    problem: str, late: bool
) -> None:
    before = summary_begun()
    waits = attention(the_summary(before), problem=problem)
    before = before.model_copy(update={"raised": (waits,)})
    assert is_late(before, again(advice())) is late
    assert is_late(before, again(practitioner())) is late


@pytest.mark.parametrize(("problem", "changed"), [("refused_address", True), ("unclear", False)])
@pytest.mark.clause("SD-33")
def test_a_letter_that_was_certainly_not_sent_may_get_another_address(problem: str, changed: bool) -> None:
    before = letters_begun()
    before = before.model_copy(update={"raised": (attention(before.begun[-1], problem=problem),)})
    other = as_read(before, again(letters(letter(person="father"))))
    assert (refusal(before, other, NOW) is None) is changed


ONCE_MORE: dict[str, tuple[Callable[[], StepDownFacts], Any]] = {
    "exploration": (facts, exploration()),
    "consent": (facts, consent()),
    "sharing": (lambda: facts_before(RecordFamilySharing), family_sharing(agreed_as_basis=False)),
    "conversation": (facts, conversation()),
    "conversation that was not appropriate": (facts, not_appropriate()),
    "practitioner": (facts, practitioner()),
    "advice": (facts, advice()),
    "decision": (lambda: facts_before(RecordDecisions, CHILD, SIBLING), decision()),
    "letters": (lambda: facts_before(ApproveLetters), letters(no_letter())),
}


@pytest.mark.parametrize(("before", "step"), ONCE_MORE.values(), ids=ONCE_MORE)
def test_a_step_is_replaced_only_by_one_that_says_which_it_corrects(
    before: Callable[[], StepDownFacts], step: Any
) -> None:
    now = record(before(), step)
    before_now = now.entry(step.step_id)
    reason = f"This was recorded before: {before_now.told}. To replace that, send this as its correction."
    told = Refusal(field="corrects", reason=reason, may_correct=step.step_id)
    assert refused(now, step.model_copy(update={"step_id": "again"})) == told
    assert refused(now, again(step).model_copy(update={"corrects": "something"})) == told
    assert record(now, again(step)).last_of(type(step)) == again(step)


def test_what_is_corrected_has_to_be_a_step_of_the_same_kind() -> None:
    told = Refusal(
        field="corrects", reason="What this is meant to correct was never recorded, or is a different kind of step."
    )
    before = facts_after(exploration(), advice(CHILD), before=facts(CHILD, SIBLING))
    assert refused(before, advice(SIBLING, step_id="advice-2", corrects="nothing")) == told
    assert refused(before, advice(SIBLING, step_id="advice-2", corrects="record_exploration")) == told
    assert refusal(before, advice(SIBLING, step_id="advice-2", corrects="record_advice_summary"), NOW) is None


def test_a_correction_corrects_the_newest() -> None:
    before = facts_after(exploration(), exploration(step_id="second", corrects="record_exploration"))
    answer = refused(before, exploration(step_id="third", corrects="record_exploration"))
    assert answer.may_correct == "second"
    assert answer.words == (
        "This was recorded before: social worker sw-7 recorded what was explored with family and network on "
        f"{local_time(NOW)}. To replace that, send this as its correction."
    )


BOTH = (CHILD, SIBLING)

ACROSS_TWO: dict[str, tuple[Callable[[], StepDownFacts], Any, Any, Any]] = {
    "consent": (
        lambda: facts_after(consent(), added_child(SIBLING), family_record(*BOTH)),
        consent(SIBLING, step_id="second"),
        consent(*BOTH, step_id="third"),
        "record_consent",
    ),
    "conversation": (
        lambda: facts_after(conversation(), added_child(SIBLING)),
        conversation(SIBLING, step_id="second"),
        conversation(*BOTH, step_id="third"),
        "record_contact_conversation",
    ),
    "advice": (
        lambda: facts_after(advice(CHILD), before=facts(*BOTH)),
        advice(SIBLING, step_id="second"),
        advice(*BOTH, step_id="third"),
        "record_advice_summary",
    ),
    "decision": (
        lambda: facts_after(refused_consent(*BOTH), looked_at(), decided({CHILD: STAYS}), before=facts(*BOTH)),
        decided({SIBLING: STAYS}, step_id="second"),
        decided(dict.fromkeys(BOTH, STAYS), step_id="third"),
        "record_decisions",
    ),
}


@pytest.mark.parametrize(("before", "second", "third", "first"), ACROSS_TWO.values(), ids=ACROSS_TWO)
def test_what_was_said_of_each_child_in_its_own_step_is_corrected_step_by_step(
    before: Callable[[], StepDownFacts], second: Step, third: Step, first: str
) -> None:
    now = record(before(), second)
    both = "; ".join(now.entry(step_id).told for step_id in (first, "second"))
    told = Refusal(field="corrects", reason=f"This was recorded before: {both}. Correct one of them at a time.")
    for corrects in (None, first, "second"):
        assert refused(now, third.model_copy(update={"corrects": corrects})) == told
    one = second.model_copy(update={"step_id": "third", "corrects": "second"})
    assert refusal(now, one, NOW) is None


@pytest.mark.clause("SD-08")
def test_that_the_referral_is_not_appropriate_after_all_corrects_the_last_conversation() -> None:
    before = facts_after(conversation(), added_child(), conversation("child-c", step_id="second"))
    assert refused(before, not_appropriate(step_id="third")).may_correct == "second"
    after = record(before, not_appropriate(step_id="third", corrects="second"))
    assert after.child(CHILD).agreement is None


@pytest.mark.clause("SD-08")
def test_that_the_referral_is_appropriate_after_all_corrects_what_said_that_it_was_not() -> None:
    before = facts_after(not_appropriate())
    assert refused(before, conversation(step_id="second")).field == "corrects"
    assert record(before, conversation(step_id="second", corrects="record_contact_conversation")).child(CHILD).agreement


@pytest.mark.clause("SD-09a")
def test_what_was_withdrawn_is_given_again_as_something_new() -> None:
    before = facts_after(withdrawal(), before=facts_before(RecordContactConversation))
    after = record(before, consent(step_id="consent-2"))
    assert after.child(CHILD).consents
    assert after.receipts[-1].note is None


@pytest.mark.clause("SD-09a")
def test_a_decision_that_counts_no_more_is_made_anew_and_corrects_nothing() -> None:
    turned = facts_after(withdrawal(CHILD), consent(step_id="consent-2"), before=one_of_two_decided())
    assert turned.child(CHILD).decision is None
    assert record(turned, decided({CHILD: TRANSFER}, step_id="decide-2")).child(CHILD).decision is not None


@pytest.mark.clause("SD-23")
def test_children_are_decided_one_after_the_other() -> None:
    first = one_of_two_decided()
    assert stage(first) is Stage.DECISION
    assert stage(record(first, decided({SIBLING: STAYS}, step_id="decide-2"))) is Stage.CLOSURE


@pytest.mark.clause("SD-30")
def test_no_child_is_passed_on_once_the_one_summary_of_advice_was_sent_without_it() -> None:
    before = facts_after(
        decided({CHILD: TRANSFER, SIBLING: STAYS}), before=facts_before(RecordDecisions, CHILD, SIBLING)
    )
    assert the_summary(before) in before.begun
    after = record(before, again(decided({SIBLING: TRANSFER})))
    assert after.decided(TRANSFER) == (after.child(CHILD),)
    assert after.decided(STAYS) == (after.child(SIBLING),)


@pytest.mark.parametrize("kind", [RecordConsent, NameLeadPractitioner])
def test_a_step_corrects_only_what_counts(kind: type[Step]) -> None:
    first = next(step for step in whole_path() if isinstance(step, kind))
    assert refusal(facts_after(first), first.model_copy(update={"step_id": "other"}), NOW) is not None
    assert refusal(facts(), first.model_copy(update={"step_id": "other"}), NOW) is None


@pytest.mark.clause("SD-09a")
def test_what_comes_too_late_for_one_child_may_not_take_what_is_new_of_another_with_it() -> None:
    asked = facts_after(withdrawal(SIBLING), before=facts_before(RecordContactConversation, CHILD, SIBLING))
    both = consent(CHILD, SIBLING, step_id="consent-2", corrects="record_consent")
    refusal_of_both = refused(asked, both)
    assert refusal_of_both.field == "children"
    assert "step of their own" in refusal_of_both.reason
    assert record(asked, consent(SIBLING, step_id="consent-2")).child(SIBLING).consents
