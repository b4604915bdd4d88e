"""Accounts at OpenID providers, the people here whom they sign in, and the login sessions that they opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.auth.store.users import Account, account_from
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class LinkedIdentity:
    """An account at a provider, known by issuer and subject."""

    id: UUID
    issuer: str
    subject: str
    user_id: UUID
    email_at_link: str | None
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenedBy:
    """Whose word opened a login session, and how the provider calls its own."""

    identity_id: UUID
    sid: str | None


_IDENTITY = "identities.id, iss, sub, user_id, email_at_link, identities.created_at, last_used_at"
_ACCOUNT = """users.display_name, users.role, users.status,
    (SELECT email FROM user_emails WHERE user_emails.user_id = users.id AND is_primary) AS email"""


def _identity_from(row: Record) -> LinkedIdentity:
    return LinkedIdentity(
        id=row["id"],
        issuer=row["iss"],
        subject=row["sub"],
        user_id=row["user_id"],
        email_at_link=row["email_at_link"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
    )


async def take_turn(tx: Transaction, names: Sequence[str]) -> None:
    """Let one transaction at a time decide about these identities and addresses."""
    for name in sorted(names):
        await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('auth.identities:' || $1, 0))", name)


async def find(tx: Transaction, issuer: str, subject: str) -> tuple[LinkedIdentity, Account] | None:
    """Return an identity and whom it signs in."""
    row = await tx.fetchrow(
        f"""SELECT {_IDENTITY}, {_ACCOUNT} FROM identities JOIN users ON users.id = identities.user_id
            WHERE iss = $1 AND sub = $2""",  # noqa: S608 - our own columns
        issuer,
        subject,
    )
    return (_identity_from(row), account_from(row)) if row else None


async def add(tx: Transaction, identity: LinkedIdentity) -> None:
    """Store a new identity."""
    await tx.execute(
        """INSERT INTO identities (id, iss, sub, user_id, email_at_link, created_at, last_used_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        identity.id,
        identity.issuer,
        identity.subject,
        identity.user_id,
        identity.email_at_link,
        identity.created_at,
        identity.last_used_at,
    )


async def note_use(tx: Transaction, identity_id: UUID, at: datetime) -> None:
    """Note that somebody signed in with it."""
    await tx.execute("UPDATE identities SET last_used_at = $2 WHERE id = $1", identity_id, at)


async def of_person(database: Database, user_id: UUID) -> list[LinkedIdentity]:
    """Return a person's identities, the oldest first."""
    rows = await database.fetch(
        f"SELECT {_IDENTITY} FROM identities WHERE user_id = $1 ORDER BY created_at, id",  # noqa: S608 - our own columns
        user_id,
    )
    return [_identity_from(row) for row in rows]


async def delete_one(tx: Transaction, identity_id: UUID, user_id: UUID) -> str | None:
    """Delete an identity of this person and return its issuer; None when they have none of that id."""
    issuer: str | None = await tx.fetchval(
        "DELETE FROM identities WHERE id = $1 AND user_id = $2 RETURNING iss", identity_id, user_id
    )
    return issuer


async def delete_all(tx: Transaction, user_id: UUID) -> int:
    """Delete a person's identities; return how many."""
    return len(await tx.fetch("DELETE FROM identities WHERE user_id = $1 RETURNING id", user_id))


async def delete_added(tx: Transaction, user_id: UUID, since: datetime) -> int:
    """Delete a person's identities that were linked at a time or later; return how many."""
    rows = await tx.fetch(
        "DELETE FROM identities WHERE user_id = $1 AND created_at >= $2 RETURNING true", user_id, since
    )
    return len(rows)


async def has_way_in(tx: Transaction, user_id: UUID, issuers: Sequence[str]) -> bool:
    """Return whether a person, whose account is locked, can sign in: password, passkey or one of these issuers."""
    found: bool = await tx.fetchval(
        """SELECT EXISTS (SELECT FROM password_credentials WHERE user_id = $1)
               OR EXISTS (SELECT FROM webauthn_credentials WHERE user_id = $1)
               OR EXISTS (SELECT FROM identities WHERE user_id = $1 AND iss = ANY ($2::text[]))""",
        user_id,
        list(issuers),
    )
    return found


async def note_session(tx: Transaction, session_id: UUID, opened_by: OpenedBy) -> None:
    """Note whose word opened a login session."""
    await tx.execute(
        "INSERT INTO identity_sessions (session_id, identity_id, sid) VALUES ($1, $2, $3)",
        session_id,
        opened_by.identity_id,
        opened_by.sid,
    )


async def opener_of(database: Database, session_id: UUID) -> OpenedBy | None:
    """Return whose word opened a login session, if a provider's did."""
    row = await database.fetchrow("SELECT identity_id, sid FROM identity_sessions WHERE session_id = $1", session_id)
    return OpenedBy(row["identity_id"], row["sid"]) if row else None


async def sessions_of(tx: Transaction, identity_id: UUID) -> set[UUID]:
    """Return the login sessions that an identity of a person opened."""
    rows = await tx.fetch("SELECT session_id FROM identity_sessions WHERE identity_id = $1", identity_id)
    return {row["session_id"] for row in rows}


async def sessions_at(
    tx: Transaction, issuer: str, subject: str | None, sid: str | None, opened_before: datetime
) -> list[UUID]:
    """Return the live login sessions that a provider opened, by its subject, its session, or both."""
    rows = await tx.fetch(
        """SELECT session_id FROM identity_sessions
           JOIN identities ON identities.id = identity_id JOIN sessions ON sessions.id = session_id
           WHERE iss = $1 AND ($2::text IS NULL OR sub = $2) AND ($3::text IS NULL OR sid = $3)
               AND sessions.created_at <= $4 AND revoked_at IS NULL ORDER BY session_id""",
        issuer,
        subject,
        sid,
        opened_before,
    )
    return [row["session_id"] for row in rows]
