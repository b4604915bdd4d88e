"""A person's nightly round: what is alike joins, what faded is archived, threads that were missed are made due."""

import asyncio

from emergence.memory import figures
from emergence.memory.gardening.near_duplicates import ALIKE_IN_MEANING, near_duplicates
from emergence.memory.parts import Memory
from emergence.memory.store import consolidations, fading, garden, vectors
from emergence.memory.store.consolidations import Done, Due
from emergence.memory.store.locks import hold_items

MISSED_AT_ONCE = 100


async def tend_person(memory: Memory, due: Due) -> None:
    """Do it, and be due the next night; who has no turns left has no more nights. Idempotent."""
    began_at, user_id = memory.clock.now(), due.user_id
    async with memory.rows.of(user_id) as tx:
        items = await garden.likened_items(tx, user_id)
        likeness = await garden.likeness_of_items(tx, user_id, ALIKE_IN_MEANING)
    pairs = await asyncio.to_thread(near_duplicates, items, likeness)
    async with memory.rows.of(user_id) as tx:
        if not await consolidations.hold(tx, due):
            return
        await hold_items(tx, user_id)
        now = memory.clock.now()
        for thread_id in await consolidations.threads_never_done(tx, user_id, MISSED_AT_ONCE):
            await consolidations.note_thread(tx, user_id, thread_id, now)
        await memory.forgotten_words.renew(tx, user_id)
        if memory.embedders.wanted is not None:
            await vectors.begin_model(tx, user_id, memory.embedders.wanted, now)  # whatever was missed
        still = {item.id: item for item in await garden.likened_items(tx, user_id)}
        before = {item.id: item for item in items}
        merged = 0
        for kept, joined in pairs:
            if all(still.get(each) == before[each] for each in (kept, joined)):  # nobody changed them meanwhile
                await garden.join(tx, user_id, kept, joined, now)
                merged += 1
        await consolidations.drop_old(tx, user_id, now)
        archived = await fading.archive_faded(tx, user_id, now)
        if merged:
            await consolidations.write_down(tx, due, began_at, now, Done(merged=merged))
        await consolidations.drop(tx, user_id, due.thread_id)
        if still or await garden.has_turns(tx, user_id):
            await consolidations.note_night(tx, user_id, now)
    figures.items_merged_at_night.inc(merged)
    figures.items_archived.inc(archived)
