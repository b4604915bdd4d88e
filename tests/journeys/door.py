"""A port that leads to PostgreSQL once it is opened: a database that is away at first, at an address known before."""

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

from tests.journeys.deployment import free_ports


class Door:
    """An async context manager; until `open` is called nobody listens at `url`."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        assert parts.port is not None
        self._behind = parts.port
        (self._port,) = free_ports(1)
        self.url = database_url.replace(f":{parts.port}/", f":{self._port}/")
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()

    async def open(self) -> None:
        """Let connections through from now on."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_database, to_database = await asyncio.open_connection("127.0.0.1", self._behind)
        await asyncio.gather(_pass_on(reader, to_database), _pass_on(from_database, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(64 * 1024):
            writer.write(data)
            await writer.drain()
    writer.close()
