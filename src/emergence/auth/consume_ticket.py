"""Use a ticket up, on behalf of the service that holds the socket."""

from emergence.auth.issue_ticket import ticket_hash
from emergence.auth.parts import Auth
from emergence.auth.store import tickets as store
from emergence.contracts.auth.problems import TicketRejected
from emergence.contracts.auth.signing_in import ConsumeTicket, TicketHolder
from emergence.contracts.auth.values import ACCESS_TOKEN_AUDIENCE


async def consume_ticket(auth: Auth, request: ConsumeTicket) -> TicketHolder:
    """Return who holds the ticket. Presenting it uses it up, also from the wrong origin.

    Raises TicketRejected when it is unknown, used, expired, from another origin, or its session
    has ended: they are not told apart.
    """
    used = await store.use_up(auth.database, ticket_hash(request.ticket), ACCESS_TOKEN_AUDIENCE, auth.clock.now())
    if used is None or used.origin != request.origin:
        raise TicketRejected()
    return TicketHolder(
        user_id=used.user_id,
        session_id=used.session_id,
        role=used.role,
        session_expires_at=used.session_end,
        impersonator_id=used.impersonator_id,
    )
