"""Make the vectors that turns and items wait for, a few at a time; while no model runs, words answer alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from emergence.kernel.embeddings.embedder import Embedder, EmbeddingBusy, EmbeddingDown, EmbeddingStopped, Vector
from emergence.kernel.events.watch import sole_watch
from emergence.kernel.every import Every
from emergence.kernel.failure_of import failure_of
from emergence.memory import figures
from emergence.memory.failed_work import is_outage, log_failure, wait_after_failure
from emergence.memory.parts import Memory
from emergence.memory.store import vectors
from emergence.memory.store.item_vectors import read_bodies, store_item_vectors
from emergence.memory.store.locks import hold_items, hold_passages
from emergence.memory.store.passages import read_passages
from emergence.memory.store.vectors import Pending, wait_after

log = structlog.get_logger(__name__)

POLL = timedelta(seconds=2)
AT_ONCE = 32  # turns: well under a second of work
PEOPLE_AT_ONCE = 8  # a few turns of each, as each person's are a request of their own
FAILED_AT_ONCE = 4  # one by one, so that others wait for a few of them at most
PROBE = "Good morning."  # what any model that runs has a vector for
LONGEST_WAIT = timedelta(minutes=2)


async def keep_embedding(memory: Memory) -> None:
    """Make vectors for ever, one instance at a time. Raises DatabaseUnavailable when that is lost."""
    async with sole_watch(memory.database, lock="memory:vectors", channel=vectors.CHANNEL) as watch:
        line, counting = Line(), Every(memory.clock, POLL)
        while True:
            while await embed_due(memory, line):
                watch.check()
                if counting.is_due():  # a backlog may take hours
                    await _count(memory)
            await _count(memory)
            await watch.wait(POLL)


async def _count(memory: Memory) -> None:
    figures.pending_vectors.set(await vectors.count_pending(memory.database))
    figures.left_out.labels("embedding").set(await vectors.count_left_out(memory.database))


@dataclass(slots=True)
class Line:
    """Who waits: one after the other in the order of their ids, from the one after who was served last."""

    last: UUID = vectors.NOBODY


async def embed_due(memory: Memory, line: Line | None = None) -> bool:
    """Make some of the vectors that are due, everybody's in turn; return whether any was made. What fails is due later.

    Raises DatabaseUnavailable.
    """
    embedder = memory.embedders.named(memory.embedders.wanted)
    if embedder is None:
        return False
    line, now = line or Line(), memory.clock.now()
    people = await vectors.people_waiting(memory.database, embedder.name, now, line.last, PEOPLE_AT_ONCE)
    due = await vectors.due_vectors(memory.database, embedder.name, now, people, AT_ONCE)
    failed = await vectors.failed_vectors(memory.database, embedder.name, now, FAILED_AT_ONCE)
    line.last = people[-1] if people else line.last
    waiting = [*_groups(due), *([one] for one in failed)]
    for place, some in enumerate(waiting):
        reason = await failure_of(_embed(memory, embedder, some))
        if isinstance(reason, EmbeddingStopped):  # whoever killed it did not mean these texts, unless it dies again
            reason = await failure_of(_embed(memory, embedder, some))
        if reason is not None and is_outage(reason):
            await _wait(memory, embedder, some, reason)
        elif reason is not None:
            figures.embedding_failures.labels(embedder.name).inc()
            if isinstance(reason, EmbeddingDown) and await _is_away(embedder, reason):
                await _wait(memory, embedder, [each for others in waiting[place:] for each in others], reason)
                return False
            await _note_failure(memory, embedder, some, reason)
    return bool(waiting)


def _groups(due: Sequence[Pending]) -> Iterable[Sequence[Pending]]:
    """Return what is embedded together: of one person and one kind, so that nobody fails with somebody else's."""
    groups: dict[tuple[UUID, str], list[Pending]] = defaultdict(list)
    for each in due:
        groups[each.user_id, each.kind].append(each)
    return groups.values()


async def _is_away(embedder: Embedder, reason: EmbeddingDown) -> bool:
    """Return whether the model makes no vectors at all, so that no text is to blame."""
    if isinstance(reason, EmbeddingBusy):
        return True
    try:
        await embedder.embed_passages([PROBE])
    except EmbeddingDown:
        return True
    return False


async def _wait(memory: Memory, embedder: Embedder, waiting: Sequence[Pending], down: Exception) -> None:
    wait = wait_after(max(each.tries for each in waiting), LONGEST_WAIT)
    log.warning("turns_not_embedded", model=embedder.name, reason=str(down), wait_s=wait.total_seconds())
    await vectors.postpone(memory.database, embedder.name, waiting, memory.clock.now() + wait)


async def _note_failure(memory: Memory, embedder: Embedder, some: Sequence[Pending], failed: Exception) -> None:
    """Have each of them tried alone from now on."""
    first = some[0]
    log_failure("embedding", first.failures, failed, user_id=str(first.user_id), kind=first.kind, model=embedder.name)
    until = memory.clock.now() + wait_after_failure(first.failures)
    await vectors.postpone(memory.database, embedder.name, some, until, has_failed=True)


async def _embed(memory: Memory, embedder: Embedder, some: Sequence[Pending]) -> None:
    embed = _embed_turns if some[0].kind == "turn" else _embed_items
    await embed(memory, embedder, some[0].user_id, [each.message_id for each in some])


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
