"""Links to what has been said: whose, which messages, and until when; of a token there is only its hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.contracts.session.sharing import Share, SharedMessage
from emergence.kernel.storage.database import Database, Transaction
from emergence.session.store.branches import shown_ids
from emergence.session.store.messages import PARTS

_SHOWN = """
    shares.id, shares.thread_id, shares.title, shares.author, cardinality(shares.message_ids) AS messages,
    shares.created_at, shares.shown_at, shares.expires_at
"""


@dataclass(frozen=True, slots=True)
class FoundShare:
    """A living link, for whoever holds its token."""

    share: Share
    user_id: UUID
    page: list[UUID]


def _share(row: Record) -> Share:
    return Share(
        id=row["id"],
        thread=row["thread_id"],
        title=row["title"],
        author=row["author"],
        messages=row["messages"],
        created_at=row["created_at"],
        shown_at=row["shown_at"],
        expires_at=row["expires_at"],
    )


async def said_so_far(tx: Transaction, user_id: UUID, thread_id: UUID) -> list[UUID]:
    """Return the finished messages of the branch that the user's thread shows, in their order."""
    rows = await tx.fetch(
        """
        SELECT id FROM messages
        WHERE id = ANY($1::uuid[]) AND user_id = $2 AND parts <> '[]'::jsonb AND status NOT IN ('queued', 'streaming')
        ORDER BY turn, slot
        """,
        await shown_ids(tx, user_id, thread_id),
        user_id,
    )
    return [row["id"] for row in rows]


async def count_shares(tx: Transaction, user_id: UUID) -> int:
    """Return how many links the user has; two that are made at once are counted one after the other."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('shares:' || $1::uuid, 0))", user_id)
    row = await tx.fetchrow("SELECT count(*) AS count FROM shares WHERE user_id = $1", user_id)
    return 0 if row is None else int(row["count"])


async def insert_share(
    tx: Transaction, user_id: UUID, share: Share, token_hash: bytes, message_ids: Sequence[UUID]
) -> None:
    """Add a link to messages of the user's thread."""
    await tx.execute(
        """
        INSERT INTO shares
            (id, user_id, thread_id, token_hash, title, author, message_ids, created_at, shown_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
        """,
        share.id,
        user_id,
        share.thread,
        token_hash,
        share.title,
        share.author,
        list(message_ids),
        share.created_at,
        share.expires_at,
    )


async def read_shares(database: Database, user_id: UUID, thread_id: UUID | None, now: datetime) -> list[Share]:
    """Return the user's links that lead somewhere, the latest first."""
    rows = await database.fetch(
        f"""
        SELECT {_SHOWN} FROM shares JOIN threads ON threads.id = shares.thread_id AND threads.deleted_at IS NULL
        WHERE shares.user_id = $1 AND ($2::uuid IS NULL OR shares.thread_id = $2)
            AND (shares.expires_at IS NULL OR shares.expires_at > $3)
        ORDER BY shares.created_at DESC, shares.id DESC
        """,  # noqa: S608 - our own columns
        user_id,
        thread_id,
        now,
    )
    return [_share(row) for row in rows]


async def read_own_share(tx: Transaction, user_id: UUID, share_id: UUID, now: datetime) -> Share | None:
    """Return the user's link if it leads somewhere, or None."""
    row = await tx.fetchrow(
        f"""
        SELECT {_SHOWN} FROM shares JOIN threads ON threads.id = shares.thread_id AND threads.deleted_at IS NULL
        WHERE shares.id = $1 AND shares.user_id = $2 AND (shares.expires_at IS NULL OR shares.expires_at > $3)
        """,  # noqa: S608
        share_id,
        user_id,
        now,
    )
    return None if row is None else _share(row)


async def show_more(
    tx: Transaction, user_id: UUID, share_id: UUID, title: str, message_ids: Sequence[UUID], at: datetime
) -> None:
    """Let the user's link show these messages from now on."""
    await tx.execute(
        "UPDATE shares SET title = $3, message_ids = $4, shown_at = $5 WHERE id = $1 AND user_id = $2",
        share_id,
        user_id,
        title,
        list(message_ids),
        at,
    )


async def delete_share(database: Database, user_id: UUID, share_id: UUID) -> bool:
    """Remove the user's link; return whether there was one."""
    return await database.execute("DELETE FROM shares WHERE id = $1 AND user_id = $2", share_id, user_id) == "DELETE 1"


async def delete_shares_of(tx: Transaction, user_id: UUID) -> None:
    """Remove all of a person's links."""
    await tx.execute("DELETE FROM shares WHERE user_id = $1", user_id)


async def prune_shares(database: Database, now: datetime) -> None:
    """Remove links whose time is over, whosever they are."""
    await database.execute("DELETE FROM shares WHERE expires_at <= $1", now)


async def find_shared(
    database: Database, token_hash: bytes, now: datetime, after: int, limit: int
) -> FoundShare | None:
    """Return a living link with the ids of one page of what it shows, or None."""
    row = await database.fetchrow(
        f"""
        SELECT {_SHOWN}, shares.user_id, message_ids[$3 + 1 : $3 + $4] AS page
        FROM shares JOIN threads ON threads.id = shares.thread_id AND threads.deleted_at IS NULL
        WHERE token_hash = $1 AND (shares.expires_at IS NULL OR shares.expires_at > $2)
            AND NOT EXISTS (SELECT FROM erasures WHERE erasures.user_id = shares.user_id)
        """,  # noqa: S608
        token_hash,
        now,
        after,
        limit,
    )
    return None if row is None else FoundShare(_share(row), row["user_id"], list(row["page"]))


async def read_shared(database: Database, found: FoundShare, most_bytes: int | None) -> list[SharedMessage]:
    """Return the messages of a link's page, in order; the last ones are left out when they are more than that."""
    rows = await database.fetch(
        """
        WITH measured AS (
            SELECT *, row_number() OVER said AS place, sum(octet_length(parts::text)) OVER said AS so_far FROM messages
            WHERE id = ANY($1::uuid[]) AND user_id = $2 AND thread_id = $3 WINDOW said AS (ORDER BY turn, slot)
        )
        SELECT role, agent, status, parts, created_at FROM measured
        WHERE place = 1 OR so_far <= coalesce($4::bigint, so_far) ORDER BY place
        """,
        found.page,
        found.user_id,
        found.share.thread,
        most_bytes,
    )
    return [
        SharedMessage(
            role=row["role"],
            agent=row["agent"],
            status=row["status"],
            parts=PARTS.validate_json(row["parts"]),
            created_at=row["created_at"],
        )
        for row in rows
    ]
