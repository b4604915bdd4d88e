"""Every table that says something of people is guarded: read from the catalogue, so that no new one is left out."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

from emergence.kernel.storage.database import Transaction
from emergence.memory.parts import Memory
from tests.session.neighbours import Person

# They name things, so that workers find what to do for everybody, and say nothing of what was said or made of it.
OPEN_TO_WORKERS = {"consolidations", "consolidations_due", "erasures", "pending_vectors", "people", "thread_reads"}
VALUES = {
    "uuid": "$2", "text": "'figs'", "integer": "1", "real": "0.5", "boolean": "true", "jsonb": "'{}'",
    "bytea": "'figs'", "tsvector": "'figs'", "public.halfvec": "'[1]'", "timestamp with time zone": "now()",
    "origin": "'said'",
}  # fmt: skip
_ONE_OF = re.compile(r"\((\w+) = ANY \(ARRAY\[('[^']*')")


@dataclass(frozen=True)
class Row:
    """A row of a table, made of nothing but what the catalogue says of its columns; `$1` is the person, `$2` its id."""

    table: str
    columns: str
    values: str

    @property
    def insert(self) -> str:
        return f"INSERT INTO {self.table} (user_id{self.columns}) VALUES ($1{self.values})"


async def tables_of_people(tx: Transaction) -> dict[str, bool]:
    """Return the tables with a `user_id`, and whether each is guarded, also against its owner, by one policy."""
    rows = await tx.fetch(
        """
        SELECT relname, relrowsecurity AND relforcerowsecurity AND EXISTS (
            SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polcmd = '*'
                AND pg_get_expr(polqual, polrelid) LIKE '%user_id = %app.user_id%'
        ) AND (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid) = 1 AS guarded
        FROM pg_class WHERE relnamespace = 'memory'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
            AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'user_id')
        ORDER BY relname
        """
    )
    return {row["relname"]: row["guarded"] for row in rows}


async def row_of(tx: Transaction, table: str) -> Row:
    columns = await tx.fetch(
        """
        SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute
        WHERE attrelid = $1::regclass AND attnum > 0 AND attname <> 'user_id' AND NOT attisdropped
            AND (attnotnull AND NOT atthasdef OR attnum = 2) AND attgenerated = ''
        """,
        f"memory.{table}",
    )
    checks = await tx.fetch(
        "SELECT pg_get_constraintdef(oid) AS says FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'",
        f"memory.{table}",
    )
    allowed = {found[1]: found[2] for row in checks if (found := _ONE_OF.search(row["says"]))}
    values = [allowed.get(each["attname"]) or VALUES[each["type"]] for each in columns]
    return Row(table, "".join(f", {each['attname']}" for each in columns), "".join(f", {each}" for each in values))


async def fill(tx: Transaction, rows: list[Row], person: Person, own: UUID) -> None:
    """Write a row of the person's into each table, first into those that others refer to."""
    waiting = list(rows)
    while waiting:
        before = len(waiting)
        for row in list(waiting):
            try:
                async with tx.transaction():
                    await tx.execute(row.insert, *(person.user_id, own)[: 1 + ("$2" in row.insert)])
            except asyncpg.ForeignKeyViolationError:
                continue
            waiting.remove(row)
        assert len(waiting) < before, waiting


@pytest.fixture
async def rows(memory: Memory, ada: Person, bob: Person) -> AsyncIterator[list[Row]]:
    """Both have a row in every guarded table; `bob`'s stay."""
    async with memory.database.transaction() as tx:
        found = [await row_of(tx, table) for table, guarded in (await tables_of_people(tx)).items() if guarded]
    for person in (ada, bob):
        async with memory.rows.of(person.user_id) as tx:
            await fill(tx, found, person, uuid4())
    yield found
    async with memory.rows.of(bob.user_id) as tx:
        for row in found:
            assert await tx.fetchval(f"SELECT count(*) FROM {row.table}") == 1, row.table


async def test_every_table_of_people_is_guarded_or_open_to_workers_for_a_reason(memory: Memory) -> None:
    async with memory.database.transaction() as tx:
        tables = await tables_of_people(tx)
        parts = await tx.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'memory'::regnamespace AND relispartition"
            " AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)"
        )

    assert {table for table, guarded in tables.items() if not guarded} == OPEN_TO_WORKERS
    assert len(tables) >= len(OPEN_TO_WORKERS) + 15
    assert [row["relname"] for row in parts] == []


async def test_nobody_sees_or_changes_a_row_of_somebody_else_in_any_table(
    memory: Memory, rows: list[Row], ada: Person, bob: Person
) -> None:
    async with memory.rows.of(ada.user_id) as tx:
        for row in rows:
            assert {each["user_id"] for each in await tx.fetch(f"SELECT * FROM {row.table}")} == {ada.user_id}, (
                row.table
            )
            for change in ("UPDATE {} SET user_id = $1 WHERE user_id = $2", "DELETE FROM {} WHERE $1 <> user_id"):
                of = (ada.user_id, bob.user_id) if "$2" in change else (ada.user_id,)
                assert (await tx.execute(change.format(row.table), *of)).endswith(" 0"), row.table
        for row in rows:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                async with tx.transaction():
                    await tx.execute(row.insert, *(bob.user_id, uuid4())[: 1 + ("$2" in row.insert)])


async def test_an_unset_user_sees_nothing_and_who_names_a_partition_neither(
    memory: Memory, rows: list[Row], ada: Person
) -> None:
    for row in rows:
        assert await memory.database.fetch(f"SELECT 1 FROM {row.table}") == [], row.table
        assert await memory.database.execute(f"DELETE FROM {row.table}") == "DELETE 0"
    parts = await memory.database.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'memory'::regnamespace AND relispartition AND relkind = 'r'"
    )
    assert len(parts) >= 160
    async with memory.rows.of(ada.user_id) as tx:
        for part in parts:
            assert await tx.fetch(f"SELECT 1 FROM {part['relname']}") == []
