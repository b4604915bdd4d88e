"""A sidecar beside each service of this machine: between them and from the edge, everything goes by mutual TLS."""

import shutil
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from blueprint.edge.routes import Routes
from blueprint.mesh.callers import EDGE_ACCOUNT, callers_of, identity, neighbours_of
from blueprint.mesh.envoy import Neighbour, Sidecar, secured, sidecar
from blueprint.services import Service
from localrun.certificates import OF_ACCOUNT, Authority, write_secrets
from localrun.instance import free_port
from localrun.proxy import Proxy

ENVIRONMENT = "dev"


@dataclass
class Mesh:
    """Started before the services; `backends` says where each service itself listens, like 127.0.0.1:8101."""

    folder: Path
    services: Sequence[Service]
    routes: Routes
    backends: Mapping[str, str]
    authority: Authority = field(default_factory=Authority)
    proxies: dict[str, Proxy] = field(default_factory=dict)
    _inward: dict[str, str] = field(default_factory=dict)
    _outward: dict[tuple[str, str], str] = field(default_factory=dict)
    _ends: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Give everybody a certificate, start every sidecar, and renew certificates long before they end."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._inward = {each.key: f"127.0.0.1:{free_port()}" for each in self.services}
        pairs = [(each.key, other.key) for each in self.services for other in neighbours_of(each, self.services)]
        self._outward = {pair: f"127.0.0.1:{free_port()}" for pair in pairs}
        self.renew()
        for each in self.services:
            port = int(self._inward[each.key].rpartition(":")[2])
            proxy = Proxy(self.folder, each.key, sidecar(self._about(each), self.routes), port)
            self.proxies[each.key] = proxy
            self._ends.callback(proxy.close)
        is_over = threading.Event()
        self._ends.callback(is_over.set)
        threading.Thread(target=self._keep_renewing, args=(is_over,), name="certificates", daemon=True).start()

    def renew(self) -> None:
        """Give everybody a new certificate; Envoy takes it for the next connection."""
        for account in (*(each.account for each in self.services), EDGE_ACCOUNT):
            issued = self.authority.issue(identity(account, ENVIRONMENT))
            write_secrets(self._secrets(account), issued, self.authority.certificate)

    def address_of(self, key: str) -> str:
        """Return where a service is reached by mutual TLS."""
        return self._inward[key]

    def as_seen_by(self, key: str) -> dict[str, str]:
        """Return where the process of a service finds its neighbours: at its own sidecar."""
        return {other: f"http://{address}" for (caller, other), address in self._outward.items() if caller == key}

    def before_edge(self, configuration: dict[str, Any]) -> dict[str, Any]:
        """Return the edge's configuration, so that it proves who it is to every sidecar."""
        accounts = {each.key: each.account for each in self.services}
        return secured(configuration, self._secrets(EDGE_ACCOUNT), accounts, ENVIRONMENT)

    def close(self) -> None:
        """End every sidecar, and forget the certificates."""
        self._ends.close()
        for account in (*(each.account for each in self.services), EDGE_ACCOUNT):
            shutil.rmtree(self._secrets(account), ignore_errors=True)

    def _keep_renewing(self, is_over: threading.Event) -> None:
        while not is_over.wait(OF_ACCOUNT.total_seconds() / 3):
            self.renew()

    def _secrets(self, account: str) -> Path:
        return self.folder / account

    def _about(self, service: Service) -> Sidecar:
        return Sidecar(
            environment=ENVIRONMENT,
            secrets=self._secrets(service.account),
            listen=self._inward[service.key],
            backend=self.backends[service.key],
            callers=callers_of(service, self.services, self.routes),
            neighbours=[
                Neighbour(other.key, other.account, self._outward[service.key, other.key], self._inward[other.key])
                for other in neighbours_of(service, self.services)
            ],
        )
