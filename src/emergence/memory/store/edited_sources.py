"""Items that stay though the message that they are from was put into other words since: they say so."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from emergence.contracts.memory.items import Item
from emergence.contracts.memory.recall import Since
from emergence.kernel.storage.database import Transaction
from emergence.memory.store.outdated import last_words


async def with_edits(tx: Transaction, user_id: UUID, items: Sequence[Item]) -> list[Item]:
    """Return the items, each source with how its message reads now where it was edited since."""
    last = await last_words(tx, user_id, list({source.message for item in items for source in item.sources}))
    if not last:
        return list(items)
    return [
        item.model_copy(
            update={
                "sources": [
                    source.model_copy(update={"since": last[source.message].told()})
                    if source.message in last
                    else source
                    for source in item.sources
                ]
            }
        )
        for item in items
    ]


async def edited_since(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Since]:
    """Return how the messages of these items read now, where none of them reads any more as it did.

    Not of what the person wrote, or corrected, after that.
    """
    rows = await tx.fetch(
        """
        SELECT item_id, message_id, CASE origin WHEN 'written' THEN recorded_at END AS written_at
        FROM item_sources JOIN items ON items.user_id = $1 AND items.id = item_id
        WHERE item_sources.user_id = $1 AND item_id = ANY ($2)
        """,
        user_id,
        list(ids),
    )
    last = await last_words(tx, user_id, [row["message_id"] for row in rows])
    sources = defaultdict(list)
    for row in rows if last else []:
        sources[row["item_id"]].append((last.get(row["message_id"]), row["written_at"]))
    edited = {}
    for item, of in sources.items():
        news = [each for each, written_at in of if each is not None and (written_at is None or written_at < each.at)]
        if len(news) == len(of):
            edited[item] = max(news, key=lambda each: each.at).told()
    return edited
