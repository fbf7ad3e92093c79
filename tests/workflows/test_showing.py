"""What changes is shown together, an outage hides nothing, and due dates are there and kept whatever is away."""

import gc
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count

from temporalio.api.enums.v1 import EventType

from adapters.encryption import EncryptedPayloads
from client.transfers import show_now
from models.errors import PassingError
from models.journey.clocks import ClockState
from models.journey.status import Status
from models.kinds import ClockKind
from models.policy import Policy
from models.step_down.facts import StepDownFacts
from models.step_down.stage import Stage
from models.step_down.steps.consent import RecordConsent
from models.vocabulary import LONDON
from tests.builders import (
    CHILD,
    calendar,
    consent,
    exploration,
    family_sharing,
    harm_report,
    reassigned,
    whole_path,
)
from tests.pace import eventually
from tests.workflows.conftest import KEYS, House, Transfer
from workflows.journey.run import JourneyRun
from workflows.journey.visibility import STAGE

SHOWS = {"show_in_register", "capture_consent", "capture_conversation"}
A_WHILE = timedelta(seconds=30)
"""Longer than any of these tests lasts."""


async def scheduled(transfer: Transfer) -> Counter[str]:
    """How often each activity was ordered from a queue."""
    events = [event async for event in transfer.handle.fetch_history_events()]
    return Counter(
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    )


async def shown_whole(transfer: Transfer) -> bool:
    standing = await transfer.handle.query(JourneyRun.standing)
    return standing.shown == standing.version


def in_register(house: House, transfer: Transfer) -> Status | None:
    """What the register shows of it; None before it was shown the first time."""
    return house.register.shown.get(transfer.id, (0, None))[1]


def counted(house: House) -> Iterable[str]:
    return (clock for clock, certificates in house.register.certificates.items() if certificates)


async def test_what_people_record_in_quick_succession_is_shown_together(house: House) -> None:
    house.register.policy = Policy(shown_after=A_WHILE)
    transfer = await house.start()
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.record(*whole_path()[3:-2])
    await transfer.until(lambda now: now.stage == Stage.CONFIRMATION)
    await transfer.record(*whole_path()[-2:])
    assert await transfer.outcome() == "transferred"
    shows = {name: n for name, n in (await scheduled(transfer)).items() if name in SHOWS}
    assert shows == {"capture_consent": 1, "capture_conversation": 1}, "before a document is shared, and as it ends"
    assert house.register.shown[transfer.id][1].outcome == "transferred"
    upserts = await transfer.count(EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES)
    assert upserts == 3, "as it began, each time it was shown"


async def test_what_hangs_outside_hides_nothing_from_the_register_and_the_list(house: House) -> None:
    release = house.mosaic.troubles.hold("share")
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    try:
        await transfer.until(lambda _: (now := in_register(house, transfer)) is not None and bool(now.at_work))
        assert house.register.shown[transfer.id][1].stage == Stage.SHARING
        found = (await transfer.handle.describe()).typed_search_attributes.get(STAGE)
        assert found == Stage.SHARING
    finally:
        release()


async def test_a_due_date_is_there_while_the_register_is_away_and_is_kept_when_it_is_back(house: House) -> None:
    transfer = await house.start()
    await transfer.record(exploration(), consent())
    await transfer.settled()
    before = [*counted(house)]
    release = house.register.hold("project")
    await transfer.record(family_sharing())
    now = await transfer.until(lambda now: any(c.kind is ClockKind.CONVERSATION and c.due for c in now.clocks))
    [clock] = [clock for clock in now.clocks if clock.kind is ClockKind.CONVERSATION]
    assert clock.state is ClockState.ON_TRACK
    assert [*counted(house)] == before, "the register took nothing since"
    release()
    await transfer.settled()
    [kept] = house.register.certificates[clock.id]
    assert kept.due == clock.due


async def test_a_due_date_is_kept_once_though_the_register_was_away_between(house: House) -> None:
    house.register.troubles.before("project", *[PassingError("away")] * 2)
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    assert set(map(len, house.register.certificates.values())) == {1}
    shown = {clock.id for clock in (await transfer.status()).clocks if clock.due}
    assert shown <= set(counted(house))


async def test_a_due_date_on_a_calendar_that_changed_since_the_opening_is_kept_with_it(house: House) -> None:
    transfer = await house.start()
    await transfer.settled()
    changed = calendar(announced=[{"day": "2030-03-04", "name": "A day of mourning"}])
    house.calendars.calendar = changed
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.until(lambda now: any(c.kind is ClockKind.CONVERSATION and c.due for c in now.clocks))
    await transfer.settled()
    [kept] = house.register.certificates["conversation/service-north"]
    assert kept.calendar == changed.version
    assert changed.version in house.register.calendars


async def test_due_dates_that_a_run_leaves_are_calculated_in_the_next_one(impatient_house: House) -> None:
    transfer = await impatient_house.start()
    for step in whole_path(CHILD)[:-1]:
        await transfer.record(step)
        await transfer.settled()
        starting = [clock.id for clock in (await transfer.status()).clocks if clock.state is ClockState.STARTING]
        assert starting == []
    assert len(await transfer.runs()) > 1


async def test_what_ends_before_it_is_shown_needs_no_due_date_but_for_those_who_answer_us(house: House) -> None:
    house.register.policy = Policy(shown_after=A_WHILE)
    transfer = await house.start()
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: any(clock.kind is ClockKind.CONVERSATION for clock in now.clocks))
    await transfer.record(*whole_path()[3:-2])
    await transfer.until(lambda now: any(clock.kind is ClockKind.ACKNOWLEDGEMENT for clock in now.clocks))
    await transfer.record(*whole_path()[-2:])
    assert await transfer.outcome() == "transferred"
    answered = {f"{ClockKind.CONVERSATION}/service-north", f"{ClockKind.ACKNOWLEDGEMENT}/{CHILD}"}
    assert answered <= set(counted(house)), "whether they answered in time is kept"
    assert not any(clock.startswith(ClockKind.DECISION) for clock in counted(house))


async def test_a_date_that_no_calendar_knows_hides_nothing_and_a_person_is_asked(house: House) -> None:
    house.calendars.calendar = calendar(known_until=datetime.now(LONDON).date())
    transfer = await house.start()
    await transfer.record(exploration(), consent(), family_sharing())
    now = await transfer.until(lambda now: any(item.problem == "calendar_ends" for item in now.attention))
    assert all(clock.state is ClockState.STARTING for clock in now.responses)
    await transfer.until_found_by(STAGE, Stage.CONVERSATION)


async def test_what_the_family_said_is_kept_at_once_where_a_document_waits_for_it(house: House) -> None:
    house.register.policy = Policy(shown_after=A_WHILE)
    transfer = await house.start()
    await transfer.record(exploration(), consent())
    assert house.register.kept(RecordConsent) == []
    await transfer.record(family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    assert len(house.register.kept(RecordConsent)) == len(house.mosaic.shares) == 1


async def test_a_calendar_that_the_register_has_is_not_taken_into_the_next_run(impatient_house: House) -> None:
    transfer = await impatient_house.start()
    await transfer.settled()
    named = "A day of mourning"
    impatient_house.calendars.calendar = calendar(announced=[{"day": "2030-03-04", "name": named}])
    await transfer.record(exploration(), consent(), family_sharing())
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    assert len(impatient_house.register.calendars) > 1
    before = len(await transfer.runs())
    numbers = count(1)
    while len(await transfer.runs()) == before:
        await transfer.record(reassigned(step_id=f"reassign-{next(numbers)}"))
        await transfer.settled()
    first = await anext(transfer.handle.fetch_history_events())
    [begun_with] = first.workflow_execution_started_event_attributes.input.payloads
    [clear] = await EncryptedPayloads(KEYS).decode([begun_with])
    assert b"facts" in clear.data
    assert clear.data.count(named.encode()) == 1, "the one by which it counts now, and none that was used before"


async def test_harm_is_shown_at_once_whatever_was_shown_before(house: House) -> None:
    house.register.policy = Policy(shown_after=A_WHILE)
    transfer = await house.start()
    await transfer.record(exploration(), harm_report())
    await transfer.until(lambda _: (now := in_register(house, transfer)) is not None and bool(now.harm))
    assert house.register.shown[transfer.id][1].ring is not None


async def test_a_transfer_that_waits_keeps_only_its_newest_facts_in_memory(house: House) -> None:
    transfer = await house.start()
    await transfer.record(exploration(), consent())
    await eventually(lambda: shown_whole(transfer))
    gc.collect()
    kept = [one for one in gc.get_objects() if type(one) is StepDownFacts and one.request.id == transfer.id]
    assert [len(one.steps) for one in kept] == [2]


async def test_what_somebody_waits_to_see_is_shown_at_once_though_they_said_so_before(house: House) -> None:
    house.register.policy = Policy(shown_after=A_WHILE)
    transfer = await house.start()
    await show_now(transfer.handle)
    await transfer.record(exploration())

    async def is_shown() -> bool:
        now = in_register(house, transfer)
        return now is not None and any(entry.step_id == exploration().step_id for entry in now.timeline)

    await eventually(is_shown)


async def test_a_step_that_is_sent_by_somebody_who_waits_for_it_is_shown_at_once(house: House) -> None:
    house.register.policy = Policy(shown_after=A_WHILE)
    transfer = await house.start()
    said = exploration()
    said.mark_waited_for()
    await transfer.record(said)

    async def is_shown() -> bool:
        now = in_register(house, transfer)
        return now is not None and any(entry.step_id == said.step_id for entry in now.timeline)

    await eventually(is_shown)
    signals = await transfer.count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
    assert signals == 0, "it says so itself"
