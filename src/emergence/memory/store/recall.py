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
MANY_TURNS = 20_000  # rows of one person; up to so many every turn of a promising thread is looked at
REACH = 24  # beyond: turns to each side of a promising one, itself among them
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
    many_turns: int = MANY_TURNS


_OWN = """
        coalesce(share, 0)
        + coalesce(trust * (vectors.likeness - averages.likeness) / nullif(deviation, 0), 0) AS own"""
_MAY_COME = """
        ($23::text IS NULL OR message_id IN (
            SELECT message_id FROM turns WHERE user_id = $1 AND said_at <@ (SELECT $23::text::tstzmultirange)
        ))"""
_SHOWN = """
            message_id, thread_id, position, octet_length(body)::float8 AS length, asks,
                coalesce(speaker = ANY ($5::text[]) OR role = $6, false) AS is_meant,
                $23::text IS NULL OR said_at <@ (SELECT $23::text::tstzmultirange) AS is_within
            FROM turns WHERE user_id = $1 AND thread_id = starts.thread_id"""
# Every turn is looked at once, for its words, and every vector once; of neither anything goes further but its id, and
# how it fits. Turns that hold the same terms are counted together: what is rare, and what a turn covers, is reckoned
# once for each such kind. Of turns without any of the words only the closest may come first: no word lowers a score.
# What the best take from others is read by index: their whole threads, and of who has many turns the nearest $25 to
# each side. Only then a thread's best three may be worse than they are, where fewer are among the best of all, and who
# stands at the end of such a stretch takes a part of the next one's. OFFSET 0 keeps texts and vectors out of joins and
# sorts.
RANKED = f"""
WITH {FORMS},
asked AS MATERIALIZED (
    SELECT place, wanted, span FROM terms FULL JOIN spans USING (place) ORDER BY place
),
kinds AS MATERIALIZED (
    SELECT places, count(*) AS rows, sum(length) AS length,
        array_agg(message_id) FILTER (WHERE places IS NOT NULL) AS messages
    FROM (
        SELECT message_id, octet_length(body)::float8 AS length,
            CASE WHEN terms @@ (SELECT string_agg(DISTINCT form, ' | ')::tsquery FROM forms)
                OR said_at <@ (SELECT range_agg(span) FROM spans)
            THEN ARRAY(SELECT place FROM asked WHERE turns.terms @@ wanted OR turns.said_at <@ span) END AS places
        FROM turns WHERE user_id = $1 AND thread_id IS DISTINCT FROM $9 OFFSET 0
    ) AS said GROUP BY places
),
vectors AS MATERIALIZED (
    SELECT message_id, -(vector OPERATOR(public.<#>) $7::public.halfvec) AS likeness
    FROM turn_vectors WHERE user_id = $1 AND model = $8
        AND ($9::uuid IS NULL OR message_id NOT IN (SELECT message_id FROM turns WHERE user_id = $1 AND thread_id = $9))
    OFFSET 0
),
averages AS MATERIALIZED (
    SELECT rows, vectors, likeness, deviation, CASE WHEN rows > $24::bigint THEN $25::bigint END AS reach,
        $10::float8 * (1 + $11::float8 * least(greatest(length / $12::float8 - 1, 0), 1)) AS trust
    FROM (SELECT sum(rows)::bigint AS rows, sum(length) / sum(rows)::float8 AS length FROM kinds) AS of_turns,
        (SELECT count(*) AS vectors, avg(likeness) AS likeness, stddev_pop(likeness) AS deviation FROM vectors)
            AS of_vectors
),
rarities AS MATERIALIZED (
    SELECT place,
        ln(1 + (averages.rows - coalesce(found.rows, 0) + 0.5) / (coalesce(found.rows, 0) + 0.5))::float8 AS idf
    FROM asked LEFT JOIN (
        SELECT place, sum(rows)::bigint AS rows FROM kinds, unnest(places) AS place GROUP BY place
    ) AS found USING (place), averages
),
covered AS MATERIALIZED (
    SELECT unnest(messages) AS message_id, places, share FROM (
        SELECT messages, places, (SELECT sum(idf) FILTER (WHERE place = ANY (places)) / sum(idf) FROM rarities) AS share
        FROM kinds WHERE places IS NOT NULL OFFSET 0
    ) AS shares
),
closest AS MATERIALIZED (
    SELECT message_id, likeness FROM vectors WHERE {_MAY_COME} ORDER BY likeness DESC, message_id LIMIT $21
),
bare AS MATERIALIZED (
    SELECT message_id FROM turns
    WHERE (SELECT rows > vectors FROM averages) AND user_id = $1 AND thread_id IS DISTINCT FROM $9
        AND message_id NOT IN (SELECT message_id FROM vectors) AND message_id NOT IN (SELECT message_id FROM covered)
        AND ($23::text IS NULL OR said_at <@ (SELECT $23::text::tstzmultirange))
    ORDER BY message_id LIMIT $21
),
promising AS MATERIALIZED (
    SELECT message_id FROM (
        SELECT message_id, {_OWN} FROM covered LEFT JOIN vectors USING (message_id), averages WHERE {_MAY_COME}
        UNION ALL
        SELECT message_id, {_OWN} FROM (SELECT *, 0 AS share FROM closest) AS vectors, averages
        WHERE message_id NOT IN (SELECT message_id FROM covered)
        UNION ALL
        SELECT message_id, 0 FROM bare
    ) AS alone ORDER BY own DESC, message_id LIMIT $21
),
starts AS MATERIALIZED (
    SELECT thread_id, min(position) AS position
    FROM promising JOIN turns ON turns.user_id = $1 AND turns.message_id = promising.message_id
    GROUP BY thread_id, CASE WHEN (SELECT reach FROM averages) IS NOT NULL THEN position END
),
near AS MATERIALIZED (
    SELECT DISTINCT ON (message_id) here.*
    FROM starts CROSS JOIN LATERAL (
        (
            SELECT {_SHOWN} AND position >= starts.position
            ORDER BY position LIMIT (SELECT reach FROM averages)
        )
        UNION ALL
        (
            SELECT {_SHOWN} AND position < starts.position
            ORDER BY position DESC LIMIT (SELECT reach FROM averages)
        )
    ) AS here
),
alone AS MATERIALIZED (
    SELECT near.*, vectors.likeness, places, {_OWN}
    FROM near LEFT JOIN vectors USING (message_id) LEFT JOIN covered USING (message_id), averages
),
beside AS (
    SELECT alone.*,
        $13::float8 * lag(own, 1, 0::float8) OVER along + $14::float8 * lag(own, 2, 0::float8) OVER along
        + $15::float8 * lead(own, 1, 0::float8) OVER along + $16::float8 * lead(own, 2, 0::float8) OVER along AS lent,
        row_number() OVER (PARTITION BY thread_id ORDER BY own DESC) AS place_in_thread
    FROM alone WINDOW along AS (PARTITION BY thread_id ORDER BY position, message_id)
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
    terms = ranking.terms
    await get_ready(tx)
    rows = await tx.fetch(RANKED, *parameters(user_id, ranking))
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


def parameters(user_id: UUID, ranking: Ranking) -> list[object]:
    """Return the parameters of `RANKED`."""
    terms, likeness, weights = ranking.terms, ranking.likeness, ranking.weights
    return [
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
        ranking.many_turns,
        REACH,
    ]
