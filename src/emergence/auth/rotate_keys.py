"""Replace the keys that sign access tokens: in time, at an administrator's wish, or at once when one was stolen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import keys as store
from emergence.auth.store import tickets
from emergence.auth.store.keys import StoredKey
from emergence.auth.store.revocations import add_revocation
from emergence.contracts.auth.administration import AdministeredKey, AdministeredKeys
from emergence.contracts.auth.problems import SharedSecretSigns
from emergence.kernel.identity import Identity
from emergence.kernel.revocations import Revocation
from emergence.kernel.shared_secret import ALGORITHM as SHARED_SECRET
from emergence.kernel.storage.database import Transaction

REASON = "key_compromised"


async def advance_keys(auth: Auth) -> None:
    """Do what is due: delete what nobody can hold a token of, let the next key sign, publish the one after it.

    Idempotent; instances take turns.
    """
    async with auth.database.transaction() as tx:
        await store.take_turn(tx)
        rows = await store.read_keys(tx)
        events = [*await _purge_old(auth, tx, rows), *await _go_on(auth, tx, rows)]
        for event in events:
            await record(auth, tx, event, None)
    if events:
        auth.keys.forget()


async def _purge_old(auth: Auth, tx: Transaction, rows: list[StoredKey]) -> list[AuditEvent]:
    ended_before = auth.clock.now() - auth.keys.plan.retired_for
    old = [row for row in rows if row.retired_at is not None and row.retired_at <= ended_before]
    unwanted = [row for row in rows if row.state == "next" and row.alg != auth.keys.plan.algorithm]
    for row in (*old, *unwanted):
        await store.purge(tx, row.kid)
    return [_event("token.key_purged", row) for row in (*old, *unwanted)]


async def _go_on(auth: Auth, tx: Transaction, rows: list[StoredKey]) -> list[AuditEvent]:
    plan, now = auth.keys.plan, auth.clock.now()
    coming = next((row for row in rows if row.state == "next" and row.alg == plan.algorithm), None)
    active = [row for row in rows if row.state == "active"]
    if coming is not None:
        return await _let_sign(tx, coming, active, now) if coming.not_before <= now else []
    signs = next((row for row in active if row.alg == plan.algorithm), None)
    is_due = signs is None or signs.not_before + plan.period - plan.published_before <= now
    return [_event("token.key_published", await auth.keys.add_key(tx, "next"))] if active and is_due else []


async def _let_sign(tx: Transaction, coming: StoredKey, active: list[StoredKey], now: datetime) -> list[AuditEvent]:
    for row in active:
        await store.retire(tx, row.kid, now)
    await store.activate(tx, coming.kid)
    return [*(_event("token.key_retired", row) for row in active), _event("token.key_activated", coming)]


async def list_keys(auth: Auth, identity: Identity) -> AdministeredKeys:
    """Return the published keys. Raises Forbidden."""
    await require_administrator(auth, identity)
    async with auth.database.transaction() as tx:
        return _shown(auth, await store.read_keys(tx))


@dataclass(frozen=True, slots=True)
class Doer:
    """Who replaces keys: an administrator in a session, or nobody with an account."""

    user_id: UUID | None = None
    session_id: UUID | None = None
    caller: Caller | None = None
    data: Mapping[str, str] = field(default_factory=dict)


async def rotate_keys(auth: Auth, identity: Identity, caller: Caller, *, compromised: bool) -> AdministeredKeys:
    """Do what `replace_keys` does, as an administrator. Raises Forbidden, StepUpRequired, SharedSecretSigns."""
    session = await require_administrator(auth, identity, recently=True)
    return await replace_keys(auth, Doer(session.user_id, session.id, caller), compromised=compromised)


async def require_keys_that_sign(auth: Auth) -> None:
    """Look whether there is a key to replace. Raises SharedSecretSigns."""
    if (await auth.keys.active()).algorithm == SHARED_SECRET:
        raise SharedSecretSigns()


async def replace_keys(auth: Auth, doer: Doer, *, compromised: bool) -> AdministeredKeys:
    """Publish the next key, which signs once every verifier had the time to fetch it; one that waits stays.

    With `compromised` every key goes at once, with all that they signed and all sockets and tickets
    opened by it; people's login sessions stay, their browsers ask for a new token.
    Raises SharedSecretSigns.
    """
    await require_keys_that_sign(auth)
    async with auth.database.transaction() as tx:
        await store.take_turn(tx)
        rows = await store.read_keys(tx)
        if compromised:
            event = await _withdraw(auth, tx, rows)
        elif any(row.state == "next" for row in rows):
            return _shown(auth, rows)
        else:
            event = _event("token.key_published", await auth.keys.add_key(tx, "next"))
        found = await store.read_keys(tx)
        by = AuditEvent(event.type, doer.user_id, None, doer.session_id, data={**event.data, **doer.data})
        await record(auth, tx, by, doer.caller)
    auth.keys.forget()
    return _shown(auth, found)


async def _withdraw(auth: Auth, tx: Transaction, rows: list[StoredKey]) -> AuditEvent:
    now = auth.clock.now()
    for row in rows:
        await store.purge(tx, row.kid)
        await add_revocation(tx, Revocation("key", row.kid, now, REASON))
    await tickets.withdraw_tickets(tx)
    made = await auth.keys.add_key(tx, "active")
    return AuditEvent("token.keys_withdrawn", data={"keys": len(rows), "kid": made.kid})


def _event(name: str, key: StoredKey) -> AuditEvent:
    return AuditEvent(name, data={"kid": key.kid, "alg": key.alg})


def _shown(auth: Auth, rows: list[StoredKey]) -> AdministeredKeys:
    plan = auth.keys.plan
    return AdministeredKeys(
        keys=[
            AdministeredKey(
                kid=row.kid,
                alg=row.alg,
                state=row.state,
                created_at=row.created_at,
                signs_from=row.not_before,
                retired_at=row.retired_at,
                purged_at=row.retired_at + plan.retired_for if row.retired_at else None,
            )
            for row in rows
        ],
        replaced_every_days=plan.period.total_seconds() / 86_400,
    )
