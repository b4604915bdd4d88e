"""Keep what people state of themselves as their turns come in."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory import figures
from emergence.memory.harvest.harvest_turn import SaidTurn, harvest_turn
from emergence.memory.store.keep_items import NewItem, keep_item
from emergence.memory.store.tombstones import ForgottenWords


async def harvested(turns: Sequence[SaidTurn]) -> list[NewItem]:
    """Return what turns state that the person said themself; off the event loop."""
    return await asyncio.to_thread(lambda: [item for turn in turns for item in harvest_turn(turn)])


async def keep_harvest(
    tx: Transaction,
    forgotten: ForgottenWords,
    user_id: UUID,
    items: Sequence[NewItem],
    new: Sequence[UUID],
    at: datetime,
) -> None:
    """Keep what was taken from turns that are `new`. Idempotent."""
    fresh = set(new)
    items = [item for item in items if fresh.issuperset(source.message_id for source in item.sources)]
    for item in items:
        kept = await keep_item(tx, forgotten, user_id, item, at)
        figures.items_kept.labels(item.kind, kept.outcome).inc()
