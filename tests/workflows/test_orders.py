"""What an order says is made of the facts as they stand when it goes."""

import pytest

from models.journey.recorded import Opening
from models.kinds import EffectKind
from models.policy import Policy
from models.step_down import effects
from models.step_down.facts import StepDownFacts
from models.step_down.steps.decision import Decision
from tests.builders import (
    CHILD,
    SIBLING,
    child_consent,
    consent,
    decided,
    facts,
    facts_after,
    intent,
    letter,
    letter_to_agency,
    letters,
    refused_consent,
    service,
)
from workflows.step_down.orders import ORDERS


def opened(*children: str) -> StepDownFacts:
    return facts(*children).model_copy(update={"opening": Opening(policy=Policy(), service=service())})


STAYS = {CHILD: Decision.STAYS_WITH_SOCIAL_WORK, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}


@pytest.mark.clause("SD-09")
def test_an_agency_reads_only_of_children_for_whom_consent_stands_and_the_family_of_all() -> None:
    said = consent(child_consent(CHILD), child_consent(SIBLING, stands=False))
    both = letters(letter(), letter_to_agency())
    now = facts_after(said, decided(STAYS), both, before=opened(CHILD, SIBLING))
    told = {
        each.letter: [child.ref for child in ORDERS.effects[each.kind].order(now, intent(each)).children]
        for each in effects.letters(now)
    }
    assert told == {"letter-1": [CHILD, SIBLING], "letter-2": [CHILD]}


@pytest.mark.clause("SD-09")
def test_a_letter_to_an_agency_is_not_sent_once_consent_no_longer_stands() -> None:
    agreed = facts_after(consent(), letters(letter(), letter_to_agency()), before=opened(CHILD))
    assert len(effects.letters(agreed)) == 2
    withdrawn = refused_consent(step_id="consent-2", corrects="record_consent")
    [sent] = effects.letters(facts_after(withdrawn, before=agreed))
    assert (sent.kind, sent.letter) == (EffectKind.SEND_LETTER, "letter-1")
