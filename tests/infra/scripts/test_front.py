"""What stands before a service on this machine keeps to its manifest: so many requests at a time, so long each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing

import aiohttp
import pytest

from localrun.front import Front, Limits
from localrun.instance import Wanted, limits_of


class Slow:
    """Answers when it is told to; whatever asks for `/half` gets the beginning of an answer at once."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.asked = 0

    async def was_asked(self, times: int) -> None:
        while self.asked < times:  # noqa: ASYNC110 - another task counts
            await asyncio.sleep(0.01)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET /half"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha")
        await self.go.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfigs")
        writer.close()


@pytest.fixture
async def slow() -> AsyncIterator[tuple[Slow, int]]:
    program = Slow()
    server = await asyncio.start_server(program.serve, "127.0.0.1", 0)
    yield program, server.sockets[0].getsockname()[1]
    program.go.set()
    server.close()


async def status(url: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        await answer.read()
        return answer.status


@pytest.mark.parametrize("limits", [{"one": Limits(2, 60)}, {}], ids=["limited", "not limited"])
async def test_a_request_too_many_waits_and_is_429(slow: tuple[Slow, int], limits: dict[str, Limits]) -> None:
    program, port = slow
    with closing(Front(queued_s=0.2)) as front:
        front.send_to({"one": 100}, {"one": port}, limits)
        asking = [asyncio.create_task(status(front.url)) for _ in range(2)]
        await program.was_asked(2)
        third = asyncio.create_task(status(front.url))
        done, _ = await asyncio.wait([third], timeout=1)

        assert ([task.result() for task in done], program.asked) == (([429], 2) if limits else ([], 3))
        program.go.set()
        assert await asyncio.gather(*asking) == [200, 200]
        assert await status(front.url) == 200, "what has ended makes room"


async def test_a_request_that_waits_is_answered_when_another_ends(slow: tuple[Slow, int]) -> None:
    program, port = slow
    with closing(Front()) as front:
        front.send_to({"one": 100}, {"one": port}, {"one": Limits(1, 60)})
        asking = [asyncio.create_task(status(front.url)) for _ in range(3)]
        await program.was_asked(1)
        assert program.asked == 1
        program.go.set()
        assert await asyncio.gather(*asking) == [200] * 3


async def test_what_takes_too_long_is_504_or_cut(slow: tuple[Slow, int]) -> None:
    program, port = slow
    with closing(Front()) as front:
        front.send_to({"one": 100}, {"one": port}, {"one": Limits(10, 0.2)})

        assert await status(front.url) == 504
        with pytest.raises(aiohttp.ClientPayloadError):
            await status(f"{front.url}/half")
        program.go.set()
        assert await status(front.url) == 200


def test_limits_are_those_of_the_manifest() -> None:
    spec = {"containers": [{}], "containerConcurrency": 7, "timeoutSeconds": 11}
    assert limits_of(Wanted("auth", "auth-1", spec)) == Limits(7, 11.0)
    assert limits_of(Wanted("auth", "auth-1", {})) == Limits(80, 300.0)
