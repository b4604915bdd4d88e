"""How many items there are of each state, of everybody together; nothing of whose they are."""

from typing import get_args

from emergence.contracts.memory.items import ItemState
from emergence.kernel.storage.database import Database


async def add_up(database: Database) -> dict[ItemState, int]:
    """Add up what changed since the last time; return the totals. One caller at a time."""
    rows = await database.fetch(
        """
        WITH gone AS (DELETE FROM item_changes RETURNING state, change)
        INSERT INTO item_changes SELECT state, sum(change) FROM gone GROUP BY state RETURNING state, change
        """
    )
    return dict.fromkeys(get_args(ItemState), 0) | {row["state"]: row["change"] for row in rows}
