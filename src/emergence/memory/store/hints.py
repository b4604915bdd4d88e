"""What might be brought up though nobody asked: at most one thing, and none of it twice in a fortnight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from emergence.contracts.memory.items import ItemKind, Origin
from emergence.kernel.storage.database import Transaction
from emergence.memory.store.forget_items import SMALL_WORDS

REST = timedelta(days=14)
UPCOMING = timedelta(days=3)
# High: a hint that is not worth it is worse than none.
LEAST_IMPORTANCE_UPCOMING, LEAST_IMPORTANCE_RELATED = 0.5, 0.7
LEAST_CONFIDENCE = 0.7


@dataclass(frozen=True, slots=True)
class HintedItem:
    """What might be brought up, and why: it is about to happen, or about somebody or something that is spoken of."""

    id: UUID
    kind: ItemKind
    body: str
    origin: Origin
    happened_at: datetime | None
    reason: Literal["upcoming", "related"]
    concept: str | None


async def hint_for(
    tx: Transaction,
    user_id: UUID,
    said: str,
    *,
    told: str,
    today: datetime,
    now: datetime,
    shown: Sequence[UUID],
    here: UUID | None,
) -> HintedItem | None:
    """Return one thing to bring up beside a message, whose words are `said` in small letters without accents.

    Only what the person wrote or said themself, elsewhere; of somebody who is spoken of only what has a telling word
    that is not among those `told`. Whoever shows it notes it (`note_hint`).
    """
    row = await tx.fetchrow(
        f"""
        WITH worth AS NOT MATERIALIZED (
            SELECT id, kind, body, origin, happened_at, importance, recorded_at, terms,
                tsvector_to_array(ts_delete(terms, {SMALL_WORDS})) AS telling
            FROM items
            WHERE user_id = $1 AND state = 'active' AND origin IN ('written', 'said') AND confidence >= $8
                AND NOT id = ANY ($5::uuid[])
                AND NOT EXISTS (
                    SELECT FROM hints
                    WHERE hints.user_id = $1 AND item_id = id AND hinted_at > $4::timestamptz - $9::interval
                )
                AND (origin = 'written' OR EXISTS (
                    SELECT FROM item_sources
                    WHERE item_sources.user_id = $1 AND item_id = id AND item_sources.thread_id IS DISTINCT FROM $6
                ))
        )
        (
            SELECT id, kind, body, origin, happened_at, 'upcoming' AS reason, NULL AS concept FROM worth
            WHERE kind = 'event' AND importance >= $7 AND happened_at >= $3 AND happened_at > recorded_at
                AND happened_at < $4::timestamptz + $10::interval
            ORDER BY happened_at, id LIMIT 1
        )
        UNION ALL
        (
            SELECT worth.id, worth.kind, body, origin, happened_at, 'related', name FROM concepts
            JOIN worth ON importance >= $11 AND (
                EXISTS (
                    SELECT FROM mentions
                    WHERE mentions.user_id = $1 AND concept_id = concepts.id AND item_id = worth.id
                )
                OR origin = 'written' AND ts_delete(lexemes(name), {SMALL_WORDS}) <> ''
                    AND tsvector_to_array(terms) @> tsvector_to_array(lexemes(name))
            )
            WHERE concepts.user_id = $1 AND length(folded_name) > 2 AND strpos($2, ' ' || folded_name || ' ') > 0
                AND NOT tsvector_to_array(lexemes($12)) @> telling
            ORDER BY importance DESC, recorded_at DESC, worth.id LIMIT 1
        )
        LIMIT 1
        """,  # noqa: S608 - our own words
        user_id,
        f" {said} ",
        today,
        now,
        list(shown),
        here,
        LEAST_IMPORTANCE_UPCOMING,
        LEAST_CONFIDENCE,
        REST,
        UPCOMING,
        LEAST_IMPORTANCE_RELATED,
        told,
    )
    return None if row is None else HintedItem(**dict(row))


async def note_hint(tx: Transaction, user_id: UUID, item_id: UUID, run_id: UUID, at: datetime) -> None:
    """Keep it from being brought up again for a fortnight, also as it was put since. Idempotent."""
    await tx.execute(
        """
        WITH RECURSIVE versions AS (
            SELECT id FROM items WHERE user_id = $1 AND id = $2
            UNION
            SELECT from_id FROM links JOIN versions ON to_id = versions.id WHERE user_id = $1 AND is_version
        )
        INSERT INTO hints (user_id, item_id, run_id, hinted_at) SELECT $1, id, $3, $4 FROM versions
        ON CONFLICT (user_id, item_id) DO UPDATE SET run_id = excluded.run_id, hinted_at = excluded.hinted_at
        """,
        user_id,
        item_id,
        run_id,
        at,
    )
