"""Who was invited: one open invitation for each address, of whose link only a hash is kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.auth.store.allowlist import Leave
from emergence.contracts.auth.values import Language, Role
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation as it is stored."""

    id: UUID
    email: str
    email_norm: str
    role: Role
    note: str
    language: Language
    hash: bytes
    created_by: UUID
    created_at: datetime
    ends_at: datetime
    mailed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation, and what became of it."""

    id: UUID
    email: str
    email_norm: str
    role: Role
    note: str
    language: Language
    created_by: UUID | None
    invited_by: str | None
    created_at: datetime
    ends_at: datetime
    mailed_at: datetime | None
    accepted_at: datetime | None
    revoked_at: datetime | None


_INVITATION = """id, email, email_norm, role, note, language, created_by, created_at, exp AS ends_at, mailed_at,
    accepted_at, revoked_at, (SELECT display_name FROM users WHERE users.id = created_by) AS invited_by"""
_OPEN = "accepted_at IS NULL AND revoked_at IS NULL"


def _invitation(row: Record) -> Invitation:
    return Invitation(**(dict(row) | {"role": Role(row["role"])}))


async def add(tx: Transaction, new: NewInvitation) -> None:
    """Store an invitation; there must be no other open one for its address."""
    await tx.execute(
        """INSERT INTO invitations (id, email, email_norm, role, note, language, hash, created_by, created_at, exp,
               mailed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        new.id,
        new.email,
        new.email_norm,
        new.role,
        new.note,
        new.language,
        new.hash,
        new.created_by,
        new.created_at,
        new.ends_at,
        new.mailed_at,
    )


async def renew(
    tx: Transaction, invitation_id: UUID, hashed: bytes, ends_at: datetime, mailed_at: datetime | None, author: UUID
) -> None:
    """Give an invitation another link, which ends the one before; who does so stands for it from now on."""
    await tx.execute(
        "UPDATE invitations SET hash = $2, exp = $3, mailed_at = $4, created_by = $5 WHERE id = $1",
        invitation_id,
        hashed,
        ends_at,
        mailed_at,
        author,
    )


async def lock_open(tx: Transaction, invitation_id: UUID) -> Invitation | None:
    """Return an invitation that was neither accepted nor withdrawn, and keep it so until the transaction ends."""
    row = await tx.fetchrow(
        f"SELECT {_INVITATION} FROM invitations WHERE id = $1 AND {_OPEN} FOR UPDATE",  # noqa: S608 - our own columns
        invitation_id,
    )
    return _invitation(row) if row else None


async def read(tx: Transaction, invitation_id: UUID) -> Invitation:
    """Return an invitation that is known to exist."""
    row = await tx.fetchrow(f"SELECT {_INVITATION} FROM invitations WHERE id = $1", invitation_id)  # noqa: S608
    if row is None:
        raise LookupError("the invitation disappeared")
    return _invitation(row)


async def find_by_link(database: Database, hashed: bytes, now: datetime) -> Invitation | None:
    """Return the invitation of a link that is still good, without using it."""
    row = await database.fetchrow(
        f"SELECT {_INVITATION} FROM invitations WHERE hash = $1 AND exp > $2 AND {_OPEN}",  # noqa: S608 - our own columns
        hashed,
        now,
    )
    return _invitation(row) if row else None


async def accept(tx: Transaction, hashed: bytes, now: datetime) -> Invitation | None:
    """Use a link up and return its invitation; None when it is unknown, used, withdrawn or over."""
    row = await tx.fetchrow(
        f"""UPDATE invitations SET accepted_at = $2 WHERE hash = $1 AND exp > $2 AND {_OPEN}
            RETURNING {_INVITATION}""",  # noqa: S608 - our own columns
        hashed,
        now,
    )
    return _invitation(row) if row else None


async def accept_of_address(tx: Transaction, email_norm: str, now: datetime) -> None:
    """Note that whoever was invited has come, by whichever way."""
    await tx.execute(
        f"UPDATE invitations SET accepted_at = $2 WHERE email_norm = $1 AND {_OPEN}",  # noqa: S608 - our own columns
        email_norm,
        now,
    )


async def revoke(tx: Transaction, invitation_id: UUID, now: datetime) -> None:
    """Make an invitation worth nothing."""
    await tx.execute("UPDATE invitations SET revoked_at = $2 WHERE id = $1", invitation_id, now)


async def revoke_of_address(tx: Transaction, email_norm: str, now: datetime) -> None:
    """Make the open invitation of an address worth nothing, if there is one."""
    await tx.execute(
        f"UPDATE invitations SET revoked_at = $2 WHERE email_norm = $1 AND {_OPEN}",  # noqa: S608 - our own columns
        email_norm,
        now,
    )


async def leave_for(tx: Transaction, email_norm: str, now: datetime) -> Leave | None:
    """Return the role that an address is invited to, and by whom; None where it is not."""
    row = await tx.fetchrow(
        f"SELECT role, created_by FROM invitations WHERE email_norm = $1 AND exp > $2 AND {_OPEN}",  # noqa: S608 - our own columns
        email_norm,
        now,
    )
    return Leave(Role(row["role"]), row["created_by"]) if row else None


async def list_invitations(database: Database, before: UUID | None, limit: int) -> list[Invitation]:
    """Return invitations, the latest first."""
    rows = await database.fetch(
        f"""SELECT {_INVITATION} FROM invitations WHERE $1::uuid IS NULL OR id < $1
            ORDER BY id DESC LIMIT $2""",  # noqa: S608 - our own columns
        before,
        limit,
    )
    return [_invitation(row) for row in rows]


async def forget_over(database: Database, ended_before: datetime) -> None:
    """Delete invitations whose time is long over."""
    await database.execute("DELETE FROM invitations WHERE exp < $1", ended_before)
