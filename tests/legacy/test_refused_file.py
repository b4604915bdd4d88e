"""The file of refusals: whatever is named, nothing that exists is written over, the former database least of all."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from emergence.command_line import main
from emergence.legacy.refused_file import NoNewFile, new_private_file, require_new
from tests.legacy.former_database import FormerDatabase, messy_database


@pytest.fixture
def former(tmp_path: Path) -> FormerDatabase:
    return messy_database(tmp_path / "emergence_v7.db")


def itself(file: Path) -> Path:
    return file


def by_a_detour(file: Path) -> Path:
    (file.parent / "sub").mkdir()
    return file.parent / "sub" / ".." / file.name


def by_a_link(file: Path) -> Path:
    (link := file.with_name("link.jsonl")).symlink_to(file)
    return link


def by_another_name(file: Path) -> Path:
    (link := file.with_name("hard.jsonl")).hardlink_to(file)
    return link


def its_log(file: Path) -> Path:
    return file.with_name(file.name + "-wal")


def its_journal_to_be(file: Path) -> Path:
    return file.with_name(file.name + "-journal")


def something_else(file: Path) -> Path:
    (other := file.with_name("other.jsonl")).write_text("kept")
    return other


def a_link_to_nothing(file: Path) -> Path:
    (link := file.with_name("later.jsonl")).symlink_to(file.with_name("nothing"))
    return link


NAMED = [
    itself, by_a_detour, by_a_link, by_another_name, its_log, its_journal_to_be, something_else, a_link_to_nothing,
]  # fmt: skip


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_no_file_that_exists_is_written_over(
    former: FormerDatabase, named: Callable[[Path], Path], words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    refused = named(former.file)
    there = {each.name: each.read_bytes() for each in former.file.parent.rglob("*") if each.is_file()}

    status = main(["import-legacy", str(former.file), "--refused", str(refused), *words])

    assert status == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert str(refused) in said
    after = {each.name: each.read_bytes() for each in former.file.parent.rglob("*") if each.is_file()}
    assert after == there


def test_the_database_is_known_through_a_link_too(former: FormerDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "linked"
    folder.mkdir()
    (link := folder / "former.db").symlink_to(former.file)

    for name in (folder / "former.db-wal", tmp_path / "emergence_v7.db-journal"):
        with pytest.raises(NoNewFile, match="belongs to the former database"):
            require_new(name, link)
    require_new(folder / "refused.jsonl", link)


def test_a_folder_that_is_not_there_is_named(
    former: FormerDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nope" / "refused.jsonl"

    assert main(["import-legacy", str(former.file), "--refused", str(file)]) == 2
    assert f"--refused {file}: the folder {file.parent} is not there" in capsys.readouterr().err


def test_its_owner_alone_reads_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with new_private_file(file := tmp_path / "refused.jsonl") as written:
            written.write("é")
    finally:
        os.umask(before)

    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(NoNewFile, match="there already"):
        new_private_file(file)
    assert file.read_text(encoding="utf-8") == "é"


def test_nothing_is_made_where_the_import_cannot_begin(
    former: FormerDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("AUTH_JWT_SECRET", sha256(b"quiet").hexdigest())

    assert main(["import-legacy", str(former.file), "--refused", str(tmp_path / "refused.jsonl")]) == 1

    assert capsys.readouterr().err.startswith("emergence import-legacy: ")
    assert not (tmp_path / "refused.jsonl").exists()
