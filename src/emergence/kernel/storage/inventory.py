"""What a database holds, table by table: rows and a sum over their contents, and how far each schema is migrated.

Two inventories of the same moment are equal; what was restored is compared so with what was there.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from asyncpg import Connection, Record

from emergence.kernel.storage.database import LOST, Database, DatabaseUnavailable
from emergence.kernel.storage.row_security import SETTING

# Partitions are counted with their table. Temporary and unlogged ones end with the server that has them.
TABLES = """
    SELECT n.nspname AS schema, c.relname AS name,
        c.relrowsecurity AND row_security_active(c.oid) AS is_guarded,
        has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS is_readable,
        EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'user_id'
            AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped) AS names_people
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND c.relpersistence = 'p'
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY 1, 2"""
MIGRATED = "schema_migrations"
# As text, contents look alike on both servers only when both write them alike.
SAME_TEXT = """
    SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';
    SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL search_path = pg_catalog;
    SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"""


@dataclass(frozen=True, slots=True)
class Contents:
    """How many rows a table has, and the sum of the hashes of their texts, which no order changes."""

    rows: int
    checksum: int


@dataclass(slots=True)
class Inventory:
    """One database as one snapshot shows it. Tables are `schema.table`; migrations `schema.series` → newest file.

    `unread` are tables that this role may not read.
    """

    tables: dict[str, Contents] = field(default_factory=dict)
    migrations: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bracket:
    """A moment by the database's clock, and what was there shortly before and after it, each by its database."""

    moment: datetime
    before: Mapping[str, Inventory]
    after: Mapping[str, Inventory]


async def bracketed(urls: Mapping[str, str], apart: timedelta) -> Bracket:
    """Return what the databases hold around one moment; with `apart` zero, in one snapshot each.

    A transaction that a snapshot half of `apart` before the moment shows was committed by then, and one that was
    committed by then is shown half of `apart` after it: whatever did not change between is known exactly.
    Raises DatabaseUnavailable.
    """
    pause_s = apart.total_seconds() / 2
    try:
        async with AsyncExitStack() as opened:
            first = {name: await opened.enter_async_context(_snapshot(url)) for name, url in urls.items()}
            await asyncio.sleep(pause_s)
            moment: datetime = await next(iter(first.values())).fetchval("SELECT clock_timestamp()")
            await asyncio.sleep(pause_s)
            second = first
            if apart:
                second = {name: await opened.enter_async_context(_snapshot(url)) for name, url in urls.items()}
            before = {name: await _taken(connection) for name, connection in first.items()}
            after = {name: await _taken(connection) for name, connection in second.items()} if apart else before
    except (*LOST, asyncpg.InterfaceError) as lost:
        raise DatabaseUnavailable() from lost
    return Bracket(moment, before, after)


@asynccontextmanager
async def _snapshot(url: str) -> AsyncIterator["Connection[Record]"]:
    """Lend a connection that sees the database as it is now, for as long as it is lent."""
    connection = await Database(url, "inventory").listen_connection()
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(SAME_TEXT)
            await connection.fetchval("SELECT 1 FROM pg_class LIMIT 1")  # the first query takes the snapshot
            yield connection
    finally:
        connection.terminate()


async def _taken(connection: "Connection[Record]") -> Inventory:
    tables: Sequence[Record] = await connection.fetch(TABLES)
    readable = [table for table in tables if table["is_readable"]]
    taken = Inventory(unread=[_name(table) for table in tables if not table["is_readable"]])
    people = [None, *await _people(connection, readable)] if any(table["is_guarded"] for table in readable) else []
    for table in readable:
        taken.tables[_name(table)] = await _contents(connection, table, people)
        if table["name"] == MIGRATED:
            taken.migrations |= await _newest(connection, table)
    return taken


async def _contents(connection: "Connection[Record]", table: Record, people: Iterable[UUID | None]) -> Contents:
    """Count a table; one that shows each person their own rows alone is counted person by person."""
    query = f"SELECT count(*), coalesce(sum(hashtextextended((whole.*)::text, 0)), 0) FROM {_quoted(table)} whole"  # noqa: S608 - names from the catalogue
    rows, checksum = 0, 0
    for person in people if table["is_guarded"] else [None]:
        await connection.execute("SELECT set_config($1, $2, true)", SETTING, "" if person is None else str(person))
        found = await connection.fetchrow(query)
        assert found is not None
        rows, checksum = rows + found[0], checksum + int(found[1])
    return Contents(rows, checksum)


async def _people(connection: "Connection[Record]", tables: Iterable[Record]) -> list[UUID]:
    """Return everybody whom a table that shows itself whole names."""
    columns = [(table, "user_id") for table in tables if table["names_people"] and not table["is_guarded"]]
    columns += [(table, "id") for table in tables if _name(table) == "auth.users"]
    found: set[UUID] = set()
    for table, column in columns:
        query = f"SELECT DISTINCT {column} FROM {_quoted(table)} WHERE {column} IS NOT NULL"  # noqa: S608 - names from the catalogue
        found |= {row[0] for row in await connection.fetch(query)}
    return sorted(found)


async def _newest(connection: "Connection[Record]", table: Record) -> dict[str, str]:
    query = f"SELECT DISTINCT ON (series) series, name FROM {_quoted(table)} ORDER BY series, number DESC"  # noqa: S608 - names from the catalogue
    return {f"{table['schema']}.{row['series']}": row["name"] for row in await connection.fetch(query)}


def _name(table: Record) -> str:
    return f"{table['schema']}.{table['name']}"


def _quoted(table: Record) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in (table["schema"], table["name"]))
