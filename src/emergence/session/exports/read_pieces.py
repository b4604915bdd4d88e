"""A conversation read for a file: its head, then its messages in their order, a page of them in memory at a time."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from emergence.contracts.session.carrying import CarriedMessage, CarriedThread
from emergence.contracts.session.problems import UnknownThread
from emergence.session.parts import Session
from emergence.session.store import carried


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A thread that leaves for a file."""

    user_id: UUID
    thread_id: UUID
    head: CarriedThread


async def begin_reading(session: Session, user_id: UUID, thread_id: UUID) -> OnItsWay:
    """Return the caller's thread. Raises UnknownThread, DatabaseUnavailable."""
    head = await carried.read_head(session.database, user_id, thread_id)
    if head is None:
        raise UnknownThread()
    return OnItsWay(user_id, thread_id, head)


async def messages_of(session: Session, thread: OnItsWay) -> AsyncGenerator[list[CarriedMessage], None]:
    """Yield the messages, page by page; no transaction stays open while the reader is slow.

    Raises DatabaseUnavailable.
    """
    after: CarriedMessage | None = None
    while page := await carried.read_carried(session.database, thread.user_id, thread.thread_id, after):
        yield page
        if len(page) < carried.MESSAGES_AT_ONCE:
            return
        after = page[-1]
