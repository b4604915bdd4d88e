"""Root in the server account's folder: what lies there is never a way to other files, and never a reason to wait."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from emergence.kernel.storage.embedded.account import Account, server_account
from emergence.kernel.storage.embedded.binaries import usable_binaries, wheel_binaries
from emergence.kernel.storage.embedded.cluster import check_layout, prepare_cluster
from emergence.kernel.storage.embedded.errors import FolderForeign
from emergence.kernel.storage.embedded.leftover import clear_leftover, pid_lines
from emergence.kernel.storage.embedded.plain_file import LARGEST_BYTES, NotPlain, read_plain
from tests.kernel.storage.embedded.conftest import as_root_only

PRECIOUS = "1\na line that is nobody's business\n"  # begins like a pid file, which is what gets written


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    file = tmp_path / "precious"
    file.write_text(PRECIOUS)
    return file


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    return data


def no_target(path: Path, _: Path) -> None:
    path.symlink_to(path.with_name("missing"))


def pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


TRAPS = [Path.symlink_to, Path.hardlink_to, no_target, pipe]


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_for_the_pid_file_is_removed_and_leads_nowhere(
    data: Path, precious: Path, trap: Callable[[Path, Path], None]
) -> None:
    trap(data / "postmaster.pid", precious)

    assert pid_lines(data) == []
    clear_leftover(data)

    assert precious.read_text() == PRECIOUS
    assert list(data.iterdir()) == []
    assert not data.with_name("missing").exists()


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_for_the_version_is_refused(data: Path, precious: Path, trap: Callable[[Path, Path], None]) -> None:
    trap(data / "PG_VERSION", precious)

    with pytest.raises(FolderForeign, match="made by PostgreSQL 0"):
        check_layout(data.parent, 18)


def test_a_file_without_end_is_read_in_part(data: Path) -> None:
    (data / "PG_VERSION").write_bytes(b"8" * 1_000_000)

    assert read_plain(data / "PG_VERSION") == "8" * LARGEST_BYTES
    with pytest.raises(FolderForeign, match="newer release"):
        check_layout(data.parent, 18)


def test_a_folder_is_no_file_and_a_missing_file_is_none(data: Path) -> None:
    with pytest.raises(NotPlain):
        read_plain(data)

    assert read_plain(data / "missing") is None


@as_root_only
def test_owning_a_link_leaves_its_target_alone(precious: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(precious)

    Account("someone", uid=65534, gid=65534).own(link)

    assert (precious.stat().st_uid, link.lstat().st_uid) == (0, 65534)


@as_root_only
def test_the_account_owns_its_files_only_and_never_the_folder_of_a_draft(place: Path) -> None:
    account = server_account(place / "data")
    seen: dict[str, tuple[int, int]] = {}

    class Watched(Account):
        def run(self, command: list[str], stdin: str = "") -> str:
            if Path(command[0]).name == "initdb":
                (draft,) = place.glob("data-*-draft")
                for name in ("", "superuser", "data"):
                    found = (draft / name).stat()
                    seen[name] = found.st_uid, stat.S_IMODE(found.st_mode)
            return super().run(command, stdin)

    watched = Watched(account.name, account.uid, account.gid)
    prepare_cluster(place, watched, usable_binaries(wheel_binaries(), watched, place))

    assert seen == {"": (0, 0o711), "superuser": (account.uid, 0o600), "data": (account.uid, 0o700)}
