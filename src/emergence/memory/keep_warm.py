"""Have what answers a question at hand: the first one after a start would else take longer than agents wait."""

from datetime import timedelta

import structlog

from emergence.kernel.embeddings.builtin import BuiltinEmbedder
from emergence.kernel.embeddings.embedder import EmbeddingDown
from emergence.memory.parts import Memory
from emergence.memory.question.read_question import read_question
from emergence.memory.store import vectors

log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(seconds=30)  # a model that ended is started again before somebody asks
QUESTION = "When did we talk about it? De quoi parlait-on ?"


async def keep_warm(memory: Memory) -> None:
    """Read a question now, and have the packaged model embed one now and then, once it has something to find, for ever.

    Raises DatabaseUnavailable.
    """
    await memory.questions.read(read_question, QUESTION, memory.clock.now())
    while True:
        embedder = memory.embedders.named(memory.embedders.wanted)
        if isinstance(embedder, BuiltinEmbedder) and await vectors.answers_for_anybody(memory.database, embedder.name):
            try:
                await embedder.embed_query(QUESTION)
            except EmbeddingDown as down:
                log.info("model_not_warm", model=embedder.name, reason=str(down))
        await memory.clock.sleep(LOOK_AGAIN)
