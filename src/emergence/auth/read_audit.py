"""Read the audit log: all of it as an administrator, or what concerns oneself."""

import json

from emergence.auth.administer import require_administrator
from emergence.auth.audit import verify_chain
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.store import audit as store
from emergence.auth.store.audit import NamedRow
from emergence.contracts.auth.administration import AuditedEvent, AuditedEvents, AuditVerification
from emergence.kernel.identity import Identity

PAGE = 50


async def read_audit(auth: Auth, identity: Identity, before: int | None) -> AuditedEvents:
    """Return a page of everything that happened. Raises Forbidden."""
    await require_administrator(auth, identity)
    return _page(await store.named_rows(auth.database, None, before, PAGE + 1))


async def read_own_audit(auth: Auth, identity: Identity, before: int | None) -> AuditedEvents:
    """Return a page of what the caller did and what was done to them. Raises LoginSessionEnded."""
    await live_session(auth, identity)
    return _page(await store.named_rows(auth.database, identity.user_id, before, PAGE + 1))


async def verify_audit(auth: Auth, identity: Identity) -> AuditVerification:
    """Compute the whole chain again. Raises Forbidden."""
    await require_administrator(auth, identity)
    found = await verify_chain(auth)
    return AuditVerification(rows=found.rows, broken_at=found.broken_at)


def _page(found: list[NamedRow]) -> AuditedEvents:
    events = [_event(named) for named in found[:PAGE]]
    return AuditedEvents(events=events, next=events[-1].seq if len(found) > PAGE else None)


def _event(named: NamedRow) -> AuditedEvent:
    row = named.row
    return AuditedEvent(
        seq=row.seq,
        at=row.at,
        type=row.type,
        outcome="success" if row.outcome == "success" else "failure",
        actor=named.actor_id,
        actor_name=named.actor_name,
        subject=named.subject_id,
        subject_name=named.subject_name,
        session_id=row.session_id,
        network=row.ip_prefix,
        agent=row.ua,
        data=json.loads(row.data),
        request_id=row.request_id,
    )
