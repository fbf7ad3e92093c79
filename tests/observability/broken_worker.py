"""A worker whose workflow fails at its own code, for the one thing that no family of the examples brings about."""

import asyncio
import sys

from temporalio import workflow
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import Worker

QUEUE = "broken"


@workflow.defn
class Broken:
    @workflow.run
    async def run(self) -> None:
        raise RuntimeError("broken")


async def main(metrics_port: str) -> None:
    page = PrometheusConfig(bind_address=f"127.0.0.1:{metrics_port}")
    config = ClientConfig.load_client_connect_config()
    client = await Client.connect(**config, runtime=Runtime(telemetry=TelemetryConfig(metrics=page)))
    await client.start_workflow(Broken.run, id="broken", task_queue=QUEUE)
    async with Worker(client, task_queue=QUEUE, workflows=[Broken]):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
