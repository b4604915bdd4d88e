"""What was said and is so no longer: corrected since, said otherwise later, or put into other words."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.memory.recall import Outdated
from emergence.kernel.storage.database import Transaction
from emergence.memory.excerpt import CUT
from emergence.memory.store.forget_items import WORDS_OF_ITEM

# What a turn says: the items that were taken from it; of an agent's also what it repeats of those that it was given, or
# that were said in its conversation. From each that gave way the links lead to what is so now. What the turn itself
# says in the end is no news.
_ITEMS = f"""
WITH RECURSIVE shown AS (
    SELECT message_id, thread_id, role, terms FROM turns WHERE user_id = $1 AND message_id = ANY ($2)
),
nearby AS (
    SELECT shown.message_id, item_id, item_sources.message_id AS source
    FROM shown JOIN item_sources ON item_sources.user_id = $1 AND item_sources.thread_id = shown.thread_id
    WHERE role = 'agent'
    UNION
    SELECT shown.message_id, item_id, item_sources.message_id
    FROM shown JOIN uses ON uses.user_id = $1 AND uses.message_id = shown.message_id
    JOIN item_sources ON item_sources.user_id = $1 AND used_id IN (item_sources.item_id, item_sources.message_id)
    WHERE role = 'agent'
),
repeated AS (
    SELECT nearby.* FROM nearby JOIN shown USING (message_id)
    JOIN items ON items.user_id = $1 AND items.id = item_id AND state = 'superseded'
    LEFT JOIN facts ON facts.user_id = $1 AND facts.item_id = items.id
    LEFT JOIN preferences ON preferences.user_id = $1 AND preferences.item_id = items.id,
    LATERAL (SELECT {WORDS_OF_ITEM} AS words) AS told
    WHERE cardinality(words) > 0 AND tsvector_to_array(shown.terms) @> words
),
later AS (
    SELECT said.message_id, items.id, source FROM (
        SELECT message_id, item_id, message_id AS source FROM item_sources
        WHERE user_id = $1 AND message_id = ANY ($2)
        UNION SELECT * FROM repeated
    ) AS said JOIN items ON items.user_id = $1 AND items.id = item_id AND state = 'superseded'
    UNION
    SELECT later.message_id, links.from_id, source FROM later
    JOIN links ON links.user_id = $1 AND links.to_id = later.id AND links.kind IN ('updates', 'contradicts')
)
SELECT later.message_id, body AS now, bool_or(is_same) AS is_corrected,
    CASE WHEN origin = 'written' THEN recorded_at ELSE coalesce(max(newer.said_at), recorded_at) END AS at
FROM later JOIN items ON items.user_id = $1 AND items.id = later.id AND state <> 'superseded'
LEFT JOIN item_sources AS newer ON newer.user_id = $1 AND newer.item_id = items.id,
LATERAL (SELECT origin = 'written' AND newer.message_id IS NOT DISTINCT FROM later.source AS is_same) AS whether
GROUP BY later.message_id, items.id, body, origin, recorded_at
HAVING origin = 'written' OR NOT bool_or(newer.message_id IS NOT DISTINCT FROM later.message_id)
"""  # noqa: S608 - our own words
_EDITED = """
WITH RECURSIVE later AS (
    SELECT edits AS message_id, newer.message_id AS last, 1 AS step FROM turns AS newer
    WHERE user_id = $1 AND edits = ANY ($2)
    UNION ALL
    SELECT later.message_id, newer.message_id, step + 1
    FROM later JOIN turns AS newer ON newer.user_id = $1 AND newer.edits = later.last
)
SELECT DISTINCT ON (later.message_id) later.message_id, last, body AS now, said_at AS at
FROM later JOIN turns ON turns.user_id = $1 AND turns.message_id = last
ORDER BY later.message_id, step DESC
"""


NEWS_MAX = 3
TEXT_MAX_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class News:
    """What is so now in the place of what a turn says; `message` where that is another turn's words."""

    how: Outdated
    at: datetime
    text: str
    message: UUID | None = None


async def news_of(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> dict[UUID, list[News]]:
    """Return what is so now, by the turns that say otherwise; the latest first, at most `NEWS_MAX` of each."""
    news: defaultdict[UUID, list[News]] = defaultdict(list)
    for row in await tx.fetch(_EDITED, user_id, list(message_ids)):
        news[row["message_id"]].append(News("edited", row["at"], _cut(row["now"]), row["last"]))
    for row in await tx.fetch(_ITEMS, user_id, list(message_ids)):
        how: Outdated = "corrected" if row["is_corrected"] else "changed"
        news[row["message_id"]].append(News(how, row["at"], _cut(row["now"])))
    return {message: sorted(said, key=_at, reverse=True)[:NEWS_MAX] for message, said in news.items()}


def _at(news: News) -> datetime:
    return news.at


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MAX_CHARACTERS else text[:TEXT_MAX_CHARACTERS].rstrip() + CUT
