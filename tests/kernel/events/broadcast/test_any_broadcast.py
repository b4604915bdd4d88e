"""What every broadcast promises: soon, to whoever listens now."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.broadcast.broadcast import Broadcast, Hearing
from emergence.kernel.events.broadcast.nats import NatsBroadcast
from emergence.kernel.events.broadcast.postgres import PostgresBroadcast
from tests.kernel.events.bus_place import WITH_TURNS, BusPlace
from tests.kernel.events.conftest import place_of
from tests.nats_server import NatsServer

CHANNEL = "session.live"
SOON = timedelta(seconds=2)


def broadcast_at(place: BusPlace) -> Broadcast:
    return (NatsBroadcast if place.kind == "nats" else PostgresBroadcast)(place.url)


@pytest.fixture(params=WITH_TURNS)
def bus_place(request: pytest.FixtureRequest) -> BusPlace:
    """Each kind in turn; on Pub/Sub it is PostgreSQL's."""
    return place_of(request.param, request)


@pytest.fixture
async def two(bus_place: BusPlace) -> AsyncIterator[tuple[Broadcast, Broadcast]]:
    """Two processes."""
    found = broadcast_at(bus_place), broadcast_at(bus_place)
    yield found
    for each in found:
        await each.close()


async def heard(hearing: Hearing, count: int) -> Sequence[str]:
    notes: list[str] = []
    async with asyncio.timeout(5):
        while len(notes) < count:
            notes += await hearing.next_notes(SOON)
    return notes


async def test_notes_reach_every_listener_of_their_channel_in_order(two: tuple[Broadcast, Broadcast]) -> None:
    one, other = two
    notes = [f"note {number} é😀" for number in range(100)]

    async with one.listening(CHANNEL) as here, other.listening(CHANNEL) as there, other.listening("else") as elsewhere:
        await one.send(CHANNEL, notes)

        assert [*await heard(here, 100)] == [*await heard(there, 100)] == notes
        assert [*await elsewhere.next_notes(timedelta(milliseconds=50))] == []


async def test_what_was_sent_before_is_not_heard(two: tuple[Broadcast, Broadcast]) -> None:
    one, other = two
    await one.send(CHANNEL, ["early"])

    async with other.listening(CHANNEL) as hearing:
        await one.send(CHANNEL, ["late"])

        assert [*await heard(hearing, 1)] == ["late"]


async def test_the_longest_note_arrives_whole(two: tuple[Broadcast, Broadcast]) -> None:
    one, other = two
    note = "x" * one.note_max_bytes

    async with other.listening(CHANNEL) as hearing:
        await one.send(CHANNEL, [note])

        assert [*await heard(hearing, 1)] == [note]


async def test_a_broadcast_that_is_away_says_so_within_seconds(bus_place: BusPlace, free_port: int) -> None:
    away = broadcast_at(bus_place.away(free_port))

    async with asyncio.timeout(8):
        with pytest.raises(Unavailable):
            await away.send(CHANNEL, ["note"])
        with pytest.raises(Unavailable):
            async with away.listening(CHANNEL):
                pass
    await away.close()


async def test_hearing_ends_at_once_when_the_nats_server_goes_and_its_limit_counts(free_port: int) -> None:
    with tempfile.TemporaryDirectory(prefix="emergence-nats-", ignore_cleanup_errors=True) as folder:
        config = Path(folder) / "conf"
        config.write_text("max_payload: 20000\n")
        server = NatsServer(Path(folder), free_port, "-c", str(config))
        server.start()
        broadcast = NatsBroadcast(server.url)
        try:
            with pytest.raises(Unavailable):
                async with broadcast.listening(CHANNEL) as hearing:
                    assert broadcast.note_max_bytes == 20_000
                    await asyncio.to_thread(server.end, signal.SIGKILL)
                    async with asyncio.timeout(3):
                        await hearing.next_notes(timedelta(minutes=5))
            server.start()
            async with broadcast.listening(CHANNEL) as hearing:
                await broadcast.send(CHANNEL, ["again"])
                assert [*await heard(hearing, 1)] == ["again"]
        finally:
            await broadcast.close()
            server.end(signal.SIGKILL)
