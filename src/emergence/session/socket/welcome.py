"""Answer `hello`: under which live session the socket runs, and where everything stands."""

from uuid import UUID

from emergence.contracts.session.frames import Limits, TopicPosition, WelcomeData
from emergence.contracts.session.protocol import (
    FRAME_MAX_BYTES,
    MESSAGE_MAX_CHARACTERS,
    run_topic,
    thread_topic,
    user_topic,
)
from emergence.session.parts import Session
from emergence.session.store import live_sessions, log, runs
from emergence.session.store.live_sessions import SocketOpening


async def welcome_data(session: Session, opening: SocketOpening, asked: UUID | None) -> WelcomeData:
    """Open or resume the live session and say where the user's topics stand. Raises DatabaseUnavailable."""
    user_id = opening.user_id
    async with session.database.transaction() as tx:
        live = await live_sessions.open_live_session(tx, opening, asked, session.clock.now())
        unended = await runs.unended_of_user(tx, user_id)
        topics = {user_topic(user_id): None}
        topics |= {thread_topic(run.thread_id): None for run in unended}
        topics |= {run_topic(run.id): None for run in unended}
        states = await log.topic_states(tx, user_id, list(topics))
    return WelcomeData(
        session=live.id,
        user=user_id,
        heartbeat_s=round(session.settings.session_heartbeat_seconds.total_seconds()),
        limits=Limits(message_max_characters=MESSAGE_MAX_CHARACTERS, frame_max_bytes=FRAME_MAX_BYTES),
        positions=[TopicPosition(topic=state.topic, seq=state.last_seq) for state in states],
        running=[run.shown() for run in unended],
        inactivity_s=timeout.total_seconds() if (timeout := session.settings.inactivity_timeout()) else None,
        expires_at=live.expires_at,
    )
