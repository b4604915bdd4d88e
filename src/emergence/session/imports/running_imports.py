"""The files that this instance takes in."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from emergence.contracts.session.problems import ImportRunning, ImportsBusy

AT_ONCE = 4  # each may fill the disk and a thread


class RunningImports:
    """How many there are; `is_ending` is asked between two conversations, so that none holds up the instance's end."""

    def __init__(self) -> None:
        self.is_ending = False
        self._running = 0
        self._senders: set[UUID] = set()

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

    @contextmanager
    def received_from(self, user_id: UUID) -> Iterator[None]:
        """Let a person send one file at a time: the database knows of it once it is whole. Raises ImportRunning.

        A few files of one person that never end would keep everybody else from bringing theirs.
        """
        if user_id in self._senders:
            raise ImportRunning()
        self._senders.add(user_id)
        try:
            yield
        finally:
            self._senders.remove(user_id)
