"""A page of a thread: what is stored, and of answers that are being written what is in their logs."""

from uuid import UUID

from emergence.contracts.session.problems import UnknownMessage, UnknownThread
from emergence.contracts.session.protocol import thread_topic
from emergence.contracts.session.threads import Message, MessagePage, Part
from emergence.kernel.storage.database import Transaction
from emergence.session.parts import Session
from emergence.session.store import branches, log, messages, threads
from emergence.session.store.messages import MessagePosition


async def read_message_page(
    session: Session, user_id: UUID, thread_id: UUID, before: MessagePosition | UUID | None, limit: int
) -> MessagePage:
    """Return a page of the branch that is shown, or of that which led to the message `before`; oldest first.

    Raises UnknownThread, UnknownMessage, DatabaseUnavailable.
    """
    async with session.database.transaction() as tx:
        if await threads.read_thread(tx, user_id, thread_id) is None:
            raise UnknownThread()
        # The number first: what happens between the two reads is then heard again, which changes nothing.
        topic = await log.topic_state(tx, user_id, thread_topic(thread_id))
        last = await _last_of_page(tx, user_id, thread_id, before)
        page = [] if last is None else await messages.read_branch(tx, user_id, last, limit)
        shown = await _with_growing_texts(tx, user_id, page)
    return MessagePage(
        messages=shown[::-1],
        next=str(page[-1].id) if page and page[-1].parent is not None else None,
        seq=0 if topic is None else topic.last_seq,
    )


async def _last_of_page(
    tx: Transaction, user_id: UUID, thread_id: UUID, before: MessagePosition | UUID | None
) -> UUID | None:
    if before is None:
        return await branches.read_leaf(tx, user_id, thread_id)
    if isinstance(before, MessagePosition):
        found = await messages.find_at(tx, user_id, thread_id, before)
        if found is None:
            raise UnknownMessage()
        before = found
    following = await messages.read_message(tx, user_id, before)
    if following is None or following.message.thread != thread_id:
        raise UnknownMessage()
    return following.message.parent


async def _with_growing_texts(tx: Transaction, user_id: UUID, page: list[Message]) -> list[Message]:
    growing = {message.run.id for message in page if message.run is not None and message.run.state != "ended"}
    if not growing:
        return page
    texts = await log.texts_so_far(tx, user_id, sorted(growing))
    return [
        _growing(message, texts[message.run.id]) if message.run is not None and message.run.id in growing else message
        for message in page
    ]


def _growing(message: Message, texts: list[str]) -> Message:
    is_begun = bool(texts) or (message.run is not None and message.run.state == "running")
    parts = [Part(text=text) for text in texts]
    return message.model_copy(update={"parts": parts, "status": "streaming" if is_begun else "queued"})
