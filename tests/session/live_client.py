"""A small client of `emergence.v1`: what it shows follows the client's rule and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from tests.session.neighbours import Person

Json = dict[str, Any]
PATIENCE_S = 30.0
FAREWELL_S = 1.0  # who has not read what came does not hear the server's farewell, and would wait 10 s for it


@dataclass
class ShownText:
    """The text of one message, by the rule: equal offset appends, smaller is old, larger is a gap."""

    text: str = ""
    has_gap: bool = False

    def delta(self, offset: int, text: str) -> None:
        if offset == len(self.text):
            self.text += text
        elif offset > len(self.text):
            self.has_gap = True

    def snapshot(self, text: str) -> None:
        if len(text) >= len(self.text):
            self.text = text
            self.has_gap = False


@dataclass
class Screen:
    """What a client holds across its sockets."""

    texts: dict[str, ShownText] = field(default_factory=dict)
    messages: dict[str, Json] = field(default_factory=dict)
    threads: dict[str, Json] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)

    def show(self, frame: Json) -> None:
        kind, data = frame["type"], frame.get("data", {})
        if "seq" in frame:
            self.positions[frame["topic"]] = max(frame["seq"], self.positions.get(frame["topic"], 0))
        if kind == "message.delta":
            self.texts.setdefault(data["message"], ShownText()).delta(data["offset"], data["text"])
        elif kind == "message.snapshot":
            self.texts.setdefault(data["message"], ShownText()).snapshot(data["text"])
            self.positions[frame["topic"]] = max(data["upto_seq"], self.positions.get(frame["topic"], 0))
        elif kind in ("message.created", "message.final"):
            self.messages[data["message"]["id"]] = data["message"]
        elif kind == "message.withdrawn":
            for gone in data["messages"]:
                self.messages.pop(gone, None)
        elif kind == "thread.updated":
            self.threads[data["thread"]["id"]] = data["thread"]
        elif kind == "run.ended":
            self.ended[data["run"]] = data["reason"]

    def text(self, message: str) -> str:
        """Return what is shown for an answer that was streamed."""
        return self.texts[message].text if message in self.texts else ""

    def stored_text(self, message: str) -> str:
        """Return what the final message says."""
        return "".join(part["text"] for part in self.messages[message]["parts"])

    def resume(self) -> list[Json]:
        return [{"topic": topic, "seq": seq} for topic, seq in self.positions.items()]


class LiveClient:
    """One socket, after its welcome."""

    def __init__(self, socket: ClientConnection, screen: Screen) -> None:
        self.socket = socket
        self.screen = screen
        self.heard: list[Json] = []
        self.bytes_heard = 0

    async def command(self, cmd: str, **members: object) -> str:
        """Send a command and return its id."""
        cid = str(members.pop("cid", uuid4()))
        await self.socket.send(json.dumps({"cmd": cmd, "cid": cid, **members}, default=str))
        return cid

    async def next(self) -> Json:
        """Return the next frame."""
        async with asyncio.timeout(PATIENCE_S):
            text = await self.socket.recv()
        assert isinstance(text, str)
        frame: Json = json.loads(text)
        self.bytes_heard += len(text.encode())
        self.heard.append(frame)
        self.screen.show(frame)
        return frame

    async def until(self, kind: str, **members: object) -> Json:
        """Listen until a frame of this type, with these members in its data, comes; return it."""
        while True:
            frame = await self.next()
            data: Json = frame.get("data", {})
            if frame["type"] == kind and all(data.get(name) == value for name, value in members.items()):
                return frame

    async def ask(self, cmd: str, **members: object) -> Json:
        """Send a command and return the data of its ack, or of its error."""
        cid = await self.command(cmd, **members)
        while True:
            frame = await self.next()
            if frame["type"] in ("ack", "error") and frame["data"]["cid"] == cid:
                return {"type": frame["type"], **frame["data"]}

    async def send(self, text: str, thread: str | None = None, agent: str = "anima", **more: object) -> Json:
        """Say something and return the data of the ack."""
        return await self.ask("message.send", text=text, thread=thread, agent=agent, **more)

    async def close_code(self) -> int:
        """Listen to the end and return the code that the server closed with."""
        try:
            while True:
                await self.next()
        except ConnectionClosed:
            pass
        assert self.socket.close_code is not None
        return self.socket.close_code

    def kinds(self) -> list[str]:
        """What was heard, but for `presence`, which comes when it comes."""
        return [frame["type"] for frame in self.heard if frame["type"] != "presence"]


HELLO: Mapping[str, object] = {"cmd": "hello", "client": "tests 1", "protocols": ["emergence.v1"]}


@asynccontextmanager
async def raw_socket(
    url: str, subprotocols: list[str] | None, origin: str | None = None, **options: Any
) -> AsyncIterator[ClientConnection]:
    """Open a socket without saying anything."""
    offered = None if subprotocols is None else [Subprotocol(name) for name in subprotocols]
    async with connect(
        url.replace("http", "ws", 1),
        subprotocols=offered,
        origin=None if origin is None else Origin(origin),
        compression=None,
        ping_interval=None,
        proxy=None,
        **{"close_timeout": FAREWELL_S} | options,
    ) as socket:
        yield socket


@asynccontextmanager
async def live_client(
    url: str,
    person: Person,
    *,
    screen: Screen | None = None,
    session: UUID | str | None = None,
    resume: list[Json] | None = None,
    **options: Any,
) -> AsyncIterator[LiveClient]:
    """Connect, say hello and wait for the welcome; the screen of an earlier socket goes on."""
    path = "/ws" if session is None else f"/ws/{session}"
    screen = screen or Screen()
    subprotocols = ["emergence.v1", f"ticket.{person.ticket()}"]
    async with raw_socket(url + path, subprotocols, **options) as socket:
        client = LiveClient(socket, screen)
        await socket.send(json.dumps({**HELLO, "resume": screen.resume() if resume is None else resume}))
        await client.until("welcome")
        yield client
