"""What hears a user's frames over one connection, whatever carries it: what waits, what goes out, and how it ends."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from emergence.contracts.session.commands import Hello, Position
from emergence.contracts.session.frames import WelcomeData
from emergence.contracts.session.problems import UnknownTopic
from emergence.contracts.session.protocol import CloseCode
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.kernel.storage.outlast_outage import outlast_outage
from emergence.session import figures
from emergence.session.frames import LoggedFrame
from emergence.session.parts import Session
from emergence.session.socket import say
from emergence.session.socket.following import Following
from emergence.session.socket.outbox import CloseDue, Outbox, ReplayDue
from emergence.session.socket.replay import read_replay
from emergence.session.socket.welcome import welcome_data
from emergence.session.store.live_sessions import SocketOpening
from emergence.session.without_memories import frame_without_memories

log = structlog.get_logger(__name__)

EXPULSION_PATIENCE_S = 1.0
REPLAY_PATIENCE = timedelta(seconds=10)  # beyond it the client is better off asking again


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who was let in. `at` is when what they showed for it was made: what ended before concerns it."""

    user_id: UUID
    login_session_id: UUID
    is_read_only: bool
    expires_at: datetime
    at: datetime


class LiveConnection(ABC):
    """A user's connection; `run` returns when it is over. Every other public method never blocks."""

    def __init__(self, session: Session, who: Admitted, asked: UUID | None) -> None:
        self.user_id = who.user_id
        self.login_session_id = who.login_session_id
        self.is_read_only = who.is_read_only
        self.expires_at = who.expires_at
        self.admitted_at = who.at
        self.live_session_id: UUID | None = None
        self._session = session
        self._asked = asked
        self._outbox = Outbox(session.settings.session_outbox_max_bytes)
        self._following = Following(self._outbox)
        self._writer: asyncio.Task[None] | None = None
        self._is_carrying_out = False
        self._is_expelled = False
        self._close_code: CloseCode | None = None

    @property
    @abstractmethod
    def silent_s(self) -> float:
        """Seconds since there was a sign of the client."""

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

    @abstractmethod
    async def _read(self) -> None:
        """Take what the client says until it is gone."""

    @abstractmethod
    async def _write(self) -> None:
        """Send what `_outgoing` yields, then the end."""

    async def _welcome(self, hello: Hello) -> None:
        """Begin or go on with the live session, and say where everything stands. Raises DatabaseUnavailable."""
        session = self._session
        session.bus.join(self)  # before the look at the database: what comes in between is read from the log
        opening = SocketOpening(
            new_id(), self.user_id, self.login_session_id, hello.client, session.instance, is_hidden=self.is_read_only
        )
        data = await welcome_data(session, opening, self._asked)
        for known in data.positions:
            self._following.stands_at(known.topic, known.seq)
        resumed = await self._resumed(data, hello)
        self.live_session_id = data.session
        session.sockets.count_live_sessions()
        session.activity.note_newcomer()
        self.say(say.welcome(session.clock.now(), data))
        for position in resumed:
            self._following.follow(position.topic, position.seq)
        self._following.open()
        session.presence.here(self.user_id)

    async def _resumed(self, data: WelcomeData, hello: Hello) -> Sequence[Position]:
        """Return the topics of which the client gets what it missed."""
        return hello.resume

    async def _outgoing(self) -> AsyncGenerator[str, None]:
        """Yield each frame when its turn comes; ends when the connection is to be closed, with its code."""
        try:
            while True:
                match await self._outbox.take():
                    case str(json) | LoggedFrame(json=json):
                        yield self._seen(json)
                        figures.frames_sent.inc()
                    case ReplayDue() as due:
                        async for json in self._replayed(due):
                            yield self._seen(json)
                            figures.frames_sent.inc()
                    case CloseDue():
                        return
        except DatabaseUnavailable:
            self._close_code = CloseCode.TRY_LATER

    def _seen(self, json: str) -> str:
        return frame_without_memories(json) if self.is_read_only else json

    async def _replayed(self, due: ReplayDue) -> AsyncGenerator[str, None]:
        session, is_over = self._session, False
        while not is_over:
            heard_before = self._following.replaying(due.topic)
            replay = await outlast_outage(
                session.clock, REPLAY_PATIENCE, partial(read_replay, session, self.user_id, due)
            )
            figures.resumes.labels(replay.outcome).inc()
            if replay.outcome == "unknown":
                self._refuse_topic(due.topic)
            for json in replay.frames:
                if self._is_expelled:
                    return
                yield json
            is_exhausted = replay.last_seq <= due.seq
            is_over = self._following.replayed(
                due.topic, replay.last_seq, heard_before=heard_before, is_exhausted=is_exhausted
            )
            due = replace(due, seq=replay.last_seq)
        if due.farewell is not None:
            yield due.farewell

    def _refuse_topic(self, _: str) -> None:
        self.say(say.error(self._session.clock.now(), UnknownTopic()))
