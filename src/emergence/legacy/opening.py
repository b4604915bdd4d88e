"""Open the former file for reading, under SQLite's own locks; without them only where nobody can be writing."""

import sqlite3
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

BUSY_WAIT_S = 10.0  # the former product may be writing a checkpoint
# What SQLite says of a file in a folder where it may not make the files that readers share (sqlite.org/rescode.html).
NO_SHARED_FILES = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY_DIRECTORY, sqlite3.SQLITE_READONLY_CANTINIT}
)
LOCKED = "another program keeps it locked; stop the former product, then try again"
HALF_WRITTEN = (
    "its -journal holds what a program that was killed had half written; "
    "open a copy of both once for writing (sqlite3 COPY .tables), which mends it, and name the copy"
)


class CannotOpen(Exception):
    """The file cannot be read; the message says why."""


def opened(file: Path, busy_wait_s: float = BUSY_WAIT_S) -> sqlite3.Connection:
    """Return a connection in a transaction that sees the file as it is now. Raises CannotOpen."""
    try:
        return _reading(file, busy_wait_s, immutable=False)
    except sqlite3.Error as failed:
        if not (failed.sqlite_errorcode in NO_SHARED_FILES and _is_left_alone(file)):
            raise CannotOpen(_reason(file, failed)) from failed
    try:
        return _reading(file, busy_wait_s, immutable=True)
    except sqlite3.Error as failed:
        raise CannotOpen(_reason(file, failed)) from failed


def _reading(file: Path, busy_wait_s: float, *, immutable: bool) -> sqlite3.Connection:
    address = f"file:{quote(str(file.resolve()))}?mode=ro{'&immutable=1' if immutable else ''}"
    with ExitStack() as undo:
        connection = sqlite3.connect(address, uri=True, timeout=busy_wait_s, isolation_level=None)
        undo.callback(connection.close)
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA trusted_schema = OFF")  # the file may come from anybody
        connection.execute("BEGIN")  # everything is read as it is now
        connection.execute("PRAGMA schema_version").fetchall()  # BEGIN alone reads nothing, and so takes no lock
        undo.pop_all()
    return connection


def _is_left_alone(file: Path) -> bool:
    """Return whether nothing beside the file says that a program writes to it, or was killed when it did."""
    beside = file.resolve()
    log, journal, shared = (beside.with_name(beside.name + end) for end in ("-wal", "-journal", "-shm"))
    return not _holds_something(log) and not _holds_something(journal) and not shared.is_file()


def _holds_something(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _reason(file: Path, failed: sqlite3.Error) -> str:
    primary = getattr(failed, "sqlite_errorcode", 0) & 0xFF  # the higher bits say where
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LOCKED
    beside = file.resolve()
    if primary == sqlite3.SQLITE_READONLY and _holds_something(beside.with_name(beside.name + "-journal")):
        return HALF_WRITTEN
    return str(failed)
