"""Delete what has lost its meaning: tickets whose time is over, attempts that limit nobody, networks long not seen."""

from datetime import timedelta

import structlog

from emergence.auth.known_addresses import KEPT as ADDRESSES_KEPT
from emergence.auth.parts import Auth
from emergence.auth.store import attempts, audit, known_addresses, oidc_states, one_time_tokens, tickets
from emergence.kernel.storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)

PAUSE = timedelta(minutes=10)
TICKETS_KEPT = timedelta(hours=1)  # long enough to look into a complaint
AUDIT_ADDRESSES_KEPT = timedelta(days=90)  # their networks stay


async def sweep_forever(auth: Auth) -> None:
    """Sweep again and again until cancelled; an outage of the database only postpones it."""
    while True:
        await auth.clock.sleep(PAUSE)
        try:
            await sweep(auth)
        except DatabaseUnavailable:
            log.info("sweep_postponed")


async def sweep(auth: Auth) -> None:
    """Sweep once. Idempotent; several instances may do it at the same time."""
    now = auth.clock.now()
    await tickets.forget_tickets(auth.database, now - TICKETS_KEPT)
    await one_time_tokens.forget_tokens(auth.database, now - TICKETS_KEPT)
    await oidc_states.forget_states(auth.database, now - TICKETS_KEPT)
    await attempts.forget_old(auth.database, now)
    await audit.forget_addresses(auth.database, now - AUDIT_ADDRESSES_KEPT)
    await known_addresses.forget_unseen(auth.database, now - ADDRESSES_KEPT)
