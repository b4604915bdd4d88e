"""Broadcast by NOTIFY: nothing else to run; a note is delivered when it is committed, and kept nowhere."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
from asyncpg import Connection, Record

from emergence.kernel.events.broadcast.broadcast import Hearing
from emergence.kernel.events.broadcast.ear import Ear
from emergence.kernel.storage.database import LOST, Database, DatabaseUnavailable

NOTE_MAX_BYTES = 7_999  # what PostgreSQL takes
PING_DEADLINE = timedelta(seconds=5)


class PostgresBroadcast:
    """Two connections to one database, opened on first use: one that sends, one that listens."""

    note_max_bytes = NOTE_MAX_BYTES

    def __init__(self, url: str) -> None:
        self._database = Database(url, "bus", pool_size=1)

    async def send(self, channel: str, notes: Sequence[str]) -> None:
        """Send all of them with one statement."""
        await self._database.execute("SELECT pg_notify($1, note) FROM unnest($2::text[]) AS note", channel, list(notes))

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[Hearing]:
        """Yield an ear on a connection of its own."""
        connection = await self._database.listen_connection()
        try:
            ear = Ear()
            connection.add_termination_listener(lambda _: ear.wake())
            await connection.add_listener(channel, lambda *heard: ear.put(str(heard[-1])))
            yield _PostgresHearing(connection, ear)
        except (*LOST, asyncpg.InterfaceError) as lost:
            if isinstance(lost, asyncpg.InterfaceError) and not connection.is_closed():
                raise
            raise DatabaseUnavailable() from lost
        finally:
            connection.terminate()

    async def close(self) -> None:
        """Return every connection."""
        await self._database.close()


class _PostgresHearing:
    def __init__(self, connection: "Connection[Record]", ear: Ear) -> None:
        self._connection = connection
        self._ear = ear

    async def next_notes(self, at_most: timedelta) -> Sequence[str]:
        notes = await self._ear.taken(at_most)
        if not notes:  # a silent connection may be dead without anybody having said so
            await self._connection.execute("SELECT 1", timeout=PING_DEADLINE.total_seconds())
        return notes
