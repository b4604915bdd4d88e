"""Of several things that one item says, “Allergic to cats and nuts”, one may end: the others are kept by themselves.

Older versions, models and people make such items. None of them may tell on that somebody is ill with what is over,
nor be silent about what is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.memory.question.words import folded
from emergence.memory.store.item_vectors import note_item
from emergence.memory.store.supersede import settle
from emergence.memory.store.tombstones import ForgottenWords
from emergence.memory.store.what_ends import is_same_thing, things_said

# Of these somebody has many at once; and how one of them reads.
_ANEW = {
    "allergic_to": {"en": "Allergic to {}", "fr": "Allergique {}"},
    "intolerant_to": {"en": "Is intolerant to {}", "fr": "Intolérance : {}"},
    "has_condition": {"en": "Has {}", "fr": "Santé : {}"},
    "speaks": {"en": "Speaks {}", "fr": "Parle {}"},
}

_ABOUT_THE_SAME = """
    SELECT items.id, items.kind = 'event' AS ends, items.body, items.language, rival.predicate,
        rival.object, rival.valid_from IS NOT NULL AS denies,
        CASE items.kind WHEN 'event' THEN rival.valid_to ELSE coalesce(
            greatest(max(said_at), min(items.recorded_at) FILTER (WHERE items.origin = 'written')), items.recorded_at
        ) END AS said_at
    FROM facts AS new
    JOIN items AS added ON added.user_id = $1 AND added.id = new.item_id AND added.origin IN ('written', 'said')
    JOIN facts AS rival ON rival.user_id = $1 AND rival.predicate = new.predicate
        AND folded(rival.subject) = folded(new.subject)
    JOIN items ON items.user_id = $1 AND items.id = rival.item_id AND items.origin IN ('written', 'said')
        AND items.state <> 'superseded'
    LEFT JOIN item_sources ON item_sources.user_id = $1 AND item_sources.item_id = items.id
    WHERE new.user_id = $1 AND new.item_id = $2 AND new.predicate = ANY ($3)
    GROUP BY items.user_id, items.id, rival.user_id, rival.item_id
    ORDER BY said_at, items.id
"""


async def keep_rest_of_ended(
    tx: Transaction, forgotten: ForgottenWords, user_id: UUID, item_id: UUID, at: datetime
) -> bool:
    """Keep by itself what is left of items of which one thing ended, now that this one is kept: an end, or one of them.

    Return whether there was one. What has been forgotten is not told again. Idempotent.
    """
    said = [_Said(**dict(row)) for row in await tx.fetch(_ABOUT_THE_SAME, user_id, item_id, list(_ANEW))]
    new = next((each for each in said if each.id == item_id), None)
    if new is None:
        return False
    ends = [new] if new.ends else [each for each in said if each.ends]
    split = False
    for former in said if new.ends else [new]:
        things = [] if former.ends else things_said(former.object)
        if len(things) < 2 or not (over := _ending(ends, former, things)):
            continue
        for thing in things:
            if not any(_is_over(thing, end) for end in over):
                await _keep(tx, forgotten, user_id, former.id, _Rest(_line(former, things, thing), thing), at)
        await _supersede(tx, user_id, former.id, over[0], at)
        split = True
    return split


@dataclass(frozen=True, slots=True)
class _Said:
    """An item about the same; `denies`: an end that was always so."""

    id: UUID
    ends: bool
    body: str
    language: str
    predicate: str
    object: str
    denies: bool
    said_at: datetime


@dataclass(frozen=True, slots=True)
class _Rest:
    body: str
    object: str


def _ending(ends: Sequence[_Said], former: _Said, things: Sequence[str]) -> list[_Said]:
    """Return what was said later and ends one of several things."""
    later = (end for end in ends if end.said_at > former.said_at)
    return [end for end in later if any(_is_over(thing, end) for thing in things)]


def _is_over(thing: str, end: _Said) -> bool:
    return is_same_thing(folded(end.object), folded(thing))


def _line(former: _Said, things: Sequence[str], thing: str) -> str:
    """Return how one of several things reads by itself, in the item's own words where they name none of the others."""
    body, said = former.body, former.object
    line = str(body.replace(said, thing))
    others = (folded(other) for other in things if other != thing)
    if body.count(said) == 1 and not any(other in folded(line) for other in others):
        return line
    return _ANEW[former.predicate]["fr" if former.language == "fr" else "en"].format(thing)


async def _keep(
    tx: Transaction, forgotten: ForgottenWords, user_id: UUID, former: UUID, rest: _Rest, at: datetime
) -> None:
    if any(await forgotten.those_buried(tx, user_id, [rest.body])):
        return
    item_id = await tx.fetchval(_SAME, user_id, former, rest.body)
    is_new = item_id is None
    if is_new:
        item_id = new_id()
        await tx.execute(_COPY, user_id, former, item_id, rest.body)
        await tx.execute(_COPY_FACT, user_id, former, item_id, rest.object)
        await note_item(tx, user_id, item_id, at)
    await tx.execute(_COPY_SOURCES, user_id, former, item_id)
    await tx.execute(_JOIN, user_id, item_id, former)
    if is_new:
        await settle(tx, user_id, item_id, at)


# What the person said themself of the same one; an agent's words, or somebody else's nuts, are no allergy of theirs.
_SAME = """
    SELECT items.id FROM items JOIN facts ON facts.user_id = $1 AND facts.item_id = items.id
    JOIN facts AS former ON former.user_id = $1 AND former.item_id = $2
    WHERE items.user_id = $1 AND same = sameness($3) AND kind = 'fact' AND state <> 'superseded'
        AND origin IN ('said', 'written') AND facts.subject = former.subject AND facts.predicate = former.predicate
    ORDER BY items.id LIMIT 1
"""
# Whoever forgets the one thing forgets the words of both.
_JOIN = """
    INSERT INTO links (user_id, from_id, to_id, kind, is_version) VALUES ($1, $2, $3, 'same_as', false)
    ON CONFLICT DO NOTHING
"""
_COPY = """
    INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence, pinned, origin, happened_at,
                       recorded_at)
    SELECT user_id, $3, kind, $4, language, lexemes($4), importance, confidence, pinned, origin, happened_at,
        recorded_at
    FROM items WHERE user_id = $1 AND id = $2
"""
_COPY_FACT = """
    INSERT INTO facts (user_id, item_id, subject, predicate, object, valid_from, valid_to)
    SELECT user_id, $3, subject, predicate, $4, valid_from, valid_to FROM facts WHERE user_id = $1 AND item_id = $2
"""
_COPY_SOURCES = """
    INSERT INTO item_sources (user_id, item_id, message_id, thread_id, quote, said_at)
    SELECT user_id, $3, message_id, thread_id, quote, said_at FROM item_sources WHERE user_id = $1 AND item_id = $2
    ON CONFLICT DO NOTHING
"""


async def _supersede(tx: Transaction, user_id: UUID, former: UUID, end: _Said, at: datetime) -> None:
    await tx.execute(
        """
        UPDATE items SET state = 'superseded', superseded_at = coalesce(superseded_at, $3)
        WHERE user_id = $1 AND id = $2
        """,
        user_id,
        former,
        at,
    )
    await tx.execute(
        "UPDATE facts SET valid_to = least(valid_to, $3) WHERE user_id = $1 AND item_id = $2",
        user_id,
        former,
        end.said_at,
    )
    await tx.execute(
        """
        INSERT INTO links (user_id, from_id, to_id, kind, is_version) VALUES ($1, $2, $3, $4, false)
        ON CONFLICT DO NOTHING
        """,
        user_id,
        end.id,
        former,
        "contradicts" if end.denies else "updates",
    )
