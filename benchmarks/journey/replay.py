"""What it costs to read histories anew, as a worker does that has forgotten them, or was started."""

import time
from collections.abc import Sequence

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from adapters.temporal_client import transfers_plugin
from benchmarks.journey.bare import BareStepDown
from benchmarks.journey.stage import BARE
from cli.wiring import keyring
from worker.lanes import PRODUCTION, Workflows

TIMES = 3


async def replay_seconds(side: str, histories: Sequence[WorkflowHistory]) -> float:
    """Processor seconds for each workflow task, as production replays."""
    runs = Workflows(classes=(BareStepDown,)) if side == BARE else PRODUCTION
    plugins = [transfers_plugin(keyring())]
    replayer = Replayer(workflows=runs.classes, workflow_runner=runs.runner, plugins=plugins)
    await replayer.replay_workflow(histories[0])
    began = time.process_time()
    for _ in range(TIMES):
        for history in histories:
            await replayer.replay_workflow(history)
    return (time.process_time() - began) / TIMES / sum(map(_workflow_tasks, histories))


def _workflow_tasks(history: WorkflowHistory) -> int:
    return sum(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED for event in history.events)
