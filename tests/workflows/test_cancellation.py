"""The Temporal UI's *Request Cancellation* cancels a transfer: nobody is closed, lost or left reserved by a click."""

from models.journey.status import Status
from models.journey.timeline import ASKED_TO_CANCEL
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.decision import Decision
from models.vocabulary import Role
from tests.builders import CHILD, decided, letters, whole_path
from tests.workflows.conftest import House


async def test_a_request_to_cancel_calls_off_and_every_child_is_still_decided(house: House) -> None:
    transfer = await house.start()
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.handle.cancel()
    now = await transfer.until(lambda now: now.stage == Stage.DECISION)
    assert ASKED_TO_CANCEL in said(now)
    by = [entry.who for entry in now.timeline if entry.what.lower().startswith("cancelled the transfer")]
    assert by == [f"{Role.OPERATIONS.words} temporal-ui"]
    await transfer.record(decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}))
    await transfer.record(letters())
    assert await transfer.outcome() == Outcome.CANCELLED


def said(now: Status) -> list[str]:
    return [entry.what for entry in now.timeline]


async def test_once_a_child_is_being_closed_the_request_is_noted_and_the_transfer_goes_on(house: House) -> None:
    transfer = await house.start()
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(*whole_path()[3:7])
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.handle.cancel()
    await transfer.until(lambda now: ASKED_TO_CANCEL in said(now))
    await transfer.record(*whole_path()[7:])
    assert await transfer.outcome() == Outcome.TRANSFERRED
