"""Make the vectors that turns and items wait for, a few at a time; while no model runs, words answer alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from emergence.kernel.embeddings.embedder import Embedder, EmbeddingDown, Vector
from emergence.kernel.events.watch import sole_watch
from emergence.memory import figures
from emergence.memory.parts import Memory
from emergence.memory.store import vectors
from emergence.memory.store.item_vectors import read_bodies, store_item_vectors
from emergence.memory.store.locks import hold_items, hold_passages
from emergence.memory.store.passages import read_passages
from emergence.memory.store.vectors import Pending, wait_after

log = structlog.get_logger(__name__)

POLL = timedelta(seconds=2)
AT_ONCE = 32  # turns: well under a second of work
LONGEST_WAIT = timedelta(minutes=2)


async def keep_embedding(memory: Memory) -> None:
    """Make vectors for ever, one instance at a time. Raises DatabaseUnavailable when that is lost."""
    async with sole_watch(memory.database, lock="memory:vectors", channel=vectors.CHANNEL) as watch:
        while True:
            while await embed_due(memory):
                watch.check()
            figures.pending_vectors.set(await vectors.count_pending(memory.database))
            await watch.wait(POLL)


async def embed_due(memory: Memory) -> bool:
    """Make the vectors that are due; return whether any was made. What fails is due again later."""
    embedder = memory.embedders.named(memory.embedders.wanted)
    if embedder is None:
        return False
    due = await vectors.due_vectors(memory.database, embedder.name, memory.clock.now(), AT_ONCE)
    if not due:
        return False
    try:
        await _embed(memory, embedder, due)
    except EmbeddingDown as down:
        wait = wait_after(max(each.tries for each in due), LONGEST_WAIT)
        log.warning("turns_not_embedded", model=embedder.name, reason=str(down), wait_s=wait.total_seconds())
        figures.embedding_failures.labels(embedder.name).inc()
        await vectors.postpone(memory.database, embedder.name, due, memory.clock.now() + wait)
        return False
    return True


async def _embed(memory: Memory, embedder: Embedder, due: Sequence[Pending]) -> None:
    turns: dict[UUID, list[UUID]] = defaultdict(list)
    items: dict[UUID, list[UUID]] = defaultdict(list)
    for each in due:
        (turns if each.kind == "turn" else items)[each.user_id].append(each.message_id)
    for user_id, message_ids in turns.items():
        await _embed_turns(memory, embedder, user_id, message_ids)
    for user_id, item_ids in items.items():
        await _embed_items(memory, embedder, user_id, item_ids)


async def _embed_turns(memory: Memory, embedder: Embedder, user_id: UUID, message_ids: Sequence[UUID]) -> None:
    async with memory.rows.of(user_id) as tx:
        passages = await read_passages(tx, user_id, message_ids)
    made = await _vectors(embedder, passages)
    async with memory.rows.of(user_id) as tx:
        await hold_passages(tx, user_id)
        now = await read_passages(tx, user_id, message_ids)
        # What stood before one of them may have been forgotten meanwhile, and would live on in its vector.
        stale = {each for each, passage in now.items() if passage != passages.get(each)}
        made = {each: vector for each, vector in made.items() if each not in stale}
        await vectors.store_vectors(tx, user_id, embedder.name, made)
        await vectors.settle(tx, user_id, [each for each in message_ids if each not in stale], embedder.name)
    figures.vectors_stored.labels(embedder.name).inc(len(made))


async def _embed_items(memory: Memory, embedder: Embedder, user_id: UUID, ids: Sequence[UUID]) -> None:
    async with memory.rows.of(user_id) as tx:
        bodies = await read_bodies(tx, user_id, ids)
    made = await _vectors(embedder, bodies)
    async with memory.rows.of(user_id) as tx:
        await hold_items(tx, user_id)
        await store_item_vectors(tx, user_id, embedder.name, made)
        await vectors.settle(tx, user_id, ids, embedder.name)
    figures.vectors_stored.labels(embedder.name).inc(len(made))


async def _vectors(embedder: Embedder, passages: Mapping[UUID, str]) -> dict[UUID, Vector]:
    made = await embedder.embed_passages(list(passages.values()))
    return dict(zip(passages, made, strict=True))
