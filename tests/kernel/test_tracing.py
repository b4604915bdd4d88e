"""Traces reach a real OTLP collector, carry the caller's trace on, and cost nothing when they are off."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence

import pytest
from fastapi import FastAPI, Request
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.responses import Response

from emergence.kernel.service_app import service_app
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.messages import WireRequest
from tests.kernel.requests_to_app import ask
from tests.kernel.service_plans import plan
from tests.served_app import served

CALLERS_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector:
    """Speaks OTLP over HTTP (protobuf), and remembers what it was told."""

    def __init__(self) -> None:
        self.spans: dict[str, list[Span]] = {}
        self.app = FastAPI()

        @self.app.post("/v1/traces")
        async def receive(request: Request) -> Response:
            return self._receive(await request.body())

    def _receive(self, body: bytes) -> Response:
        told = ExportTraceServiceRequest.FromString(body)
        for resource in told.resource_spans:
            name = next(a.value.string_value for a in resource.resource.attributes if a.key == "service.name")
            for scope in resource.scope_spans:
                self.spans.setdefault(name, []).extend(scope.spans)
        return Response(ExportTraceServiceResponse().SerializeToString(), media_type="application/x-protobuf")


def build(name: str, endpoint: str, share: str = "1") -> FastAPI:
    return service_app(plan(name, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_TRACES_SAMPLER_ARG=share))


def names(spans: Sequence[Span]) -> list[str]:
    return [span.name for span in spans]


async def lived(app: FastAPI, path: str, **headers: str) -> None:
    """Let the app live for one request; its last spans leave when it ends."""
    async with app.router.lifespan_context(app):
        await ask(app, path, headers=headers)


async def test_a_request_becomes_a_span_named_by_its_route() -> None:
    collector = Collector()
    async with served(collector.app) as url:
        await lived(build("shop", url), "/api/health")

    (span,) = collector.spans["emergence-shop"]
    assert span.name == "GET /api/health"
    assert {a.key for a in span.attributes} >= {"http.route", "http.response.status_code"}


async def test_what_callers_write_into_an_address_is_in_no_trace() -> None:
    collector = Collector()
    async with served(collector.app) as url:
        await lived(build("shop", url), "/api/oven-4711?code=cinnamon")

    (span,) = collector.spans["emergence-shop"]
    assert not any(word in str(span) for word in ("4711", "cinnamon"))


async def test_the_callers_trace_goes_on_through_every_service() -> None:
    collector = Collector()
    async with served(collector.app) as url:
        bakery = build("bakery", url)
        shop = build("shop", url)
        to_bakery = InProcess(bakery, service="bakery", tokens=None)

        @shop.get("/order")
        async def order() -> int:
            async with to_bakery.send(WireRequest("GET", "/api/health")) as reply:
                return reply.status

        async with bakery.router.lifespan_context(bakery):
            await lived(shop, "/order", traceparent=f"00-{CALLERS_TRACE}-00f067aa0ba902b7-01")

    (ordered,), (baked,) = collector.spans["emergence-shop"], collector.spans["emergence-bakery"]
    assert ordered.trace_id.hex() == baked.trace_id.hex() == CALLERS_TRACE
    assert (ordered.parent_span_id.hex(), baked.parent_span_id) == ("00f067aa0ba902b7", ordered.span_id)


async def test_only_the_configured_share_is_traced_unless_the_caller_decided() -> None:
    collector = Collector()
    async with served(collector.app) as url:
        await lived(build("shop", url, share="0"), "/api/health")
        await lived(build("shop", url, share="0"), "/api/ready", traceparent=f"00-{CALLERS_TRACE}-00f067aa0ba902b7-01")

    assert names(collector.spans["emergence-shop"]) == ["GET /api/ready"]


async def test_a_collector_that_is_away_does_not_hold_a_stop_up(free_port: int) -> None:
    app = build("shop", f"http://127.0.0.1:{free_port}")

    async with asyncio.timeout(8):
        await lived(app, "/api/health")


async def test_without_an_endpoint_nothing_is_traced_or_sent_along() -> None:
    app = service_app(plan("shop"))

    @app.get("/seen")
    async def seen(request: Request) -> list[str]:
        return list(request.headers)

    async with InProcess(app, service="shop", tokens=None).send(WireRequest("GET", "/seen")) as reply:
        body = b"".join([chunk async for chunk in reply.chunks])

    assert b"traceparent" not in body


@pytest.mark.parametrize("module", ["opentelemetry.sdk", "opentelemetry.exporter"])
def test_without_an_endpoint_the_sdk_is_not_loaded(module: str) -> None:
    program = (
        "import sys\n"
        "from tests.kernel.service_plans import plan\n"
        "from emergence.kernel.service_app import service_app\n"
        "service_app(plan())\n"
        f"print({module!r} in sys.modules)\n"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert loaded.stdout.strip() == "False"
