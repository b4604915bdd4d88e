"""REST: what is kept, each only to the person whose it is; and what services ask."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from emergence.contracts.memory.client import ASKER
from emergence.contracts.memory.recall import RecallRequest
from emergence.contracts.memory.recollection import NoteUses, Recollection, UsesNoted
from emergence.contracts.memory.turns import KeptTurns
from emergence.contracts.personal_data import EXPORTER, pieces_of
from emergence.kernel.identity import Identity, current_identity, no_changes_while_impersonating
from emergence.kernel.service_tokens import require_service
from emergence.kernel.storage.personal_data import rows_about
from emergence.kernel.wire.ndjson import NdjsonResponse
from emergence.memory.answer_recall import answer_recall
from emergence.memory.forget_turn import forget_turn
from emergence.memory.note_uses import note_uses
from emergence.memory.parts import Memory
from emergence.memory.store.personal_data import PERSONAL_TABLES
from emergence.memory.store.turns import read_turns

TURNS_AT_ONCE = 50


async def _parts(request: Request) -> Memory:
    memory: Memory = request.app.state.memory
    return memory


Parts = Annotated[Memory, Depends(_parts)]
Caller = Annotated[Identity, Depends(current_identity)]
Ids = Annotated[list[UUID], Query(alias="id", min_length=1, max_length=TURNS_AT_ONCE, description="ids of messages")]

public = APIRouter(prefix="/api/memory", tags=["memory"], dependencies=[Depends(no_changes_while_impersonating())])
internal = APIRouter(prefix="/api/memory/internal", include_in_schema=False)


@public.get("/turns")
async def kept_turns(ids: Ids, memory: Parts, caller: Caller) -> KeptTurns:
    """Return those of the caller's turns that are still kept."""
    async with memory.rows.of(caller.user_id) as tx:
        return KeptTurns(turns=await read_turns(tx, caller.user_id, ids))


@public.delete("/turns/{message_id}", status_code=204)
async def forget(message_id: UUID, memory: Parts, caller: Caller) -> None:
    """Forget one of the caller's turns for good; the message itself stays in its thread."""
    await forget_turn(memory, caller.user_id, message_id)


@internal.post("/recall", dependencies=[Depends(require_service("memory", ASKER))])
async def recalled(asked: RecallRequest, memory: Parts) -> Recollection:
    """Return what was said that fits a question of one person."""
    return await answer_recall(memory, asked)


@internal.post("/uses", dependencies=[Depends(require_service("memory", ASKER))])
async def used(noted: NoteUses, memory: Parts) -> UsesNoted:
    """Note what an answer was given with."""
    return UsesNoted(new=await note_uses(memory, noted))


@internal.post("/people/{user_id}/export", dependencies=[Depends(require_service("memory", EXPORTER))])
async def export_person(user_id: UUID, memory: Parts) -> Response:
    """Stream what memory holds of a person as newline-delimited JSON."""
    return NdjsonResponse(pieces_of(rows_about(memory.rows.seen_by(user_id), PERSONAL_TABLES, user_id)))
