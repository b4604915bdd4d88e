"""A conversation read for a file: its head, then its messages in their order, a page of them in memory at a time."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from emergence.contracts.session.carrying import CarriedMessage, CarriedThread
from emergence.contracts.session.problems import UnknownThread
from emergence.session.parts import Session
from emergence.session.store import carried
from emergence.session.store.branches import shown_ids


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A thread that leaves for a file."""

    user_id: UUID
    thread_id: UUID
    head: CarriedThread
    leaf: UUID | None


async def begin_reading(session: Session, user_id: UUID, thread_id: UUID) -> OnItsWay:
    """Return the caller's thread. Raises UnknownThread, DatabaseUnavailable."""
    found = await carried.read_head(session.database, user_id, thread_id)
    if found is None:
        raise UnknownThread()
    return OnItsWay(user_id, thread_id, *found)


async def shown_messages_of(session: Session, thread: OnItsWay) -> AsyncGenerator[list[CarriedMessage], None]:
    """Yield the messages of the branch that is shown, like `messages_of`."""
    shown = await shown_ids(session.database, thread.user_id, thread.thread_id)
    async with aclosing(messages_of(session, thread, shown)) as pages:
        async for page in pages:
            yield page


async def messages_of(
    session: Session, thread: OnItsWay, only: Sequence[UUID] | None = None
) -> AsyncGenerator[list[CarriedMessage], None]:
    """Yield the messages, page by page; no transaction stays open while the reader is slow.

    Raises DatabaseUnavailable.
    """
    after: CarriedMessage | None = None
    while page := await carried.read_carried(session.database, thread.user_id, thread.thread_id, after, only):
        yield page
        after = page[-1]
