"""Histories: they replay, and a paced journey costs what it costs and no more."""

from collections import Counter

from temporalio.api.enums.v1 import EventType
from temporalio.worker import Replayer

from adapters.encryption import data_converter
from adapters.temporal_client import transfers_plugin
from models.attention import Resolution
from models.errors import LastingError
from models.step_down.stage import Outcome, Stage
from models.step_down.steps.decision import Decision
from tests.builders import CHILD, SIBLING, decided, letters, looked_at, refused_consent, resolution, whole_path
from tests.workflows.conftest import KEYS, House, Transfer
from workflows.step_down.transfer import StepDownTransfer

# Of a transfer of two children whose every step comes after the machine has come to rest. Which activities end within
# one workflow task is a matter of milliseconds: 40 to 47 tasks and 260 to 300 events were seen.
WORKFLOW_TASKS = 58
EVENTS = 360
PROJECTIONS = 24
SHOWS = ("show_in_register", "capture_consent", "capture_conversation")
AT_MOST = {
    "open_transfer": 1,
    "share_document": 1,
    "request_conversation": 1,
    "look_at_children": 1,
    "close_child": 2,
    "send_advice_summary": 1,
    "send_letter": 1,
}


async def paced(house: House, *children: str) -> Transfer:
    transfer = await house.start(*children)
    await transfer.settled()
    for step in whole_path(*children)[:-1]:
        await transfer.record(step)
        await transfer.settled()
    await transfer.record(whole_path(*children)[-1])
    assert await transfer.outcome() == Outcome.TRANSFERRED
    return transfer


async def replayed(transfer: Transfer, **how: object) -> None:
    await Replayer(workflows=[StepDownTransfer], **how).replay_workflow(await transfer.handle.fetch_history())


async def test_the_history_of_a_transfer_with_a_refused_step_and_a_person_at_work_replays(house: House) -> None:
    house.post.troubles.before("send_letter", LastingError("refused_address", "550"))
    transfer = await house.start()
    await transfer.refused(decided({CHILD: Decision.TRANSFER}))
    await transfer.record(refused_consent(), looked_at(), decided({CHILD: Decision.STAYS_WITH_SOCIAL_WORK}), letters())
    await transfer.attention()
    await transfer.record(resolution("A1", Resolution.RETRY))
    await transfer.outcome()
    await replayed(transfer, data_converter=data_converter(KEYS))


async def test_the_history_of_a_transfer_that_is_still_open_replays(house: House) -> None:
    transfer = await house.start()
    await transfer.record(*whole_path()[:3])
    await transfer.until(lambda now: now.stage == Stage.CONVERSATION)
    await transfer.settled()
    await replayed(transfer, data_converter=data_converter(KEYS))


async def test_a_paced_journey_costs_what_it_costs_and_no_more_and_its_history_replays(house: House) -> None:
    transfer = await paced(house, CHILD, SIBLING)
    events = [event async for event in transfer.handle.fetch_history_events()]
    scheduled = Counter(
        event.activity_task_scheduled_event_attributes.activity_type.name
        for event in events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    )
    projections = sum(
        scheduled.pop(name, 0) for name in ("show_in_register", "capture_consent", "capture_conversation")
    )
    tasks = await transfer.count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    print(f"two children: {tasks} workflow tasks, {projections} projections, {len(events)} events")  # noqa: T201
    assert scheduled <= Counter(AT_MOST)
    assert projections <= PROJECTIONS
    assert tasks <= WORKFLOW_TASKS
    assert len(events) <= EVENTS
    assert await transfer.failed_tasks() == []
    await replayed(transfer, data_converter=data_converter(KEYS))
    await replayed(transfer, plugins=[transfers_plugin(KEYS)])
