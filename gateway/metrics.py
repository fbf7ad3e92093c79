"""What the gateway counts, for Prometheus: by route, never by what stands in an address."""

from collections.abc import Callable, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from gateway.problems import STATUS, Code

TEXT = "text/plain; version=0.0.4; charset=utf-8"
METHODS = frozenset({"GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"})
OF_HARM = (200, 201, 500, *sorted({*STATUS.values()}))
"""Every status that a report of harm may be answered with; all from the start: a first one must be seen."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 35)
"""Where the figures part; a question may be kept waiting for thirty seconds."""


class Counted:
    """The figures of one application."""

    def __init__(self, waiting: Callable[[], int]) -> None:
        """Begin with nothing; how many wait for something new is asked for."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "transfers_gateway_requests",
            "Requests that were answered, by route, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "transfers_gateway_seconds",
            "How long an answer took.",
            ("route", "method"),
            registry=self.registry,
            buckets=SECONDS,
        )
        self._problems = Counter(
            "transfers_gateway_problems", "What was not done, by kind.", ("code",), registry=self.registry
        )
        for code in Code:
            self._problems.labels(code.value)
        self._harm = Counter(
            "transfers_gateway_harm",
            "Reports of significant harm, by how they were answered: 200 and 201 were taken.",
            ("status",),
            registry=self.registry,
        )
        for status in OF_HARM:
            self._harm.labels(status)
        Gauge(
            "transfers_gateway_waiting", "Questions that are kept waiting for something new.", registry=self.registry
        ).set_function(waiting)

    def request(self, scope: Mapping[str, Any], status: int, seconds: float) -> None:
        """Count a request and its answer."""
        method = scope["method"] if scope["method"] in METHODS else "other"
        # As the route is written, without what stands in its places: no id, no reference.
        route = str(getattr(scope.get("route"), "path", "unknown"))
        self._requests.labels(route, method, status).inc()
        self._seconds.labels(route, method).observe(seconds)

    def harm(self, status: int) -> None:
        """Count a report of significant harm and its answer (SU-01)."""
        self._harm.labels(status).inc()

    def problem(self, code: Code) -> None:
        """Count what was not done."""
        self._problems.labels(code.value).inc()

    def text(self) -> bytes:
        """What Prometheus reads."""
        return generate_latest(self.registry)
