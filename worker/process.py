"""The worker process. SIGTERM lets running activities finish, then ends it with exit code 0."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import NoReturn

import structlog
from pydantic import ValidationError
from temporalio.client import Client, Interceptor
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError, RPCStatusCode

from adapters.alert_channels import ChannelSettings
from adapters.certificates import client_certificate_until
from adapters.keyring import EncryptionSettings, Keyring
from adapters.logs import set_up_logs
from adapters.policy_file import PolicySettings, read_deployment
from adapters.settings import Mode, settings_problem
from adapters.temporal_client import PLUGIN, connect, speaks_in_clear
from client.comparison import TemporalTransfers
from client.sealed import workers
from models.operations.keys import KeysOfWorker
from models.policy import Policy
from models.vocabulary import LONDON
from worker.attributes import refuse_missing_attributes
from worker.deaths import BEAT, DeathWatch, Silences
from worker.health import HealthServer
from worker.lanes import PRODUCTION, SideBySide, TransfersWorker, Workflows
from worker.metrics import Known, metrics_text
from worker.others import TemporalWorkers, own_identity, tells_who_lives
from worker.schedules import MORNING_DIGEST, RECONCILE, ScheduleWatch, make_digest_schedule, make_reconcile_schedule
from worker.settings import WorkerSettings
from worker.wiring import Outside, all_activities, figures, note_keys, outside, signed_in_keys

CALENDAR_NOTICE = timedelta(days=60)
"""From then on each start of a worker warns that the calendar ends."""

COLLECTOR = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""OpenTelemetry's own settings for where traces are sent."""

REFUSALS = {
    RPCStatusCode.INVALID_ARGUMENT,
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.PERMISSION_DENIED,
    RPCStatusCode.UNAUTHENTICATED,
}
"""Temporal answers, and says no."""


async def work(settings: WorkerSettings, workflows: Workflows) -> None:
    """Take work until a signal comes."""
    log = structlog.get_logger()
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    cipher = Keyring.from_settings(EncryptionSettings())
    page = PrometheusConfig(bind_address=f"{settings.worker_host}:{settings.metrics_port}")
    core = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        forwarding=LogForwardingConfig(logger=logging.getLogger("temporalio.core")),
    )
    with outside(cipher) as things:
        warn_of_the_calendars_end(things.calendars.current().known_until, datetime.now(LONDON).date())
        warn_of_unknown_channels(read_deployment(PolicySettings()).policy, ChannelSettings())
        warn_of_temporal_in_clear()
        certificate_until = client_certificate_until()
        runtime = Runtime(telemetry=TelemetryConfig(metrics=page, logging=core), worker_heartbeat_interval=BEAT)
        client = await connect(cipher, runtime, traced(), own_identity(), signing=signed_in_keys())
        await refuse_missing_attributes(client)
        if missing := await asyncio.to_thread(note_keys, cipher):
            refuse_keys_that_others_have(missing, await workers(client, PLUGIN) or ())
            log.error("keys are missing", keys=list(missing))
        await schedule_digest(client, settings)
        await schedule_reconcile(client, settings)
        calls = all_activities(
            things, TemporalTransfers(client, settings.task_queue, skips_time=EncryptionSettings().mode is Mode.LOCAL)
        )
        drain = timedelta(seconds=settings.drain_seconds)
        worker = TransfersWorker(
            client, settings.task_queue, calls, drain, settings.mosaic_per_second, workflows=workflows
        )
        deaths = await watch_of_deaths(client, settings)
        schedules = ScheduleWatch(client, wanted_schedules(settings))
        tells = partial(known, things, deaths, schedules, certificate_until)
        metrics = partial(metrics_text, figures(cipher), tells)
        health = HealthServer(settings.worker_host, settings.worker_port, lambda: worker.is_running, metrics)
        health.start()
        async with worker, SideBySide([schedules, *([deaths] if deaths else [])]):
            log.info("worker ready", task_queue=settings.task_queue, keys=list(cipher.ids))
            await stop.wait()
            log.info("worker drains")
        health.stop()
    log.info("worker stopped")


def refuse_keys_that_others_have(missing: Sequence[str], others: Sequence[KeysOfWorker]) -> None:
    """A worker without them would refuse for good what another one can read, a report of harm, too.

    A key that nobody has is lost, and keeps nobody from working.

    Raises:
        ValueError: a worker that runs has a key under which was sealed, and which is missing here.
    """
    had = sorted({key for worker in others for key in worker.keys} & {*missing})
    if had:
        raise ValueError(f"TRANSFERS_KEYS: lacks {', '.join(had)}, which other workers have: take the same setting")


def traced() -> Sequence[Interceptor]:
    """What traces everything, where OpenTelemetry's own settings name a collector.

    Raises:
        ValueError: they do, and what sends to it is not installed.
    """
    if not any(os.environ.get(name) for name in COLLECTOR):
        return ()
    try:
        # Only who traces installs what it needs.
        from worker.tracing import tracing
    except ModuleNotFoundError:
        raise ValueError(f"{COLLECTOR[0]}: is set, and traces need the extra 'tracing'") from None
    return (tracing(),)


async def watch_of_deaths(client: Client, settings: WorkerSettings) -> DeathWatch | None:
    """Who looks after the other workers: nobody, where the settings say so or Temporal cannot tell."""
    if settings.silent_seconds is None:
        return None
    try:
        told = await tells_who_lives(client)
    except RPCError:
        # It may answer in a moment; until then nobody is judged.
        told = True
    if not told:
        structlog.get_logger().warning("deaths of workers go unnoticed: Temporal does not take their heartbeats")
        return None
    silences = Silences(client.identity, settings.silent_seconds)
    return DeathWatch(TemporalWorkers(client, settings.task_queue), silences)


def wanted_schedules(settings: WorkerSettings) -> Sequence[str]:
    """The schedules that this worker sees to."""
    wanted = {MORNING_DIGEST: settings.digest_at, RECONCILE: settings.reconcile_at}
    return [name for name, at in wanted.items() if at is not None]


def known(
    things: Outside, deaths: DeathWatch | None, schedules: ScheduleWatch, certificate_until: datetime | None
) -> Known:
    """What this worker tells of itself, at this moment."""
    until = datetime.combine(things.calendars.current().known_until, time.min, LONDON)
    noticed = deaths.noticed if deaths else 0
    return Known(until, things.connections(), noticed, dict(schedules.seen), certificate_until)


def warn_of_the_calendars_end(known_until: date, today: date) -> None:
    """Say in time that somebody has to move the end of the calendar on; beyond it nothing can be calculated."""
    if known_until - today < CALENDAR_NOTICE:
        structlog.get_logger().warning("calendar ends", known_until=known_until.isoformat())


def warn_of_temporal_in_clear() -> None:
    """Say that ids, states and whatever else is not sealed can be heard on the way to Temporal, and changed."""
    if speaks_in_clear():
        structlog.get_logger().warning("temporal is reached without TLS")


def warn_of_unknown_channels(policy: Policy, settings: ChannelSettings) -> None:
    """Say at once which channels the policy names and the settings lack: alerts for them wait for a person."""
    named = {channel for channels in policy.channels.values() for channel in channels}
    for channel in sorted(named - set(settings.channels)):
        structlog.get_logger().warning("unknown alert channel", channel=channel)


async def schedule_digest(client: Client, settings: WorkerSettings) -> None:
    """See to it that the morning digest is scheduled; a schedule that is there is left to its operators."""
    if settings.digest_at is None:
        return
    made = await make_digest_schedule(client, settings.task_queue, settings.digest_at, settings.digest_days)
    structlog.get_logger().info("digest schedule", made=made, at=f"{settings.digest_at:%H:%M}")


async def schedule_reconcile(client: Client, settings: WorkerSettings) -> None:
    """See to it that register, Mosaic and Temporal are compared; a schedule that is there is left to its operators."""
    if settings.reconcile_at is None:
        return
    made = await make_reconcile_schedule(client, settings.task_queue, settings.reconcile_at)
    structlog.get_logger().info("reconcile schedule", made=made, at=f"{settings.reconcile_at:%H:%M}")


async def main(workflows: Workflows = PRODUCTION) -> None:
    """Run the worker, and end the process; a missing setting is one clear line."""
    set_up_logs("worker")
    try:
        await work(WorkerSettings(), workflows)
    except ValidationError as error:
        end(2, settings_problem(error))
    except ValueError as error:
        end(2, str(error))
    except (RuntimeError, RPCError) as error:
        end(1, f"cannot start: {why_not_started(error)}")
    end(0)


def end(code: int, why: str | None = None) -> NoReturn:
    """End at once: the SDK's native threads now and then crash an interpreter that shuts down in the ordinary way."""
    if why is not None:
        print(f"worker: {why}", file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def why_not_started(error: RuntimeError | RPCError) -> str:
    """Why Temporal, or a port, keeps the worker from starting."""
    if isinstance(error, RPCError) and error.status in REFUSALS:
        said = error.message.partition("\n")[0]
        return f"Temporal refuses what the worker asks of it: {said}"
    return "Temporal does not answer, or does not know the namespace, or a port is taken"
