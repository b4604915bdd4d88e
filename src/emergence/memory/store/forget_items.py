"""Remove items with everything that would tell of them; all in one transaction that sees one person's rows.

Rows that belong to an item alone go with it. What is left to do is what others say of it: summaries, answers that used
it, names that nothing else mentions.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.question.words import STOP_WORDS
from emergence.memory.store.item_sources import stands_in
from emergence.memory.store.supersede import settle_again, superseded_by

REDACTED = "…"
# Words that tell nothing: what a person says of “my” code an agent repeats of “your” code.
SMALL_WORDS = f"tsvector_to_array(lexemes('{' '.join(sorted(STOP_WORDS))}'))"
_TELLING = "CASE WHEN coalesce(object, value) ~ '[[:alpha:]]{4}' THEN coalesce(object, value) ELSE items.body END"
# The telling words of an item, its fact and its preference: those of the object, or of all where that has few letters.
# Where nothing but small words is left (somebody is called Will) those count.
WORDS_OF_ITEM = f"""tsvector_to_array(coalesce(
    nullif(ts_delete(lexemes({_TELLING}), {SMALL_WORDS}), ''), lexemes({_TELLING})
))"""


async def summaries_citing(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return the summaries that were drawn from these items, or from the turns that they were taken from."""
    rows = await tx.fetch(
        """
        SELECT id FROM items WHERE user_id = $1 AND kind = 'summary' AND origin <> 'written' AND NOT id = ANY ($2) AND (
            EXISTS (
                SELECT FROM links WHERE links.user_id = $1 AND from_id = id AND to_id = ANY ($2)
                    AND links.kind = 'derived_from'
            ) OR EXISTS (
                SELECT FROM item_sources AS cited JOIN item_sources AS theirs USING (user_id, message_id)
                WHERE cited.user_id = $1 AND cited.item_id = items.id AND theirs.item_id = ANY ($2)
            )
        )
        """,
        user_id,
        list(ids),
    )
    return [row["id"] for row in rows]


async def delete_items(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[str]:
    """Remove items, with what waits for a vector of them, and names that nothing mentions any more; return their texts.

    What had given way to them is so again. Idempotent.
    """
    gave_way = await superseded_by(tx, user_id, ids)
    rows = await tx.fetch("DELETE FROM items WHERE user_id = $1 AND id = ANY ($2) RETURNING body", user_id, list(ids))
    await tx.execute("DELETE FROM pending_vectors WHERE user_id = $1 AND message_id = ANY ($2)", user_id, list(ids))
    await forget_uses_of(tx, user_id, ids)
    await tx.execute(
        """
        DELETE FROM concepts WHERE user_id = $1 AND NOT EXISTS (
            SELECT FROM mentions WHERE mentions.user_id = $1 AND mentions.concept_id = concepts.id
        )
        """,
        user_id,
    )
    await settle_again(tx, user_id, gave_way)
    return [row["body"] for row in rows]


async def forget_uses_of(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> None:
    """Remove which answers were given with these. Idempotent."""
    await tx.execute("DELETE FROM uses WHERE user_id = $1 AND used_id = ANY ($2)", user_id, list(ids))


async def messages_quoted_by(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return the turns that items were taken from."""
    rows = await tx.fetch(
        "SELECT DISTINCT message_id FROM item_sources WHERE user_id = $1 AND item_id = ANY ($2)", user_id, list(ids)
    )
    return [row["message_id"] for row in rows]


async def answers_repeating(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return what agents said that holds all words of these items' objects, as an answer does that repeats them.

    Of an item without an object, or with one of a few letters or a number, all of its words are looked for, but for
    small words.
    """
    rows = await tx.fetch(
        f"""
        WITH told AS (
            SELECT {WORDS_OF_ITEM} AS words
            FROM items LEFT JOIN facts ON facts.user_id = $1 AND facts.item_id = items.id
            LEFT JOIN preferences ON preferences.user_id = $1 AND preferences.item_id = items.id
            WHERE items.user_id = $1 AND items.id = ANY ($2) AND items.kind <> 'summary'
        )
        SELECT DISTINCT message_id FROM turns JOIN told ON tsvector_to_array(terms) @> words
        WHERE user_id = $1 AND role <> 'user' AND cardinality(words) > 0
        """,  # noqa: S608 - our own words
        user_id,
        list(ids),
    )
    return [row["message_id"] for row in rows]


async def redact_quotes_holding(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> None:
    """Take what these items quote out of the quotes of others, whose words must not tell of it. Idempotent."""
    rows = await tx.fetch(
        """
        SELECT others.item_id, others.message_id, others.quote, array_agg(theirs.quote) AS going
        FROM item_sources AS others JOIN item_sources AS theirs USING (user_id, message_id)
        WHERE user_id = $1 AND theirs.item_id = ANY ($2) AND NOT others.item_id = ANY ($2)
        GROUP BY others.item_id, others.message_id, others.quote
        """,
        user_id,
        list(ids),
    )
    for row in rows:
        await tx.execute(
            "UPDATE item_sources SET quote = $4 WHERE user_id = $1 AND item_id = $2 AND message_id = $3",
            user_id,
            row["item_id"],
            row["message_id"],
            _without(row["quote"], row["going"]),
        )


def _without(quote: str, going: Sequence[str]) -> str:
    for words in going:
        quote = quote.replace(words, REDACTED)
    return REDACTED if any(stands_in(words, quote) or stands_in(quote, words) for words in going) else quote


async def drop_quotes_of(
    tx: Transaction, user_id: UUID, message_ids: Sequence[UUID], kept: Collection[UUID] = ()
) -> list[UUID]:
    """Remove what is quoted of these turns; return the items that have no source left, and summaries that cited them.

    What the person wrote themself needs no source; those that are `kept` keep theirs, without its words.
    """
    await tx.execute(
        "UPDATE item_sources SET quote = $4 WHERE user_id = $1 AND message_id = ANY ($2) AND item_id = ANY ($3)",
        user_id,
        list(message_ids),
        list(kept),
        REDACTED,
    )
    rows = await tx.fetch(
        """
        DELETE FROM item_sources WHERE user_id = $1 AND message_id = ANY ($2) AND NOT item_id = ANY ($3)
        RETURNING item_id
        """,
        user_id,
        list(message_ids),
        list(kept),
    )
    quoting = list({row["item_id"] for row in rows})
    return list({*await without_source(tx, user_id, quoting), *await summaries_among(tx, user_id, quoting)})


async def summaries_among(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of the items that sum up, but for what the person wrote."""
    rows = await tx.fetch(
        "SELECT id FROM items WHERE user_id = $1 AND id = ANY ($2) AND kind = 'summary' AND origin <> 'written'",
        user_id,
        list(ids),
    )
    return [row["id"] for row in rows]


async def without_source(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """Return those of the items that nothing says any more, but for what the person wrote."""
    rows = await tx.fetch(
        """
        SELECT id FROM items WHERE user_id = $1 AND id = ANY ($2) AND origin <> 'written' AND NOT EXISTS (
            SELECT FROM item_sources WHERE item_sources.user_id = $1 AND item_id = id
        )
        """,
        user_id,
        list(ids),
    )
    return [row["id"] for row in rows]
