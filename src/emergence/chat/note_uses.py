"""Tell memory what an answer was given with, once it is over; nobody waits for it, and without it little is lost."""

import structlog

from emergence.chat.parts import Chat
from emergence.contracts.chat import ReplyRequest
from emergence.contracts.memory.recollection import NoteUses, Recollection, Used
from emergence.kernel.errors import ServiceError

log = structlog.get_logger(__name__)


async def note_uses(chat: Chat, request: ReplyRequest, shown: Recollection) -> None:
    """Note every turn and item that the agent was shown; a temporary thread leaves no such trace."""
    turns = [Used(id=turn.message, why=turn.why) for turn in shown.turns]
    used = [*turns, *(Used(id=item.item, why=item.why) for item in shown.items)]
    if request.temporary or not used:
        return
    try:
        await chat.memory.note_uses(
            NoteUses(
                user_id=request.user_id,
                run_id=request.run_id,
                thread_id=request.thread_id,
                message_id=request.message_id,
                used=used,
            )
        )
    except ServiceError as failed:
        log.info("uses_not_noted", run_id=str(request.run_id), code=failed.code)
