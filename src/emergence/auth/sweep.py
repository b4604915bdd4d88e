"""Delete what has lost its meaning: tickets whose time is over, attempts that limit nobody, networks long not seen."""

from datetime import date, timedelta

import structlog

from emergence.auth.known_addresses import KEPT as ADDRESSES_KEPT
from emergence.auth.parts import Auth
from emergence.auth.store import attempts, audit, known_addresses, one_time_tokens, tickets
from emergence.kernel.storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)

PAUSE = timedelta(minutes=10)
TICKETS_KEPT = timedelta(hours=1)  # long enough to look into a complaint
AUDIT_ADDRESSES_KEPT = timedelta(days=90)  # their networks stay


async def sweep_forever(auth: Auth) -> None:
    """Sweep again and again until cancelled; an outage of the database only postpones it."""
    told_on: date | None = None
    while True:
        await auth.clock.sleep(PAUSE)
        try:
            await sweep(auth)
            told_on = await tell_audit_head(auth, told_on)
        except DatabaseUnavailable:
            log.info("sweep_postponed")


async def sweep(auth: Auth) -> None:
    """Sweep once. Idempotent; several instances may do it at the same time."""
    now = auth.clock.now()
    await tickets.forget_tickets(auth.database, now - TICKETS_KEPT)
    await one_time_tokens.forget_tokens(auth.database, now - TICKETS_KEPT)
    await attempts.forget_old(auth.database, now)
    await audit.forget_addresses(auth.database, now - AUDIT_ADDRESSES_KEPT)
    await known_addresses.forget_unseen(auth.database, now - ADDRESSES_KEPT)


async def tell_audit_head(auth: Auth, told_on: date | None) -> date:
    """Log the end of the audit log once a day and return when it was.

    Who winds the log back together with its head leaves a whole chain; only what was logged elsewhere shows it.
    """
    today = auth.clock.now().date()
    if told_on != today:
        head = await audit.read_head(auth.database)
        log.info("audit_head", seq=head.seq, head=head.mac.hex())
    return today
