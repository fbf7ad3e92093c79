"""The histories of the examples: those that are kept still replay, and playing them anew costs no more than it did.

Until the first release `KEEP_HISTORIES=1 pytest tests/workflows/test_examples.py` writes them anew after a change to
the workflow; from then on a history that is kept stays, and a change comes with a patch marker.
"""

import os
from itertools import pairwise
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.workflows.conftest import House
from tests.workflows.examples import CASES, IN_CLEAR, KEPT, keep, kept_at, opened, play, read
from worker.lanes import PRODUCTION, SANDBOXED, Workflows

AT_ONCE = [path for path in CASES if path.stem[:2] in {"01", "03", "14", "60"}]
PLAYED = [path if path in AT_ONCE else pytest.param(path, marks=pytest.mark.long) for path in CASES]
"""That each of them still replays is seen at once; that the others are played anew, with the long tests."""


def tasks_of(history: WorkflowHistory) -> list[HistoryEvent]:
    """Those that were completed."""
    return [e for e in history.events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]


@pytest.mark.parametrize("path", PLAYED, ids=lambda path: path.stem)
async def test_an_example_ends_as_it_says_replays_and_costs_no_more_than_it_did(house: House, path: Path) -> None:
    _, transfer = await play(house, path)
    history = await opened(await transfer.handle.fetch_history())
    # Beside other long tests the machine may be too busy for the two seconds after which a task counts as stuck.
    await Replayer(workflows=SANDBOXED.classes, data_converter=IN_CLEAR, debug_mode=True).replay_workflow(history)
    if "KEEP_HISTORIES" in os.environ:
        keep(path, history)
    # Which activities end within one task is a matter of milliseconds; the busiest runs seen stayed below this.
    before = read(path)
    assert len(tasks_of(history)) <= 1.35 * len(tasks_of(before)) + 4
    assert len(history.events) <= 1.25 * len(before.events) + 20


@pytest.mark.parametrize(
    "runs",
    [pytest.param(SANDBOXED, marks=pytest.mark.long), PRODUCTION],
    ids=["sandboxed", "production"],
)
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
