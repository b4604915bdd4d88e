"""Opens what lies in the server account's own folder, where root may meet a link or a pipe put there for it."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGEST_BYTES = 4096  # PostgreSQL's own files that are read here hold a few lines


class NotPlain(OSError):
    """There is something, but no ordinary file with this one name."""


@contextmanager
def plain_file(path: Path, flags: int) -> Iterator[int]:
    """Yield a descriptor of an ordinary file; neither follows a link nor waits for the other end of a pipe.

    All work goes through that one descriptor: a name looked at first and opened later may by then
    be another thing. A file with a second name (hard link) may be somebody else's.
    Raises what `open` raises, and NotPlain.
    """
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as refused:
        if refused.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):  # a link, a socket, a folder
            raise NotPlain(refused.errno, refused.strerror, str(path)) from refused
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise NotPlain(errno.EINVAL, "not an ordinary file", str(path))
        yield descriptor
    finally:
        os.close(descriptor)


def read_plain(path: Path) -> str | None:
    """Return the first LARGEST_BYTES of a file as text, None when there is none. Raises as `plain_file` does."""
    try:
        with plain_file(path, os.O_RDONLY) as descriptor:
            return text_in(descriptor)
    except FileNotFoundError:
        return None


def text_in(descriptor: int) -> str:
    """Return the first LARGEST_BYTES behind a descriptor as text."""
    return os.pread(descriptor, LARGEST_BYTES, 0).decode(errors="replace")
