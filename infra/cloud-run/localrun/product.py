"""All services of the manifests on this machine: a PostgreSQL, a process each, and the real Envoy before them."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from blueprint.databases import SHARED, services_with
from blueprint.edge.envoy import envoy
from blueprint.edge.routes import load_routes
from blueprint.render import Target, rendered, url_of
from blueprint.services import Service
from localrun.front import Front
from localrun.instance import Images, Instance, NeverReady, Wanted, limits_of, start
from localrun.mesh import Mesh
from localrun.proxy import Proxy, listens

GENERATED = ("AUTH_JWT_SECRET", "EMERGENCE_SERVICE_SECRET", "CHAT_KEY_SECRET", "METRICS_TOKEN")
OPERATORS = ("MEMORY_EMBEDDING_MODEL", "OPENAI_BASE_URL", "OPENAI_MODEL", "LOG_LEVEL")  # win over the manifests here
NO_IMAGE = f"localhost/none@sha256:{'0' * 64}"
PUBLIC_URL = "https://localrun.invalid"  # manifests take https alone; it is replaced by the edge's own address
SETUP_CODE = re.compile(r'"setup_code": ?"([^"]+)"')


@dataclass
class Product:
    """Started by `start`, ended by `close`; `folder` keeps generated secrets, logs and Envoy's configuration.

    `databases` holds addresses by their secrets: DATABASE_URL, or those of a database for each service.
    """

    folder: Path
    databases: Mapping[str, str]
    port: int
    images: Images | None = None
    has_mesh: bool = False
    mesh: Mesh | None = None
    _instances: dict[str, Instance] = field(default_factory=dict)
    _ends: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """Return where the edge listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start every service, in order, then the edge. Raises NeverReady with the last lines of a service's log."""
        kept = kept_secrets(self.folder) | dict(self.databases)
        databases = "one" if SHARED in self.databases else "each"
        services = services_with(databases, "postgres")
        fronts = {service.key: Front() for service in services}
        for front in fronts.values():
            self._ends.callback(front.close)
        backends = {key: f"127.0.0.1:{front.port}" for key, front in fronts.items()}
        pinned = _pinned(services)
        target = Target(
            *("dev", "emergence-local", "1", "local-run1", NO_IMAGE, "local", pinned),
            public_url=PUBLIC_URL,
            databases=databases,
        )
        if self.has_mesh:
            self.mesh = Mesh(self.folder / "mesh", services, load_routes(), backends)
            self._ends.callback(self.mesh.close)
            self.mesh.start()
        for service in services:
            seen = {key: front.url for key, front in fronts.items()}
            seen |= self.mesh.as_seen_by(service.key) if self.mesh else {}
            addresses = {url_of(each, target): seen[each.key] for each in services} | {PUBLIC_URL: self.url}
            instance = self._run(service, target, addresses, kept)
            fronts[service.key].send_to(
                {service.name: 100}, {service.name: instance.port}, {service.name: limits_of(instance.wanted)}
            )
        self.start_edge({key: self.mesh.address_of(key) for key in backends} if self.mesh else backends)

    def _run(self, service: Service, target: Target, addresses: Mapping[str, str], kept: Mapping[str, str]) -> Instance:
        text = json.dumps(rendered(service.key, target)["spec"]["template"]["spec"])
        for public, local in addresses.items():
            text = text.replace(public, local)
        wanted = Wanted(service.name, service.name, json.loads(text))
        more = {name: os.environ[name] for name in OPERATORS if name in os.environ}
        if not os.environ.get("OPENAI_API_KEY"):
            more["CHAT_BUILTIN_MODEL"] = "true"
        instance = start(
            wanted, self.folder, lambda name, _: kept.get(name, os.environ.get(name, "")), more, self.images
        )
        self._instances[service.key] = instance
        self._ends.callback(instance.end)
        try:
            instance.wait_until_ready()
        except NeverReady as failed:
            raise NeverReady(f"{service.key}: {failed}") from None
        return instance

    def start_edge(self, backends: Mapping[str, str]) -> None:
        """Start the edge before the services, and wait until it listens. Raises NeverReady."""
        if listens(self.port):
            raise NeverReady(f"something else listens at {self.url}; take another port, --port=N")
        configuration = envoy(load_routes(), f"127.0.0.1:{self.port}", backends)
        if self.mesh is not None:
            configuration = self.mesh.before_edge(configuration)
        self._ends.callback(Proxy(self.folder, "envoy", configuration, self.port).close)

    def setup_code(self) -> str | None:
        """Return the code with which the first administrator proves to own this server, while there is none."""
        found = SETUP_CODE.findall(self._instances["auth"].said())
        return str(found[-1]) if found else None

    def close(self) -> None:
        """End everything, last started first."""
        self._ends.close()


def kept_secrets(folder: Path) -> dict[str, str]:
    """Return the generated secrets of this machine, made once and readable by their owner alone."""
    file = folder / "secrets.json"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(json.dumps({name: secrets.token_hex(32) for name in GENERATED}))
    found: dict[str, str] = json.loads(file.read_text())
    return found


def _pinned(services: list[Service]) -> dict[str, str]:
    return dict.fromkeys((name for service in services for name in service.required_secrets), "1")
