"""What services run on here: their real images with the manifest's processor and memory, else plain processes."""

import http.client
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import psutil  # type: ignore[import-untyped]

from bench.instruments.programs import Program
from bench.instruments.report import NotMeasured
from blueprint.images.engine import Engine, built_name, find_engine
from blueprint.images.start import ENDED_WITHIN_S, create, environment, probe_path
from blueprint.refusal import MissingTool, Refusal
from blueprint.services import container_of, service_of

GROUPS = Path("/sys/fs/cgroup")
PATIENCE_S = 60.0
LOOK_EVERY_S = 0.02
NO_OTHER: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Ground:
    """`engine` is None where services run as processes, and `reason` says why."""

    engine: Engine | None
    reason: str = ""

    @property
    def runs(self) -> Literal["images", "processes"]:
        """Say what is measured."""
        return "processes" if self.engine is None else "images"

    def images(self, keys: tuple[str, ...]) -> Mapping[str, str]:
        """Return when each image was built: an old one measures an old product."""
        if self.engine is None:
            return {}
        return {key: str(self.engine.inspect(built_name(key))["Created"])[:19] for key in keys}


def find_ground(keys: tuple[str, ...], wanted: str = "") -> Ground:
    """Return images where an engine and these are here, else processes. Raises NotMeasured for wanted ones."""
    if wanted == "processes":
        return Ground(None, "asked for")
    try:
        engine = find_engine()
        if missing := [key for key in keys if not engine.has(built_name(key))]:
            raise MissingTool(f"no image of {', '.join(missing)}: infra/cloud-run/verify-images.sh builds them")
    except MissingTool as reason:
        if wanted == "images":
            raise NotMeasured(str(reason)) from reason
        return Ground(None, str(reason))
    return Ground(engine)


class Words(Protocol):
    """Whatever can be asked for what a service printed last."""

    def __call__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Running:
    """A started service; `pid` is that of its main process on this machine."""

    key: str
    port: int
    pid: int
    started_s: float
    last_words: Words
    is_contained: bool = True

    @property
    def address(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_alive(self) -> bool:
        """Return whether its main process lives."""
        try:
            return bool(psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def send(self, number: signal.Signals) -> None:
        """SIGTERM as a deployment does, SIGKILL as a crash."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def resident_bytes(self) -> int:
        """Return what its processes hold; 0 when it is gone."""
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(self.pid)
            return int(sum(each.memory_info().rss for each in (first, *first.children(recursive=True))))
        return 0

    def group_bytes(self) -> int | None:
        """Return what its control group is charged with, files that it read included; None for a process."""
        return group_bytes(Path(f"/proc/{self.pid}/cgroup")) if self.is_contained else None

    def until_answers(self, path: str, within_s: float = PATIENCE_S) -> float:
        """Return when `path` was first answered with 200. Raises NotMeasured."""
        until = time.perf_counter() + within_s
        while time.perf_counter() < until and self.is_alive:
            if _answers(self.port, path):
                return time.perf_counter()
            time.sleep(LOOK_EVERY_S)
        raise NotMeasured(f"{self.key} did not answer {path}; it said:\n{self.last_words()}")


def group_bytes(told: Path, groups: Path = GROUPS) -> int | None:
    """Return the memory of the control group that a file of /proc tells, of either version; None for everybody's."""
    try:
        lines = [line.split(":", 2) for line in told.read_text().splitlines()]
    except OSError:
        return None
    for _, kinds, place in lines:
        if place == "/" or kinds not in ("memory", ""):
            continue
        where = groups / kinds / place.lstrip("/")
        for name in ("memory.usage_in_bytes", "memory.current"):
            with suppress(OSError):
                return int((where / name).read_text())
    return None


@contextmanager
def started(
    ground: Ground, key: str, port: int, environ: Mapping[str, str], sizes: Mapping[str, str] = NO_OTHER
) -> Iterator[Running]:
    """Run one service for the block; `sizes` replace the manifest's and need images. Raises NotMeasured."""
    service = service_of(key)
    told = made_up(key, environ["DATABASE_URL"]) | dict(environ) | {"PORT": str(port)}
    if ground.engine is None:
        if sizes:
            raise NotMeasured("processes have no limits")
        words = ["emergence", *container_of(service.manifest)["args"], "--port", str(port)]
        with Program(words, told) as program:
            yield Running(key, port, program.pid, program.started_s, program.last_words, is_contained=False)
        return
    engine = ground.engine
    try:
        name = create(engine, service, built_name(key), told, sizes)
    except Refusal as refused:
        raise NotMeasured(f"{key}: {refused}") from refused
    try:
        began_s = time.perf_counter()
        engine.run("start", name)
        pid = int(engine.run("inspect", "-f", "{{.State.Pid}}", name))
        yield Running(key, port, pid, began_s, lambda: "\n".join(engine.logs(name).splitlines()[-10:]))
    except Refusal as refused:
        raise NotMeasured(f"{key}: {refused}") from refused
    finally:
        with suppress(Refusal):
            engine.run("stop", "-t", str(ENDED_WITHIN_S), name)
        with suppress(Refusal):
            engine.run("rm", "-f", name)


def made_up(key: str, database: str) -> dict[str, str]:
    """Return the manifest's environment with secrets of its own, to which a database keeps from its first start."""
    return environment(service_of(key), database, 0)


def probe(key: str) -> str:
    """Return what Cloud Run asks until the service has started."""
    return probe_path(service_of(key))


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
