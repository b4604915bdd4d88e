"""Folders that the unprivileged server account can enter, and programs that hold a server until they are killed."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres

HOLDER = Path(__file__).with_name("hold_postgres.py")


@dataclass(frozen=True)
class Held:
    """A program of its own that runs an embedded server."""

    program: subprocess.Popen[str]
    url: str
    server_pid: int
    guard_pid: int


@contextmanager
def passable_folder() -> Iterator[Path]:
    # pytest's own folders are closed to others, the server account of root among them
    folder = Path(tempfile.mkdtemp(prefix="emergence-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def place() -> Iterator[Path]:
    with passable_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    async def make(folder: Path) -> None:
        async with EmbeddedPostgres(folder):
            pass

    with passable_folder() as place:
        asyncio.run(make(place / "postgres"))
        yield place / "postgres"


@pytest.fixture
def folder(place: Path, made: Path) -> Path:
    """The folder of a server that ran before and was stopped properly."""
    subprocess.run(["cp", "-a", str(made), str(place / "postgres")], check=True)
    return place / "postgres"


@pytest.fixture
def hold() -> Iterator[Callable[..., Held]]:
    """Start programs that hold a server; what is left of them is killed after the test."""
    with ExitStack() as stack:

        def start(folder: Path, uid: int | None = None) -> Held:
            command = [sys.executable, str(HOLDER), str(folder), *([str(uid)] if uid is not None else [])]
            program = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            stack.callback(program.kill)
            assert program.stdout is not None
            said = json.loads(program.stdout.readline())
            return Held(program, said["url"], said["server"], said["guard"])

        yield start


def is_running(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pid: int, patience_s: float = 5.0) -> None:
    deadline = time.monotonic() + patience_s
    while is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.02)


as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="shows what happens when root starts it")
