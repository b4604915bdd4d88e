"""The machine that a figure is from, and how busy it was: timings of a shared one mean little alone."""

import os
import platform
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

REFERENCE_ROUNDS = 2_000_000


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and when; `reference_cpu_s` is a fixed loop, `contention` its wall time over its CPU time (1: idle)."""

    measured_at: str
    system: str
    processor: str
    cores: int
    python: str
    load_average: float
    reference_cpu_s: float
    contention: float


def this_machine() -> Machine:
    """Describe this machine as it is now; takes a fraction of a second."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(REFERENCE_ROUNDS):
        pass
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    return Machine(
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        system=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        load_average=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
        reference_cpu_s=round(cpu_s, 4),
        contention=round(wall_s / cpu_s, 2),
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
