"""Broadcast by the subjects of a NATS server: kept nowhere, not even there."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from nats.aio.msg import Msg

from emergence.kernel.events.broadcast.broadcast import Hearing
from emergence.kernel.events.broadcast.ear import Ear
from emergence.kernel.events.nats_address import nats_address
from emergence.kernel.events.nats_line import Line, LineClient, as_unavailable

NOTE_MAX_BYTES = 256 * 1024  # or what the server takes, when that is less


class NatsBroadcast:
    """One connection, opened on first use."""

    def __init__(self, url: str) -> None:
        address = nats_address(url)
        self._prefix = f"{address.prefix}.notes"
        self._line = Line(address)

    @property
    def note_max_bytes(self) -> int:
        """Return the limit of the server once it is known; a longer note before that is refused and lost."""
        return min(NOTE_MAX_BYTES, self._line.max_payload() or NOTE_MAX_BYTES)

    async def send(self, channel: str, notes: Sequence[str]) -> None:
        """Send one after the other and wait until the server has them."""
        async with self._line.borrowed() as client:
            for note in notes:
                await client.publish(f"{self._prefix}.{channel}", note.encode())
            await client.flush()

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[Hearing]:
        """Yield an ear; it ends with the connection."""
        ear = Ear()

        async def hear(message: Msg) -> None:
            ear.put(message.data.decode(errors="replace"))

        async with self._line.borrowed() as client:
            subscribed = await client.subscribe(f"{self._prefix}.{channel}", cb=hear)
            await client.flush()
        client.when_closed.append(ear.wake)
        try:
            yield _NatsHearing(client, ear)
        finally:
            client.when_closed.remove(ear.wake)
            if client.is_connected:
                with as_unavailable():
                    await subscribed.unsubscribe()

    async def close(self) -> None:
        """Return the connection."""
        await self._line.close()


class _NatsHearing:
    def __init__(self, client: LineClient, ear: Ear) -> None:
        self._client = client
        self._ear = ear

    async def next_notes(self, at_most: timedelta) -> Sequence[str]:
        notes = await self._ear.taken(at_most)
        if not notes:  # a silent connection may be dead without anybody having said so
            with as_unavailable():
                await self._client.flush()
        return notes
