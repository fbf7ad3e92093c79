"""The directories in a running transfer: who may act, how a service is reached, and how they are read anew (SD-23b)."""

import pytest
from temporalio.client import WorkflowUpdateFailedError

from client.errors import InputError
from client.transfers import send
from models.attention import Resolution
from models.journey.status import Status
from models.vocabulary import Actor, Role
from tests.builders import family_sharing, management_conversation, reassigned, resolution, service, whole_path
from tests.colleagues import manager
from tests.workflows.conftest import House
from workflows.step_down.transfer import StepDownTransfer

COVER = Actor(id="tm-2", role=Role.TEAM_MANAGER)


def nothing_open(now: Status) -> bool:
    return not now.needs_attention


@pytest.mark.clause("SD-23b")
async def test_a_start_whose_manager_nobody_knows_goes_on_and_waits_for_a_line_in_the_directory(house: House) -> None:
    house.register.directory.clear()
    transfer = await house.start()
    [item] = (await transfer.attention()).attention
    assert (item.problem, item.detail) == ("unknown_manager", "It is tm-1, of team team-sw.")
    refused = await transfer.refused(management_conversation())
    assert "The directory of people does not have this person in this role" in refused.message
    house.register.directory.append(manager())
    await transfer.record(resolution("A1", Resolution.RETRY))
    await transfer.until(nothing_open)
    await transfer.record(management_conversation())


@pytest.mark.clause("SD-23b")
async def test_the_item_ends_by_itself_when_somebody_is_named_whom_the_directory_has(house: House) -> None:
    transfer = await house.start(team_manager="tm-9")
    await transfer.attention()
    await transfer.record(reassigned(social_worker=None, team_manager="tm-1"))
    now = await transfer.until(nothing_open)
    assert [item.needed for item in now.attention] == [False]


@pytest.mark.clause("SD-23b")
async def test_who_came_into_the_directory_since_is_known_at_the_first_try(house: House) -> None:
    transfer = await house.start()
    await transfer.settled()
    act = management_conversation(actor=COVER, occurred_at=await transfer.now())
    await transfer.refused(act)
    today = act.occurred_at.date()
    days = {"cover_from": today, "cover_until": today}
    house.register.directory.append(manager(ref="tm-2", roles=(), teams=(), covers=("tm-1",), **days))
    assert (await send(transfer.handle, act)).step == "record_management_conversation"


@pytest.mark.clause("SD-23b")
async def test_the_directory_is_read_once_however_often_a_stranger_tries(house: House) -> None:
    transfer = await house.start()
    await transfer.settled()
    for _ in range(3):
        with pytest.raises(InputError, match="does not have this person in this role"):
            await send(transfer.handle, management_conversation(actor=COVER))
    with pytest.raises(WorkflowUpdateFailedError):
        await transfer.handle.execute_update(StepDownTransfer.look_up_people)
    await transfer.settled()
    history = await transfer.handle.fetch_history()
    taken = (event.workflow_execution_update_accepted_event_attributes for event in history.events)
    assert [one.accepted_request.input.name for one in taken].count("look_up_people") == 1
    assert "directory who may act" not in (await transfer.status()).model_dump_json(), "nobody reads of each look"


@pytest.mark.clause("SD-06")
async def test_the_request_goes_to_the_address_that_the_directory_has_when_it_is_sent(house: House) -> None:
    transfer = await house.start()
    await transfer.record(*whole_path()[:2])
    await transfer.settled()
    house.register.services["service-north"] = service(contact_email="new@north.example")
    await transfer.record(family_sharing())
    await transfer.until(lambda now: bool(now.responses))
    assert house.letters_sent() == ["request_conversation to new@north.example"]
    assert not (await transfer.status()).attention
