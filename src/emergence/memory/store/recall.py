"""The one statement that ranks what a person said: words and likeness for each turn, carried to its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.embeddings.embedder import Vector
from emergence.kernel.storage.database import Transaction
from emergence.memory.store.forms import FORMS, AskedTerm, get_ready, written
from emergence.memory.store.spans import Span, multirange

PROMISING = 200  # rows whose threads are looked at as a whole
MOST_SPEAKERS = 200  # an imported archive may quote a whole company


@dataclass(frozen=True, slots=True)
class Likeness:
    """A question as one model sees it, and how much a standard deviation of it counts."""

    model: str
    vector: Vector
    weight: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What a turn's score is made of; figures of docs/memory-measurements.md.

    Words say less where texts are long: from an average of `long_characters` on likeness counts for more, up to
    1 + `long_trust` times as much at twice that.
    """

    before: tuple[float, float]
    after: tuple[float, float]
    thread: float
    participant: float
    question: float
    length: float
    long_trust: float
    long_characters: float


@dataclass(frozen=True, slots=True)
class RankedTurn:
    """A turn that fits, `among` so many; `own_score` is what it has without its neighbours and its thread.

    `evidence` is its score without what only changes the order: who spoke, its length, that it asks.
    """

    message_id: UUID
    thread_id: UUID
    role: str
    speaker: str
    said_at: datetime
    body: str
    score: float
    evidence: float
    own_score: float
    likeness: float | None
    found: tuple[AskedTerm, ...]
    among: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """What to rank for."""

    terms: Sequence[AskedTerm]
    speakers: Sequence[str]
    role: str | None
    likeness: Likeness | None
    weights: Weights
    exclude_thread: UUID | None
    limit: int
    within: Sequence[Span] | None = None  # nothing else is returned; what is rare is reckoned over everything


# Rows with none of the words carry no words on: only few are then looked at again, term by term. Neighbours and threads
# are reckoned for threads of the best rows alone; a thread without any of those has none that could come first. Texts
# and vectors stay out of joins and sorts (OFFSET 0 keeps the planner from moving them in).
_RANKED = f"""
WITH {FORMS},
rows AS MATERIALIZED (
    SELECT said.*, likeness
    FROM (
        SELECT message_id, thread_id, position, octet_length(body)::float8 AS length, asks,
            said_at, coalesce(speaker = ANY ($5::text[]) OR role = $6, false) AS is_meant,
            $23::text::tstzmultirange IS NULL OR said_at <@ $23::text::tstzmultirange AS is_within,
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
"""  # noqa: S608 - a constant


async def speakers_of(tx: Transaction, user_id: UUID) -> list[str]:
    """Return whoever spoke in what is kept of this person; takes a look at the index for each of them."""
    rows = await tx.fetch(
        """
        WITH RECURSIVE speakers AS (
            (SELECT speaker FROM turns WHERE user_id = $1 ORDER BY speaker LIMIT 1)
            UNION ALL
            SELECT (
                SELECT speaker FROM turns WHERE user_id = $1 AND speaker > speakers.speaker ORDER BY speaker LIMIT 1
            )
            FROM speakers WHERE speakers.speaker IS NOT NULL
        )
        SELECT speaker FROM speakers WHERE speaker <> '' LIMIT $2
        """,
        user_id,
        MOST_SPEAKERS,
    )
    return [row["speaker"] for row in rows]


async def ranked_turns(tx: Transaction, user_id: UUID, ranking: Ranking) -> list[RankedTurn]:
    """Return the turns of this person that fit best, best first; `tx` has named the user to row-level security."""
    terms, likeness, weights = ranking.terms, ranking.likeness, ranking.weights
    await get_ready(tx)
    rows = await tx.fetch(
        _RANKED,
        user_id,
        *written(terms),
        list(ranking.speakers),
        ranking.role,
        likeness.vector if likeness else None,
        likeness.model if likeness else None,
        ranking.exclude_thread,
        likeness.weight if likeness else 0.0,
        weights.long_trust,
        weights.long_characters,
        *weights.before,
        *weights.after,
        weights.thread,
        weights.length,
        weights.participant,
        weights.question,
        max(PROMISING, ranking.limit),
        ranking.limit,
        None if ranking.within is None else multirange(ranking.within),
    )
    return [
        RankedTurn(
            message_id=row["message_id"],
            thread_id=row["thread_id"],
            role=row["role"],
            speaker=row["speaker"],
            said_at=row["said_at"],
            body=row["body"],
            score=row["score"],
            evidence=row["evidence"],
            own_score=row["own"],
            likeness=row["likeness"],
            found=tuple(terms[place - 1] for place in row["places"] or ()),
            among=row["among"],
        )
        for row in rows
    ]
