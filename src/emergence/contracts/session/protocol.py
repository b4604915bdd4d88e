"""The numbers and names of `emergence.v1` that both sides rely on."""

from enum import IntEnum
from uuid import UUID

SUBPROTOCOL = "emergence.v1"
TICKET_PREFIX = "ticket."
HEARTBEAT_S = 20
SILENCE_LIMIT_S = 45
MESSAGE_MAX_CHARACTERS = 100_000
FRAME_MAX_BYTES = 512 * 1024
COMMANDS_PER_MINUTE = 240


def run_topic(run_id: UUID) -> str:
    """Return the topic of one generation."""
    return f"run:{run_id}"


def thread_topic(thread_id: UUID) -> str:
    """Return the topic of one conversation."""
    return f"thread:{thread_id}"


def user_topic(user_id: UUID) -> str:
    """Return the topic of one person."""
    return f"user:{user_id}"


class CloseCode(IntEnum):
    """Why a socket was closed by the server."""

    BAD_FRAME = 4400
    SIGN_IN_NEEDED = 4401
    FORBIDDEN = 4403
    INACTIVITY = 4408
    REPLACED = 4409
    PROTOCOL_NOT_SUPPORTED = 4410
    TOO_MANY = 4429
    DRAINING = 4503
    TRY_LATER = 1013
