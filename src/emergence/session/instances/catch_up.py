"""Tell sockets where their topics stand, by the database: notes of other instances may have got lost."""

from datetime import timedelta

from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session.parts import Session
from emergence.session.store.log import moved_topics

PAUSE = timedelta(seconds=2)
LOOKS_BACK = timedelta(seconds=20)  # longer than a statement may take and a look may be put off


async def keep_catching_up(session: Session) -> None:
    """Look every two seconds, for ever; after an outage of the database everything that moved since is looked at."""
    looked_s = session.clock.elapsed_s()
    while True:
        await session.clock.sleep(PAUSE)
        asked_s = session.clock.elapsed_s()
        try:
            await catch_up(session, LOOKS_BACK + timedelta(seconds=asked_s - looked_s))
        except DatabaseUnavailable:
            continue
        looked_s = asked_s


async def catch_up(session: Session, within: timedelta) -> None:
    """Tell every socket here of the topics that moved so lately. Raises DatabaseUnavailable."""
    if not (users := session.bus.users()):
        return
    for moved in await moved_topics(session.database, within, session.instance):
        if moved.user_id in users:
            session.bus.told(moved.user_id, moved.topic, moved.last_seq)
