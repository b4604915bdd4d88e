"""Consolidate a thread that fell idle: keep what was not harvested yet, and make a digest of it."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from emergence.kernel.storage.database import Transaction
from emergence.memory import figures
from emergence.memory.gardening.digest import Digest, digest_of
from emergence.memory.harvest.harvest_turn import SaidTurn, harvest_turn
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations, digests
from emergence.memory.store.choices import read_choices
from emergence.memory.store.consolidations import Done, Due
from emergence.memory.store.keep_items import NewItem, Outcome, keep_item

SMALL_TALK = 0.4  # how much a digest counts: less than anything that was taken from the thread


async def tend_thread(memory: Memory, due: Due) -> None:
    """Do it in one transaction, unless there is news of the thread: then it is due again later. Idempotent."""
    began_at = memory.clock.now()
    async with memory.rows.of(due.user_id) as tx:
        said = await digests.said_in_thread(tx, due.user_id, due.thread_id)
    items, digest = await asyncio.to_thread(_made_of, said)
    async with memory.rows.of(due.user_id) as tx:
        if not await consolidations.hold(tx, due):
            return
        outcomes = await keep_made(memory, tx, due, items, digest)
        now = memory.clock.now()
        await consolidations.write_down(tx, due, began_at, now, done_by(outcomes))
        await consolidations.drop(tx, due.user_id, due.thread_id)


def _made_of(said: Sequence[SaidTurn]) -> tuple[list[NewItem], Digest | None]:
    return [item for turn in said for item in harvest_turn(turn)], digest_of(said)


async def keep_made(
    memory: Memory, tx: Transaction, due: Due, items: Sequence[NewItem], digest: Digest | None
) -> Counter[Outcome]:
    """Keep items and a digest of a thread; return what became of them. Nothing where the person wants nothing kept."""
    outcomes: Counter[Outcome] = Counter()
    if not (await read_choices(tx, due.user_id)).remembers:
        return outcomes
    for item in items:
        outcomes[(await keep_item(tx, due.user_id, item, memory.clock.now())).outcome] += 1
    if digest is not None:
        outcomes[await _keep_digest(memory, tx, due, digest)] += 1
    for outcome, count in outcomes.items():
        figures.consolidated_items.labels(outcome).inc(count)
    return outcomes


async def _keep_digest(memory: Memory, tx: Transaction, due: Due, digest: Digest) -> Outcome:
    former = await digests.former_digests(tx, due.user_id, due.thread_id)
    summary = NewItem(
        kind="summary",
        body=digest.body,
        language=digest.language or "",
        importance=SMALL_TALK,
        confidence=1.0,
        origin="said",
        happened_at=digest.sources[-1].said_at,
        sources=digest.sources,
    )
    kept = await keep_item(tx, due.user_id, summary, memory.clock.now())
    if kept.id is not None:
        await digests.replace_digests(tx, due.user_id, former, kept.id)
        await digests.derive_from_thread(tx, due.user_id, kept.id, due.thread_id)
    return kept.outcome


def done_by(outcomes: Counter[Outcome]) -> Done:
    """Return what is written down of it."""
    return Done(
        added=outcomes["added"] + outcomes["superseded_other"],
        merged=outcomes["merged"],
        superseded=outcomes["superseded_other"],
        refused=outcomes["refused"] + outcomes["buried"],
    )
