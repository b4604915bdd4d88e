"""People as administrators see them: found, suspended, given a role."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.auth.store.second_factors import HAS_PASSKEY, HAS_TOTP
from emergence.auth.store.sessions import SessionPlace
from emergence.contracts.auth.administration import AdministeredEmail
from emergence.contracts.auth.values import Role
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Person:
    """One account with what an administrator may know of it."""

    user_id: UUID
    display_name: str
    email: str | None
    role: Role
    status: str
    created_at: datetime
    has_second_factor: bool
    sessions: int
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceOfSession:
    """A live login session and whose it is."""

    session_id: UUID
    user_id: UUID
    display_name: str
    email: str | None
    agent: str | None
    network_prefix: str | None
    created_at: datetime
    last_seen_at: datetime
    impersonator_name: str | None


@dataclass(frozen=True, slots=True)
class PasswordAge:
    """Since when a password is in use, and whether another one must be chosen."""

    changed_at: datetime
    must_change: bool


_EMAIL = "(SELECT email FROM user_emails WHERE user_emails.user_id = users.id AND is_primary)"
_PERSON = f"""users.id AS user_id, display_name, {_EMAIL} AS email, role, status, created_at,
    {HAS_TOTP} OR {HAS_PASSKEY} AS has_second_factor,
    (SELECT count(*) FROM sessions WHERE sessions.user_id = users.id AND revoked_at IS NULL
        AND impersonator_id IS NULL AND idle_exp > $1 AND abs_exp > $1) AS sessions,
    (SELECT max(last_seen_at) FROM sessions
     WHERE sessions.user_id = users.id AND impersonator_id IS NULL) AS last_seen_at"""  # noqa: S608 - our own columns


def _person_from(row: Record) -> Person:
    return Person(**{**dict(row), "role": Role(row["role"])})


async def list_people(database: Database, words: str, after: UUID | None, limit: int, now: datetime) -> list[Person]:
    """Return accounts in the order of their making whose name or address holds `words`, whatever their case."""
    rows = await database.fetch(
        f"""SELECT {_PERSON} FROM users
            WHERE deleted_at IS NULL AND ($3::uuid IS NULL OR users.id > $3)
                AND ($2 = '' OR strpos(lower(display_name), lower($2)) > 0 OR strpos(lower({_EMAIL}), lower($2)) > 0)
            ORDER BY users.id LIMIT $4""",  # noqa: S608 - our own columns
        now,
        words,
        after,
        limit,
    )
    return [_person_from(row) for row in rows]


async def read_person(database: Database, user_id: UUID, now: datetime) -> Person | None:
    """Return one account."""
    row = await database.fetchrow(
        f"SELECT {_PERSON} FROM users WHERE deleted_at IS NULL AND users.id = $2",  # noqa: S608 - our own columns
        now,
        user_id,
    )
    return _person_from(row) if row else None


async def list_emails(database: Database, user_id: UUID) -> list[AdministeredEmail]:
    """Return a person's addresses, the primary one first."""
    rows = await database.fetch(
        """SELECT email, is_primary, verified_at FROM user_emails
           WHERE user_id = $1 ORDER BY is_primary DESC, email""",
        user_id,
    )
    return [AdministeredEmail(**dict(row)) for row in rows]


async def read_password_age(database: Database, user_id: UUID) -> PasswordAge | None:
    """Return since when a person has their password, or None when they have none."""
    row = await database.fetchrow(
        "SELECT changed_at, must_change FROM password_credentials WHERE user_id = $1", user_id
    )
    return PasswordAge(row["changed_at"], row["must_change"]) if row else None


async def lock_administrators(tx: Transaction) -> set[UUID]:
    """Return the active administrators and keep others from changing them until the transaction ends."""
    rows = await tx.fetch("SELECT id FROM users WHERE role = 'admin' AND status = 'active' ORDER BY id FOR UPDATE")
    return {row["id"] for row in rows}


async def is_only_administrator(tx: Transaction, user_id: UUID) -> bool:
    """Return whether nobody else is an active administrator."""
    row = await tx.fetchrow(
        "SELECT FROM users WHERE role = 'admin' AND status = 'active' AND id <> $1 LIMIT 1", user_id
    )
    return row is None


async def set_status(tx: Transaction, user_id: UUID, status: str) -> bool:
    """Suspend or reinstate; return whether that changed anything. What is about to be deleted stays shut."""
    row = await tx.fetchrow(
        """UPDATE users SET status = $2
           WHERE id = $1 AND status NOT IN ($2, 'deletion_pending') AND deleted_at IS NULL RETURNING true""",
        user_id,
        status,
    )
    return row is not None


async def set_role(tx: Transaction, user_id: UUID, role: Role) -> bool:
    """Give a role; return whether that changed anything."""
    row = await tx.fetchrow(
        "UPDATE users SET role = $2 WHERE id = $1 AND role <> $2 AND deleted_at IS NULL RETURNING true", user_id, role
    )
    return row is not None


async def exists(tx: Transaction, user_id: UUID) -> bool:
    """Return whether there is such an account."""
    return await tx.fetchrow("SELECT true FROM users WHERE id = $1 AND deleted_at IS NULL", user_id) is not None


async def list_places(
    database: Database, user_id: UUID | None, before: SessionPlace | None, limit: int, now: datetime
) -> list[PlaceOfSession]:
    """Return a page of live login sessions of everybody, or of one person, the latest used first."""
    rows = await database.fetch(
        f"""SELECT sessions.id AS session_id, users.id AS user_id, display_name, {_EMAIL} AS email, ua AS agent,
                ip_prefix AS network_prefix, sessions.created_at, last_seen_at,
                (SELECT looking.display_name FROM users AS looking WHERE looking.id = impersonator_id)
                    AS impersonator_name
            FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE revoked_at IS NULL AND idle_exp > $3 AND abs_exp > $3 AND ($1::uuid IS NULL OR users.id = $1)
                AND ($4::timestamptz IS NULL OR (last_seen_at, sessions.id) < ($4, $5::uuid))
            ORDER BY last_seen_at DESC, sessions.id DESC LIMIT $2""",  # noqa: S608 - our own columns
        user_id,
        limit,
        now,
        before.last_seen_at if before else None,
        before.session_id if before else None,
    )
    return [PlaceOfSession(**dict(row)) for row in rows]
