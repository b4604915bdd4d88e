"""Finds words in every column of every table that is ours, whatever its type."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from asyncpg import Connection, Record

from tests.see_everybody import as_everybody, guarded_tables

Json = dict[str, Any]
TABLES = """SELECT table_schema, table_name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
        AND NOT (SELECT relispartition FROM pg_class WHERE oid = format('%I.%I', table_schema, table_name)::regclass)
    ORDER BY table_schema, table_name"""


async def rows_with(connection: "Connection[Record]", needles: Sequence[str]) -> dict[str, list[Json]]:
    """Return, for each table that has any, the rows that hold one of `needles` in any column, whatever its type."""
    found: dict[str, list[Json]] = {}
    guarded = await guarded_tables(connection)
    for schema, name in await connection.fetch(TABLES):
        async with as_everybody(connection) if f"{schema}.{name}" in guarded else nullcontext():
            rows = await connection.fetch(
                f"""SELECT to_jsonb(t)::text AS row FROM "{schema}"."{name}" AS t
                    WHERE EXISTS (SELECT FROM unnest($1::text[]) AS needle
                                  WHERE strpos(lower(to_jsonb(t)::text), lower(needle)) > 0)""",
                list(needles),
            )
        if rows:
            found[f"{schema}.{name}"] = [json.loads(row["row"]) for row in rows]
    return found
