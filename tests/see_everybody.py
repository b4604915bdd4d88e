"""Reads tables whose policies show each person their own rows alone, as nobody in the product can."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
from asyncpg import Connection, Record

ROLE = "tests_see_everybody"
GUARDED = """SELECT relnamespace::regnamespace::text AS schema, relname AS table, EXISTS (
        SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = $1) AS is_open
    FROM pg_class WHERE relforcerowsecurity AND NOT relispartition"""


async def guarded_tables(connection: "Connection[Record]") -> frozenset[str]:
    """Return the tables, as `schema.table`, that `as_everybody` is needed for, and make it possible. Idempotent."""
    tables = await connection.fetch(GUARDED, ROLE)
    for schema, table, is_open in tables:
        if not is_open:
            await _open(connection, schema, f"{schema}.{table}")
    return frozenset(f"{table['schema']}.{table['table']}" for table in tables)


@asynccontextmanager
async def as_everybody(connection: "Connection[Record]") -> AsyncIterator[None]:
    """See the rows of everybody in guarded tables, and none of the other tables, until the block ends."""
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {ROLE}")
        yield


async def _open(connection: "Connection[Record]", schema: str, table: str) -> None:
    # Without INHERIT: else the policy would count for the product too, which has the same role as this connection.
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", ROLE):
        with suppress(asyncpg.DuplicateObjectError):
            await connection.execute(f"CREATE ROLE {ROLE} NOLOGIN")
    async with connection.transaction():
        await connection.execute(f"GRANT {ROLE} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
        await connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {ROLE}")
        await connection.execute(f"GRANT SELECT ON {table} TO {ROLE}")
        await connection.execute(f"CREATE POLICY {ROLE} ON {table} FOR SELECT TO {ROLE} USING (true)")
