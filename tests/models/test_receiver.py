"""Whom a message goes to, as an item about it says."""

from typing import Any

import pytest

from models.effects import Effect
from models.kinds import EffectKind
from models.step_down.effects import TO_THE_CONTACT, receiver
from models.step_down.steps.confirmation import AcknowledgeTransfer
from tests.builders import facts, facts_after, facts_before, interim_contact, practitioner, whole_path

NORTH = "Early Help North, contact@north.example"
PAT = "Pat Example, pat@hill.example"


def effect(kind: EffectKind, **about: Any) -> Effect:
    return Effect(kind=kind, **about)


@pytest.mark.parametrize("kind", sorted(TO_THE_CONTACT))
def test_what_a_service_is_sent_goes_to_its_contact(kind: EffectKind) -> None:
    about: dict[str, Any] = {"document": "x", "version": 1} if kind is EffectKind.MAIL_DOCUMENT else {"step": "x"}
    now = facts_after()
    assert receiver(now, effect(kind, service="service-north", **about)) == NORTH
    before = effect(kind, service="service-before", **about)
    assert receiver(now, before) is None, "of another service nothing is known here"


def test_what_a_practitioner_is_sent_goes_to_whoever_is_named_now() -> None:
    now = facts_after(practitioner())
    assert receiver(now, effect(EffectKind.SEND_ADVICE_SUMMARY, practitioner="lp-4")) == PAT
    assert receiver(now, effect(EffectKind.TELL_SAFETY, practitioner="lp-4")) == PAT
    assert receiver(now, effect(EffectKind.TELL_PRACTITIONER, practitioner="lp-4", step="w-1")) == PAT
    recommended = effect(EffectKind.RECOMMEND_FAMILIES_FIRST, practitioner="lp-4", service="service-north")
    assert receiver(now, recommended) == PAT


@pytest.mark.clause("SD-30a")
def test_who_was_replaced_after_they_were_written_to_is_still_told_at_their_address() -> None:
    path = [interim_contact() if step.step == "name_lead_practitioner" else step for step in whole_path()[:-2]]
    now = facts_after(*path, practitioner(step_id="named", name="Sam Sample", email="sam@hill.example"))
    told = effect(EffectKind.TELL_PRACTITIONER, practitioner=interim_contact().practitioner, step="f-2")
    assert receiver(now, told) == PAT


def test_a_letter_goes_where_the_family_record_says_that_its_reader_is_safely_reached() -> None:
    now = facts_before(AcknowledgeTransfer)
    assert receiver(now, effect(EffectKind.SEND_LETTER, letter="letter-1")) == "Ms Example, mother@home.example"
    assert receiver(facts(), effect(EffectKind.SEND_LETTER, letter="letter-1")) is None


def test_nothing_else_goes_to_anybody() -> None:
    assert receiver(facts(), effect(EffectKind.CLOSE_CHILD, child="child-a")) is None
