"""Items as a person reads them. Every function here works in a transaction that sees one person's rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.memory.items import Item, ItemKind, ItemLink, ItemState, Use
from emergence.kernel.storage.database import Transaction

# One item as JSON, as `Item` reads it.
_SHOWN = """
    SELECT items.pinned, items.recorded_at, items.id, jsonb_build_object(
        'id', items.id, 'kind', kind, 'text', body, 'language', language, 'state', state, 'origin', origin,
        'confidence', confidence, 'importance', importance, 'pinned', pinned, 'happened_at', happened_at,
        'recorded_at', recorded_at, 'superseded_at', superseded_at, 'last_used_at', last_used_at, 'uses', uses,
        'fact', CASE WHEN facts.item_id IS NOT NULL THEN jsonb_build_object(
            'subject', subject, 'predicate', predicate, 'object', object, 'valid_from', valid_from, 'valid_to', valid_to
        ) END,
        'preference', CASE WHEN preferences.item_id IS NOT NULL THEN jsonb_build_object(
            'key', key, 'value', value, 'scope', scope, 'strength', strength, 'explicit', explicit
        ) END,
        'sources', coalesce((
            SELECT jsonb_agg(
                jsonb_build_object('message', message_id, 'thread', thread_id, 'quote', quote, 'said_at', said_at)
                ORDER BY said_at DESC, message_id
            ) FROM item_sources WHERE item_sources.user_id = $1 AND item_sources.item_id = items.id
        ), '[]')
    )::text AS shown
    FROM items
    LEFT JOIN facts ON facts.user_id = $1 AND facts.item_id = items.id
    LEFT JOIN preferences ON preferences.user_id = $1 AND preferences.item_id = items.id
    WHERE items.user_id = $1
"""


@dataclass(frozen=True, slots=True)
class ItemPosition:
    """Where a page of items ended."""

    pinned: bool
    recorded_at: datetime
    id: UUID


async def read_items(
    tx: Transaction,
    user_id: UUID,
    *,
    kind: ItemKind | None,
    state: ItemState | None,
    after: ItemPosition | None,
    limit: int,
) -> list[Item]:
    """Return items, pinned ones and then the newest first."""
    rows = await tx.fetch(
        f"""
        {_SHOWN} AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR state = $3)
            AND ($4::boolean IS NULL OR (items.pinned, items.recorded_at, items.id) < ($4, $5::timestamptz, $6::uuid))
        ORDER BY items.pinned DESC, items.recorded_at DESC, items.id DESC LIMIT $7
        """,
        user_id,
        kind,
        state,
        after.pinned if after else None,
        after.recorded_at if after else None,
        after.id if after else None,
        limit,
    )
    return [Item.model_validate_json(row["shown"]) for row in rows]


async def items_named(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[Item]:
    """Return those of the items that there are, in the order of `ids`."""
    rows = await tx.fetch(f"{_SHOWN} AND items.id = ANY ($2) ORDER BY array_position($2, items.id)", user_id, list(ids))
    return [Item.model_validate_json(row["shown"]) for row in rows]


# Of what took the place of something only a correction is another version. Where a former program did not tell: it has
# all its sources, and is written.
_FORMER = """
    SELECT from_id, to_id FROM links JOIN items AS new ON new.user_id = $1 AND new.id = from_id
    WHERE links.user_id = $1 AND (links.kind = 'updates' AND coalesce(
        is_version, new.origin = 'written' AND NOT EXISTS (
        SELECT FROM item_sources AS old WHERE old.user_id = $1 AND old.item_id = to_id AND NOT EXISTS (
            SELECT FROM item_sources AS s
            WHERE s.user_id = $1 AND s.item_id = from_id AND s.message_id = old.message_id
        )
    )) OR links.kind = 'same_as' AND $3)
"""


async def former_ids(tx: Transaction, user_id: UUID, ids: Sequence[UUID], *, joined: bool = False) -> list[UUID]:
    """Return the former versions of items, step by step, the latest first; also what was `joined` with them.

    Not what was so before and was said by itself: that is another item.
    """
    rows = await tx.fetch(
        f"""
        WITH RECURSIVE steps AS NOT MATERIALIZED ({_FORMER}), former AS (
            SELECT to_id AS id, 1 AS steps FROM steps WHERE from_id = ANY ($2)
            UNION
            SELECT to_id, former.steps + 1 FROM steps JOIN former ON from_id = former.id WHERE former.steps < 100000
        )
        SELECT id, min(steps) AS steps FROM former WHERE NOT id = ANY ($2) GROUP BY id ORDER BY steps, id
        """,  # noqa: S608 - a constant
        user_id,
        list(ids),
        joined,
    )
    return [row["id"] for row in rows]


async def links_of(tx: Transaction, user_id: UUID, item_id: UUID) -> list[ItemLink]:
    """Return how an item belongs to others."""
    rows = await tx.fetch(
        """
        SELECT links.kind, direction, items.id AS item, items.body AS text FROM (
            SELECT kind, 'from' AS direction, to_id AS other FROM links WHERE user_id = $1 AND from_id = $2
            UNION ALL
            SELECT kind, 'to', from_id FROM links WHERE user_id = $1 AND to_id = $2
        ) AS links JOIN items ON items.user_id = $1 AND items.id = other
        ORDER BY links.kind, direction, items.recorded_at DESC, items.id LIMIT 100
        """,
        user_id,
        item_id,
    )
    return [ItemLink.model_validate(dict(row)) for row in rows]


async def uses_of(tx: Transaction, user_id: UUID, item_id: UUID) -> list[Use]:
    """Return the latest answers that were given with an item."""
    rows = await tx.fetch(
        """
        SELECT jsonb_build_object(
            'run', run_id, 'thread', thread_id, 'message', message_id, 'used_at', used_at, 'why', why
        )::text AS used
        FROM uses WHERE user_id = $1 AND used_id = $2 ORDER BY used_at DESC, run_id LIMIT 50
        """,
        user_id,
        item_id,
    )
    return [Use.model_validate_json(row["used"]) for row in rows]


async def count_active(tx: Transaction, user_id: UUID) -> dict[ItemKind, int]:
    """Return how many active items there are of each kind."""
    rows = await tx.fetch(
        "SELECT kind, count(*) AS items FROM items WHERE user_id = $1 AND state = 'active' GROUP BY kind", user_id
    )
    return {row["kind"]: row["items"] for row in rows}


async def ids_containing(tx: Transaction, user_id: UUID, words: str, kind: ItemKind | None, limit: int) -> list[UUID]:
    """Return items that hold these letters, also within a word, the newest first."""
    rows = await tx.fetch(
        """
        SELECT id FROM items WHERE user_id = $1 AND state <> 'superseded'
            AND position(folded($2) IN folded(body)) > 0 AND ($3::text IS NULL OR kind = $3)
        ORDER BY pinned DESC, recorded_at DESC, id LIMIT $4
        """,
        user_id,
        words.strip(),
        kind,
        limit,
    )
    return [row["id"] for row in rows]
