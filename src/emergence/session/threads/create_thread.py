"""Begin a thread in which nothing was said yet."""

from uuid import UUID

from emergence.contracts.session.frames import AckData
from emergence.contracts.session.managing import CreateThread
from emergence.contracts.session.problems import ThreadIsTemporary, UnknownFolder, UnknownThread
from emergence.contracts.session.threads import Thread
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.answer_once import repeated_ack
from emergence.session.parts import Session
from emergence.session.store import log, thread_folders, threads
from emergence.session.threads.told import updated


async def create_thread(session: Session, user_id: UUID, wanted: CreateThread) -> Thread:
    """Store the thread once and tell everybody; return it.

    Raises UnknownAgent, ChatUnavailable, UnknownFolder, ThreadIsTemporary, CommandReused; UnknownThread
    when the thread that this `cid` made is no more.
    """
    if wanted.temporary and wanted.folder is not None:
        raise ThreadIsTemporary()
    agent = await session.agents.chosen(wanted.agent)
    at = session.clock.now()
    thread = Thread(
        id=new_id(),
        title=wanted.title or "",
        agent=agent,
        created_at=at,
        updated_at=at,
        folder=wanted.folder,
        temporary=wanted.temporary,
    )
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            if (earlier := await _made_before(tx, user_id, wanted, thread.id)) is not None:
                return earlier
            if wanted.folder is not None and not await thread_folders.hold_folder(tx, user_id, wanted.folder):
                raise UnknownFolder()
            await threads.insert_thread(tx, user_id, thread, turns=0, titled=wanted.title is not None)
            frames = await log.append_drafts(tx, user_id, [updated(user_id, thread)], at)
        await session.bus.publish(user_id, frames)
    return thread


async def _made_before(tx: Transaction, user_id: UUID, wanted: CreateThread, thread_id: UUID) -> Thread | None:
    if wanted.cid is None:
        return None
    earlier = await repeated_ack(tx, user_id, wanted, AckData(cid=wanted.cid, thread=thread_id))
    if earlier is None:
        return None
    found = None if earlier.thread is None else await threads.read_thread(tx, user_id, earlier.thread)
    if found is None:
        raise UnknownThread()
    return found
