"""A TCP line to the database that a test can cut and mend."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class CuttableLine:
    """Forwards to `target` while it is whole; cutting ends every connection and refuses new ones at once."""

    def __init__(self, target: str, default_port: int = 5432) -> None:
        address = urlsplit(target)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or default_port
        self._writers: set[asyncio.StreamWriter] = set()
        self.is_cut = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.close()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:  # whoever is asked is away
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._writers |= ends
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump_back(far_reader, writer))
        finally:
            self._writers -= ends

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _pump_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._pump(reader, writer)

    def cut(self) -> None:
        self.is_cut = True
        for writer in tuple(self._writers):
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = False


@asynccontextmanager
async def cuttable_line(database_url: str) -> AsyncIterator[tuple[CuttableLine, str]]:
    """Yield a line and the database's address over it."""
    line = CuttableLine(database_url)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = urlsplit(database_url)
    user = address.netloc.rpartition("@")[0]
    try:
        yield line, address._replace(netloc=f"{user}@127.0.0.1:{port}").geturl()
    finally:
        server.close()
        line.cut()
