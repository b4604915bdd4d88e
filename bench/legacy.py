"""`emergence bench legacy`: how fast a former database is brought over, and what it holds in memory meanwhile.

A file of a quarter of the messages is imported first: what a run holds at its peak must not grow with the file. A run
that keeps every row is measured too, and must be noticed.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import psutil  # type: ignore[import-untyped]

from bench.instruments.engine import running_postgres, scratch_folder
from bench.instruments.report import Figure, NotMeasured, progress, run_and_publish
from tests.legacy.former_database import large_database

MESSAGES, OF_A_THREAD = 100_000, 50
TIMES = 4  # as many messages in the larger file
RATE, RATIO = 500.0, 1.1
KEEPS_ALL = """
import sys
from emergence.command_line import main
from emergence.legacy.conversations import Reading
kept, take = [], Reading.take
Reading.take = lambda reading, row: (kept.append(dict(row)), take(reading, row))[1]
sys.exit(main(sys.argv[1:]))
"""
LOOK_EVERY_S = 0.02
SECRET = "0b9e41c7d2a85f63a17c40e92d58b6f3"


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: float
    peak_bytes: int
    imported: int


def main() -> int:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="emergence bench legacy", description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES, help=f"in the larger file; default {MESSAGES}")
    arguments = parser.parse_args()
    return run_and_publish("legacy", _measure(arguments.messages))


async def _measure(messages: int) -> Sequence[Figure]:
    with scratch_folder() as folder:
        files = [_written(folder / f"{count}.db", count) for count in (messages // TIMES, messages)]
        async with running_postgres() as url:
            small, large, again = [_imported(url, folder, file) for file in (*files, files[1])]
            keeping = [_imported(url, folder, file, "-c", KEEPS_ALL) for file in files]
    imported = [run.imported for run in (small, large, again, *keeping)]
    if imported != [messages // TIMES, messages, 0, 0, 0]:
        raise NotMeasured(f"imported {imported} messages")
    return [
        Figure("import", large.imported / large.seconds, "messages/s", RATE, ">="),
        Figure("import_again", messages / again.seconds, "messages/s", note="all of them are there"),
        Figure("memory_small", small.peak_bytes / 2**20, "MB", note=f"peak, with {messages // TIMES} messages"),
        Figure("memory", large.peak_bytes / 2**20, "MB", note=f"peak, with {messages} messages"),
        Figure("memory_ratio", large.peak_bytes / small.peak_bytes, "times", RATIO, note=f"with {TIMES} times as many"),
        Figure(
            "memory_ratio_keeping_all", keeping[1].peak_bytes / keeping[0].peak_bytes, "times", RATIO, ">=",
            note="a run that keeps every row is noticed",
        ),
    ]  # fmt: skip


def _written(file: Path, messages: int) -> Path:
    """Write a file whose threads no other one has."""
    progress(f"writing {messages} messages")
    large_database(file, messages // OF_A_THREAD, OF_A_THREAD, prefix=f"{messages}-").close()
    return file


def _imported(url: str, folder: Path, file: Path, *program: str) -> _Run:
    """Import a file, by the product or by another `program`."""
    progress(f"importing {file.name}")
    environ = {"DATABASE_URL": url, "AUTH_JWT_SECRET": SECRET, "PATH": os.environ["PATH"]}
    began_s = perf_counter()
    with (folder / "told.json").open("w+") as told, (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, *(program or ("-m", "emergence")), "import-legacy", str(file), "--json"],
            env=environ,
            stdout=told,
            stderr=errors,
        )
        peak_bytes = _watched_to_its_end(process)
        seconds = perf_counter() - began_s
        if process.returncode != 0:
            raise NotMeasured((folder / "errors").read_text())
        told.seek(0)
        imported = json.load(told)["tables"]["messages"]["imported"]
    return _Run(seconds, peak_bytes, imported)


def _watched_to_its_end(process: subprocess.Popen[bytes]) -> int:
    """Return what it held at most."""
    watched, peak_bytes = psutil.Process(process.pid), 0
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            peak_bytes = max(peak_bytes, watched.memory_info().rss)
        sleep(LOOK_EVERY_S)
    return peak_bytes


if __name__ == "__main__":
    sys.exit(main())
