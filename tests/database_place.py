"""Where a worker's databases lie: in memory if the machine has room, for copying them is most of what a test costs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emergence.kernel.storage.embedded.errors import EngineError
from emergence.kernel.storage.embedded.folder_lock import FolderLock

MEMORY = Path("/dev/shm")  # Linux has it; containers often give it 64 MB, or none may write there
ROOM_BYTES = 2 << 30  # a worker takes 300 MB of it, and the machine needs memory for more than this
PREFIX = "emergence-test-"
ENGINE = "postgres"


@contextmanager
def database_place() -> Iterator[Path]:
    """Lend a folder for an engine, which another account may pass through."""
    parent = MEMORY if _has_room(MEMORY) else None
    if parent is not None:
        _clear_left_over(parent)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root the server runs under another account
        yield folder / ENGINE


def _has_room(parent: Path) -> bool:
    if not os.access(parent, os.W_OK | os.X_OK):
        return False
    parts = os.statvfs(parent)
    return parts.f_bavail * parts.f_frsize >= ROOM_BYTES


def _clear_left_over(parent: Path) -> None:
    """Remove what a killed run left, or it would hold memory until the machine restarts.

    The engine's lock tells: whoever uses a folder holds it before the data is there.
    """
    for data in parent.glob(f"{PREFIX}*/{ENGINE}/data"):
        try:
            with FolderLock(data.parent):
                shutil.rmtree(data.parent.parent, ignore_errors=True)
        except (EngineError, OSError):
            continue  # in use, or another account's
