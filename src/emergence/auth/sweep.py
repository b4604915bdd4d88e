"""Delete what has lost its meaning, and let the signing keys go on: what is due at no exact moment."""

from datetime import date, timedelta

import structlog

from emergence.auth.check_code import CONFIRM_WITHIN
from emergence.auth.devices import KEPT as DEVICES_KEPT
from emergence.auth.erase_people import erase_due_people
from emergence.auth.impersonate import end_past_impersonations
from emergence.auth.known_addresses import KEPT as ADDRESSES_KEPT
from emergence.auth.parts import Auth
from emergence.auth.reseal import reseal_seeds
from emergence.auth.revocation_feed import KEYS_KEPT
from emergence.auth.rotate_keys import advance_keys
from emergence.auth.store import (
    attempts,
    audit,
    devices,
    exports,
    invitations,
    known_addresses,
    letters,
    oidc_states,
    one_time_tokens,
    passkeys,
    recipients,
    registrations,
    revocations,
    second_factors,
    service_clients,
    spent_proofs,
    tickets,
)
from emergence.kernel.revocations import KEPT as REVOCATIONS_KEPT
from emergence.kernel.storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)

PAUSE = timedelta(minutes=10)
TICKETS_KEPT = timedelta(hours=1)  # long enough to look into a complaint
LETTERS_KEPT = timedelta(days=30)  # what became of them, without what was in them
INVITATIONS_KEPT = timedelta(days=30)  # so that an administrator sees what became of them
AUDIT_ADDRESSES_KEPT = timedelta(days=90)  # their networks stay


async def sweep_forever(auth: Auth) -> None:
    """Sweep again and again until cancelled; an outage of the database only postpones it."""
    is_resealed = auth.settings.auth_jwt_secret_previous is None
    told_on: date | None = None
    while True:
        if not is_resealed:
            is_resealed = await _try_to_reseal(auth)
        await auth.clock.sleep(PAUSE)
        try:
            await sweep(auth)
            told_on = await tell_audit_head(auth, told_on)
        except DatabaseUnavailable:
            log.info("sweep_postponed")


async def sweep(auth: Auth) -> None:
    """Sweep once. Idempotent; several instances may do it at the same time."""
    now = auth.clock.now()
    await advance_keys(auth)
    await end_past_impersonations(auth)
    await revocations.forget_revocations(auth.database, now - REVOCATIONS_KEPT, now - KEYS_KEPT)
    await tickets.forget_tickets(auth.database, now - TICKETS_KEPT)
    await one_time_tokens.forget_tokens(auth.database, now - TICKETS_KEPT)
    await passkeys.forget_challenges(auth.database, now - TICKETS_KEPT)
    await oidc_states.forget_states(auth.database, now - TICKETS_KEPT)
    await second_factors.forget_unconfirmed(auth.database, now - CONFIRM_WITHIN)
    await attempts.forget_old(auth.database, now)
    await audit.forget_addresses(auth.database, now - AUDIT_ADDRESSES_KEPT)
    await letters.forget_done(auth.database, now - LETTERS_KEPT)
    await recipients.release_kept(auth.database, now)
    await known_addresses.forget_unseen(auth.database, now - ADDRESSES_KEPT)
    await devices.forget_unseen(auth.database, now - DEVICES_KEPT)
    await spent_proofs.forget_over(auth.database, now)
    await service_clients.forget_assertions(auth.database, now)
    await registrations.forget_over(auth.database, now)
    await invitations.forget_over(auth.database, now - INVITATIONS_KEPT)
    await exports.forget_expired(auth.database, now)
    await erase_due_people(auth)


async def tell_audit_head(auth: Auth, told_on: date | None) -> date:
    """Log the end of the audit log once a day and return when it was.

    Who winds the log back together with its head leaves a whole chain; only what was logged elsewhere shows it.
    """
    today = auth.clock.now().date()
    if told_on != today:
        head = await audit.read_head(auth.database)
        log.info("audit_head", seq=head.seq, head=head.mac.hex())
    return today


async def _try_to_reseal(auth: Auth) -> bool:
    try:
        await reseal_seeds(auth)
    except DatabaseUnavailable:
        return False
    return True
