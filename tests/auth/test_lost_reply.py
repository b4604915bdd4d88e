"""A server dies between the commit of a refresh and its reply: the browser may ask again, for ten seconds."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import httpx2
import pytest

from bench.instruments.programs import free_port
from tests.auth.served_auth import ADMINISTRATOR, auth_environ
from tests.journeys.program import Program
from tests.served_app import NO_CERTIFICATES

GRACE_S = 10.0


class ReplyEater:
    """Forwards requests to a server and kills it at the first byte of its reply, which nobody gets."""

    def __init__(self, server: Program, port: int) -> None:
        self._server = server
        self._port = port
        self.has_eaten = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        forwarding = asyncio.create_task(self._forward(reader, far_writer))
        if await far_reader.read(1):
            self._server.kill()
            self.has_eaten = True
        forwarding.cancel()
        for each in (writer, far_writer):
            each.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)


async def started(name: str, database_url: str, port: int, folder: Path) -> Program:
    environ = {"PATH": os.environ["PATH"], **auth_environ(database_url)}
    program = Program(name, ["serve", "auth", "--port", str(port)], environ, folder / f"{name}.log")
    program.start()
    async with httpx2.AsyncClient(trust_env=False, verify=NO_CERTIFICATES) as client:

        async def is_ready() -> bool:
            with suppress(httpx2.TransportError):
                return (await client.get(f"http://127.0.0.1:{port}/api/ready")).status_code == 200
            return False

        await program.until(is_ready, "its readiness")
    return program


@pytest.fixture
async def two_servers(database_url: str, tmp_path: Path) -> AsyncIterator[list[tuple[Program, int]]]:
    ports = [free_port(), free_port()]
    running = [(await started(f"auth-{place}", database_url, port, tmp_path), port) for place, port in enumerate(ports)]
    yield running
    for program, _ in running:
        program.kill()


async def refresh(client: httpx2.AsyncClient, port: int, token: str, device: str) -> httpx2.Response:
    # Over plain http the cookies are named after the port that the browser asked for.
    cookies = f"emg_rt_{port}={token}; emg_device_{port}={device}"
    headers = {"cookie": cookies, "sec-fetch-site": "same-origin"}
    return await client.post(f"http://127.0.0.1:{port}/api/auth/refresh", json={}, headers=headers)


def token_in(answer: httpx2.Response) -> str:
    return answer.headers["set-cookie"].partition("=")[2].partition(";")[0]


def device_in(answer: httpx2.Response) -> str:
    return str(next(iter(re.findall(r"emg_device_\d+=([^;]+)", answer.headers["set-cookie"]))))


async def test_a_refresh_whose_reply_was_never_sent_is_repeated_and_is_theft_later(
    two_servers: list[tuple[Program, int]],
) -> None:
    (dying, dying_port), (_, other_port) = two_servers
    async with httpx2.AsyncClient(trust_env=False, verify=NO_CERTIFICATES) as client:
        url = f"http://127.0.0.1:{dying_port}/api/auth/setup"
        claimed = await client.post(url, json=ADMINISTRATOR, headers={"sec-fetch-site": "same-origin"})
        assert claimed.status_code == 200, claimed.text
        first, device = token_in(claimed), device_in(claimed)
        client.cookies.clear()
        eater = ReplyEater(dying, dying_port)
        server = await asyncio.start_server(eater.carry, "127.0.0.1", 0)
        began = monotonic()
        with pytest.raises(httpx2.TransportError):
            await refresh(client, server.sockets[0].getsockname()[1], first, device)
        assert eater.has_eaten
        server.close()

        again = await refresh(client, other_port, first, device)
        assert monotonic() - began < GRACE_S
        client.cookies.clear()
        assert again.status_code == 200, again.text
        assert token_in(again).split(".")[2] == "1"  # the generation that was committed, not one more
        followed = await refresh(client, other_port, token_in(again), device)
        client.cookies.clear()
        assert followed.status_code == 200, followed.text

        stolen = await refresh(client, other_port, first, device)
        assert (stolen.status_code, stolen.json()["code"]) == (401, "session_reuse_detected")
        assert (await refresh(client, other_port, token_in(followed), device)).status_code == 401


async def test_after_ten_seconds_the_repetition_ends_the_session(two_servers: list[tuple[Program, int]]) -> None:
    (dying, dying_port), (_, other_port) = two_servers
    async with httpx2.AsyncClient(trust_env=False, verify=NO_CERTIFICATES) as client:
        url = f"http://127.0.0.1:{dying_port}/api/auth/setup"
        claimed = await client.post(url, json=ADMINISTRATOR, headers={"sec-fetch-site": "same-origin"})
        first, device = token_in(claimed), device_in(claimed)
        client.cookies.clear()
        server = await asyncio.start_server(ReplyEater(dying, dying_port).carry, "127.0.0.1", 0)
        with pytest.raises(httpx2.TransportError):
            await refresh(client, server.sockets[0].getsockname()[1], first, device)
        server.close()

        await asyncio.sleep(GRACE_S + 0.5)
        late = await refresh(client, other_port, first, device)

    assert (late.status_code, late.json()["code"]) == (401, "session_reuse_detected")
