"""Fan-out to the sockets of a user: a hint in memory; the log in the database is the truth."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from emergence.contracts.session.protocol import CloseCode
from emergence.session.frames import LoggedFrame


class Listener(Protocol):
    """One open socket, as the bus sees it."""

    @property
    def user_id(self) -> UUID:
        """Whose frames it hears."""
        ...

    @property
    def login_session_id(self) -> UUID:
        """The login session that opened it."""
        ...

    def hear(self, frames: Sequence[LoggedFrame]) -> None:
        """Take frames that are in the log already; never blocks."""
        ...

    def close(self, code: CloseCode) -> None:
        """Close soon, after what is queued; never blocks."""
        ...


class LiveBus(Protocol):
    """Carries written frames to every socket of a user, on whichever instance it is.

    Frames may be lost, doubled or reordered on the way: listeners number-check each topic and
    read what is missing from the log.
    """

    def join(self, listener: Listener) -> None:
        """Let `listener` hear its user's frames from now on."""
        ...

    def leave(self, listener: Listener) -> None:
        """Stop. Idempotent."""
        ...

    async def publish(self, user_id: UUID, frames: Sequence[LoggedFrame]) -> None:
        """Hand frames that are committed to the user's sockets."""
        ...

    async def close_login_session(self, login_session_id: UUID, user_id: UUID) -> None:
        """Close every socket that was opened under a login session, everywhere."""
        ...

    async def close_user(self, user_id: UUID) -> None:
        """Close every socket of a user, everywhere."""
        ...


class InProcessBus:
    """The bus of one process: direct calls, in order, nothing lost."""

    def __init__(self) -> None:
        self._listeners: dict[UUID, set[Listener]] = {}

    def join(self, listener: Listener) -> None:
        self._listeners.setdefault(listener.user_id, set()).add(listener)

    def leave(self, listener: Listener) -> None:
        of_user = self._listeners.get(listener.user_id)
        if of_user is not None:
            of_user.discard(listener)
            if not of_user:
                del self._listeners[listener.user_id]

    async def publish(self, user_id: UUID, frames: Sequence[LoggedFrame]) -> None:
        for listener in tuple(self._listeners.get(user_id, ())):
            listener.hear(frames)

    async def close_login_session(self, login_session_id: UUID, user_id: UUID) -> None:
        for listener in tuple(self._listeners.get(user_id, ())):
            if listener.login_session_id == login_session_id:
                listener.close(CloseCode.SIGN_IN_NEEDED)

    async def close_user(self, user_id: UUID) -> None:
        for listener in tuple(self._listeners.get(user_id, ())):
            listener.close(CloseCode.SIGN_IN_NEEDED)
