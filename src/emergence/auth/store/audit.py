"""The audit log: rows in a chain, the references that stand for people in it, and addresses for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

from asyncpg import Record

from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain."""

    seq: int
    mac: bytes


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row as it is stored; `actor` and `subject` are references, `data` is canonical JSON."""

    seq: int
    at: datetime
    type: str
    actor: UUID | None
    subject: UUID | None
    session_id: UUID | None
    ip_prefix: str | None
    ua: str | None
    outcome: str
    data: str
    request_id: str | None
    prev_mac: bytes
    mac: bytes


_COLUMNS = "seq, at, type, actor, subject, session_id, ip_prefix, ua, outcome, data, request_id, prev_mac, mac"


def _row_from(row: Record | dict[str, object]) -> AuditRow:
    return AuditRow(**dict(row))


async def lock_head(tx: Transaction) -> Head:
    """Return the end of the chain and keep it until the transaction ends."""
    row = await tx.fetchrow("SELECT seq, mac FROM audit_head FOR UPDATE")
    if row is None:
        raise LookupError("the audit log has no head")
    return Head(row["seq"], row["mac"])


async def read_head(database: Database) -> Head:
    """Return the end of the chain."""
    row = await database.fetchrow("SELECT seq, mac FROM audit_head")
    return Head(row["seq"], row["mac"]) if row else Head(0, b"")


async def references(tx: Transaction, user_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return what stands for these people in the log; made when absent."""
    rows = await tx.fetch(
        """WITH wanted AS (SELECT DISTINCT unnest($1::uuid[]) AS user_id),
           added AS (
               INSERT INTO audit_references (user_id) SELECT user_id FROM wanted ORDER BY user_id
               ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id
               RETURNING user_id, reference
           )
           SELECT user_id, reference FROM added""",
        list(user_ids),
    )
    return {row["user_id"]: row["reference"] for row in rows}


async def append(tx: Transaction, row: AuditRow, address: IPv4Address | IPv6Address | None) -> None:
    """Add a row at the end of the chain, whose head must be locked."""
    await tx.execute(
        f"""WITH logged AS (
                INSERT INTO audit_log ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ), placed AS (
                INSERT INTO audit_addresses (seq, at, ip) SELECT $1, $2, $14::inet WHERE $14::inet IS NOT NULL
            )
            UPDATE audit_head SET seq = $1, mac = $13""",  # noqa: S608 - our own columns
        row.seq,
        row.at,
        row.type,
        row.actor,
        row.subject,
        row.session_id,
        row.ip_prefix,
        row.ua,
        row.outcome,
        row.data,
        row.request_id,
        row.prev_mac,
        row.mac,
        address,
    )


async def read_rows(database: Database, after: int, limit: int) -> list[AuditRow]:
    """Return rows in the order of the chain."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2",  # noqa: S608 - our own columns
        after,
        limit,
    )
    return [_row_from(row) for row in rows]


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row with the people behind its references, where they still have one."""

    row: AuditRow
    actor_id: UUID | None
    actor_name: str | None
    subject_id: UUID | None
    subject_name: str | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are wanted; None and "" leave nothing out.

    `about` is a person who did something or to whom it was done, `kind` a whole type or the beginning of
    one up to its dot, `since` belongs to the time that is looked at and `until` no longer does.
    """

    about: UUID | None = None
    kind: str = ""
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def named_rows(database: Database, wanted: AuditFilter, before: int | None, limit: int) -> list[NamedRow]:
    """Return rows, latest first."""
    rows = await database.fetch(
        f"""SELECT {", ".join(f"log.{name.strip()}" for name in _COLUMNS.split(","))},
                actor.id AS actor_id, actor.display_name AS actor_name,
                subject.id AS subject_id, subject.display_name AS subject_name
            FROM audit_log AS log
            LEFT JOIN audit_references AS a ON a.reference = log.actor LEFT JOIN users AS actor ON actor.id = a.user_id
            LEFT JOIN audit_references AS s ON s.reference = log.subject
            LEFT JOIN users AS subject ON subject.id = s.user_id
            WHERE ($1::uuid IS NULL OR (SELECT reference FROM audit_references WHERE user_id = $1)
                    IN (log.actor, log.subject))
                AND ($2::bigint IS NULL OR seq < $2)
                AND ($4 = '' OR log.type = $4 OR starts_with(log.type, $4 || '.'))
                AND ($5::text IS NULL OR log.outcome = $5)
                AND ($6::timestamptz IS NULL OR log.at >= $6) AND ($7::timestamptz IS NULL OR log.at < $7)
            ORDER BY seq DESC LIMIT $3""",  # noqa: S608 - our own columns
        wanted.about,
        before,
        limit,
        wanted.kind,
        wanted.outcome,
        wanted.since,
        wanted.until,
    )
    people = ("actor_id", "actor_name", "subject_id", "subject_name")
    return [
        NamedRow(_row_from({name: row[name] for name in AuditRow.__slots__}), *(row[name] for name in people))
        for row in rows
    ]


async def forget_addresses(database: Database, before: datetime) -> None:
    """Delete whole addresses older than `before`; their networks stay in the log."""
    await database.execute("DELETE FROM audit_addresses WHERE at < $1", before)
