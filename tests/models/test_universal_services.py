"""Universal services may be enough, wherever it is decided (SD-27, SD-32)."""

from collections.abc import Callable

import pytest

from models.kinds import EffectKind
from models.step_down.effects import closures
from models.step_down.effects import letters as letters_to_send
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Outcome, Stage
from models.step_down.start import Criteria
from models.step_down.steps.consent import RecordConsent
from models.step_down.steps.conversation import AgreedChild, RecordContactConversation, ResponseKind
from models.step_down.steps.decision import Decision, NameLeadPractitioner, RecordDecisions
from models.step_down.steps.sharing import RecordFamilySharing
from tests.builders import (
    CHILD,
    SIBLING,
    close_child,
    consent,
    conversation,
    decided,
    decision,
    exploration,
    facts,
    facts_after,
    facts_before,
    letter,
    letter_to_agency,
    letters,
    looked_at,
    no_letter,
    not_agreed,
    other_service,
    record,
    refused_consent,
    request,
    with_school,
    withdrawal,
)
from tests.step_down import next_steps, outcome, stage

ENOUGH = decided({CHILD: Decision.UNIVERSAL_ONLY})


def enough(ref: str = CHILD) -> AgreedChild:
    return AgreedChild(ref=ref, agreed=False, response=ResponseKind.UNIVERSAL_SERVICES, reason="school is enough")


POINTS: dict[str, Callable[[], StepDownFacts]] = {
    "at the start": facts,
    "once explored": lambda: facts_after(exploration()),
    "once consent is there": lambda: facts_before(RecordFamilySharing),
    "before the conversation": lambda: facts_before(RecordContactConversation),
    "after the conversation": lambda: facts_after(
        conversation(enough()), before=facts_before(RecordContactConversation)
    ),
    "though the service had agreed": lambda: facts_before(NameLeadPractitioner),
    "instead of passing on": lambda: facts_before(RecordDecisions),
}


@pytest.mark.clause("SD-27")
@pytest.mark.clause("SD-32")
@pytest.mark.parametrize("before", POINTS.values(), ids=POINTS)
def test_universal_services_may_be_decided_here_and_need_no_conversation(before: Callable[[], StepDownFacts]) -> None:
    now = facts_after(ENOUGH, before=before())
    assert stage(now) is Stage.CONFIRMATION
    assert [need.step for need in next_steps(now)] == ["approve_letters"]
    assert close_child(CHILD) in now.begun
    told = facts_after(letters(letter(), letter_to_agency()), before=with_school(now))
    assert (stage(told), outcome(told)) == (Stage.CLOSED, Outcome.UNIVERSAL_SERVICES_ONLY)


@pytest.mark.clause("SD-32")
def test_the_agencies_involved_are_told_though_no_consent_was_asked_for() -> None:
    now = facts_after(ENOUGH, letters(letter(), letter_to_agency()), before=with_school())
    assert [e.letter for e in now.begun if e.kind is EffectKind.SEND_LETTER] == ["letter-1", "letter-2"]


@pytest.mark.clause("SD-09")
@pytest.mark.clause("SD-32")
@pytest.mark.parametrize(
    "said_no",
    [(refused_consent(), looked_at()), (consent(), withdrawal())],
    ids=["refused", "withdrawn"],
)
def test_where_the_family_said_no_agencies_are_not_written_to_and_the_letter_says_why(said_no: tuple) -> None:  # type: ignore[type-arg]
    now = facts_after(exploration(), *said_no, ENOUGH)
    assert not now.child(CHILD).agencies_may_read
    why_not = no_letter("letter-2", agency="Hill School")
    told = facts_after(letters(letter(), why_not), before=now)
    assert stage(told) is Stage.CLOSED
    assert [effect.letter for effect in letters_to_send(told)] == ["letter-1"]


@pytest.mark.clause("SD-09a")
@pytest.mark.clause("SD-32")
def test_that_the_family_said_no_holds_for_agencies_though_the_service_was_changed_since() -> None:
    now = facts_after(exploration(), consent(), withdrawal(), other_service(), ENOUGH)
    assert not now.child(CHILD).agencies_may_read
    agreed_again = facts_after(
        exploration(), consent(), withdrawal(), other_service(), consent(step_id="c-2", service_ref="service-south")
    )
    assert facts_after(ENOUGH, before=agreed_again).child(CHILD).agencies_may_read


@pytest.mark.clause("SD-08")
def test_a_sibling_for_whom_universal_services_suffice_does_not_keep_the_conversation_from_being_corrected() -> None:
    both = facts_before(RecordContactConversation, CHILD, SIBLING)
    wrong = facts_after(decided({SIBLING: Decision.UNIVERSAL_ONLY}), conversation(not_agreed(CHILD)), before=both)
    now = record(wrong, conversation(CHILD, step_id="right", corrects="record_contact_conversation"))
    assert now.child(CHILD).agreement is not None


@pytest.mark.clause("SD-32")
def test_where_nobody_can_be_told_the_letter_says_why_and_the_transfer_ends() -> None:
    nobody = no_letter("letter-2", agency="any agency")
    assert stage(facts_after(ENOUGH, letters(no_letter(), nobody))) is Stage.CLOSED


@pytest.mark.clause("SD-27")
def test_a_conversation_that_finds_universal_services_enough_does_not_call_the_referral_inappropriate() -> None:
    found = facts_after(conversation(enough()), before=facts_before(RecordContactConversation))
    assert stage(found) is Stage.DECISION
    now = facts_after(ENOUGH, letters(letter(), letter_to_agency()), before=with_school(found))
    assert outcome(now) is Outcome.UNIVERSAL_SERVICES_ONLY


@pytest.mark.clause("SD-03")
@pytest.mark.clause("SD-32")
@pytest.mark.parametrize(
    ("judged", "ends_as"),
    [
        ({"response_required": False}, Outcome.UNIVERSAL_SERVICES_ONLY),
        ({"needs_early_help_can_meet": False}, Outcome.NOT_ELIGIBLE),
        ({"no_further_role": False}, Outcome.NOT_ELIGIBLE),
    ],
)
def test_a_start_that_asks_for_no_response_ends_so_and_one_that_is_not_for_early_help_does_not(
    judged: dict[str, bool], ends_as: Outcome
) -> None:
    met = {"no_further_role": True, "needs_early_help_can_meet": True, "response_required": True}
    criteria = Criteria.model_validate({**met, **judged, "because": "as found"})
    start = facts(request=request(criteria=criteria))
    assert outcome(facts_after(ENOUGH, letters(letter(), letter_to_agency()), before=with_school(start))) is ends_as


@pytest.mark.clause("SD-24")
@pytest.mark.clause("SD-32")
@pytest.mark.parametrize("how", [Decision.UNIVERSAL_ONLY, Decision.MOVED_AWAY, Decision.NO_FURTHER_SUPPORT])
def test_a_child_that_passes_to_nobody_closes_without_anything_else_and_confirms_that_no_role_is_left(
    how: Decision,
) -> None:
    now = record(facts(), decided({CHILD: how}))
    assert closures(now) == (close_child(CHILD),)


@pytest.mark.clause("SD-23")
def test_in_a_mixed_family_each_child_ends_as_decided() -> None:
    refs = (CHILD, SIBLING, "child-c", "child-d", "child-e")
    ways = dict(zip(refs, Decision, strict=True))
    told = letters(letter("letter-1", *refs), letter_to_agency("letter-2", *refs))
    now = facts_after(decided(ways), told, before=with_school(facts_before(RecordDecisions, *refs)))
    closed = {effect.child for effect in now.begun if effect.kind is EffectKind.CLOSE_CHILD}
    assert closed == {ref for ref, how in ways.items() if how is not Decision.STAYS_WITH_SOCIAL_WORK}


def test_consent_is_not_asked_for_a_child_for_whom_universal_services_suffice() -> None:
    now = facts_after(exploration(), decided({SIBLING: Decision.UNIVERSAL_ONLY}), before=facts(CHILD, SIBLING))
    assert stage(facts_after(consent(CHILD), before=now)) is Stage.SHARING
    assert RecordConsent in {type(entry.step) for entry in facts_after(consent(CHILD), before=now).steps}


@pytest.mark.clause("SD-08")
def test_a_child_for_whom_universal_services_suffice_cannot_pass_on() -> None:
    found = facts_after(conversation(enough(), SIBLING), before=facts_before(RecordContactConversation, CHILD, SIBLING))
    assert found.child(CHILD).agreement is None
    assert found.child(SIBLING).agreement is not None
    assert decision().children[0].decision is Decision.TRANSFER
