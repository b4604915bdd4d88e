"""Which turns wait for a vector, and whose vectors answer for whom; the vectors are in guarded transactions only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from emergence.kernel.embeddings.embedder import Vector
from emergence.kernel.storage.database import Database, Transaction
from emergence.memory.failed_work import LEFT_OUT_AFTER

CHANNEL = "memory.vectors"
NOBODY = UUID(int=0)  # before everybody


@dataclass(frozen=True, slots=True)
class Pending:
    """A turn or an item that waits for its vector."""

    user_id: UUID
    message_id: UUID
    kind: Literal["turn", "item"]
    tries: int
    failures: int


async def note_person(tx: Transaction, user_id: UUID, model: str | None) -> None:
    """Note that there are turns of a person, for whom `model` answers unless one does already."""
    await tx.execute("INSERT INTO people (user_id, model) VALUES ($1, $2) ON CONFLICT DO NOTHING", user_id, model)


async def note_pending(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID], model: str, at: datetime) -> None:
    """Have vectors made for these turns. Idempotent."""
    await tx.execute(
        """
        INSERT INTO pending_vectors (user_id, message_id, model, due_at)
        SELECT $1, message_id, $3, $4 FROM unnest($2::uuid[]) AS new (message_id) ON CONFLICT DO NOTHING
        """,
        user_id,
        list(message_ids),
        model,
        at,
    )


async def people_waiting(database: Database, model: str, now: datetime, after: UUID, limit: int) -> list[UUID]:
    """Return people of whom something is due that never failed, those after `after` first, then from the beginning."""
    later = await _people_after(database, model, now, after, limit)
    if len(later) < limit:
        first = await _people_after(database, model, now, NOBODY, limit - len(later))
        later += [person for person in first if person <= after]
    return later


async def _people_after(database: Database, model: str, now: datetime, after: UUID, limit: int) -> list[UUID]:
    rows = await database.fetch(
        """
        WITH RECURSIVE waiting AS (
            SELECT $3::uuid AS user_id, 0 AS place
            UNION ALL
            SELECT next.user_id, place + 1 FROM waiting CROSS JOIN LATERAL (
                SELECT user_id FROM pending_vectors
                WHERE model = $1 AND failures = 0 AND user_id > waiting.user_id AND due_at <= $2
                ORDER BY user_id LIMIT 1
            ) AS next WHERE place < $4
        )
        SELECT user_id FROM waiting WHERE place > 0 ORDER BY place
        """,
        model,
        now,
        after,
        limit,
    )
    return [row["user_id"] for row in rows]


async def due_vectors(
    database: Database, model: str, now: datetime, people: Sequence[UUID], limit: int
) -> Sequence[Pending]:
    """Return what waits for a vector of `model` and never failed: one of each person, then another one of each."""
    rows = await database.fetch(
        """
        SELECT user_id, message_id, kind, tries, failures FROM unnest($3::uuid[]) AS person CROSS JOIN LATERAL (
            SELECT *, row_number() OVER (ORDER BY due_at) AS place FROM (
                SELECT * FROM pending_vectors
                WHERE model = $1 AND failures = 0 AND user_id = person AND due_at <= $2 ORDER BY due_at LIMIT $4
            ) AS theirs
        ) AS numbered ORDER BY place, user_id LIMIT $4
        """,
        model,
        now,
        list(people),
        limit,
    )
    return [Pending(**dict(row)) for row in rows]


async def failed_vectors(database: Database, model: str, now: datetime, limit: int) -> Sequence[Pending]:
    """Return what is due again after it failed, whosever it is, the longest due first."""
    rows = await database.fetch(
        """
        SELECT user_id, message_id, kind, tries, failures FROM pending_vectors
        WHERE model = $1 AND failures > 0 AND due_at <= $2 ORDER BY due_at LIMIT $3
        """,
        model,
        now,
        limit,
    )
    return [Pending(**dict(row)) for row in rows]


async def store_vectors(tx: Transaction, user_id: UUID, model: str, vectors: Mapping[UUID, Vector]) -> None:
    """Keep vectors of the user's turns; of a turn that has gone meanwhile none is kept."""
    await tx.execute(
        """
        INSERT INTO turn_vectors (user_id, message_id, model, vector)
        SELECT $1, made.message_id, $2, made.vector::public.halfvec
        FROM unnest($3::uuid[], $4::text[]) AS made (message_id, vector)
        JOIN turns ON turns.user_id = $1 AND turns.message_id = made.message_id
        ON CONFLICT DO NOTHING
        """,
        user_id,
        model,
        list(vectors),
        list(vectors.values()),
    )


async def settle(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID], model: str) -> None:
    """Note that these turns wait no longer."""
    await tx.execute(
        "DELETE FROM pending_vectors WHERE user_id = $1 AND message_id = ANY ($2) AND model = $3",
        user_id,
        list(message_ids),
        model,
    )


async def postpone(
    database: Database, model: str, pending: Sequence[Pending], until: datetime, *, has_failed: bool = False
) -> None:
    """Have these tried again later; an outage is no failure of theirs."""
    await database.execute(
        """
        UPDATE pending_vectors SET due_at = $4, tries = tries + 1, failures = failures + $5::boolean::integer
        WHERE model = $1
            AND (user_id, message_id) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))
        """,
        model,
        [each.user_id for each in pending],
        [each.message_id for each in pending],
        until,
        has_failed,
    )


async def count_pending(database: Database) -> int:
    """Return how many turns wait for a vector, and are not left out."""
    row = await database.fetchrow("SELECT count(*) FROM pending_vectors WHERE failures < $1", LEFT_OUT_AFTER)
    return 0 if row is None else int(row[0])


async def count_left_out(database: Database) -> int:
    """Return of how many turns and items no vector could be made so often that they are left out."""
    row = await database.fetchrow("SELECT count(*) FROM pending_vectors WHERE failures >= $1", LEFT_OUT_AFTER)
    return 0 if row is None else int(row[0])


async def count_pending_of(tx: Transaction, user_id: UUID) -> int:
    """Return how much of one person waits for a vector."""
    counted = "SELECT count(*) FROM pending_vectors WHERE user_id = $1 AND failures < $2"
    return int(await tx.fetchval(counted, user_id, LEFT_OUT_AFTER))


async def answering_model(tx: Transaction, user_id: UUID) -> str | None:
    """Return the model whose vectors answer for a person; None: words alone do."""
    row = await tx.fetchrow("SELECT model FROM people WHERE user_id = $1", user_id)
    return None if row is None else row["model"]


async def answers_for_anybody(database: Database, model: str) -> bool:
    """Return whether there is anybody for whom `model` answers."""
    return await database.fetchrow("SELECT 1 FROM people WHERE model = $1 LIMIT 1", model) is not None


async def people_without(database: Database, model: str, after: UUID | None, limit: int) -> list[UUID]:
    """Return people for whom another model answers, or none, in the order of their ids."""
    rows = await database.fetch(
        """
        SELECT user_id FROM people WHERE model IS DISTINCT FROM $1 AND ($2::uuid IS NULL OR user_id > $2)
        ORDER BY user_id LIMIT $3
        """,
        model,
        after,
        limit,
    )
    return [row["user_id"] for row in rows]


async def begin_model(tx: Transaction, user_id: UUID, model: str, at: datetime) -> bool:
    """Have vectors of `model` made for all the user's turns and items that have none; return whether any lacks one.

    What is left out lacks none: else one text would keep the former model for ever.
    """
    row = await tx.fetchrow(
        """
        WITH missing AS (
            SELECT message_id, 'turn' AS kind FROM turns WHERE user_id = $1 AND NOT EXISTS (
                SELECT FROM turn_vectors AS made
                WHERE made.user_id = $1 AND made.message_id = turns.message_id AND made.model = $2
            )
            UNION ALL
            SELECT id, 'item' FROM items WHERE user_id = $1 AND NOT EXISTS (
                SELECT FROM item_vectors AS made
                WHERE made.user_id = $1 AND made.id = items.id AND made.model = $2
            )
        ), noted AS (
            INSERT INTO pending_vectors (user_id, message_id, kind, model, due_at)
            SELECT $1, message_id, kind, $2, $3 FROM missing ON CONFLICT DO NOTHING
        )
        SELECT count(*) FROM missing WHERE NOT EXISTS (
            SELECT FROM pending_vectors AS waits
            WHERE waits.user_id = $1 AND waits.message_id = missing.message_id AND waits.model = $2
                AND waits.failures >= $4
        )
        """,
        user_id,
        model,
        at,
        LEFT_OUT_AFTER,
    )
    return row is not None and row[0] > 0


async def answer_with(tx: Transaction, user_id: UUID, model: str) -> None:
    """Let `model` answer for a person, and remove what other models made for them."""
    await tx.execute("UPDATE people SET model = $2 WHERE user_id = $1", user_id, model)
    await tx.execute("DELETE FROM turn_vectors WHERE user_id = $1 AND model <> $2", user_id, model)
    await tx.execute("DELETE FROM item_vectors WHERE user_id = $1 AND model <> $2", user_id, model)
    await tx.execute("DELETE FROM pending_vectors WHERE user_id = $1 AND model <> $2", user_id, model)


def wait_after(tries: int, longest: timedelta) -> timedelta:
    """Return how long to wait after so many failed tries: twice as long each time."""
    return min(timedelta(seconds=1) * (1 << min(tries, 20)), longest)
