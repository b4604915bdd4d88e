"""Prometheus figures of this process: requests by route, whatever slices declare, and their text form."""

from collections.abc import Sequence
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"  # Prometheus exposition format 0.0.4
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

registry = CollectorRegistry()
ProcessCollector(registry=registry)

_counters: dict[str, Counter] = {}
_gauges: dict[str, Gauge] = {}
_histograms: dict[str, Histogram] = {}


def counter(name: str, documentation: str, labels: Sequence[str] = ()) -> Counter:
    """Return the process's counter of that name, declared on first use. Idempotent.

    Raises ValueError when another kind of figure already has the name.
    """
    if name not in _counters:
        _counters[name] = Counter(name, documentation, labels, registry=registry)
    return _counters[name]


def gauge(name: str, documentation: str, labels: Sequence[str] = ()) -> Gauge:
    """Return the process's gauge of that name, declared on first use. Idempotent.

    Raises ValueError when another kind of figure already has the name.
    """
    if name not in _gauges:
        _gauges[name] = Gauge(name, documentation, labels, registry=registry)
    return _gauges[name]


def histogram(
    name: str, documentation: str, labels: Sequence[str] = (), buckets: Sequence[float] = LATENCY_BUCKETS_S
) -> Histogram:
    """Return the process's histogram of that name, declared on first use; buckets surround what is expected.

    Idempotent. Raises ValueError when another kind of figure already has the name.
    """
    if name not in _histograms:
        _histograms[name] = Histogram(name, documentation, labels, registry=registry, buckets=buckets)
    return _histograms[name]


def metrics_text() -> bytes:
    """Return every figure of this process in the Prometheus text format."""
    return generate_latest(registry)


_requests_total = counter("http_requests_total", "Requests answered.", ("service", "method", "route", "status"))
_request_seconds = histogram(
    "http_request_duration_seconds", "Time to the last byte of the answer.", ("service", "method", "route", "status")
)


class RequestMetrics:
    """ASGI middleware: counts requests and their time by route template, never by path."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        status = 499  # nginx's number for a client that left before the answer's head

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting_status)
        except Exception:
            status = 500
            raise
        finally:
            self._count(scope, status, perf_counter() - started)

    def _count(self, scope: Scope, status: int, duration_s: float) -> None:
        method = scope["method"] if scope["method"] in KNOWN_METHODS else "other"
        labels = (self.service, method, route_template(scope), str(status))
        _requests_total.labels(*labels).inc()
        _request_seconds.labels(*labels).observe(duration_s)


def route_template(scope: Scope) -> str:
    """Return the matched route as it was declared (`/api/threads/{thread}`), or `unmatched`."""
    # FastAPI keeps the prefix under which a router was included beside the route, not in it.
    included = scope.get("fastapi", {}).get("effective_route_context")
    for declared in (included, scope.get("route")):
        template = getattr(declared, "path_format", None) or getattr(declared, "path", None)
        if isinstance(template, str):
            return template
    return "unmatched"
