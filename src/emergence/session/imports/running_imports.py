"""The files that this instance takes in."""

from collections.abc import Iterator
from contextlib import contextmanager

from emergence.contracts.session.problems import ImportsBusy

AT_ONCE = 4  # each may fill the disk and a thread


class RunningImports:
    """How many there are; `is_ending` is asked between two conversations, so that none holds up the instance's end."""

    def __init__(self) -> None:
        self.is_ending = False
        self._running = 0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Count one until the block ends. Raises ImportsBusy."""
        if self._running >= AT_ONCE or self.is_ending:
            raise ImportsBusy()
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
