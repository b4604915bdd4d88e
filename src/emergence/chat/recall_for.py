"""Ask memory what was said in other threads that fits a question: for a moment only, an answer goes on without it."""

from collections.abc import Sequence

import structlog

from emergence.chat.parts import Chat
from emergence.contracts.chat import ReplyRequest
from emergence.contracts.memory.recall import QUERY_MAX_CHARACTERS, RecalledTurn, RecallRequest
from emergence.kernel.errors import ServiceError
from emergence.kernel.metrics import counter

log = structlog.get_logger(__name__)

TURNS_MAX = 8

_outcomes = counter("chat_recalls_total", "Times memory was asked before an answer, by outcome.", ["outcome"])


async def recall_for(chat: Chat, request: ReplyRequest) -> Sequence[RecalledTurn]:
    """Return what fits the person's last message, best first; nothing when memory does not answer in time."""
    query = request.turns[-1].text[:QUERY_MAX_CHARACTERS]
    if chat.settings.chat_recall_tokens == 0 or not query.strip():
        return ()
    asked = RecallRequest(
        user_id=request.user_id,
        query=query,
        limit=TURNS_MAX,
        token_budget=chat.settings.chat_recall_tokens,
        exclude_thread=request.thread_id,
        time_zone=request.time_zone,
        patience_s=chat.settings.chat_recall_deadline_s.total_seconds(),
    )
    try:
        found = (await chat.memory.recall(asked, chat.settings.chat_recall_deadline_s)).turns
    except ServiceError as failed:
        log.info("answered_without_memory", run_id=str(request.run_id), code=failed.code)
        _outcomes.labels("failed").inc()
        return ()
    _outcomes.labels("found" if found else "nothing").inc()
    return found
