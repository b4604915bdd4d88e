"""The bus on NATS: what its server, its leases and its connections do to it."""

import asyncio
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import nats
import pytest

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.bus.bus import Envelope
from emergence.kernel.events.bus.nats import NatsBus
from tests.kernel.events.bus_place import SOON, envelope, everything_on
from tests.nats_server import NatsServer

WRITERS = 4
HOLDER = Path(__file__).with_name("hold_subscription.py")


@pytest.fixture
def own_server(free_port: int) -> Iterator[NatsServer]:
    with tempfile.TemporaryDirectory(prefix="emergence-nats-", ignore_cleanup_errors=True) as folder:
        server = NatsServer(Path(folder), free_port)
        server.start()
        try:
            yield server
        finally:
            server.end(signal.SIGKILL)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[NatsBus]:
    bus = NatsBus(url)
    try:
        yield bus
    finally:
        await bus.close()


class Writer:
    """Appends one number after the other, each again until it is acknowledged."""

    def __init__(self, bus: NatsBus, subject: str) -> None:
        self.bus = bus
        self.subject = subject
        self.acknowledged: list[Envelope] = []
        self.is_over = False

    async def run(self) -> None:
        while not self.is_over:
            batch = [envelope(self.subject, number=len(self.acknowledged) + more) for more in range(3)]
            while True:
                try:
                    await self.bus.append(batch)
                    break
                except Unavailable:
                    await asyncio.sleep(0.05)
            self.acknowledged += batch


class ReaderOfAll:
    """Reads for one subscriber, across outages, and notes everything that it acknowledged."""

    def __init__(self, bus: NatsBus) -> None:
        self.bus = bus
        self.seen: list[Envelope] = []

    async def run(self) -> None:
        while True:
            try:
                async with self.bus.subscription("office") as subscription:
                    while True:
                        for delivery in await subscription.next_batch(timedelta(seconds=5)):
                            if delivery.envelope not in self.seen[-2000:]:
                                self.seen.append(delivery.envelope)
                            await subscription.acknowledge(delivery)
            except Unavailable:
                await asyncio.sleep(0.05)


async def test_a_server_killed_under_load_loses_nothing_that_was_acknowledged(own_server: NatsServer) -> None:
    async with opened(own_server.url) as writing, opened(own_server.url) as reading:
        writers = [Writer(writing, f"item:{number}") for number in range(WRITERS)]
        reader = ReaderOfAll(reading)
        tasks = [asyncio.create_task(each.run()) for each in writers]
        read = asyncio.create_task(reader.run())
        for _ in range(3):
            await asyncio.sleep(0.4)
            before = [len(each.acknowledged) for each in writers]
            await asyncio.to_thread(own_server.end, signal.SIGKILL)
            await asyncio.sleep(0.2)
            await asyncio.to_thread(own_server.start)
            async with asyncio.timeout(20):
                while any(len(one.acknowledged) <= had for one, had in zip(writers, before, strict=True)):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        for each in writers:
            each.is_over = True
        async with asyncio.timeout(20):
            await asyncio.gather(*tasks)
            while len(reader.seen) < sum(len(each.acknowledged) for each in writers):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        read.cancel()
        await asyncio.gather(read, return_exceptions=True)

        for found in (reader.seen, await everything_on(reading)):
            for each in writers:
                assert [one for one in found if one.subject == each.subject] == each.acknowledged


async def test_the_lease_of_a_killed_process_is_taken_over_within_twelve_seconds(nats_url: str) -> None:
    holder = await asyncio.create_subprocess_exec(sys.executable, str(HOLDER), nats_url, "office", stdout=PIPE)
    try:
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"held\n"
        async with opened(nats_url) as bus:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(4), bus.subscription("office"):
                    pass
            holder.kill()
            killed = time.monotonic()
            async with asyncio.timeout(12), bus.subscription("office"):
                pass
        assert time.monotonic() - killed > 2, "it was a lease that ended, not a goodbye"
    finally:
        if holder.returncode is None:
            holder.kill()
        await holder.wait()


async def test_a_process_that_was_stopped_too_long_reads_no_more(nats_url: str) -> None:
    async with opened(nats_url) as bus, opened(nats_url) as other:
        await bus.append([envelope()])
        with pytest.raises(Unavailable, match="lease"):
            async with bus.subscription("office") as subscription:
                batch = await subscription.next_batch(SOON)
                time.sleep(9.5)  # noqa: ASYNC251 - as a debugger, a swapped-out page or a paused machine does
                async with asyncio.timeout(5), other.subscription("office"):
                    pass
                await subscription.acknowledge(batch[0])
        assert len(await everything_on(bus)) == 1
        async with other.subscription("office") as subscription:
            assert len(await subscription.next_batch(SOON)) == 1


async def test_waiting_ends_at_once_when_the_server_goes_and_everything_goes_on_when_it_is_back(
    own_server: NatsServer,
) -> None:
    async with opened(own_server.url) as bus:
        with pytest.raises(Unavailable):
            async with bus.subscription("office") as subscription:
                waiting = asyncio.create_task(subscription.next_batch(timedelta(minutes=5)))
                await asyncio.sleep(0.2)
                own_server.end(signal.SIGKILL)
                async with asyncio.timeout(3):
                    await waiting
        async with asyncio.timeout(3):
            with pytest.raises(Unavailable):
                await bus.append([envelope()])

        own_server.start()
        await bus.append(sent := [envelope()])
        async with asyncio.timeout(5), bus.subscription("office") as subscription:
            assert [each.envelope for each in await subscription.next_batch(SOON)] == sent


async def test_a_server_that_says_nothing_is_given_up_within_seconds(own_server: NatsServer) -> None:
    async with opened(own_server.url) as bus, opened(own_server.url) as fresh:
        await bus.append([envelope()])
        own_server.pause()
        for each in (bus, fresh):
            async with asyncio.timeout(8):
                with pytest.raises(Unavailable):
                    await each.append([envelope()])
        own_server.resume()

        async with asyncio.timeout(10):
            await bus.append([envelope()])


async def test_a_stream_that_was_made_anew_is_read_from_its_beginning(nats_url: str) -> None:
    server, _, prefix = nats_url.rpartition("/")
    async with opened(nats_url) as bus:
        await bus.append([envelope() for _ in range(5)])
        async with bus.subscription("office") as subscription:
            await subscription.acknowledge((await subscription.next_batch(SOON))[-1])
        operator = await nats.connect(server)
        await operator.jetstream().delete_stream(f"{prefix}-events")
        await operator.close()
        with pytest.raises(Unavailable):
            async with bus.subscription("office"):
                pass

        await bus.append(sent := [envelope() for _ in range(2)])
        await bus.prune()
        async with bus.subscription("office") as subscription:
            assert [each.envelope for each in await subscription.next_batch(SOON)] == sent


async def test_what_an_operator_changed_on_the_stream_stays(nats_url: str) -> None:
    server, _, prefix = nats_url.rpartition("/")
    async with opened(nats_url) as bus, opened(nats_url) as later:
        await bus.prepare()
        operator = await nats.connect(server)
        jetstream = operator.jetstream()
        config = (await jetstream.stream_info(f"{prefix}-events")).config
        await jetstream.update_stream(config.evolve(max_bytes=50_000))
        await later.prepare()
        with pytest.raises(Unavailable):
            await later.append([envelope(f"item:{uuid4()}") for _ in range(500)])

        kept = (await jetstream.stream_info(f"{prefix}-events")).state
        await operator.close()
    assert kept.first_seq == 1, "a full stream refuses new events and drops none"


async def test_an_event_that_is_longer_than_the_server_takes_is_named(nats_url: str) -> None:
    long = replace(envelope(), payload="x" * 2_000_000)
    async with opened(nats_url) as bus:
        with pytest.raises(ValueError, match=r"shop.item_sold.v1 has 2000\d+ bytes.*max_payload"):
            await bus.append([long])


async def test_a_wrong_password_is_refused_without_being_shown(
    free_port: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with tempfile.TemporaryDirectory(prefix="emergence-nats-") as folder:
        server = NatsServer(Path(folder), free_port, "--user", "ada", "--pass", "right/word")
        server.start()
        try:
            async with opened(f"nats://ada:right%2Fword@127.0.0.1:{free_port}") as bus:
                await bus.append([envelope()])
            async with opened(f"nats://ada:hunter2@127.0.0.1:{free_port}") as bus:
                with pytest.raises(Unavailable) as raised:
                    await bus.append([envelope()])
                shown = f"{raised.value!r}{raised.value.__cause__!r}{bus._line._address!r}"
        finally:
            server.end()

    assert "hunter2" not in shown + "".join(capfd.readouterr())
