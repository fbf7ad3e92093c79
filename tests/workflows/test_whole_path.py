"""A family's way through every layer: a real server and worker, encryption, and only the outside is fake."""

import pytest
from temporalio.api.enums.v1 import EventType

from models.mosaic import NextAction
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.consent import HolderAnswer, RecordConsent
from models.step_down.steps.conversation import RecordContactConversation
from models.step_down.steps.decision import Decision
from tests.builders import (
    CHILD,
    SIBLING,
    SOCIAL_WORKER,
    acknowledgement,
    advice,
    agreed_child,
    authorised,
    child_consent,
    consent,
    conversation,
    decided,
    decision,
    exploration,
    family_sharing,
    letter,
    letter_to_agency,
    letters,
    looked_at,
    no_letter,
    not_agreed,
    not_appropriate,
    practitioner,
    refused_consent,
    seen,
    to_family,
    whole_path,
)
from tests.workflows.conftest import House

CLOSED = NextAction(type="Case Closed to Children's Services")
TRANSFER = NextAction(type="Early Help: Transfer from Social Work", assigned_to="team-eh")


@pytest.mark.clause("SD-21")
@pytest.mark.clause("SD-22")
@pytest.mark.clause("SD-30")
@pytest.mark.clause("SD-33")
async def test_two_children_pass_to_early_help(house: House) -> None:
    transfer = await house.start(CHILD, SIBLING)
    explored_and_agreed = (exploration(agencies=("Hill School",)), *whole_path(CHILD, SIBLING)[1:2])
    stages = [(await transfer.record(step)).stage for step in explored_and_agreed]
    assert stages == [Stage.CONSENT, Stage.SHARING]
    await transfer.record(family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(conversation(CHILD, SIBLING), practitioner(), advice(CHILD, SIBLING))
    await transfer.record(decided(dict.fromkeys((CHILD, SIBLING), Decision.TRANSFER)))
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    both = (CHILD, SIBLING)
    await transfer.record(
        letters(letter("letter-1", *both), letter_to_agency("letter-2", *both)),
        acknowledgement(CHILD, SIBLING),
        seen(CHILD, SIBLING),
    )

    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh")]
    assert {child: done.next_actions for child, done in house.mosaic.completed.items()} == {
        CHILD: (CLOSED, TRANSFER),
        SIBLING: (CLOSED, TRANSFER),
    }
    assert house.letters_sent() == [
        "request_conversation to contact@north.example",
        "send_advice_summary to pat@hill.example",
        "send_letter to mother@home.example",
        "send_letter to office@hill.example",
    ]
    assert [step for _, step in house.register.evidence] == ["record_consent", "record_contact_conversation"]
    _, shown = house.register.shown[transfer.id]
    assert (shown.stage, shown.outcome) == (Stage.CLOSED, Outcome.TRANSFERRED)
    assert len(house.book.results) == 7


@pytest.mark.clause("SD-09a")
async def test_where_the_family_refuses_nothing_is_shared_nothing_closed_and_only_the_family_is_written_to(
    house: House,
) -> None:
    transfer = await house.start(CHILD, SIBLING)
    await transfer.record(refused_consent(CHILD, SIBLING), looked_at())
    await transfer.record(decided(dict.fromkeys((CHILD, SIBLING), Decision.STAYS_WITH_SOCIAL_WORK)))
    await transfer.record(to_family(CHILD, SIBLING))

    assert await transfer.outcome() == Outcome.CONSENT_REFUSED
    assert house.mosaic.shares == []
    assert house.mosaic.completed == {}
    assert house.letters_sent() == ["send_letter to mother@home.example"]
    assert "Support from Early Help North will not start. We share nothing more" in house.post.sent[0].text


@pytest.mark.clause("SD-09a")
async def test_a_refusal_is_kept_as_evidence_however_fast_the_decision_follows(house: House) -> None:
    release = house.register.hold("open_transfer")
    transfer = await house.start()
    stays = decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}, actor=SOCIAL_WORKER)
    await transfer.record(refused_consent(), stays)
    release()
    await transfer.until(lambda now: now.stage == Stage.DECISION)
    await transfer.record(looked_at())
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(letters())
    await transfer.outcome()
    [said] = [entry.children[0] for entry in house.register.kept(RecordConsent)]
    assert [one.answer for one in said.holders] == [HolderAnswer.REFUSED]


@pytest.mark.clause("SD-08")
@pytest.mark.clause("SD-23")
async def test_siblings_go_different_ways_and_each_is_treated_as_decided(house: House) -> None:
    children = (CHILD, SIBLING, "child-c", "child-d")
    transfer = await house.start(*children)
    said = [child_consent(CHILD), child_consent(SIBLING, stands=False), *map(child_consent, children[2:])]
    await transfer.record(exploration(), consent(*said), family_sharing(without_children=(SIBLING,)))
    await transfer.record(
        conversation(agreed_child(CHILD), agreed_child(SIBLING), not_agreed("child-c"), agreed_child("child-d"))
    )
    await transfer.until(lambda now: now.stage == Stage.DECISION)
    await transfer.record(practitioner(), advice(CHILD, "child-d"))
    both = {CHILD: Decision.TRANSFER, SIBLING: Decision.TRANSFER}
    assert "SD-09" in (await transfer.refused(decided(both))).message
    await transfer.record(
        decided(
            {
                CHILD: Decision.TRANSFER,
                SIBLING: Decision.STAYS_WITH_SOCIAL_WORK,
                "child-c": Decision.NO_FURTHER_SUPPORT,
                "child-d": Decision.STAYS_WITH_SOCIAL_WORK,
            }
        )
    )
    await transfer.record(looked_at("record_consent", SIBLING), to_family(*children))
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(acknowledgement(CHILD), seen(CHILD))

    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert {child: done.next_actions for child, done in house.mosaic.completed.items()} == {
        CHILD: (CLOSED, TRANSFER),
        "child-c": (CLOSED,),
    }
    [summary] = house.post.sent_to("pat@hill.example")
    assert "Name of child-a" in summary.text
    assert "Name of child-d" not in summary.text
    [told] = house.post.sent_to("mother@home.example")
    assert "Our social work with Name of child-a has ended. Support comes from" in told.text
    assert "Our social work with Name of child-b goes on" in told.text


@pytest.mark.clause("SD-07")
async def test_a_referral_that_is_not_appropriate_ends_without_closing_a_child(house: House) -> None:
    transfer = await house.start()
    await transfer.record(consent(), not_appropriate(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}))
    await transfer.record(letters(no_letter()))
    assert await transfer.outcome() == Outcome.NOT_APPROPRIATE
    assert house.mosaic.shares == []
    assert house.post.sent == []


@pytest.mark.clause("SD-05")
async def test_steps_that_come_early_are_kept_and_the_contact_is_not_asked_for_what_was_held(house: House) -> None:
    transfer = await house.start()
    await transfer.record(conversation(), practitioner(), advice(), consent(), exploration(), family_sharing())
    now = await transfer.until(lambda now: now.stage == Stage.DECISION)
    assert [need.step for need in now.next_steps] == ["record_decisions"]
    assert house.post.sent == []


@pytest.mark.clause("SD-09")
async def test_the_evidence_of_consent_is_kept_before_anything_is_shared(house: House) -> None:
    release = house.register.hold("record_consent")
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    assert (await transfer.status()).stage == Stage.SHARING
    assert house.mosaic.shares == []
    release()
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh")]


@pytest.mark.clause("SD-09a")
async def test_consent_that_is_withdrawn_while_it_is_being_kept_lets_nothing_go(house: House) -> None:
    release = house.register.hold("record_consent")
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.record(refused_consent(step_id="consent-2", corrects="record_consent"))
    release()
    now = await transfer.until(lambda now: now.stage == Stage.DECISION)
    await transfer.settled()
    assert house.mosaic.shares == []
    assert now.children[0].value("consent_stands") is False


@pytest.mark.clause("SD-11")
async def test_a_version_that_is_corrected_before_it_was_sent_is_not_sent(house: House) -> None:
    release = house.register.hold("record_consent")
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.record(family_sharing(step_id="sharing-2", version=2, corrects="record_family_sharing"))
    release()
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    assert house.mosaic.shares == [("assessment-1", 2, "team-eh")]


@pytest.mark.clause("SD-09")
async def test_consent_that_was_corrected_is_kept_before_anything_is_done_on_it(house: House) -> None:
    transfer = await house.start()
    await transfer.record(exploration(), consent())
    await transfer.settled()
    corrected = consent(step_id="consent-2", corrects="record_consent", explained_how="with an interpreter")
    await transfer.record(corrected, family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    assert [each.step_id for each in house.register.kept(RecordConsent)] == ["record_consent", "consent-2"]


@pytest.mark.clause("SD-12")
async def test_a_conversation_that_was_corrected_is_kept_as_corrected(house: House) -> None:
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing(), conversation(not_agreed()))
    await transfer.until(lambda now: now.stage == Stage.DECISION)
    await transfer.settled()
    corrected = conversation(step_id="conversation-2", corrects="record_contact_conversation")
    await transfer.record(corrected, practitioner(), advice())
    await transfer.until(lambda now: now.stage == Stage.DECISION)
    await transfer.record(decided({CHILD: Decision.TRANSFER}))
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.settled()
    assert [each.step_id for each in house.register.kept(RecordContactConversation)] == [
        "record_contact_conversation",
        "conversation-2",
    ]


async def test_an_outage_of_the_register_holds_back_no_step(house: House) -> None:
    transfer = await house.start()
    await transfer.record(exploration(), consent())
    await transfer.settled()
    release = house.register.hold("project")
    await transfer.record(family_sharing())
    assert (await transfer.until(lambda now: now.stage == Stage.CONVERSATION)).stage == Stage.CONVERSATION
    release()
    version, _ = house.register.shown.get(transfer.id, (0, None))
    await transfer.settled()
    newest, shown = house.register.shown[transfer.id]
    assert newest > version
    assert shown.stage == Stage.CONVERSATION


async def test_a_letter_that_was_approved_early_goes_with_the_closure(house: House) -> None:
    transfer = await house.start()
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(*whole_path()[3:6], decision(actor=SOCIAL_WORKER), letters())
    await transfer.settled()
    assert house.post.sent_to("mother@home.example") == []
    await transfer.record(authorised())
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(acknowledgement(), seen())
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert len(house.post.sent_to("mother@home.example")) == 1


async def test_nothing_is_left_running_when_a_transfer_has_ended(house: House) -> None:
    transfer = await house.start()
    await transfer.record(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    await transfer.outcome()
    scheduled = await transfer.count(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    assert scheduled == await transfer.count(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
