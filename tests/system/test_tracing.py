"""Traces: what a span says, and that it quotes no error."""

from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import StatusCode

from worker.process import traced
from worker.tracing import tracing


class Collected(SpanExporter):
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.spans += spans
        return SpanExportResult.SUCCESS


def test_a_span_tells_that_it_failed_and_repeats_nothing_of_the_error():
    collected = Collected()
    tracer = tracing(collected).tracer
    with pytest.raises(ValueError, match="Sam"), tracer.start_as_current_span("RunActivity:share_document"):
        raise ValueError("Sam does not want it")
    tracer.span_processor.force_flush()
    [span] = collected.spans
    assert (span.name, span.status.status_code) == ("RunActivity:share_document", StatusCode.ERROR)
    assert "Sam" not in span.to_json()


def test_nothing_is_traced_unless_a_collector_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert traced() == ()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    [interceptor] = traced()
    assert type(interceptor).__name__ == "TracingInterceptor"
