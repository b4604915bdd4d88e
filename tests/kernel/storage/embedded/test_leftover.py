"""A pid file that lies: a number that another program has now, or nothing at all."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from emergence.kernel.storage.embedded.account import server_account
from emergence.kernel.storage.embedded.leftover import running_server
from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres


@pytest.fixture
def stranger(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program of the server's account that is no server."""
    account = server_account(folder / "data")
    with account.popen(["/bin/sleep", "60"], stdin=subprocess.DEVNULL, output=subprocess.DEVNULL) as process:
        yield process
        process.kill()


async def test_a_pid_that_another_program_has_now_is_left_alone_and_blocks_nothing(
    folder: Path, stranger: subprocess.Popen[bytes]
) -> None:
    async with EmbeddedPostgres(folder) as running:
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
    (folder / "data" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")

    assert running_server(folder / "data") is None
    async with EmbeddedPostgres(folder) as running:
        assert await (await asyncpg.connect(running.url)).fetchval("SELECT 1") == 1

    assert stranger.poll() is None


@pytest.mark.parametrize("content", ["", "nonsense\n", "0\n", "99999999\n"])
async def test_a_broken_pid_file_blocks_nothing(folder: Path, content: str) -> None:
    (folder / "data" / "postmaster.pid").write_text(content)

    async with EmbeddedPostgres(folder) as running:
        assert running.pid > 0
