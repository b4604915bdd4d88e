"""Before the instances of one service: each request goes to a revision by its share of the traffic, as on Cloud Run."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

HEAD_MAX_BYTES = 64 * 1024
CHUNK = 64 * 1024
QUEUED_S = 10.0  # that Cloud Run lets a request wait for an instance before it answers 429


@dataclass(frozen=True, slots=True)
class Limits:
    """What a manifest lets an instance do: requests at a time, and seconds of each, from its first byte to its last."""

    concurrency: int
    timeout_s: float


NO_LIMITS: Mapping[str, Limits] = {}


class Front:
    """Listens on one loopback port, in a thread of its own; a request under way stays where it is.

    Each request has a connection of its own to the instance, so that a shift of traffic counts from the next one
    on; a socket is one request, however long it lasts. A request above the concurrency of its revision waits, and is
    answered 429 when nothing becomes free; one above its timeout is answered 504, or cut where it was answered in part.
    """

    def __init__(self, queued_s: float = QUEUED_S) -> None:
        self._queued_s = queued_s
        self._limits: dict[str, Limits] = {}
        self._free: dict[str, asyncio.Semaphore] = {}
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

    def send_to(
        self, percents: Mapping[str, int], ports: Mapping[str, int], limits: Mapping[str, Limits] = NO_LIMITS
    ) -> None:
        """Send new requests so, within the limits of each revision; one without is not limited."""
        for revision, limit in limits.items():
            if revision not in self._limits:
                self._free[revision] = asyncio.Semaphore(limit.concurrency)
                self._limits[revision] = limit
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
                await self._answer(revision, port, single_request(head), reader, writer)
            else:
                writer.write(_short(b"503 Service Unavailable"))
        writer.close()

    async def _answer(
        self, revision: str, port: int, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        limit, free = self._limits.get(revision), self._free.get(revision)
        if free is not None:
            try:
                async with asyncio.timeout(self._queued_s):
                    await free.acquire()
            except TimeoutError:
                writer.write(_short(b"429 Too Many Requests"))
                return
        self.open[revision] += 1
        self.served[revision] += 1
        passing = _Passing(reader, writer)
        try:
            async with asyncio.timeout(limit.timeout_s if limit else None):
                await passing.on(head, port)
        except TimeoutError:
            if not passing.is_answered:
                writer.write(_short(b"504 Gateway Timeout"))
        finally:
            self.open[revision] -= 1
            if free is not None:
                free.release()


def _short(status: bytes) -> bytes:
    return b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def single_request(head: bytes) -> bytes:
    """Return a request's head that asks for the connection to be closed after it; a socket's is left as it is."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    names = {line.partition(b":")[0].strip().lower() for line in lines}
    if b"upgrade" in names:
        return head
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in (b"connection", b"keep-alive")]
    return b"\r\n".join([first, *kept, b"Connection: close", b"", b""])


class _Passing:
    """One request on its way to an instance and back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.is_answered = False

    async def on(self, head: bytes, port: int) -> None:
        """Pass the request on and its answer back."""
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
        upstream_writer.write(head)
        sending = asyncio.create_task(_copy(self._reader, upstream_writer))
        try:
            await self._back(upstream_reader)
        finally:
            sending.cancel()
            upstream_writer.close()

    async def _back(self, upstream: asyncio.StreamReader) -> None:
        first = await upstream.read(CHUNK)
        self.is_answered = bool(first)
        self._writer.write(first)
        await _copy(upstream, self._writer)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
