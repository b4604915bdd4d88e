"""Login sessions: each is also its family of refresh tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from emergence.auth.store.users import Account, account_from
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Session:
    """A login session; `generation` is the one live refresh token's.

    `device_token` is what its browser is to hold from now on; it is only there when the session was just opened.
    One with an impersonator is an administrator's look at the account of `user_id`, begun from another session.
    """

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
    device_id: UUID | None = None
    refreshes_next: datetime | None = None
    device_token: str | None = field(default=None, repr=False)
    impersonator_id: UUID | None = None
    impersonator_session_id: UUID | None = None

    @property
    def has_second_factor(self) -> bool:
        """Return whether a second factor was proved for it."""
        return "mfa" in self.amr

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
    sessions.created_at, idle_exp, abs_exp, revoked_at, device_id, refresh_tat, impersonator_id,
    impersonator_session_id"""
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
        device_id=row["device_id"],
        refreshes_next=row["refresh_tat"],
        impersonator_id=row["impersonator_id"],
        impersonator_session_id=row["impersonator_session_id"],
    )


async def add_session(tx: Transaction, session: Session, device: Device) -> None:
    """Store a new login session."""
    await tx.execute(
        """WITH reader AS (UPDATE users SET language = $18::text
                           WHERE id = $2 AND language IS NULL AND $18::text IS NOT NULL)
           INSERT INTO sessions (id, user_id, salt, gen, sv, rotated_at, acr, amr, auth_time, ua, ip_prefix,
                                 created_at, last_seen_at, idle_exp, abs_exp, device_id, impersonator_id,
                                 impersonator_session_id)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16, $17)""",
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
        session.device_id,
        session.impersonator_id,
        session.impersonator_session_id,
        device.language,
    )


async def lower_to_one_factor(tx: Transaction, user_id: UUID) -> None:
    """Let a person's open sessions say no more that two factors were proved: the second one is gone."""
    await tx.execute(
        """UPDATE sessions SET acr = '1', amr = array_remove(amr, 'mfa')
           WHERE user_id = $1 AND acr = '2' AND revoked_at IS NULL""",
        user_id,
    )


async def has_sessions(tx: Transaction, user_id: UUID) -> bool:
    """Return whether somebody ever signed in to this account."""
    return await tx.fetchrow("SELECT FROM sessions WHERE user_id = $1 LIMIT 1", user_id) is not None


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


@dataclass(frozen=True, slots=True)
class SeenSession:
    """A session with what its owner may know of it."""

    session: Session
    device: Device
    last_seen_at: datetime
    impersonator_name: str | None


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """A place in a list of sessions that begins with the latest used: after this one."""

    last_seen_at: datetime
    session_id: UUID


async def live_sessions(
    database: Database, user_id: UUID, now: datetime, before: SessionPlace | None, limit: int
) -> list[SeenSession]:
    """Return a page of a person's sessions that may still be used, administrators' looks at the account included."""
    rows = await database.fetch(
        f"""SELECT {_SESSION}, ua, ip_prefix, last_seen_at,
                (SELECT display_name FROM users WHERE users.id = impersonator_id) AS impersonator_name
            FROM sessions
            WHERE user_id = $1 AND revoked_at IS NULL AND idle_exp > $2 AND abs_exp > $2
                AND ($3::timestamptz IS NULL OR (last_seen_at, id) < ($3, $4::uuid))
            ORDER BY last_seen_at DESC, id DESC LIMIT $5""",  # noqa: S608 - our own columns
        user_id,
        now,
        before.last_seen_at if before else None,
        before.session_id if before else None,
        limit,
    )
    return [
        SeenSession(
            _session_from(row), Device(row["ua"], row["ip_prefix"]), row["last_seen_at"], row["impersonator_name"]
        )
        for row in rows
    ]


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


async def lock_impersonations(tx: Transaction, begun_from: Sequence[UUID]) -> list[Session]:
    """Return what administrators look at from these sessions of theirs, and make its endings wait."""
    rows = await tx.fetch(
        f"""SELECT {_SESSION} FROM sessions
            WHERE impersonator_session_id = ANY($1::uuid[]) AND revoked_at IS NULL
            ORDER BY id FOR UPDATE""",  # noqa: S608 - our own columns
        list(begun_from),
    )
    return [_session_from(row) for row in rows]


async def lock_ended_impersonations(tx: Transaction, now: datetime) -> list[Session]:
    """Return what administrators looked at until its time was over, as far as nobody else ends it just now."""
    rows = await tx.fetch(
        f"""SELECT {_SESSION} FROM sessions
            WHERE impersonator_session_id IS NOT NULL AND revoked_at IS NULL AND (abs_exp <= $1 OR idle_exp <= $1)
            ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED""",  # noqa: S608 - our own columns
        now,
    )
    return [_session_from(row) for row in rows]


async def hand_impersonations_over(tx: Transaction, begun_from: UUID, successor: UUID) -> None:
    """Let what was begun from one session depend on the one that replaces it."""
    await tx.execute(
        "UPDATE sessions SET impersonator_session_id = $2 WHERE impersonator_session_id = $1 AND revoked_at IS NULL",
        begun_from,
        successor,
    )


async def rotate(tx: Transaction, rotated: Session) -> None:
    """Make the session's generation the live one."""
    await tx.execute(
        """UPDATE sessions
           SET gen = $2, rotated_at = $3, last_seen_at = $3, idle_exp = $4, replays = 0, refresh_tat = $5
           WHERE id = $1""",
        rotated.id,
        rotated.generation,
        rotated.rotated_at,
        rotated.idle_end,
        rotated.refreshes_next,
    )


async def count_replay(tx: Transaction, session_id: UUID, refreshes_next: datetime) -> None:
    """Count that a superseded token came back within its grace."""
    await tx.execute(
        "UPDATE sessions SET replays = replays + 1, refresh_tat = $2 WHERE id = $1", session_id, refreshes_next
    )


async def end_reason(tx: Transaction, session_id: UUID) -> str | None:
    """Return why a session was revoked; None where it was not, though its time may be over."""
    reason: str | None = await tx.fetchval("SELECT revoke_reason FROM sessions WHERE id = $1", session_id)
    return reason


async def revoke_all(tx: Transaction, reason: str, at: datetime) -> list[Session]:
    """End every session that may still be used; return those that ended."""
    rows = await tx.fetch(
        f"""UPDATE sessions SET revoked_at = $2, revoke_reason = $1
           WHERE revoked_at IS NULL AND idle_exp > $2 AND abs_exp > $2 RETURNING {_SESSION}""",  # noqa: S608
        reason,
        at,
    )
    return [_session_from(row) for row in rows]


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
