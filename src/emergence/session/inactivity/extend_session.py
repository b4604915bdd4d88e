"""Say that one is still there: every live session of the sign-in goes on."""

from uuid import UUID

from emergence.contracts.session.inactivity_frames import SessionData, SessionExtended
from emergence.contracts.session.problems import SessionOver
from emergence.contracts.session.protocol import user_topic
from emergence.session import figures
from emergence.session.frames import Draft
from emergence.session.parts import Session
from emergence.session.store import live_sessions, log


async def extend_session(session: Session, user_id: UUID, login_session_id: UUID) -> None:
    """Begin the clock anew, and tell those who were warned. Raises SessionOver, DatabaseUnavailable."""
    now = session.clock.now()
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            extended = await live_sessions.extend(tx, user_id, login_session_id, now)
            warned = [live for live in extended if live.expires_at is not None]
            drafts = [Draft(SessionExtended, user_topic(user_id), SessionData(session=live.id)) for live in warned]
            frames = await log.append_drafts(tx, user_id, drafts, now) if drafts else []
        await session.bus.publish(user_id, frames)
    if not extended:
        raise SessionOver()
    if warned and (timeout := session.settings.inactivity_timeout()) is not None:
        figures.inactivity_seconds(timeout).observe((now - warned[0].active_at).total_seconds())
