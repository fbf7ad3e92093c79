"""The Early Help Contact of a request, on a real Temporal server: written once each, and nothing waits for it."""

import pytest

from models.attention import Resolution
from models.errors import LastingError, PassingError
from models.help_request.stage import Outcome
from tests import help_requests as said
from tests.builders import CHILD, resolution
from tests.workflows.conftest import NUMBERS, House, Transfer


async def begun(house: House) -> Transfer:
    """A request that lacks nothing but what the hub records."""
    return await house.start_as(said.request(id=f"{house.queue}-{next(NUMBERS)}", **said.WHOLE))


def written(house: House) -> list[tuple[str, str]]:
    """Into which workflow what was written, by its key."""
    return [(number, key.rpartition("/")[2]) for number, _, _, key in house.mosaic.entries]


@pytest.mark.clause("ER-09")
@pytest.mark.clause("ER-09a")
@pytest.mark.clause("ER-11")
async def test_the_request_and_its_answer_are_written_once_each_though_answers_of_mosaic_are_lost(
    house: House,
) -> None:
    house.mosaic.troubles.after("start_contact", PassingError("no answer"))
    house.mosaic.troubles.after("add_entry", PassingError("no answer"))
    asked = await begun(house)
    await asked.record(said.matrix(), said.tried(), said.read(), said.response(), said.told())
    assert await asked.outcome() == Outcome.SUPPORT_OFFERED
    contact = f"EHC-{CHILD}"
    assert written(house) == [(contact, "read_for_harm"), (contact, "record_response")]
    assert await asked.failed_tasks() == []


@pytest.mark.clause("ER-09")
async def test_what_mosaic_refuses_is_asked_of_a_person_and_the_request_is_answered_meanwhile(house: House) -> None:
    house.mosaic.troubles.before("start_contact", LastingError("restricted_record", "no"))
    asked = await begun(house)
    await asked.record(said.matrix(), said.tried(), said.read())
    [item] = (await asked.attention()).attention
    assert (item.problem, item.effect) == ("restricted_record", f"write_contact/{CHILD}/read_for_harm")
    await asked.record(said.response(), said.told())
    house.mosaic.opened(CHILD, id="WS-by-hand")
    await asked.record(resolution(item.id, Resolution.DONE_BY_HAND))
    assert await asked.outcome() == Outcome.SUPPORT_OFFERED
    assert written(house) == [("WS-by-hand", "record_response")]


@pytest.mark.clause("ER-07")
@pytest.mark.clause("SU-01")
async def test_harm_is_told_and_the_end_comes_though_mosaic_refuses_the_contact(house: House) -> None:
    house.mosaic.troubles.before("start_contact", LastingError("locked", "no"))
    asked = await begun(house)
    await asked.record(said.matrix(), said.tried(), said.read())
    await asked.attention()
    spoken = {"who": "The duty worker", "at": await asked.now()}
    await asked.record(said.harm(spoken_to=spoken))
    now = await asked.until(lambda now: not now.needs_attention)
    assert now.stopped_by_harm
    await asked.record(said.redirected(), said.told(said_safe_by="The duty worker"))
    assert await asked.outcome() == Outcome.REDIRECTED
    assert written(house) == []
