"""Whether the former file is read under SQLite's locks, and what is said where that cannot be."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from emergence.legacy.opening import HALF_WRITTEN, LOCKED, CannotOpen, opened
from tests.legacy.former_database import FormerDatabase

SHORTLY_S = 0.05
ROWS = 200


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A product that keeps a rollback journal, with something in its file."""
    connection = sqlite3.connect(tmp_path / "former.db", isolation_level=None)
    connection.execute("CREATE TABLE threads (id TEXT)")
    connection.executemany("INSERT INTO threads VALUES (?)", [(f"{number:0>900}",) for number in range(ROWS)])
    yield connection
    connection.close()


def threads_in(connection: sqlite3.Connection) -> int:
    count: int = connection.execute("SELECT count(*) FROM threads").fetchone()[0]
    connection.close()
    return count


def in_the_middle_of_writing(writer: sqlite3.Connection) -> None:
    """Change half of the rows in the file itself, with what they were in its -journal."""
    writer.execute("PRAGMA cache_size = 1")
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("UPDATE threads SET id = 'x' || id")


def test_a_locked_file_is_not_read_beside_its_lock(tmp_path: Path, writer: sqlite3.Connection) -> None:
    writer.execute("BEGIN EXCLUSIVE")

    with pytest.raises(CannotOpen, match=LOCKED):
        opened(tmp_path / "former.db", SHORTLY_S)
    writer.execute("COMMIT")

    assert threads_in(opened(tmp_path / "former.db", SHORTLY_S)) == ROWS


def test_what_a_killed_program_had_half_written_is_not_read(tmp_path: Path, writer: sqlite3.Connection) -> None:
    in_the_middle_of_writing(writer)
    left = tmp_path / "left.db"
    copy(tmp_path / "former.db", left)
    copy(tmp_path / "former.db-journal", tmp_path / "left.db-journal")
    with sqlite3.connect(f"file:{left}?immutable=1", uri=True) as careless:
        assert careless.execute("SELECT count(*) FROM threads WHERE id LIKE 'x%'").fetchone()[0]

    with pytest.raises(CannotOpen) as refused:
        opened(left, SHORTLY_S)
    mended = sqlite3.connect(left)
    mended.execute("SELECT count(*) FROM threads").fetchone()
    mended.close()

    assert str(refused.value) == HALF_WRITTEN
    assert threads_in(opened(left, SHORTLY_S)) == ROWS


@pytest.mark.parametrize("beside", [None, "-wal", "-journal", "-shm"])
def test_where_no_files_can_be_shared_it_is_read_if_nobody_writes(tmp_path: Path, beside: str | None) -> None:
    FormerDatabase(file := tmp_path / "former.db").close()
    (tmp_path / "former.db-wal").symlink_to("/nowhere/at/all")  # SQLite cannot make it: as in a folder of others
    with pytest.raises(sqlite3.OperationalError) as failed:
        sqlite3.connect(f"file:{file}?mode=ro", uri=True).execute("SELECT * FROM threads")
    assert failed.value.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN
    if beside == "-wal":
        (tmp_path / "log").write_bytes(b"something")
        (tmp_path / "former.db-wal").unlink()
        (tmp_path / "former.db-wal").symlink_to(tmp_path / "log")
        (tmp_path / "former.db-shm").symlink_to("/nowhere/at/all")
    elif beside is not None:
        (tmp_path / f"former.db{beside}").write_bytes(b"something")

    if beside is None:
        assert threads_in(opened(file, SHORTLY_S)) == 0
    else:
        with pytest.raises(CannotOpen):
            opened(file, SHORTLY_S)
