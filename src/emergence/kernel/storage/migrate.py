"""Numbered, forward-only SQL files: each applied once to a service's schema, in its own transaction."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files

import asyncpg
import structlog
from asyncpg import Connection, Record

from emergence.kernel.clock import Clock
from emergence.kernel.storage.database import LOST, Database, DatabaseUnavailable

log = structlog.get_logger(__name__)

EVENTS_PACKAGE = "emergence.kernel.events.migrations"  # outbox and inbox: every service has them

FILE_NAME = re.compile(r"(?P<number>\d{4})_[a-z0-9_]+\.sql")
SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")

TABLE_LOCK_WAIT = timedelta(seconds=5)  # beyond it everyone queues behind the waiting ALTER TABLE
STATEMENT_LIMIT = timedelta(minutes=5)
NEIGHBOUR_LIMIT = timedelta(minutes=10)  # how long another process may be busy with the same schema
LONGEST_WAIT = timedelta(seconds=5)
# The database says no, and will say so again; the last two: an extension is not installed on its server.
REFUSALS = (
    asyncpg.SyntaxOrAccessError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
    asyncpg.FeatureNotSupportedError,
    asyncpg.UndefinedFileError,
)


class MigrationRefused(Exception):
    """The files and the database contradict each other; nothing was changed. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `series` is the package it belongs to: a schema holds the service's own and the kernel's."""

    series: str
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, independent of how a checkout ends its lines."""
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.series}/{self.name}"


def migrations_in(package: str) -> list[Migration]:
    """Return the migrations of `package` (`emergence.auth.migrations`) in order.

    Raises MigrationRefused when a `.sql` file has another form of name, or a number is missing or doubled.
    """
    series = package.split(".")[-2]
    found = []
    for file in sorted(files(package).iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".sql"):
            continue
        if (match := FILE_NAME.fullmatch(file.name)) is None:
            raise MigrationRefused(f"{series}/{file.name}: name it NNNN_what_it_does.sql, in lower case")
        found.append(Migration(series, int(match["number"]), file.name, file.read_text(encoding="utf-8")))
    for expected, migration in enumerate(found, start=1):
        if migration.number != expected:
            raise MigrationRefused(f"{migration}: expected number {expected:04}; numbers have no gap and no double")
    return found


async def apply_migrations(database: Database, package: str) -> list[str]:
    """Bring the schema of `database` up to date with `package` and the kernel's events tables.

    Returns the names applied now. Idempotent; of several processes one applies and the others
    wait. A database that is ahead of this program is left alone (the previous version runs on
    during a deployment). Raises MigrationRefused, and DatabaseUnavailable when PostgreSQL is away
    or a table stays busy: both leave every earlier file applied and the failing one undone.
    """
    return await apply_packages(database, (EVENTS_PACKAGE, package))


async def pending_migrations(database: Database, package: str) -> list[str]:
    """Return what `apply_migrations` would apply, and change nothing. Raises MigrationRefused, DatabaseUnavailable."""
    migrations = [migration for each in (EVENTS_PACKAGE, package) for migration in migrations_in(each)]
    connection = await database.listen_connection()
    try:
        return [str(migration) for migration in _pending(migrations, await _recorded(connection, database.schema))]
    finally:
        connection.terminate()


async def migrate_when_reachable(database: Database, package: str, clock: Clock) -> list[str]:
    """Do as `apply_migrations`, waiting for as long as PostgreSQL is away. Raises MigrationRefused."""
    wait = timedelta(milliseconds=200)
    while True:
        try:
            return await apply_migrations(database, package)
        except DatabaseUnavailable:
            await clock.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


async def apply_packages(database: Database, packages: Sequence[str]) -> list[str]:
    """Bring the schema up to date with exactly these packages; see `apply_migrations`."""
    if SCHEMA_NAME.fullmatch(database.schema) is None:
        raise MigrationRefused(f"{database.schema!r} is not a schema name")
    migrations = [migration for package in packages for migration in migrations_in(package)]
    connection = await database.listen_connection()
    try:
        applied = await _apply(connection, database.schema, migrations)
        await connection.close()
        return applied
    except (*LOST, asyncpg.InterfaceError, asyncpg.LockNotAvailableError) as busy:
        log.warning("migration_waits", schema=database.schema, reason=type(busy).__name__)
        raise DatabaseUnavailable() from busy
    finally:
        connection.terminate()


async def _apply(connection: "Connection[Record]", schema: str, migrations: Sequence[Migration]) -> list[str]:
    if not _pending(migrations, await _recorded(connection, schema)):
        return []
    async with asyncio.timeout(NEIGHBOUR_LIMIT.total_seconds()):
        await _take_turn(connection, schema)
    await _make_schema(connection, schema)
    pending = _pending(migrations, await _recorded(connection, schema))
    for migration in pending:
        await _apply_one(connection, schema, migration)
        log.info("migration_applied", schema=schema, migration=str(migration))
    return [str(migration) for migration in pending]


async def _take_turn(connection: "Connection[Record]", schema: str) -> None:
    # Asked again and again: a waiting pg_advisory_lock would hold back vacuum for as long as it waits.
    while True:
        if await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", f"migrate:{schema}"):
            return
        await asyncio.sleep(0.1)


async def _make_schema(connection: "Connection[Record]", schema: str) -> None:
    # IF NOT EXISTS would ask for the right to create even when there is nothing to create.
    if await connection.fetchval("SELECT to_regnamespace($1) IS NULL", schema):
        await connection.execute(f"CREATE SCHEMA {schema}")
    await connection.execute(f"""
        CREATE TABLE IF NOT EXISTS {schema}.schema_migrations (
            series text NOT NULL,
            number integer NOT NULL,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (series, number)
        )""")


async def _recorded(connection: "Connection[Record]", schema: str) -> list[Record]:
    table = f"{schema}.schema_migrations"
    if await connection.fetchval("SELECT to_regclass($1) IS NULL", table):
        return []
    rows: list[Record] = await connection.fetch(f"SELECT series, number, name, checksum FROM {table} ORDER BY 1, 2")  # noqa: S608 - our own name
    return rows


def _pending(migrations: Sequence[Migration], recorded: Sequence[Record]) -> list[Migration]:
    applied = {(row["series"], row["number"]): row for row in recorded}
    latest = {row["series"]: row["number"] for row in recorded}  # rows come in order
    pending = []
    for migration in migrations:
        row = applied.pop((migration.series, migration.number), None)
        if row is None:
            pending.append(migration)
        elif row["checksum"] != migration.checksum:
            raise MigrationRefused(
                f"{migration} was changed after it had been applied (as {row['name']}). "
                "Restore it and put the change into a new file."
            )
        if row is None and migration.number < latest.get(migration.series, 0):
            raise MigrationRefused(f"{migration} was never applied here, but later ones were. Number it after them.")
    if applied:
        log.warning("database_is_ahead", migrations=[f"{row['series']}/{row['name']}" for row in applied.values()])
    return pending


async def _apply_one(connection: "Connection[Record]", schema: str, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(
            f"SET LOCAL search_path = {schema};"
            f"SET LOCAL lock_timeout = {TABLE_LOCK_WAIT // timedelta(milliseconds=1)};"
            f"SET LOCAL statement_timeout = {STATEMENT_LIMIT // timedelta(milliseconds=1)}"
        )
        try:
            await connection.execute(migration.sql)
        except REFUSALS as failed:
            # Only the first line: the detail of a violated constraint quotes rows.
            raise MigrationRefused(f"{migration} failed and was undone: {failed.args[0]}") from failed
        await connection.execute(
            f"INSERT INTO {schema}.schema_migrations (series, number, name, checksum) VALUES ($1, $2, $3, $4)",  # noqa: S608
            migration.series,
            migration.number,
            migration.name,
            migration.checksum,
        )
