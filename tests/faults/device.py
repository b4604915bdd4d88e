"""A tab or a phone: comes back by itself, repeats what was not answered, and notes what breaks a promise."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self
from uuid import uuid4

import aiohttp
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from tests.faults.ask_over_http import Refused, ask_over_http
from tests.faults.cluster import HEARTBEAT_S, Cluster
from tests.faults.faithful_screen import FaithfulScreen
from tests.session.live_client import HELLO, raw_socket

Json = dict[str, Any]
PATIENCE_S = 90.0  # for one answer, whatever goes wrong meanwhile
SILENCE_LIMIT_S = HEARTBEAT_S * 2.25  # as 45 s are to 20 s
TRY_AGAIN = frozenset({"database_unavailable", "internal_error"})
LOST = (OSError, WebSocketException, aiohttp.ClientError, TimeoutError)
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


@dataclass
class Person:
    """Somebody with several devices; each device signs in by itself."""

    cluster: Cluster
    email: str = field(default_factory=lambda: f"{uuid4().hex}@example.org")
    user_id: str = ""

    @asynccontextmanager
    async def device(self, *places: str) -> AsyncIterator["Device"]:
        """Open a device that tries these instances in turn, and wait for its first welcome."""
        async with Device(self, places) as device:
            await device.back_since(0)
            yield device

    async def sign_in(self, http: aiohttp.ClientSession) -> str:
        """Return an access token of a new login session."""
        signed_in = await ask_over_http(http, "POST", f"{self.cluster.front}/api/auth/dev/login", {"email": self.email})
        token: str = signed_in["access_token"]
        return token


@dataclass
class Said:
    """A command and what it was answered with; `twice` are answers to the same command said again."""

    command: Json
    answer: Json = field(default_factory=dict)
    twice: list[Json] = field(default_factory=list)


class Device:
    """Holds one socket at a time; `screen` is what it shows, `broken` what no client should ever see."""

    def __init__(self, person: Person, places: Sequence[str]) -> None:
        self.person = person
        self.screen = FaithfulScreen()
        self.said: list[Said] = []
        self.broken: list[str] = []
        self.welcomed: list[float] = []
        self.away_s: list[float] = []  # how long it was without a socket, each time
        self.place = ""
        self.frames = 0
        self.cuts_after: int | None = None  # so many more frames, and the line is cut
        self._places = list(places)
        self._turn = 0
        self._session: str | None = None
        self._socket: ClientConnection | None = None
        self._lost_s: float | None = None
        self._unanswered: dict[str, tuple[Json, asyncio.Future[Json]]] = {}
        self._resumed: dict[str, int] = {}  # where topics stood when this socket was opened
        self._heard: dict[str, int] = {}  # how far they are on it
        self._asked: set[str] = set()  # topics that were asked for on it
        self._may_come = asyncio.Event()
        self._may_come.set()
        self._stack = AsyncExitStack()
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(force_close=True)  # processes come and go here
        timeout = aiohttp.ClientTimeout(total=15)
        self._http = await self._stack.enter_async_context(
            aiohttp.ClientSession(timeout=timeout, connector=connector, headers=SAME_ORIGIN)
        )
        self._token = await self.person.sign_in(self._http)
        self._living = asyncio.create_task(self._live())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._living.cancel()
        with suppress(asyncio.CancelledError):
            await self._living
        await self._stack.aclose()

    async def ask(self, cmd: str, **members: object) -> Json:
        """Say something, on as many sockets as it takes, and return the data of its ack or of its refusal."""
        said = self.prepared(cmd, **members)
        said.answer = await self._answered(said.command)
        self.said.append(said)
        return said.answer

    def prepared(self, cmd: str, **members: object) -> "Said":
        """Return a command that was not said yet."""
        return Said({"cmd": cmd, "cid": str(uuid4()), **members})

    async def send(self, text: str, thread: str | None = None) -> Json:
        return await self.ask("message.send", text=text, thread=thread, agent="anima")

    async def say_again(self, said: Said) -> Json:
        """Say a command of any device once more, under the same id."""
        answer = await self._answered(said.command)
        said.twice.append(answer)
        return answer

    async def shown(self, reply: str, characters: int) -> str:
        """Wait until so much of an answer is on the screen, and return it."""
        await self.until(lambda: len(self.screen.text(reply)) >= characters, f"{characters} characters of {reply}")
        return self.screen.text(reply)

    async def until(self, is_so: Any, what: str, within_s: float = PATIENCE_S) -> None:
        """Wait until frames have made something so."""
        try:
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(is_so)
        except TimeoutError:
            raise AssertionError(f"{what} did not come; {self}") from None

    async def back_since(self, moment_s: float, *gone: str) -> float:
        """Wait for a socket that is not one of before on an instance that is gone; return how long after it came."""

        def is_back() -> bool:
            return self._socket is not None and (self.place not in gone or self.welcomed[-1] > moment_s)

        await self.until(is_back, "a welcome")
        return max(0.0, self.welcomed[-1] - moment_s)

    def cut(self) -> None:
        """Lose the line without a word, as a phone in a tunnel does."""
        if self._socket is not None:
            self._socket.transport.abort()

    def leaves(self, after: int) -> None:
        """Be cut off so many frames later, and stay away until `comes_back`."""
        self.cuts_after = after
        self._may_come.clear()

    def comes_back(self) -> None:
        self._may_come.set()

    async def read(self, path: str, place: str) -> Json:
        """Ask one instance over REST."""
        return await ask_over_http(self._http, "GET", self.person.cluster.addresses[place] + path, None, self._token)

    def __repr__(self) -> str:
        shown = {reply: len(text.text) for reply, text in self.screen.texts.items()}
        return (
            f"device at {self.place or 'nowhere'}, {len(self.welcomed)} welcomes, {shown}, {self.screen.ended}, "
            f"waits for {[command['cmd'] for command, _ in self._unanswered.values()]}, broken: {self.broken}"
        )

    async def _answered(self, command: Json) -> Json:
        answered: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._unanswered[str(command["cid"])] = (command, answered)
        await self._say(command)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await answered
        except TimeoutError:
            raise AssertionError(f"no answer to {command}; {self}") from None

    async def _live(self) -> None:
        while True:
            await self._may_come.wait()
            self.place = self._places[self._turn % len(self._places)]
            self._turn += 1
            with suppress(*LOST, Refused):
                await self._visit(self.person.cluster.addresses[self.place])
            if self._socket is not None:
                self._socket, self._lost_s = None, monotonic()
            await asyncio.sleep(random.uniform(0.05, 0.4))

    async def _visit(self, address: str) -> None:
        front = self.person.cluster.front
        ticket = (await ask_over_http(self._http, "POST", f"{front}/api/auth/ws-ticket", {}, self._token))["ticket"]
        url = f"{address}/ws" + (f"/{self._session}" if self._session else "")
        subprotocols = ["emergence.v1", f"ticket.{ticket}"]
        async with raw_socket(url, subprotocols, open_timeout=10, close_timeout=1) as socket:
            self._resumed, self._heard, self._asked = dict(self.screen.positions), {}, set()
            await socket.send(json.dumps({**HELLO, "resume": self.screen.resume()}))
            while True:
                async with asyncio.timeout(SILENCE_LIMIT_S * 2):  # the machine may be busy
                    frame: Json = json.loads(await socket.recv())
                if frame["type"] == "welcome":
                    await self._welcomed(socket, frame["data"])
                else:
                    await self._take(socket, frame)
                async with self._changed:
                    self._changed.notify_all()

    async def _welcomed(self, socket: ClientConnection, data: Json) -> None:
        if self._lost_s is not None:
            self.away_s.append(monotonic() - self._lost_s)
        self._session, self._socket, self._lost_s = data["session"], socket, None
        self.person.user_id = data["user"]
        self.welcomed.append(monotonic())
        for position in data["positions"]:
            if position["topic"].startswith("user:"):
                self.screen.positions.setdefault(position["topic"], position["seq"])
        for run in data["running"]:
            for topic in (f"thread:{run['thread']}", f"run:{run['id']}"):
                if topic not in self.screen.positions:
                    await self._follow(topic, 0)
        for command, _ in tuple(self._unanswered.values()):
            await self._say(command)

    async def _take(self, socket: ClientConnection, frame: Json) -> None:
        self.frames += frame["type"] != "ping"
        match frame["type"]:
            case "ping":
                await socket.send('{"cmd":"pong"}')
            case "ack" | "error":
                await self._answer(frame)
            case "topic.reset":
                self.broken.append(f"reset of {frame['topic']}")
            case "message.snapshot":
                self.screen.show(frame)
            case _ if "seq" in frame:
                await self._show(frame)
        if self.cuts_after is not None and frame["type"] != "ping":
            self.cuts_after -= 1
            if self.cuts_after <= 0:
                self.cuts_after = None
                self.cut()

    async def _show(self, frame: Json) -> None:
        topic, seq = frame["topic"], frame["seq"]
        self._check_order(topic, seq)
        self._heard[topic] = max(seq, self._heard.get(topic, 0))
        if self.screen.show(frame) is not None:
            if topic in self._resumed:
                self.broken.append(f"something of {topic} is missing before {seq}")
            await self._follow(topic, self.screen.positions.get(topic, 0))
        if frame["type"] == "thread.updated" and len(self.welcomed) > 1:
            await self._open(frame["data"]["thread"]["id"])

    def _check_order(self, topic: str, seq: int) -> None:
        """Note what came twice, late or not at all, of a topic that was followed from a known place."""
        before = self._heard.get(topic, self._resumed.get(topic))
        if before is None or topic in self._asked:
            return
        if seq <= before:
            self.broken.append(f"{topic} {seq} came after {before}")
        if seq > before + 1 and not topic.startswith("run:"):
            self.broken.append(f"{topic} went from {before} to {seq}")

    async def _open(self, thread: str) -> None:
        """Read a thread that began while nobody was here."""
        if f"thread:{thread}" not in self.screen.positions:
            await self._follow(f"thread:{thread}", 0)

    async def _follow(self, topic: str, seq: int) -> None:
        if topic not in self._asked:
            self._asked.add(topic)
            await self._say({"cmd": "subscribe", "cid": str(uuid4()), "topic": topic, "seq": seq})

    async def _answer(self, frame: Json) -> None:
        data = frame["data"]
        found = self._unanswered.get(data.get("cid") or "")
        if found is None:
            return
        command, answered = found
        if frame["type"] == "error" and data["code"] in TRY_AGAIN:
            asyncio.get_running_loop().call_later(0.3, lambda: asyncio.ensure_future(self._say(command)))
            return
        del self._unanswered[data["cid"]]
        if not answered.done():
            answered.set_result({"type": frame["type"], **data})

    async def _say(self, command: Json) -> None:
        if self._socket is not None:
            with suppress(*LOST):
                await self._socket.send(json.dumps(command))
