"""What holds all of a subject's telling words, in either language: what "forget about …" is about."""

from collections.abc import Sequence
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.store.forms import FORMS, AskedTerm, written

# A subject without telling words ("that") is about nothing.
_ASKED = f"""
WITH {FORMS},
asked AS MATERIALIZED (SELECT place, wanted, span FROM terms FULL JOIN spans USING (place))
"""
_TURNS = f"""{_ASKED}
SELECT message_id FROM turns
WHERE user_id = $1 AND EXISTS (SELECT FROM asked) AND NOT EXISTS (
    SELECT FROM asked WHERE NOT (coalesce(turns.terms @@ wanted, false) OR coalesce(said_at <@ span, false))
)
ORDER BY said_at DESC, message_id LIMIT $5
"""
_ITEMS = f"""{_ASKED}
SELECT id FROM items
WHERE user_id = $1 AND (
    EXISTS (SELECT FROM asked) AND NOT EXISTS (
        SELECT FROM asked WHERE NOT (coalesce(items.terms @@ wanted, false) OR coalesce(happened_at <@ span, false))
    ) OR origin <> 'written' AND EXISTS (
        SELECT FROM item_sources WHERE item_sources.user_id = $1 AND item_id = id
    ) AND NOT EXISTS (
        SELECT FROM item_sources WHERE item_sources.user_id = $1 AND item_id = id AND NOT message_id = ANY ($6)
    )
)
ORDER BY pinned DESC, recorded_at DESC, id LIMIT $5
"""


async def turns_holding(tx: Transaction, user_id: UUID, terms: Sequence[AskedTerm], limit: int) -> list[UUID]:
    """Return the person's turns that hold every term, newest first."""
    rows = await tx.fetch(_TURNS, user_id, *written(terms), limit)
    return [row["message_id"] for row in rows]


async def items_holding(
    tx: Transaction, user_id: UUID, terms: Sequence[AskedTerm], turns: Sequence[UUID], limit: int
) -> list[UUID]:
    """Return the person's items that hold every term, or that say nothing but what these turns say."""
    rows = await tx.fetch(_ITEMS, user_id, *written(terms), limit, list(turns))
    return [row["id"] for row in rows]
