"""Routes about personal data: the profile, an export of everything, the end of an account."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from emergence.auth import profile, request_deletion, undo_deletion
from emergence.auth.export import download_export, request_export
from emergence.auth.export.download_export import Download
from emergence.auth.request_parts import (
    NEVER_STORED,
    NOT_FROM_OTHER_PAGE,
    CallerOfRequest,
    Cookie,
    CurrentIdentity,
    Parts,
)
from emergence.contracts.auth.personal import (
    ChangeMyAccount,
    DeletionScheduled,
    Export,
    ExportSomebody,
    LatestExport,
    MyAccount,
    UndoDeletion,
)

AS_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}

personal = APIRouter(prefix="/api/auth/me", tags=["account"], dependencies=[NEVER_STORED])
admin = APIRouter(prefix="/api/auth/admin/users/{user_id}", tags=["administration"], dependencies=[NEVER_STORED])


@personal.get("")
async def get_account(auth: Parts, identity: CurrentIdentity) -> MyAccount:
    """Return the caller's account."""
    return await profile.read_my_account(auth, identity)


@personal.patch("", dependencies=[NOT_FROM_OTHER_PAGE])
async def patch_account(
    auth: Parts, identity: CurrentIdentity, request: ChangeMyAccount, caller: CallerOfRequest
) -> MyAccount:
    """Change how the caller is called, or the language of their mails."""
    return await profile.change_my_account(auth, identity, request, caller)


@personal.delete("", status_code=202, dependencies=[NOT_FROM_OTHER_PAGE])
async def delete_account(
    auth: Parts, identity: CurrentIdentity, caller: CallerOfRequest, cookie: Cookie
) -> DeletionScheduled:
    """Shut the caller's account; it is erased a week later unless that is undone."""
    scheduled = await request_deletion.delete_my_account(auth, identity, caller)
    cookie.clear()
    return scheduled


@personal.post("/undelete", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_undo(auth: Parts, request: UndoDeletion, caller: CallerOfRequest) -> None:
    """Keep the account after all, with the token that a complete sign-in was refused with."""
    await undo_deletion.undo_my_deletion(auth, request, caller)


@personal.get("/export")
async def get_export(auth: Parts, identity: CurrentIdentity) -> LatestExport:
    """Say how far the caller's newest export is."""
    return await request_export.read_my_export(auth, identity)


@personal.post("/export", status_code=202, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_export(auth: Parts, identity: CurrentIdentity, caller: CallerOfRequest) -> Export:
    """Begin to collect everything that is kept of the caller."""
    return await request_export.request_my_export(auth, identity, caller)


@personal.get("/export/download", response_class=StreamingResponse, responses=AS_FILE)
async def get_file(auth: Parts, identity: CurrentIdentity, caller: CallerOfRequest) -> StreamingResponse:
    """Download the finished export as a ZIP file."""
    return _file(await download_export.download_my_export(auth, identity, caller))


@admin.delete("", status_code=202, dependencies=[NOT_FROM_OTHER_PAGE])
async def delete_somebody(
    auth: Parts, identity: CurrentIdentity, user_id: UUID, caller: CallerOfRequest
) -> DeletionScheduled:
    """Shut an account; it is erased a week later unless an administrator undoes that."""
    return await request_deletion.delete_account(auth, identity, user_id, caller)


@admin.post("/undelete", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_undo_for_somebody(
    auth: Parts, identity: CurrentIdentity, user_id: UUID, caller: CallerOfRequest
) -> None:
    """Keep somebody's account after all."""
    await undo_deletion.undo_deletion(auth, identity, user_id, caller)


@admin.get("/export")
async def get_export_of_somebody(auth: Parts, identity: CurrentIdentity, user_id: UUID) -> LatestExport:
    """Say how far the newest export is that an administrator asked for."""
    return await request_export.read_export(auth, identity, user_id)


@admin.post("/export", status_code=202, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_export_of_somebody(
    auth: Parts, identity: CurrentIdentity, user_id: UUID, request: ExportSomebody, caller: CallerOfRequest
) -> Export:
    """Begin to collect everything that is kept of somebody, to hand it over to them; they are told."""
    return await request_export.request_export(auth, identity, user_id, request.reason, caller)


@admin.get("/export/download", response_class=StreamingResponse, responses=AS_FILE)
async def get_file_of_somebody(
    auth: Parts, identity: CurrentIdentity, user_id: UUID, caller: CallerOfRequest
) -> StreamingResponse:
    """Download it as a ZIP file."""
    return _file(await download_export.download_export(auth, identity, user_id, caller))


def _file(download: Download) -> StreamingResponse:
    return StreamingResponse(
        download.chunks,
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{download.name}"',
            "Content-Length": str(download.size_bytes),
            "Cache-Control": "no-store",
        },
    )
