"""Only the Early Help service to which the transfer goes answers for it, under its own team (SD-06)."""

from collections.abc import Callable
from typing import Any

import pytest

from models.journey.steps import Step
from models.journey.timeline import timeline
from models.step_down.facts import StepDownFacts
from models.step_down.steps.confirmation import AcknowledgeTransfer
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import NameLeadPractitioner
from models.vocabulary import Actor
from tests.builders import (
    CHILD,
    CONTACT,
    NOW,
    SERVICE,
    acknowledgement,
    consent,
    conversation,
    exploration,
    facts,
    facts_after,
    facts_before,
    families_first,
    harm_report,
    not_us,
    offer,
    opening,
    other_service,
    practitioner,
    record,
    refused,
    whole_path,
    withdrawal,
    without_mosaic,
)
from tests.step_down import refusal

ELSEWHERE = "team-south"
ASKED = facts_before(RecordContactConversation)
PASSED_ON = facts_before(AcknowledgeTransfer)

ANSWERS: dict[str, tuple[StepDownFacts, Callable[..., Step], Actor]] = {
    "a date is offered": (ASKED, offer, CONTACT),
    "the request is declined": (ASKED, not_us, CONTACT),
    "the conversation": (ASKED, conversation, CONTACT),
    "the practitioner is named": (facts_before(NameLeadPractitioner), practitioner, SERVICE),
    "the child is accepted": (PASSED_ON, acknowledgement, SERVICE),
    "the child is given back": (PASSED_ON, lambda **said: acknowledgement(accepted=False, **said), SERVICE),
}


def of(actor: Actor, team: str | None) -> Actor:
    return actor.model_copy(update={"team": team})


@pytest.mark.clause("SD-06")
@pytest.mark.parametrize(("before", "step", "actor"), ANSWERS.values(), ids=ANSWERS)
def test_no_other_team_answers_for_the_service(before: StepDownFacts, step: Callable[..., Any], actor: Actor) -> None:
    for nobody in (ELSEWHERE, None):
        said = refused(before, step(actor=of(actor, nobody)))
        assert (said.field, said.clause) == ("actor", "SD-06")
        assert said.reason.startswith("This is for the Early Help service to which the transfer goes")
    assert refusal(before, step(actor=actor), NOW) is None
    assert refusal(before, step(actor=of(actor, "service-north")), NOW) is None, "as the directory has it"


@pytest.mark.clause("SD-06")
def test_a_service_without_mosaic_answers_under_the_reference_that_the_directory_has() -> None:
    before = facts_after(*whole_path()[:-2], before=facts(opening=opening(service=without_mosaic())))
    for step in (acknowledgement, families_first):
        assert refused(before, step(actor=of(SERVICE, ELSEWHERE))).clause == "SD-06"
        assert refusal(before, step(actor=of(SERVICE, "service-north")), NOW) is None


@pytest.mark.clause("SD-06")
def test_the_service_that_was_asked_before_does_not_answer_for_the_one_that_followed() -> None:
    changed = record(facts_after(exploration(), consent()), other_service())
    early = refused(changed, conversation(actor=of(CONTACT, ELSEWHERE)))
    assert early.reason.startswith("The directory has not been asked yet how the Early Help service")
    asked = facts_after(consent(service_ref="service-south", step_id="anew"), before=changed)
    said = refusal(asked, conversation(actor=CONTACT), NOW)
    assert said is not None, "the team of the service that was asked before"
    assert refusal(asked, conversation(actor=of(CONTACT, ELSEWHERE)), NOW) is None


@pytest.mark.clause("SU-01")
def test_whoever_is_worried_is_heard_whatever_their_team() -> None:
    anybody = of(SERVICE, ELSEWHERE)
    assert refusal(PASSED_ON, harm_report(actor=anybody), NOW) is None
    assert refusal(PASSED_ON, withdrawal(actor=anybody), NOW) is None


@pytest.mark.clause("SD-35")
def test_the_timeline_says_which_team_answered() -> None:
    now = facts_after(acknowledgement(CHILD), before=PASSED_ON)
    who = {line.step_id: line.who for line in timeline(now)}
    assert who["acknowledge_transfer"] == "Early Help service eh-service-2 of team-eh"
    assert who["record_decisions"] == "team manager Jo Sample (tm-1)", "not the team of the transfer"
