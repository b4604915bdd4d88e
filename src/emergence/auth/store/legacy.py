"""What came from the former system: which account each of its people has, and what it wrote down of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction


class KnownPerson(NamedTuple):
    """Whom a person of the former system became; without an account they were erased here since."""

    user_id: UUID | None


async def find_person(tx: Transaction, source: bytes) -> KnownPerson | None:
    """Return whom a person of the former system became, None for one who was never brought over."""
    row = await tx.fetchrow("SELECT user_id FROM legacy_people WHERE source = $1", source)
    return KnownPerson(row["user_id"]) if row else None


async def note_person(tx: Transaction, source: bytes, user_id: UUID, at: datetime) -> None:
    """Note whom a person of the former system became."""
    await tx.execute(
        """INSERT INTO legacy_people (source, user_id, imported_at) VALUES ($1, $2, $3)
           ON CONFLICT (source) DO NOTHING""",
        source,
        user_id,
        at,
    )


async def set_former_password(tx: Transaction, user_id: UUID, phc: str, at: datetime, *, must_change: bool) -> None:
    """Store another system's hash; nobody knows whether that password is long enough to be all that is asked."""
    await tx.execute(
        "INSERT INTO password_credentials (user_id, phc, changed_at, must_change) VALUES ($1, $2, $3, $4)",
        user_id,
        phc,
        at,
        must_change,
    )


async def set_former_totp(tx: Transaction, user_id: UUID, seed_enc: bytes, at: datetime) -> None:
    """Store a sealed seed that counts at once: its codes have been asked for in the former system."""
    await tx.execute(
        "INSERT INTO totp_credentials (user_id, seed_enc, created_at, confirmed_at) VALUES ($1, $2, $3, $3)",
        user_id,
        seed_enc,
        at,
    )


@dataclass(frozen=True, slots=True)
class FormerEvent:
    """One line of the former audit log; `actor_name` is there where no account did it, `data` is as it was written."""

    source: bytes
    at: datetime | None
    type: str
    actor: UUID | None
    actor_name: str | None
    subject: UUID | None
    data: str | None


async def add_events(tx: Transaction, events: Sequence[FormerEvent]) -> int:
    """Add what is not here yet; return how many that were."""
    rows = await tx.fetch(
        """INSERT INTO legacy_audit_log (source, at, type, actor, actor_name, subject, data)
           SELECT * FROM unnest($1::bytea[], $2::timestamptz[], $3::text[], $4::uuid[], $5::text[], $6::uuid[],
                                $7::text[])
           ON CONFLICT (source) DO NOTHING RETURNING true""",
        [event.source for event in events],
        [event.at for event in events],
        [event.type for event in events],
        [event.actor for event in events],
        [event.actor_name for event in events],
        [event.subject for event in events],
        [event.data for event in events],
    )
    return len(rows)


async def read_events(database: Database, sources: Sequence[bytes]) -> list[FormerEvent]:
    """Return those of these lines that are here."""
    rows = await database.fetch(
        """SELECT source, at, type, actor, actor_name, subject, data FROM legacy_audit_log
           WHERE source = ANY ($1::bytea[])""",
        list(sources),
    )
    return [FormerEvent(**dict(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """A line of the former audit log with the addresses of those whom it names, as far as they have one here."""

    at: datetime | None
    type: str
    actor: str | None
    subject: str | None
    data: str | None


async def latest_events(database: Database, limit: int) -> list[ShownEvent]:
    """Return the latest lines of the former audit log, about everybody: for operators."""
    rows = await database.fetch(
        """SELECT at, type, coalesce(a.email, actor_name) AS actor, s.email AS subject, data FROM legacy_audit_log
           LEFT JOIN user_emails AS a ON a.user_id = actor AND a.is_primary
           LEFT JOIN user_emails AS s ON s.user_id = subject AND s.is_primary
           ORDER BY at DESC NULLS LAST, source LIMIT $1""",
        limit,
    )
    return [ShownEvent(**dict(row)) for row in rows]
