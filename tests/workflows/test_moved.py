"""Where a family went is for few to read: it leaves the step that says it in no payload that others may open."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload

from adapters.encryption import EncryptedPayloads
from models.attention import Resolution
from models.step_down.stage import Outcome
from models.step_down.steps.decision import Decision
from tests.builders import CHILD, SIBLING, child_decision, decided_as, exploration, resolution, to_family
from tests.workflows.conftest import KEYS, House

THERE = "Hillshire"
AWAY = {"kind": "another_council", "authority": THERE, "notice_sent_on": "2026-01-12", "confirmed_on": "2026-01-15"}


def payloads(message: Any) -> Iterator[Payload]:
    """Every payload in it, at whatever depth."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        if isinstance(value, Message):
            yield from payloads(value)
        else:
            for one in value.values() if hasattr(value, "values") else value:
                yield from payloads(one) if isinstance(one, Message) else ()


async def test_where_a_family_went_stands_in_no_payload_that_others_may_open(house: House) -> None:
    transfer = await house.start(CHILD, SIBLING)
    moved = child_decision(CHILD, Decision.MOVED_AWAY, because=f"gone to {THERE}", moved=AWAY)
    stays = child_decision(SIBLING, Decision.STAYS_WITH_SOCIAL_WORK)
    said = decided_as(moved, stays)
    refused = decided_as(moved, step_id="unfinished", no_further_role_confirmed=False)
    await transfer.record(exploration())
    await transfer.handle.signal("step", refused.model_dump(mode="json"))
    await transfer.record(said, to_family(CHILD, SIBLING), resolution("A1", Resolution.SKIP))
    assert await transfer.outcome() == Outcome.MOVED
    found = set()
    async for event in transfer.handle.fetch_history_events():
        for sealed in payloads(event):
            [clear] = await EncryptedPayloads(KEYS).decode([sealed])
            if THERE.encode() in clear.data:
                found.add(sealed.metadata["privacy"])
    assert found == {b"restricted"}
    told = (house.register.shown[transfer.id][1].model_dump_json(), *(mail.text for mail in house.post.sent))
    assert not any(THERE in text for text in told)
