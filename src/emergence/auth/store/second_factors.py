"""Second factors: which a person has, the seed of time-based codes, sealed, and the hashes of recovery codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class StoredTotp:
    """A person's sealed seed; it counts once it is confirmed by a code."""

    seed_enc: bytes
    created_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """Which second factors a person has; recovery codes only stand in for another."""

    has_totp: bool
    has_passkey: bool
    has_recovery_codes: bool

    @property
    def is_strong(self) -> bool:
        """Return whether any of them must be asked for."""
        return self.has_totp or self.has_passkey


# Of the row of `users` in a query; what counts as a second factor is said here and nowhere else.
HAS_TOTP = """EXISTS (SELECT FROM totp_credentials AS totp
                      WHERE totp.user_id = users.id AND totp.confirmed_at IS NOT NULL)"""
HAS_PASSKEY = "EXISTS (SELECT FROM webauthn_credentials AS passkeys WHERE passkeys.user_id = users.id)"


async def read_totp(database: Database, user_id: UUID) -> StoredTotp | None:
    """Return a person's seed, confirmed or not."""
    row = await database.fetchrow(
        "SELECT seed_enc, created_at, confirmed_at FROM totp_credentials WHERE user_id = $1", user_id
    )
    return StoredTotp(**dict(row)) if row else None


async def read_seeds(database: Database) -> list[tuple[UUID, bytes]]:
    """Return everybody's sealed seed."""
    rows = await database.fetch("SELECT user_id, seed_enc FROM totp_credentials ORDER BY user_id")
    return [(row["user_id"], row["seed_enc"]) for row in rows]


async def reseal(database: Database, user_id: UUID, old: bytes, new: bytes) -> None:
    """Store a seed sealed anew, unless it was replaced meanwhile."""
    await database.execute(
        "UPDATE totp_credentials SET seed_enc = $3 WHERE user_id = $1 AND seed_enc = $2", user_id, old, new
    )


async def read_factors(database: Database | Transaction, user_id: UUID) -> Factors:
    """Return which second factors a person has."""
    row = await database.fetchrow(
        f"""SELECT {HAS_TOTP} AS has_totp, {HAS_PASSKEY} AS has_passkey,
                EXISTS (SELECT FROM recovery_codes AS codes
                        WHERE codes.user_id = users.id AND used_at IS NULL) AS has_recovery_codes
            FROM users WHERE users.id = $1""",  # noqa: S608 - our own columns
        user_id,
    )
    return Factors(**dict(row)) if row else Factors(has_totp=False, has_passkey=False, has_recovery_codes=False)


async def put_unconfirmed(tx: Transaction, user_id: UUID, seed_enc: bytes, at: datetime) -> bool:
    """Keep a new seed until it is confirmed; return False where a confirmed one stands, which stays."""
    row = await tx.fetchrow(
        """INSERT INTO totp_credentials AS kept (user_id, seed_enc, created_at) VALUES ($1, $2, $3)
           ON CONFLICT (user_id) DO UPDATE
               SET seed_enc = excluded.seed_enc, created_at = excluded.created_at, last_step = 0
               WHERE kept.confirmed_at IS NULL
           RETURNING true""",
        user_id,
        seed_enc,
        at,
    )
    return row is not None


async def use_step(tx: Transaction, user_id: UUID, step: int) -> bool:
    """Use a step of time up; False when it or a later one was used before. One statement: no race, no replay."""
    row = await tx.fetchrow(
        """UPDATE totp_credentials SET last_step = $2
           WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL RETURNING true""",
        user_id,
        step,
    )
    return row is not None


async def confirm(tx: Transaction, user_id: UUID, seed_enc: bytes, step: int, at: datetime) -> bool:
    """Let this very seed count from now on, its first code used up; False where it was replaced or counts already."""
    row = await tx.fetchrow(
        """UPDATE totp_credentials SET confirmed_at = $4, last_step = $3
           WHERE user_id = $1 AND seed_enc = $2 AND confirmed_at IS NULL RETURNING true""",
        user_id,
        seed_enc,
        step,
        at,
    )
    return row is not None


async def delete_unconfirmed(tx: Transaction, user_id: UUID) -> None:
    """Delete a seed that was handed out and does not count yet."""
    await tx.execute("DELETE FROM totp_credentials WHERE user_id = $1 AND confirmed_at IS NULL", user_id)


async def forget_unconfirmed(database: Database, begun_before: datetime) -> None:
    """Delete everybody's seeds that nobody confirmed in time."""
    await database.execute("DELETE FROM totp_credentials WHERE confirmed_at IS NULL AND created_at <= $1", begun_before)


async def delete_totp(tx: Transaction, user_id: UUID) -> None:
    """Delete a person's seed."""
    await tx.execute("DELETE FROM totp_credentials WHERE user_id = $1", user_id)


async def delete_recovery_codes(tx: Transaction, user_id: UUID) -> None:
    """Delete a person's recovery codes."""
    await tx.execute("DELETE FROM recovery_codes WHERE user_id = $1", user_id)


async def delete_second_factors(tx: Transaction, user_id: UUID) -> bool:
    """Delete a person's seed, passkeys and recovery codes; return whether there was a factor to be asked for."""
    factors = await read_factors(tx, user_id)
    await delete_totp(tx, user_id)
    await tx.execute("DELETE FROM webauthn_credentials WHERE user_id = $1", user_id)
    await delete_recovery_codes(tx, user_id)
    return factors.is_strong


async def replace_recovery_codes(tx: Transaction, user_id: UUID, hashes: Mapping[str, str], at: datetime) -> None:
    """Store new recovery codes, by their places; earlier ones are gone."""
    await tx.execute("DELETE FROM recovery_codes WHERE user_id = $1", user_id)
    await tx.execute(
        """INSERT INTO recovery_codes (user_id, place, hash, created_at)
           SELECT $1, place, hash, $4 FROM unnest($2::text[], $3::text[]) AS added (place, hash)""",
        user_id,
        list(hashes),
        list(hashes.values()),
        at,
    )


@dataclass(frozen=True, slots=True)
class PlacedCode:
    """An unused recovery code: its place, and the hash that it is checked against."""

    place: str
    hash: str


async def find_recovery_code(database: Database, user_id: UUID, places: Sequence[str]) -> PlacedCode | None:
    """Return the person's unused code at one of these places."""
    row = await database.fetchrow(
        """SELECT place, hash FROM recovery_codes
           WHERE user_id = $1 AND place = ANY ($2::text[]) AND used_at IS NULL LIMIT 1""",
        user_id,
        list(places),
    )
    return PlacedCode(**dict(row)) if row else None


async def read_recovery_code(database: Database, user_id: UUID, place: str) -> str | None:
    """Return the hash of the unused code at a place."""
    row = await database.fetchrow(
        "SELECT hash FROM recovery_codes WHERE user_id = $1 AND place = $2 AND used_at IS NULL", user_id, place
    )
    return row["hash"] if row else None


async def use_recovery_code(tx: Transaction, user_id: UUID, place: str, hashed: str, at: datetime) -> bool:
    """Use a code up; False when somebody was faster."""
    row = await tx.fetchrow(
        """UPDATE recovery_codes SET used_at = $4
           WHERE user_id = $1 AND place = $2 AND hash = $3 AND used_at IS NULL RETURNING true""",
        user_id,
        place,
        hashed,
        at,
    )
    return row is not None


async def count_recovery_codes(database: Database, user_id: UUID) -> int:
    """Return how many codes are left."""
    row = await database.fetchrow(
        "SELECT count(*) AS left FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL", user_id
    )
    return int(row["left"]) if row else 0


async def delete_recovery_codes_added(tx: Transaction, user_id: UUID, since: datetime) -> bool:
    """Delete a person's recovery codes if they were made at a time or later; return whether they were."""
    rows = await tx.fetch(
        "DELETE FROM recovery_codes WHERE user_id = $1 AND created_at >= $2 RETURNING true", user_id, since
    )
    return bool(rows)


async def delete_totp_added(tx: Transaction, user_id: UUID, since: datetime) -> bool:
    """Delete a person's seed if it was confirmed at a time or later, or never; return whether it counted."""
    row = await tx.fetchrow(
        """DELETE FROM totp_credentials WHERE user_id = $1 AND (confirmed_at IS NULL OR confirmed_at >= $2)
           RETURNING confirmed_at""",
        user_id,
        since,
    )
    return row is not None and row["confirmed_at"] is not None
