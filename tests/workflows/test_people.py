"""The directory of people in a running transfer: who may act, and how it is read anew (SD-23b)."""

import pytest

from models.attention import Resolution
from models.journey.status import Status
from tests.builders import management_conversation, manager, reassigned, resolution
from tests.workflows.conftest import House


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
