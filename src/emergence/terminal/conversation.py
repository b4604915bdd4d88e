"""One message and its answer over the live protocol: survives a lost connection, never loses or doubles text."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import aiohttp
import msgspec

from emergence import __version__
from emergence.contracts.chat import Language
from emergence.contracts.session.frames import (
    ANY_FRAME,
    Ack,
    AnyFrame,
    Delta,
    Error,
    MessageFinal,
    PingFrame,
    RunStarted,
    Snapshot,
    Welcome,
)
from emergence.contracts.session.protocol import SILENCE_LIMIT_S, SUBPROTOCOL, CloseCode
from emergence.contracts.session.threads import Message, Run
from emergence.kernel.errors import error_from_problem
from emergence.terminal.server import Server
from emergence.terminal.sign_in import TerminalProblem

RECONNECT_WAITS_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class Question:
    """What is said, to whom, and where."""

    text: str
    agent: str
    language: Language
    thread: UUID | None = None
    time_zone: str | None = None
    cid: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Started:
    """A model took the question."""

    run: Run


@dataclass(frozen=True, slots=True)
class Said:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The stored answer, whole."""

    message: Message


Heard = Started | Said | Finished


@dataclass(slots=True)
class _Answer:
    """What is known of the answer so far; `shown` only ever grows."""

    shown: str = ""
    ack: Ack | None = None
    session: str | None = None
    run_seq: int = 0
    is_stopping: bool = False

    def grow(self, offset: int, text: str) -> str:
        """Return what is new in `text` at `offset` (code points); an old piece gives nothing."""
        if offset > len(self.shown):
            return ""
        new = text[len(self.shown) - offset :]
        self.shown += new
        return new


class Conversation:
    """Asks one question at a time on `server`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._answer = _Answer()
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def ask(self, question: Question) -> AsyncGenerator[Heard, None]:
        """Yield what is heard until the answer is final; reconnects by itself.

        Raises ServiceError when the server refuses the message, TerminalProblem when it stays away.
        """
        self._answer = _Answer(session=self._answer.session)
        failures = 0
        while True:
            try:
                async with aclosing(self._one_connection(question)) as heard:
                    async for piece in heard:
                        failures = 0
                        yield piece
                        if isinstance(piece, Finished):
                            return
            except TerminalProblem:
                was_connected = self._answer.session is not None
                if not was_connected or failures >= len(RECONNECT_WAITS_S):
                    raise
            if failures >= len(RECONNECT_WAITS_S):
                raise TerminalProblem("the connection was lost. The answer is kept on the server: emergence threads")
            await asyncio.sleep(RECONNECT_WAITS_S[failures])
            failures += 1

    async def stop(self) -> None:
        """Ask the server to end the running answer; its text so far is kept and still arrives."""
        self._answer.is_stopping = True
        await self._send_stop()

    async def _one_connection(self, question: Question) -> AsyncGenerator[Heard, None]:
        async with await self._server.open_socket(self._answer.session) as socket:
            self._socket = socket
            await self._send({"cmd": "hello", "client": f"emergence-cli/{__version__}", "protocols": [SUBPROTOCOL]})
            while (frame := await self._next_frame(socket)) is not None:
                async for piece in self._react(frame, question):
                    yield piece

    async def _next_frame(self, socket: aiohttp.ClientWebSocketResponse) -> AnyFrame | None:
        """Return the next frame that this client knows, or None when the connection is over."""
        while True:
            try:
                message = await socket.receive(timeout=SILENCE_LIMIT_S)
            except TimeoutError:
                return None
            if message.type is not aiohttp.WSMsgType.TEXT:
                if socket.close_code in (CloseCode.FORBIDDEN, CloseCode.PROTOCOL_NOT_SUPPORTED):
                    raise TerminalProblem("this server does not speak with this version of the terminal.")
                return None
            kind = msgspec.json.decode(message.data)
            if kind.get("type") in _KNOWN_TYPES:
                return ANY_FRAME.validate_json(message.data)

    async def _react(self, frame: AnyFrame, question: Question) -> AsyncGenerator[Heard, None]:
        answer = self._answer
        match frame:
            case Welcome():
                answer.session = str(frame.data.session)
                await self._send_question(question)
            case PingFrame():
                await self._send({"cmd": "pong"})
            case Error() if frame.data.cid == question.cid:
                raise error_from_problem(400, {"code": frame.data.code, "detail": frame.data.message})
            case Ack() if frame.data.cid == question.cid:
                await self._follow(frame)
            case RunStarted() if self._is_ours(frame.data.run.id):
                yield Started(frame.data.run)
            case Delta() if self._is_answer(frame.data.message):
                if new := answer.grow(frame.data.offset, frame.data.text):
                    yield Said(new)
            case Snapshot() if self._is_answer(frame.data.message):
                if new := answer.grow(0, frame.data.text):
                    yield Said(new)
            case MessageFinal() if self._is_answer(frame.data.message.id):
                if new := answer.grow(0, text_of(frame.data.message)):
                    yield Said(new)
                yield Finished(frame.data.message)

    async def _send_question(self, question: Question) -> None:
        """Say it, or say it again with the same `cid`: the server carries it out once."""
        await self._send(
            {
                "cmd": "message.send",
                "cid": str(question.cid),
                "text": question.text,
                "thread": str(question.thread) if question.thread else None,
                "agent": question.agent,
                "language": question.language,
                "time_zone": question.time_zone,
            }
        )

    async def _follow(self, ack: Ack) -> None:
        """After a reconnect, have what was missed repeated; offsets drop what is known already."""
        is_again = self._answer.ack is not None
        self._answer.ack = ack
        if is_again:
            for topic in (f"run:{ack.data.run}", f"thread:{ack.data.thread}"):
                await self._send({"cmd": "subscribe", "cid": str(uuid4()), "topic": topic, "seq": 0})
        if self._answer.is_stopping:
            await self._send_stop()

    async def _send_stop(self) -> None:
        if self._answer.ack is not None:
            await self._send({"cmd": "run.stop", "cid": str(uuid4()), "run": str(self._answer.ack.data.run)})

    async def _send(self, command: dict[str, object]) -> None:
        if self._socket is None or self._socket.closed:
            return  # the next connection says it again
        try:
            await self._socket.send_str(msgspec.json.encode(command).decode())
        except (ConnectionError, aiohttp.ClientError):
            return

    def _is_answer(self, message: UUID) -> bool:
        return self._answer.ack is not None and self._answer.ack.data.reply == message

    def _is_ours(self, run: UUID) -> bool:
        return self._answer.ack is not None and self._answer.ack.data.run == run


_KNOWN_TYPES = frozenset(
    {"welcome", "ping", "error", "ack", "run.started", "message.delta", "message.snapshot", "message.final"}
)


def text_of(message: Message) -> str:
    """Return the message's text, its parts one after the other."""
    return "".join(part.text for part in message.parts)
