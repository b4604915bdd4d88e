"""The addresses whose owners may make an account by themselves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.contracts.auth.values import Role
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Allowed:
    """An address with the role that its owner gets."""

    email_norm: str
    email: str
    role: Role
    note: str
    added_by: str | None
    created_at: datetime
    has_account: bool


@dataclass(frozen=True, slots=True)
class Leave:
    """A role that somebody may join with, and the administrator who stands for it."""

    role: Role
    author: UUID | None


_ALLOWED = """SELECT email_norm, allowlist.email, allowlist.role, note, allowlist.created_at,
        (SELECT display_name FROM users WHERE users.id = created_by) AS added_by,
        EXISTS (SELECT FROM user_emails WHERE user_emails.email_norm = allowlist.email_norm) AS has_account
    FROM allowlist"""


def _allowed(row: Record) -> Allowed:
    return Allowed(**(dict(row) | {"role": Role(row["role"])}))


async def leave_of(tx: Transaction, email_norm: str) -> Leave | None:
    """Return the role that is kept for an address, and by whom; None where it is not listed."""
    row = await tx.fetchrow("SELECT role, created_by FROM allowlist WHERE email_norm = $1", email_norm)
    return Leave(Role(row["role"]), row["created_by"]) if row else None


async def put(
    tx: Transaction, email: str, email_norm: str, role: Role, note: str, author: UUID, at: datetime
) -> Allowed:
    """List an address, or give the listed one another role and note; who does so stands for it from now on."""
    await tx.execute(
        """INSERT INTO allowlist (email_norm, email, role, note, created_by, created_at)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (email_norm) DO UPDATE SET email = excluded.email, role = excluded.role, note = excluded.note,
               created_by = excluded.created_by""",
        email_norm,
        email,
        role,
        note,
        author,
        at,
    )
    row = await tx.fetchrow(f"{_ALLOWED} WHERE email_norm = $1", email_norm)
    if row is None:
        raise LookupError("the address disappeared")
    return _allowed(row)


async def remove(tx: Transaction, email_norm: str) -> bool:
    """Take an address from the list; return whether it was there."""
    row = await tx.fetchrow("DELETE FROM allowlist WHERE email_norm = $1 RETURNING true", email_norm)
    return row is not None


async def list_allowed(database: Database, after: str, limit: int) -> list[Allowed]:
    """Return addresses that follow `after`, in their order."""
    rows = await database.fetch(f"{_ALLOWED} WHERE email_norm > $1 ORDER BY email_norm LIMIT $2", after, limit)
    return [_allowed(row) for row in rows]
