"""One-time tickets for sockets: only their hashes are kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from emergence.contracts.auth.values import Role
from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class UsedTicket:
    """A ticket that has just been used up, and whose session may still be used."""

    origin: str | None
    user_id: UUID
    session_id: UUID
    role: Role
    session_end: datetime
    impersonator_id: UUID | None


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket as it is stored."""

    hash: bytes
    session_id: UUID
    origin: str | None
    audience: str
    created_at: datetime
    ends_at: datetime


async def add_ticket(database: Database, ticket: NewTicket, interval: timedelta, ahead: timedelta) -> bool:
    """Store a new ticket, or return False when its session asks too fast. One statement, so parallel ones count too."""
    row = await database.fetchrow(
        """WITH admitted AS (
               UPDATE sessions SET ticket_tat = greatest(ticket_tat, $5::timestamptz) + $7::interval
               WHERE id = $2 AND (ticket_tat IS NULL OR ticket_tat <= $5::timestamptz + $8::interval)
               RETURNING id)
           INSERT INTO ws_tickets (hash, session_id, origin, aud, created_at, exp)
           SELECT $1, id, $3, $4, $5::timestamptz, $6 FROM admitted RETURNING true""",
        ticket.hash,
        ticket.session_id,
        ticket.origin,
        ticket.audience,
        ticket.created_at,
        ticket.ends_at,
        interval,
        ahead,
    )
    return row is not None


async def use_up(database: Database, hashed: bytes, audience: str, now: datetime) -> UsedTicket | None:
    """Use a ticket up and return who holds it; None when it is unknown, used, expired or its session has ended."""
    row = await database.fetchrow(
        """WITH used AS (
               UPDATE ws_tickets SET consumed_at = $3
               WHERE hash = $1 AND aud = $2 AND exp > $3 AND consumed_at IS NULL
               RETURNING session_id, origin)
           SELECT used.origin, sessions.user_id, sessions.id AS session_id, users.role,
                  least(sessions.idle_exp, sessions.abs_exp) AS session_end, sessions.impersonator_id
           FROM used JOIN sessions ON sessions.id = used.session_id JOIN users ON users.id = sessions.user_id
           WHERE sessions.revoked_at IS NULL AND sessions.idle_exp > $3 AND sessions.abs_exp > $3
             AND users.status = 'active'""",
        hashed,
        audience,
        now,
    )
    if row is None:
        return None
    return UsedTicket(**{**dict(row), "role": Role(row["role"])})


async def withdraw_tickets(tx: Transaction) -> None:
    """Let no ticket that was handed out so far open anything."""
    await tx.execute("DELETE FROM ws_tickets WHERE consumed_at IS NULL")


async def forget_tickets(database: Database, ended_before: datetime) -> None:
    """Delete tickets whose time is over."""
    await database.execute("DELETE FROM ws_tickets WHERE exp < $1", ended_before)
