"""One change of an environment at a time from this account; other machines are noticed by what Google answers."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from operate.place import Place, state_folder
from operate.refusals import Exit, Refused


@contextmanager
def one_at_a_time(place: Place) -> Iterator[None]:
    """Hold the environment for the block. Raises Refused(BUSY) while another command holds it."""
    path = state_folder() / f"{place.project}-{place.region}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as wrong:
        raise Refused(Exit.BUSY, f"nobody can tell whether another command runs: {wrong}") from None
    try:
        _take(held, place)
        yield
    finally:
        os.close(held)


def _take(held: int, place: Place) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused(Exit.BUSY, f"another command is changing {place.project} right now; wait for it") from None
