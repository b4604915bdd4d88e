"""The line to a NATS server: encrypted when it was told so, and nothing is said on one that is not."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.bus.nats import NatsBus
from tests.kernel.events.bus_place import envelope, everything_on
from tests.nats_server import NatsServer
from tests.own_certificate import own_certificate

GREETING = b'INFO {"server_id":"x","version":"2.15.0","headers":true,"max_payload":1048576}\r\n'


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="emergence-nats-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.mark.parametrize("is_trusted", [True, False])
async def test_an_encrypted_line_asks_for_a_certificate_that_is_vouched_for(
    is_trusted: bool, folder: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = own_certificate(folder)
    words = ("--tls", "--tlscert", str(certificate), "--tlskey", str(certificate))
    server = NatsServer(folder, free_port, *words, "--user", "ada", "--pass", "word")
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server.start()
    bus = NatsBus(f"tls://ada:word@localhost:{free_port}")
    sent = [envelope()]
    try:
        if is_trusted:
            await bus.append(sent)
            assert await everything_on(bus) == sent
        else:
            with pytest.raises(Unavailable):
                await bus.append(sent)
    finally:
        await bus.close()
        server.end()


async def test_a_server_that_offers_no_encryption_is_told_no_password(free_port: int) -> None:
    said = bytearray()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GREETING)
        said.extend(await reader.read())
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", free_port):
        bus = NatsBus(f"tls://ada:hunter2@127.0.0.1:{free_port}")
        async with asyncio.timeout(timedelta(seconds=8).total_seconds()):
            with pytest.raises(Unavailable):
                await bus.append([envelope()])
        await bus.close()

    assert said == b""


async def test_one_that_is_cancelled_while_it_connects_leaves_no_connection(free_port: int) -> None:
    ended = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        ended.set()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", free_port):
        bus = NatsBus(f"nats://127.0.0.1:{free_port}")
        appending = asyncio.create_task(bus.append([envelope()]))
        await asyncio.sleep(0.3)
        appending.cancel()
        assert isinstance((await asyncio.gather(appending, return_exceptions=True))[0], asyncio.CancelledError)
        async with asyncio.timeout(3):
            await ended.wait()
        await bus.close()
