"""Make a link to what has been said, let it show what was said since, and take it back."""

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from emergence.contracts.session.problems import (
    NothingToShare,
    SharingOff,
    ThreadIsTemporary,
    TooManyShares,
    UnknownShare,
    UnknownThread,
)
from emergence.contracts.session.sharing import SHARES_MAX, NewShare, Share, Shares, ShareThread
from emergence.contracts.session.threads import Thread
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.message_text import title_of
from emergence.session.parts import Session
from emergence.session.store import messages, threads
from emergence.session.store import shares as store

TOKEN_BYTES = 32


def hash_of(token: str) -> bytes:
    """Return what is kept of a token: of 256 random bits a plain hash tells nothing."""
    return sha256(token.encode()).digest()


async def share_thread(session: Session, user_id: UUID, thread_id: UUID, wanted: ShareThread) -> NewShare:
    """Make a link. Raises SharingOff, UnknownThread, ThreadIsTemporary, NothingToShare, TooManyShares."""
    _require_offered(session)
    at, token = session.clock.now(), secrets.token_urlsafe(TOKEN_BYTES)
    async with session.database.transaction() as tx:
        if await store.count_shares(tx, user_id) >= SHARES_MAX:
            raise TooManyShares()
        title, said = await _said(tx, user_id, thread_id)
        share = Share(
            id=new_id(),
            thread=thread_id,
            title=title,
            author=wanted.author,
            messages=len(said),
            created_at=at,
            shown_at=at,
            expires_at=None if wanted.days is None else at + timedelta(days=wanted.days),
        )
        await store.insert_share(tx, user_id, share, hash_of(token), said)
    return NewShare(share=share, token=token)


async def update_share(session: Session, user_id: UUID, share_id: UUID) -> Share:
    """Let a link show the conversation as it is now. Raises SharingOff, UnknownShare, NothingToShare."""
    _require_offered(session)
    at = session.clock.now()
    async with session.database.transaction() as tx:
        share = await store.read_own_share(tx, user_id, share_id, at)
        if share is None:
            raise UnknownShare()
        title, said = await _said(tx, user_id, share.thread)
        await store.show_more(tx, user_id, share_id, title, said, at)
    return share.model_copy(update={"title": title, "messages": len(said), "shown_at": at})


async def read_shares(session: Session, user_id: UUID, thread_id: UUID | None) -> Shares:
    """Return a person's links, of all threads or of one."""
    found = await store.read_shares(session.database, user_id, thread_id, session.clock.now())
    return Shares(shares=found, offered=session.settings.session_sharing)


async def revoke_share(session: Session, user_id: UUID, share_id: UUID) -> None:
    """Make a link lead nowhere, at once. Raises UnknownShare."""
    if not await store.delete_share(session.database, user_id, share_id):
        raise UnknownShare()


async def _said(tx: Transaction, user_id: UUID, thread_id: UUID) -> tuple[str, list[UUID]]:
    # Under the lock of the thread: what is deleted meanwhile is not shared after it.
    if not await threads.lock_thread(tx, user_id, thread_id):
        raise UnknownThread()
    thread = await threads.read_thread(tx, user_id, thread_id)
    assert thread is not None
    if thread.temporary:
        raise ThreadIsTemporary("A temporary conversation cannot be shared.")
    said = await store.said_so_far(tx, user_id, thread_id)
    if not said:
        raise NothingToShare()
    return await _shown_title(tx, user_id, thread, said[0]), said


async def _shown_title(tx: Transaction, user_id: UUID, thread: Thread, first: UUID) -> str:
    """Return what a link calls the thread: a title that nobody chose quotes what was said first in any branch.

    Whoever said that differently before sharing it does not want the former words to be read.
    """
    if not thread.title or await threads.is_named(tx, user_id, thread.id):
        return thread.title
    placed = await messages.read_message(tx, user_id, first)
    assert placed is not None
    return title_of("".join(part.text for part in placed.message.parts))


def _require_offered(session: Session) -> None:
    if not session.settings.session_sharing:
        raise SharingOff()
