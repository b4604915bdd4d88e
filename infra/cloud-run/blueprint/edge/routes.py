"""The table of routes: who owns a path, and what nobody outside may ask for."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from blueprint.files import FOLDER, load
from blueprint.refusal import InvalidManifest
from blueprint.services import every_service

Kind = Literal["rest", "live"]
PREFIX = re.compile(r"(/[a-z0-9._-]+)+")
NEIGHBOURS_ONLY = ("/metrics", "/api/*/internal")  # what services ask each other is nobody else's, whoever deploys
HIDDEN = re.compile(r"(/([a-z0-9._-]+|\*))+")


@dataclass(frozen=True, slots=True)
class Route:
    """Paths equal to `prefix`, or below it, belong to the service `backend`."""

    prefix: str
    backend: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Routes:
    """The whole table; `routes` are ordered so that the first match is the longest."""

    default: str
    hidden: tuple[str, ...]
    routes: tuple[Route, ...]

    def owner_of(self, path: str) -> str | None:
        """Return the service that answers `path`, or None when it is hidden."""
        if any(re.fullmatch(pattern, path) for pattern in map(hidden_pattern, self.hidden)):
            return None
        route = self.route_of(path)
        return route.backend if route else self.default

    def route_of(self, path: str) -> Route | None:
        """Return the longest prefix that claims `path`."""
        return next((each for each in self.routes if f"{path}/".startswith(f"{each.prefix}/")), None)

    def backends(self) -> list[str]:
        """Return every service that gets traffic."""
        return sorted({self.default, *(route.backend for route in self.routes)})


def hidden_pattern(hidden: str) -> str:
    """Return a regular expression (RE2 and Python) for a hidden path and everything below it."""
    segments = ["[^/]+" if segment == "*" else re.escape(segment) for segment in hidden.split("/")]
    return "/".join(segments) + "(/.*)?"


def load_routes(folder: Path = FOLDER) -> Routes:
    """Read routes.yaml. Raises InvalidManifest: two owners of a prefix, a backend that is no service, a bad form,
    or what is between services and not hidden.
    """
    table = load(folder / "routes.yaml")
    known = {service.key for service in every_service(folder)}
    routes = [Route(**entry) for entry in table["routes"]]
    default, hidden = table["default"], tuple(table["hidden"])
    owners: dict[str, str] = {}
    for route in routes:
        _check(route, known)
        if route.prefix in owners:
            raise InvalidManifest(
                f"routes.yaml: {route.prefix} has two owners: {owners[route.prefix]}, {route.backend}"
            )
        owners[route.prefix] = route.backend
    if default not in known:
        raise InvalidManifest(f"routes.yaml: default: {default!r} is no service; known: {', '.join(sorted(known))}")
    for path in hidden:
        if not HIDDEN.fullmatch(path):
            raise InvalidManifest(f"routes.yaml: hidden path {path!r} must be like /api/*/internal")
    if lacking := [path for path in NEIGHBOURS_ONLY if path not in hidden]:
        raise InvalidManifest(f"routes.yaml: hidden must have {' and '.join(lacking)}, which is between services")
    return Routes(default, hidden, tuple(sorted(routes, key=lambda route: -len(route.prefix))))


def as_data(routes: Routes) -> dict[str, Any]:
    """Return the table for other programs."""
    listed = [{"prefix": each.prefix, "backend": each.backend, "kind": each.kind} for each in routes.routes]
    return {"default": routes.default, "hidden": list(routes.hidden), "routes": listed}


def _check(route: Route, known: set[str]) -> None:
    if not PREFIX.fullmatch(route.prefix):
        raise InvalidManifest(f"routes.yaml: prefix {route.prefix!r} must be like /api/auth, without a / at its end")
    if route.backend not in known:
        raise InvalidManifest(f"routes.yaml: {route.prefix}: {route.backend!r} is no service; known: {sorted(known)}")
