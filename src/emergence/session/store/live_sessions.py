"""Live sessions: a connected period of a user, over reconnections, until nobody has done anything for long."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class LiveSession:
    """One that is not over. `expires_at` is set once somebody was warned that it will end."""

    id: UUID
    user_id: UUID
    login_session_id: UUID
    active_at: datetime
    expires_at: datetime | None


_LIVE = "id, user_id, login_session_id, active_at, expires_at"


async def open_live_session(tx: Transaction, opening: SocketOpening, asked: UUID | None, at: datetime) -> LiveSession:
    """Go on with the live session `asked` if it is this user's and not over, else begin `opening.id`.

    Opening a page is something that its person does; going on after a broken connection is not. Whoever looks at
    somebody never goes on with that person's own: its clock and its end would hang on another sign-in.
    """
    row = await tx.fetchrow(
        f"""
        UPDATE live_sessions SET login_session_id = $3, client = $4, instance = $5, last_seen_at = $6, closed_at = NULL
        WHERE id = $1 AND user_id = $2 AND ended_at IS NULL AND is_hidden = $7 RETURNING {_LIVE}
        """,  # noqa: S608 - our own columns
        asked,
        opening.user_id,
        opening.login_session_id,
        opening.client,
        opening.instance,
        at,
        opening.is_hidden,
    ) or await tx.fetchrow(
        f"""
        INSERT INTO live_sessions (id, user_id, login_session_id, client, instance, created_at, last_seen_at, active_at,
            is_hidden)
        VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7) RETURNING {_LIVE}
        """,  # noqa: S608 - our own columns
        opening.id,
        opening.user_id,
        opening.login_session_id,
        opening.client,
        opening.instance,
        at,
        opening.is_hidden,
    )
    assert row is not None
    return LiveSession(*row)


async def is_over(database: Database, user_id: UUID, session_id: UUID) -> bool | None:
    """Return whether a live session of this user is over, or None when there is none."""
    row = await database.fetchrow(
        "SELECT ended_at IS NOT NULL AS is_over FROM live_sessions WHERE id = $1 AND user_id = $2", session_id, user_id
    )
    return None if row is None else row["is_over"]


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


async def live_sessions(database: Database, session_ids: Collection[UUID]) -> list[LiveSession]:
    """Return those that are not over."""
    rows = await database.fetch(
        f"SELECT {_LIVE} FROM live_sessions WHERE id = ANY($1::uuid[]) AND ended_at IS NULL",  # noqa: S608
        list(session_ids),
    )
    return [LiveSession(*row) for row in rows]


async def ended_inactive(database: Database, session_ids: Collection[UUID]) -> set[UUID]:
    """Return those that ended because nobody did anything."""
    rows = await database.fetch(
        "SELECT id FROM live_sessions WHERE id = ANY($1::uuid[]) AND end_reason = 'inactivity'", list(session_ids)
    )
    return {row["id"] for row in rows}


async def overdue(database: Database, due_before: datetime) -> list[LiveSession]:
    """Return those whose deadline passed without anybody looking: their instance or their socket died."""
    rows = await database.fetch(
        f"SELECT {_LIVE} FROM live_sessions WHERE ended_at IS NULL AND expires_at < $1 LIMIT 500",  # noqa: S608
        due_before,
    )
    return [LiveSession(*row) for row in rows]


async def note_active(database: Database, login_session_ids: Sequence[UUID], at: datetime) -> list[LiveSession]:
    """Note that these people did something; return the sessions whose end was announced, which are left as they are."""
    rows = await database.fetch(
        f"""
        WITH held AS (
            SELECT {_LIVE} FROM live_sessions WHERE login_session_id = ANY($1::uuid[]) AND ended_at IS NULL
            ORDER BY id FOR NO KEY UPDATE
        ), noted AS (
            UPDATE live_sessions SET active_at = $2 FROM held
            WHERE live_sessions.id = held.id AND held.expires_at IS NULL
        )
        SELECT {_LIVE} FROM held WHERE expires_at IS NOT NULL
        """,  # noqa: S608 - our own columns
        login_session_ids,
        at,
    )
    return [LiveSession(*row) for row in rows]


async def note_working(database: Database, session_ids: Collection[UUID], at: datetime) -> None:
    """Note that people are active for whom an answer is waiting or being written."""
    await database.execute(
        """
        WITH held AS (
            SELECT id FROM live_sessions
            WHERE id = ANY($1::uuid[]) AND ended_at IS NULL AND expires_at IS NULL
                AND user_id IN (SELECT user_id FROM runs WHERE state <> 'ended')
            ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE live_sessions SET active_at = $2 FROM held WHERE live_sessions.id = held.id
        """,
        list(session_ids),
        at,
    )


async def extend(tx: Transaction, user_id: UUID, login_session_id: UUID, at: datetime) -> list[LiveSession]:
    """Withdraw what was announced, for every live session of a login session; return them as they were."""
    rows = await tx.fetch(
        f"""
        WITH held AS (
            SELECT {_LIVE} FROM live_sessions
            WHERE login_session_id = $2 AND user_id = $1 AND ended_at IS NULL
            ORDER BY id FOR NO KEY UPDATE
        ), noted AS (
            UPDATE live_sessions SET active_at = $3, expires_at = NULL FROM held WHERE live_sessions.id = held.id
        )
        SELECT {_LIVE} FROM held
        """,  # noqa: S608 - our own columns
        user_id,
        login_session_id,
        at,
    )
    return [LiveSession(*row) for row in rows]


async def announce_end(
    tx: Transaction, user_id: UUID, session_ids: Collection[UUID], idle_since: datetime, expires_at: datetime
) -> list[LiveSession]:
    """Set the deadline of those that are still idle since a time; return them."""
    rows = await tx.fetch(
        """
        WITH held AS (
            SELECT id FROM live_sessions
            WHERE id = ANY($2::uuid[]) AND user_id = $1 AND ended_at IS NULL AND expires_at IS NULL AND active_at <= $3
            ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE live_sessions AS live SET expires_at = $4 FROM held WHERE live.id = held.id
        RETURNING live.id, live.user_id, live.login_session_id, live.active_at, live.expires_at
        """,
        user_id,
        list(session_ids),
        idle_since,
        expires_at,
    )
    return [LiveSession(*row) for row in rows]


async def end_inactive(
    tx: Transaction, user_id: UUID, session_ids: Collection[UUID], at: datetime
) -> list[LiveSession]:
    """End those whose deadline has passed; return them."""
    rows = await tx.fetch(
        """
        WITH held AS (
            SELECT id FROM live_sessions
            WHERE id = ANY($2::uuid[]) AND user_id = $1 AND ended_at IS NULL AND expires_at <= $3
            ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE live_sessions AS live SET ended_at = $3, end_reason = 'inactivity' FROM held WHERE live.id = held.id
        RETURNING live.id, live.user_id, live.login_session_id, live.active_at, live.expires_at
        """,
        user_id,
        list(session_ids),
        at,
    )
    return [LiveSession(*row) for row in rows]


KEPT = timedelta(days=30)


async def forget_unseen(database: Database, unseen_since: datetime, at: datetime) -> None:
    """End those that had no socket for so long and of which nobody was warned; delete what ended a month ago."""
    await database.execute(
        "UPDATE live_sessions SET ended_at = $2 WHERE ended_at IS NULL AND expires_at IS NULL AND last_seen_at < $1",
        unseen_since,
        at,
    )
    await database.execute("DELETE FROM live_sessions WHERE ended_at < $1", at - KEPT)
