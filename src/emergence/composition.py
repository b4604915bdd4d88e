"""Builds a process from a set of service names; the only module that knows them all."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from emergence import __version__
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.settings import Settings, SettingsInvalid, problems_of
from emergence.kernel.surroundings import CommonSettings, Surroundings, missing_database
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.messages import Transport, WireRequest
from emergence.kernel.wire.on_first_call import OnFirstCall
from emergence.process_settings import ProcessSettings, TerminalSettings
from emergence.up_environment import with_local_defaults

if TYPE_CHECKING:
    from emergence.gateway.forward import Forward
    from emergence.kernel.google_metadata import GoogleMetadata

SERVICES = ("auth", "memory", "chat", "session")  # in the order in which they start; they stop the other way round
GATEWAY = "gateway"
# Enough to build every service without starting it; nothing connects, and nothing of it is printed.
DOCUMENTED_ENVIRONMENT = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "EMERGENCE_SERVICE_SECRET": "d5c0f3a98b7e6142" * 2,
    "AUTH_JWT_SECRET": "1f8e7d6c5b4a3920" * 2,
    "EMERGENCE_ENV": "development",
}


class UnknownService(SettingsInvalid):
    """A name that no service has."""


def check_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names in starting order. Raises UnknownService, which lists the known ones."""
    asked = set(names)
    unknown = asked - {*SERVICES, GATEWAY}
    if unknown or not asked:
        raise UnknownService(
            f"Unknown service: {', '.join(sorted(unknown)) or '(none)'}. Known: {', '.join((*SERVICES, GATEWAY))}."
        )
    return tuple(name for name in (*SERVICES, GATEWAY) if name in asked)


def build_process(names: Iterable[str], surroundings: Surroundings, neighbours: Mapping[str, str]) -> ASGIApp:
    """Build the ASGI app of a process that runs `names`; `neighbours` are addresses of the services elsewhere.

    One service alone is its own app. Several share an event loop behind the gateway's routing.
    Raises UnknownService, SettingsInvalid.
    """
    ordered = check_names(names)
    common = CommonSettings.read(surroundings.environ)
    tokens = ServiceTokens(common.emergence_service_secret.get_secret_value(), "+".join(ordered))
    apps = {name: _build(name, surroundings) for name in ordered if name != GATEWAY}
    for name, app in apps.items():
        surroundings.peers.connect(name, InProcess(app, service=name, tokens=tokens))
    remote = {name: address for name, address in neighbours.items() if name not in apps}
    for name, address in remote.items():
        surroundings.peers.connect(name, OnFirstCall(partial(_over_https, name, address, tokens, common)))
    if len(ordered) == 1 and ordered[0] != GATEWAY:
        return apps[ordered[0]]
    # Behind another process's gateway readiness is our own only: two processes that ask each other never end.
    needed = {*apps, *remote} if GATEWAY in ordered else {*apps}
    return _front(apps, surroundings, remote, needed)


async def is_ready(process: ASGIApp) -> bool:
    """Return whether everything that `process` needs answers, as its `/api/ready` says."""
    from emergence.gateway.app import Gateway

    own = process.own if isinstance(process, Gateway) else process
    async with InProcess(own, service=GATEWAY, tokens=None).send(WireRequest("GET", "/api/ready")) as reply:
        return reply.status == 200


async def is_demonstration(process: ASGIApp) -> bool:
    """Return whether the built-in model would answer now in `process`. Raises DatabaseUnavailable."""
    from emergence.gateway.app import Gateway

    chat = process.backends.get("chat") if isinstance(process, Gateway) else process
    if not isinstance(chat, FastAPI):
        return False
    chain = await chat.state.chat.providers.chain()
    return bool(chain) and chain[0].name == "builtin"


async def code_for_first_administrator(process: ASGIApp) -> str | None:
    """Return the code to print where `process` was started, or None when none is needed. Raises DatabaseUnavailable."""
    from emergence.auth.setup_code import setup_code
    from emergence.gateway.app import Gateway

    auth = process.backends.get("auth") if isinstance(process, Gateway) else process
    return await setup_code(auth.state.auth) if isinstance(auth, FastAPI) else None


def settings_of(name: str) -> type[CommonSettings]:
    """Return the settings class of a service: `<Name>Settings` in its `settings` module."""
    (name,) = check_names([name])
    kind: type[CommonSettings] = getattr(import_module(f"emergence.{name}.settings"), f"{name.capitalize()}Settings")
    return kind


def every_settings_class() -> list[type[Settings]]:
    """Return all classes that read the environment: the process's own, then each service's."""
    return [ProcessSettings, TerminalSettings, *(settings_of(name) for name in (*SERVICES, GATEWAY))]


def problems_under_serve(names: Iterable[str], environ: Mapping[str, str]) -> list[str]:
    """Return what keeps `emergence serve NAMES` from starting with these settings, a line each."""
    names = check_names(names)
    problems = problems_of([ProcessSettings, *map(settings_of, names)], environ)
    given = {name for name, value in environ.items() if value.strip()}
    without_database = [name for name in names if name != GATEWAY and f"{name.upper()}_DATABASE_URL" not in given]
    return problems + [missing_database(name) for name in without_database if "DATABASE_URL" not in given]


def problems_under_up(environ: Mapping[str, str]) -> list[str]:
    """Return the settings in `environ` with which `emergence up` would not start, a line each."""
    problems = problems_of(every_settings_class(), DOCUMENTED_ENVIRONMENT | with_local_defaults(environ))
    on_cloud_run = "K_SERVICE: is set, so this is Cloud Run; use `emergence serve` there, not `up`"
    return [*problems, on_cloud_run] if environ.get("K_SERVICE", "").strip() else problems


def public_openapi() -> dict[str, Any]:
    """Return one OpenAPI document of what browsers may call, over all services; independent of the environment."""
    surroundings = Surroundings(environ=DOCUMENTED_ENVIRONMENT)
    documents = [_build(name, surroundings).openapi() for name in SERVICES]
    merged: dict[str, Any] = {**documents[0], "info": {"title": "Emergence", "version": __version__}, "paths": {}}
    merged["components"] = {}
    for document in documents:
        merged["paths"] |= document["paths"]
        for kind, entries in document.get("components", {}).items():
            merged["components"].setdefault(kind, {}).update(entries)
    return merged


def _build(name: str, surroundings: Surroundings) -> FastAPI:
    """Import a service only when it is asked for: each must start with its own requirements alone."""
    build_app: Callable[[Surroundings], FastAPI] = import_module(f"emergence.{name}.app").build_app
    return build_app(surroundings)


def _over_https(service: str, address: str, tokens: ServiceTokens, settings: CommonSettings) -> Transport:
    # Its HTTP library is a fifth of a start; who runs everything in one process never needs it.
    from emergence.kernel.wire.over_https import OverHttps

    return OverHttps(address, service=service, tokens=tokens, platform=_platform(settings))


def _platform(settings: CommonSettings) -> "GoogleMetadata | None":
    """Return what proves to other Cloud Run services who calls, where that is asked for."""
    if not settings.emergence_google_identity:
        return None
    from emergence.kernel.google_metadata import GoogleMetadata

    return GoogleMetadata(settings.gce_metadata_host)


def _front(
    apps: Mapping[str, FastAPI], surroundings: Surroundings, remote: Mapping[str, str], needed: Collection[str]
) -> ASGIApp:
    from emergence.gateway.app import build_app

    forwards = _forwards(remote, CommonSettings.read(surroundings.environ)) if remote else {}

    @asynccontextmanager
    async def run_backends() -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            for forward in forwards.values():
                running.push_async_callback(forward.close)
            running.push_async_callback(surroundings.peers.close)
            for app in apps.values():
                await running.enter_async_context(app.router.lifespan_context(app))
            yield

    return build_app(surroundings, {**forwards, **apps}, run_backends, needed=needed)


def _forwards(remote: Mapping[str, str], settings: CommonSettings) -> "dict[str, Forward]":
    from emergence.gateway.forward import Forward

    platform = _platform(settings)
    return {name: Forward(name, address, platform) for name, address in remote.items()}
