"""What every service's ASGI app has: request ids, limits, problems, figures, traces and health."""

import hmac
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from emergence import __version__
from emergence.kernel.body_limit import DEFAULT_BODY_LIMIT_BYTES, BodyLimit
from emergence.kernel.errors import Unauthenticated
from emergence.kernel.health import Dependency, Health, Readiness, readiness
from emergence.kernel.metrics import METRICS_CONTENT_TYPE, RequestMetrics, metrics_text
from emergence.kernel.problems import DOCUMENTED_PROBLEM, Problem, answer_with_problems
from emergence.kernel.request_edge import RequestEdge
from emergence.kernel.service_life import ServiceLife, ShutUntilUp
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.surroundings import CommonSettings
from emergence.kernel.tracing import Tracing

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def nothing_to_run(_: FastAPI) -> AsyncIterator[None]:
    """Be the lifespan of a service without background work."""
    yield


@dataclass(frozen=True, slots=True)
class ServiceAppPlan:
    """What differs between services.

    `name` is the service's one-word name and the audience of its service tokens. `life` keeps it
    shut until it is up, and is what `dependencies` begin with; `lifespan` runs it. `lifespan` is
    run by the composition or the server; it must start while dependencies are away.
    `larger_bodies` maps path prefixes to body limits in bytes above `body_limit_bytes`.
    """

    name: str
    title: str
    settings: CommonSettings
    life: ServiceLife | None = None
    dependencies: Sequence[Dependency] = ()
    lifespan: Lifespan = nothing_to_run
    body_limit_bytes: int = DEFAULT_BODY_LIMIT_BYTES
    larger_bodies: Mapping[str, int] = field(default_factory=dict)


class ServiceApp(FastAPI):
    """FastAPI whose OpenAPI document describes refusals as they really are."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document; built once."""
        document = super().openapi()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            described = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(described.pop("$defs", {}), Problem=described)
        return document


def service_app(plan: ServiceAppPlan) -> FastAPI:
    """Return the app of a service, to which it adds its routers and, on `app.state.<name>`, its parts."""
    settings = plan.settings
    tracing = Tracing(plan.name, __version__, settings.otel_exporter_otlp_endpoint, settings.otel_traces_sampler_arg)
    app = ServiceApp(
        title=plan.title,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # the document is committed and published, not served by each process
        responses=dict(DOCUMENTED_PROBLEM),
        lifespan=_traced(plan.lifespan, tracing),
        telemetry=tracing.framework_config(),
    )
    app.state.service_tokens = ServiceTokens(settings.emergence_service_secret.get_secret_value(), plan.name)
    app.state.knows_services = ()  # a service that others call from other machines says how they prove themselves
    answer_with_problems(app)
    # The last one added is the outermost.
    if plan.life is not None:
        app.add_middleware(ShutUntilUp, life=plan.life)
    app.add_middleware(BodyLimit, default_bytes=plan.body_limit_bytes, larger=plan.larger_bodies)
    app.add_middleware(RequestEdge)
    app.add_middleware(RequestMetrics, service=plan.name)
    _add_health(app, plan)
    _add_metrics(app, settings)
    return app


def _traced(lifespan: Lifespan, tracing: Tracing) -> Lifespan:
    @asynccontextmanager
    async def traced(app: FastAPI) -> AsyncIterator[None]:
        async with tracing.running(), lifespan(app):
            yield

    return traced


def _add_health(app: FastAPI, plan: ServiceAppPlan) -> None:
    dependencies = [*(plan.life.dependencies() if plan.life else ()), *plan.dependencies]

    @app.get("/api/health", tags=["health"])
    async def health() -> Health:
        """Say that the process answers."""
        return Health(service=plan.name, version=__version__)

    @app.get("/api/ready", tags=["health"], responses={503: {"model": Readiness}})
    async def ready() -> Response:
        """Say whether everything that this service needs answers."""
        found = await readiness(plan.name, dependencies)
        status = 200 if found.status == "ready" else 503
        return JSONResponse(found.model_dump(), status_code=status, headers={"cache-control": "no-store"})


def _add_metrics(app: FastAPI, settings: CommonSettings) -> None:
    expected = None if settings.metrics_token is None else f"Bearer {settings.metrics_token.get_secret_value()}"

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if expected is not None and not hmac.compare_digest(given.encode(), expected.encode()):
            raise Unauthenticated("The figures are protected: send METRICS_TOKEN as a bearer token.")
        return Response(metrics_text(), media_type=METRICS_CONTENT_TYPE)
