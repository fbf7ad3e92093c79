"""The figures for Prometheus, counted in the register whenever somebody asks."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import product

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from models.kinds import ClockKind, RungKind
from models.operations.figures import Figures, Told

TEXT = "text/plain; version=0.0.4; charset=utf-8"

NEVER_TOLD: Mapping[tuple[str, str], Told] = dict.fromkeys(product(ClockKind, RungKind), Told(0, timedelta()))
"""What was never told is told as zero: of a count that begins with one, Prometheus sees no increase."""


class _Counted(Collector):
    """One look at the register."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        now = self._figures
        stages = GaugeMetricFamily("transfers_open", "Open transfers, by stage.", labels=["stage"])
        for stage, number in now.open_by_stage.items():
            stages.add_metric([stage], number)
        clocks = GaugeMetricFamily(
            "transfers_clocks", "What is waited for, by kind and by how it stands.", labels=["kind", "state"]
        )
        for labels, number in now.clocks.items():
            clocks.add_metric(labels, number)
        attention = GaugeMetricFamily(
            "transfers_attention", "What waits for a person, by what is wrong.", labels=["problem"]
        )
        for problem, number in now.attention.items():
            attention.add_metric([problem], number)
        raised = CounterMetricFamily(
            "transfers_alerts", "Alerts raised, by what was waited for and what was said.", labels=["kind", "what"]
        )
        late = CounterMetricFamily(
            "transfers_alert_lateness_seconds", "How late they were raised, all together.", labels=["kind", "what"]
        )
        for labels, told in {**NEVER_TOLD, **now.alerts}.items():
            raised.add_metric(labels, told.number)
            late.add_metric(labels, told.lateness.total_seconds())
        harm = CounterMetricFamily("transfers_harm_reports", "Reports of significant harm.", value=now.harm_reports)
        yield from (stages, clocks, attention, raised, late, harm)


def metrics_text(figures: Callable[[], Figures]) -> bytes:
    """What Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Counted(figures()))
    return generate_latest(registry)
