"""Of a child who has died nothing is written, and nobody starts with them, whenever it is recorded (SD-33, SD-40)."""

import pytest

from models.census import ClosureReason
from models.kinds import EffectKind
from models.step_down.facts import StepDownFacts
from models.step_down.first_contact import FirstContact
from models.step_down.reading import LettersAsked, to_read
from models.step_down.steps.confirmation import AcknowledgeTransfer, ApproveLetters
from models.step_down.steps.decision import Decision, RecordDecisions
from tests.builders import (
    CHILD,
    acknowledgement,
    child_decision,
    decided_as,
    facts_after,
    facts_before,
    letters,
    no_letter,
    record,
    refused,
)
from tests.step_down import next_steps

pytestmark = pytest.mark.clause("SD-33")


def died(step_id: str = "died", corrects: str = "record_decisions") -> RecordDecisions:
    closes = child_decision(CHILD, Decision.NO_FURTHER_SUPPORT, closure_reason=ClosureReason.DIED, address_known=None)
    return decided_as(closes, step_id=step_id, corrects=corrects)


def sent(now: StepDownFacts, kind: EffectKind) -> list[str]:
    return [effect.id for effect in now.begun if effect.kind is kind]


def test_a_letter_about_a_child_who_died_after_the_closing_does_not_leave() -> None:
    now = facts_after(died(), before=facts_before(ApproveLetters))
    assert now.child(CHILD).died
    assert refused(now, letters()).clause == "SD-33"
    assert facts_after(letters(no_letter()), before=now).letters


def test_a_letter_that_was_approved_and_has_not_left_is_stopped() -> None:
    approved = record(facts_before(ApproveLetters), letters())
    assert sent(facts_after(died(), before=approved), EffectKind.SEND_LETTER) == []


def test_none_is_proposed_about_a_child_who_died() -> None:
    now = facts_after(died(), before=facts_before(ApproveLetters))
    assert to_read(now, LettersAsked()).letters == ()


def test_no_practitioner_starts_with_a_child_who_died_and_whoever_was_written_to_is_asked_to_ring() -> None:
    before = facts_before(ApproveLetters)
    now = facts_after(died(), before=before)
    assert sent(now, EffectKind.TELL_PRACTITIONER) == ["tell_practitioner/lp-4/died"]
    assert sent(now, EffectKind.TELL_SERVICE) == ["tell_service/service-north/died"]
    assert "Ring everybody who was written to about the family now" in (now.receipts[-1].note or "")
    closing = record(facts_before(RecordDecisions), decided_as(child_decision(CHILD, Decision.TRANSFER)))
    early = facts_after(died(), before=closing)
    assert sent(early, EffectKind.SEND_ADVICE_SUMMARY) == []


def test_nobody_is_asked_to_acknowledge_or_to_see_a_child_who_died() -> None:
    now = facts_after(died(), before=facts_before(AcknowledgeTransfer))
    assert "acknowledge_transfer" not in {step.step for step in next_steps(now)}
    taken = facts_after(acknowledgement(), died(), before=facts_before(AcknowledgeTransfer))
    assert taken.child(CHILD).first_contact is FirstContact.NOT_OWED
    assert not taken.child(CHILD).given_back


def test_a_death_that_was_recorded_by_mistake_counts_no_more_once_it_is_said_otherwise() -> None:
    before = facts_after(died(), before=facts_before(ApproveLetters))
    alive = decided_as(child_decision(CHILD, Decision.TRANSFER), step_id="alive", corrects="record_decisions")
    now = facts_after(alive, before=before)
    assert not now.child(CHILD).died
    assert facts_after(letters(), before=now).letters
