"""Internal: what was said, to memory alone."""

from uuid import UUID

from fastapi import APIRouter, Depends

from emergence.contracts.session.said import READER, Places, ReadSaid, Said
from emergence.kernel.service_tokens import require_service
from emergence.session.request_parts import Parts
from emergence.session.store.said import read_places, read_said

router = APIRouter(
    prefix="/api/session/internal/said",
    dependencies=[Depends(require_service("session", READER))],
    include_in_schema=False,
)


@router.get("")
async def places(session: Parts, after: UUID | None = None) -> Places:
    """Return which messages there are, for what was said before anybody listened."""
    return await read_places(session.database, after)


@router.post("")
async def said(asked: ReadSaid, session: Parts) -> Said:
    """Return what was said in one thread of one person."""
    return await read_said(session.database, asked)
