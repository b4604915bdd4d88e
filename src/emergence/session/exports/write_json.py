"""A conversation in our own format, piece by piece: taken in again it is the same, to the byte."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from emergence.contracts.session.carrying import THREAD_FORMAT, THREAD_FORMAT_VERSION, ThreadFile
from emergence.session.exports.read_pieces import OnItsWay, messages_of
from emergence.session.parts import Session

_END_OF_HEAD = "[]}"


async def json_of(session: Session, thread: OnItsWay, at: datetime) -> AsyncGenerator[bytes, None]:
    """Yield the file. Raises DatabaseUnavailable."""
    head = ThreadFile(
        format=THREAD_FORMAT,
        version=THREAD_FORMAT_VERSION,
        exported_at=at,
        thread=thread.head,
        leaf=thread.leaf,
        messages=[],
    )
    yield head.model_dump_json().removesuffix(_END_OF_HEAD).encode() + b"["
    separator = "\n"
    async with aclosing(messages_of(session, thread)) as pages:
        async for page in pages:
            lines = [message.model_dump_json() for message in page]
            yield (separator + ",\n".join(lines)).encode()
            separator = ",\n"
    yield b"\n]}\n"
