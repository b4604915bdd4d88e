"""Ask memory what was said in other threads that fits a question: for a moment only, an answer goes on without it."""

import structlog

from emergence.chat.parts import Chat
from emergence.contracts.chat import ReplyRequest
from emergence.contracts.memory.recall import QUERY_MAX_CHARACTERS, RecallRequest
from emergence.contracts.memory.recollection import Recollection
from emergence.kernel.errors import ServiceError
from emergence.kernel.metrics import counter

log = structlog.get_logger(__name__)

TURNS_MAX = 8

_outcomes = counter("chat_recalls_total", "Times memory was asked before an answer, by outcome.", ["outcome"])


async def recall_for(chat: Chat, request: ReplyRequest) -> Recollection:
    """Return what fits the person's last message; nothing when memory does not answer in time.

    A temporary thread is given no hints: whether one was given is noted nowhere.
    """
    query = request.turns[-1].text[:QUERY_MAX_CHARACTERS]
    if chat.settings.chat_recall_tokens == 0 or not query.strip():
        return Recollection()
    asked = RecallRequest(
        user_id=request.user_id,
        query=query,
        limit=TURNS_MAX,
        token_budget=chat.settings.chat_recall_tokens,
        exclude_thread=request.thread_id,
        time_zone=request.time_zone,
        agent=request.agent,
        hints=not request.temporary,
        patience_s=chat.settings.chat_recall_deadline_s.total_seconds(),
    )
    try:
        found = await chat.memory.recall(asked, chat.settings.chat_recall_deadline_s)
    except ServiceError as failed:
        log.info("answered_without_memory", run_id=str(request.run_id), code=failed.code)
        _outcomes.labels("failed").inc()
        return Recollection()
    _outcomes.labels("found" if found.turns or found.items else "nothing").inc()
    return found
