"""Passkeys, the handles that authenticators know people by, and the challenges of ceremonies under way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from asyncpg import Record

from emergence.kernel.storage.database import Database, Transaction

Purpose = Literal["register", "login", "second_factor", "step_up"]


@dataclass(frozen=True, slots=True)
class Passkey:
    """A credential of one person; `is_synced` ones may live on several devices and seldom count their uses."""

    id: UUID
    user_id: UUID
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    aaguid: UUID
    is_synced: bool
    is_backed_up: bool
    name: str
    created_at: datetime
    last_used_at: datetime | None = None
    counter_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A ceremony under way: whose it is, where that is known, and a hash of what began it."""

    hash: bytes
    purpose: Purpose
    user_id: UUID | None
    bound_to: bytes
    created_at: datetime
    ends_at: datetime


_PASSKEY = """id, user_id, cred_id, public_key, sign_count, transports, aaguid, is_synced, is_backed_up, name,
    created_at, last_used_at, counter_back_at"""


def _passkey_from(row: Record) -> Passkey:
    return Passkey(
        id=row["id"],
        user_id=row["user_id"],
        credential_id=row["cred_id"],
        public_key=row["public_key"],
        sign_count=row["sign_count"],
        transports=tuple(row["transports"]),
        aaguid=row["aaguid"],
        is_synced=row["is_synced"],
        is_backed_up=row["is_backed_up"],
        name=row["name"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
        counter_back_at=row["counter_back_at"],
    )


async def keep_handle(tx: Transaction, user_id: UUID, handle: bytes) -> bytes:
    """Return the handle of a person, which is `handle` if they had none; who else adds or removes waits."""
    await tx.execute(
        "INSERT INTO webauthn_users (user_id, handle) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING", user_id, handle
    )
    kept: bytes = await tx.fetchval("SELECT handle FROM webauthn_users WHERE user_id = $1 FOR UPDATE", user_id)
    return kept


async def read_handle(database: Database, user_id: UUID) -> bytes | None:
    """Return the handle of a person."""
    row = await database.fetchrow("SELECT handle FROM webauthn_users WHERE user_id = $1", user_id)
    return row["handle"] if row else None


async def list_passkeys(database: Database | Transaction, user_id: UUID) -> list[Passkey]:
    """Return a person's passkeys, the oldest first."""
    rows = await database.fetch(
        f"SELECT {_PASSKEY} FROM webauthn_credentials WHERE user_id = $1 ORDER BY created_at, id",  # noqa: S608
        user_id,
    )
    return [_passkey_from(row) for row in rows]


async def find_passkey(database: Database, credential_id: bytes) -> Passkey | None:
    """Return the passkey that an authenticator names, unless its owner may not sign in; whose it is says the row."""
    row = await database.fetchrow(
        f"""SELECT {_PASSKEY} FROM webauthn_credentials
            WHERE cred_id = $1
                AND EXISTS (SELECT FROM users WHERE users.id = user_id AND status = 'active')""",  # noqa: S608
        credential_id,
    )
    return _passkey_from(row) if row else None


async def add_passkey(tx: Transaction, passkey: Passkey) -> bool:
    """Store a new passkey; False when somebody, whoever it is, has this credential already."""
    row = await tx.fetchrow(
        """INSERT INTO webauthn_credentials (id, user_id, cred_id, public_key, sign_count, transports, aaguid,
                                             is_synced, is_backed_up, name, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (cred_id) DO NOTHING RETURNING true""",
        passkey.id,
        passkey.user_id,
        passkey.credential_id,
        passkey.public_key,
        passkey.sign_count,
        list(passkey.transports),
        passkey.aaguid,
        passkey.is_synced,
        passkey.is_backed_up,
        passkey.name,
        passkey.created_at,
    )
    return row is not None


async def count_use(tx: Transaction, passkey_id: UUID, sign_count: int, at: datetime, *, is_backed_up: bool) -> bool:
    """Note a use; False when its counter was passed before. One statement: no race.

    Authenticators that do not count always say zero (WebAuthn §6.1.1).
    """
    row = await tx.fetchrow(
        """UPDATE webauthn_credentials SET sign_count = $2, last_used_at = $3, is_backed_up = $4
           WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0)) RETURNING true""",
        passkey_id,
        sign_count,
        at,
        is_backed_up,
    )
    return row is not None


async def note_counter_back(tx: Transaction, passkey_id: UUID, at: datetime) -> None:
    """Note that a use came with a counter that had been passed before; the counter stays."""
    await tx.execute("UPDATE webauthn_credentials SET counter_back_at = $2 WHERE id = $1", passkey_id, at)


async def trust_counter(tx: Transaction, passkey_id: UUID, user_id: UUID, sign_count: int) -> None:
    """Count from here on, because the person proved by another factor that the passkey is theirs."""
    await tx.execute(
        "UPDATE webauthn_credentials SET sign_count = $3, counter_back_at = NULL WHERE id = $1 AND user_id = $2",
        passkey_id,
        user_id,
        sign_count,
    )


async def rename_passkey(tx: Transaction, passkey_id: UUID, user_id: UUID, name: str) -> bool:
    """Give a person's passkey another name; False when they have no such passkey."""
    row = await tx.fetchrow(
        "UPDATE webauthn_credentials SET name = $3 WHERE id = $1 AND user_id = $2 RETURNING true",
        passkey_id,
        user_id,
        name,
    )
    return row is not None


async def delete_passkey(tx: Transaction, passkey_id: UUID, user_id: UUID) -> bool:
    """Delete a person's passkey; False when they have no such passkey."""
    row = await tx.fetchrow(
        "DELETE FROM webauthn_credentials WHERE id = $1 AND user_id = $2 RETURNING true", passkey_id, user_id
    )
    return row is not None


async def delete_added(tx: Transaction, user_id: UUID, since: datetime) -> int:
    """Delete a person's passkeys that were added at a time or later; return how many."""
    rows = await tx.fetch(
        "DELETE FROM webauthn_credentials WHERE user_id = $1 AND created_at >= $2 RETURNING true", user_id, since
    )
    return len(rows)


async def add_challenge(tx: Transaction, challenge: Challenge) -> None:
    """Store the challenge of a new ceremony."""
    await tx.execute(
        """INSERT INTO webauthn_challenges (hash, purpose, user_id, bound_to, created_at, exp)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        challenge.hash,
        challenge.purpose,
        challenge.user_id,
        challenge.bound_to,
        challenge.created_at,
        challenge.ends_at,
    )


async def use_challenge(tx: Transaction, hashed: bytes, purpose: Purpose, bound_to: bytes, now: datetime) -> bool:
    """Use a challenge up; False when it is unknown, used, over, or was given to somebody else or for something else."""
    row = await tx.fetchrow(
        """UPDATE webauthn_challenges SET consumed_at = $4
           WHERE hash = $1 AND purpose = $2 AND bound_to = $3 AND exp > $4 AND consumed_at IS NULL RETURNING true""",
        hashed,
        purpose,
        bound_to,
        now,
    )
    return row is not None


async def forget_challenges(database: Database, ended_before: datetime) -> None:
    """Delete challenges whose time is over."""
    await database.execute("DELETE FROM webauthn_challenges WHERE exp < $1", ended_before)
