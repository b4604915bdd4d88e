"""Builds, weighs, looks into and starts the images, and shows that a broken one is noticed."""

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from blueprint.files import FOLDER, REPOSITORY
from blueprint.images.contents import MEGABYTE, contents_of, problems
from blueprint.images.engine import Engine, built_name
from blueprint.images.provenance import revision_of_tree
from blueprint.images.stand_in import stand_in
from blueprint.images.start import measured
from blueprint.refusal import MissingTool, Refusal
from blueprint.services import Service

JUDGED = "judged"
COLD_START_S = {"auth": 2.0}
COLD_START_OF_OTHERS_S = 4.0
BROKEN_BY = "/opt/emergence/lib/python3.11/site-packages/emergence/kernel"


def build(engine: Engine, service: Service) -> str:
    """Build an image from its real Dockerfile and return its name. Raises BuildFailed."""
    tag = built_name(service.key)
    base = [f"BASE={stand_in(engine)}"] if engine.is_podman else []
    engine.build(FOLDER / f"{service.key}-service.Dockerfile", tag, [*base, f"REVISION={revision_of_tree()}"])
    return tag


def verify(engine: Engine, service: Service, database_url: str) -> dict[str, Any]:
    """Return what was measured, with `problems` against the targets. Raises Refusal."""
    image = build(engine, service)
    told = engine.inspect(image)
    size_bytes = int(told["Size"])
    found = problems(service, contents_of(engine, image), size_bytes, FOLDER / f"{service.key}-requirements.txt")
    if told["Config"]["User"] != "10001:10001":
        found.append(f"runs as {told['Config']['User']!r}")
    started = measured(engine, service, image, database_url, free_port())
    most_s = COLD_START_S.get(service.key, COLD_START_OF_OTHERS_S)
    is_busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    if started.cold_start_s > most_s and not is_busy:
        found.append(f"takes {started.cold_start_s:.1f} s to start, at most {most_s}")
    return {
        "service": service.key,
        "size_megabytes": round(size_bytes / MEGABYTE),
        "cold_start_s": round(started.cold_start_s, 2),
        "cold_start": "skipped: the machine is busy" if is_busy else JUDGED,
        "processor_s": None if started.processor_s is None else round(started.processor_s, 2),
        "memory_megabytes": round(started.memory_bytes / MEGABYTE) if started.memory_bytes else None,
        "base": "stand-in" if engine.is_podman else "as written",
        "problems": found,
    }


def notices_a_missing_module(engine: Engine, service: Service, database_url: str) -> bool:
    """Return whether an image from which part of the program was taken away is found not to start."""
    tag = f"localhost/emergence-{service.key}:broken"
    with tempfile.TemporaryDirectory() as folder:
        dockerfile = Path(folder) / "Dockerfile"
        dockerfile.write_text(f"FROM {built_name(service.key)}\nUSER 0\nRUN rm -r {BROKEN_BY}\nUSER 10001:10001\n")
        engine.build(dockerfile, tag)
    try:
        measured(engine, service, tag, database_url, free_port(), within_s=15.0)
    except Refusal as noticed:
        return "No module named" in str(noticed)
    return False


@contextmanager
def database() -> Iterator[str]:
    """Yield the address of a PostgreSQL of our own, from the repository's environment. Raises MissingTool."""
    try:
        import asyncio

        from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres
    except ImportError:
        raise MissingTool("the repository's own environment is missing: run make setup there") from None
    with tempfile.TemporaryDirectory(prefix="emergence-images-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with asyncio.Runner() as runner:
            engine = EmbeddedPostgres(Path(folder) / "postgres")
            running = runner.run(engine.__aenter__())
            try:
                yield running.url
            finally:
                runner.run(engine.__aexit__(None, None, None))


def free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def write_results(results: list[dict[str, Any]]) -> Path:
    """Write what was measured beside the store, and return where."""
    path = FOLDER / "build" / "images.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=2) + "\n")
    return path.relative_to(REPOSITORY)
