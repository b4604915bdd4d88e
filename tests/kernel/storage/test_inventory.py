"""What a database holds: equal for what was really restored, and different for every way of losing something."""

import asyncio
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from emergence.kernel.storage.embedded.account import server_account
from emergence.kernel.storage.embedded.binaries import usable_binaries, wheel_binaries
from emergence.kernel.storage.inventory import Inventory, bracketed
from tests.databases import Databases, administer

SOME = """
    CREATE SCHEMA pets;
    CREATE TABLE pets.cats (id int PRIMARY KEY, name text, born timestamptz, weight real);
    INSERT INTO pets.cats SELECT n, 'cat ' || n, '2027-01-15 09:00+00'::timestamptz + n * interval '1 hour', n / 3.0
        FROM generate_series(1, 50) n;
    CREATE TABLE pets."Odd ""name" (whole text);
    INSERT INTO pets."Odd ""name" VALUES ('x'), ('x'), (NULL);
    CREATE TABLE pets.parts (id int, name text) PARTITION BY HASH (id);
    CREATE TABLE pets.parts_0 PARTITION OF pets.parts FOR VALUES WITH (MODULUS 1, REMAINDER 0);
    INSERT INTO pets.parts VALUES (1, 'tail'), (2, 'paw');
    CREATE UNLOGGED TABLE pets.scratch (id int);
    CREATE TABLE pets.schema_migrations (series text, number int, name text);
    INSERT INTO pets.schema_migrations VALUES ('pets', 1, '0001_a.sql'), ('pets', 2, '0002_b.sql'),
        ('events', 1, '0001_e.sql')
"""
GUARDED = """
    CREATE SCHEMA notes;
    CREATE TABLE notes.people (user_id uuid PRIMARY KEY);
    CREATE TABLE notes.words (user_id uuid, said text);
    INSERT INTO notes.people SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid FROM generate_series(7, 9) n;
    INSERT INTO notes.words SELECT user_id, n::text FROM notes.people, generate_series(1, 4) n;
    ALTER TABLE notes.words ENABLE ROW LEVEL SECURITY;
    ALTER TABLE notes.words FORCE ROW LEVEL SECURITY;
    CREATE POLICY own ON notes.words USING (user_id = nullif(current_setting('app.user_id', true), '')::uuid)
"""


async def inventory(url: str) -> Inventory:
    return (await bracketed({"own": url}, timedelta())).before["own"]


def restored_by_dump(url: str, target: str, folder: Path, change: Callable[[str], str] = lambda text: text) -> None:
    """Dump one database and restore it into another, with the engine's own programs, as plain SQL."""
    programs = usable_binaries(wheel_binaries(), server_account(folder), folder).folder
    dumped = subprocess.run([programs / "pg_dump", "--no-owner", url], capture_output=True, text=True, check=True)
    words = [str(programs / "psql"), "-v", "ON_ERROR_STOP=1", "-q", target]
    subprocess.run(words, input=change(dumped.stdout), text=True, capture_output=True, check=True)


async def test_what_was_dumped_and_restored_has_the_same_inventory(
    empty_database_url: str, databases: Databases, tmp_path: Path
) -> None:
    await administer(empty_database_url, SOME)
    other = databases.make()

    restored_by_dump(empty_database_url, databases.url(other), tmp_path)

    found = await inventory(empty_database_url)
    assert found == await inventory(databases.url(other))
    assert {name: each.rows for name, each in found.tables.items()} == {
        'pets.Odd "name': 3,
        "pets.cats": 50,
        "pets.parts": 2,
        "pets.schema_migrations": 3,
    }
    assert found.migrations == {"pets.pets": "0002_b.sql", "pets.events": "0001_e.sql"}
    databases.drop(other)


async def test_a_dump_that_lacks_one_row_is_restored_to_another_inventory(
    empty_database_url: str, databases: Databases, tmp_path: Path
) -> None:
    await administer(empty_database_url, SOME)
    other = databases.make()
    before = await inventory(empty_database_url)

    def without_a_cat(text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("17\tcat 17\t"))

    restored_by_dump(empty_database_url, databases.url(other), tmp_path, without_a_cat)

    after = await inventory(databases.url(other))
    assert (before.tables.pop("pets.cats").rows, after.tables.pop("pets.cats").rows) == (50, 49)
    assert before == after
    databases.drop(other)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE pets.cats SET name = 'dog 7' WHERE id = 7", "pets.cats"),
        ("UPDATE pets.cats SET born = born + interval '1 microsecond' WHERE id = 7", "pets.cats"),
        ("UPDATE pets.cats SET name = CASE id WHEN 1 THEN 'cat 2' ELSE 'cat 1' END WHERE id < 3", "pets.cats"),
        ("""UPDATE pets."Odd ""name" SET whole = '' WHERE whole IS NULL""", 'pets.Odd "name'),
        ("DELETE FROM pets.parts WHERE id = 1", "pets.parts"),
        ("DROP TABLE pets.parts", "pets.parts"),
    ],
)
async def test_every_other_content_is_another_inventory(empty_database_url: str, change: str, where: str) -> None:
    await administer(empty_database_url, SOME)
    before = await inventory(empty_database_url)

    await administer(empty_database_url, change)

    after = await inventory(empty_database_url)
    differing = {name for name in before.tables if before.tables[name] != after.tables.get(name)}
    assert differing == {where}


async def test_another_order_and_vacuum_change_nothing(empty_database_url: str) -> None:
    await administer(empty_database_url, SOME)
    before = await inventory(empty_database_url)

    await administer(empty_database_url, "UPDATE pets.cats SET id = id WHERE id < 9", "VACUUM FULL pets.cats")

    assert await inventory(empty_database_url) == before


async def test_rows_that_are_shown_to_their_person_alone_are_counted_by_their_owner(empty_database_url: str) -> None:
    await administer(empty_database_url, GUARDED)
    connection = await asyncpg.connect(empty_database_url)
    seen_plainly = await connection.fetchval("SELECT count(*) FROM notes.words")
    await connection.close()

    before = await inventory(empty_database_url)

    assert (seen_plainly, before.tables["notes.words"].rows) == (0, 12)
    takes_one = "SET app.user_id = '{}'; UPDATE notes.words SET said = 'other' WHERE said = '3'"
    person = "00000000-0000-0000-0000-000000000007"
    await administer(empty_database_url, takes_one.format(person))
    changed = (await inventory(empty_database_url)).tables["notes.words"]
    assert (changed.rows, changed.checksum == before.tables["notes.words"].checksum) == (12, False)


async def test_what_changes_around_the_moment_is_seen_on_both_sides(empty_database_url: str) -> None:
    await administer(empty_database_url, SOME)

    async def writes_meanwhile() -> None:
        await asyncio.sleep(0.3)
        await administer(empty_database_url, "INSERT INTO pets.parts VALUES (3, 'ear')")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(writes_meanwhile())
        found = await bracketed({"own": empty_database_url}, timedelta(seconds=1))

    before, after = found.before["own"], found.after["own"]
    assert (before.tables.pop("pets.parts").rows, after.tables.pop("pets.parts").rows) == (2, 3)
    assert before == after
