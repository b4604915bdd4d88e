"""Live sessions: a connected period of a user, over reconnections."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class SocketOpening:
    """Who opens a socket, how, and under which live session."""

    id: UUID
    user_id: UUID
    login_session_id: UUID
    client: str
    instance: str


async def open_live_session(tx: Transaction, opening: SocketOpening, asked: UUID | None) -> UUID:
    """Go on with the live session `asked` if it is this user's and not over, else begin `opening.id`.

    Returns the live session's id.
    """
    resumed = await tx.fetchrow(
        """
        UPDATE live_sessions SET login_session_id = $3, client = $4, instance = $5, last_seen_at = now()
        WHERE id = $1 AND user_id = $2 AND ended_at IS NULL RETURNING id
        """,
        asked,
        opening.user_id,
        opening.login_session_id,
        opening.client,
        opening.instance,
    )
    if resumed is not None:
        return UUID(str(resumed["id"]))
    await tx.execute(
        """
        INSERT INTO live_sessions (id, user_id, login_session_id, client, instance) VALUES ($1, $2, $3, $4, $5)
        """,
        opening.id,
        opening.user_id,
        opening.login_session_id,
        opening.client,
        opening.instance,
    )
    return opening.id


async def end_login_session(tx: Transaction, login_session_id: UUID, user_id: UUID, at: datetime) -> None:
    """End the live sessions of a login session. Idempotent."""
    await tx.execute(
        """
        UPDATE live_sessions SET ended_at = $3
        WHERE login_session_id = $1 AND user_id = $2 AND ended_at IS NULL
        """,
        login_session_id,
        user_id,
        at,
    )


async def note_seen(database: Database, session_ids: list[UUID], at: datetime) -> None:
    """Note that these live sessions have a socket."""
    await database.execute("UPDATE live_sessions SET last_seen_at = $2 WHERE id = ANY($1::uuid[])", session_ids, at)
