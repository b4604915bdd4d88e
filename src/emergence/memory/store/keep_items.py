"""Keep what memory made of turns, or the person wrote: once, with its sources, in its place among what contradicts it.

What says the same words is one item with more sources. Of facts that can hold but one thing at a time, and of what a
person wants, the latest said is active and the others are superseded; whatever the order in which they are heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.contracts.memory.items import ItemKind, Origin
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.memory.store import item_sources, supersede
from emergence.memory.store.compounds import keep_rest_of_ended
from emergence.memory.store.concepts import NewConcept, mention
from emergence.memory.store.item_sources import Source
from emergence.memory.store.item_vectors import note_item
from emergence.memory.store.kept_pins import pin_again
from emergence.memory.store.locks import hold_items
from emergence.memory.store.relations import RELATIONS
from emergence.memory.store.tombstones import ForgottenWords
from emergence.memory.store.wishes import is_same_wish

ITEMS_MAX = 10_000  # of a person, former versions included: whoever talks for ten years has fewer
TRUSTED: tuple[Origin, ...] = ("written", "said")  # what the person themself says
DECIDED_BY_THE_PERSON: tuple[ItemKind, ...] = ("preference", "instruction")

Outcome = Literal["added", "merged", "superseded_other", "buried", "refused", "full"]


@dataclass(frozen=True, slots=True)
class NewFact:
    """What an item says of somebody. Of an event it is an end: that it is so no longer, since `valid_to`."""

    subject: str
    predicate: str
    object: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewPreference:
    """What a person likes or wants; of one `key` and `scope` the latest counts."""

    key: str
    value: str
    scope: str = "everywhere"
    strength: float = 1.0
    explicit: bool = True


@dataclass(frozen=True, slots=True)
class NewItem:
    """Something to keep. What is `written` needs no source; everything else needs one that holds."""

    kind: ItemKind
    body: str
    language: Literal["", "en", "fr"]
    importance: float
    confidence: float
    origin: Origin
    happened_at: datetime | None = None
    sources: Sequence[Source] = ()
    fact: NewFact | None = None
    preference: NewPreference | None = None
    concepts: Sequence[NewConcept] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of it: `id` is None where nothing is: it was forgotten before, has no source, or does not fit."""

    id: UUID | None
    outcome: Outcome


async def keep_item(tx: Transaction, forgotten: ForgottenWords, user_id: UUID, item: NewItem, at: datetime) -> Kept:
    """Keep an item of this person. Idempotent. The transaction sees their rows alone (`GuardedRows`)."""
    if item.kind in DECIDED_BY_THE_PERSON and item.origin not in TRUSTED:
        return Kept(None, "refused")
    await hold_items(tx, user_id)
    sources = await item_sources.those_that_hold(tx, user_id, item.sources)
    # A summary is drawn from all its sources: without one of them it still holds what that one said.
    if len(sources) < (len(item.sources) if item.kind == "summary" else 1) and item.origin != "written":
        return Kept(None, "refused")
    if any(await forgotten.those_buried(tx, user_id, [item.body])):
        if sources and item.origin in TRUSTED:
            await supersede.end_former(tx, user_id, _forgotten(item, sources), at)
        return Kept(None, "buried")
    if (known := await _known(tx, user_id, item, sources)) is not None:
        await _merge(tx, user_id, known, item, sources)
        return Kept(known, "merged")
    if await is_full(tx, user_id):
        return Kept(None, "full")
    item_id = await _add(tx, user_id, item, sources, at)
    has_superseded = await supersede.settle(tx, user_id, item_id, at)
    if item.fact is not None:
        has_superseded |= await keep_rest_of_ended(tx, forgotten, user_id, item_id, at)
    return Kept(item_id, "superseded_other" if has_superseded else "added")


async def is_full(tx: Transaction, user_id: UUID) -> bool:
    """Return whether this person has as many items as there may be."""
    counted = "SELECT count(*) FROM (SELECT FROM items WHERE user_id = $1 LIMIT $2) AS theirs"
    return bool(await tx.fetchval(counted, user_id, ITEMS_MAX) == ITEMS_MAX)


def _forgotten(item: NewItem, sources: Sequence[Source]) -> supersede.Forgotten:
    fact, wish = item.fact, item.preference
    return supersede.Forgotten(
        max(source.said_at for source in sources),
        is_end=item.kind == "event",
        fact=None if fact is None else (fact.subject, fact.predicate, fact.object),
        preference=None if wish is None else (wish.key, wish.scope, wish.value),
    )


async def _known(tx: Transaction, user_id: UUID, item: NewItem, sources: Sequence[Source]) -> UUID | None:
    """Return the item that says the same, if there is one for these sources.

    What was superseded is not said again by what is said later: somebody moved back. What is trusted and what is not
    are kept apart, so that a document neither gains from what the person said nor takes from it.
    """
    known: UUID | None = await tx.fetchval(
        """
        SELECT id FROM items
        LEFT JOIN facts ON facts.user_id = $1 AND facts.item_id = items.id
        WHERE items.user_id = $1 AND same = sameness($2) AND kind = $3 AND (origin IN ('written', 'said')) = $4
            AND (
                state <> 'superseded'
                OR $6::timestamptz <= coalesce(valid_to, superseded_at)
                OR EXISTS (
                    SELECT FROM item_sources WHERE item_sources.user_id = $1 AND item_id = id
                        AND message_id = ANY ($5)
                )
            )
        ORDER BY EXISTS (
            SELECT FROM item_sources WHERE item_sources.user_id = $1 AND item_id = id AND message_id = ANY ($5)
        ) DESC, state = 'superseded', id LIMIT 1
        """,
        user_id,
        item.body,
        item.kind,
        item.origin in TRUSTED,
        [source.message_id for source in sources],
        max((source.said_at for source in sources), default=None),
    )
    return known or await _known_wish(tx, user_id, item) or await _known_relation(tx, user_id, item)


async def _known_wish(tx: Transaction, user_id: UUID, item: NewItem) -> UUID | None:
    """Return the wish about answers that says the same in other words, or in the other language."""
    wish = item.preference
    if wish is None or not wish.key.startswith("answers."):
        return None
    rows = await tx.fetch(
        """
        SELECT id, body FROM preferences JOIN items ON items.user_id = $1 AND items.id = item_id
        WHERE preferences.user_id = $1 AND key = $2 AND scope = $3 AND value = $4
            AND kind = $5 AND origin IN ('written', 'said') AND state <> 'superseded'
        ORDER BY pinned DESC, recorded_at, id
        """,
        user_id,
        wish.key,
        wish.scope,
        wish.value,
        item.kind,
    )
    return next((row["id"] for row in rows if is_same_wish(row["body"], item.body)), None)


async def _known_relation(tx: Transaction, user_id: UUID, item: NewItem) -> UUID | None:
    """Return the fact that says the same of somebody close in the other language: « Frère : Paul », “Brother: Paul”."""
    fact = item.fact
    if fact is None or item.kind != "fact" or not (fact.predicate in RELATIONS or fact.predicate == "died"):
        return None
    known: UUID | None = await tx.fetchval(
        """
        SELECT id FROM facts JOIN items ON items.user_id = $1 AND items.id = item_id
        WHERE facts.user_id = $1 AND folded(subject) = folded($2) AND predicate = $3 AND folded(object) = folded($4)
            AND kind = 'fact' AND (origin IN ('written', 'said')) = $5 AND state <> 'superseded' AND language <> $6
        ORDER BY pinned DESC, recorded_at, id LIMIT 1
        """,
        user_id,
        fact.subject,
        fact.predicate,
        fact.object,
        item.origin in TRUSTED,
        item.language,
    )
    return known


async def _merge(tx: Transaction, user_id: UUID, known: UUID, item: NewItem, sources: Sequence[Source]) -> None:
    # What a person wrote stays theirs when they say it, too; of what is not trusted the worst remains.
    await tx.execute(
        """
        UPDATE items SET
            origin = CASE WHEN origin IN ('written', 'said') THEN least(origin, $3::origin)
                ELSE greatest(origin, $3) END,
            confidence = greatest(confidence, $4), importance = greatest(importance, $5),
            happened_at = coalesce(happened_at, $6), state = CASE state WHEN 'archived' THEN 'active' ELSE state END
        WHERE user_id = $1 AND id = $2
        """,
        user_id,
        known,
        item.origin,
        item.confidence,
        item.importance,
        item.happened_at,
    )
    await item_sources.add(tx, user_id, known, sources)
    await mention(tx, user_id, known, item.concepts)


async def _add(tx: Transaction, user_id: UUID, item: NewItem, sources: Sequence[Source], at: datetime) -> UUID:
    item_id = new_id()
    await tx.execute(
        """
        INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence, origin, happened_at,
                           recorded_at)
        VALUES ($1, $2, $3, $4, $5, lexemes($4), $6, $7, $8, $9, $10)
        """,
        user_id,
        item_id,
        item.kind,
        item.body,
        item.language,
        item.importance,
        item.confidence,
        item.origin,
        item.happened_at,
        at,
    )
    await item_sources.add(tx, user_id, item_id, sources)
    await pin_again(tx, user_id, item_id, [source.thread_id for source in sources])
    if item.fact is not None:
        await _add_fact(tx, user_id, item_id, item.fact)
    if item.preference is not None:
        await _add_preference(tx, user_id, item_id, item.preference)
    await mention(tx, user_id, item_id, item.concepts)
    await note_item(tx, user_id, item_id, at)
    return item_id


async def _add_fact(tx: Transaction, user_id: UUID, item_id: UUID, fact: NewFact) -> None:
    await tx.execute(
        """
        INSERT INTO facts (user_id, item_id, subject, predicate, object, valid_from, valid_to)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        user_id,
        item_id,
        fact.subject,
        fact.predicate,
        fact.object,
        fact.valid_from,
        fact.valid_to,
    )


async def _add_preference(tx: Transaction, user_id: UUID, item_id: UUID, preference: NewPreference) -> None:
    await tx.execute(
        """
        INSERT INTO preferences (user_id, item_id, key, value, scope, strength, explicit)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        user_id,
        item_id,
        preference.key,
        preference.value,
        preference.scope,
        preference.strength,
        preference.explicit,
    )
