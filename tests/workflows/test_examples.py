"""The histories of the examples: those that are kept still replay, and playing them anew costs no more than it did.

Until the first release `KEEP_HISTORIES=1 pytest tests/workflows/test_examples.py` writes them anew after a change to
the workflow; from then on a history that is kept stays, and a change comes with a patch marker.
"""

import os
from itertools import pairwise
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.worker import Replayer

from tests.workflows.conftest import House
from tests.workflows.examples import CASES, IN_CLEAR, KEPT, keep, kept_at, opened, play, read
from worker.lanes import PRODUCTION, SANDBOXED, Workflows
from workflows.step_down.transfer import StepDownTransfer

MOST = {
    "01-one-child-passes-on-a-sibling-closes": (60, 343),
    "02-the-family-does-not-consent": (23, 132),
    "03-a-letter-comes-back": (58, 336),
    "04-consent-withdrawn": (34, 201),
    "05-another-service": (74, 428),
    "06-not-appropriate": (30, 175),
    "07-not-for-early-help": (14, 80),
    "08-no-further-support": (34, 199),
    "09-cancelled": (32, 182),
    "10-a-child-in-two-transfers": (4, 22),
    "11-three-ways-in-one-family": (72, 410),
    "12-answered-in-time": (59, 342),
    "13-reminded": (50, 289),
    "14-overdue-and-escalated": (69, 403),
    "15-answered-in-time-recorded-late": (60, 366),
    "16-the-family-does-not-answer": (35, 211),
    "17-the-clock-is-paused": (57, 339),
    "21-a-service-without-mosaic": (72, 418),
    "22-an-interim-contact": (90, 552),
    "23-universal-services-are-enough": (18, 111),
    "24-declined-after-all": (74, 444),
    "25-nobody-answers-for-the-child": (125, 768),
    "26-five-ways-in-one-family": (62, 356),
    "30-out-of-a-plan": (98, 575),
    "31-the-meeting-does-not-agree": (62, 354),
    "32-a-meeting-before-the-conversation": (81, 463),
    "33-a-risk-of-significant-harm": (58, 377),
    "34-the-parents-disagree": (60, 343),
    "35-moved-to-another-council": (18, 105),
    "36-a-young-person-refuses-while-the-mother-agrees": (62, 351),
    "37-a-young-person-agrees-alone": (53, 303),
    "38-letters-that-keep-people-safe": (59, 360),
    "39-five-siblings-out-of-child-protection": (81, 463),
    "40-a-family-whose-address-nobody-knows": (20, 112),
    "41-somebody-becomes-unsafe-afterwards": (64, 371),
    "50-declined-on-a-friday-evening": (92, 567),
    "51-harm-that-comes-to-nothing-for-two-of-three": (72, 434),
    "42-a-young-person-turns-18": (27, 151),
    "43-a-conference-without-the-service": (87, 487),
    "44-a-letter-to-a-house-where-somebody-unsafe-lives": (77, 427),
    "45-a-yes-that-nobody-gave": (77, 442),
    "46-a-child-whom-nobody-sees": (102, 616),
    "47-two-workers-for-two-children": (90, 620),
    "52-one-assessment-and-two-workers": (80, 480),
}
"""The most workflow tasks and events of an example, close above what was seen on two cores at work.

Which activities end within one task is a matter of milliseconds.
"""


SHORT = [path for path in CASES if path.stem < "18"]
PLAYED = [*SHORT, *(pytest.param(path, marks=pytest.mark.long) for path in CASES if path not in SHORT)]
"""That each of them still replays is seen at once; that the longer ones are played anew, with the long tests."""


@pytest.mark.parametrize("path", PLAYED, ids=lambda path: path.stem)
async def test_an_example_ends_as_it_says_replays_and_costs_no_more_than_it_did(house: House, path: Path) -> None:
    _, transfer = await play(house, path)
    history = await opened(await transfer.handle.fetch_history())
    # Beside other long tests the machine may be too busy for the two seconds after which a task counts as stuck.
    await Replayer(workflows=[StepDownTransfer], data_converter=IN_CLEAR, debug_mode=True).replay_workflow(history)
    tasks = [e for e in history.events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
    print(f'"{path.stem}": ({len(tasks)}, {len(history.events)}),')  # noqa: T201
    if "KEEP_HISTORIES" in os.environ:
        keep(path, history)
    most_tasks, most_events = MOST[path.stem]
    assert len(tasks) <= most_tasks
    assert len(history.events) <= most_events


@pytest.mark.parametrize("runs", [SANDBOXED, PRODUCTION], ids=["sandboxed", "production"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
async def test_a_history_that_was_kept_still_replays(path: Path, runs: Workflows) -> None:
    # A busy machine may need longer for one of many than the two seconds after which Temporal gives it up.
    how = {"workflow_runner": runs.runner, "data_converter": IN_CLEAR, "debug_mode": True}
    replayer = Replayer(workflows=runs.classes, **how)
    await replayer.replay_workflow(read(path))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_task_that_a_timer_woke_leaves_something_behind(path: Path) -> None:
    """Without it the task may be one with the next when it is read anew, and come out otherwise."""
    events = read(path).events
    woken = False
    for event, following in pairwise(events):
        woken |= event.event_type == EventType.EVENT_TYPE_TIMER_FIRED
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            assert not (woken and following.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED), event.event_id
            woken = False


def test_a_history_is_kept_of_every_example_and_of_nothing_else() -> None:
    assert {kept_at(path) for path in CASES} == set(KEPT.glob("*.json.gz"))
