"""A transfer that turns on its way: consent withdrawn, another service, cancelled, a child added."""

from typing import Any

import pytest

from models.attention import Resolution
from models.errors import LastingError, NothingHappenedError, PassingError
from models.mail import Mail
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.consent import WithdrawConsent
from models.step_down.steps.decision import Decision
from tests.builders import (
    CHILD,
    NOW,
    SERVICE,
    SIBLING,
    acknowledgement,
    added_child,
    advice,
    authorised,
    cancellation,
    consent,
    conversation,
    decided,
    decision,
    exploration,
    family_record,
    family_sharing,
    letters,
    no_letter,
    not_us,
    other_service,
    practitioner,
    reassigned,
    resolution,
    seen,
    service,
    whole_path,
    withdrawal,
    young_family,
)
from tests.workflows.conftest import House, Transfer

SOUTH = service(
    ref="service-south", name="Early Help South", contact_email="contact@south.example", mosaic_team="team-south"
)
STAYS = Decision.STAYS_WITH_SOCIAL_WORK


async def in_conversation(house: House, *children: str) -> Transfer:
    """A transfer whose service has the document and was asked for the conversation."""
    transfer = await house.start(*children)
    await transfer.record(exploration(), consent(*children), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    return transfer


@pytest.mark.clause("SD-09a")
async def test_consent_withdrawn_is_kept_the_service_is_told_and_nothing_more_goes_to_it(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(withdrawal())
    now = await transfer.until(lambda now: now.stage == Stage.DECISION)
    assert [need.step for need in now.next_steps] == ["record_consent", "record_decisions"]
    await transfer.record(decided({CHILD: STAYS}), letters())
    assert await transfer.outcome() == Outcome.CONSENT_WITHDRAWN
    assert [step.step_id for step in house.register.kept(WithdrawConsent)] == ["withdraw_consent"]
    assert house.letters_sent() == [
        "request_conversation to contact@north.example",
        "send_letter to mother@home.example",
        "tell_service to contact@north.example",
    ]
    [told] = [mail for mail in house.post.sent if "tell_service" in mail.key]
    assert "consent no longer stands" in told.text
    assert "child-a" not in told.text


@pytest.mark.clause("SD-09a")
async def test_what_has_not_been_sent_when_consent_is_withdrawn_is_not_sent(house: House) -> None:
    house.mosaic.troubles.before("share", *[PassingError("Mosaic is down")] * 50)
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.until(lambda now: house.mosaic.calls.count("act") > 0)
    await transfer.record(withdrawal())
    now = await transfer.until(lambda now: any("stopped before it was done" in e.what for e in now.timeline))
    house.mosaic.troubles.forget()
    await transfer.settled()
    assert house.mosaic.shares == []
    assert now.stage == Stage.DECISION
    assert not now.needs_attention


@pytest.mark.clause("SD-09a")
async def test_what_had_been_sent_when_consent_is_withdrawn_is_on_record_as_done(house: House) -> None:
    house.mosaic.troubles.after("share", PassingError("the answer was lost"))
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.until(lambda now: house.mosaic.shares != [])
    await transfer.record(withdrawal())
    now = await transfer.until(lambda now: any(entry.what.startswith("Share a document") for entry in now.timeline))
    [shared] = [entry.what for entry in now.timeline if entry.what.startswith("Share a document")]
    assert "found done" in shared or ": done" in shared


@pytest.mark.clause("SD-09a")
async def test_consent_given_again_lets_the_transfer_go_on_and_the_service_is_asked_anew(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(withdrawal(), consent(step_id="consent-2"))
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    asked = [mail for mail in house.post.sent if "request_conversation" in mail.key]
    assert len(asked) == 2
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh")]


@pytest.mark.clause("SD-09a")
async def test_another_service_gets_nothing_before_consent_names_it_and_the_old_one_is_told(house: House) -> None:
    house.register.services[SOUTH.ref] = SOUTH
    transfer = await in_conversation(house)
    await transfer.record(not_us(), other_service())
    now = await transfer.until(lambda now: now.service_name == "Early Help South")
    assert now.stage == Stage.CONSENT
    await transfer.settled()
    assert house.post.sent_to("contact@south.example") == []
    assert "goes to another service" in house.post.sent_to("contact@north.example")[-1].text
    await transfer.record(consent(step_id="consent-2", service_ref=SOUTH.ref))
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh"), ("assessment-1", 1, "team-south")]
    assert len(house.post.sent_to("contact@south.example")) == 1
    await transfer.record(conversation(), practitioner(), advice(), decision())
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    of_south = SERVICE.model_copy(update={"team": "team-south"})
    await transfer.record(letters(), acknowledgement(actor=of_south), seen(actor=of_south))
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert house.mosaic.completed[CHILD].next_actions[1].assigned_to == "team-south"


@pytest.mark.clause("SD-06")
async def test_a_service_that_the_directory_does_not_know_is_put_into_it_and_tried_again(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(other_service())
    now = await transfer.attention()
    assert [item.problem for item in now.attention] == ["unknown_service"]
    for how in (Resolution.SKIP, Resolution.DONE_BY_HAND):
        await transfer.refused(resolution("A1", how, step_id=f"try-{how}"))
    house.register.services[SOUTH.ref] = SOUTH
    await transfer.record(resolution("A1", Resolution.RETRY))
    await transfer.until(lambda now: now.service_name == "Early Help South")


@pytest.mark.clause("SD-06")
async def test_a_wrong_name_of_a_service_is_put_right_by_naming_another(house: House) -> None:
    house.register.services[SOUTH.ref] = SOUTH
    transfer = await in_conversation(house)
    await transfer.record(other_service("service-suoth"))
    await transfer.attention()
    await transfer.record(other_service(step_id="change-2"))
    now = await transfer.until(lambda now: now.service_name == "Early Help South")
    assert not now.needs_attention


async def test_a_transfer_that_is_cancelled_ends_when_every_child_is_decided(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(cancellation())
    now = await transfer.until(lambda now: now.stage == Stage.DECISION)
    assert [need.step for need in now.next_steps] == ["record_decisions"]
    assert "cancelled" in (await transfer.refused(decision(step_id="d-1"))).message
    await transfer.record(decided({CHILD: STAYS}), letters())
    assert await transfer.outcome() == Outcome.CANCELLED
    assert "cancelled" in house.post.sent_to("contact@north.example")[-1].text


@pytest.mark.clause("SD-23")
async def test_a_child_that_is_added_is_reserved_asked_for_and_goes_the_same_way(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(conversation(), added_child(SIBLING))
    now = await transfer.until(lambda now: now.stage == Stage.CONSENT and house.register.open.get(SIBLING) is not None)
    assert [child.ref for child in now.children] == [CHILD, SIBLING]
    known = young_family(CHILD, SIBLING, born_on=(await transfer.now()).date())
    await transfer.record(family_record(**dict(known)), consent(SIBLING, step_id="consent-2"))
    await transfer.record(conversation(SIBLING, step_id="conversation-2"), practitioner(), advice(CHILD, SIBLING))
    await transfer.until(lambda now: now.stage == Stage.DECISION)
    await transfer.record(decided(dict.fromkeys((CHILD, SIBLING), Decision.TRANSFER)))
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    assert set(house.mosaic.completed) == {CHILD, SIBLING}


async def test_a_child_that_another_transfer_holds_is_skipped_and_the_rest_goes_on(house: House) -> None:
    other = await house.start(SIBLING)
    await other.settled()
    transfer = await in_conversation(house)
    await transfer.record(added_child(SIBLING))
    now = await transfer.attention()
    assert [item.problem for item in now.attention] == ["child_elsewhere"]
    assert now.attention[0].detail == f"It is transfer {other.id}."
    await transfer.record(resolution("A1", Resolution.SKIP))
    now = await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    assert [child.ref for child in now.children] == [CHILD]


async def test_who_is_responsible_changes_where_operations_look(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(reassigned(social_work_team="team-west"))
    now = await transfer.status()
    assert (now.social_worker, now.social_work_team) == ("sw-8", "team-west")
    await transfer.settled()
    found = (await transfer.handle.describe()).typed_search_attributes
    assert "team-west" in [pair.value for pair in found]


@pytest.mark.clause("SD-11")
async def test_a_correction_that_comes_too_late_is_kept_replaces_nothing_and_asks_a_person(house: House) -> None:
    transfer = await in_conversation(house)
    changed = family_sharing(step_id="sharing-2", agreed_as_basis=False, corrects="record_family_sharing")
    receipt = await transfer.record(changed)
    assert receipt.note is not None
    now = await transfer.status()
    assert [item.problem for item in now.attention] == ["late_correction"]
    await transfer.settled()
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh")]


@pytest.mark.clause("SD-11")
async def test_a_newer_version_is_shown_to_the_family_first_and_then_goes_to_the_service(house: House) -> None:
    house.mosaic.documents = {("assessment-1", 1): "as the family saw it", ("assessment-1", 2): "written since"}
    transfer = await in_conversation(house)
    now = await transfer.attention()
    assert [(item.problem, item.what) for item in now.attention] == [
        ("newer_version", "Document assessment-1 version 2")
    ]
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh")]
    await transfer.record(family_sharing(step_id="sharing-2", version=2, corrects="record_family_sharing"))
    await transfer.until(lambda now: not now.needs_attention and not now.at_work)
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh"), ("assessment-1", 2, "team-eh")]


@pytest.mark.clause("SD-30")
async def test_a_child_whose_consent_is_withdrawn_after_its_closing_is_in_no_summary_and_asks_a_person(
    house: House,
) -> None:
    house.mosaic.troubles.before("complete", LastingError("locked", "the step is locked"))
    transfer = await in_conversation(house, CHILD, SIBLING)
    await transfer.record(conversation(CHILD, SIBLING), practitioner(), advice(CHILD, SIBLING))
    await transfer.record(decided(dict.fromkeys((CHILD, SIBLING), Decision.TRANSFER)))
    now = await transfer.until(lambda now: any(child.value("closed_in_mosaic") for child in now.children))
    await transfer.attention()
    closed = next(child.ref for child in now.children if child.value("closed_in_mosaic"))
    await transfer.record(withdrawal(closed), resolution("A1", Resolution.RETRY))
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.settled()
    [summary] = house.post.sent_to("pat@hill.example")
    assert f"Name of {closed}" not in summary.text
    assert "withdrawn_too_late" in [item.problem for item in (await transfer.status()).attention]


@pytest.mark.clause("SD-23")
async def test_a_closing_that_has_not_happened_when_consent_is_withdrawn_does_not_happen(house: House) -> None:
    house.mosaic.troubles.before("complete", LastingError("locked", "the step is locked"))
    transfer = await in_conversation(house)
    await transfer.record(conversation(), practitioner(), advice(), decision())
    await transfer.attention()
    await transfer.record(withdrawal())
    now = await transfer.until(lambda now: now.stage == Stage.DECISION)
    assert now.children[0].value("decision") is None
    await transfer.record(decided({CHILD: STAYS}, step_id="decide-2"), letters())
    now = await transfer.until(lambda now: [need.step for need in now.next_steps] == ["resolve_attention"])
    assert house.mosaic.completed == {}
    [item] = [item for item in now.attention if item.open]
    assert item.problem == "withdrawn_too_late"
    await transfer.record(resolution(item.id, Resolution.DONE_BY_HAND))
    assert await transfer.outcome() == Outcome.CONSENT_WITHDRAWN


@pytest.mark.clause("SD-10a")
async def test_support_goes_on_without_a_document_that_the_family_does_not_agree_to(house: House) -> None:
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing(agreed_as_basis=False))
    now = await transfer.status()
    assert [need.clause for need in now.next_steps] == ["SD-10a"]
    without = {"family_consents": True}
    again = family_sharing(
        step_id="sharing-2", corrects="record_family_sharing", agreed_as_basis=False, without_it=without
    )
    await transfer.record(again)
    now = await transfer.status()
    assert [(need.step, need.clause) for need in now.next_steps] == [("authorise", "SD-10a")]
    await transfer.record(authorised("sharing-2"))
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(*whole_path()[3:7])
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    assert house.mosaic.shares == []
    assert set(house.mosaic.completed) == {CHILD}


@pytest.mark.clause("SD-02")
async def test_a_family_that_early_help_is_not_for_is_a_recorded_end_with_the_judges_name(house: House) -> None:
    criteria = {
        "no_further_role": True,
        "needs_early_help_can_meet": False,
        "response_required": True,
        "judged_by": "sw-3",
        "because": "the needs are for health services",
    }
    transfer = await house.start(criteria=criteria)
    await transfer.settled()
    now = await transfer.status()
    assert now.stage == Stage.DECISION
    assert "sw-3 judged" in (now.timeline[0].note or "")
    await transfer.record(decided({CHILD: STAYS}), letters())
    assert await transfer.outcome() == Outcome.NOT_ELIGIBLE


@pytest.mark.clause("SD-09a")
async def test_a_closing_that_is_skipped_after_consent_was_withdrawn_never_counts_as_passed_on(house: House) -> None:
    transfer = await in_conversation(house)
    house.mosaic.troubles.before("look", *[LastingError("no_open_step", "none")] * 5)
    await transfer.record(conversation(), practitioner(), advice(), decision())
    await transfer.attention()
    await transfer.record(withdrawal())
    await transfer.settled()
    waits = [item for item in (await transfer.status()).attention if item.open and item.problem == "no_open_step"]
    for item in waits:
        await transfer.record(resolution(item.id, Resolution.SKIP))
    await transfer.until(lambda now: now.stage == Stage.DECISION)
    await transfer.record(decided({CHILD: STAYS}, step_id="decide-2"), letters())
    now = await transfer.until(lambda now: [need.step for need in now.next_steps] == ["resolve_attention"])
    [item] = [item for item in now.attention if item.open]
    await transfer.record(resolution(item.id, Resolution.DONE_BY_HAND, step_id="seen"))
    assert await transfer.outcome() == Outcome.CONSENT_WITHDRAWN
    assert "Support comes from" not in house.post.sent_to("mother@home.example")[-1].text


@pytest.mark.clause("SD-09a")
async def test_the_evidence_that_consent_was_withdrawn_names_the_service_that_it_was_given_for(house: House) -> None:
    house.register.services[SOUTH.ref] = SOUTH
    transfer = await in_conversation(house)
    release = house.register.hold("withdraw_consent")
    await transfer.record(withdrawal(), other_service())
    release()
    await transfer.until(lambda now: house.register.kept(WithdrawConsent) != [])
    [back] = [entry for entry in house.register.evidence.values() if isinstance(entry.step, WithdrawConsent)]
    assert back.service_ref == "service-north"


def summaries(house: House) -> list[Mail]:
    """Beside what else the practitioner is told."""
    return [mail for mail in house.post.sent_to("pat@hill.example") if mail.subject.startswith("Summary")]


@pytest.mark.clause("SD-30")
async def test_a_summary_that_is_still_being_tried_when_consent_is_withdrawn_is_sent_without_that_child(
    house: House,
) -> None:
    house.post.troubles.before("send_advice_summary", *[NothingHappenedError("mail is down")] * 50)
    transfer = await in_conversation(house, CHILD, SIBLING)
    await transfer.record(conversation(CHILD, SIBLING), practitioner(), advice(CHILD, SIBLING))
    await transfer.record(decided(dict.fromkeys((CHILD, SIBLING), Decision.TRANSFER)))
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.until(lambda now: "withdrawn" in house.book.written)
    await transfer.record(withdrawal(SIBLING))
    await transfer.until(lambda now: "withdrawn" in [state.words for state in now.children[1].states])
    house.post.troubles.forget()
    await transfer.until(lambda now: bool(summaries(house)))
    [summary] = summaries(house)
    assert "Name of child-a" in summary.text
    assert "Name of child-b" not in summary.text


async def test_steps_that_end_everything_at_once_still_tell_the_service(idle_house: Any) -> None:
    house, working = idle_house
    transfer = await house.start()
    async with working():
        await transfer.record(*whole_path()[:3])
        await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
        await transfer.settled()
    when = {"occurred_at": NOW}
    for step in (decided({CHILD: STAYS}, **when), cancellation(**when), letters(no_letter(), **when)):
        await transfer.handle.signal("step", step)
    async with working():
        assert await transfer.outcome() == Outcome.CANCELLED
    assert "cancelled" in house.post.sent_to("contact@north.example")[-1].text
