"""One process a folder: the second is told who is there."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emergence.kernel.storage.embedded.errors import FolderInUse, FolderUnusable
from emergence.kernel.storage.embedded.folder_lock import FolderLock

HOLD = """
import sys, pathlib
from emergence.kernel.storage.embedded.folder_lock import FolderLock
with FolderLock(pathlib.Path(sys.argv[1]), port=8080):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_the_process_and_the_port(tmp_path: Path) -> None:
    with FolderLock(tmp_path, port=8080), pytest.raises(FolderInUse) as refused, FolderLock(tmp_path):
        pass

    assert str(refused.value) == (
        f"{tmp_path} is in use by another emergence (process {os.getpid()}, port 8080). "
        "Stop it or choose another folder with EMERGENCE_DATA_DIR."
    )


def test_a_killed_holder_frees_it(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FolderInUse, match=f"process {holder.pid}, port 8080"):
            FolderLock(tmp_path).__enter__()
        holder.send_signal(signal.SIGKILL)
        holder.wait()

    with FolderLock(tmp_path):
        pass


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"no numbers here", b"1" * 100_000])
def test_a_corrupted_lock_file_is_taken_over(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lock").write_bytes(content)

    with FolderLock(tmp_path, port=1):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()} 1\n"


def test_a_corrupted_lock_file_in_use_is_told_without_guesses(tmp_path: Path) -> None:
    with FolderLock(tmp_path):
        (tmp_path / "lock").write_bytes(b"\xff\xfe rubbish")
        with pytest.raises(FolderInUse, match=r"another emergence\. Stop it"):
            FolderLock(tmp_path).__enter__()


def test_a_folder_in_the_place_of_the_lock_is_told(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()

    with pytest.raises(FolderUnusable, match="EMERGENCE_DATA_DIR"):
        FolderLock(tmp_path).__enter__()


def test_it_can_be_taken_again_after_it_was_given_back(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    for _ in range(2):
        with lock:
            pass
