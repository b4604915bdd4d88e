"""Ask for an export, and say how far it is: one's own, or as an administrator somebody's, to hand it over."""

from datetime import timedelta
from math import ceil
from uuid import UUID

from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.export.require_exportable import require_exportable
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.step_up import recent_session
from emergence.auth.store import exports as store
from emergence.auth.store import people
from emergence.auth.store.exports import StoredExport
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.personal import Export, LatestExport
from emergence.contracts.auth.personal_problems import TooManyExports
from emergence.contracts.auth.problems import UnknownUser
from emergence.contracts.personal_data import EXPORTER, HOLDERS
from emergence.kernel.identity import Identity
from emergence.kernel.ids import new_id

A_DAY = 2
DAY = timedelta(days=1)
PARTS = (EXPORTER, *(holder.service for holder in HOLDERS))


async def request_my_export(auth: Auth, identity: Identity, caller: Caller) -> Export:
    """Begin an export of what is kept of the caller, or return the one under way.

    Raises StepUpRequired, LoginSessionEnded, TooManyExports.
    """
    session, account = await recent_session(auth, identity)
    return await _request(auth, session, account.user_id, caller, reason=None)


async def request_export(auth: Auth, identity: Identity, user_id: UUID, reason: str, caller: Caller) -> Export:
    """Begin one of somebody who cannot themselves, such as a suspended person; they are told, and why.

    Raises Forbidden, UnknownUser, CannotExport too.
    """
    session = await require_administrator(auth, identity, recently=True)
    return await _request(auth, session, user_id, caller, reason=reason)


async def read_my_export(auth: Auth, identity: Identity) -> LatestExport:
    """Return how far the caller's newest export is. Raises LoginSessionEnded."""
    _, account = await live_session(auth, identity)
    return await _latest(auth, account.user_id, for_administrator=False)


async def read_export(auth: Auth, identity: Identity, user_id: UUID) -> LatestExport:
    """Return how far the newest one is that an administrator asked for. Raises Forbidden, UnknownUser."""
    await require_administrator(auth, identity)
    async with auth.database.transaction() as tx:
        if not await people.exists(tx, user_id):
            raise UnknownUser()
    return await _latest(auth, user_id, for_administrator=True)


async def _request(auth: Auth, session: Session, user_id: UUID, caller: Caller, *, reason: str | None) -> Export:
    for_administrator, now = reason is not None, auth.clock.now()
    async with auth.database.transaction() as tx:
        if not await store.lock_person(tx, user_id):
            raise UnknownUser()
        if for_administrator:
            await require_exportable(tx, user_id)
        earlier = await store.requested_since(tx, user_id, for_administrator=for_administrator, since=now - DAY)
        if earlier and earlier[0].state != "ready":
            return _shown(earlier[0])
        if len(earlier) >= A_DAY:
            wait = earlier[A_DAY - 1].requested_at + DAY - now
            raise TooManyExports(retry_after_s=ceil(wait.total_seconds()))
        export = StoredExport(new_id(), user_id, for_administrator, "waiting", now)
        await store.add_export(tx, export)
        type_ = "admin.export_requested" if for_administrator else "account.export_requested"
        data = {} if reason is None else {"reason": reason}
        await record(auth, tx, AuditEvent(type_, session.user_id, user_id, session.id, data=data), caller)
    return _shown(export)


async def _latest(auth: Auth, user_id: UUID, *, for_administrator: bool) -> LatestExport:
    found = await store.latest_export(auth.database, user_id, for_administrator=for_administrator, now=auth.clock.now())
    return LatestExport(export=_shown(found) if found else None)


def _shown(export: StoredExport) -> Export:
    is_ready = export.state == "ready"
    return Export(
        state=export.state,
        requested_at=export.requested_at,
        collecting=None if is_ready else export.collecting,
        parts_done=len(PARTS) if is_ready else PARTS.index(export.collecting) if export.collecting in PARTS else 0,
        parts=len(PARTS),
        rows=export.rows_collected,
        size_bytes=export.size_bytes,
        expires_at=export.expires_at,
    )
