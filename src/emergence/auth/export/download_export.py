"""Hand a finished export out, chunk by chunk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.export.collect_exports import chunk_place
from emergence.auth.export.require_exportable import require_exportable
from emergence.auth.parts import Auth
from emergence.auth.step_up import recent_session
from emergence.auth.store import exports as store
from emergence.auth.store.exports import StoredExport
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.personal_problems import UnknownExport
from emergence.kernel.identity import Identity


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way."""

    name: str
    size_bytes: int
    chunks: AsyncIterator[bytes]


async def download_my_export(auth: Auth, identity: Identity, caller: Caller) -> Download:
    """Return the caller's newest file. Raises StepUpRequired, LoginSessionEnded, UnknownExport."""
    session, account = await recent_session(auth, identity)
    return await _download(auth, session, account.user_id, caller, for_administrator=False)


async def download_export(auth: Auth, identity: Identity, user_id: UUID, caller: Caller) -> Download:
    """Return the newest file about somebody that an administrator asked for; they are told by mail.

    Raises Forbidden, UnknownUser, CannotExport too.
    """
    session = await require_administrator(auth, identity, recently=True)
    return await _download(auth, session, user_id, caller, for_administrator=True)


async def _download(
    auth: Auth, session: Session, user_id: UUID, caller: Caller, *, for_administrator: bool
) -> Download:
    export = await store.latest_export(
        auth.database, user_id, for_administrator=for_administrator, now=auth.clock.now()
    )
    if export is None or export.state != "ready":
        raise UnknownExport()
    async with auth.database.transaction() as tx:
        if for_administrator:
            await require_exportable(tx, user_id)
        type_ = "admin.export_downloaded" if for_administrator else "account.export_downloaded"
        await record(auth, tx, AuditEvent(type_, session.user_id, user_id, session.id), caller)
    name = f"emergence-export-{export.requested_at:%Y-%m-%d}.zip"
    return Download(name, export.size_bytes, _chunks(auth, export))


async def _chunks(auth: Auth, export: StoredExport) -> AsyncIterator[bytes]:
    for place in range(export.chunks):
        sealed = await store.read_chunk(auth.database, export, place)
        if sealed is None:
            raise UnknownExport()  # its time was over, or the person was erased, while it was on its way
        yield auth.export_seal.open(sealed, chunk_place(export, place))
