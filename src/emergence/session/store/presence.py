"""Which live sessions have a socket."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from emergence.contracts.session.presence import PresentSession
from emergence.kernel.storage.database import Database


async def note_connected(
    database: Database, user_id: UUID, instance: str, connected: Sequence[UUID], at: datetime
) -> None:
    """Note that of the user's live sessions on an instance only these have a socket there."""
    await database.execute(
        """
        UPDATE live_sessions SET closed_at = $4
        WHERE user_id = $1 AND instance = $2 AND ended_at IS NULL AND closed_at IS NULL AND NOT id = ANY($3::uuid[])
        """,
        user_id,
        instance,
        list(connected),
        at,
    )


async def read_connected(database: Database, user_id: UUID, seen_since: datetime) -> list[PresentSession]:
    """Return the user's live sessions that have a socket and were seen since a time; no administrator's who looks."""
    rows = await database.fetch(
        """
        SELECT id, login_session_id, client, created_at FROM live_sessions
        WHERE user_id = $1 AND ended_at IS NULL AND closed_at IS NULL AND NOT is_hidden AND last_seen_at > $2
        ORDER BY created_at, id LIMIT 100
        """,
        user_id,
        seen_since,
    )
    return [
        PresentSession(
            session=row["id"], sign_in=row["login_session_id"], client=row["client"], since=row["created_at"]
        )
        for row in rows
    ]
