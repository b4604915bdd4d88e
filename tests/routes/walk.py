"""Every route that the services have, taken from the program itself: what the document says and what it leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import WebSocketRoute

from emergence.composition import DOCUMENTED_ENVIRONMENT, SERVICES, build_process, public_openapi
from emergence.kernel.surroundings import Surroundings

# Routes that exist only where they were asked for must be declared too.
EVERYTHING_ON = {"AUTH_ENV": "dev", "AUTH_DEV_LOGIN": "true", "AUTH_OWNER_CREDENTIAL_FILE": "/nonexistent/credential"}
STATE_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path; `description` is its part of the document, empty when it is not in it."""

    service: str
    method: str
    path: str
    description: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_internal(self) -> bool:
        return self.path.split("/")[3:4] == ["internal"]

    @property
    def asks_for_token(self) -> bool:
        """Whether the document says that an access token is needed."""
        return bool(self.description.get("security"))


@cache
def operations() -> tuple[Operation, ...]:
    """Return every operation of every service, each once."""
    found: dict[str, Operation] = {}
    for service, app in _apps().items():
        document = _with_internal(app)
        for context in iter_route_contexts(app.routes):
            path = context.path_format or context.path
            for method in sorted(context.methods or ()):
                if path is not None and method != "HEAD":
                    described = document["paths"].get(path, {}).get(method.lower(), {})
                    operation = Operation(service, method, path, described)
                    found.setdefault(operation.route, operation)
    return tuple(found.values())


@cache
def sockets() -> tuple[str, ...]:
    """Return the paths of all WebSocket routes."""
    return tuple(
        str(context.path)
        for app in _apps().values()
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, WebSocketRoute)
    )


@cache
def schemas() -> dict[str, Any]:
    """Return the schemas of bodies, of internal ones too."""
    return {
        name: schema
        for app in _apps().values()
        for name, schema in _with_internal(app)["components"]["schemas"].items()
    }


@cache
def document() -> dict[str, Any]:
    """Return the published document."""
    return public_openapi()


def json_body(operation: Operation) -> dict[str, Any] | None:
    """Return the schema of the JSON body that an operation takes, without references at its top."""
    content = operation.description.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return None if schema is None else resolved(schema)


def resolved(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return dict(schemas()[name]) if name else dict(schema)


@cache
def _apps() -> dict[str, FastAPI]:
    apps = {}
    for name in SERVICES:
        app = build_process([name], Surroundings(environ=DOCUMENTED_ENVIRONMENT | EVERYTHING_ON), {})
        assert isinstance(app, FastAPI)
        apps[name] = app
    return apps


@cache
def _with_internal(app: FastAPI) -> dict[str, Any]:
    """Return the document of one service with the routes that the published one leaves out."""
    from fastapi.openapi.utils import get_openapi

    contexts = list(iter_route_contexts(app.routes))
    for context in contexts:
        if (inner := context._route_context) is not None:
            inner.include_in_schema = True
        elif hasattr(context.route, "include_in_schema"):
            context.route.include_in_schema = True
    return get_openapi(title="all", version="0", routes=contexts)
