"""The sockets that are open on this instance."""

import asyncio
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Protocol
from uuid import UUID

from emergence.contracts.session.protocol import CloseCode
from emergence.session import figures


class OpenSocket(Protocol):
    """What sweeps and the drain need of a socket."""

    @property
    def user_id(self) -> UUID:
        """Whose it is."""
        ...

    @property
    def login_session_id(self) -> UUID:
        """The login session that opened it."""
        ...

    @property
    def live_session_id(self) -> UUID | None:
        """Its live session, once it was welcomed."""
        ...

    @property
    def expires_at(self) -> datetime:
        """When its login session ends."""
        ...

    @property
    def admitted_at(self) -> datetime:
        """When its ticket was used up."""
        ...

    @property
    def silent_s(self) -> float:
        """Seconds since the client was last heard."""
        ...

    @property
    def queued_bytes(self) -> int:
        """What waits to be sent."""
        ...

    def say(self, json: str) -> None:
        """Queue a frame of the connection itself; never blocks."""
        ...

    def close(self, code: CloseCode) -> None:
        """Close after what is queued; never blocks."""
        ...

    def expel(self, code: CloseCode) -> None:
        """Close at once, without what is queued; never blocks."""
        ...

    def drop(self) -> None:
        """End now, without waiting for a client that does not read."""
        ...


class OpenSockets:
    """Keeps count of sockets and of live sessions with one."""

    def __init__(self) -> None:
        self._sockets: set[OpenSocket] = set()
        self._by_user: dict[UUID, set[OpenSocket]] = {}
        self._by_login_session: dict[UUID, set[OpenSocket]] = {}
        self._emptied = asyncio.Event()
        self._emptied.set()
        self.is_draining = False

    def __iter__(self) -> Iterator[OpenSocket]:
        return iter(tuple(self._sockets))

    def add(self, socket: OpenSocket) -> None:
        """Count a socket in."""
        self._sockets.add(socket)
        self._emptied.clear()
        self._by_user.setdefault(socket.user_id, set()).add(socket)
        self._by_login_session.setdefault(socket.login_session_id, set()).add(socket)
        figures.connections.set(len(self._sockets))

    def remove(self, socket: OpenSocket) -> None:
        """Count a socket out. Idempotent."""
        if socket in self._sockets:
            self._sockets.remove(socket)
            _take_out(self._by_user, socket.user_id, socket)
            _take_out(self._by_login_session, socket.login_session_id, socket)
            figures.connections.set(len(self._sockets))
            self.count_live_sessions()
        if not self._sockets:
            self._emptied.set()

    async def emptied(self) -> None:
        """Wait until no socket is open."""
        await self._emptied.wait()

    def of_user(self, user_id: UUID) -> Collection[OpenSocket]:
        """Return the sockets that a user has open."""
        return tuple(self._by_user.get(user_id, ()))

    def of_login_session(self, session_id: UUID) -> Collection[OpenSocket]:
        """Return the sockets that were opened under a login session."""
        return tuple(self._by_login_session.get(session_id, ()))

    def live_sessions(self) -> set[UUID]:
        """Return the live sessions with a socket here."""
        return {socket.live_session_id for socket in self._sockets if socket.live_session_id is not None}

    def count_live_sessions(self) -> None:
        """Publish how many there are."""
        figures.sessions_active.set(len(self.live_sessions()))


def _take_out(index: dict[UUID, set[OpenSocket]], key: UUID, socket: OpenSocket) -> None:
    index[key].discard(socket)
    if not index[key]:
        del index[key]
