"""How long one person's questions take while somebody else's conversations are read, harvested and embedded."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from uuid import UUID

from bench.instruments.recall_sets import Collection
from bench.instruments.remembered import tell_all
from emergence.memory.embed_turns import keep_embedding
from emergence.memory.parts import Memory
from emergence.memory.read_threads import keep_reading

PAUSE_S = 0.2  # a person thinks longer; others ask meanwhile


async def asked_beside(
    memory: Memory,
    person: UUID,
    texts: Sequence[str],
    imported: Collection,
    asking: Callable[[Memory, UUID, str], Awaitable[object]],
) -> list[float]:
    """Return the wall milliseconds of each question while `imported` is taken in as a running service does it."""
    await tell_all(memory, imported)
    loops = [asyncio.create_task(keep(memory)) for keep in (keep_reading, keep_embedding)]
    try:
        wall = []
        for text in texts:
            await asyncio.sleep(PAUSE_S)
            began = perf_counter()
            await asking(memory, person, text)
            wall.append(1000 * (perf_counter() - began))
        return wall
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
