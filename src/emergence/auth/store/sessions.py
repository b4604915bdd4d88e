"""Login sessions: each is also its family of refresh tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.auth.store.users import Account, account_from
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Session:
    """A login session; `generation` is the one live refresh token's."""

    id: UUID
    user_id: UUID
    salt: bytes
    generation: int
    version: int
    rotated_at: datetime
    replays: int
    acr: str
    amr: tuple[str, ...]
    authenticated_at: datetime
    created_at: datetime
    idle_end: datetime
    absolute_end: datetime
    is_revoked: bool

    def is_live(self, now: datetime) -> bool:
        """Return whether the session may still be used."""
        return not self.is_revoked and now < self.idle_end and now < self.absolute_end


@dataclass(frozen=True, slots=True)
class Device:
    """What is remembered of where a session was opened."""

    agent: str | None
    network_prefix: str | None
    language: str | None = None


_SESSION = """sessions.id, sessions.user_id, salt, gen, sv, rotated_at, replays, acr, amr, auth_time,
    sessions.created_at, idle_exp, abs_exp, revoked_at"""
_ACCOUNT = """users.display_name, users.role, users.status,
    (SELECT email FROM user_emails WHERE user_emails.user_id = users.id AND is_primary) AS email"""


def _session_from(row: Record) -> Session:
    return Session(
        id=row["id"],
        user_id=row["user_id"],
        salt=row["salt"],
        generation=row["gen"],
        version=row["sv"],
        rotated_at=row["rotated_at"],
        replays=row["replays"],
        acr=row["acr"],
        amr=tuple(row["amr"]),
        authenticated_at=row["auth_time"],
        created_at=row["created_at"],
        idle_end=row["idle_exp"],
        absolute_end=row["abs_exp"],
        is_revoked=row["revoked_at"] is not None,
    )


async def add_session(tx: Transaction, session: Session, device: Device) -> None:
    """Store a new login session."""
    await tx.execute(
        """WITH reader AS (UPDATE users SET language = $15::text
                           WHERE id = $2 AND language IS NULL AND $15::text IS NOT NULL)
           INSERT INTO sessions (id, user_id, salt, gen, sv, rotated_at, acr, amr, auth_time, ua, ip_prefix,
                                 created_at, last_seen_at, idle_exp, abs_exp)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14)""",
        session.id,
        session.user_id,
        session.salt,
        session.generation,
        session.version,
        session.rotated_at,
        session.acr,
        list(session.amr),
        session.authenticated_at,
        device.agent,
        device.network_prefix,
        session.created_at,
        session.idle_end,
        session.absolute_end,
        device.language,
    )


async def lock_session(tx: Transaction, session_id: UUID) -> tuple[Session, Account] | None:
    """Return a session and its user, and make other refreshes of it wait until this transaction ends."""
    row = await tx.fetchrow(
        f"""SELECT {_SESSION}, {_ACCOUNT} FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE sessions.id = $1 FOR UPDATE OF sessions""",  # noqa: S608 - our own columns
        session_id,
    )
    return (_session_from(row), account_from(row)) if row else None


async def read_session(database: Database, session_id: UUID, user_id: UUID) -> tuple[Session, Account] | None:
    """Return a session of this user, and the user."""
    row = await database.fetchrow(
        f"""SELECT {_SESSION}, {_ACCOUNT} FROM sessions JOIN users ON users.id = sessions.user_id
            WHERE sessions.id = $1 AND sessions.user_id = $2""",  # noqa: S608 - our own columns
        session_id,
        user_id,
    )
    return (_session_from(row), account_from(row)) if row else None


async def live_sessions(database: Database, user_id: UUID, now: datetime) -> list[tuple[Session, Device, datetime]]:
    """Return a person's sessions that may still be used, each with its device and when it was last seen."""
    rows = await database.fetch(
        f"""SELECT {_SESSION}, ua, ip_prefix, last_seen_at FROM sessions
            WHERE user_id = $1 AND revoked_at IS NULL AND idle_exp > $2 AND abs_exp > $2
            ORDER BY last_seen_at DESC, id DESC LIMIT 500""",  # noqa: S608 - our own columns
        user_id,
        now,
    )
    return [(_session_from(row), Device(row["ua"], row["ip_prefix"]), row["last_seen_at"]) for row in rows]


async def lock_sessions(tx: Transaction, user_id: UUID, now: datetime) -> list[Session]:
    """Return a person's sessions that may still be used, and make their refreshes wait."""
    rows = await tx.fetch(
        f"""SELECT {_SESSION} FROM sessions
            WHERE user_id = $1 AND revoked_at IS NULL AND idle_exp > $2 AND abs_exp > $2
            ORDER BY id FOR UPDATE""",  # noqa: S608 - our own columns
        user_id,
        now,
    )
    return [_session_from(row) for row in rows]


async def rotate(tx: Transaction, session_id: UUID, generation: int, at: datetime, idle_end: datetime) -> None:
    """Make `generation` the live one."""
    await tx.execute(
        """UPDATE sessions SET gen = $2, rotated_at = $3, last_seen_at = $3, idle_exp = $4, replays = 0
           WHERE id = $1""",
        session_id,
        generation,
        at,
        idle_end,
    )


async def count_replay(tx: Transaction, session_id: UUID) -> None:
    """Count that a superseded token came back within its grace."""
    await tx.execute("UPDATE sessions SET replays = replays + 1 WHERE id = $1", session_id)


async def revoke(tx: Transaction, session_id: UUID, reason: str, at: datetime) -> bool:
    """End a session; returns False when it had ended before."""
    revoked = await tx.fetchval(
        """UPDATE sessions SET revoked_at = $3, revoke_reason = $2 WHERE id = $1 AND revoked_at IS NULL
           RETURNING true""",
        session_id,
        reason,
        at,
    )
    return revoked is not None
