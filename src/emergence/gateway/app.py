"""The gateway's ASGI app: who may pass, and where to."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from fastapi import FastAPI
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from emergence.contracts.auth.networks import FORWARDED, address_of, vouching
from emergence.gateway.client_files import ClientFiles
from emergence.gateway.guard_host import is_our_host
from emergence.gateway.headers import with_security_headers
from emergence.gateway.routes import is_internal, is_plain, owner_of
from emergence.gateway.settings import GatewaySettings
from emergence.kernel.errors import DeadlineExceeded, NotFound, ServiceError, Unavailable
from emergence.kernel.health import SERVICE_DEADLINE_S, Dependency, Readiness
from emergence.kernel.problems import problem_response
from emergence.kernel.service_app import ServiceAppPlan, service_app
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.messages import WireRequest
from emergence.kernel.wire.peers import Peers

READY_DEADLINE = timedelta(seconds=SERVICE_DEADLINE_S)
READINESS_MAX_BYTES = 64 * 1024
OWN_PATHS = frozenset({"/api/health", "/api/ready", "/metrics"})


@dataclass(frozen=True, slots=True)
class Gateway:
    """An ASGI app in front of every service; `backends` maps a service name to its app, local or remote."""

    settings: GatewaySettings
    own: FastAPI
    backends: Mapping[str, ASGIApp]
    files: ClientFiles
    service_tokens: ServiceTokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.own(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["type"] == "http":
            send = with_security_headers(send, scope["path"], is_https=self._is_https(scope, headers))
        if scope["path"] != "/api/health" and not self._is_our_host(headers) and not self._is_neighbour(scope, headers):
            await _refuse(scope, receive, send, "This server does not answer to that host name.\n", 421)
            return
        try:
            await self._backend(scope, headers)(scope, receive, send)
        except ServiceError as error:
            await _send_problem(error, scope, receive, send)

    def _backend(self, scope: Scope, headers: Headers) -> ASGIApp:
        path = scope["path"]
        if not is_plain(path):
            raise NotFound()
        owner = owner_of(path)
        if owner is None:
            if path == "/metrics" and not self._shows_metrics():
                raise NotFound()
            return self.own if path in OWN_PATHS or path.startswith("/api/") else self._send_file
        if is_internal(path) and not self._is_neighbour(scope, headers):
            raise NotFound()  # for services only; to everybody else there is nothing
        if owner not in self.backends:
            raise Unavailable(f"The {owner} service is not connected; set {owner.upper()}_SERVICE_URL.")
        scope.setdefault("state", {})["forwarded_for"] = self._forwarded_for(scope, headers)
        scope["state"]["vouching"] = self._vouching(scope, headers, owner)
        return self.backends[owner]

    async def _send_file(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _refuse(scope, receive, send, "", 4403)
            return
        await self.files.answer(Request(scope))(scope, receive, send)

    def _shows_metrics(self) -> bool:
        """Return whether there are figures at all: without a token only where nobody but this machine can ask.

        With a public address a proxy stands in front, and everybody comes from loopback.
        """
        settings = self.settings
        is_for_this_machine = settings.gateway_loopback_only and settings.emergence_public_url is None
        return settings.metrics_token is not None or is_for_this_machine

    def _is_our_host(self, headers: Headers) -> bool:
        return is_our_host(
            headers.get("host", ""),
            public_url=self.settings.emergence_public_url,
            loopback_only=self.settings.gateway_loopback_only,
        )

    def _is_neighbour(self, scope: Scope, headers: Headers) -> bool:
        """Return whether a service calls, whose name for us is the platform's own; no page can make its token."""
        owner = owner_of(scope["path"])
        if owner is None or not is_internal(scope["path"]):
            return False
        if self.settings.emergence_bus_push_account is not None and scope["path"] == f"/api/{owner}/internal/events":
            return isinstance(self.backends.get(owner), FastAPI)  # a service in this process looks at the token itself
        return self.service_tokens.accepts(headers.get("authorization"), audience=owner)

    def _is_https(self, scope: Scope, headers: Headers) -> bool:
        return scope.get("scheme") == "https" or (self.settings.emergence_public_url or "").startswith("https://")

    def _forwarded_for(self, scope: Scope, headers: Headers) -> str:
        """Return the X-Forwarded-For that services see: believed entries only, then the peer."""
        peer = scope["client"][0] if scope.get("client") else "unknown"
        hops = self.settings.gateway_trusted_hops
        given = [entry.strip() for entry in ",".join(headers.getlist("x-forwarded-for")).split(",") if entry.strip()]
        return ", ".join([*given[len(given) - min(hops, len(given)) :], peer])

    def _vouching(self, scope: Scope, headers: Headers, owner: str) -> Mapping[str, str]:
        peer = scope["client"][0] if scope.get("client") else ""
        forwarded = ",".join(headers.getlist(FORWARDED))
        return vouching(address_of(forwarded, peer, self.settings.gateway_trusted_hops), self.service_tokens, owner)


async def _send_problem(error: ServiceError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await _refuse(scope, receive, send, error.detail, error.status)
    else:
        await problem_response(error)(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send, sentence: str, status: int) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1013 if status >= 500 else 4403, "reason": ""})
    else:
        await PlainTextResponse(sentence, status)(scope, receive, send)


async def _is_ready(peers: Peers, service: str) -> bool | Readiness:
    """Ask a service, wherever it runs, whether it is ready and what it lacks."""
    told = b""
    try:
        async with peers.transport(service).send(WireRequest("GET", "/api/ready", deadline=READY_DEADLINE)) as reply:
            async for chunk in reply.chunks:
                told += chunk
                if len(told) > READINESS_MAX_BYTES:
                    return False
    except (Unavailable, DeadlineExceeded):
        return False
    try:
        return Readiness.model_validate_json(told)
    except ValidationError:
        return reply.status == 200


def build_app(
    surroundings: Surroundings,
    backends: Mapping[str, ASGIApp],
    run_backends: Callable[[], AbstractAsyncContextManager[None]],
    *,
    needed: Collection[str] | None = None,
) -> Gateway:
    """Build the gateway over `backends`; they run inside `run_backends` for as long as the gateway does.

    Ready means that the `needed` ones are, by default all. Raises SettingsInvalid.
    """
    settings = GatewaySettings.read(surroundings.environ)
    awaited = sorted(backends if needed is None else needed)
    plan = ServiceAppPlan(
        name="gateway",
        title="Emergence gateway",
        settings=settings,
        dependencies=[
            Dependency(name, partial(_is_ready, surroundings.peers, name), within_s=SERVICE_DEADLINE_S)
            for name in awaited
        ],
        lifespan=lambda _: run_backends(),
    )
    return Gateway(
        settings=settings,
        own=service_app(plan),
        backends=backends,
        files=ClientFiles(),
        service_tokens=ServiceTokens(settings.emergence_service_secret.get_secret_value(), "gateway"),
    )
