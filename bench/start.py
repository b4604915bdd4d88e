"""`emergence bench start`: imports, time to ready and idle memory, of each service alone and of all in one process."""

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.instruments.engine import running_postgres, scratch_folder
from bench.instruments.programs import Memory, Program, free_port
from bench.instruments.report import Figure, NotMeasured, measure_and_publish, progress
from emergence.composition import DOCUMENTED_ENVIRONMENT, GATEWAY, SERVICES

SERVICE_READY_S = 1.0
UP_READY_S = 3.0
IDLE_MEMORY_MB = 120.0
IDLE_FOR_S = 5.0  # long enough for the first rounds of every background loop
MB = 1_000_000
BARE = "(bare)"

_IMPORT = "import time; t = time.process_time(); import emergence.{name}.app; print(time.process_time() - t)"


@dataclass(frozen=True, slots=True)
class Start:
    """One start of a program, up to its first readiness and a few idle seconds."""

    ready_s: float
    cpu_s: float
    memory: Memory


def measured(repeats: int) -> list[Figure]:
    """Return every figure; `repeats` starts of everything. Raises NotMeasured."""
    figures = _imports(repeats)
    asyncio.run(_services(figures, repeats))
    return [*figures, *_up(repeats)]


def _imports(repeats: int) -> list[Figure]:
    figures = []
    for name in (*SERVICES, GATEWAY):
        progress(f"importing {name}")
        times = [_import_cpu_s(name) for _ in range(repeats + 1)][1:]  # the first may still compile
        figures.append(Figure(f"import_{name}", median(times), "cpu-s", note="fresh interpreter, median"))
    return figures


def _import_cpu_s(name: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT.format(name=name)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotMeasured(f"importing emergence.{name}.app failed: {done.stderr}")
    return float(done.stdout)


async def _services(figures: list[Figure], repeats: int) -> None:
    async with running_postgres() as url:
        environ = {**DOCUMENTED_ENVIRONMENT, "DATABASE_URL": url, "EMERGENCE_ENV": "development"}
        # Blocks the loop on purpose: nothing else needs it, and a signal then ends the starts at once.
        figures += _each_alone(environ, repeats)


def _each_alone(environ: Mapping[str, str], repeats: int) -> list[Figure]:
    """Start each service in a process of its own; each stays, as a neighbour of those that come after it."""
    figures = _bare(repeats)
    known = dict(environ)
    with ExitStack() as neighbours:
        for name in (*SERVICES, GATEWAY):
            figures += _alone(name, known, repeats)
            if name != GATEWAY:
                port = free_port()
                neighbours.enter_context(_serve(name, port, known)).until_ready(port)
                known[f"{name.upper()}_SERVICE_URL"] = f"http://127.0.0.1:{port}"
    return figures


def _bare(repeats: int) -> list[Figure]:
    progress("starting a service without any code of ours, for comparison")
    starts = [_start(BARE, {}, idle_s=0) for _ in range(repeats + 1)][1:]
    return [
        Figure("ready_bare", median(s.ready_s for s in starts), "s", note="an empty FastAPI app, " + _spread(starts)),
        Figure("ready_bare_cpu", median(s.cpu_s for s in starts), "cpu-s", note="the floor under every service"),
    ]


def _alone(name: str, environ: Mapping[str, str], repeats: int) -> list[Figure]:
    progress(f"starting {name} alone")
    with _serve(name, port := free_port(), environ) as first:  # its first start also makes its schema
        first.until_ready(port)
    starts = [_start(name, environ, idle_s=IDLE_FOR_S if index == 0 else 0) for index in range(repeats)]
    return [
        Figure(f"ready_{name}", median(s.ready_s for s in starts), "s", SERVICE_READY_S, note=_spread(starts)),
        Figure(f"ready_{name}_cpu", median(s.cpu_s for s in starts), "cpu-s", note="from process start to ready"),
        Figure(f"idle_{name}_rss", starts[0].memory.resident / MB, "MB"),
    ]


def _serve(name: str, port: int, environ: Mapping[str, str]) -> Program:
    if name == BARE:
        return Program(["bench.instruments.bare_service", str(port)])
    return Program(["emergence", "serve", name, "--port", str(port)], environ)


def _start(name: str, environ: Mapping[str, str], *, idle_s: float) -> Start:
    with _serve(name, port := free_port(), environ) as program:
        ready_s = program.until_ready(port) - program.started_s
        cpu_s = program.cpu_s()
        time.sleep(idle_s)
        return Start(ready_s, cpu_s, program.memory())


def _up(repeats: int) -> list[Figure]:
    with scratch_folder() as folder:
        progress("starting `emergence up` for the first time")
        first = _start_up(folder, idle_s=IDLE_FOR_S)
        progress("starting `emergence up` again")
        starts = [_start_up(folder, idle_s=IDLE_FOR_S if index == 0 else 0) for index in range(repeats)]
    memory = starts[0].start.memory
    after = [up.after_engines_s for up in starts]
    figures = [
        Figure("up_ready_after_engines", median(after), "s", UP_READY_S, note=f"{min(after):.2f} to {max(after):.2f}"),
        Figure("up_first_ready_after_engines", first.after_engines_s, "s", UP_READY_S, note="makes every schema"),
        Figure("up_ready_total", median(up.start.ready_s for up in starts), "s", note="engines included"),
        Figure("up_first_ready_total", first.start.ready_s, "s", note="makes the database cluster too"),
        Figure("up_ready_cpu", median(up.start.cpu_s for up in starts), "cpu-s", note="the Python process alone"),
        Figure("up_idle_rss", memory.resident / MB, "MB", IDLE_MEMORY_MB, note="the Python process, all services"),
    ]
    if memory.proportional is not None:
        figures.append(Figure("up_idle_pss", memory.proportional / MB, "MB", IDLE_MEMORY_MB))
    return figures


@dataclass(frozen=True, slots=True)
class UpStart:
    """One start of `emergence up`; `after_engines_s` counts from the line that says PostgreSQL is ready."""

    start: Start
    after_engines_s: float


def _start_up(folder: Path, *, idle_s: float) -> UpStart:
    port = free_port()
    with Program(["emergence", "up", "--port", str(port)], {"EMERGENCE_DATA_DIR": str(folder / "data")}) as program:
        engines_s, _ = program.until_said("PostgreSQL is ready")
        ready_s = program.until_ready(port)
        cpu_s = program.cpu_s()
        time.sleep(idle_s)
        return UpStart(Start(ready_s - program.started_s, cpu_s, program.memory()), ready_s - engines_s)


def _spread(starts: list[Start]) -> str:
    times = [start.ready_s for start in starts]
    return f"{min(times):.2f} to {max(times):.2f}"


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench start", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="starts of each program (5)")
    given = parser.parse_args()
    return measure_and_publish("start", lambda: measured(given.repeats))


if __name__ == "__main__":
    raise SystemExit(main())
