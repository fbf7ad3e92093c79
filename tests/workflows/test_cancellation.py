"""The Temporal UI's *Request Cancellation* ends nothing: nobody is closed, lost or left reserved by a click."""

from models.step_down.answers import Outcome, Stage
from tests.builders import whole_path
from tests.workflows.conftest import House


async def test_a_request_to_cancel_is_noted_and_the_transfer_goes_on_to_its_end(house: House) -> None:
    transfer = await house.start()
    await transfer.handle.cancel()
    await transfer.until(lambda now: any("asked to cancel" in entry.what for entry in now.timeline))
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: now.stage is Stage.CONVERSATION)
    await transfer.record(*whole_path()[3:7])
    await transfer.until(lambda now: now.stage is Stage.CONFIRMATION)
    await transfer.record(*whole_path()[7:])
    assert await transfer.outcome() == Outcome.TRANSFERRED
