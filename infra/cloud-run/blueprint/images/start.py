"""Starts an image as Cloud Run would: unprivileged, with the manifest's environment and size; read-only besides."""

import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from blueprint.images.engine import LIMITS, Engine
from blueprint.refusal import Refusal
from blueprint.render import Target, rendered
from blueprint.services import Service, container_of

STARTS = 4
READY_WITHIN_S = 40.0
PAUSE_S = 0.02
NOWHERE = "http://127.0.0.1:9"
ENDED_WITHIN_S = 10  # Cloud Run kills after that
GROUPS = Path("/sys/fs/cgroup")
NO_OTHER: Mapping[str, str] = {}
FIGURES = {"memory": "memory.max_usage_in_bytes", "cpuacct": "cpuacct.usage"}


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds from the start to the first answer of the startup probe, at best; what of them the processor worked;
    and the most memory that was held. The last two are None where the machine does not tell.
    """

    cold_start_s: float
    processor_s: float | None
    memory_bytes: int | None


def environment(service: Service, database_url: str, port: int) -> dict[str, str]:
    """Return what the process is told: the manifest's variables for dev, with secrets made up and no neighbours."""
    versions = dict.fromkeys(service.required_secrets, "1")
    digest = "localhost/image@sha256:" + "0" * 64
    target = Target("dev", "emergence-example", "1", "europe-west1", digest, "0", versions)
    entries = container_of(rendered(service.key, target))["env"]
    told = {each["name"]: each.get("value", secrets.token_hex(32)) for each in entries}
    told |= {name: NOWHERE for name in told if name.endswith("_SERVICE_URL")}
    told |= {name: "" for name in told if name.endswith("_API_KEY")}
    here = {"DATABASE_URL": database_url, "PORT": str(port), "K_SERVICE": service.name, "EMERGENCE_HOST": "127.0.0.1"}
    if "AUTH_ADMIN_EMAILS" in told:
        here["AUTH_ADMIN_EMAILS"] = "ada@example.org"
    return told | here


def measured(
    engine: Engine, service: Service, image: str, database_url: str, port: int, within_s: float = READY_WITHIN_S
) -> Started:
    """Start it several times, the first not counted: it brings the schema. Raises Refusal when it is never ready."""
    starts = []
    told = environment(service, database_url, port)  # once: the database keeps to its first secrets
    for number in range(STARTS + 1):
        with running(engine, service, image, told) as (name, begun_s):
            ready_s = _first_answer(engine, name, f"http://127.0.0.1:{port}{probe_path(service)}", within_s) - begun_s
            worked_ns, memory = (_told_by_group(engine, name, kind) for kind in ("cpuacct", "memory"))
        if number:
            starts.append(Started(ready_s, worked_ns / 1e9 if worked_ns else None, memory))
    return min(starts, key=lambda start: start.cold_start_s)


@contextmanager
def running(engine: Engine, service: Service, image: str, told: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """Run a container for as long as the block lasts; yield its name and when it was started."""
    name = create(engine, service, image, told)
    try:
        begun_s = time.monotonic()
        engine.run("start", name)
        yield name, begun_s
        engine.run("stop", "-t", str(ENDED_WITHIN_S), name)
        if (status := engine.run("inspect", "-f", "{{.State.ExitCode}}", name)) != "0":
            raise Refusal(f"{service.key} ended with {status} when it was asked to stop")
    finally:
        with suppress(Refusal):
            engine.run("rm", "-f", name)


def create(
    engine: Engine, service: Service, image: str, told: Mapping[str, str], other: Mapping[str, str] = NO_OTHER
) -> str:
    """Create a container and return its name; `other` sizes replace the manifest's. Raises Refusal."""
    name = f"emergence-verify-{service.key}-{told['PORT']}"
    limits = {**container_of(service.manifest)["resources"]["limits"], **other}
    words = ["create", "--name", name, "--network", "host", "--read-only", "--tmpfs", "/tmp", "--cap-drop=all"]  # noqa: S108
    words += ["--security-opt", "no-new-privileges", "--memory", _mebibytes(limits["memory"]), "--cpus", limits["cpu"]]
    words += [word for limit in LIMITS for word in ("--ulimit", limit)]
    for variable, value in told.items():
        words += ["--env", f"{variable}={value}"]
    engine.run(*words, *(["--pull=never", "--log-driver", "k8s-file"] if engine.is_podman else []), image)
    return name


def _first_answer(engine: Engine, name: str, url: str, within_s: float) -> float:
    """Return when the probe was first answered with 200. Raises Refusal with the container's last lines."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return time.monotonic()
        except (OSError, urllib.error.HTTPError):
            pass
        time.sleep(PAUSE_S)
    raise Refusal(f"never ready at {url}: " + "\n".join(engine.logs(name).splitlines()[-8:]))


def probe_path(service: Service) -> str:
    """Return what is asked to know whether it has started."""
    asked: str = container_of(service.manifest)["startupProbe"].get("httpGet", {}).get("path", "/api/health")
    return asked


def _told_by_group(engine: Engine, name: str, kind: str) -> int | None:
    """Return a figure of the container's control group, where this machine has groups of version 1."""
    pid = engine.run("inspect", "-f", "{{.State.Pid}}", name)
    groups = [line.split(":", 2) for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines()]
    place = next((path.lstrip("/") for _, kinds, path in groups if kind in kinds.split(",")), None)
    figure = GROUPS / kind / place / FIGURES[kind] if place else None
    return int(figure.read_text()) if figure is not None and figure.is_file() else None


def _mebibytes(text: str) -> str:
    return text.replace("Mi", "m").replace("Gi", "g")
