"""Which folder is chosen, and what is said when it cannot be used."""

import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from emergence.kernel.storage.embedded.data_folder import ROOT_FOLDER, _default_folder, data_folder
from emergence.kernel.storage.embedded.errors import FolderUnusable
from tests.kernel.storage.embedded.conftest import as_root_only

AS_NOBODY = """
import os, sys
from emergence.kernel.storage.embedded.data_folder import data_folder
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    print(data_folder({"EMERGENCE_DATA_DIR": sys.argv[1]}))
except Exception as error:
    print(type(error).__name__, error)
"""


def test_the_variable_wins_and_the_folder_is_made_for_us_alone(tmp_path: Path) -> None:
    folder = data_folder({"EMERGENCE_DATA_DIR": str(tmp_path / "a b" / "data")})

    assert folder == tmp_path / "a b" / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    assert list(folder.iterdir()) == []


def test_a_relative_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert data_folder({"EMERGENCE_DATA_DIR": "here"}) == tmp_path / "here"


def test_the_default_is_where_the_server_account_can_go() -> None:
    chosen = _default_folder()

    assert chosen == ROOT_FOLDER if os.geteuid() == 0 else chosen.is_relative_to(Path.home())


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for path in ("file", "file/below"):
        with pytest.raises(FolderUnusable, match=r"file is a file, not a folder\..*EMERGENCE_DATA_DIR"):
            data_folder({"EMERGENCE_DATA_DIR": str(tmp_path / path)})


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a file system that nobody can write")
def test_a_system_folder_that_nobody_can_write_is_told() -> None:
    with pytest.raises(FolderUnusable, match="EMERGENCE_DATA_DIR"):
        data_folder({"EMERGENCE_DATA_DIR": "/sys/kernel/emergence"})


@as_root_only
def test_a_read_only_mount_is_told(place: Path) -> None:
    script = f"mount -t tmpfs -o ro none {place} && exec {shlex.quote(sys.executable)} -c '{AS_ROOT}' {place}/data"
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True)
    if "denied" in done.stderr or "not permitted" in done.stderr:
        pytest.skip("this machine lets nobody mount")

    assert "is on a read-only file system. Choose another" in done.stdout, done.stderr


AS_ROOT = """
import sys
from emergence.kernel.storage.embedded.data_folder import data_folder
try:
    print(data_folder({"EMERGENCE_DATA_DIR": sys.argv[1]}))
except Exception as error:
    print(error)
"""


@as_root_only
@pytest.mark.parametrize("below", ["", "new"])
def test_a_folder_of_somebody_else_is_told(place: Path, below: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(place / below)], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("FolderUnusable")
    assert "not writable by user 65534" in done.stdout
