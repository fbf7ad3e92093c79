"""The worker process: ``python -m worker``. SIGTERM lets running activities finish, then ends it with exit code 0."""

import asyncio
import logging
import os
import signal
import sys
from datetime import timedelta

import structlog
from pydantic import ValidationError
from temporalio.client import Client
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError

from adapters.encryption import EncryptionSettings, Keyring
from adapters.logs import set_up_logs
from adapters.settings import settings_problem
from adapters.temporal_client import connect
from worker.health import HealthServer
from worker.schedules import make_digest_schedule
from worker.settings import WorkerSettings
from worker.wiring import TransfersWorker, all_activities, outside


async def work(settings: WorkerSettings) -> None:
    """Take work until a signal comes."""
    log = structlog.get_logger()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    cipher = Keyring.from_settings(EncryptionSettings())
    metrics = PrometheusConfig(bind_address=f"{settings.worker_host}:{settings.metrics_port}")
    core = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        forwarding=LogForwardingConfig(logger=logging.getLogger("temporalio.core")),
    )
    with outside(cipher) as things:
        client = await connect(cipher, Runtime(telemetry=TelemetryConfig(metrics=metrics, logging=core)))
        await schedule_digest(client, settings)
        worker = TransfersWorker(
            client, settings.task_queue, all_activities(things), timedelta(seconds=settings.drain_seconds)
        )
        health = HealthServer(settings.worker_host, settings.worker_port, ready=lambda: worker.is_running)
        health.start()
        async with worker:
            log.info("worker ready", task_queue=settings.task_queue)
            await stop.wait()
            log.info("worker drains")
        health.stop()
    log.info("worker stopped")


async def schedule_digest(client: Client, settings: WorkerSettings) -> None:
    """See to it that the morning digest is scheduled; a schedule that is there is left to its operators."""
    if settings.digest_at is None:
        return
    made = await make_digest_schedule(client, settings.task_queue, settings.digest_at, settings.digest_days)
    structlog.get_logger().info("digest schedule", made=made, at=f"{settings.digest_at:%H:%M}")


def main() -> int:
    """Run the worker; a missing setting is one clear line."""
    set_up_logs("worker")
    try:
        asyncio.run(work(WorkerSettings()))
    except ValidationError as error:
        print(f"worker: {settings_problem(error)}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"worker: {error}", file=sys.stderr)
        return 2
    except (RuntimeError, RPCError):
        print("worker: cannot start: Temporal does not answer, or a port is taken", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The SDK's native threads now and then crash an interpreter that shuts down in the ordinary way.
    os._exit(code)
