"""What the migration guide says of data, done for real: a whole database copied, the former system brought over."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.architecture.sources import ROOT
from tests.databases import Databases
from tests.journeys.program import PATIENCE_S, plain_environ
from tests.legacy.former_database import FormerDatabase, at, messy_database

CLOUD_RUN = ROOT / "infra" / "cloud-run"
SECRET = "5e1d0c9b8a7f6e4d3c2b1a0f9e8d7c6b5a49"
SERVICES = ("auth", "session", "chat", "memory")
GUARDED = """SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'memory' AND relforcerowsecurity AND relrowsecurity"""
ADA = "6f1f1c0e-0000-4000-8000-000000000001"
KEEP_A_TURN = (
    f"SET LOCAL app.user_id = '{ADA}'",
    f"""INSERT INTO memory.turns (user_id, message_id, thread_id, position, role, speaker, said_at, body, terms)
        VALUES ('{ADA}', gen_random_uuid(), gen_random_uuid(), 1, 'user', 'Ada', now(), 'Yes.', '')""",
)
TURNS = "SELECT count(*) FROM memory.turns"
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def services() -> tuple[str, ...]:
    return SERVICES


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    """The address of a database in which nothing is."""
    name = databases.make()
    yield databases.url(name)
    databases.drop(name)


@pytest.fixture
def former(tmp_path: Path) -> FormerDatabase:
    return messy_database(tmp_path / "emergence_v7.db")


def typed(lines: str, folder: Path, said: str = "", **more: str) -> Done:
    """Run lines of the guide, whose relative names are those of this clone, and say `said` when they ask."""
    lines = lines.replace("../../.venv/bin/emergence", f"'{sys.executable}' -m emergence")
    lines = lines.replace("./move-database.sh", f"'{CLOUD_RUN}/move-database.sh'")
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        cwd=folder,
        env=plain_environ(PYTHON=sys.executable, **more),
        input=said,
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE_S,
        check=False,
    )


def move(source: str, target: str, folder: Path) -> Done:
    return typed("./move-database.sh", folder, SOURCE_URL=source, DATABASE_URL=target)


def of_the_guide() -> list[str]:
    """Return its blocks about data, in order; the other blocks are run elsewhere, against a stand-in for Google."""
    text = (CLOUD_RUN / "MIGRATION_GUIDE.md").read_text()
    return re.findall(r"```bash\n(.*?)```", text, re.DOTALL)


def with_gcloud(folder: Path, database_url: str, more: str = "") -> str:
    """Return a PATH whose gcloud reads out the secrets of a deployment over this database, and does nothing else."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "gcloud").write_text(
        f"""#!/bin/sh
case "$*" in
"secrets versions access latest --secret=DATABASE_URL --project=votre-projet") printf '%s' '{database_url}' ;;
"secrets versions access latest --secret=AUTH_JWT_SECRET --project=votre-projet") printf '%s' '{SECRET}' ;;
{more}
*) exit 70 ;;
esac
"""
    )
    (programs / "gcloud").chmod(0o755)
    return f"{programs}:{os.environ['PATH']}"


async def told(url: str, query: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


async def done(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_whole_database_is_copied_and_stays_guarded(database_url: str, empty_url: str, tmp_path: Path) -> None:
    guarded = await told(database_url, GUARDED)
    assert guarded > 10
    await done(database_url, *KEEP_A_TURN)
    assert await told(database_url, TURNS) == 0, "its own account sees nobody's"

    moved = move(database_url, empty_url, tmp_path)

    assert moved.returncode == 0, moved.stderr
    assert re.search(r"(\d+) tables, \d+ rows: equal", moved.stdout)
    assert await told(database_url, GUARDED) == await told(empty_url, GUARDED) == guarded
    assert await told(empty_url, TURNS) == 0
    await done(empty_url, "ALTER TABLE memory.turns NO FORCE ROW LEVEL SECURITY")
    assert await told(empty_url, TURNS) == 1
    migrated = typed("../../.venv/bin/emergence migrate", tmp_path, DATABASE_URL=empty_url, AUTH_JWT_SECRET=SECRET)
    assert migrated.returncode == 0, migrated.stderr


async def test_what_cannot_be_copied_leaves_both_as_they_were(
    database_url: str, empty_url: str, tmp_path: Path
) -> None:
    guarded = await told(database_url, GUARDED)
    await done(empty_url, "CREATE SCHEMA session")

    broken = move(database_url, empty_url, tmp_path)

    assert broken.returncode != 0
    assert 'schema "session" already exists' in broken.stderr
    assert await told(database_url, GUARDED) == guarded
    assert await told(empty_url, "SELECT count(*) FROM pg_namespace WHERE nspname IN ('auth', 'chat')") == 0
    full = move(database_url, f"{database_url}&connect_timeout=9", tmp_path)
    assert (full.returncode, len(full.stderr.splitlines())) == (2, 1)
    assert "not empty" in full.stderr


def test_wrong_words_are_2_and_one_line(tmp_path: Path) -> None:
    for words, source, target in (
        ("", "", "postgresql://a@b/c"),
        ("", "postgresql://a@b/c", ""),
        ("", "postgresql://a@b/c", "postgresql://a@b/c"),
    ):
        ended = typed(f"./move-database.sh {words}", tmp_path, SOURCE_URL=source, DATABASE_URL=target)
        assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1), ended.stderr


@pytest.mark.parametrize("wrong", ["foo", "mysql://a@b/c", "postgresql://a@b:port/c", "postgresql://a@b", "/c"])
@pytest.mark.parametrize("which", ["SOURCE_URL", "DATABASE_URL"])
def test_what_is_no_address_goes_to_no_database(wrong: str, which: str, tmp_path: Path) -> None:
    given = {"SOURCE_URL": "postgresql://a@b/c", "DATABASE_URL": "postgresql://a@b/d"} | {which: wrong}

    ended = typed("./move-database.sh", tmp_path, **given)

    assert (ended.returncode, ended.stderr) == (
        2,
        f"move-database: {which} is not like postgresql://name:password@host/emergence\n",
    )


def test_a_source_that_does_not_answer_is_told_as_a_target_is(empty_url: str, tmp_path: Path) -> None:
    ended = move("postgresql://a@127.0.0.1:1/c", empty_url, tmp_path)

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "move-database: SOURCE_URL does not answer; the line above says why"


async def test_words_of_an_address_mean_what_they_mean_elsewhere(
    database_url: str, empty_url: str, tmp_path: Path
) -> None:
    address, _, query = empty_url.partition("?")
    words = f"{address}?dbname={address.rpartition('/')[2]}&application_name=mover&connect_timeout=9&{query}"
    name = address.rpartition("/")[2]

    ended = move(database_url, words.replace(f"/{name}?", "/elsewhere?"), tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert await told(empty_url, TURNS) == 0


async def test_the_guide_brings_the_former_system_over_and_again_after_its_end(
    database_url: str, former: FormerDatabase, tmp_path: Path
) -> None:
    _, trial, first, last, _ = of_the_guide()
    path = with_gcloud(tmp_path, database_url)
    exported = "\n".join(line for line in trial.splitlines() if line.startswith("export "))

    tried = typed(trial, tmp_path, PATH=path)
    assert tried.returncode == 0, tried.stderr
    assert "Nothing was written" in tried.stdout
    assert await told(database_url, "SELECT count(*) FROM session.threads") == 0
    brought = typed(f"{exported}\n{first}", tmp_path, PATH=path)
    assert brought.returncode == 0, brought.stderr
    threads = await told(database_url, "SELECT count(*) FROM session.threads")
    former.thread("t-late", "bob@example.org", [("user", "Said at the very end.")], created_at=at(99))
    again = typed(f"{exported}\n{last}", tmp_path, PATH=path)

    assert again.returncode == 0, again.stderr
    assert await told(database_url, "SELECT count(*) FROM session.threads") == threads + 1
    lines = [json.loads(line) for line in (tmp_path / "refusees.jsonl").read_text().splitlines()]
    assert {line["table"] for line in lines} >= {"threads", "messages"}


async def test_the_guide_copies_a_database(database_url: str, empty_url: str, tmp_path: Path) -> None:
    copied = typed(of_the_guide()[0], tmp_path, said=f"{database_url}\n", PATH=with_gcloud(tmp_path, empty_url))

    assert copied.stdout.endswith("rows: equal\n"), copied.stderr


async def test_the_guide_gives_every_service_a_database_of_its_own(
    database_url: str, databases: Databases, tmp_path: Path
) -> None:
    await done(database_url, *KEEP_A_TURN)
    names = {schema: databases.make() for schema in (*SERVICES, "bus")}
    urls = {schema: databases.url(name) for schema, name in names.items()}
    asked = "secrets versions access latest --secret={} --project=votre-projet"
    more = "\n".join(f"\"{asked.format(secret_of(name))}\") printf '%s' '{url}' ;;" for name, url in urls.items())

    moved = typed(of_the_guide()[-1], tmp_path, PATH=with_gcloud(tmp_path, database_url, more))

    assert moved.returncode == 0, moved.stderr
    assert moved.stdout.count("rows: equal\n") == len(urls)
    for schema, url in urls.items():
        others = ", ".join(f"'{other}'" for other in urls if other != schema)
        assert await told(url, f"SELECT count(*) FROM pg_namespace WHERE nspname = '{schema}'") == 1
        assert await told(url, f"SELECT count(*) FROM pg_namespace WHERE nspname IN ({others})") == 0
    assert await told(urls["memory"], GUARDED) == await told(database_url, GUARDED) > 10
    await done(urls["memory"], "ALTER TABLE memory.turns NO FORCE ROW LEVEL SECURITY")
    assert await told(urls["memory"], TURNS) == 1
    own = {secret_of(schema): url for schema, url in urls.items()}
    migrated = typed("../../.venv/bin/emergence migrate", tmp_path, AUTH_JWT_SECRET=SECRET, **own)
    assert migrated.returncode == 0, migrated.stderr
    assert migrated.stdout.count("nothing to do") == len(urls)
    again = typed("./move-database.sh", tmp_path, SOURCE_URL=database_url, DATABASE_URL=urls["auth"], SCHEMA="auth")
    assert (again.returncode, "not empty" in again.stderr) == (2, True)
    for name in names.values():
        databases.drop(name)


def secret_of(schema: str) -> str:
    return "EMERGENCE_BUS_URL" if schema == "bus" else f"{schema.upper()}_DATABASE_URL"


def test_an_unknown_schema_is_2(tmp_path: Path) -> None:
    one, other = "postgresql://a@b/c", "postgresql://a@b/d"

    ended = typed("./move-database.sh", tmp_path, SOURCE_URL=one, DATABASE_URL=other, SCHEMA="public; DROP")

    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)
    assert "SCHEMA must be" in ended.stderr
