"""Let another model answer: person by person its vectors are made, and until all are there the former one answers."""

from datetime import timedelta
from uuid import UUID

import structlog

from emergence.kernel.errors import Unavailable
from emergence.memory.parts import Memory
from emergence.memory.store import vectors
from emergence.memory.store.locks import hold_items, hold_passages

log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(seconds=30)
AT_ONCE = 50


async def keep_changing_model(memory: Memory) -> None:
    """Look now and then for people whose turns another model has embedded, for ever."""
    while True:
        try:
            await change_model(memory)
        except Unavailable:  # of the database, or of the person whose turn it is
            log.info("model_not_changed")
        await memory.clock.sleep(LOOK_AGAIN)


async def change_model(memory: Memory) -> None:
    """Have missing vectors of the wanted model made; it answers for whoever has all. Idempotent.

    Without a wanted model the vectors that there are stay, and are not asked. Raises DatabaseUnavailable.
    """
    wanted, after = memory.embedders.wanted, None
    if wanted is None:
        return
    while people := await vectors.people_without(memory.database, wanted, after, AT_ONCE):
        for user_id in people:
            await _change(memory, user_id, wanted)
        after = people[-1]


async def _change(memory: Memory, user_id: UUID, wanted: str) -> None:
    async with memory.rows.of(user_id) as tx:
        await hold_items(tx, user_id)
        await hold_passages(tx, user_id)
        if not await vectors.begin_model(tx, user_id, wanted, memory.clock.now()):
            await vectors.answer_with(tx, user_id, wanted)
