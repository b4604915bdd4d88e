"""REST: people bring conversations with them."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request

from emergence.contracts.session.carrying import Import, Imports
from emergence.kernel.identity import no_changes_while_impersonating
from emergence.session.imports import begin_import as imports
from emergence.session.request_parts import Caller, Doer, Parts

PATH = "/api/threads/import"
_A_FILE = {"schema": {"type": "string", "format": "binary"}}

router = APIRouter(prefix="/api/threads", tags=["imports"], dependencies=[Depends(no_changes_while_impersonating())])


@router.post(
    "/import",
    status_code=202,
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": _A_FILE}}},
)
async def post_import(request: Request, session: Parts, caller: Doer) -> Import:
    """Take in a file of ours (JSON or ZIP), or ChatGPT's export (`conversations.json` or its ZIP), as the raw body."""
    return await imports.begin_import(session, caller.user_id, request.stream())


@router.get("/imports")
async def get_imports(session: Parts, caller: Caller) -> Imports:
    """Return the caller's latest imports."""
    return await imports.read_imports(session, caller.user_id)


@router.get("/imports/{import_id:uuid}")
async def get_import(import_id: UUID, session: Parts, caller: Caller) -> Import:
    """Say how far an import is."""
    return await imports.read_import(session, caller.user_id, import_id)
