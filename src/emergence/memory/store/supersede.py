"""Which of several things that cannot all be so is so now: the latest said; the others stay, with how long they held.

What is worked out depends on what there is, never on the order in which it came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.kernel.storage.database import Transaction

GivesWay = Literal["updates", "contradicts"]

# Of these there is one at a time. What cannot change (a birthday) was once told wrongly: it is contradicted.
ONE_AT_A_TIME: dict[str, GivesWay] = {
    "name": "updates",
    "born": "contradicts",
    "age": "updates",
    "lives_in": "updates",
    "works_at": "updates",
    "works_as": "updates",
    "studies_at": "updates",
    "partner": "updates",
    "pronouns": "updates",
    "birthday": "contradicts",
}

# What the person corrected is what they said last, whatever it was taken from.
# Facts about one thing, of one trust: what is not trusted supersedes nothing that is. A fact of an event is an end:
# from then on it is so no longer.
_FACTS = """
    SELECT items.id, items.state, rival.predicate AS key, folded(rival.object) AS says, 1::real AS strength,
        items.kind = 'event' AS ends,
        coalesce(rival.valid_from, min(said_at), items.recorded_at) AS since,
        CASE items.kind WHEN 'event' THEN rival.valid_to ELSE
            coalesce(
            greatest(max(said_at), min(items.recorded_at) FILTER (WHERE items.origin = 'written')),
            items.recorded_at
        )
        END AS said_at
    FROM facts AS new
    JOIN facts AS rival ON rival.user_id = $1 AND rival.predicate = new.predicate
        AND folded(rival.subject) = folded(new.subject)
    JOIN items ON items.user_id = $1 AND items.id = rival.item_id
    JOIN items AS added ON added.user_id = $1 AND added.id = new.item_id
        AND (added.origin IN ('written', 'said')) = (items.origin IN ('written', 'said'))
    LEFT JOIN item_sources ON item_sources.user_id = $1 AND item_sources.item_id = items.id
    WHERE new.user_id = $1 AND new.item_id = $2
    GROUP BY items.user_id, items.id, rival.user_id, rival.item_id
"""
_PREFERENCES = """
    SELECT items.id, items.state, '' AS key, folded(rival.value) AS says, rival.strength, false AS ends,
        coalesce(min(said_at), items.recorded_at) AS since,
        coalesce(
            greatest(max(said_at), min(items.recorded_at) FILTER (WHERE items.origin = 'written')),
            items.recorded_at
        ) AS said_at
    FROM preferences AS new
    JOIN preferences AS rival ON rival.user_id = $1 AND rival.key = new.key AND rival.scope = new.scope
    JOIN items ON items.user_id = $1 AND items.id = rival.item_id
    LEFT JOIN item_sources ON item_sources.user_id = $1 AND item_sources.item_id = items.id
    WHERE new.user_id = $1 AND new.item_id = $2
    GROUP BY items.user_id, items.id, rival.user_id, rival.item_id
"""


@dataclass(frozen=True, slots=True)
class _Rival:
    """One of several that may exclude each other: since when it is so, and when it was last said."""

    id: UUID
    state: str
    key: str
    says: str
    strength: float
    ends: bool
    since: datetime
    said_at: datetime


async def settle(tx: Transaction, user_id: UUID, item_id: UUID, at: datetime) -> bool:
    """Give a new item its place among what it excludes; return whether another one gave way."""
    others_gave_way = False
    for question in (_FACTS, _PREFERENCES):
        rivals = [_Rival(**dict(row)) for row in await tx.fetch(question, user_id, item_id)]
        for loser, winner in _losers(rivals):
            await _give_way(tx, user_id, loser, winner, at)
            others_gave_way |= loser.id != item_id and loser.state != "superseded"
    return others_gave_way


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


def _losers(rivals: Sequence[_Rival]) -> Iterator[tuple[_Rival, _Rival]]:
    """Yield what is so no longer, with what came next."""
    for rival in rivals:
        later = [other for other in rivals if _ends(other, rival)]
        if later:
            yield rival, min(later, key=lambda other: (max(other.since, rival.said_at), other.id))


def _ends(other: _Rival, rival: _Rival) -> bool:
    if other.ends and rival.ends:
        return False
    if other.ends:
        return other.says in (rival.says, "") and other.said_at >= rival.said_at
    if rival.ends:
        return other.says == rival.says and other.said_at > rival.said_at
    excludes = not rival.key or rival.key in ONE_AT_A_TIME
    differs = (other.says, other.strength > 0) != (rival.says, rival.strength > 0)
    return excludes and differs and (other.said_at, other.id) > (rival.said_at, rival.id)


async def _give_way(tx: Transaction, user_id: UUID, loser: _Rival, winner: _Rival, at: datetime) -> None:
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
        until = winner.said_at if winner.ends else max(winner.since, loser.said_at)
        await tx.execute(
            "UPDATE facts SET valid_to = least(valid_to, $3) WHERE user_id = $1 AND item_id = $2",
            user_id,
            loser.id,
            until,
        )
    await tx.execute(
        """
        WITH former AS (
            DELETE FROM links WHERE user_id = $1 AND to_id = $3 AND kind IN ('updates', 'contradicts')
                AND from_id <> $2 AND from_id IN (SELECT item_id FROM facts WHERE user_id = $1)
        )
        INSERT INTO links (user_id, from_id, to_id, kind) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
        """,
        user_id,
        winner.id,
        loser.id,
        _kind_of_link(loser, winner),
    )


def _kind_of_link(loser: _Rival, winner: _Rival) -> GivesWay:
    if loser.key:
        return "updates" if winner.ends or loser.ends else ONE_AT_A_TIME[loser.key]
    return "contradicts" if (loser.strength > 0) != (winner.strength > 0) else "updates"
