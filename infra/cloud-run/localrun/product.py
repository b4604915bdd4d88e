"""All services of the manifests on this machine: a PostgreSQL, a process each, and the real Envoy before them."""

import json
import os
import re
import secrets
import subprocess
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
from localrun.instance import Instance, NeverReady, Wanted, start

GENERATED = ("AUTH_JWT_SECRET", "EMERGENCE_SERVICE_SECRET", "CHAT_KEY_SECRET", "METRICS_TOKEN")
OPERATORS = ("MEMORY_EMBEDDING_MODEL", "OPENAI_BASE_URL", "OPENAI_MODEL", "LOG_LEVEL")  # win over the manifests here
NO_IMAGE = f"localhost/none@sha256:{'0' * 64}"
PUBLIC_URL = "https://localrun.invalid"  # manifests take https alone; it is replaced by the edge's own address
ENVOY_ENDS_S = 10
SETUP_CODE = re.compile(r'"setup_code": ?"([^"]+)"')


@dataclass
class Product:
    """Started by `start`, ended by `close`; `folder` keeps generated secrets, logs and Envoy's configuration."""

    folder: Path
    database_url: str
    port: int
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
            fronts[service.key].send_to({service.name: 100}, {service.name: instance.port})
        self._start_envoy({key: f"127.0.0.1:{front.port}" for key, front in fronts.items()})

    def _run(self, service: Service, target: Target, addresses: Mapping[str, str], kept: Mapping[str, str]) -> Instance:
        text = json.dumps(rendered(service.key, target)["spec"]["template"]["spec"])
        for public, local in addresses.items():
            text = text.replace(public, local)
        wanted = Wanted(service.name, service.name, json.loads(text))
        more = {name: os.environ[name] for name in OPERATORS if name in os.environ}
        if not os.environ.get("OPENAI_API_KEY"):
            more["CHAT_BUILTIN_MODEL"] = "true"
        instance = start(wanted, self.folder, lambda name, _: kept.get(name, os.environ.get(name, "")), more)
        self._ends.callback(instance.end)
        try:
            instance.wait_until_ready()
        except NeverReady as failed:
            raise NeverReady(f"{service.key}: {failed}") from None
        return instance

    def _start_envoy(self, backends: Mapping[str, str]) -> None:
        file = self.folder / "envoy.yaml"
        file.write_text(yaml.safe_dump(envoy(load_routes(), f"127.0.0.1:{self.port}", backends)))
        words = [str(find_envoy()), "-c", str(file), "--concurrency", "1", "--disable-hot-restart", "-l", "warning"]
        with (self.folder / "envoy.log").open("ab") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)

        def end() -> None:
            process.terminate()
            process.wait(ENVOY_ENDS_S)

        self._ends.callback(end)

    def setup_code(self) -> str | None:
        """Return the code with which the first administrator proves to own this server, while there is none."""
        found = SETUP_CODE.findall((self.folder / "emergence-auth-service.log").read_text())
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
