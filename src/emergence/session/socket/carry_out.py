"""Which command runs which behaviour."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog

from emergence.contracts.session.commands import (
    AnyCommand,
    ExtendSession,
    Hello,
    Identified,
    Ping,
    Pong,
    Subscribe,
    Unsubscribe,
)
from emergence.contracts.session.frames import AckData
from emergence.contracts.session.problems import CommandMalformed, ReadOnly, TooManyCommands, UnknownTopic
from emergence.contracts.session.protocol import CloseCode, user_topic
from emergence.kernel.errors import ServiceError, Unauthenticated
from emergence.session import figures
from emergence.session.parts import Session
from emergence.session.perform import Doer, perform
from emergence.session.socket import say
from emergence.session.socket.following import Following
from emergence.session.store import log as frame_log
from emergence.session.store.hidden_topics import is_hidden

log = structlog.get_logger(__name__)

READING = (Subscribe, Unsubscribe, Ping, ExtendSession)


class Speaker(Protocol):
    """The socket that a command came from."""

    user_id: UUID
    login_session_id: UUID
    live_session_id: UUID | None
    is_read_only: bool

    def say(self, json: str) -> None:
        """Queue a frame of the connection itself."""
        ...

    def close(self, code: CloseCode) -> None:
        """Close after what is queued."""
        ...


@dataclass(frozen=True, slots=True)
class CommandRoom:
    """What a command of one socket may touch."""

    session: Session
    speaker: Speaker
    following: Following

    def answer(self, data: AckData) -> None:
        """Acknowledge, on the socket that asked."""
        self.speaker.say(say.ack(self.session.clock.now(), data))


async def carry_out(room: CommandRoom, command: AnyCommand) -> None:
    """Carry a command out; a refusal is answered on the socket, never raised."""
    if isinstance(command, Pong):
        return
    session, speaker = room.session, room.speaker
    cid = command.cid if isinstance(command, Identified) else None
    if not session.pace.admits(speaker.user_id):
        speaker.say(say.error(session.clock.now(), TooManyCommands(), cid))
        speaker.close(CloseCode.TOO_MANY)
        return
    outcome = "done"
    try:
        await _require_standing(room, command)
        await _dispatch(room, command)
    except ServiceError as refused:
        outcome = refused.code
        speaker.say(say.error(session.clock.now(), refused, cid))
        if isinstance(refused, Unauthenticated):
            speaker.close(CloseCode.SIGN_IN_NEEDED)
    except Exception:
        outcome = ServiceError.code
        log.exception("command_failed", command=command.cmd)
        speaker.say(say.error(session.clock.now(), ServiceError(), cid))
    figures.commands.labels(command.cmd, outcome).inc()


async def _require_standing(room: CommandRoom, command: AnyCommand) -> None:
    """Ask auth, while news of revocations are late, whether this socket may still say something.

    Raises Unauthenticated, Unavailable.
    """
    session, speaker = room.session, room.speaker
    if isinstance(command, Ping) or not session.revocations.is_late:
        return
    if not await session.auth.is_standing(speaker.login_session_id, speaker.user_id):
        raise Unauthenticated()


async def _dispatch(room: CommandRoom, command: AnyCommand) -> None:
    speaker = room.speaker
    if speaker.is_read_only and not isinstance(command, READING):
        raise ReadOnly()
    match command:
        case Subscribe():
            await _subscribe(room, command)
        case Unsubscribe():
            room.following.unfollow(command.topic)
            room.answer(AckData(cid=command.cid))
        case Ping():
            speaker.say(say.pong(room.session.clock.now()))
        case Pong():
            return
        case Hello():
            raise CommandMalformed("`hello` comes once, as the first frame.")
        case _:
            assert speaker.live_session_id is not None, "commands come after the welcome"
            doer = Doer(speaker.user_id, speaker.login_session_id, speaker.live_session_id)
            await perform(room.session, doer, command, room.answer)


async def _subscribe(room: CommandRoom, command: Subscribe) -> None:
    user_id = room.speaker.user_id
    async with room.session.database.connection() as connection:
        state = await frame_log.topic_state(connection, user_id, command.topic)
        if await is_hidden(connection, user_id, command.topic):
            raise UnknownTopic()
    if state is None and command.topic != user_topic(user_id):
        raise UnknownTopic()
    acknowledgement = say.ack(room.session.clock.now(), AckData(cid=command.cid))
    room.following.follow(command.topic, command.seq, farewell=acknowledgement)
