"""`emergence bench legacy`: how fast a former database is brought over, and what it holds in memory meanwhile.

A file of a tenth of the messages is imported first: what a run holds must not grow with the file.
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
RATE, GROWTH_MB = 500.0, 16.0
LOOK_EVERY_S = 0.02
SECRET = "0b9e41c7d2a85f63a17c40e92d58b6f3"


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: float
    held_bytes: int
    imported: int


def main() -> int:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="emergence bench legacy", description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES, help=f"in the larger file; default {MESSAGES}")
    arguments = parser.parse_args()
    return run_and_publish("legacy", _measure(arguments.messages))


async def _measure(messages: int) -> Sequence[Figure]:
    with scratch_folder() as folder:
        files = [_written(folder / f"{count}.db", count) for count in (messages // 10, messages)]
        async with running_postgres() as url:
            small, large, again = [_imported(url, folder, file) for file in (*files, files[1])]
    if (small.imported, large.imported, again.imported) != (messages // 10, messages, 0):
        raise NotMeasured(f"imported {small.imported}, {large.imported} and {again.imported} messages")
    grown = (large.held_bytes - small.held_bytes) / 2**20
    return [
        Figure("import", large.imported / large.seconds, "messages/s", RATE, ">="),
        Figure("import_again", messages / again.seconds, "messages/s", note="all of them are there"),
        Figure("memory", large.held_bytes / 2**20, "MB", note="at most, of the command"),
        Figure("memory_growth", grown, "MB", GROWTH_MB, note="over a file of a tenth"),
    ]


def _written(file: Path, messages: int) -> Path:
    """Write a file whose threads no other one has."""
    progress(f"writing {messages} messages")
    large_database(file, messages // OF_A_THREAD, OF_A_THREAD, prefix=f"{messages}-").close()
    return file


def _imported(url: str, folder: Path, file: Path) -> _Run:
    progress(f"importing {file.name}")
    environ = {"DATABASE_URL": url, "AUTH_JWT_SECRET": SECRET, "PATH": os.environ["PATH"]}
    began_s = perf_counter()
    with (folder / "told.json").open("w+") as told, (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "emergence", "import-legacy", str(file), "--json"],
            env=environ,
            stdout=told,
            stderr=errors,
        )
        held_bytes = _watched_to_its_end(process)
        seconds = perf_counter() - began_s
        if process.returncode != 0:
            raise NotMeasured((folder / "errors").read_text())
        told.seek(0)
        imported = json.load(told)["tables"]["messages"]["imported"]
    return _Run(seconds, held_bytes, imported)


def _watched_to_its_end(process: subprocess.Popen[bytes]) -> int:
    """Return what it held at most in the second half of its time: a start hashes a password, which takes 19 MiB."""
    watched, held = psutil.Process(process.pid), [0]
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            held.append(watched.memory_info().rss)
        sleep(LOOK_EVERY_S)
    return max(held[len(held) // 2 :])


if __name__ == "__main__":
    sys.exit(main())
