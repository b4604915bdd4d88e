"""Session instances beside auth and chat, each a process of its own, and people with live sockets to them."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import aiohttp
import msgspec

from bench.instruments.engine import running_postgres
from bench.instruments.programs import Program, free_port
from bench.instruments.report import NotMeasured
from emergence.composition import DOCUMENTED_ENVIRONMENT
from emergence.contracts.session.protocol import SUBPROTOCOL, TICKET_PREFIX

MODEL = "scripted"
SOCKETS_PER_SIGN_IN = 25  # auth gives thirty tickets a minute to one
SIGNED_IN_FOR_S = 200  # an access token counts for five minutes
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}
SILENCE_LIMIT_S = 60.0
ENVIRON = {
    "AUTH_ENV": "dev",
    "AUTH_DEV_LOGIN": "1",
    "EMERGENCE_ENV": "development",
    "CHAT_BUILTIN_MODEL": "false",
    "SESSION_SOCKETS_PER_USER": "100000",
    "SESSION_CONCURRENT_RUNS_PER_USER": "1000",
    "SESSION_COMMANDS_PER_MINUTE": "1000000",
    "SESSION_INACTIVITY_TIMEOUT_MINUTES": "0",
}
Json = dict[str, Any]


@dataclass(frozen=True)
class Stand:
    """The running processes; `front` is auth and chat."""

    front: str
    instances: Sequence[str]
    programs: Sequence[Program]
    model: str


@dataclass(frozen=True, slots=True)
class Around:
    """What an instance of session needs: auth with chat at `front`, a model, and the `environ` that names them."""

    front: str
    model: str
    environ: Mapping[str, str]


@asynccontextmanager
async def stand(tokens: int, rate: float, instances: int = 1) -> AsyncIterator[Stand]:
    """Run a database, a timed model, auth with chat, and instances. Raises NotMeasured."""
    async with running_postgres() as database:
        with surroundings(database, tokens, rate) as around, ExitStack() as stack:
            ports = [free_port() for _ in range(instances)]
            programs = [stack.enter_context(_served(["session"], port, around.environ)) for port in ports]
            yield Stand(around.front, [f"http://127.0.0.1:{port}" for port in ports], programs, around.model)


@contextmanager
def surroundings(database: str, tokens: int, rate: float) -> Iterator[Around]:
    """Run a timed model, and auth with chat, on a database. Raises NotMeasured."""
    with ExitStack() as stack:
        words = ["bench.instruments.timed_model", "--tokens", str(tokens), "--rate", str(rate)]
        _, model = stack.enter_context(Program(words)).until_said("http://")
        front_port = free_port()
        front = f"http://127.0.0.1:{front_port}"
        environ = {
            **DOCUMENTED_ENVIRONMENT,
            **ENVIRON,
            "DATABASE_URL": database,
            "AUTH_SERVICE_URL": front,
            "CHAT_SERVICE_URL": front,
            "SESSION_SERVICE_URL": front,
            "EMERGENCE_PUBLIC_URL": front,
            "OPENAI_COMPATIBLE_BASE_URL": model,
            "OPENAI_COMPATIBLE_MODEL": MODEL,
        }
        stack.enter_context(_served(["auth", "chat"], front_port, environ))
        yield Around(front, model, environ)


@contextmanager
def _served(names: Sequence[str], port: int, environ: Mapping[str, str]) -> Iterator[Program]:
    with Program(["emergence", "serve", *names, "--port", str(port)], environ) as program:
        program.until_ready(port)
        yield program


class Someone:
    """A person who is signed in, perhaps several times."""

    def __init__(self, http: aiohttp.ClientSession, at: Stand, name: str | None = None) -> None:
        self._http = http
        self._at = at
        self._body = {"email": f"{name or uuid4().hex}@example.org"}
        self._token = ""
        self._left = 0
        self._since_s = 0.0

    async def ticket(self) -> str:
        """Return a ticket for one socket. Raises NotMeasured."""
        if self._left == 0 or time.monotonic() - self._since_s > SIGNED_IN_FOR_S:
            await self.sign_in()
        self._left -= 1
        return str((await self._post("/api/auth/ws-ticket", {}))["ticket"])

    async def sign_in(self) -> str:
        """Return the access token of a new login session. Raises NotMeasured."""
        self._token, self._since_s, self._left = "", time.monotonic(), SOCKETS_PER_SIGN_IN
        self._token = str((await self._post("/api/auth/dev/login", self._body))["access_token"])
        return self._token

    async def socket(self, address: str, resume: Sequence[Json] = ()) -> "LiveSocket":
        """Open a socket and wait for its welcome. Raises NotMeasured."""
        return await open_live(self._http, address, await self.ticket(), resume)

    async def _post(self, path: str, body: Mapping[str, object]) -> Json:
        headers = SAME_ORIGIN | ({"authorization": f"Bearer {self._token}"} if self._token else {})
        async with self._http.post(self._at.front + path, json=body, headers=headers) as answer:
            if answer.status != 200:
                raise NotMeasured(f"{path} was refused: {await answer.text()}")
            return msgspec.json.decode(await answer.read(), type=Json)


@dataclass
class LiveSocket:
    """An open socket; `heard` says what came and when, in nanoseconds of the machine's monotonic clock."""

    socket: aiohttp.ClientWebSocketResponse
    frames: int = 0
    positions: dict[str, int] = field(default_factory=dict)

    async def next(self) -> tuple[Json, int]:
        """Return the next frame but pings, and when it came. Raises NotMeasured."""
        while True:
            message = await self.socket.receive(timeout=SILENCE_LIMIT_S)
            heard_ns = time.monotonic_ns()
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise NotMeasured(f"the product closed a socket ({self.socket.close_code})")
            frame = msgspec.json.decode(message.data, type=Json)
            if frame["type"] == "ping":
                await self.socket.send_str('{"cmd":"pong"}')
                continue
            self.frames += 1
            if "seq" in frame:
                self.positions[frame["topic"]] = frame["seq"]
            return frame, heard_ns

    async def until(self, kind: str, **members: object) -> tuple[Json, int]:
        """Return the first frame of this type with these members in its data, and when it came."""
        while True:
            frame, heard_ns = await self.next()
            data = frame.get("data", {})
            if frame["type"] in ("error", "message.error"):
                raise NotMeasured(f"the product refused: {data}")
            if frame["type"] == kind and all(data.get(name) == value for name, value in members.items()):
                return data, heard_ns

    async def say(self, text: str) -> None:
        """Ask something in a thread of its own."""
        command = {"cmd": "message.send", "cid": str(uuid4()), "text": text, "agent": "anima"}
        await self.socket.send_str(msgspec.json.encode(command).decode())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()


async def open_live(http: aiohttp.ClientSession, address: str, ticket: str, resume: Sequence[Json] = ()) -> LiveSocket:
    """Open a socket and wait for its welcome. Raises NotMeasured."""
    try:
        socket = await http.ws_connect(address + "/ws", protocols=[SUBPROTOCOL, TICKET_PREFIX + ticket], compress=0)
    except aiohttp.ClientError as refused:
        raise NotMeasured(f"no socket: {refused}") from refused
    hello = {"cmd": "hello", "client": "bench 1", "protocols": [SUBPROTOCOL], "resume": list(resume)}
    await socket.send_str(msgspec.json.encode(hello).decode())
    live = LiveSocket(socket)
    await live.until("welcome")
    return live


@asynccontextmanager
async def http_client() -> AsyncIterator[aiohttp.ClientSession]:
    """Yield a client that opens as many sockets as it is asked to."""
    connector = aiohttp.TCPConnector(limit=0, limit_per_host=0)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=30)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as http:
        yield http


async def in_groups(work: Sequence[Any], at_once: int) -> list[Any]:
    """Await coroutines, so many at a time, and return their answers in order."""
    answers: list[Any] = []
    for first in range(0, len(work), at_once):
        answers += await asyncio.gather(*work[first : first + at_once])
    return answers
