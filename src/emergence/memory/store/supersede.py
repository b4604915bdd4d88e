"""Which of several things that cannot all be so is so now: the latest said; the others stay, with how long they held.

What is worked out depends on what there is, never on the order in which it came.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.store.rivals import ONE_AT_A_TIME, GivesWay, Rival, is_about, losers

MANY = 500  # rivals: what takes longer than an event loop may be kept waiting is worked out beside it

# How each stands now: whether it gave way, what is known of its end, and to what it gave way.
_WRITTEN = """
    items.state, items.state = 'superseded' AND items.superseded_at IS NOT NULL AS gave_way,
    array(
        SELECT links.from_id::text || ' ' || links.kind FROM links
        WHERE links.user_id = $1 AND links.to_id = items.id AND links.kind IN ('updates', 'contradicts')
    ) AS led
"""


def _as_compared(words: str) -> str:
    """Return what compares words as `folded` does; of those without accents it takes a tenth of the time."""
    return f"CASE WHEN octet_length({words}) = length({words}) THEN lower({words}) ELSE folded({words}) END"


# What the person corrected is what they said last, whatever it was taken from.
# Facts about one thing, of one trust: what is not trusted supersedes nothing that is. A fact of an event is an end:
# from then on it is so no longer.
_FACTS = f"""
    SELECT items.id, {_WRITTEN}, true AS is_fact, rival.valid_to,
        rival.predicate AS key, {_as_compared("rival.object")} AS says, 1::real AS strength,
        items.kind = 'event' AS ends, items.kind = 'event' AND rival.valid_from IS NOT NULL AS denies, '' AS wish,
        coalesce(rival.valid_from, min(said_at), items.recorded_at) AS since,
        CASE items.kind WHEN 'event' THEN rival.valid_to ELSE
            coalesce(
            greatest(max(said_at), min(items.recorded_at) FILTER (WHERE items.origin = 'written')),
            items.recorded_at
        )
        END AS said_at
    FROM facts AS new
    JOIN facts AS rival ON rival.user_id = $1 AND rival.predicate = new.predicate
        AND (rival.subject = new.subject OR folded(rival.subject) = folded(new.subject))
    JOIN items ON items.user_id = $1 AND items.id = rival.item_id
    JOIN items AS added ON added.user_id = $1 AND added.id = new.item_id
        AND (added.origin IN ('written', 'said')) = (items.origin IN ('written', 'said'))
    LEFT JOIN item_sources ON item_sources.user_id = $1 AND item_sources.item_id = items.id
    WHERE new.user_id = $1 AND new.item_id = $2
    GROUP BY items.user_id, items.id, rival.user_id, rival.item_id
"""  # noqa: S608 - constants
_PREFERENCES = f"""
    SELECT items.id, {_WRITTEN}, facts.item_id IS NOT NULL AS is_fact, facts.valid_to,
        '' AS key, {_as_compared("rival.value")} AS says, rival.strength,
        items.kind = 'event' AS ends, false AS denies, rival.key AS wish,
        coalesce(min(said_at), items.recorded_at) AS since,
        coalesce(
            greatest(max(said_at), min(items.recorded_at) FILTER (WHERE items.origin = 'written')),
            items.recorded_at
        ) AS said_at
    FROM preferences AS new
    JOIN items AS added ON added.user_id = $1 AND added.id = new.item_id
    JOIN preferences AS rival ON rival.user_id = $1 AND rival.scope = new.scope
    JOIN items ON items.user_id = $1 AND items.id = rival.item_id AND (
        rival.key = new.key
        OR 'event' IN (items.kind, added.kind)
            AND new.key ~ '^(likes:|diet$|drinks$)' AND rival.key ~ '^(likes:|diet$|drinks$)'
        OR starts_with(new.key, 'prefers:') AND (
            starts_with(rival.key, 'prefers:')
            OR rival.key = 'likes:' || split_part(substr(new.key, length('prefers:') + 1), '>', 1)
        )
        OR starts_with(new.key, 'likes:') AND (
            rival.key = 'prefers:' || substr(new.key, length('likes:') + 1)
            OR starts_with(rival.key, 'prefers:' || substr(new.key, length('likes:') + 1) || '>')
        )
    )
    LEFT JOIN facts ON facts.user_id = $1 AND facts.item_id = items.id
    LEFT JOIN item_sources ON item_sources.user_id = $1 AND item_sources.item_id = items.id
    WHERE new.user_id = $1 AND new.item_id = $2
    GROUP BY items.user_id, items.id, rival.user_id, rival.item_id, facts.user_id, facts.item_id
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class _Standing(Rival):
    """A rival and what is written of it: its state, and what it gave way to, `id kind` each."""

    state: str
    gave_way: bool
    led: Sequence[str]
    is_fact: bool
    valid_to: datetime | None
    denies: bool  # an end that was always so: what was said otherwise was wrong


async def settle(tx: Transaction, user_id: UUID, item_id: UUID, at: datetime) -> bool:
    """Give a new item its place among what it excludes; return whether another one gave way.

    Everything is worked out again, as what was there may have been said again since; only what comes out otherwise than
    it is written is written.
    """
    others_gave_way = False
    for question in (_FACTS, _PREFERENCES):
        rivals = {row["id"]: _Standing(**dict(row)) for row in await tx.fetch(question, user_id, item_id)}
        for lost, won in await _losers(_near(list(rivals.values()), item_id)):
            loser, winner = rivals[lost.id], rivals[won.id]
            if not _is_written(loser, winner):
                await _give_way(tx, user_id, loser, winner, at)
            others_gave_way |= loser.id != item_id and loser.state != "superseded"
    return others_gave_way


async def _losers(rivals: Sequence[Rival]) -> list[tuple[Rival, Rival]]:
    if len(rivals) < MANY:
        return list(losers(rivals))
    return await asyncio.to_thread(lambda: list(losers(rivals)))


async def superseded_by(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return what gave way to these items and is none of them."""
    rows = await tx.fetch(
        """
        SELECT DISTINCT to_id FROM links WHERE user_id = $1 AND from_id = ANY ($2) AND NOT to_id = ANY ($2)
            AND kind IN ('updates', 'contradicts')
        """,
        user_id,
        list(ids),
    )
    return [row["to_id"] for row in rows]


async def settle_again(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> None:
    """Let what gave way be so again, unless it gives way to something else: what it gave way to is gone. Idempotent."""
    revived = await tx.fetch(
        """
        WITH back AS (
            UPDATE items SET state = 'active', superseded_at = NULL
            WHERE user_id = $1 AND id = ANY ($2) AND state = 'superseded'
                AND NOT EXISTS (SELECT FROM links WHERE links.user_id = $1 AND to_id = id AND kind <> 'derived_from')
            RETURNING id, kind, recorded_at
        ), open AS (
            UPDATE facts SET valid_to = NULL FROM back
            WHERE user_id = $1 AND item_id = back.id AND back.kind <> 'event'
        )
        SELECT id, recorded_at FROM back
        """,
        user_id,
        list(ids),
    )
    for row in revived:
        await settle(tx, user_id, row["id"], row["recorded_at"])


# What was last said, or corrected, before.
_END_FACTS = """
    UPDATE items SET state = 'superseded', superseded_at = coalesce(superseded_at, $7) FROM facts
    WHERE items.user_id = $1 AND facts.user_id = $1 AND facts.item_id = items.id
        AND state <> 'superseded' AND kind <> 'event' AND origin IN ('written', 'said')
        AND predicate = $3 AND folded(subject) = folded($2) AND (folded(object) = folded($4) OR $4 = '') = $5
        AND coalesce(
            greatest(
                (SELECT max(said_at) FROM item_sources WHERE item_sources.user_id = $1 AND item_id = items.id),
                CASE origin WHEN 'written' THEN recorded_at END
            ),
            recorded_at
        ) < $6
    RETURNING items.id
"""
_END_PREFERENCES = """
    UPDATE items SET state = 'superseded', superseded_at = coalesce(superseded_at, $6) FROM preferences
    WHERE items.user_id = $1 AND preferences.user_id = $1 AND preferences.item_id = items.id
        AND state <> 'superseded' AND kind <> 'event' AND key = $2 AND scope = $3
        AND (folded(value) = folded($4)) = $7 AND (NOT $7 OR key IN ('diet', 'drinks') OR strength < 0)
        AND coalesce(
            greatest(
                (SELECT max(said_at) FROM item_sources WHERE item_sources.user_id = $1 AND item_id = items.id),
                CASE origin WHEN 'written' THEN recorded_at END
            ),
            recorded_at
        ) < $5
"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a person says again that they had forgotten: no item may tell it, and yet what it ended is over."""

    said_at: datetime
    is_end: bool = False
    fact: tuple[str, str, str] | None = None  # subject, predicate, object
    preference: tuple[str, str, str] | None = None  # key, scope, value


async def end_former(tx: Transaction, user_id: UUID, forgotten: Forgotten, at: datetime) -> None:
    """End what was said before and cannot be so beside what is forgotten, which stays so. Idempotent."""
    if forgotten.fact is not None and (forgotten.is_end or forgotten.fact[1] in ONE_AT_A_TIME):
        ended = await tx.fetch(_END_FACTS, user_id, *forgotten.fact, forgotten.is_end, forgotten.said_at, at)
        await tx.execute(
            "UPDATE facts SET valid_to = least(valid_to, $3) WHERE user_id = $1 AND item_id = ANY ($2)",
            user_id,
            [row["id"] for row in ended],
            forgotten.said_at,
        )
    if forgotten.preference is not None:
        of = (*forgotten.preference, forgotten.said_at, at, forgotten.is_end)
        await tx.execute(_END_PREFERENCES, user_id, *of)


def _near(rivals: Sequence[Rival], item_id: UUID) -> Sequence[Rival]:
    """Return those that matter to one of them: of the many likes an end is about few."""
    own = next((rival for rival in rivals if rival.id == item_id), None)
    if own is None or own.key:
        return rivals
    return [each for each in rivals if each.wish == own.wish or not (own.ends or each.ends) or is_about(each, own)]


def _is_written(loser: _Standing, winner: _Standing) -> bool:
    """Return whether `_give_way` would change nothing."""
    has_ended = loser.valid_to is not None and loser.valid_to <= _until(loser, winner)
    return (
        loser.gave_way
        and (has_ended or loser.ends or not loser.is_fact)
        and list(loser.led) == [f"{winner.id} {_kind_of_link(loser, winner)}"]
    )


def _until(loser: Rival, winner: Rival) -> datetime:
    return winner.said_at if winner.ends else max(winner.since, loser.said_at)


async def _give_way(tx: Transaction, user_id: UUID, loser: _Standing, winner: _Standing, at: datetime) -> None:
    await tx.execute(
        """
        UPDATE items SET state = 'superseded', superseded_at = coalesce(superseded_at, $3)
        WHERE user_id = $1 AND id = $2
        """,
        user_id,
        loser.id,
        at,
    )
    if not loser.ends:
        await tx.execute(
            "UPDATE facts SET valid_to = least(valid_to, $3) WHERE user_id = $1 AND item_id = $2",
            user_id,
            loser.id,
            _until(loser, winner),
        )
    await tx.execute(
        """
        WITH former AS (
            DELETE FROM links WHERE user_id = $1 AND to_id = $3 AND kind IN ('updates', 'contradicts')
                AND from_id <> $2 AND from_id IN (SELECT item_id FROM facts WHERE user_id = $1)
        )
        INSERT INTO links (user_id, from_id, to_id, kind, is_version) VALUES ($1, $2, $3, $4, false)
        ON CONFLICT DO NOTHING
        """,
        user_id,
        winner.id,
        loser.id,
        _kind_of_link(loser, winner),
    )


def _kind_of_link(loser: _Standing, winner: _Standing) -> GivesWay:
    if winner.denies or loser.denies:
        return "contradicts"
    if loser.key:
        return "updates" if winner.ends or loser.ends else ONE_AT_A_TIME[loser.key]
    if winner.ends or loser.ends:
        return "updates"
    return "contradicts" if (loser.strength > 0) != (winner.strength > 0) else "updates"
