"""From the text of a frame to a command; what cannot be read is told apart from what is merely unknown."""

from typing import get_args
from uuid import UUID

import msgspec
from pydantic import ValidationError

from emergence.contracts.session.commands import ANY_COMMAND, AnyCommand
from emergence.contracts.session.problems import CommandMalformed, UnknownCommand
from emergence.contracts.session.protocol import FRAME_MAX_BYTES
from emergence.kernel.errors import ServiceError

KNOWN_COMMANDS = frozenset(
    str(get_args(kind.model_fields["cmd"].annotation)[0]) for kind in get_args(get_args(AnyCommand)[0])
)


class _Head(msgspec.Struct):
    cmd: str
    cid: str | None = None


class CommandRefused(Exception):
    """A frame that is no command we can carry out; `cid` is set when the frame had a readable one."""

    def __init__(self, problem: ServiceError, cid: UUID | None = None) -> None:
        self.problem = problem
        self.cid = cid
        super().__init__(problem.code)


def read_command(text: str) -> AnyCommand:
    """Return the command in a frame.

    Raises CommandRefused with CommandMalformed (the socket closes) or UnknownCommand (it stays
    open: within v1 a newer client may know more than this server).
    """
    if len(text) > FRAME_MAX_BYTES or len(text.encode()) > FRAME_MAX_BYTES:
        raise CommandRefused(CommandMalformed(f"A frame is larger than {FRAME_MAX_BYTES} bytes."))
    try:
        head = msgspec.json.decode(text, type=_Head)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise CommandRefused(CommandMalformed()) from None
    if head.cmd not in KNOWN_COMMANDS:
        raise CommandRefused(UnknownCommand(), _readable(head.cid))
    try:
        return ANY_COMMAND.validate_json(text)
    except ValidationError:
        raise CommandRefused(CommandMalformed(), _readable(head.cid)) from None


def _readable(cid: str | None) -> UUID | None:
    try:
        return None if cid is None else UUID(cid)
    except ValueError:
        return None
