"""Two ways to read a model's reply: straight through the provider's package, and through the whole product."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import aiohttp
import msgspec
import openai

from bench.instruments.report import NotMeasured
from emergence.contracts.session.protocol import SUBPROTOCOL
from emergence.terminal.server import Server
from emergence.terminal.sign_in import chosen_sign_in

SILENCE_LIMIT_S = 30
QUESTION = "Tell me about the river."


@dataclass(frozen=True, slots=True)
class Reception:
    """One reply as its reader saw it; `reader_cpu_s` is the reading process's own CPU time."""

    first_token_s: float
    whole_s: float
    reader_cpu_s: float
    frames: int = 0
    bytes: int = 0


class DirectReader:
    """Reads with OpenAI's package and does nothing with what it reads."""

    def __init__(self, address: str, model: str) -> None:
        transport = openai.DefaultAsyncHttpxClient(trust_env=False)
        self._client = openai.AsyncOpenAI(api_key="none", base_url=address, max_retries=0, http_client=transport)
        self._model = model

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self._client.close()

    async def read(self) -> Reception:
        """Ask once and read to the end."""
        first_s: float | None = None
        started, cpu = time.perf_counter(), time.process_time()
        async with await self._client.chat.completions.create(
            model=self._model,
            messages=[{"role": "user", "content": QUESTION}],
            stream=True,
            stream_options={"include_usage": True},
        ) as chunks:
            async for chunk in chunks:
                if first_s is None and chunk.choices and chunk.choices[0].delta.content:
                    first_s = time.perf_counter() - started
        if first_s is None:
            raise NotMeasured("the scripted provider said nothing")
        return Reception(first_s, time.perf_counter() - started, time.process_time() - cpu)

    async def pieces(self) -> list[tuple[str, int]]:
        """Ask once and return each piece of text, and when it came by the machine's monotonic clock."""
        async with await self._client.chat.completions.create(
            model=self._model, messages=[{"role": "user", "content": QUESTION}], stream=True
        ) as chunks:
            return [
                (chunk.choices[0].delta.content, time.monotonic_ns())
                async for chunk in chunks
                if chunk.choices and chunk.choices[0].delta.content
            ]


class ProductReader:
    """Asks over the live socket, each time in a new thread, and reads until the run is over."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def greet(self) -> None:
        """Say hello and wait for the welcome."""
        await self._send({"cmd": "hello", "client": "bench 1", "protocols": [SUBPROTOCOL]})
        while (await self._frame())[0]["type"] != "welcome":
            pass

    async def read(self) -> Reception:
        """Ask once; count every frame from the acknowledgement to the thread's last update."""
        frames, size, first_s, run = 0, 0, None, None
        waits_for = {"message.final", "run.ended", "thread.updated"}
        started, cpu = time.perf_counter(), time.process_time()
        await self._send({"cmd": "message.send", "cid": str(uuid4()), "text": QUESTION, "agent": "anima"})
        while waits_for:
            frame, length = await self._frame()
            kind, data = frame["type"], frame.get("data", {})
            if kind in ("error", "message.error"):
                raise NotMeasured(f"the product refused: {data}")
            if kind == "ack":
                run = data["run"]
            if kind == "ping" or run is None:
                continue
            frames, size = frames + 1, size + length
            if kind == "message.delta" and first_s is None:
                first_s = time.perf_counter() - started
            if kind != "thread.updated" or not data["thread"]["running"]:
                waits_for.discard(kind)
        if first_s is None:
            raise NotMeasured("the product ended a reply without any text")
        return Reception(first_s, time.perf_counter() - started, time.process_time() - cpu, frames, size)

    async def _frame(self) -> tuple[dict[str, Any], int]:
        message = await self._socket.receive(timeout=SILENCE_LIMIT_S)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise NotMeasured(f"the product closed the socket ({self._socket.close_code})")
        frame = msgspec.json.decode(message.data, type=dict[str, Any])
        if frame["type"] == "ping":
            await self._send({"cmd": "pong"})
        return frame, len(message.data.encode())

    async def _send(self, command: Mapping[str, object]) -> None:
        await self._socket.send_str(msgspec.json.encode(command).decode())


@asynccontextmanager
async def open_product_reader(environ: Mapping[str, str]) -> AsyncIterator[ProductReader]:
    """Sign in as this machine's owner to the product that runs in this environment; yield a greeted socket."""
    async with Server(chosen_sign_in(None, environ)) as server, await server.open_socket(None) as socket:
        reader = ProductReader(socket)
        await reader.greet()
        yield reader
