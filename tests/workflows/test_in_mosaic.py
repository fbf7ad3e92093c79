"""What Mosaic holds of a child: looked at in time, once more right before its closing, and sealed as restricted."""

import pytest
from temporalio.api.common.v1 import Payload

from adapters.encryption import EncryptedPayloads
from models.attention import KEPT_OPEN
from models.step_down.stage import Outcome
from models.step_down.steps.decision import Decision
from tests.builders import CHILD, decided, exploration, letters, no_letter
from tests.fakes import NOTHING_KEEPS_OPEN
from tests.pace import eventually
from tests.workflows.conftest import KEYS, House, Transfer
from tests.workflows.examples import payloads_of
from workflows.step_down.transfer import StepDownTransfer

ENQUIRY = NOTHING_KEEPS_OPEN.model_copy(update={"open_enquiry": True})
CLOSES = {CHILD: Decision.NO_FURTHER_SUPPORT}


async def opened(house: House) -> Transfer:
    """The directories have been read."""
    transfer = await house.start(CHILD)
    await transfer.until(lambda now: now.service_name is not None)
    return transfer


async def closed(transfer: Transfer) -> None:
    await transfer.record(letters(no_letter("letter-1", CHILD)))
    assert await transfer.outcome() == Outcome.NO_FURTHER_SUPPORT


@pytest.mark.clause("SD-19b")
async def test_while_mosaic_is_silent_steps_are_taken_and_nobody_is_closed(house: House) -> None:
    release = house.mosaic.troubles.hold("record")
    transfer = await opened(house)
    await transfer.record(exploration())
    asked = await transfer.record(decided(CLOSES))
    assert [need.clause for need in asked.next_steps] == ["SD-19b"]
    assert house.mosaic.completed == {}
    release()
    await transfer.until(lambda now: now.children[0].value("closed_in_mosaic") is True)
    await closed(transfer)


@pytest.mark.clause("SD-19b")
async def test_what_comes_about_right_before_the_closing_stops_it_and_a_person_decides_anew(house: House) -> None:
    go_on = house.mosaic.troubles.hold("look")
    transfer = await opened(house)
    await transfer.record(decided(CLOSES))
    await eventually(lambda: _reached(house, "look"))
    house.mosaic.records[CHILD] = ENQUIRY
    go_on()
    now = await transfer.attention()
    assert [(item.problem, item.child) for item in now.attention] == [(KEPT_OPEN, CHILD)]
    assert house.mosaic.completed == {}
    assert "enquiry" not in now.model_dump_json()

    seen = await transfer.handle.query(StepDownTransfer.in_mosaic)
    assert seen.children[0].keeps_open == ("A strategy discussion or a section 47 enquiry is open.",)

    house.mosaic.records.clear()
    await transfer.record(decided(CLOSES, step_id="anew"))
    await transfer.until(lambda now: now.children[0].value("closed_in_mosaic") is True)
    assert not (await transfer.status()).needs_attention
    await closed(transfer)
    await nothing_of_it_is_read_by_all(transfer)


async def nothing_of_it_is_read_by_all(transfer: Transfer) -> None:
    """Whatever the history holds of the record stands in payloads of the class that few may open."""
    history = await transfer.handle.fetch_history()
    every = (payload for event in history.events for payload in payloads_of(event))
    holding = [payload for payload in every if b"open_enquiry" in _open(payload)]
    assert holding
    assert {payload.metadata["privacy"] for payload in holding} == {b"restricted"}


def _open(payload: Payload) -> bytes:
    opened = EncryptedPayloads(KEYS).open(payload)
    return opened.data if opened is not None else b""


async def _reached(house: House, operation: str) -> bool:
    return operation in house.mosaic.troubles.reached
