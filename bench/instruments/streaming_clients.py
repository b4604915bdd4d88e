"""Clients that ask, hear their answers and come back by themselves when the socket is lost, as a browser's tab does."""

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import msgspec

from bench.instruments.live import Someone
from bench.instruments.report import NotMeasured
from emergence.contracts.session.protocol import SUBPROTOCOL, TICKET_PREFIX
from tests.faults.faithful_screen import FaithfulScreen

Json = dict[str, Any]
LOST = (OSError, aiohttp.ClientError, TimeoutError, NotMeasured)
TRY_AGAIN = frozenset({"database_unavailable", "internal_error"})
PAUSE_S = (0.05, 0.3)
FORGETFUL_PAUSE_S = (1.0, 1.3)  # while others are away as long, and miss as much
SILENCE_S = 45.0


@dataclass
class Asked:
    """A question and its ack, empty until it came; `shown` is what of the answer was there when something broke."""

    text: str
    ack: Json = field(default_factory=dict)
    shown: str = ""


@dataclass
class Away:
    """A time without a socket; `back_s` is None while it lasts."""

    lost_s: float
    back_s: float | None = None


class StreamingClient:
    """Holds one socket at a time to `address`. One that `forgets` asks nothing again when it comes back."""

    def __init__(self, http: aiohttp.ClientSession, someone: Someone, address: str, *, forgets: bool = False) -> None:
        self.screen = FaithfulScreen()
        self.asked: list[Asked] = []
        self.away: list[Away] = []
        self.welcomes = 0
        self._http, self._someone, self._address, self._forgets = http, someone, address, forgets
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._session = ""
        self._unanswered: dict[str, tuple[Json, asyncio.Future[Json]]] = {}
        self._changed = asyncio.Condition()

    async def live(self) -> None:
        """Come back until cancelled."""
        while True:
            with suppress(*LOST):
                await self._visit()
            if self._socket is not None:
                self._socket = None
                self.away.append(Away(time.perf_counter()))
            await asyncio.sleep(random.uniform(*(FORGETFUL_PAUSE_S if self._forgets else PAUSE_S)))

    async def ask(self, text: str) -> Asked:
        """Ask, on as many sockets as it takes, and return what was acknowledged. Raises NotMeasured for a refusal."""
        thread = next((each.ack["thread"] for each in self.asked if each.ack), None)
        command = {"cmd": "message.send", "cid": str(uuid4()), "text": text, "agent": "anima", "thread": thread}
        answered: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._unanswered[str(command["cid"])] = (command, answered)
        asked = Asked(text)
        self.asked.append(asked)
        await self._say(command)
        asked.ack = await answered
        return asked

    async def until_shown(self, asked: Asked) -> None:
        """Wait for the beginning of an answer."""
        await self._until(lambda: bool(self.screen.text(asked.ack["reply"])))

    async def until_ended(self, asked: Asked) -> None:
        """Wait for the end of an answer."""
        await self._until(lambda: asked.ack["run"] in self.screen.ended)

    def note_shown(self) -> None:
        """Remember what is on the screen of every answer."""
        for asked in (each for each in self.asked if each.ack):
            asked.shown = self.screen.text(asked.ack["reply"])

    async def _until(self, is_so: Any) -> None:
        async with self._changed:
            await self._changed.wait_for(is_so)

    async def _visit(self) -> None:
        ticket = await self._someone.ticket()
        url = f"{self._address}/ws" + (f"/{self._session}" if self._session else "")
        protocols = [SUBPROTOCOL, TICKET_PREFIX + ticket]
        async with self._http.ws_connect(url, protocols=protocols, compress=0, heartbeat=None) as socket:
            resume = [] if self._forgets else self.screen.resume()
            await self._send(
                socket, {"cmd": "hello", "client": "bench 1", "protocols": [SUBPROTOCOL], "resume": resume}
            )
            while True:
                message = await socket.receive(timeout=SILENCE_S)
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return
                await self._take(socket, msgspec.json.decode(message.data, type=Json))
                async with self._changed:
                    self._changed.notify_all()

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, frame: Json) -> None:
        match frame["type"]:
            case "welcome":
                await self._welcomed(socket, frame["data"])
            case "ping":
                await socket.send_str('{"cmd":"pong"}')
            case "ack" | "error":
                await self._answer(frame)
            case "message.snapshot":
                self.screen.show(frame)
            case _ if "seq" in frame:
                missing = self.screen.show(frame)
                if missing is not None and not self._forgets:
                    await self._follow(socket, missing)

    async def _welcomed(self, socket: aiohttp.ClientWebSocketResponse, data: Json) -> None:
        self._session, self._socket = data["session"], socket
        self.welcomes += 1
        if self.away:
            self.away[-1].back_s = time.perf_counter()
        if not self._forgets:
            for run in data["running"]:
                for topic in (f"thread:{run['thread']}", f"run:{run['id']}"):
                    if topic not in self.screen.positions:
                        await self._follow(socket, topic)
            for command, _ in tuple(self._unanswered.values()):
                await self._say(command)

    async def _follow(self, socket: aiohttp.ClientWebSocketResponse, topic: str) -> None:
        seq = self.screen.positions.get(topic, 0)
        await self._send(socket, {"cmd": "subscribe", "cid": str(uuid4()), "topic": topic, "seq": seq})

    async def _answer(self, frame: Json) -> None:
        data = frame["data"]
        command, answered = self._unanswered.get(data.get("cid") or "", (None, None))
        if command is None or answered is None:
            return
        if frame["type"] == "error" and data["code"] in TRY_AGAIN:
            asyncio.get_running_loop().call_later(0.3, lambda: asyncio.ensure_future(self._say(command)))
            return
        del self._unanswered[data["cid"]]
        if frame["type"] == "error":
            answered.set_exception(NotMeasured(f"the product refused: {data}"))
        else:
            answered.set_result(data)

    async def _say(self, command: Json) -> None:
        if self._socket is not None:
            with suppress(*LOST):
                await self._send(self._socket, command)

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, command: Json) -> None:
        await socket.send_str(msgspec.json.encode(command).decode())
