"""Before the instances of one service: each request goes to a revision by its share of the traffic, as on Cloud Run."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

HEAD_MAX_BYTES = 64 * 1024
CHUNK = 64 * 1024


class Front:
    """Listens on one loopback port, in a thread of its own; a request under way stays where it is.

    Each request has a connection of its own to the instance, so that a shift of traffic counts from the next one
    on; a socket is one request, however long it lasts.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._targets: list[tuple[str, int, int]] = []  # revision, port, percent
        self.open: Counter[str] = Counter()
        self.served: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._loop.run_forever, name="front", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD_MAX_BYTES), self._loop
        ).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self.port}"

    def send_to(self, percents: Mapping[str, int], ports: Mapping[str, int]) -> None:
        """Send new requests so."""
        self._targets = [(revision, ports[revision], percent) for revision, percent in percents.items() if percent]

    def close(self) -> None:
        """Cut every connection and end the thread."""

        async def end() -> None:
            self._server.close()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            if self._targets:
                revision, port, _ = random.choices(self._targets, [percent for *_, percent in self._targets])[0]
                self.open[revision] += 1
                self.served[revision] += 1
                try:
                    await _pass_on(single_request(head), reader, writer, port)
                finally:
                    self.open[revision] -= 1
            else:
                writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


def single_request(head: bytes) -> bytes:
    """Return a request's head that asks for the connection to be closed after it; a socket's is left as it is."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    names = {line.partition(b":")[0].strip().lower() for line in lines}
    if b"upgrade" in names:
        return head
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in (b"connection", b"keep-alive")]
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])


async def _pass_on(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
    upstream_writer.write(head)
    sending = asyncio.create_task(_copy(reader, upstream_writer))
    try:
        await _copy(upstream_reader, writer)
    finally:
        sending.cancel()
        upstream_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
