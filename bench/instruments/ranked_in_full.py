"""The formula of recall, reckoned over every turn of a person at once, all columns side by side.

It says plainly what memory's own statement, which looks at whole rows of a few alone, must come to.
"""

from uuid import UUID

from asyncpg import Record

from emergence.kernel.storage.database import Transaction
from emergence.memory.store.forms import FORMS, get_ready
from emergence.memory.store.recall import Ranking, parameters

_RANKED = f"""
WITH {FORMS},
rows AS MATERIALIZED (
    SELECT said.*, likeness
    FROM (
        SELECT message_id, thread_id, position, octet_length(body)::float8 AS length, asks,
            said_at, coalesce(speaker = ANY ($5::text[]) OR role = $6, false) AS is_meant,
            $23::text::tstzmultirange IS NULL OR said_at <@ (SELECT $23::text::tstzmultirange) AS is_within,
            CASE WHEN terms @@ (SELECT string_agg(DISTINCT form, ' | ')::tsquery FROM forms) THEN terms END AS terms
        FROM turns WHERE user_id = $1 AND thread_id IS DISTINCT FROM $9 OFFSET 0
    ) AS said
    LEFT JOIN (
        SELECT message_id, -(vector OPERATOR(public.<#>) $7::public.halfvec) AS likeness
        FROM turn_vectors WHERE user_id = $1 AND model = $8 OFFSET 0
    ) AS vectors USING (message_id)
),
matched AS MATERIALIZED (
    SELECT message_id, terms FROM rows WHERE terms IS NOT NULL
),
averages AS MATERIALIZED (
    SELECT count(*) AS rows, avg(likeness) AS likeness, stddev_pop(likeness) AS deviation,
        $10::float8 * (1 + $11::float8 * least(greatest(avg(length) / $12::float8 - 1, 0), 1)) AS trust
    FROM rows
),
hits AS MATERIALIZED (
    SELECT message_id, place FROM matched JOIN terms ON matched.terms @@ terms.wanted
    UNION ALL
    SELECT message_id, place FROM rows JOIN spans ON said_at <@ span LEFT JOIN terms USING (place)
    WHERE EXISTS (SELECT FROM spans) AND NOT coalesce(rows.terms @@ terms.wanted, false)
),
rarities AS MATERIALIZED (
    SELECT place,
        ln(1 + (averages.rows - coalesce(found.rows, 0) + 0.5) / (coalesce(found.rows, 0) + 0.5))::float8 AS idf
    FROM (SELECT place FROM terms UNION SELECT place FROM spans) AS asked
        LEFT JOIN (SELECT place, count(*) AS rows FROM hits GROUP BY place) AS found USING (place), averages
),
covered AS (
    SELECT message_id, sum(idf) / (SELECT sum(idf) FROM rarities) AS share, array_agg(place ORDER BY place) AS places
    FROM hits JOIN rarities USING (place) GROUP BY message_id
),
alone AS MATERIALIZED (
    SELECT message_id, thread_id, position, length, asks, is_meant, is_within, rows.likeness, places,
        coalesce(share, 0)
        + coalesce(trust * (rows.likeness - averages.likeness) / nullif(deviation, 0), 0) AS own
    FROM rows LEFT JOIN covered USING (message_id), averages
),
beside AS (
    SELECT alone.*,
        $13::float8 * lag(own, 1, 0::float8) OVER along + $14::float8 * lag(own, 2, 0::float8) OVER along
        + $15::float8 * lead(own, 1, 0::float8) OVER along + $16::float8 * lead(own, 2, 0::float8) OVER along AS lent,
        row_number() OVER (PARTITION BY thread_id ORDER BY own DESC) AS place_in_thread
    FROM alone
    WHERE thread_id IN (
        SELECT thread_id FROM (
            SELECT thread_id FROM alone WHERE is_within ORDER BY own DESC, message_id LIMIT $21
        ) AS promising
    )
    WINDOW along AS (PARTITION BY thread_id ORDER BY position, message_id)
),
whole AS (
    SELECT beside.*, avg(own) FILTER (WHERE place_in_thread <= 3) OVER (PARTITION BY thread_id) AS thread_best
    FROM beside
),
best AS (
    SELECT message_id, own, likeness, places, own + lent + $17::float8 * thread_best AS evidence,
        own + lent + $17::float8 * thread_best + $18::float8 * ln(1 + least(length / 50, 8))
        + CASE WHEN is_meant THEN $19::float8 ELSE 0 END - CASE WHEN asks THEN $20::float8 ELSE 0 END AS score
    FROM whole WHERE is_within ORDER BY score DESC, message_id LIMIT $22
)
SELECT turns.message_id, thread_id, role, speaker, said_at, body, score, evidence, own, likeness, places,
    (SELECT rows FROM averages) AS among
FROM best JOIN turns ON turns.user_id = $1 AND turns.message_id = best.message_id
ORDER BY score DESC, message_id
"""
_PARAMETERS = 23


async def ranked_in_full(tx: Transaction, user_id: UUID, ranking: Ranking) -> list[Record]:
    """Return the turns of this person that fit best, best first, as rows."""
    await get_ready(tx)
    return await tx.fetch(_RANKED, *parameters(user_id, ranking)[:_PARAMETERS])
