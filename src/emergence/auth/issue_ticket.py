"""Give a signed-in caller a ticket that opens one socket."""

import secrets
from datetime import timedelta
from hashlib import sha256

from emergence.auth.pace import TICKETS
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.store import tickets as store
from emergence.auth.store.tickets import NewTicket
from emergence.contracts.auth.signing_in import Ticket
from emergence.contracts.auth.values import ACCESS_TOKEN_AUDIENCE
from emergence.kernel.identity import Identity

TICKET_BYTES = 32
TICKET_LIFETIME = timedelta(seconds=30)


async def issue_ticket(auth: Auth, identity: Identity, origin: str | None) -> Ticket:
    """Return a ticket for the caller's session, good once, for 30 s, from the same origin.

    Raises LoginSessionEnded, and TooManyAttempts beyond thirty in a minute.
    """
    session, _ = await live_session(auth, identity)
    ticket = secrets.token_urlsafe(TICKET_BYTES)
    now = auth.clock.now()
    new = NewTicket(
        hash=ticket_hash(ticket),
        session_id=session.id,
        origin=origin,
        audience=ACCESS_TOKEN_AUDIENCE,
        created_at=now,
        ends_at=now + TICKET_LIFETIME,
    )
    if not await store.add_ticket(auth.database, new, TICKETS.interval, TICKETS.ahead):
        raise TICKETS.exceeded()
    return Ticket(ticket=ticket, expires_in=int(TICKET_LIFETIME.total_seconds()))


def ticket_hash(ticket: str) -> bytes:
    """Return what is stored of a ticket; plain SHA-256 will do for 256 random bits."""
    return sha256(ticket.encode()).digest()
