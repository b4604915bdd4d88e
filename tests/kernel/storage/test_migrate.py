"""Numbered SQL files against a real server: applied once, in order, by one process at a time."""

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from emergence.kernel.clock import SystemClock
from emergence.kernel.storage import migrate
from emergence.kernel.storage.database import Database, DatabaseUnavailable
from emergence.kernel.storage.migrate import MigrationRefused, apply_packages, migrations_in

WritePackage = Callable[..., str]


@pytest.fixture
def write_package(tmp_path: Path) -> Iterator[WritePackage]:
    """Write files into the package `shop.migrations` and return its name."""
    sys.path.insert(0, str(tmp_path))
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("")
    (folder / "__init__.py").write_text("")
    importlib.invalidate_caches()

    def write(**sql_by_file: str) -> str:
        for file, sql in sql_by_file.items():
            (folder / f"{file.removeprefix('m')}.sql").write_text(sql)
        return "shop.migrations"

    yield write
    sys.path.remove(str(tmp_path))
    for module in ("shop", "shop.migrations"):
        sys.modules.pop(module, None)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, "shop")
    yield database
    await database.close()


async def count(database: Database, tables: str) -> int:
    row = await database.fetchrow(f"SELECT count(*) FROM {tables}")
    assert row is not None
    return int(row[0])


async def test_a_file_is_applied_once(database: Database, write_package: WritePackage) -> None:
    package = write_package(m0001_items="CREATE TABLE items (id int)", m0002_more="INSERT INTO items VALUES (1)")

    first = await apply_packages(database, [package])
    second = await apply_packages(database, [package])

    assert first == ["shop/0001_items.sql", "shop/0002_more.sql"]
    assert second == []
    assert await count(database, "items") == 1


async def test_the_kernels_event_tables_come_with_the_services_own(
    database: Database, write_package: WritePackage
) -> None:
    await migrate.apply_migrations(database, package=write_package(m0001_items="CREATE TABLE items (id int)"))

    assert await count(database, "outbox, inbox, items") == 0


async def test_a_failing_file_is_undone_and_the_earlier_ones_stay(
    database: Database, write_package: WritePackage
) -> None:
    package = write_package(
        m0001_items="CREATE TABLE items (id int)", m0002_broken="CREATE TABLE other (id int); SELEKT 1"
    )

    with pytest.raises(MigrationRefused, match=r"shop/0002_broken\.sql failed and was undone: syntax error"):
        await apply_packages(database, [package])

    tables = await database.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r'"
    )
    assert {row["relname"] for row in tables} == {"items", "schema_migrations"}


async def test_an_edited_file_is_refused_by_name(database: Database, write_package: WritePackage) -> None:
    await apply_packages(database, [write_package(m0001_items="CREATE TABLE items (id int)")])
    package = write_package(m0001_items="CREATE TABLE items (id bigint)", m0002_new="CREATE TABLE extra (id int)")

    with pytest.raises(MigrationRefused, match=r"shop/0001_items\.sql was changed after it had been applied"):
        await apply_packages(database, [package])

    with pytest.raises(asyncpg.UndefinedTableError):
        await count(database, "extra")


async def test_other_line_endings_are_not_an_edit(database: Database, write_package: WritePackage) -> None:
    await apply_packages(database, [write_package(m0001_items="CREATE TABLE items\n(id int)")])

    assert await apply_packages(database, [write_package(m0001_items="CREATE TABLE items\r\n(id int)")]) == []


async def test_the_previous_version_runs_on_a_newer_schema(
    database: Database, write_package: WritePackage, tmp_path: Path
) -> None:
    package = write_package(m0001_items="CREATE TABLE items (id int)", m0002_more="CREATE TABLE more (id int)")
    await apply_packages(database, [package])
    (tmp_path / "shop" / "migrations" / "0002_more.sql").unlink()

    assert await apply_packages(database, [package]) == []


async def test_a_file_numbered_before_an_applied_one_is_refused(
    database: Database, write_package: WritePackage
) -> None:
    await apply_packages(database, [write_package(m0001_a="SELECT 1", m0002_b="SELECT 1", m0003_c="SELECT 1")])
    await database.execute("DELETE FROM shop.schema_migrations WHERE number = 2")

    with pytest.raises(MigrationRefused, match=r"0002_b\.sql was never applied here"):
        await apply_packages(database, ["shop.migrations"])


def test_a_gap_in_the_numbers_is_refused(write_package: WritePackage) -> None:
    package = write_package(m0001_a="SELECT 1", m0003_c="SELECT 1")

    with pytest.raises(MigrationRefused, match=r"0003_c\.sql: expected number 0002"):
        migrations_in(package)


def test_a_doubled_number_is_refused(write_package: WritePackage) -> None:
    package = write_package(m0001_a="SELECT 1", m0001_b="SELECT 1")

    with pytest.raises(MigrationRefused, match=r"0001_b\.sql: expected number 0002"):
        migrations_in(package)


def test_a_file_with_another_form_of_name_is_refused(write_package: WritePackage) -> None:
    with pytest.raises(MigrationRefused, match="NNNN_what_it_does"):
        migrations_in(write_package(items="SELECT 1"))


async def test_of_several_processes_one_applies_and_the_others_wait(
    database_url: str, write_package: WritePackage
) -> None:
    package = write_package(m0001_items="CREATE TABLE items (id int); SELECT pg_sleep(0.3)")
    databases = [Database(database_url, "shop") for _ in range(4)]

    applied = await asyncio.gather(*(apply_packages(database, [package]) for database in databases))

    assert sorted(applied) == [[], [], [], ["shop/0001_items.sql"]]


async def test_a_busy_table_is_a_reason_to_try_again_later(
    database: Database, database_url: str, write_package: WritePackage
) -> None:
    await apply_packages(database, [write_package(m0001_items="CREATE TABLE items (id int)")])
    package = write_package(
        m0001_items="CREATE TABLE items (id int)",
        m0002_price="SET LOCAL lock_timeout = 100; ALTER TABLE items ADD COLUMN price int",
    )
    reader = await asyncpg.connect(database_url)
    async with reader.transaction():
        await reader.fetch("SELECT * FROM shop.items")
        with pytest.raises(DatabaseUnavailable):
            await apply_packages(database, [package])
    await reader.close()

    assert await apply_packages(database, [package]) == ["shop/0002_price.sql"]


async def test_it_waits_for_a_database_that_is_away(free_port: int, write_package: WritePackage) -> None:
    away = Database(f"postgresql://nobody:unused@127.0.0.1:{free_port}/postgres", "shop")
    waiting = asyncio.create_task(
        migrate.migrate_when_reachable(away, write_package(m0001_a="SELECT 1"), SystemClock())
    )

    await asyncio.sleep(0.3)

    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_role_that_may_not_create_schemas_can_check_that_nothing_is_pending(
    database: Database, database_url: str, write_package: WritePackage
) -> None:
    package = write_package(m0001_items="CREATE TABLE items (id int)")
    await apply_packages(database, [package])
    role = f"reader_{uuid4().hex}"
    await database.execute(
        f"CREATE ROLE {role} LOGIN PASSWORD 'throwaway';"
        f"GRANT USAGE ON SCHEMA shop TO {role}; GRANT SELECT ON shop.schema_migrations TO {role}"
    )
    where = urlsplit(database_url)
    reader = Database(f"postgresql://{role}:throwaway@127.0.0.1:{where.port}{where.path}", "shop")

    assert await apply_packages(reader, [package]) == []
