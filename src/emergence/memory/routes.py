"""REST: what services ask of memory."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from emergence.contracts.memory.client import ASKER
from emergence.contracts.memory.recall import RecallRequest
from emergence.contracts.memory.recollection import NoteUses, Recollection, UsesNoted
from emergence.contracts.personal_data import EXPORTER, pieces_of
from emergence.kernel.service_tokens import require_service
from emergence.kernel.storage.personal_data import rows_about
from emergence.kernel.wire.ndjson import NdjsonResponse
from emergence.memory.answer_recall import answer_recall
from emergence.memory.items.routes import Parts
from emergence.memory.note_uses import note_uses
from emergence.memory.store.personal_data import PERSONAL_TABLES

internal = APIRouter(prefix="/api/memory/internal", include_in_schema=False)


@internal.post("/recall", dependencies=[Depends(require_service("memory", ASKER))])
async def recalled(asked: RecallRequest, memory: Parts) -> Recollection:
    """Return what was said that fits a question of one person."""
    async with memory.questions.of(asked.user_id):
        return await answer_recall(memory, asked)


@internal.post("/uses", dependencies=[Depends(require_service("memory", ASKER))])
async def used(noted: NoteUses, memory: Parts) -> UsesNoted:
    """Note what an answer was given with."""
    return UsesNoted(new=await note_uses(memory, noted))


@internal.post("/people/{user_id}/export", dependencies=[Depends(require_service("memory", EXPORTER))])
async def export_person(user_id: UUID, memory: Parts) -> Response:
    """Stream what memory holds of a person as newline-delimited JSON."""
    return NdjsonResponse(pieces_of(rows_about(memory.rows.seen_by(user_id), PERSONAL_TABLES, user_id)))
