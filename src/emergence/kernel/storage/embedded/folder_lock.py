"""Lets one process at a time use a folder; the operating system frees it however that process ends."""

import errno
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from emergence.kernel.storage.embedded.data_folder import make_folder, unusable
from emergence.kernel.storage.embedded.errors import FolderInUse


class FolderLock:
    """A context manager that holds `<folder>/lock` (flock(2)).

    `port` is only told to whoever comes second. The file stays behind on purpose: removing it
    would let two processes lock two different files of one name.
    """

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self._folder = folder
        self._port = port
        self._file = -1

    def __enter__(self) -> Self:
        """Raise FolderInUse when another process holds it, FolderUnusable when it cannot be locked."""
        make_folder(self._folder)
        try:
            self._file = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unusable(self._folder, error) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()} {self._port or ''}\n".encode(), 0)
        except OSError as error:
            holder = os.pread(self._file, 64, 0)
            self._close()
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                raise FolderInUse(_in_use(self._folder, holder)) from error
            raise unusable(self._folder, error) from error
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        os.close(self._file)
        self._file = -1


def _in_use(folder: Path, holder: bytes) -> str:
    words = holder.decode(errors="replace").split()
    known = [f"{name} {word}" for name, word in zip(("process", "port"), words, strict=False) if word.isdecimal()]
    who = f" ({', '.join(known)})" if known else ""
    return f"{folder} is in use by another emergence{who}. Stop it or choose another folder with EMERGENCE_DATA_DIR."
