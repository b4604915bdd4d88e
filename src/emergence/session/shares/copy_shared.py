"""Go on with a conversation that somebody shares: a copy of what their link shows, in one's own account."""

from collections.abc import Sequence
from uuid import UUID

from emergence.contracts.session.carrying import CarriedMessage, CarriedThread
from emergence.contracts.session.problems import UnknownShare
from emergence.contracts.session.sharing import CopyShared, SharedMessage
from emergence.contracts.session.threads import Thread
from emergence.kernel.ids import new_id
from emergence.session.parts import Session
from emergence.session.shares.share_thread import hash_of
from emergence.session.store import carried, log, threads
from emergence.session.store import shares as store
from emergence.session.threads.told import updated

MESSAGES_MAX = 5_000


async def copy_shared(session: Session, user_id: UUID, asked: CopyShared) -> Thread:
    """Return the caller's copy, made once as long as it shows the same. Raises UnknownShare, ChatUnavailable."""
    at, hashed = session.clock.now(), hash_of(asked.token)
    found = None
    if session.settings.session_sharing and asked.token.isascii():
        found = await store.find_shared(session.database, hashed, at, 0, MESSAGES_MAX)
    if found is None:
        raise UnknownShare()
    agent = await session.agents.chosen(None)
    head = CarriedThread.model_construct(
        title=found.share.title, agent=agent, created_at=at, updated_at=at, titled=True, archived=False
    )
    origin = hash_of(f"{hashed.hex()} {found.share.shown_at.isoformat()}")
    async with session.order.of(user_id):  # the reading, too: a conversation is held whole, and one at a time
        said = _placed(await store.read_shared(session.database, found, None))
        async with session.database.transaction() as tx:
            earlier = await carried.known_thread(tx, user_id, origin)
            if earlier is not None and (thread := await threads.read_thread(tx, user_id, earlier)) is not None:
                return thread
            thread_id = new_id()
            await carried.insert_carried(tx, user_id, thread_id, head, said, said[-1].id if said else None, "share")
            await carried.note_origin(tx, user_id, origin, thread_id)
            thread = Thread(id=thread_id, title=head.title, agent=agent, created_at=at, updated_at=at)
            frames = await log.append_drafts(tx, user_id, [updated(user_id, thread)], at)
        await session.bus.publish(user_id, frames)
    return thread


def _placed(said: Sequence[SharedMessage]) -> list[CarriedMessage]:
    """Return the messages in turns of one question and its answers."""
    placed: list[CarriedMessage] = []
    turn, slot = -1, 0
    for message in said:
        is_question = message.role == "user"
        turn, slot = (turn + 1, 0) if is_question else (max(turn, 0), slot + 1)
        placed.append(
            CarriedMessage.model_construct(
                id=new_id(),
                turn=turn,
                slot=slot,
                role=message.role,
                agent=message.agent,
                status=message.status,
                parts=message.parts,
                created_at=message.created_at,
                parent=placed[-1].id if placed else None,
                copied=True,
            )
        )
    return placed
