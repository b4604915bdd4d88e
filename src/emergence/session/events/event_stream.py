"""A live connection over server-sent events: it only speaks, and its commands come by POST."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emergence.contracts.session.commands import Hello, Position
from emergence.contracts.session.frames import WelcomeData
from emergence.contracts.session.problems import TooManyCommands, TooManyConnections
from emergence.contracts.session.protocol import SUBPROTOCOL, CloseCode, user_topic
from emergence.kernel.errors import Unauthenticated, Unavailable
from emergence.kernel.identity import Identity
from emergence.kernel.logs import AlreadyLogged
from emergence.session.events.event_ids import THREADS_NAMED, EventIds
from emergence.session.parts import Session
from emergence.session.socket import say
from emergence.session.socket.live_connection import Admitted, LiveConnection
from emergence.session.store import log as frame_log

log = structlog.get_logger(__name__)

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}  # the latter: nginx holds nothing back
RETRY_AFTER_TOO_MANY_S = 60


@dataclass(frozen=True, slots=True)
class Opening:
    """Who asks for a stream, of which live session, and from where on."""

    identity: Identity
    asked: UUID | None
    client: str
    resume: Sequence[Position]


class EventStream(LiveConnection):
    """A user's stream of events. Nobody speaks on it: a sign of the client is that it takes what is sent."""

    def __init__(self, session: Session, who: Admitted, opening: Opening, receive: Receive, send: Send) -> None:
        super().__init__(session, who, opening.asked)
        self._opening = opening
        self._receive = receive
        self._send = send
        self._sending_since_s: float | None = None
        self._ids = EventIds()
        self.is_gone = False
        self.is_complete = False

    @property
    def silent_s(self) -> float:
        """Seconds since the client, or the network, took something, while something waits for them."""
        return 0 if self._sending_since_s is None else self._session.clock.elapsed_s() - self._sending_since_s

    async def greet(self) -> None:
        """Queue the welcome and what was missed. Raises DatabaseUnavailable."""
        opening = self._opening
        hello = Hello(cmd="hello", client=opening.client, protocols=[SUBPROTOCOL], resume=list(opening.resume))
        await self._welcome(hello)

    async def _resumed(self, data: WelcomeData, hello: Hello) -> Sequence[Position]:
        """Follow on from the client's id, and from the beginning what came to be after it.

        Whoever names their own topic has an id of ours: what moved lately and is not in it is new to them, or
        was dropped from it, and then they know its frames by number. Anybody else begins now.
        """
        latest = await frame_log.latest_threads(self._session.database, self.user_id, THREADS_NAMED)
        stands = {state.topic: state.last_seq for state in reversed(latest)}
        stands |= {known.topic: known.seq for known in data.positions}
        named = {position.topic: position.seq for position in hello.resume}
        mine = user_topic(self.user_id)
        if mine in named:
            missed = {topic: 0 for topic in stands if topic not in named}
        else:
            missed = {}
            for topic, seq in stands.items():
                self._following.stands_at(topic, seq)
            named = {mine: stands.get(mine, 0)} | {each: seq for each, seq in stands.items() if each != mine} | named
        self._ids.start([*named.items(), *missed.items()])
        return [*hello.resume, *(Position(topic=topic, seq=seq) for topic, seq in missed.items())]

    def _refuse_topic(self, topic: str) -> None:
        self._ids.forget(topic)
        super()._refuse_topic(topic)

    async def _read(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.is_gone = True

    async def _write(self) -> None:
        await self._put({"type": "http.response.start", "status": 200, "headers": _raw_headers()})
        async with aclosing(self._outgoing()) as frames:
            async for json in frames:
                await self._put_event(json)
        await self._put_event(say.close(self._session.clock.now(), self._close_code or CloseCode.TRY_LATER))
        await self._put({"type": "http.response.body", "body": b"", "more_body": False})
        self.is_complete = True

    async def _put_event(self, json: str) -> None:
        number = self._ids.after(json)
        head = "" if number is None else f"id: {number}\n"
        await self._put({"type": "http.response.body", "body": f"{head}data: {json}\n\n".encode(), "more_body": True})

    async def _put(self, message: dict[str, object]) -> None:
        self._sending_since_s = self._session.clock.elapsed_s()
        await self._send(message)
        self._sending_since_s = None


class EventStreamResponse(Response):
    """Serves one stream from its admission to its end; refusals are raised before its head."""

    media_type = "text/event-stream"

    def __init__(self, session: Session, opening: Opening) -> None:
        super().__init__()
        self._session = session
        self._opening = opening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        session, identity = self._session, self._opening.identity
        _require_room(session, identity.user_id)
        stream = EventStream(session, _admitted(identity), self._opening, receive, send)
        session.sockets.add(stream)
        try:
            if session.revocations.is_revoked(identity):  # after its token was looked at
                raise Unauthenticated()
            await stream.greet()
            await stream.run()
        finally:
            session.bus.leave(stream)
            session.sockets.remove(stream)
            if stream.live_session_id is not None:
                session.presence.here(stream.user_id)
        if not stream.is_complete and not stream.is_gone:
            log.info("event_stream_cut", user_id=str(identity.user_id))
            raise AlreadyLogged()  # the server must cut the connection of a client that does not read


def _require_room(session: Session, user_id: UUID) -> None:
    if session.sockets.is_draining:
        raise Unavailable("This instance goes away. Try again, another one answers.", retry_after_s=1)
    if len(session.sockets.of_user(user_id)) >= session.settings.session_sockets_per_user:
        raise TooManyConnections(headers={"Retry-After": str(RETRY_AFTER_TOO_MANY_S)})
    if not session.pace.admits(user_id):  # each opening is a row of the database: tickets have a pace, too
        raise TooManyCommands(headers={"Retry-After": str(session.pace.retry_after_s)})


def _admitted(identity: Identity) -> Admitted:
    return Admitted(
        user_id=identity.user_id,
        login_session_id=identity.session_id,
        is_read_only=identity.impersonator_id is not None,
        expires_at=identity.expires_at,
        at=datetime.fromtimestamp(identity.issued_s, UTC),
    )


def _raw_headers() -> list[tuple[bytes, bytes]]:
    headers = {"content-type": "text/event-stream; charset=utf-8", **HEADERS}
    return [(name.encode(), value.encode()) for name, value in headers.items()]
