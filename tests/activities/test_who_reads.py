"""From what was recorded to what is sent: each message tells its reader only of whom they may read."""

from typing import Any

import pytest

from models.effects import Effect
from models.kinds import EffectKind
from models.mail import Mail
from models.step_down.facts import StepDownFacts
from models.step_down.steps.decision import Decision
from models.step_down.steps.final_meeting import RecordFinalMeeting
from tests.activities.office import WITHOUT_MOSAIC, Office
from tests.builders import (
    CHILD,
    SIBLING,
    advice,
    child_consent,
    consent,
    conversation,
    decided,
    exploration,
    facts,
    facts_after,
    family_sharing,
    intent,
    letter,
    letter_to_agency,
    letters,
    looked_at,
    meeting,
    not_agreed,
    opening,
    plan_before,
    practitioner,
    withdrawal,
)
from workflows.step_down.orders import ORDERS

STRANGER = "child-c"
"""A third child of the family, for whom nobody agreed."""


@pytest.fixture
def recorded() -> StepDownFacts:
    """One child passes on, one needs no more, and for one consent was refused."""
    return facts_after(
        exploration(agencies=("Hill School",)),
        consent(CHILD, SIBLING, child_consent(STRANGER, stands=False)),
        looked_at("record_consent", STRANGER),
        family_sharing(without_children=(STRANGER,)),
        conversation(CHILD, not_agreed(SIBLING), not_agreed(STRANGER)),
        practitioner(),
        advice(),
        decided(
            {
                CHILD: Decision.TRANSFER,
                SIBLING: Decision.NO_FURTHER_SUPPORT,
                STRANGER: Decision.STAYS_WITH_SOCIAL_WORK,
            }
        ),
        letters(letter("letter-1", CHILD, SIBLING, STRANGER), letter_to_agency("letter-2", CHILD, SIBLING)),
        before=facts(CHILD, SIBLING, STRANGER, opening=opening(service=WITHOUT_MOSAIC)),
    )


def sent(now: StepDownFacts, effect: Effect) -> Mail:
    """What the transfer sends."""
    office = Office()
    office.mosaic.names[STRANGER] = "Cy Example"
    order: Any = ORDERS.effects[effect.kind].order(now, intent(effect))
    act: Any = ORDERS.effects[effect.kind].act
    owner = next(each for each in (office.writes, office.meets) if act.__qualname__.startswith(type(each).__name__))
    act(owner, order)
    return office.sent


def letter_effect(letter_id: str) -> Effect:
    return Effect(kind=EffectKind.SEND_LETTER, letter=letter_id)


def named(mail: Mail) -> set[str]:
    return {name for name in ("Ada", "Ben", "Cy") if f"{name} Example" in mail.text}


@pytest.mark.clause("SD-33")
@pytest.mark.clause("SD-09")
def test_the_family_reads_of_each_child_and_an_agency_only_of_those_for_whom_consent_stands(
    recorded: StepDownFacts,
) -> None:
    assert named(sent(recorded, letter_effect("letter-1"))) == {"Ada", "Ben", "Cy"}
    assert named(sent(recorded, letter_effect("letter-2"))) == {"Ada", "Ben"}


@pytest.mark.clause("SD-09a")
def test_an_agency_reads_nothing_of_a_child_for_whom_consent_was_withdrawn(recorded: StepDownFacts) -> None:
    after = facts_after(withdrawal(SIBLING), before=recorded)
    assert named(sent(after, letter_effect("letter-2"))) == {"Ada"}


@pytest.mark.clause("SD-25")
def test_service_and_practitioner_read_only_of_the_child_who_passes(recorded: StepDownFacts) -> None:
    [pack] = [effect for effect in recorded.begun if effect.kind is EffectKind.SEND_PACK]
    assert named(sent(recorded, pack)) == {"Ada"}
    [summary] = [effect for effect in recorded.begun if effect.kind is EffectKind.SEND_ADVICE_SUMMARY]
    assert named(sent(recorded, summary)) == {"Ada"}


@pytest.mark.clause("SD-11")
@pytest.mark.clause("SD-26")
def test_before_the_child_passes_and_in_the_recommendation_nobody_is_named(recorded: StepDownFacts) -> None:
    [document] = [effect for effect in recorded.begun if effect.kind is EffectKind.MAIL_DOCUMENT]
    [recommended] = [effect for effect in recorded.begun if effect.kind is EffectKind.RECOMMEND_FAMILIES_FIRST]
    assert named(sent(recorded, document)) == set()
    assert named(sent(recorded, recommended)) == set()


@pytest.mark.clause("SD-09")
@pytest.mark.clause("SD-18")
def test_a_service_that_was_not_at_the_meeting_reads_only_of_children_for_whom_consent_stands() -> None:
    before = facts_after(withdrawal(SIBLING), before=plan_before(RecordFinalMeeting, CHILD, SIBLING))
    now = facts_after(meeting(CHILD, SIBLING, service_attended=False), before=before)
    [told] = [effect for effect in now.begun if effect.kind is EffectKind.SEND_MEETING_OUTCOME]
    assert named(sent(now, told)) == {"Ada"}


@pytest.mark.clause("SD-18")
@pytest.mark.parametrize("kind", [EffectKind.INVITE_TO_MEETING, EffectKind.CANCEL_INVITATION])
def test_in_an_invitation_and_its_cancellation_nobody_is_named(kind: EffectKind) -> None:
    now = facts_after(withdrawal(), before=plan_before(RecordFinalMeeting))
    [message] = [effect for effect in now.begun if effect.kind is kind]
    assert named(sent(now, message)) == set()
