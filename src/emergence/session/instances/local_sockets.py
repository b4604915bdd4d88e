"""Fan-out to the sockets of a user on this instance; the log in the database is the truth."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from emergence.session.frames import LoggedFrame


class Listener(Protocol):
    """One open socket, as whoever has something to say sees it."""

    @property
    def user_id(self) -> UUID:
        """Whose frames it hears."""
        ...

    def hear(self, frames: Sequence[LoggedFrame]) -> None:
        """Take frames that are in the log already; never blocks."""
        ...

    def told(self, topic: str, seq: int) -> None:
        """Take note that the log of a topic has come to `seq`; never blocks."""
        ...


class LocalSockets:
    """The sockets of this instance by their users: direct calls, in order, nothing lost."""

    def __init__(self) -> None:
        self._listeners: dict[UUID, set[Listener]] = {}

    def join(self, listener: Listener) -> None:
        """Let `listener` hear its user's frames from now on."""
        self._listeners.setdefault(listener.user_id, set()).add(listener)

    def leave(self, listener: Listener) -> None:
        """Stop. Idempotent."""
        of_user = self._listeners.get(listener.user_id)
        if of_user is not None:
            of_user.discard(listener)
            if not of_user:
                del self._listeners[listener.user_id]

    def hear(self, user_id: UUID, frames: Sequence[LoggedFrame]) -> None:
        """Hand frames to the user's sockets."""
        for listener in tuple(self._listeners.get(user_id, ())):
            listener.hear(frames)

    def told(self, user_id: UUID, topic: str, seq: int) -> None:
        """Say to the user's sockets that the log of a topic has come to `seq`."""
        for listener in tuple(self._listeners.get(user_id, ())):
            listener.told(topic, seq)

    def users(self) -> Collection[UUID]:
        """Return who has a socket here."""
        return self._listeners.keys()
