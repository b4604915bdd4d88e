"""Accounts that will be erased on a day, unless that is undone before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction

PENDING = "deletion_pending"


@dataclass(frozen=True, slots=True)
class Deletion:
    """When an account is erased, and whether the person themselves wanted it."""

    due_at: datetime
    is_own: bool


async def begin_deletion(tx: Transaction, user_id: UUID, deletion: Deletion, now: datetime) -> bool:
    """Shut an account until it is erased; False when it is not there, or shut for that already."""
    row = await tx.fetchrow(
        f"""WITH before AS (
                SELECT id, status FROM users WHERE id = $1 AND deleted_at IS NULL AND status <> '{PENDING}' FOR UPDATE
            ), shut AS (
                UPDATE users SET status = '{PENDING}' FROM before WHERE users.id = before.id
            )
            INSERT INTO account_deletions (user_id, requested_at, due_at, is_own, status_before)
            SELECT id, $2, $3, $4, status FROM before RETURNING true""",  # noqa: S608 - our own word
        user_id,
        now,
        deletion.due_at,
        deletion.is_own,
    )
    return row is not None


async def read_deletion(tx: Transaction, user_id: UUID) -> Deletion | None:
    """Return when an account is to be erased."""
    row = await tx.fetchrow("SELECT due_at, is_own FROM account_deletions WHERE user_id = $1", user_id)
    return Deletion(row["due_at"], row["is_own"]) if row else None


async def undo_deletion(tx: Transaction, user_id: UUID, now: datetime) -> bool:
    """Give an account back as it was; False when it was not to be erased, or is too late."""
    row = await tx.fetchrow(
        f"""WITH ended AS (
                DELETE FROM account_deletions WHERE user_id = $1 AND due_at > $2 RETURNING user_id, status_before
            )
            UPDATE users SET status = ended.status_before FROM ended
            WHERE users.id = ended.user_id AND users.status = '{PENDING}' RETURNING true""",  # noqa: S608 - our own word
        user_id,
        now,
    )
    return row is not None


async def due_deletions(database: Database, now: datetime) -> Sequence[UUID]:
    """Return whose time has come, longest due first."""
    rows = await database.fetch(
        "SELECT user_id FROM account_deletions WHERE due_at <= $1 ORDER BY due_at LIMIT 100", now
    )
    return [row["user_id"] for row in rows]


async def lock_due(tx: Transaction, user_id: UUID, now: datetime) -> bool:
    """Keep others from erasing or undoing meanwhile; False when somebody did, or does so at this moment."""
    row = await tx.fetchrow(
        "SELECT FROM account_deletions WHERE user_id = $1 AND due_at <= $2 FOR UPDATE SKIP LOCKED", user_id, now
    )
    return row is not None
