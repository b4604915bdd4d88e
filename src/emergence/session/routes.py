"""REST: threads and messages, each only to the user whose they are."""

from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from emergence.contracts.personal_data import EXPORTER, pieces_of
from emergence.contracts.session.problems import UnknownThread
from emergence.contracts.session.threads import MessagePage, Thread
from emergence.kernel.identity import no_changes_while_impersonating
from emergence.kernel.service_tokens import require_service
from emergence.kernel.storage.personal_data import rows_about
from emergence.kernel.wire.ndjson import NdjsonResponse
from emergence.session.asyncapi import published_asyncapi
from emergence.session.read_messages import read_message_page
from emergence.session.request_parts import Caller, Cursor, Limit, Parts, cursor_refused
from emergence.session.store.messages import MessagePosition
from emergence.session.store.personal_data import PERSONAL_TABLES
from emergence.session.store.threads import read_thread
from emergence.session.without_memories import page_without_memories

DOCUMENT_MAX_AGE_S = 300  # after an update readers may have the former one for as long

router = APIRouter(prefix="/api/threads", tags=["threads"], dependencies=[Depends(no_changes_while_impersonating())])
document = APIRouter()
internal = APIRouter(
    prefix="/api/session/internal",
    dependencies=[Depends(require_service("session", EXPORTER))],
    include_in_schema=False,
)


@router.get("/{thread_id:uuid}")
async def thread(thread_id: UUID, session: Parts, caller: Caller) -> Thread:
    """Return one of the caller's threads."""
    async with session.database.connection() as connection:
        found = await read_thread(connection, caller.user_id, thread_id)
    if found is None:
        raise UnknownThread()
    return found


@router.get("/{thread_id}/messages")
async def messages(
    thread_id: UUID, session: Parts, caller: Caller, before: Cursor = None, limit: Limit = 50
) -> MessagePage:
    """Return the newest messages of the branch that one of the caller's threads shows.

    `before` is the id of a message: then those that led to it, whichever branch it is in.
    """
    position = None if before is None else _message_position(before)
    page = await read_message_page(session, caller.user_id, thread_id, position, limit)
    return page if caller.impersonator_id is None else page_without_memories(page)


@internal.post("/people/{user_id}/export")
async def export_person(user_id: UUID, session: Parts) -> Response:
    """Stream what session holds of a person as newline-delimited JSON."""
    return NdjsonResponse(pieces_of(rows_about(session.database, PERSONAL_TABLES, user_id)))


@document.get("/asyncapi.json", include_in_schema=False)
async def asyncapi(request: Request) -> Response:
    """Return the description of the live protocol."""
    return published_asyncapi().answer(request, DOCUMENT_MAX_AGE_S)


def _message_position(cursor: str) -> MessagePosition | UUID:
    """Return the message that a cursor names; one of the version before names a turn and a slot."""
    with suppress(ValueError):
        return UUID(cursor)
    turn, _, slot = cursor.partition(".")
    if not (turn.isascii() and turn.isdigit() and slot.isascii() and slot.isdigit() and len(cursor) <= 30):
        raise cursor_refused()
    position = MessagePosition(int(turn), int(slot))
    if max(position.turn, position.slot) >= 2**63:
        raise cursor_refused()
    return position
