"""Starts the product, or its counterpart, as a process of its own and reads what it costs."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import psutil  # type: ignore[import-untyped]

from bench.instruments.report import NotMeasured

Found = TypeVar("Found")

AS_INSTALLED = Path(__file__).with_name("as_installed")
REPOSITORY = Path(__file__).parents[2]
INSTALLED_WITH_UP = REPOSITORY / "requirements/up.txt"

PATIENCE_S = 60.0
LOOK_EVERY_S = 0.005
STOP_PATIENCE_S = 20.0
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")  # nobody's keys or addresses


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of one process; `proportional` counts shared pages by share, where the system tells."""

    resident: int
    proportional: int | None


@cache
def _developers_packages() -> list[str]:
    """Return the packages that no installation has: some libraries load each that they find, which costs memory."""
    installed = {_normalised(name) for name in re.findall(r"(?m)^([\w.-]+)==", INSTALLED_WITH_UP.read_text())}
    ours = installed | {"emergence", "pip", "setuptools"}
    return sorted(
        package
        for package, names in packages_distributions().items()
        if package.isidentifier() and not ours.intersection(map(_normalised, names))
    )


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True, slots=True)
class _Line:
    at_s: float
    text: str


class Program:
    """`python -m …` with exactly this environment, from entry to exit of the block; asked to stop politely first."""

    def __init__(self, words: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        self._command = [sys.executable, "-m", *words]
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        as_installed = {
            "PYTHONPATH": os.pathsep.join(map(str, (AS_INSTALLED, REPOSITORY))),
            "BENCH_HIDDEN": " ".join(_developers_packages()),
        }
        self._environ = {**inherited, **as_installed, "PYTHONUNBUFFERED": "1", **(environ or {})}
        self._lines: list[_Line] = []

    def __enter__(self) -> Self:
        self.started_s = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, env=self._environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._watched = psutil.Process(self._process.pid)
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listening.join()

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._process.pid

    def until_said(self, part: str) -> tuple[float, str]:
        """Return when a line with `part` in it was printed, and that line. Raises NotMeasured."""
        return self._until(lambda: next(((line.at_s, line.text) for line in self._lines if part in line.text), None))

    def until_ready(self, port: int) -> float:
        """Return when `/api/ready` first answered 200. Raises NotMeasured."""
        return self._until(lambda: time.perf_counter() if _is_ready(port) else None)

    def cpu_s(self) -> float:
        """Return the CPU time that the process itself has used, user and system."""
        times = self._watched.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> Memory:
        """Return what the process itself holds; its children are not counted."""
        full = self._watched.memory_full_info()
        return Memory(int(full.rss), int(full.pss) if hasattr(full, "pss") else None)

    def last_words(self) -> str:
        """Return the last lines that it printed."""
        return "\n".join(line.text for line in self._lines[-20:])

    def _until(self, look: Callable[[], Found | None]) -> Found:
        deadline = time.perf_counter() + PATIENCE_S
        while (found := look()) is None:
            has_ended = self._process.poll() is not None
            if has_ended:
                self._listening.join()  # its last words
                if (found := look()) is not None:
                    return found
            if has_ended or time.perf_counter() > deadline:
                raise NotMeasured(f"{' '.join(self._command[1:])} did not get there; it said:\n{self.last_words()}")
            time.sleep(LOOK_EVERY_S)
        return found

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            self._lines.append(_Line(time.perf_counter(), text.rstrip()))


def free_port() -> int:
    """Return a loopback port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
