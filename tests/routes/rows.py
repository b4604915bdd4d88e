"""Every row of every table, found by asking PostgreSQL which there are, so that new tables are looked at too."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext

import asyncpg

from tests.see_everybody import as_everybody, guarded_tables

TABLES = """SELECT table_schema, table_name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
    AND NOT (SELECT relispartition FROM pg_class WHERE oid = format('%I.%I', table_schema, table_name)::regclass)
    ORDER BY 1, 2"""  # rows of partitions are those of their table
# Who looked at whom is written down, and attempts are counted: that is no change of anybody's things.
ABOUT_OTHERS = frozenset({"audit_log", "audit_references", "audit_addresses", "audit_head"})
# A socket's going is written down a moment after it went, whatever is asked meanwhile.
LATE = {"session.live_sessions": ["closed_at"]}


async def every_row(database_url: str) -> dict[str, list[str]]:
    """Return all rows as PostgreSQL writes them, by `schema.table`."""
    connection = await asyncpg.connect(database_url)
    try:
        found, guarded = {}, await guarded_tables(connection)
        for schema, table in await connection.fetch(TABLES):
            late = LATE.get(f"{schema}.{table}", [])
            line = "(to_jsonb(t) - $1::text[])::text" if late else "t::text"
            arguments = [late] if late else []
            async with as_everybody(connection) if f"{schema}.{table}" in guarded else nullcontext():
                rows = await connection.fetch(f'SELECT {line} AS line FROM "{schema}"."{table}" AS t', *arguments)
            found[f"{schema}.{table}"] = [row["line"] for row in rows]
        return found
    finally:
        await connection.close()


def rows_with(rows: Mapping[str, list[str]], traces: Iterable[str]) -> dict[str, list[str]]:
    """Return the rows that hold one of these texts, but those that only tell who did what."""
    sought = tuple(traces)
    held = {
        table: sorted(line for line in lines if any(trace in line for trace in sought))
        for table, lines in rows.items()
        if table.partition(".")[2] not in ABOUT_OTHERS
    }
    return {table: lines for table, lines in held.items() if lines}
