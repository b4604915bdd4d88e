"""One socket after its admission: a reader that carries commands out, a writer that sends, and nothing else."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from emergence.contracts.auth.signing_in import TicketHolder
from emergence.contracts.session.commands import AnyCommand, Hello
from emergence.contracts.session.problems import CommandMalformed, UnknownTopic
from emergence.contracts.session.protocol import SUBPROTOCOL, CloseCode
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session import figures
from emergence.session.frames import LoggedFrame
from emergence.session.outlast_outage import outlast_outage
from emergence.session.parts import Session
from emergence.session.socket import say
from emergence.session.socket.carry_out import CommandRoom, carry_out
from emergence.session.socket.following import Following
from emergence.session.socket.outbox import CloseDue, Outbox, ReplayDue
from emergence.session.socket.read_command import CommandRefused, read_command
from emergence.session.socket.replay import read_replay
from emergence.session.socket.welcome import welcome_data

log = structlog.get_logger(__name__)

HELLO_DEADLINE_S = 10.0
EXPULSION_PATIENCE_S = 1.0
REPLAY_PATIENCE = timedelta(seconds=10)  # beyond it the client is better off asking again


class Connection:
    """A user's socket; `run` returns when it is over. Every other method never blocks."""

    def __init__(self, session: Session, websocket: WebSocket, holder: TicketHolder, asked: UUID | None) -> None:
        self.user_id = holder.user_id
        self.login_session_id = holder.session_id
        self.is_read_only = holder.impersonator_id is not None
        self.expires_at: datetime = holder.session_expires_at
        self.admitted_at: datetime = session.clock.now()
        self.live_session_id: UUID | None = None
        self._session = session
        self._websocket = websocket
        self._asked = asked
        self._outbox = Outbox(session.settings.session_outbox_max_bytes)
        self._following = Following(self._outbox)
        self._room = CommandRoom(session, self, self._following)
        self._heard_at_s = session.clock.elapsed_s()
        self._writer: asyncio.Task[None] | None = None
        self._is_carrying_out = False
        self._is_expelled = False
        self._close_code: CloseCode | None = None

    @property
    def silent_s(self) -> float:
        """Seconds since the client was last heard."""
        return self._session.clock.elapsed_s() - self._heard_at_s

    @property
    def queued_bytes(self) -> int:
        """What waits to be sent."""
        return self._outbox.size_bytes

    def hear(self, frames: Sequence[LoggedFrame]) -> None:
        """Take frames that are in the log."""
        self._following.hear(frames)

    def told(self, topic: str, seq: int) -> None:
        """Take note that the log of a topic has come to `seq`."""
        self._following.told(topic, seq)

    def say(self, json: str) -> None:
        """Queue a frame of the connection itself."""
        self._following.say(json)
        if self._outbox.is_overfull:
            log.warning("socket_never_read", user_id=str(self.user_id), bytes=self.queued_bytes)
            self.drop()

    def close(self, code: CloseCode) -> None:
        """Close after what is queued; the first code counts."""
        if self._close_code is None:
            self._close_code = code
            self._outbox.put(CloseDue(code))

    def expel(self, code: CloseCode) -> None:
        """Close at once: nothing that waits is sent any more, and who does not read is dropped after a second."""
        self._is_expelled, self._close_code = True, self._close_code or code
        self._outbox.clear()
        self._outbox.put(CloseDue(self._close_code))
        asyncio.get_running_loop().call_later(EXPULSION_PATIENCE_S, self.drop)

    def drop(self) -> None:
        """End now, without waiting for a client that does not read."""
        self._close_code = self._close_code or CloseCode.TRY_LATER
        if self._writer is not None:
            self._writer.cancel()

    async def run(self) -> None:
        """Read and write until either is over; a command that is being carried out is not cut short."""
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(self._read())
            self._writer = tasks.create_task(self._write())
            await asyncio.wait({reader, self._writer}, return_when=asyncio.FIRST_COMPLETED)
            if reader.done():
                self._writer.cancel()
            elif not self._is_carrying_out:
                reader.cancel()
        figures.connections_closed.labels(str(int(self._close_code or 1000))).inc()

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(HELLO_DEADLINE_S):
                message = await self._websocket.receive()
        except TimeoutError:
            self._refuse(CommandRefused(CommandMalformed("Say `hello` first.")))
            message = await self._websocket.receive()
        take = self._greet
        while message["type"] != "websocket.disconnect" and not self._is_over():
            self._is_carrying_out = True
            if self._close_code is None:
                await take(message)
                take = self._take
            self._is_carrying_out = False
            if self._is_over():
                return
            message = await self._websocket.receive()

    def _is_over(self) -> bool:
        return self._writer is not None and self._writer.done()

    async def _greet(self, message: Message) -> None:
        command = self._readable(message)
        if command is None:
            return
        if not isinstance(command, Hello):
            self._refuse(CommandRefused(CommandMalformed("Say `hello` first.")))
        elif SUBPROTOCOL not in command.protocols:
            self.close(CloseCode.PROTOCOL_NOT_SUPPORTED)
        else:
            await self._welcome(command)

    async def _welcome(self, hello: Hello) -> None:
        session = self._session
        session.bus.join(self)  # before the look at the database: what comes in between is read from the log
        try:
            data = await welcome_data(session, self.user_id, self.login_session_id, self._asked, hello)
        except DatabaseUnavailable as away:
            self.say(say.error(session.clock.now(), away))
            self.close(CloseCode.TRY_LATER)
            return
        self.live_session_id = data.session
        session.sockets.count_live_sessions()
        session.activity.note_newcomer()
        self.say(say.welcome(session.clock.now(), data))
        for position in data.positions:
            self._following.stands_at(position.topic, position.seq)
        for resumed in hello.resume:
            self._following.follow(resumed.topic, resumed.seq)
        self._following.open()

    async def _take(self, message: Message) -> None:
        command = self._readable(message)
        if command is not None:
            await carry_out(self._room, command)

    def _readable(self, message: Message) -> AnyCommand | None:
        self._heard_at_s = self._session.clock.elapsed_s()
        text = message.get("text")
        try:
            if not isinstance(text, str):
                raise CommandRefused(CommandMalformed("Frames are text."))
            return read_command(text)
        except CommandRefused as refused:
            self._refuse(refused)
            return None

    def _refuse(self, refused: CommandRefused) -> None:
        self.say(say.error(self._session.clock.now(), refused.problem, refused.cid))
        if isinstance(refused.problem, CommandMalformed):
            self.close(CloseCode.BAD_FRAME)

    async def _write(self) -> None:
        try:
            while True:
                match await self._outbox.take():
                    case str(json):
                        await self._send(json)
                    case LoggedFrame(json=json):
                        await self._send(json)
                    case ReplayDue() as due:
                        await self._replay(due)
                    case CloseDue(code):
                        await self._websocket.close(code)
                        return
        except DatabaseUnavailable:
            self._close_code = CloseCode.TRY_LATER
            await self._websocket.close(self._close_code)
        except WebSocketDisconnect:
            return

    async def _send(self, json: str) -> None:
        await self._websocket.send_text(json)
        figures.frames_sent.inc()

    async def _replay(self, due: ReplayDue) -> None:
        session, is_over = self._session, False
        while not is_over:
            self._following.replaying(due.topic)
            replay = await outlast_outage(
                session.clock, REPLAY_PATIENCE, partial(read_replay, session, self.user_id, due)
            )
            figures.resumes.labels(replay.outcome).inc()
            if replay.outcome == "unknown":
                self.say(say.error(session.clock.now(), UnknownTopic()))
            for frame in replay.frames:
                if self._is_expelled:
                    return
                await self._send(frame)
            is_exhausted = replay.last_seq <= due.seq
            is_over = self._following.replayed(due.topic, replay.last_seq, is_exhausted=is_exhausted)
            due = replace(due, seq=replay.last_seq)
        if due.farewell is not None:
            await self._send(due.farewell)
