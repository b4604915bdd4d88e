"""A proxy that knows no WebSocket: it refuses every upgrade, and passes the rest on as it comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

REFUSAL = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class ProxyWithoutUpgrade:
    """Counts what it refuses; `cut` ends every connection that is open."""

    def __init__(self, target: str) -> None:
        address = urlsplit(target)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or 80
        self._writers: set[asyncio.StreamWriter] = set()
        self.refused = 0

    def cut(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if b"upgrade: websocket" in head.lower():  # browsers take a connection of its own for each
                self.refused += 1
                writer.write(REFUSAL)
                await writer.drain()
            else:
                far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
                far_writer.write(head)
                ends = {writer, far_writer}
                self._writers |= ends
                try:
                    await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
                finally:
                    self._writers -= ends
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def proxy_without_upgrade(target: str) -> AsyncIterator[tuple[ProxyWithoutUpgrade, str]]:
    """Yield a proxy before `target`, and its address."""
    proxy = ProxyWithoutUpgrade(target)
    server = await asyncio.start_server(proxy.carry, "127.0.0.1", 0, limit=2**20)
    try:
        yield proxy, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        proxy.cut()
