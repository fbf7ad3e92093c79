"""Out of a plan, on a real Temporal server: both papers shared, the service invited, the meeting's word kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.errors import UnclearError
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.decision import Decision
from models.step_down.steps.final_meeting import MeetingOutcome, RecordFinalMeeting
from tests.builders import (
    ASSESSMENT,
    CHILD,
    MANAGER,
    PLAN,
    SIBLING,
    THEN,
    acknowledgement,
    advice,
    at_meeting,
    cancelled_meeting,
    confirmation,
    consent_to_all,
    conversation,
    decided,
    exploration,
    family_sharing,
    letters,
    meeting,
    plan_sharing,
    practitioner,
    scheduled,
    seen,
    to_family,
    withdrawal,
)
from tests.workflows.conftest import House, Transfer

OF_A_PLAN: dict[str, Any] = {
    "route": "plan",
    "plan_type": "child_in_need",
    "documents": ({"kind": "plan", "ref": PLAN}, {"kind": "assessment", "ref": ASSESSMENT}),
}
NEXT_WEEK = datetime.now(UTC) + timedelta(days=7)


async def in_conversation(house: House, *children: str) -> Transfer:
    transfer = await house.start(*children, **OF_A_PLAN)
    await transfer.record(exploration(), consent_to_all(*children), plan_sharing(version=2), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION and not now.at_work)
    return transfer


async def at_rest(transfer: Transfer) -> None:
    await transfer.until(lambda now: not now.at_work)
    await transfer.settled()


def mailed(house: House, kind: str) -> list[str]:
    return [mail.to for mail in house.post.sent if f"/{kind}/" in mail.key]


@pytest.mark.clause("SD-15")
@pytest.mark.clause("SD-18")
@pytest.mark.clause("SD-19")
@pytest.mark.clause("SD-21")
async def test_a_child_passes_on_out_of_a_plan_and_a_sibling_stays(house: House) -> None:
    transfer = await in_conversation(house, CHILD, SIBLING)
    assert set(house.mosaic.shares) == {(PLAN, 2, "team-eh"), (ASSESSMENT, 1, "team-eh")}
    receipt = await transfer.record(conversation(CHILD, SIBLING))
    assert receipt.stage == Stage.FINAL_MEETING
    await transfer.record(scheduled(meeting_at=NEXT_WEEK))
    await at_rest(transfer)
    await transfer.skip_to(NEXT_WEEK)
    said = (at_meeting(CHILD), at_meeting(SIBLING, MeetingOutcome.PLAN_CONTINUES))
    receipt = await transfer.record(meeting(*said, occurred_at=THEN), practitioner(), advice())
    assert receipt.stage == Stage.DECISION
    stays = {CHILD: Decision.TRANSFER, SIBLING: Decision.STAYS_WITH_SOCIAL_WORK}
    await transfer.record(decided(stays), to_family(*stays))
    await transfer.until(lambda now: house.mosaic.completed != {})
    await transfer.record(acknowledgement(), seen())
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert set(house.mosaic.step_types) == {"Child Case Closure"}
    assert set(house.mosaic.completed) == {CHILD}
    assert mailed(house, "invite_to_meeting") == ["contact@north.example"]
    assert [kept.step_id for kept in house.register.kept(RecordFinalMeeting)] == ["record_final_meeting"]


@pytest.mark.clause("SD-18")
async def test_a_meeting_that_moves_moves_in_the_calendar_and_one_that_is_cancelled_leaves_it(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(scheduled(meeting_at=NEXT_WEEK))
    await at_rest(transfer)
    await transfer.record(scheduled(step_id="moved", meeting_at=NEXT_WEEK + timedelta(days=1)))
    await at_rest(transfer)
    await transfer.record(cancelled_meeting())
    await at_rest(transfer)
    of_the_service, of_the_organiser = (
        [mail.calendar.text.split() for mail in house.post.sent if mail.calendar and mail.to == to]
        for to in ("contact@north.example", "sw-7@council.example")
    )
    assert [method for method, *_ in of_the_organiser] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [about for _, *about in of_the_organiser] == [about for _, *about in of_the_service]
    sent = of_the_service
    assert [method for method, *_ in sent] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({uid for _, uid, _ in sent}) == 1
    numbers = [int(sequence) for *_, sequence in sent]
    assert numbers == sorted(set(numbers))
    assert {met.starts for met in house.invitations.meetings} == {NEXT_WEEK, NEXT_WEEK + timedelta(days=1)}


@pytest.mark.clause("SD-16")
@pytest.mark.clause("SD-18")
async def test_a_meeting_that_is_held_before_its_day_is_taken_out_of_the_calendar_and_confirmed(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(conversation(), scheduled(meeting_at=NEXT_WEEK))
    await at_rest(transfer)
    receipt = await transfer.record(meeting(occurred_at=THEN))
    assert (receipt.stage, receipt.next_steps[0].clause) == (Stage.FINAL_MEETING, "SD-16")
    await at_rest(transfer)
    assert mailed(house, "cancel_invitation") == ["contact@north.example"]


@pytest.mark.clause("SD-18")
async def test_an_invitation_that_may_have_been_sent_when_it_is_no_longer_wanted_is_cancelled(house: House) -> None:
    transfer = await in_conversation(house)
    house.post.troubles.after("invite_to_meeting", *[UnclearError("no answer")] * 1000)
    await transfer.record(scheduled(meeting_at=NEXT_WEEK))
    await transfer.until(lambda _: house.post.troubles.left("invite_to_meeting") < 1000)
    await transfer.record(withdrawal())
    await at_rest(transfer)
    assert mailed(house, "cancel_invitation") == ["contact@north.example"]
    now = await transfer.status()
    assert any("no longer wanted; it may have been sent before" in entry.what for entry in now.timeline)


@pytest.mark.clause("SD-16")
async def test_what_was_agreed_before_the_conversation_counts_once_it_is_held_and_confirmed(house: House) -> None:
    transfer = await in_conversation(house)
    early = await transfer.now()
    receipt = await transfer.record(meeting(occurred_at=early, service_attended=False))
    assert receipt.stage == Stage.CONVERSATION
    await at_rest(transfer)
    assert mailed(house, "send_meeting_outcome") == ["contact@north.example"]
    receipt = await transfer.record(conversation())
    assert (receipt.stage, receipt.next_steps[0].clause) == (Stage.FINAL_MEETING, "SD-16")
    assert (await transfer.record(confirmation(by=MANAGER))).stage == Stage.DECISION


@pytest.mark.clause("SD-19")
async def test_where_the_meeting_agrees_no_child_the_transfer_ends_so(house: House) -> None:
    transfer = await in_conversation(house)
    await transfer.record(conversation(), scheduled(meeting_at=NEXT_WEEK))
    await at_rest(transfer)
    await transfer.skip_to(NEXT_WEEK)
    refused = meeting(at_meeting(CHILD, MeetingOutcome.NOT_AGREED), occurred_at=THEN)
    assert (await transfer.record(refused)).stage == Stage.DECISION
    await transfer.record(decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    assert await transfer.outcome() == Outcome.NOT_AGREED_AT_MEETING
    assert house.mosaic.completed == {}
    assert mailed(house, "cancel_invitation") == []


@pytest.mark.clause("SD-18")
async def test_where_nobody_knows_the_organisers_address_a_person_is_asked(house: House) -> None:
    house.register.people["sw-7"] = None
    house.register.people["team-sw"] = None
    transfer = await in_conversation(house)
    await transfer.record(scheduled(meeting_at=NEXT_WEEK))
    now = await transfer.attention()
    assert [item.problem for item in now.attention] == ["no_address"]
    assert mailed(house, "invite_to_meeting") == []
