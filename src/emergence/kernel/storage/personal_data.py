"""A service's rows about one person: named in one list, read for an export, erased for good."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from asyncpg import Record

ROWS_AT_ONCE = 50  # read: a row may be a long answer, and a page of them is held in memory
ERASED_AT_ONCE = 1_000  # far below a statement's deadline


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """Rows of one table that are about a person.

    `whose` is the condition on the row `t`; in it `$1` is the person's id. `key` is unique and gives the order.
    `without` names columns that stay secret, `shown` is what is shown of a row in place of all of it.
    Erasing deletes the rows; `clears` empties one column of rows that belong to somebody else or to
    nobody, and rows that are not `erased` are dealt with elsewhere.
    """

    name: str
    key: tuple[str, ...]
    whose: str = "t.user_id = $1"
    without: tuple[str, ...] = ()
    shown: str = "to_jsonb(t)"
    exported: bool = True
    erased: bool = True
    clears: str | None = None


# What every service has of the kernel: events that it gave up, whose payload may name somebody.
PARKED_EVENTS = PersonalTable(
    "parked_events", ("subscriber", "event_id"), whose="t.payload ->> 'user_id' = $1::uuid::text"
)


class PersonalRow(NamedTuple):
    """One row as JSON text."""

    table: str
    json: str


class Reads(Protocol):
    """Where a person's rows are read: a database, or what lets their rows alone be seen."""

    async def fetch(self, query: str, *arguments: object) -> Sequence[Record]:
        """Run one statement and return its rows."""
        ...


class Writes(Protocol):
    """Where a person's rows are erased."""

    async def execute(self, query: str, *arguments: object) -> str:
        """Run one statement and return its command tag."""
        ...


async def rows_about(
    database: Reads, tables: Sequence[PersonalTable], user_id: UUID
) -> AsyncGenerator[PersonalRow, None]:
    """Yield a person's rows, table by table, a page of them in memory at a time. Raises DatabaseUnavailable.

    No transaction stays open while the reader is slow: rows that come meanwhile may or may not be among them.
    """
    for table in tables:
        if not table.exported:
            continue
        query, place = _page_query(table), None
        while True:
            page = await database.fetch(query, user_id, place, ROWS_AT_ONCE, list(table.without))
            for row in page:
                yield PersonalRow(table.name, row["shown"])
            if len(page) < ROWS_AT_ONCE:
                break
            place = page[-1]["place"]


async def erase_rows(on: Writes, tables: Sequence[PersonalTable], user_id: UUID) -> None:
    """Erase a person's rows in the order of the tables, so many at once. Idempotent. Raises DatabaseUnavailable."""
    for table in tables:
        if table.clears is not None:
            clearing = f"UPDATE {table.name} AS t SET {table.clears} = NULL WHERE {table.whose}"  # noqa: S608 - our own names
            await on.execute(clearing, user_id)
        elif table.erased:
            while await on.execute(_batch_deletion(table), user_id, ERASED_AT_ONCE) == f"DELETE {ERASED_AT_ONCE}":
                pass


def _page_query(table: PersonalTable) -> str:
    """Return the statement that reads the rows after a place; the place is the key as JSON, of whatever type."""
    key, place = (", ".join(f"{row}.{column}" for column in table.key) for row in ("t", "p"))
    named = ", ".join(f"'{column}', t.{column}" for column in table.key)
    return f"""
        SELECT (({table.shown}) - $4::text[])::text AS shown, jsonb_build_object({named})::text AS place
        FROM {table.name} AS t
        WHERE ({table.whose}) AND ($2::jsonb IS NULL OR ({key}) >
            (SELECT {place} FROM jsonb_populate_record(NULL::{table.name}, $2::jsonb) AS p))
        ORDER BY {key} LIMIT $3
    """  # noqa: S608 - our own names


def _batch_deletion(table: PersonalTable) -> str:
    key = ", ".join(table.key)
    return f"""
        DELETE FROM {table.name} WHERE ({key}) IN
            (SELECT {", ".join(f"t.{column}" for column in table.key)} FROM {table.name} AS t
             WHERE {table.whose} LIMIT $2)
    """  # noqa: S608 - our own names
