"""One change of an environment at a time from this machine; other machines are noticed by what Google answers."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operate.place import Place
from operate.refusals import Exit, Refused


@contextmanager
def one_at_a_time(place: Place) -> Iterator[None]:
    """Hold the environment for the block. Raises Refused(BUSY) while another command holds it."""
    name = f"emergence-{os.getuid()}-{place.project}-{place.region}.lock"
    path = Path(tempfile.gettempdir()) / name
    with path.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(Exit.BUSY, f"another command is changing {place.project} right now; wait for it") from None
        yield
