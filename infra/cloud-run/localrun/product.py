"""All services of the manifests on this machine: a PostgreSQL, a process each, and the real Envoy before them."""

import json
import os
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from blueprint.edge.envoy import envoy, find_envoy
from blueprint.edge.routes import load_routes
from blueprint.render import Target, rendered, url_of
from blueprint.services import Service, every_service
from localrun.front import Front
from localrun.instance import Images, Instance, NeverReady, Wanted, limits_of, start

GENERATED = ("AUTH_JWT_SECRET", "EMERGENCE_SERVICE_SECRET", "CHAT_KEY_SECRET", "METRICS_TOKEN")
OPERATORS = ("MEMORY_EMBEDDING_MODEL", "OPENAI_BASE_URL", "OPENAI_MODEL", "LOG_LEVEL")  # win over the manifests here
NO_IMAGE = f"localhost/none@sha256:{'0' * 64}"
PUBLIC_URL = "https://localrun.invalid"  # manifests take https alone; it is replaced by the edge's own address
ENVOY_ENDS_S = 10
ENVOY_READY_S = 20
SETUP_CODE = re.compile(r'"setup_code": ?"([^"]+)"')


@dataclass
class Product:
    """Started by `start`, ended by `close`; `folder` keeps generated secrets, logs and Envoy's configuration."""

    folder: Path
    database_url: str
    port: int
    images: Images | None = None
    _instances: dict[str, Instance] = field(default_factory=dict)
    _ends: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """Return where the edge listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start every service, in order, then the edge. Raises NeverReady with the last lines of a service's log."""
        kept = kept_secrets(self.folder) | {"DATABASE_URL": self.database_url}
        services = every_service()
        fronts = {service.key: Front() for service in services}
        for front in fronts.values():
            self._ends.callback(front.close)
        pinned = _pinned(services)
        target = Target("dev", "emergence-local", "1", "local-run1", NO_IMAGE, "local", pinned, public_url=PUBLIC_URL)
        addresses = {url_of(service, target): fronts[service.key].url for service in services} | {PUBLIC_URL: self.url}
        for service in services:
            instance = self._run(service, target, addresses, kept)
            fronts[service.key].send_to(
                {service.name: 100}, {service.name: instance.port}, {service.name: limits_of(instance.wanted)}
            )
        self.start_envoy({key: f"127.0.0.1:{front.port}" for key, front in fronts.items()})

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

    def start_envoy(self, backends: Mapping[str, str]) -> None:
        """Start the edge before the services, and wait until it listens. Raises NeverReady."""
        if _listens(self.port):
            raise NeverReady(f"something else listens at {self.url}; take another port, --port=N")
        file = self.folder / "envoy.yaml"
        file.write_text(yaml.safe_dump(envoy(load_routes(), f"127.0.0.1:{self.port}", backends)))
        words = [str(find_envoy()), "-c", str(file), "--concurrency", "1", "--disable-hot-restart", "-l", "warning"]
        said = self.folder / "envoy.log"
        said.touch(mode=0o600)
        with said.open("ab") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)

        def end() -> None:
            process.terminate()
            process.wait(ENVOY_ENDS_S)

        self._ends.callback(end)
        until = time.monotonic() + ENVOY_READY_S
        while not _listens(self.port):
            if process.poll() is not None or time.monotonic() > until:
                last = (said.read_text(errors="replace").splitlines() or ["it said nothing"])[-1]
                raise NeverReady(f"Envoy does not answer at {self.url}: {last}")
            time.sleep(0.05)

    def setup_code(self) -> str | None:
        """Return the code with which the first administrator proves to own this server, while there is none."""
        found = SETUP_CODE.findall(self._instances["auth"].said())
        return str(found[-1]) if found else None

    def close(self) -> None:
        """End everything, last started first."""
        self._ends.close()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


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
