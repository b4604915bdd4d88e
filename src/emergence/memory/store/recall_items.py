"""The statement that ranks a person's items for a question: words and likeness, as turns, without neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.memory.items import ItemKind, Origin
from emergence.kernel.storage.database import Transaction
from emergence.memory.store.forms import FORMS, AskedTerm, get_ready, written
from emergence.memory.store.recall import Likeness

# What only the thread says in which one asks is before the agent's eyes anyway.
_RANKED = f"""
WITH {FORMS},
rows AS MATERIALIZED (
    SELECT known.*, likeness
    FROM (
        SELECT id, kind, happened_at,
            CASE WHEN terms @@ (SELECT string_agg(DISTINCT form, ' | ')::tsquery FROM forms) THEN terms END AS terms
        FROM items WHERE user_id = $1 AND state IN ('active', 'archived') OFFSET 0
    ) AS known
    LEFT JOIN (
        SELECT id, -(vector OPERATOR(public.<#>) $5::public.halfvec) AS likeness
        FROM item_vectors WHERE user_id = $1 AND model = $6 OFFSET 0
    ) AS vectors USING (id)
),
matched AS MATERIALIZED (
    SELECT id, terms FROM rows WHERE terms IS NOT NULL
),
averages AS MATERIALIZED (
    SELECT count(*) AS rows, avg(likeness) AS likeness, stddev_pop(likeness) AS deviation FROM rows
),
hits AS MATERIALIZED (
    SELECT id, place FROM matched JOIN terms ON matched.terms @@ terms.wanted
    UNION ALL
    SELECT id, place FROM rows JOIN spans ON happened_at <@ span LEFT JOIN terms USING (place)
    WHERE EXISTS (SELECT FROM spans) AND NOT coalesce(rows.terms @@ terms.wanted, false)
),
rarities AS MATERIALIZED (
    SELECT place,
        ln(1 + (averages.rows - coalesce(found.rows, 0) + 0.5) / (coalesce(found.rows, 0) + 0.5))::float8 AS idf
    FROM (SELECT place FROM terms UNION SELECT place FROM spans) AS asked
        LEFT JOIN (SELECT place, count(*) AS rows FROM hits GROUP BY place) AS found USING (place), averages
),
covered AS (
    SELECT id, sum(idf) / (SELECT sum(idf) FROM rarities) AS share, array_agg(place ORDER BY place) AS places
    FROM hits JOIN rarities USING (place) GROUP BY id
),
best AS (
    SELECT rows.id, coalesce(share, 0) AS share, places,
        (rows.likeness - averages.likeness) / nullif(deviation, 0) AS deviations, averages.rows AS among,
        coalesce(share, 0) + coalesce($9::float8 * (rows.likeness - averages.likeness) / nullif(deviation, 0), 0) AS fit
    FROM rows LEFT JOIN covered USING (id), averages
    WHERE NOT rows.id = ANY ($7::uuid[]) AND ($12::text IS NULL OR rows.kind = $12)
    ORDER BY fit DESC, rows.id LIMIT $11
)
SELECT items.id, kind, body, origin, happened_at, share, places, deviations, among
FROM best JOIN items ON items.user_id = $1 AND items.id = best.id
WHERE origin = 'written' OR EXISTS (
    SELECT FROM item_sources
    WHERE item_sources.user_id = $1 AND item_id = items.id AND item_sources.thread_id IS DISTINCT FROM $8
)
ORDER BY fit DESC, items.id LIMIT $10
"""  # noqa: S608 - a constant
PROMISING = 60  # of which some may be said in the thread in which one asks, and nowhere else


@dataclass(frozen=True, slots=True)
class RankedItem:
    """An item that may fit: the share of the question that it holds, and by how many deviations it is more like it.

    `among` so many; `deviations` is None where no vector says it.
    """

    id: UUID
    kind: ItemKind
    body: str
    origin: Origin
    happened_at: datetime | None
    share: float
    deviations: float | None
    found: tuple[AskedTerm, ...]
    among: int


async def knows_anything(tx: Transaction, user_id: UUID) -> bool:
    """Return whether there is any item of this person."""
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM items WHERE user_id = $1)", user_id))


async def ranked_items(
    tx: Transaction,
    user_id: UUID,
    terms: Sequence[AskedTerm],
    likeness: Likeness | None,
    *,
    shown: Sequence[UUID],
    here: UUID | None,
    limit: int,
    kind: ItemKind | None = None,
) -> list[RankedItem]:
    """Return this person's items that fit best, best first, but for those that are `shown` and those from `here`.

    With `kind` of that one alone.
    """
    await get_ready(tx)
    rows = await tx.fetch(
        _RANKED,
        user_id,
        *written(terms),
        likeness.vector if likeness else None,
        likeness.model if likeness else None,
        list(shown),
        here,
        likeness.weight if likeness else 0.0,
        limit,
        max(PROMISING, limit),
        kind,
    )
    return [
        RankedItem(
            id=row["id"],
            kind=row["kind"],
            body=row["body"],
            origin=row["origin"],
            happened_at=row["happened_at"],
            share=row["share"],
            deviations=row["deviations"],
            found=tuple(terms[place - 1] for place in row["places"] or ()),
            among=row["among"],
        )
        for row in rows
    ]
