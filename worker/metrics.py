"""The figures for Prometheus: what the register holds, counted whenever somebody asks, and what this worker knows."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import NamedTuple

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from models.journey.status import HarmState
from models.kinds import ClockKind, RungKind
from models.operations.figures import Figures, Told

TEXT = "text/plain; version=0.0.4; charset=utf-8"

NEVER_TOLD: Mapping[tuple[str, str], Told] = dict.fromkeys(product(ClockKind, RungKind), Told(0, timedelta()))
"""What was never told is told as zero: of a count that begins with one, Prometheus sees no increase."""


class Run(NamedTuple):
    """How a schedule stands, and its newest run."""

    on: bool
    """It is there, and not paused."""
    started: datetime | None = None
    completed: bool = True
    """False while the newest run is at work, and where it failed."""


class Connections(NamedTuple):
    """Connections of this worker to the register."""

    in_use: int
    kept: int
    """As many there may be; whoever finds none free waits, and tries again."""


class Known(NamedTuple):
    """What a worker knows without a look into the register."""

    calendar_until: datetime
    connections: Connections
    deaths: int
    schedules: Mapping[str, Run]
    certificate_until: datetime | None = None
    """Of the certificate by which Temporal knows this worker."""


class _Register(Collector):
    """One look at the register; it says, too, that there was no answer."""

    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        answers = GaugeMetricFamily(
            "transfers_register_answers", "1: the register answers this worker; 0: it does not."
        )
        try:
            now = self._figures()
        except SQLAlchemyError:
            answers.add_metric([], 0)
            yield answers
            return
        answers.add_metric([], 1)
        yield answers
        yield from _transfers(now)
        yield from _clocks(now)
        yield from _alerts(now)
        yield CounterMetricFamily("transfers_harm_reports", "Reports of significant harm.", value=now.harm_reports)


def _transfers(now: Figures) -> Iterator[Metric]:
    stages = _gauge("transfers_open", "Open transfers, by stage.", "stage")
    for stage, number in now.open_by_stage.items():
        stages.add_metric([stage], number)
    waiting = _gauge("transfers_waiting", "Open transfers, by stage and by whom they wait for.", "stage", "waiting_for")
    for labels, number in now.waiting.items():
        waiting.add_metric(labels, number)
    attention = _gauge("transfers_attention", "What waits for a person, by what is wrong.", "problem")
    for problem, number in now.attention.items():
        attention.add_metric([problem], number)
    harm = _gauge("transfers_harm", "Open transfers with a report of significant harm, by how it stands.", "state")
    for state in HarmState:
        harm.add_metric([state], now.harm.get(state, 0))
    yield from (stages, waiting, attention, harm)


def _clocks(now: Figures) -> Iterator[Metric]:
    stands = ("kind", "state")
    clocks = _gauge("transfers_clocks", "What is waited for, by kind and by how it stands.", *stands)
    since = _gauge("transfers_clocks_since_timestamp_seconds", "Since when the oldest is waited for.", *stands)
    due = _gauge("transfers_clocks_due_timestamp_seconds", "When the first is due, or was.", *stands)
    for labels, waits in now.clocks.items():
        clocks.add_metric(labels, waits.number)
        since.add_metric(labels, waits.since.timestamp())
        if waits.due is not None:
            due.add_metric(labels, waits.due.timestamp())
    yield from (clocks, since, due)


def _alerts(now: Figures) -> Iterator[Metric]:
    said = ["kind", "what"]
    raised = CounterMetricFamily(
        "transfers_alerts", "Alerts raised, by what was waited for and what was said.", labels=said
    )
    late = CounterMetricFamily("transfers_alerts_late", "Those raised more than ten minutes late.", labels=said)
    lateness = CounterMetricFamily(
        "transfers_alert_lateness_seconds", "How late they were raised, all together.", labels=said
    )
    for labels, told in {**NEVER_TOLD, **now.alerts}.items():
        raised.add_metric(labels, told.number)
        late.add_metric(labels, told.late)
        lateness.add_metric(labels, told.lateness.total_seconds())
    yield from (raised, late, lateness)


class _Worker(Collector):
    """What this worker knows."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def collect(self) -> Iterator[Metric]:
        known = self._known
        until, connections = known.calendar_until.timestamp(), known.connections
        yield GaugeMetricFamily("transfers_calendar_until_timestamp_seconds", "Until when days are known.", value=until)
        yield CounterMetricFamily("transfers_worker_deaths", "Dead workers that this one noticed.", value=known.deaths)
        yield GaugeMetricFamily(
            "transfers_register_connections", "Connections to the register in use.", value=connections.in_use
        )
        yield GaugeMetricFamily("transfers_register_connections_kept", "As many there may be.", value=connections.kept)
        yield from _schedules(known.schedules)
        certificates = _gauge(
            "transfers_certificate_until_timestamp_seconds", "When a certificate ends.", "certificate"
        )
        if known.certificate_until is not None:
            certificates.add_metric(["temporal_client"], known.certificate_until.timestamp())
        yield certificates


def _schedules(schedules: Mapping[str, Run]) -> Iterator[Metric]:
    on = _gauge("transfers_schedule_on", "1: the schedule is there, and not paused.", "schedule")
    started = _gauge("transfers_schedule_started_timestamp_seconds", "When its newest run began.", "schedule")
    completed = _gauge("transfers_schedule_completed", "1: its newest run has done its work.", "schedule")
    for name, run in schedules.items():
        on.add_metric([name], run.on)
        if run.started is not None:
            started.add_metric([name], run.started.timestamp())
            completed.add_metric([name], run.completed)
    yield from (on, started, completed)


def _gauge(name: str, says: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, labels=labels)


def metrics_text(figures: Callable[[], Figures], known: Callable[[], Known] | None = None) -> bytes:
    """What Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Register(figures))
    if known is not None:
        registry.register(_Worker(known()))
        ProcessCollector(registry=registry)
    return generate_latest(registry)
