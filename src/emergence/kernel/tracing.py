"""OpenTelemetry traces, only where a collector is configured; otherwise nothing of the SDK is loaded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

TRACES_PATH = "/v1/traces"  # OTLP over HTTP, OpenTelemetry protocol specification 1.x
LAST_SPANS_DEADLINE_S = 3

_propagator = TraceContextTextMapPropagator()


class Tracing:
    """The spans of one service: one for each request, named by its route, with the caller's trace id.

    `endpoint` is the collector's base address, None turns tracing off; `share` in 0..1 is the
    share of traces kept when no caller has already decided.
    """

    def __init__(self, service: str, version: str, endpoint: str | None, share: float) -> None:
        self._provider = None if endpoint is None else _provider(service, version, endpoint, share)

    def framework_config(self) -> TelemetryConfig:
        """Return what FastAPI needs to trace requests; its own metrics and exporters stay off."""
        config = TelemetryConfig(
            tracing=self._provider is not None, metrics=False, logs=False, operation_spans=False, auto_configure=False
        )
        if self._provider is not None:
            config["tracer_provider"] = self._provider
        return config

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hand the last spans over when the block ends, for at most three seconds."""
        try:
            yield
        finally:
            if self._provider is not None:
                # A thread: the SDK's shutdown blocks until the collector answers.
                leaving = asyncio.get_running_loop().run_in_executor(None, self._provider.shutdown)
                await asyncio.wait({leaving}, timeout=LAST_SPANS_DEADLINE_S)


def trace_headers() -> dict[str, str]:
    """Return the W3C trace context headers of the current span, empty when there is none."""
    carrier: dict[str, str] = {}
    if trace.get_current_span().get_span_context().is_valid:
        _propagator.inject(carrier)
    return carrier


def _provider(service: str, version: str, endpoint: str, share: float) -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    from emergence.kernel.private_spans import PrivateSpans

    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(share)),
        resource=Resource({"service.name": f"emergence-{service}", "service.version": version}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(PrivateSpans())
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + TRACES_PATH, timeout=2)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    return provider
