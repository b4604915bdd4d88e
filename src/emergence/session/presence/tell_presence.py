"""Tell people's connections which of their others came or went."""

from datetime import timedelta
from uuid import UUID

import structlog

from emergence.contracts.session.presence import PresentSession
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session.parts import Session
from emergence.session.socket import say
from emergence.session.store import presence as store

log = structlog.get_logger(__name__)

PAUSE = timedelta(milliseconds=200)  # what comes and goes together is told once
SWEEPS_UNSEEN = 3  # so many sweeps without being seen make a session count as gone


async def keep_telling_presence(session: Session) -> None:
    """Note who came and went here, let the other instances know, and tell whoever is connected here, for ever."""
    while True:
        here, elsewhere = await session.presence.next()
        await session.clock.sleep(PAUSE)
        try:
            for user_id in here:
                connected = {each.live_session_id for each in session.sockets.of_user(user_id)} - {None}
                await store.note_connected(
                    session.database, user_id, session.instance, sorted(filter(None, connected)), session.clock.now()
                )
                session.bus.moved(user_id)
            for user_id in here | elsewhere:
                await _tell(session, user_id)
        except DatabaseUnavailable:
            log.info("presence_not_told")


async def read_present(session: Session, user_id: UUID) -> list[PresentSession]:
    """Return what is connected of a person, on any instance. Raises DatabaseUnavailable."""
    limit = SWEEPS_UNSEEN * session.settings.session_cleanup_interval_seconds
    return await store.read_connected(session.database, user_id, session.clock.now() - limit)


async def _tell(session: Session, user_id: UUID) -> None:
    sockets = [each for each in session.sockets.of_user(user_id) if each.live_session_id is not None]
    if sockets:
        json = say.presence(session.clock.now(), await read_present(session, user_id))
        for socket in sockets:
            socket.say(json)
