"""The services as their manifests for dev say: real processes with only their locked packages, behind real Envoy."""

import re
import secrets
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from blueprint.edge.envoy import envoy, find_envoy
from blueprint.edge.routes import load_routes
from blueprint.files import FOLDER
from blueprint.render import rendered
from blueprint.services import Service, container_of, every_service
from tests.infra.cloud_run.targets import target
from tests.journeys.deployment import Deployment, free_ports, model_environ
from tests.journeys.program import Program, plain_environ
from tests.scripted_models.openai_server import OpenAIServer

ONLY_LOCKED = Path(__file__).parent / "only_locked"
NO_PROVIDERS = {"OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": ""}  # nothing may leave the machine


@dataclass
class Edge:
    """A running deployment; `admin` is where Envoy tells about itself."""

    deployment: Deployment
    services: Mapping[str, str]
    secret: str
    admin: str

    async def requests_to(self, http: aiohttp.ClientSession, service: str) -> int:
        """Return how many requests Envoy has sent to a service so far."""
        async with http.get(f"{self.admin}/stats?filter=^cluster.{service}.upstream_rq_total") as reply:
            found = re.search(r": (\d+)", await reply.text())
        assert found is not None
        return int(found[1])


@asynccontextmanager
async def behind_envoy(folder: Path, database_url: str, models: OpenAIServer) -> AsyncIterator[Edge]:
    """Run auth, session and main, with Envoy in front, for as long as the block lasts."""
    services = every_service()
    ports = dict(zip([*(each.key for each in services), "edge", "admin"], free_ports(len(services) + 2), strict=True))
    addresses = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    values = {name: secrets.token_hex(32) for each in services for name in each.required_secrets}
    values |= {"DATABASE_URL": database_url, "AUTH_ADMIN_EMAILS": "ada@example.org", **NO_PROVIDERS}
    programs = {
        each.serves: Program(
            each.key,
            ["serve", *each.serves],
            _environ(each, services, addresses, values, models),
            folder / f"{each.key}.log",
        )
        for each in services
    }
    backends = {each.serves: addresses[each.key] for each in services}
    deployment = Deployment("split", folder, addresses["edge"], programs, backends, set(values.values()) - {""})
    proxy = _start_envoy(folder, ports)
    try:
        await deployment.start()
        yield Edge(deployment, addresses, values["EMERGENCE_SERVICE_SECRET"], addresses["admin"])
        deployment.check_alive()
        assert proxy.poll() is None, (folder / "envoy.log").read_text()[-2000:]
        assert set((await deployment.stop()).values()) == {0}
    finally:
        proxy.kill()
        proxy.wait()
        for program in programs.values():
            if program.process is not None and program.process.poll() is None:
                program.kill_tree()


def _environ(
    service: Service,
    services: list[Service],
    addresses: Mapping[str, str],
    values: Mapping[str, str],
    models: OpenAIServer,
) -> dict[str, str]:
    """Return what Cloud Run would give the process, with addresses of this machine and PORT as it sets it."""
    entries: list[dict[str, Any]] = container_of(rendered(service.key, target(environment="dev")))["env"]
    environ = {each["name"]: each["value"] if "value" in each else values[each["name"]] for each in entries}
    for each in services:
        for served in each.serves:
            if (variable := f"{served.upper()}_SERVICE_URL") in environ:
                environ[variable] = addresses[each.key]
    on_this_machine = {
        "EMERGENCE_HOST": "127.0.0.1",
        "EMERGENCE_PUBLIC_URL": addresses["edge"],
        "K_SERVICE": service.name,
        "PORT": addresses[service.key].rpartition(":")[2],
        "ONLY_LOCKED": str(FOLDER / f"{service.key}-requirements.txt"),
        "PYTHONPATH": str(ONLY_LOCKED),
    }
    model = model_environ(models) if "chat" in service.serves else {}
    return plain_environ(**{**environ, **on_this_machine, **model})


def _start_envoy(folder: Path, ports: Mapping[str, int]) -> "subprocess.Popen[bytes]":
    local = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    configuration = envoy(load_routes(), local["edge"], local, admin=local["admin"])
    path = folder / "envoy.yaml"
    path.write_text(yaml.safe_dump(configuration))
    # One worker, and no memory shared with another Envoy of this machine.
    command = [str(find_envoy()), "-c", str(path), "--concurrency", "1", "--disable-hot-restart"]
    with (folder / "envoy.log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
