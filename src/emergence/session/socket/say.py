"""Frames of the connection itself, encoded."""

from datetime import datetime
from uuid import UUID

from emergence.contracts.session.frames import (
    Ack,
    AckData,
    Close,
    CloseData,
    Drain,
    DrainData,
    Error,
    ErrorData,
    PingFrame,
    PongFrame,
    Welcome,
    WelcomeData,
)
from emergence.contracts.session.presence import Presence, PresenceData, PresentSession, TypingData, TypingElsewhere
from emergence.contracts.session.protocol import CloseCode
from emergence.kernel.errors import ServiceError
from emergence.kernel.ids import new_id


def welcome(at: datetime, data: WelcomeData) -> str:
    """Answer `hello`."""
    return Welcome(id=new_id(), at=at, data=data).model_dump_json()


def presence(at: datetime, sessions: list[PresentSession]) -> str:
    """Say what of the person is connected."""
    return Presence(id=new_id(), at=at, data=PresenceData(sessions=sessions)).model_dump_json()


def typing(at: datetime, live_session_id: UUID, thread_id: UUID | None) -> str:
    """Say that the person is writing elsewhere."""
    data = TypingData(session=live_session_id, thread=thread_id)
    return TypingElsewhere(id=new_id(), at=at, data=data).model_dump_json()


def ack(at: datetime, data: AckData) -> str:
    """Acknowledge a command."""
    return Ack(id=new_id(), at=at, data=data).model_dump_json()


def error(at: datetime, problem: ServiceError, cid: UUID | None = None) -> str:
    """Refuse a command."""
    data = ErrorData(code=problem.code, message=problem.detail, cid=cid)
    return Error(id=new_id(), at=at, data=data).model_dump_json()


def ping(at: datetime) -> str:
    """Ask whether the client is there."""
    return PingFrame(id=new_id(), at=at).model_dump_json()


def pong(at: datetime) -> str:
    """Answer a client's ping."""
    return PongFrame(id=new_id(), at=at).model_dump_json()


def drain(at: datetime, reconnect_in_ms: int) -> str:
    """Ask the client to move to another instance."""
    return Drain(id=new_id(), at=at, data=DrainData(reconnect_in_ms=reconnect_in_ms)).model_dump_json()


def close(at: datetime, code: CloseCode) -> str:
    """Say why an event stream ends."""
    return Close(id=new_id(), at=at, data=CloseData(code=code)).model_dump_json()
