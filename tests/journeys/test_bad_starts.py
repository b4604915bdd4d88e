"""Starts that cannot succeed, or not yet: one clear line, the right exit status, no traceback and no secret."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from tests.journeys.deployment import free_ports, one_process, several_processes
from tests.journeys.door import Door
from tests.journeys.program import Done, Program, plain_environ, run_command
from tests.journeys.visitor import Visitor
from tests.scripted_models.openai_server import OpenAIServer

SECRETS = {
    "EMERGENCE_SERVICE_SECRET": "9c1f0b7e5d3a48261f70c9b8a7d6e5f40312",
    "AUTH_JWT_SECRET": "5e1d0c9b8a7f6e4d3c2b1a0f9e8d7c6b5a49",
    "EMERGENCE_PUBLIC_URL": "https://chat.example.org",
}
DEAD_DATABASE = "postgresql://me:do-not-print-me@127.0.0.1:9/none"


def assert_one_clear_line(done: Done, *told: str) -> None:
    """It failed, in one sentence for the person at the terminal."""
    assert done.status in (1, 2), done
    assert "Traceback" not in done.said
    assert "do-not-print-me" not in done.said
    assert len(done.err.splitlines()) == 1, done.err
    for words in told:
        assert words in done.err


async def up(folder: Path, *words: str, **more: str) -> Done:
    return await run_command(
        ("up", *words), plain_environ(**({"EMERGENCE_DATA_DIR": str(folder), "EMERGENCE_PORT": "0"} | more))
    )


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


async def test_a_taken_port(tmp_path: Path, taken_port: int) -> None:
    told = (f"port {taken_port} on 127.0.0.1 is taken", "EMERGENCE_PORT")
    assert_one_clear_line(await up(tmp_path / "data", EMERGENCE_PORT=str(taken_port)), *told)
    serving = await run_command(
        ("serve", "auth", "--port", str(taken_port)), plain_environ(**SECRETS, DATABASE_URL=DEAD_DATABASE)
    )

    assert_one_clear_line(serving, *told)
    assert not (tmp_path / "data").exists()


async def test_a_folder_that_is_a_file_or_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert_one_clear_line(await up(tmp_path / "file"), "is a file", "EMERGENCE_DATA_DIR")
    assert_one_clear_line(await up(Path("/proc/emergence")), "/proc", "EMERGENCE_DATA_DIR")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account for the server")
async def test_a_folder_that_the_server_account_cannot_enter(tmp_path: Path) -> None:  # pytest's are closed to others
    done = await up(tmp_path / "data")

    assert_one_clear_line(done, "may not enter", "EMERGENCE_DATA_DIR")


async def test_a_folder_in_use(place: Path, models: OpenAIServer) -> None:
    folder = place / "held"
    folder.mkdir(mode=0o711)
    first = one_process(folder, models)
    await first.start()
    try:
        second = await up(folder)
        assert_one_clear_line(second, "in use by another emergence", "EMERGENCE_DATA_DIR")
        async with Visitor(first, "ada@example.org") as ada:
            await ada.claim()  # the first one did not notice
    finally:
        assert set((await first.stop()).values()) == {0}
    first.check_logs()


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"CHAT_BUILTIN_MODEL": "perhaps"}, "CHAT_BUILTIN_MODEL: must be true or false"),
        ({"DATABASE_URL": "mysql://me:do-not-print-me@h/d"}, "DATABASE_URL: must be a PostgreSQL address"),
        ({"AUTH_JWT_SECRET": "do-not-print-me"}, "AUTH_JWT_SECRET: must be at least 32 bytes"),
        ({"EMERGENCE_SERVICE_SECRET": "secret" * 8}, "EMERGENCE_SERVICE_SECRET: is guessable"),
        ({"EMERGENCE_PORT": "high"}, "EMERGENCE_PORT"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"EMERGENCE_PUBLIC_URL": "chat.example.org"}, "EMERGENCE_PUBLIC_URL"),
        ({"DATABASE_POOL_SIZE": "0"}, "DATABASE_POOL_SIZE"),
        ({"K_SERVICE": "emergence"}, "K_SERVICE"),
    ],
)
async def test_broken_settings(tmp_path: Path, variables: dict[str, str], told: str) -> None:
    assert_one_clear_line(await up(tmp_path / "data", **variables), told)

    assert not (tmp_path / "data" / "postgres").exists()


async def test_every_broken_setting_is_named_at_once_and_an_empty_one_is_none(tmp_path: Path) -> None:
    done = await up(
        tmp_path / "data", LOG_LEVEL="LOUD", CHAT_BUILTIN_MODEL="perhaps", LOG_FORMAT="", AUTH_JWT_SECRET=""
    )

    assert done.status == 2
    assert [line.removeprefix("emergence up: ").partition(":")[0] for line in done.err.splitlines()] == [
        "CHAT_BUILTIN_MODEL",
        "LOG_LEVEL",
    ]


@pytest.mark.parametrize(
    ("words", "variables", "told"),
    [
        (("auth",), {"DATABASE_URL": ""}, "DATABASE_URL: is required (or AUTH_DATABASE_URL"),
        (("chat",), {"EMERGENCE_SERVICE_SECRET": ""}, "EMERGENCE_SERVICE_SECRET: is required"),
        (("auth",), {"AUTH_DEV_LOGIN": "1", "AUTH_ENV": "dev", "K_SERVICE": "auth"}, "AUTH_DEV_LOGIN: must not be set"),
        (("auth",), {"AUTH_DEV_LOGIN": "1", "AUTH_ENV": "dev"}, "AUTH_DEV_LOGIN: must not be set with EMERGENCE_ENV"),
        (("auth",), {"EMERGENCE_PUBLIC_URL": ""}, "EMERGENCE_PUBLIC_URL: is required in production"),
        (("memories",), {}, "Unknown service: memories"),
        (("gateway",), {"GATEWAY_TRUSTED_HOPS": "many"}, "GATEWAY_TRUSTED_HOPS"),
    ],
)
async def test_a_service_with_broken_settings(words: tuple[str, ...], variables: dict[str, str], told: str) -> None:
    environ = plain_environ(**SECRETS | {"DATABASE_URL": DEAD_DATABASE} | variables)

    assert_one_clear_line(await run_command(("serve", *words, "--port", "0"), environ), told)


async def test_a_secret_that_did_not_seal_what_is_stored(place: Path, models: OpenAIServer, database_url: str) -> None:
    folder = place / "sealed"
    folder.mkdir(mode=0o711)
    first = one_process(folder, models, DATABASE_URL=database_url)
    await first.start()
    assert set((await first.stop()).values()) == {0}
    other = {"AUTH_JWT_SECRET": SECRETS["AUTH_JWT_SECRET"], "DATABASE_URL": database_url, "LOG_LEVEL": "ERROR"}

    upped = await up(folder, **other)
    served = await run_command(("serve", "auth", "--port", "0"), plain_environ(**SECRETS | other))

    for done in (upped, served):
        assert_one_clear_line(done, "AUTH_JWT_SECRET")
        assert (done.status, done.out) == (2, "")


async def test_a_list_of_passwords_that_is_none(place: Path, database_url: str) -> None:
    folder = place / "unlisted"
    folder.mkdir(mode=0o711)
    (none := folder / "published.bin").write_text("not a list")
    given = {"AUTH_BREACHED_PASSWORDS_FILE": str(none), "DATABASE_URL": database_url, "LOG_LEVEL": "ERROR"}
    given["AUTH_JWT_SECRET"] = SECRETS["AUTH_JWT_SECRET"]

    upped = await up(folder, **given)
    served = await run_command(("serve", "auth", "session", "--port", "0"), plain_environ(**SECRETS | given))

    for done in (upped, served):
        assert_one_clear_line(done, "AUTH_BREACHED_PASSWORDS_FILE")
        assert done.status == 2


async def test_a_database_that_contradicts_the_program(database_url: str) -> None:
    given = SECRETS | {"DATABASE_URL": database_url}
    assert (await run_command(("migrate", "session"), plain_environ(**given))).status == 0
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("UPDATE session.schema_migrations SET checksum = 'another'")
    finally:
        await connection.close()

    done = await run_command(("serve", "session", "--port", "0"), plain_environ(**given))

    assert_one_clear_line(done, "was changed after")
    assert done.status == 1


async def test_a_service_names_everything_that_it_lacks_at_once() -> None:
    done = await run_command(("serve", "auth", "chat"), plain_environ(LOG_LEVEL="loud", DATABASE_POOL_SIZE="many"))

    assert done.status == 2
    assert [line.removeprefix("emergence serve: ") for line in done.err.splitlines()] == [
        "AUTH_JWT_SECRET: is required",
        "DATABASE_POOL_SIZE: must be a whole number",
        "EMERGENCE_SERVICE_SECRET: is required",
        "LOG_LEVEL: must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'",
        "DATABASE_URL: is required (or AUTH_DATABASE_URL for this service alone)",
        "DATABASE_URL: is required (or CHAT_DATABASE_URL for this service alone)",
    ]


async def status_of(url: str) -> tuple[int, str]:
    """Return the status and the problem's code; 0 when nobody listens."""
    try:
        async with aiohttp.ClientSession() as client, client.get(url, timeout=aiohttp.ClientTimeout(total=20)) as reply:
            document = await reply.json(content_type=None)
            return reply.status, str(document.get("code", ""))
    except (aiohttp.ClientError, TimeoutError):
        return 0, ""


async def test_up_starts_without_its_database_and_recovers_when_it_comes(
    place: Path, models: OpenAIServer, database_url: str
) -> None:
    folder = place / "away"
    folder.mkdir(mode=0o711)
    async with Door(database_url) as door:
        deployment = one_process(folder, models, DATABASE_URL=door.url)
        (program,) = deployment.programs.values()
        program.start()
        try:
            await program.until(lambda: _answers(f"{deployment.url}/api/health", 200), "health")
            assert (await status_of(f"{deployment.url}/api/ready"))[0] == 503
            assert await status_of(f"{deployment.url}/api/auth/setup") == (503, "database_unavailable")
            await program.until(lambda: _says(program, "DATABASE_URL names does not answer"), "the reason")
            assert "is ready" not in program.said()
            await door.open()
            await program.until(lambda: _answers(f"{deployment.url}/api/ready", 200), "readiness")
            await program.until(lambda: _says(program, "Emergence is ready"), "the greeting")
            async with Visitor(deployment, "ada@example.org") as ada:
                await ada.claim()
            assert set((await deployment.stop()).values()) == {0}
        finally:
            _kill_what_runs([program])
    deployment.check_logs()


async def test_a_part_starts_without_its_database_and_says_so(place: Path, models: OpenAIServer) -> None:
    folder = place / "parts"
    folder.mkdir(mode=0o711)
    (dead,) = free_ports(1)
    database_url = f"postgresql://emergence:do-not-print-me@127.0.0.1:{dead}/emergence"
    deployment = several_processes("split", folder, models, database_url)
    for program in deployment.programs.values():
        program.start()
    try:
        for names, program in deployment.programs.items():
            address = deployment.addresses[names]
            await program.until(lambda at=address: _answers(f"{at}/api/health", 200), "health")  # type: ignore[misc]
            assert (await status_of(f"{address}/api/ready"))[0] == 503, names
        assert await status_of(f"{deployment.url}/api/auth/setup") == (503, "database_unavailable")
        deployment.check_alive()
        assert set((await deployment.stop()).values()) == {0}
    finally:
        _kill_what_runs(list(deployment.programs.values()))
    deployment.check_logs()


async def _answers(url: str, status: int) -> bool:
    return (await status_of(url))[0] == status


async def _says(program: Program, words: str) -> bool:
    return words in program.said()


def _kill_what_runs(programs: list[Program]) -> None:
    for program in programs:
        if program.running.poll() is None:
            program.kill_tree()
