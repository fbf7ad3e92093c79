"""The histories of the examples: those that are kept still replay, and playing them anew costs no more than it did.

Until the first release `KEEP_HISTORIES=1 pytest tests/workflows/test_examples.py` writes them anew after a change to
the workflow; from then on a history that is kept stays, and a change comes with a patch marker.
"""

import os
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.worker import Replayer

from tests.workflows.conftest import House
from tests.workflows.examples import CASES, IN_CLEAR, KEPT, keep, kept_at, opened, play, read
from worker.wiring import PRODUCTION, SANDBOXED, Workflows
from workflows.step_down.transfer import StepDownTransfer

MOST = {
    "01-one-child-passes-on-a-sibling-closes": (62, 375),
    "02-the-family-does-not-consent": (28, 165),
    "03-a-letter-comes-back": (67, 431),
    "04-consent-withdrawn": (46, 281),
    "05-another-service": (86, 507),
    "06-not-appropriate": (42, 245),
    "07-not-for-early-help": (18, 103),
    "08-no-further-support": (45, 263),
    "09-cancelled": (42, 245),
    "10-a-child-in-two-transfers": (7, 32),
    "11-three-ways-in-one-family": (82, 474),
    "12-answered-in-time": (67, 401),
    "13-reminded": (58, 347),
    "14-overdue-and-escalated": (80, 478),
    "15-answered-in-time-recorded-late": (76, 453),
    "16-the-family-does-not-answer": (46, 272),
    "17-the-clock-is-paused": (63, 383),
    "21-a-service-without-mosaic": (76, 471),
    "22-an-interim-contact": (105, 651),
    "23-universal-services-are-enough": (25, 148),
    "24-declined-after-all": (99, 592),
    "25-nobody-answers-for-the-child": (147, 914),
    "26-five-ways-in-one-family": (73, 449),
    "30-out-of-a-plan": (106, 635),
    "31-the-meeting-does-not-agree": (85, 493),
    "32-a-meeting-before-the-conversation": (95, 565),
    "33-a-risk-of-significant-harm": (75, 461),
    "34-the-parents-disagree": (72, 427),
    "35-moved-to-another-council": (22, 122),
    "36-a-young-person-refuses-while-the-mother-agrees": (79, 484),
    "37-a-young-person-agrees-alone": (69, 419),
    "38-letters-that-keep-people-safe": (68, 419),
    "39-five-siblings-out-of-child-protection": (86, 544),
    "40-a-family-whose-address-nobody-knows": (22, 128),
    "41-somebody-becomes-unsafe-afterwards": (68, 419),
    "50-declined-on-a-friday-evening": (144, 924),
    "51-harm-that-comes-to-nothing-for-two-of-three": (103, 648),
    "42-a-young-person-turns-18": (28, 165),
    "43-a-conference-without-the-service": (94, 554),
    "44-a-letter-to-a-house-where-somebody-unsafe-lives": (82, 479),
    "45-a-yes-that-nobody-gave": (79, 464),
    "46-a-child-whom-nobody-sees": (140, 860),
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


def test_a_history_is_kept_of_every_example_and_of_nothing_else() -> None:
    assert {kept_at(path) for path in CASES} == set(KEPT.glob("*.json.gz"))
