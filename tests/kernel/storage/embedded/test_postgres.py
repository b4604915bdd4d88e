"""The embedded server: made, restarted, recovered and stopped, whoever is killed."""

import asyncio
import os
import shutil
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest

from emergence.kernel.storage.embedded.binaries import wheel_binaries
from emergence.kernel.storage.embedded.errors import EngineMissing, FolderForeign, FolderInUse, FolderUnusable
from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres
from tests.kernel.storage.embedded.conftest import Held, as_root_only, is_running, wait_until_gone

Hold = Callable[..., Held]

AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.CrashShutdownError,
    asyncpg.AdminShutdownError,
)


async def fetch(url: str, statement: str, patience_s: float = 8.0) -> object:
    """Return one value, trying again while the server is away."""
    deadline = asyncio.get_running_loop().time() + patience_s
    while True:
        try:
            connection = await asyncpg.connect(url, timeout=5)
            try:
                return await connection.fetchval(statement)
            finally:
                await connection.close()
        except AWAY:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.05)


async def test_a_new_folder_gets_a_server_with_vectors_and_an_ordinary_role(place: Path) -> None:
    async with EmbeddedPostgres(place / "data" / "postgres") as running:
        distance = await fetch(running.url, "SELECT '[1,0]'::vector <=> '[0,1]'::vector")
        is_superuser = await fetch(running.url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        collation = await fetch(running.url, "SELECT datcollate FROM pg_database WHERE datname = 'emergence'")
        await fetch(running.url, "CREATE EXTENSION IF NOT EXISTS vector")

    assert (distance, is_superuser, collation) == (1.0, False, "C.UTF-8")
    assert not is_running(running.pid)


async def test_only_the_right_password_opens_it_and_the_server_knows_nothing_of_our_environment(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as running:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(running.url.replace(":", ":x", 2).replace("postgresql:x", "postgresql:"))
        environment = psutil.Process(running.pid).environ()

    assert set(environment) <= {"PATH", "LC_ALL", "TZ", "PG_GRANDPARENT_PID", "PGDATA"}
    assert stat.S_IMODE((folder / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700


async def test_what_people_write_never_reaches_the_log(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as running:
        with pytest.raises(asyncpg.PostgresError):
            await fetch(running.url, "SELECT 'very private words'::int")

    assert "private" not in (folder / "postgres.log").read_text()


async def test_a_second_instance_on_one_folder_is_refused(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as running:
        with pytest.raises(FolderInUse, match=f"in use by another emergence .process {os.getpid()}"):
            await EmbeddedPostgres(folder).__aenter__()

        assert await fetch(running.url, "SELECT 1") == 1


async def test_a_killed_server_is_back_at_its_address_with_what_was_committed(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as running:
        await fetch(running.url, "CREATE TABLE kept AS SELECT 'kept' AS word")
        killed = running.pid
        os.kill(killed, signal.SIGKILL)
        wait_until_gone(killed)

        assert await fetch(running.url, "SELECT word FROM kept") == "kept"
        assert running.pid != killed


async def test_a_killed_backend_is_recovered_without_a_new_server(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as running:
        before = running.pid
        connection = await asyncpg.connect(running.url)
        os.kill(connection.get_server_pid(), signal.SIGKILL)
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await connection.fetchval("SELECT 1")

        assert await fetch(running.url, "SELECT 1") == 1
        assert running.pid == before


async def test_a_killed_program_takes_its_server_with_it(folder: Path, hold: Hold) -> None:
    held = hold(folder)

    held.program.kill()

    wait_until_gone(held.server_pid, patience_s=3)
    wait_until_gone(held.guard_pid)


async def test_killing_program_and_server_loses_nothing_committed(folder: Path, hold: Hold) -> None:
    held = hold(folder)
    await fetch(held.url, "CREATE TABLE kept AS SELECT 'kept' AS word")

    held.program.kill()
    os.kill(held.server_pid, signal.SIGKILL)
    held.program.wait()

    async with EmbeddedPostgres(folder) as running:
        assert await fetch(running.url, "SELECT word FROM kept") == "kept"


async def test_a_server_that_outlived_everyone_is_stopped_at_the_next_start(folder: Path, hold: Hold) -> None:
    held = hold(folder)
    await fetch(held.url, "CREATE TABLE kept AS SELECT 'kept' AS word")
    os.kill(held.guard_pid, signal.SIGKILL)
    held.program.kill()
    held.program.wait()
    assert is_running(held.server_pid)

    async with EmbeddedPostgres(folder) as running:
        assert not is_running(held.server_pid)
        assert await fetch(running.url, "SELECT word FROM kept") == "kept"


async def test_a_folder_of_a_newer_postgresql_is_refused_and_left_alone(folder: Path) -> None:
    (folder / "data" / "PG_VERSION").write_text("19\n")

    with pytest.raises(FolderForeign, match=r"newer release \(PostgreSQL 19"):
        await EmbeddedPostgres(folder).__aenter__()

    assert (folder / "data" / "global").is_dir()


async def test_a_folder_of_another_layout_is_refused(folder: Path) -> None:
    (folder / "layout").write_text("2\n")

    with pytest.raises(FolderForeign, match="newer release"):
        await EmbeddedPostgres(folder).__aenter__()


async def test_a_lost_password_is_replaced_by_whoever_owns_the_files(folder: Path) -> None:
    before = (folder / "password").read_text()
    (folder / "password").unlink()

    async with EmbeddedPostgres(folder) as running:
        assert await fetch(running.url, "SELECT 1") == 1

    assert (folder / "password").read_text() != before


async def test_a_half_made_folder_is_finished(place: Path) -> None:
    draft = place / "postgres" / "data-x-draft"
    draft.mkdir(parents=True)
    place.joinpath("postgres").chmod(0o711)

    async with EmbeddedPostgres(place / "postgres") as running:
        assert await fetch(running.url, "SELECT 1") == 1

    assert not draft.exists()


async def is_cancelled_after(folder: Path, delay_s: float) -> bool:
    """Cancel a start; return False when it was over before."""
    engine = EmbeddedPostgres(folder)
    start = asyncio.create_task(engine.__aenter__())
    await asyncio.sleep(delay_s)
    start.cancel()
    try:
        await start
    except asyncio.CancelledError:
        return True
    await engine.__aexit__(None, None, None)
    return False


async def test_a_start_may_be_cancelled_at_any_moment_and_leaves_no_server_and_no_lock(folder: Path) -> None:
    cancelled = 0
    for delay_s in (0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64):
        cancelled += await is_cancelled_after(folder, delay_s)
        assert not (folder / "data" / "postmaster.pid").exists()

    assert cancelled > 0
    async with EmbeddedPostgres(folder) as running:
        assert await fetch(running.url, "SELECT 1") == 1


async def test_missing_programs_are_told_with_the_way_to_get_them(place: Path) -> None:
    with pytest.raises(EngineMissing, match="pip install"):
        await EmbeddedPostgres(place / "postgres", binaries=place / "nowhere").__aenter__()


async def test_a_very_long_path_works_without_a_socket(place: Path) -> None:
    folder = place / ("long" * 25) / "postgres"

    async with EmbeddedPostgres(folder) as running:
        assert await fetch(running.url, "SELECT 1") == 1


@as_root_only
async def test_programs_below_a_folder_that_only_root_enters_are_copied_once(place: Path) -> None:
    hidden = place / "root" / "site-packages"
    (place / "root").mkdir(mode=0o700)
    package = wheel_binaries().parent.parent
    for part in (package, package.parent / f"{package.name}.libs"):
        shutil.copytree(part, hidden / part.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    binaries = hidden / package.name / "pginstall" / "bin"

    for _ in range(2):
        async with EmbeddedPostgres(place / "postgres", binaries=binaries) as running:
            assert await fetch(running.url, "SELECT '[1]'::vector <-> '[3]'::vector") == 2.0
            assert str(place / "postgres" / "engine-") in psutil.Process(running.pid).exe()

    assert len(list(place.joinpath("postgres").glob("engine-*"))) == 1
    assert stat.S_IMODE((place / "root").stat().st_mode) == 0o700


@as_root_only
async def test_a_data_folder_below_one_that_only_root_enters_is_refused_and_its_parents_stay_closed(
    place: Path,
) -> None:
    closed = place / "root"
    closed.mkdir(mode=0o700)

    with pytest.raises(FolderUnusable, match=r"may not enter.*EMERGENCE_DATA_DIR"):
        await EmbeddedPostgres(closed / "data" / "postgres").__aenter__()

    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root_only
async def test_root_runs_it_under_an_unprivileged_account(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as running:
        assert 0 not in psutil.Process(running.pid).uids()
        assert psutil.Process(running.pid).gids().real != 0


@as_root_only
async def test_an_ordinary_user_needs_no_root(place: Path, hold: Hold) -> None:
    home = place / "home"
    home.mkdir(mode=0o700)
    os.chown(home, 65534, 65534)

    held = hold(home / "postgres", uid=65534)

    assert await fetch(held.url, "SELECT 1") == 1
    assert psutil.Process(held.server_pid).uids().real == 65534
    assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
    held.program.kill()
    wait_until_gone(held.server_pid, patience_s=3)
