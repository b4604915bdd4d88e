"""Pin an item, or put a new version in its place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.memory.store import supersede
from emergence.memory.store.item_vectors import note_item
from emergence.memory.store.keep_items import NewFact, NewPreference


async def pin(tx: Transaction, user_id: UUID, item_id: UUID, *, pinned: bool) -> None:
    """Pin an item, or do so no longer; what was archived is active again. Idempotent."""
    await tx.execute(
        """
        UPDATE items SET pinned = $3, state = CASE WHEN $3 AND state = 'archived' THEN 'active' ELSE state END
        WHERE user_id = $1 AND id = $2
        """,
        user_id,
        item_id,
        pinned,
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """What the person wrote in the place of an item, its language, and what it says; None: what the words are."""

    body: str
    language: Literal["", "en", "fr"]
    fact: NewFact | None
    preference: NewPreference | None


async def scope_of(tx: Transaction, user_id: UUID, item_id: UUID) -> str | None:
    """Return for whom a wish holds; None: it is none that has a key."""
    scope: str | None = await tx.fetchval(
        "SELECT scope FROM preferences WHERE user_id = $1 AND item_id = $2", user_id, item_id
    )
    return scope


async def add_version(tx: Transaction, user_id: UUID, former: UUID, corrected: Correction, at: datetime) -> UUID:
    """Put what the person wrote in the place of an item, which stays as a former version; return the new one.

    What the former one was taken from, who it is about, how much it matters and when it was brought up unasked are the
    new one's too. What it says is
    kept as what it says now, so that what is said of the same later takes its place, and nothing else does.
    """
    new: UUID | None = await tx.fetchval(
        "SELECT id FROM items WHERE user_id = $1 AND same = sameness($3) AND state <> 'superseded' AND id <> $2",
        user_id,
        former,
        corrected.body,
    )
    is_there = new is not None  # another item says so already: it is the newer version
    if new is None:
        new = await _add(tx, user_id, former, corrected, at)
    else:
        await tx.execute(
            "UPDATE items SET origin = 'written', confidence = 1, state = 'active' WHERE user_id = $1 AND id = $2",
            user_id,
            new,
        )
    for carried in (
        """
        INSERT INTO item_sources (user_id, item_id, message_id, thread_id, quote, said_at)
        SELECT user_id, $3, message_id, thread_id, quote, said_at FROM item_sources
        WHERE user_id = $1 AND item_id = $2 ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO mentions (user_id, concept_id, item_id)
        SELECT user_id, concept_id, $3 FROM mentions WHERE user_id = $1 AND item_id = $2 ON CONFLICT DO NOTHING
        """,
        """
        INSERT INTO links (user_id, from_id, to_id, kind, is_version) VALUES ($1, $3, $2, 'updates', true)
        ON CONFLICT (user_id, from_id, to_id, kind) DO UPDATE SET is_version = true
        """,
        """
        INSERT INTO hints (user_id, item_id, run_id, hinted_at)
        SELECT user_id, $3, run_id, hinted_at FROM hints WHERE user_id = $1 AND item_id = $2
        ON CONFLICT (user_id, item_id) DO UPDATE SET hinted_at = greatest(hints.hinted_at, excluded.hinted_at)
        """,
    ):
        await tx.execute(carried, user_id, former, new)
    await tx.execute(
        "UPDATE items SET state = 'superseded', pinned = false, superseded_at = $3 WHERE user_id = $1 AND id = $2",
        user_id,
        former,
        at,
    )
    if not is_there:
        await _add_meaning(tx, user_id, former, new, corrected)
        await note_item(tx, user_id, new, at)
    await supersede.settle(tx, user_id, new, at)  # it may be about something else now
    return new


async def _add(tx: Transaction, user_id: UUID, former: UUID, corrected: Correction, at: datetime) -> UUID:
    new = new_id()
    await tx.execute(
        """
        INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence, pinned, origin,
                           happened_at, recorded_at, last_used_at, uses)
        SELECT $1, $3, kind, $4, $6, lexemes($4), importance, 1, pinned, 'written', happened_at, $5,
            last_used_at, uses
        FROM items WHERE user_id = $1 AND id = $2
        """,
        user_id,
        former,
        new,
        corrected.body,
        at,
        corrected.language,
    )
    return new


async def _add_meaning(tx: Transaction, user_id: UUID, former: UUID, new: UUID, corrected: Correction) -> None:
    fact, wish = corrected.fact, corrected.preference
    await tx.execute(
        """
        INSERT INTO facts (user_id, item_id, subject, predicate, object, valid_from, valid_to)
        SELECT user_id, $3, subject, predicate, CASE predicate WHEN $4 THEN $5 ELSE $6 END, valid_from, valid_to
        FROM facts WHERE user_id = $1 AND item_id = $2
        """,
        user_id,
        former,
        new,
        fact.predicate if fact else None,
        fact.object if fact else None,
        corrected.body,
    )
    if wish is not None:
        await tx.execute(
            """
            INSERT INTO preferences (user_id, item_id, key, value, scope, strength, explicit)
            VALUES ($1, $2, $3, $4, $5, $6, true)
            """,
            user_id,
            new,
            wish.key,
            wish.value,
            wish.scope,
            wish.strength,
        )
