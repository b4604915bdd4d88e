"""The former file: read at one moment, never written to, and refused in words that say what to do."""

import argparse
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from emergence.commands.import_legacy import configure
from emergence.legacy.bring_over import Import, NobodyNamed
from emergence.legacy.store import Source, SourceUnreadable
from emergence.legacy.target import Target
from tests.legacy.former_database import FormerDatabase, at, messy_database


@pytest.fixture
def former(tmp_path: Path) -> FormerDatabase:
    return messy_database(tmp_path / "emergence_v7.db")


def of_text(file: Path) -> None:
    file.write_text("this is no database, whatever its name says\n" * 100)


def cut_off(file: Path) -> None:
    FormerDatabase(file).close()
    file.write_bytes(file.read_bytes()[:1000])


def with_only(statements: str) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        former = FormerDatabase(file)
        former.connection.executescript(statements)
        former.close()

    return write


EVERY_KNOWN = "".join(f"DROP TABLE {name};" for name in ("auth_allowlist", "threads", "messages", "sessions"))


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (lambda _: None, "there is no such file"),
        (Path.mkdir, "is a folder"),
        (os.mkfifo, "no file"),
        (of_text, "not a database"),
        (cut_off, "malformed"),
        (Path.touch, "has none of the tables"),
        (with_only(EVERY_KNOWN), "has none of the tables"),
        (
            with_only("ALTER TABLE messages DROP COLUMN content;"),
            "table messages has no column content, and without it",
        ),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, write: Callable[[Path], None], reason: str) -> None:
    write(file := tmp_path / "other.db")

    with pytest.raises(SourceUnreadable, match=reason), Source(file) as source:
        source.prepare_messages()
        list(source.rows("threads"))


async def test_an_address_that_is_nobodys_ends_it_before_anything_is_done(former: FormerDatabase) -> None:
    untouched = cast("Target", None)

    with Source(former.file) as source, pytest.raises(NobodyNamed, match="is nobody@nowhere"):
        same = [("999", "Bob@example.org"), ("998", "nobody@nowhere.org")]
        await Import(source, untouched, None, same, lambda *_: None, lambda _: None).run()


@pytest.mark.parametrize("words", ["javascript:1", "http://accounts.example.org", "https://", "accounts.example.org"])
def test_an_issuer_is_an_address_of_https(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure(parser := argparse.ArgumentParser())

    with pytest.raises(SystemExit):
        parser.parse_args(["file.db", "--oauth-issuer", words])

    assert "must be like https://" in capsys.readouterr().err


def test_what_is_written_meanwhile_is_not_seen(former: FormerDatabase) -> None:
    with Source(former.file) as source:
        source.prepare_messages()
        before = len(list(source.rows("threads")))
        former.thread("t-new", None, [("user", "Now.")])
        former.message("t-2-new", "t-2", "user", "Now.", at(9))

        assert len(list(source.rows("threads"))) == before
        assert "t-2-new" not in [row["id"] for row in source.messages_of("t-2")]
    with Source(former.file) as later:
        assert len(list(later.rows("threads"))) == before + 1


def test_nobody_can_write_through_it(former: FormerDatabase) -> None:
    with Source(former.file) as source, pytest.raises(sqlite3.OperationalError, match="readonly"):
        source._opened().execute("DELETE FROM threads")


def test_a_copy_in_a_folder_of_others_is_read_too(former: FormerDatabase, tmp_path: Path) -> None:
    former.close()
    folder = tmp_path / "kept"
    folder.mkdir()
    copy = folder / "emergence_v7.db"
    copy.write_bytes(former.file.read_bytes())
    copy.chmod(0o400)
    folder.chmod(0o500)
    try:
        with Source(copy) as source:
            assert source.count("threads") == 8
    finally:
        folder.chmod(0o700)


def test_missing_tables_and_columns_are_none_and_named(tmp_path: Path) -> None:
    with_only("DROP TABLE costs; ALTER TABLE threads DROP COLUMN title; ALTER TABLE messages DROP COLUMN id;")(
        file := tmp_path / "small.db"
    )

    with Source(file) as source:
        source.prepare_messages()
        assert source.differences().missing_tables == ("costs",)
        assert (source.count("costs"), list(source.rows("costs"))) == (0, [])
        assert list(source.messages_of("t-1")) == list(source.messages_without_thread()) == []


def test_bytes_that_are_no_text_are_shown_as_such(former: FormerDatabase) -> None:
    former.connection.execute("UPDATE threads SET title = CAST(x'ff41' AS TEXT) WHERE id = 't-1'")

    with Source(former.file) as source:
        assert next(row["title"] for row in source.rows("threads") if row["id"] == "t-1") == "\ufffdA"


@pytest.mark.parametrize("words", ["17", "=ada@example.org@", "17=nobody"])
def test_a_person_is_named_by_an_address(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    configure(parser)

    with pytest.raises(SystemExit):
        parser.parse_args(["file.db", "--same-person", words])

    assert "must be like 17=ada@example.org" in capsys.readouterr().err
    assert parser.parse_args(["f", "--same-person", "a=b=ada@example.org"]).same_person == [("a=b", "ada@example.org")]


def test_names_are_the_same_in_capitals(tmp_path: Path) -> None:
    with_only(
        "ALTER TABLE auth_allowlist RENAME TO moved; ALTER TABLE moved RENAME TO Auth_Allowlist;"
        "ALTER TABLE Auth_Allowlist RENAME COLUMN email TO Email;"
        "INSERT INTO auth_allowlist (email, role) VALUES ('ada@example.org', 'member');"
    )(file := tmp_path / "capitals.db")

    with Source(file) as source:
        assert [row["email"] for row in source.rows("auth_allowlist")] == ["ada@example.org"]
        assert source.differences().unknown_tables == ("monitoring",)
        assert source.differences().unknown_columns == {"auth_allowlist": ("favourite_colour",)}


def test_a_table_without_row_numbers_is_named_with_what_to_do(tmp_path: Path) -> None:
    make = "DROP TABLE sessions; CREATE TABLE sessions (id TEXT PRIMARY KEY, session_data TEXT) WITHOUT ROWID;"
    with_only(make)(file := tmp_path / "without.db")

    with pytest.raises(SourceUnreadable, match="table sessions is WITHOUT ROWID") as refused, Source(file):
        pass
    connection = sqlite3.connect(file)
    connection.executescript(str(refused.value).partition("ordinary one: ")[2].partition(". Name")[0])
    connection.close()

    with Source(file) as source:
        assert source.count("sessions") == 0
