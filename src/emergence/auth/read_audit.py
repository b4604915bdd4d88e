"""Read the audit log: all of it as an administrator, or what concerns oneself."""

import json
from collections.abc import AsyncIterator
from uuid import UUID

from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, record, verify_chain
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.store import audit as store
from emergence.auth.store.audit import AuditFilter, NamedRow
from emergence.contracts.auth.administration import (
    AuditedEvent,
    AuditedEvents,
    AuditExportCut,
    AuditVerification,
)
from emergence.kernel.identity import Identity

PAGE = 50
EXPORTED_AT_ONCE = 1_000
EXPORTED_AT_MOST = 50_000  # some 20 MB; more is had in parts, by time


async def read_audit(auth: Auth, identity: Identity, wanted: AuditFilter, before: int | None) -> AuditedEvents:
    """Return a page of what happened. Raises Forbidden."""
    await require_administrator(auth, identity)
    return _page(await store.named_rows(auth.database, wanted, before, PAGE + 1))


async def export_audit(
    auth: Auth, identity: Identity, wanted: AuditFilter, caller: Caller
) -> AsyncIterator[AuditedEvent | AuditExportCut]:
    """Return what happened, latest first, EXPORTED_AT_MOST events and a last line that says where it was cut.

    That somebody took it away is written down itself. Raises Forbidden before the first line.
    """
    session = await require_administrator(auth, identity)
    async with auth.database.transaction() as tx:
        event = AuditEvent("admin.audit_exported", session.user_id, session_id=session.id)
        await record(auth, tx, event, caller)
    return _exported(auth, wanted)


async def _exported(auth: Auth, wanted: AuditFilter) -> AsyncIterator[AuditedEvent | AuditExportCut]:
    before: int | None = None
    for _ in range(EXPORTED_AT_MOST // EXPORTED_AT_ONCE):
        rows = await store.named_rows(auth.database, wanted, before, EXPORTED_AT_ONCE)
        for named in rows:
            yield _event(named)
        if len(rows) < EXPORTED_AT_ONCE:
            return
        before = rows[-1].row.seq
    if before is not None and await store.named_rows(auth.database, wanted, before, 1):
        yield AuditExportCut(next=before)


async def read_own_audit(auth: Auth, identity: Identity, before: int | None) -> AuditedEvents:
    """Return a page of what the caller did and what was done to them. Raises LoginSessionEnded."""
    await live_session(auth, identity)
    page = _page(await store.named_rows(auth.database, AuditFilter(about=identity.user_id), before, PAGE + 1))
    return AuditedEvents(events=[_for_subject(event, identity.user_id) for event in page.events], next=page.next)


async def verify_audit(auth: Auth, identity: Identity) -> AuditVerification:
    """Compute the whole chain again. Raises Forbidden."""
    await require_administrator(auth, identity)
    found = await verify_chain(auth)
    return AuditVerification(rows=found.rows, broken_at=found.broken_at)


def _page(found: list[NamedRow]) -> AuditedEvents:
    events = [_event(named) for named in found[:PAGE]]
    return AuditedEvents(events=events, next=events[-1].seq if len(found) > PAGE else None)


def _for_subject(event: AuditedEvent, reader: UUID) -> AuditedEvent:
    """Leave out from where somebody else did something: that is the doer's own affair."""
    if event.actor is None or event.actor == reader:
        return event
    return event.model_copy(update={"session_id": None, "network": None, "agent": None, "request_id": None})


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
