"""The SQLite file of the former system, opened for reading alone, at one moment for as long as it is open."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from emergence.legacy.opening import BUSY_WAIT_S, CannotOpen, opened
from emergence.session.imports.read_own import TEXT_MAX_CHARACTERS

NOT_READABLE = (
    "{file}: {reason}. Name the SQLite file itself; while it is written to, -wal and -shm beside it belong to it: "
    "keep the three together, in a folder that this account may write to."
)

LACKS = "{file}: table {table} has no column {columns}, and without it nothing can be brought over."

NO_ROW_NUMBERS = (
    "table {table} is WITHOUT ROWID or another kind that the former product never made ({failed}); in a copy, put its "
    "rows into an ordinary one: CREATE TABLE rows AS SELECT * FROM {table}; DROP TABLE {table}; "
    "ALTER TABLE rows RENAME TO {table}"
)

Value = str | int | float | None
Row = Mapping[str, Value]

# What is known of the former system, and which columns nothing can be done without.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "auth_allowlist": (
        "email", "role", "note", "created_at", "created_by", "revoked_at", "revoked_by", "password_hash",
        "password_updated_at", "password_must_reset", "totp_secret", "backup_codes", "totp_enabled_at", "oauth_sub",
    ),
    "auth_sessions": (
        "id", "email", "role", "ip_address", "user_id", "user_agent", "issued_at", "expires_at", "revoked_at",
        "revoked_by", "metadata",
    ),
    "auth_audit_log": ("event_type", "email", "actor", "metadata", "created_at"),
    "threads": (
        "id", "conversation_id", "session_id", "user_id", "type", "title", "agent_id", "meta", "archived",
        "archival_reason", "archived_at", "consolidated_at", "last_message_at", "message_count", "created_at",
        "updated_at",
    ),
    "messages": (
        "id", "thread_id", "role", "agent_id", "content", "tokens", "meta", "created_at", "session_id", "user_id",
    ),
    "thread_docs": ("thread_id", "doc_id", "weight", "last_used_at"),
    "documents": (
        "id", "filename", "filepath", "status", "char_count", "chunk_count", "error_message", "uploaded_at",
        "session_id", "user_id",
    ),
    "document_chunks": ("id", "document_id", "chunk_index", "content", "session_id", "user_id"),
    "costs": (
        "id", "timestamp", "session_id", "user_id", "agent", "model", "input_tokens", "output_tokens", "total_cost",
        "feature",
    ),
    "sessions": ("id", "user_id", "created_at", "updated_at", "session_data", "metadata", "summary"),
}  # fmt: skip
NEEDED: Mapping[str, tuple[str, ...]] = {
    "auth_allowlist": ("email",),
    "threads": ("id",),
    "messages": ("thread_id", "role", "content"),
    "sessions": ("id", "session_data"),
}
# Left out by design, and often long: not even read.
NOT_READ: Mapping[str, tuple[str, ...]] = {
    "auth_allowlist": ("note",),
    "auth_sessions": ("metadata",),
    "threads": ("meta",),
    "messages": ("tokens", "meta"),
}
# The file may come from anybody: what is longer stays in it, and its row says so in TOO_LONG.
LONGEST_BYTES = 64 * 1024
LONGER_BYTES: Mapping[str, Mapping[str, int]] = {
    "messages": {"content": 4 * TEXT_MAX_CHARACTERS},  # in UTF-8; the limit itself is in characters
    "sessions": dict.fromkeys(("session_data", "metadata", "summary"), 16 * 1024 * 1024),  # a whole conversation
}
TOO_LONG = "too_long"


class SourceUnreadable(Exception):
    """The file is no database of the former system, or cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Where the file differs from what is known: nothing of it is brought over, and nothing of it stands in the way."""

    unknown_tables: tuple[str, ...]
    unknown_columns: Mapping[str, tuple[str, ...]]
    missing_tables: tuple[str, ...]


class Source:
    """A context manager; what the former product writes meanwhile is not seen. Raises SourceUnreadable."""

    def __init__(self, file: Path, busy_wait_s: float = BUSY_WAIT_S) -> None:
        self._file = file
        self._busy_wait_s = busy_wait_s
        self._connection: sqlite3.Connection | None = None
        self.columns: dict[str, tuple[str, ...]] = {}

    def __enter__(self) -> Self:
        if not self._file.is_file():
            is_there = self._file.exists()
            raise self._unreadable("it is a folder or the like, and no file" if is_there else "there is no such file")
        try:
            self._connection = opened(self._file, self._busy_wait_s)
        except CannotOpen as failed:
            raise self._unreadable(str(failed)) from failed
        with ExitStack() as undo:
            undo.callback(self.__exit__)
            self._look_at_tables()
            self._require_known()
            undo.pop_all()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _look_at_tables(self) -> None:
        """Note each table's columns; names that are known in small letters, since to SQLite capitals are the same."""
        for table in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
            known = _as_known(table["name"], KNOWN)
            columns = self._rows(f"PRAGMA table_info({_quoted(table['name'])})")
            self.columns[known] = tuple(_as_known(each["name"], KNOWN.get(known, ())) for each in columns)

    def _require_known(self) -> None:
        if not {"auth_allowlist", "threads", "messages", "sessions"}.intersection(self.columns):
            raise self._unreadable("has none of the tables auth_allowlist, threads, messages and sessions")
        for table, needed in NEEDED.items():
            if missing := [name for name in needed if table in self.columns and name not in self.columns[table]]:
                raise SourceUnreadable(LACKS.format(file=self._file, table=table, columns=", ".join(missing)))
        for table in set(KNOWN).intersection(self.columns):
            self._require_row_numbers(table)

    def _require_row_numbers(self, table: str) -> None:
        try:
            self._opened().execute(f"SELECT rowid FROM {_quoted(table)} LIMIT 0")  # noqa: S608 - a known name
        except sqlite3.OperationalError as failed:
            raise self._unreadable(NO_ROW_NUMBERS.format(table=table, failed=failed)) from failed

    def _unreadable(self, reason: str) -> SourceUnreadable:
        return SourceUnreadable(NOT_READABLE.format(file=self._file, reason=reason))

    def differences(self) -> Differences:
        """Return what of the file nobody knows, and what it lacks."""
        present = {name for name in self.columns if not name.startswith("sqlite_")}
        columns = {
            name: tuple(each for each in self.columns[name] if each not in KNOWN[name]) for name in present & set(KNOWN)
        }
        return Differences(
            tuple(sorted(present - set(KNOWN))),
            {name: unknown for name, unknown in sorted(columns.items()) if unknown},
            tuple(name for name in KNOWN if name not in present),
        )

    def count(self, table: str) -> int:
        """Return how many rows a table has; none where it is missing."""
        if table not in self.columns:
            return 0
        return int(self._rows(f"SELECT count(*) AS rows FROM {_quoted(table)}")[0]["rows"])  # noqa: S608 - its own name

    def rows(self, table: str) -> Iterator[Row]:
        """Yield a table's rows in the order in which they were written; those of missing columns are None."""
        if table in self.columns:
            yield from self._query(f"SELECT {self._selected(table)} FROM {_quoted(table)} ORDER BY rowid")  # noqa: S608

    def prepare_messages(self) -> None:
        """Note once where each thread's messages are, in a temporary place outside the file: it may have no index."""
        if "messages" not in self.columns:
            return
        at = "created_at" if "created_at" in self.columns["messages"] else "NULL"
        ids = "id" if "id" in self.columns["messages"] else "NULL"
        threads = "SELECT id FROM main.threads" if "threads" in self.columns else "SELECT NULL"
        self._run("CREATE TEMP TABLE place (thread, at, row, id, PRIMARY KEY (thread, at, row)) WITHOUT ROWID")
        self._run(
            f"""INSERT INTO temp.place SELECT thread_id, coalesce({at}, ''), rowid, {ids} FROM main.messages
                WHERE thread_id IN ({threads})"""  # noqa: S608
        )
        self._run(
            """CREATE TEMP TABLE first_of AS SELECT id, min(row) AS row FROM temp.place
               WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1"""
        )
        self._run("CREATE UNIQUE INDEX temp.first_of_id ON first_of (id)")

    def messages_of(self, thread_id: Value) -> Iterator[Row]:
        """Yield a thread's messages in order; `is_copy` is 1 for those whose id an earlier row has."""
        if "messages" in self.columns:
            yield from self._query(
                f"""SELECT {self._selected("messages", "said.")}, first_of.row IS NOT NULL AND first_of.row <> place.row
                        AS is_copy
                    FROM temp.place AS place JOIN main.messages AS said ON said.rowid = place.row
                    LEFT JOIN temp.first_of AS first_of ON first_of.id = place.id
                    WHERE place.thread = ? ORDER BY place.at, place.row""",  # noqa: S608
                thread_id,
            )

    def messages_without_thread(self) -> Iterator[Row]:
        """Yield id and thread_id of messages of which no thread is there."""
        if "messages" in self.columns:
            ids = "id" if "id" in self.columns["messages"] else "NULL AS id"
            yield from self._query(
                f"""SELECT {ids}, thread_id FROM main.messages
                    WHERE rowid NOT IN (SELECT row FROM temp.place)"""  # noqa: S608
            )

    def _selected(self, table: str, prefix: str = "") -> str:
        there, longer = self.columns[table], LONGER_BYTES.get(table, {})
        values, verdicts = [], []
        for name in (each for each in KNOWN[table] if each not in NOT_READ.get(table, ())):
            if name not in there:
                values.append(f"NULL AS {name}")
                continue
            is_long = f"length(CAST({prefix}{name} AS BLOB)) > {longer.get(name, LONGEST_BYTES)}"
            values.append(f"CASE WHEN {is_long} THEN NULL ELSE {prefix}{name} END AS {name}")
            verdicts.append(f"WHEN {is_long} THEN '{name}'")
        return ", ".join([*values, f"CASE {' '.join(verdicts) or 'WHEN 0 THEN NULL'} END AS {TOO_LONG}"])

    def _query(self, query: str, *arguments: Value) -> Iterator[Row]:
        """Yield rows, one in memory at once: each may be large. Raises SourceUnreadable."""
        try:
            for row in self._opened().execute(query, arguments):
                found = {name: _plain(row[name]) for name in row.keys()}  # noqa: SIM118 - a Row is no mapping
                if found.get(TOO_LONG, "") is None:
                    del found[TOO_LONG]
                yield found
        except sqlite3.Error as failed:
            raise self._unreadable(str(failed)) from failed

    def _rows(self, query: str) -> Sequence[sqlite3.Row]:
        try:
            return self._opened().execute(query).fetchall()
        except sqlite3.Error as failed:
            raise self._unreadable(str(failed)) from failed

    def _run(self, statement: str) -> None:
        self._rows(statement)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise RuntimeError("the file is not open")
        return self._connection


def _plain(value: object) -> Value:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str | int | float) else None


def _as_known(name: str, known: Iterable[str]) -> str:
    return name.lower() if name.isascii() and name.lower() in known else name


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
