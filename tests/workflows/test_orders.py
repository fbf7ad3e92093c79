"""What an order says is made of the facts as they stand when it goes."""

from typing import Any

import pytest

from models.effects import Effect
from models.journey.facts import Facts
from models.journey.recorded import Opening
from models.kinds import Audience, ClockKind, EffectKind
from models.policy import Policy
from models.step_down import effects
from models.step_down.facts import StepDownFacts
from models.step_down.steps.confirmation import ApproveLetters
from models.step_down.steps.decision import Decision, RecordDecisions
from models.step_down.steps.every import STEPS
from tests import step_ups
from tests.builders import (
    CHILD,
    SIBLING,
    child_consent,
    consent,
    decided,
    facts,
    facts_after,
    facts_before,
    family_record,
    intent,
    letter,
    letter_to_agency,
    letters,
    person,
    record,
    refused,
    refused_consent,
    service,
    with_school,
)
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.help_requests import whole
from workflows.help_request.orders import ORDERS as REQUEST_ORDERS
from workflows.journey.orders import Orders, people
from workflows.step_down.orders import EVIDENCE, ORDERS
from workflows.step_up.orders import ORDERS as REFERRAL_ORDERS


def opened(*children: str) -> StepDownFacts:
    return facts(*children).model_copy(update={"opening": Opening(policy=Policy(), service=service())})


STAYS = {CHILD: Decision.STAYS_WITH_SOCIAL_WORK, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}


def told_in(now: StepDownFacts) -> dict[str | None, list[str]]:
    """The children of whom each letter tells."""
    return {
        each.letter: list(ORDERS.effects[each.kind].order(now, intent(each)).children) for each in effects.letters(now)
    }


@pytest.mark.clause("SD-09")
def test_an_agency_reads_only_of_children_for_whom_consent_stands_and_the_family_of_all() -> None:
    said = consent(child_consent(CHILD), child_consent(SIBLING, stands=False))
    approved = letters(letter("letter-1", CHILD, SIBLING), letter_to_agency("letter-2", CHILD))
    now = facts_after(said, decided(STAYS), approved, before=with_school(opened(CHILD, SIBLING)))
    assert told_in(now) == {"letter-1": [CHILD, SIBLING], "letter-2": [CHILD]}
    both = letters(letter("letter-1", CHILD, SIBLING), letter_to_agency("letter-2", CHILD, SIBLING))
    assert refused(facts_after(said, before=with_school(opened(CHILD, SIBLING))), both).reason == (
        "Without the family's consent for a child, only the family is written to about that child."
    )


@pytest.mark.clause("SD-33a")
def test_a_half_siblings_father_and_the_school_of_one_child_read_only_of_that_child() -> None:
    each = (letter("letter-1", CHILD, SIBLING), letter("father", SIBLING), letter_to_agency("school", SIBLING))
    said = consent(child_consent(CHILD), child_consent(SIBLING))
    now = facts_after(said, decided(STAYS), letters(*each), before=with_school(opened(CHILD, SIBLING)))
    assert told_in(now) == {"letter-1": [CHILD, SIBLING], "father": [SIBLING], "school": [SIBLING]}


@pytest.mark.clause("SD-33a")
def test_an_agency_whose_letter_names_two_children_reads_no_more_of_the_one_for_whom_consent_is_not_given_again() -> (
    None
):
    both = letters(letter("letter-1", CHILD, SIBLING), letter_to_agency("letter-2", CHILD, SIBLING))
    said = consent(child_consent(CHILD), child_consent(SIBLING))
    now = record(facts_after(said, decided(STAYS), before=with_school(opened(CHILD, SIBLING))), both)
    changed = consent(child_consent(CHILD), child_consent(SIBLING, stands=False), step_id="c-2", corrects=said.step_id)
    now = record(now, changed)
    assert told_in(now) == {"letter-1": [CHILD, SIBLING]}, "the school's is read anew, and approved anew"


@pytest.mark.clause("SD-09")
def test_a_letter_to_an_agency_is_not_sent_once_consent_no_longer_stands() -> None:
    decided_so = facts_after(
        consent(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), before=with_school(opened(CHILD))
    )
    agreed = record(decided_so, letters(letter(), letter_to_agency()))
    assert len(effects.letters(agreed)) == 2
    withdrawn = refused_consent(step_id="consent-2", corrects="record_consent")
    [sent] = effects.letters(record(agreed, withdrawn))
    assert (sent.kind, sent.letter) == (EffectKind.SEND_LETTER, "letter-1")


@pytest.mark.clause("SD-30a")
def test_the_practitioner_reads_of_everybody_who_is_somebody_to_a_child_that_passes_and_of_nobody_else() -> None:
    people = (person("mother", CHILD, SIBLING), person("father", CHILD), person("uncle", SIBLING))
    known = family_record(CHILD, SIBLING, people=people)
    one = decided({CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK})
    now = facts_after(one, known, before=facts_before(RecordDecisions, CHILD, SIBLING))
    for kind in (EffectKind.SEND_ADVICE_SUMMARY, EffectKind.TELL_SAFETY):
        told = ORDERS.effects[kind].order(now, intent(Effect(kind=kind, practitioner="lp-4"))).safety
        assert [ref for ref in ("mother", "father", "uncle") if f"{ref} of [{CHILD}]" in told] == ["mother", "father"]
        assert SIBLING not in told


@pytest.mark.clause("SD-40")
def test_a_closing_that_is_under_way_when_its_reason_follows_no_more_is_ordered_without_one() -> None:
    now = facts_before(ApproveLetters)
    closing = now.child(CHILD).closing
    unknown = NOTHING_KEEPS_OPEN.model_copy(update={"since_referral": None})
    seen = tuple(one.model_copy(update={"records": dict.fromkeys(one.records, unknown)}) for one in now.effects)
    order = ORDERS.effects[closing.kind].order(now.having(effects=seen), intent(closing))
    assert (order.reason, order.privacy) == (None, "restricted")


def test_each_step_that_is_evidence_has_an_activity_that_keeps_it() -> None:
    assert {step for step in STEPS if step.is_evidence} == EVIDENCE.keys()


@pytest.mark.parametrize(
    ("orders", "wait", "clause"),
    [
        (ORDERS, ClockKind.CONVERSATION, "SD-34"),
        (REQUEST_ORDERS, ClockKind.HELP_REQUEST, "ER-06"),
        (REFERRAL_ORDERS, ClockKind.CONTACT_OUTCOME, "SU-03"),
    ],
)
def test_a_wait_is_counted_by_the_clause_of_its_journey_and_harm_by_that_of_all(
    orders: Orders[Any], wait: ClockKind, clause: str
) -> None:
    waits = (wait, ClockKind.HARM_NOT_TAKEN, ClockKind.ATTENTION)
    effects = (Effect(kind=EffectKind.CALCULATE_DUE_DATE, clock="any", wait=wait, number=1) for wait in waits)
    assert [orders.clause(facts(), effect) for effect in effects] == [clause, "SU-01", "own rule"]


@pytest.mark.parametrize("nobody", [Audience.CHAIR, Audience.SOCIAL_WORKER, Audience.TEAM_MANAGER, Audience.OWNER])
def test_whom_a_council_names_and_a_journey_has_not_is_nobody(nobody: Audience) -> None:
    asked: tuple[Facts, ...] = (whole(), step_ups.facts())
    assert [people(one, nobody) for one in asked] == [(), ()]
