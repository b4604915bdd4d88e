"""What anybody with a link sees; every link that leads nowhere gets the same answer."""

from emergence.contracts.session.problems import UnknownShare
from emergence.contracts.session.sharing import ReadShared, SharedConversation
from emergence.session.parts import Session
from emergence.session.shares.share_thread import hash_of
from emergence.session.store import shares as store
from emergence.session.store.page_size import PAGE_MAX_BYTES

MESSAGES_AT_ONCE = 50


async def read_shared(session: Session, asked: ReadShared) -> SharedConversation:
    """Return a page of what a link shows. Raises UnknownShare, DatabaseUnavailable."""
    if not session.settings.session_sharing or not asked.token.isascii():
        raise UnknownShare()
    found = await store.find_shared(
        session.database, hash_of(asked.token), session.clock.now(), asked.after, MESSAGES_AT_ONCE
    )
    if found is None:
        raise UnknownShare()
    messages = await store.read_shared(session.database, found, PAGE_MAX_BYTES)
    end = asked.after + (len(messages) or len(found.page))
    return SharedConversation(
        title=found.share.title,
        author=found.share.author,
        shown_at=found.share.shown_at,
        expires_at=found.share.expires_at,
        messages=messages,
        next=end if end < found.share.messages else None,
    )
