"""Sign-ins that are under way at a provider, each good once and in one browser."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class NewState:
    """A sign-in that begins; `session_id` is set where somebody who is signed in links an account."""

    hash: bytes
    browser_hash: bytes
    provider: str
    session_id: UUID | None
    next: str | None
    created_at: datetime
    ends_at: datetime
    is_again: bool = False  # it is to prove who somebody is now


@dataclass(frozen=True, slots=True)
class TakenState:
    """What was kept of a sign-in that comes back; `linker_id` is who links an account."""

    session_id: UUID | None
    linker_id: UUID | None
    next: str | None
    begun_at: datetime
    is_again: bool


async def add(tx: Transaction, state: NewState) -> None:
    """Store a sign-in that begins."""
    await tx.execute(
        """INSERT INTO oidc_states (hash, browser_hash, provider, session_id, next, created_at, exp, again)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        state.hash,
        state.browser_hash,
        state.provider,
        state.session_id,
        state.next,
        state.created_at,
        state.ends_at,
        state.is_again,
    )


async def take(
    database: Database, hashed: bytes, browser_hash: bytes, provider: str, now: datetime
) -> TakenState | None:
    """Use a sign-in up; None when it is unknown, over, used, another provider's or another browser's. One statement."""
    row = await database.fetchrow(
        """UPDATE oidc_states SET consumed_at = $4
           WHERE hash = $1 AND browser_hash = $2 AND provider = $3 AND exp > $4 AND consumed_at IS NULL
           RETURNING session_id, next, created_at, again,
                     (SELECT user_id FROM sessions WHERE id = session_id) AS linker_id""",
        hashed,
        browser_hash,
        provider,
        now,
    )
    if row is None:
        return None
    return TakenState(row["session_id"], row["linker_id"], row["next"], row["created_at"], row["again"])


async def forget_states(database: Database, ended_before: datetime) -> None:
    """Delete sign-ins whose time is over."""
    await database.execute("DELETE FROM oidc_states WHERE exp < $1", ended_before)
