"""Mosaic is asked no faster than its queue lets attempts begin."""

import asyncio
from datetime import datetime, timedelta

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from tests.builders import consent, exploration, family_sharing
from tests.workflows.conftest import House, Transfer

TRANSFERS = 8
PER_SECOND = 2
AT_LEAST = timedelta(seconds=(TRANSFERS - PER_SECOND) / PER_SECOND / 2)
"""The server lets a few begin at once; slower than the limit it may be, faster not."""


async def begun_at(transfer: Transfer) -> datetime:
    """When, by the server's clock, the attempt in Mosaic began."""
    events = [event async for event in transfer.handle.fetch_history_events()]
    (asked,) = [
        event.event_id
        for event in events
        if event.activity_task_scheduled_event_attributes.activity_type.name == "share_document"
    ]
    return next(
        event.event_time.ToDatetime()
        for event in events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
        and event.activity_task_started_event_attributes.scheduled_event_id == asked
    )


@pytest.mark.long
async def test_attempts_at_mosaic_begin_no_faster_than_the_limit(client: Client) -> None:
    house = House(client)
    async with house.worker(mosaic_per_second=PER_SECOND):
        transfers = [await house.start(f"child-{number}") for number in range(TRANSFERS)]
        for number, transfer in enumerate(transfers):
            await transfer.record(exploration(), consent(f"child-{number}"))
        await asyncio.gather(*(transfer.record(family_sharing()) for transfer in transfers))
        for transfer in transfers:
            await transfer.until(lambda now: now.stage == "conversation")
        moments = sorted([await begun_at(transfer) for transfer in transfers])
    assert moments[-1] - moments[0] >= AT_LEAST
