"""Which of several things that cannot all be so is so now: the latest said; the others stay, with how long they held.

What is worked out depends on what there is, never on the order in which it came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.store.what_ends import ends_wish, is_same_thing

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
        items.kind = 'event' AS ends, '' AS wish,
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
    SELECT items.id, items.state, '' AS key, folded(rival.value) AS says, rival.strength,
        items.kind = 'event' AS ends, rival.key AS wish,
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
    LEFT JOIN item_sources ON item_sources.user_id = $1 AND item_sources.item_id = items.id
    WHERE new.user_id = $1 AND new.item_id = $2
    GROUP BY items.user_id, items.id, rival.user_id, rival.item_id
"""


@dataclass(frozen=True, slots=True)
class _Rival:
    """One of several that may exclude each other: since when it is so, and when it was last said.

    `key` is a fact's predicate, `wish` a preference's key.
    """

    id: UUID
    state: str
    key: str
    says: str
    strength: float
    ends: bool
    wish: str
    since: datetime
    said_at: datetime


async def settle(tx: Transaction, user_id: UUID, item_id: UUID, at: datetime) -> bool:
    """Give a new item its place among what it excludes; return whether another one gave way."""
    others_gave_way = False
    for question in (_FACTS, _PREFERENCES):
        rivals = [_Rival(**dict(row)) for row in await tx.fetch(question, user_id, item_id)]
        for loser, winner in _losers(_near(rivals, item_id)):
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


def _near(rivals: Sequence[_Rival], item_id: UUID) -> Sequence[_Rival]:
    """Return those that matter to one of them: of the many likes an end is about few."""
    own = next((rival for rival in rivals if rival.id == item_id), None)
    if own is None or own.key:
        return rivals
    return [each for each in rivals if each.wish == own.wish or not (own.ends or each.ends) or _is_about(each, own)]


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
        is_later = other.said_at >= rival.said_at if other.says else other.said_at > rival.said_at
        return is_later and _is_about(other, rival)
    if rival.ends:
        return other.said_at > rival.said_at and rival.says != "" and _is_about(rival, other)
    excludes = not rival.key or rival.key in ONE_AT_A_TIME
    differs = (other.says, other.strength > 0) != (rival.says, rival.strength > 0)
    return excludes and differs and _compete(other, rival) and (other.said_at, other.id) > (rival.said_at, rival.id)


def _is_about(one: _Rival, other: _Rival) -> bool:
    """Return whether one of them is the end of the other; what ends without a name ends whatever there was."""
    if one.ends == other.ends:
        return False
    end, thing = (one, other) if one.ends else (other, one)
    if end.key:
        return end.says == "" or is_same_thing(end.says, thing.says)
    return ends_wish((end.wish, end.says, end.strength), (thing.wish, thing.says, thing.strength))


def _compete(one: _Rival, other: _Rival) -> bool:
    """Return whether two wishes are about one thing, `prefers:tea>coffee` and `prefers:coffee` too."""
    if one.wish == other.wish:
        return True
    (best, than), (other_best, other_than) = _preferred(one), _preferred(other)
    if "" in (best, other_best):
        disliked = [each.wish.removeprefix("likes:") for each in (one, other) if each.strength < 0]
        return (best or other_best) in disliked
    return (best == other_than and than in ("", other_best)) or (other_best == than and other_than in ("", best))


def _preferred(wish: _Rival) -> tuple[str, str]:
    """Return what is preferred, and than what; nothing where a wish is none of that kind."""
    best, _, than = wish.wish.removeprefix("prefers:").partition(">")
    return (best, than) if wish.wish.startswith("prefers:") else ("", "")


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
    if winner.ends or loser.ends:
        return "updates"
    return "contradicts" if (loser.strength > 0) != (winner.strength > 0) else "updates"
