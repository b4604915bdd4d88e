"""Where a person's letters go, and what is known of that address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record, UniqueViolationError

from emergence.contracts.auth.problems import EmailTaken
from emergence.contracts.auth.values import Language
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Recipient:
    """The primary address of a person, and the language of their letters where it is known."""

    user_id: UUID
    email: str
    email_norm: str
    verified_at: datetime | None
    language: Language | None


_RECIPIENT = """SELECT users.id AS user_id, email, email_norm, verified_at,
        CASE WHEN language IN ('en', 'fr') THEN language END AS language
    FROM users JOIN user_emails ON user_emails.user_id = users.id AND is_primary"""


def _recipient_from(row: Record | None) -> Recipient | None:
    return Recipient(**dict(row)) if row else None


async def read_recipient(tx: Transaction, user_id: UUID) -> Recipient | None:
    """Return where a person's letters go; None when they have no address."""
    return _recipient_from(await tx.fetchrow(f"{_RECIPIENT} WHERE users.id = $1", user_id))


async def find_active_recipient(tx: Transaction, email_norm: str) -> Recipient | None:
    """Return whose primary address this is, if that person may sign in; others wait who do something for them."""
    row = await tx.fetchrow(
        f"""{_RECIPIENT} WHERE email_norm = $1 AND users.status = 'active' AND users.deleted_at IS NULL
            FOR NO KEY UPDATE OF users""",
        email_norm,
    )
    return _recipient_from(row)


async def note_verified(tx: Transaction, user_id: UUID, email_norm: str, at: datetime) -> bool:
    """Note that an address was proved to be a person's; return whether it was not known before."""
    row = await tx.fetchrow(
        """UPDATE user_emails SET verified_at = $3
           WHERE user_id = $1 AND email_norm = $2 AND verified_at IS NULL RETURNING true""",
        user_id,
        email_norm,
        at,
    )
    return row is not None


async def is_anothers(tx: Transaction, email_norm: str, user_id: UUID) -> bool:
    """Return whether an account of somebody else has this address."""
    row = await tx.fetchrow("SELECT FROM user_emails WHERE email_norm = $1 AND user_id <> $2", email_norm, user_id)
    return row is not None


async def replace_primary(
    tx: Transaction, user_id: UUID, email: str, email_norm: str, at: datetime, *, keep_old_until: datetime | None
) -> None:
    """Give a person another primary address, which they have proved to be theirs.

    The one before is kept from others until `keep_old_until`, or given up at once. Raises EmailTaken.
    """
    if keep_old_until is None:
        await tx.execute("DELETE FROM user_emails WHERE user_id = $1 AND is_primary", user_id)
    else:
        await tx.execute(
            "UPDATE user_emails SET is_primary = false, kept_until = $2 WHERE user_id = $1 AND is_primary",
            user_id,
            keep_old_until,
        )
    try:
        await tx.execute(
            """INSERT INTO user_emails (user_id, email, email_norm, verified_at, is_primary)
               VALUES ($1, $2, $3, $4, true)
               ON CONFLICT (user_id, email_norm) DO UPDATE SET email = excluded.email,
                   verified_at = excluded.verified_at, is_primary = true, kept_until = NULL""",
            user_id,
            email,
            email_norm,
            at,
        )
    except UniqueViolationError as taken:
        raise EmailTaken() from taken


async def keep_only(tx: Transaction, user_id: UUID, email_norms: Sequence[str]) -> int:
    """Give up a person's other addresses; return how many."""
    given_up = await tx.fetch(
        "DELETE FROM user_emails WHERE user_id = $1 AND email_norm <> ALL ($2::text[]) RETURNING true",
        user_id,
        list(email_norms),
    )
    return len(given_up)


async def release_kept(database: Database, now: datetime) -> None:
    """Give up replaced addresses whose time is over."""
    await database.execute("DELETE FROM user_emails WHERE NOT is_primary AND kept_until < $1", now)


async def is_admin_by_hand(database: Database, user_id: UUID) -> bool:
    """Return whether a person is an administrator now, and not because AUTH_ADMIN_EMAILS named them."""
    row = await database.fetchrow("SELECT FROM users WHERE id = $1 AND role = 'admin' AND NOT is_listed_admin", user_id)
    return row is not None


async def is_listed_admin(tx: Transaction, user_id: UUID) -> bool:
    """Return whether a person is an administrator because AUTH_ADMIN_EMAILS names them."""
    row = await tx.fetchrow("SELECT is_listed_admin FROM users WHERE id = $1", user_id)
    return bool(row and row["is_listed_admin"])


async def note_listed_admin(tx: Transaction, user_id: UUID, *, is_listed: bool) -> None:
    """Note whether AUTH_ADMIN_EMAILS makes a person an administrator."""
    await tx.execute("UPDATE users SET is_listed_admin = $2 WHERE id = $1", user_id, is_listed)
