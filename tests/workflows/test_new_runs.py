"""A transfer whose history becomes long goes on in a new run, and loses nothing on the way."""

import asyncio

import pytest
from temporalio.client import WorkflowFailureError

from models.attention import Resolution
from models.errors import LastingError, PassingError
from models.journey.details import details
from models.mosaic import NextAction
from models.step_down.stage import Outcome, Stage
from models.vocabulary import Actor, Role
from tests.builders import (
    CHILD,
    NOW,
    SIBLING,
    advice,
    consent,
    conversation,
    decision,
    exploration,
    facts,
    family_sharing,
    harm_report,
    practitioner,
    reassigned,
    resolution,
    whole_path,
)
from tests.workflows.conftest import House, Transfer
from workflows.step_down.transfer import StepDownRun, StepDownSoFar

WHEN = {"occurred_at": NOW}


async def to_the_end(house: House, *children: str) -> Transfer:
    transfer = await house.start(*children)
    await transfer.record(*whole_path(*children)[:3])
    await transfer.until(lambda now: bool(now.responses))  # the contact has been asked
    await transfer.record(*whole_path(*children)[3:7])
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(*whole_path(*children)[7:])
    return transfer


async def test_a_transfer_goes_on_in_new_runs_to_its_end_and_does_everything_once(impatient_house: House) -> None:
    house = impatient_house
    transfer = await to_the_end(house, CHILD, SIBLING)
    assert await transfer.outcome() == Outcome.TRANSFERRED
    assert len(await transfer.runs()) > 3
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh")]
    assert house.mosaic.calls.count("act") == 3
    assert house.letters_sent() == [
        "request_conversation to contact@north.example",
        "send_advice_summary to pat@hill.example",
        "send_letter to mother@home.example",
    ]
    assert [step for _, step in house.register.evidence] == ["record_consent", "record_contact_conversation"]
    _, shown = house.register.shown[transfer.id]
    assert shown == await transfer.status()
    assert await transfer.failed_tasks() == []


async def test_messages_that_are_on_their_way_when_a_run_ends_are_taken_once(impatient_house: House) -> None:
    transfer = await impatient_house.start()
    at_once = asyncio.Semaphore(8)  # Temporal takes ten updates of a workflow at a time

    async def both(number: int) -> None:
        await transfer.handle.signal("step", reassigned(step_id=f"by-signal-{number}", **WHEN))
        async with at_once:
            await transfer.record(reassigned(step_id=f"by-update-{number}", **WHEN))

    await asyncio.gather(*(both(number) for number in range(30)))
    await transfer.record(*whole_path()[:3])
    await transfer.settled()
    taken = [entry for entry in (await transfer.status()).timeline if "who is responsible" in entry.what]
    assert len(taken) == 60
    assert len(await transfer.runs()) > 2
    assert not (await transfer.status()).needs_attention


async def test_a_step_that_an_earlier_run_took_gets_its_first_receipt(impatient_house: House) -> None:
    transfer = await impatient_house.start()
    first = await transfer.record(exploration(**WHEN))
    await transfer.record(consent(), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    assert len(await transfer.runs()) > 1
    again = await transfer.record(exploration(**WHEN))
    assert again.today is not None
    assert (again.today.stage, again.model_copy(update={"today": None})) == (Stage.CONVERSATION, first)


async def test_what_waits_for_a_person_waits_in_the_next_run_too(impatient_house: House) -> None:
    house = impatient_house
    # Locked until somebody unlocks it: an attempt that a new run broke off as it failed is made again.
    house.mosaic.troubles.before("complete", *[LastingError("locked", "the step is locked")] * 1000)
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(conversation(), practitioner(), advice(), decision())
    await transfer.attention()
    before = len(await transfer.runs())
    for number in range(10):
        await transfer.record(reassigned(step_id=f"reassign-{number}"))
        await transfer.settled()
    assert len(await transfer.runs()) > before
    assert [item.problem for item in (await transfer.status()).attention] == ["locked"]
    house.mosaic.troubles.forget()
    await transfer.record(resolution("A1", Resolution.RETRY))
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    assert house.mosaic.completed[CHILD].next_actions == (
        NextAction(type="Case Closed to Children's Services"),
        NextAction(type="Early Help: Transfer from Social Work", assigned_to="team-eh"),
    )


async def test_an_effect_that_an_outage_holds_up_is_carried_on_by_the_next_run(impatient_house: House) -> None:
    house = impatient_house
    house.mosaic.troubles.before("share", *[PassingError("Mosaic is down")] * 1000)
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    before = len(await transfer.runs())
    for number in range(10):
        await transfer.record(reassigned(step_id=f"reassign-{number}"))
    await transfer.until(lambda now: house.mosaic.calls.count("act") > 1)
    assert len(await transfer.runs()) > before
    house.mosaic.troubles.forget()
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    assert house.mosaic.shares == [("assessment-1", 1, "team-eh")]


async def test_a_new_run_is_found_under_the_same_words_and_shows_the_same_details(impatient_house: House) -> None:
    transfer = await impatient_house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    assert len(await transfer.runs()) > 1
    found = (await transfer.handle.describe()).typed_search_attributes
    assert {"conversation", "assessment", "service-north", "team-sw"} <= {
        pair.value for pair in found if isinstance(pair.value, str)
    }
    # Temporal gives the summary of a start to its first run alone, and a run cannot give one to the next.
    assert await (await transfer.handle.describe()).static_summary() is None
    now = await transfer.status()
    first = details(now).splitlines()[:6]
    assert [line for line in first if line.startswith("Early Help service: ") and now.service_name in line]
    assert [line for line in first if line.startswith("Social work: ") and "team team-sw" in line], first


async def test_nobody_starts_a_transfer_with_what_only_a_run_before_can_hand_over(house: House) -> None:
    forged = StepDownSoFar(facts=facts(), version=3, shown=3)
    start = StepDownRun.model_validate({**house.request().model_dump(), "so_far": forged})
    transfer = await house.start_with(start)
    with pytest.raises(WorkflowFailureError) as error:
        await transfer.outcome()
    assert "There is no run before this one." in str(error.value.cause)


async def test_a_transfer_that_holds_as_much_text_as_it_may_goes_on_in_new_runs_and_takes_a_report_of_harm(
    impatient_house: House,
) -> None:
    transfer = await impatient_house.start(CHILD)
    before = None
    for number in range(60):
        step = exploration(needs="x" * 8000, step_id=f"step-{number}", corrects=before)
        before = step.step_id
        await transfer.record(step)
    refused = await transfer.refused(exploration(needs="x" * 8000, step_id="more", corrects=before))
    assert "too long" in refused.message
    await transfer.settled()
    for number in range(30):
        somebody = Actor(id=f"sw-{number}", role=Role.SOCIAL_WORKER)
        await transfer.record(harm_report(CHILD, concern="x" * 8000, step_id=f"harm-{number}", actor=somebody))
    await transfer.settled()
    assert (await transfer.status()).harm
    assert len(await transfer.runs()) > 2
    assert await transfer.failed_tasks() == []
