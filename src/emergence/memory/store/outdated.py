"""What was said and is so no longer: corrected since, said otherwise later, or put into other words."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.contracts.memory.recall import Outdated, Since
from emergence.kernel.storage.database import Transaction
from emergence.memory.excerpt import CUT
from emergence.memory.question.words import STOP_WORDS
from emergence.memory.store.edited_turns import last_wordings
from emergence.memory.store.forget_items import SMALL_WORDS, WORDS_OF_ITEM

# Who is spoken to, or of with them; “a ton of” and “the US” are nobody.
_TO_THE_PERSON = (
    r"\m(you|your|yours|yourself|we|our|ours|tu|te|toi|ta|tes|tien|tienne|tiens|tiennes|vous|votre|vos|vôtre|vôtres|"
    r"nous|notre|nos|nôtre|nôtres)\M|\mt['’]|(?<!\ma )\mton\M"
)
_US = r"\m[Uu]s\M"
_END_OF_SENTENCE = r"(?<!\m[[:upper:]][[:lower:]]{0,2})[.!?…]+[»”\")]*\s+|\n+"  # not after “St.”, “Dr.”
_NAMED = ("name", "lives_in", "comes_from", "works_at", "studies_at", "partner")  # what these say is a name

# What a turn says: the items that were taken from it, but not what the person wrote in their place, which has the same
# sources; of an agent's also what it repeats of those that it was given, or
# that were said in its conversation: the object, and a word of what is said of it. A name or a number is enough in a
# sentence that speaks to the person: what else that sentence says is said in too many ways. From each that gave way
# the links lead to what is so now. What the turn itself says, and what is as it was, is no news.
_SAID = f"""
WITH shown AS MATERIALIZED (
    SELECT message_id, thread_id, role, body, tsvector_to_array(terms) AS said
    FROM turns WHERE user_id = $1 AND message_id = ANY ($2)
),
nearby AS (
    SELECT shown.message_id, item_id, item_sources.message_id AS source
    FROM shown JOIN item_sources ON item_sources.user_id = $1 AND item_sources.thread_id = shown.thread_id
    WHERE role = 'agent'
    UNION
    SELECT shown.message_id, item_id, item_sources.message_id
    FROM shown JOIN uses ON uses.user_id = $1 AND uses.message_id = shown.message_id
    JOIN item_sources ON item_sources.user_id = $1 AND used_id IN (item_sources.item_id, item_sources.message_id)
    WHERE role = 'agent'
),
gave_way AS MATERIALIZED (
    SELECT item_id, messages, sources, thing, terms, CASE
        WHEN said !~ '[[:upper:][:digit:]]' AND NOT coalesce(predicate = ANY ($3), false) THEN NULL
        WHEN said ~ '[[:alpha:]]{{4}}' THEN thing
        ELSE tsvector_to_array(lexemes(said))
    END AS name
    FROM (
        SELECT item_id, array_agg(message_id) AS messages, array_agg(source) AS sources FROM nearby GROUP BY item_id
    ) AS near,
    LATERAL (
        SELECT items.terms, predicate, coalesce(object, value) AS said, {WORDS_OF_ITEM} AS thing FROM items
        LEFT JOIN facts ON facts.user_id = $1 AND facts.item_id = items.id
        LEFT JOIN preferences ON preferences.user_id = $1 AND preferences.item_id = items.id
        WHERE items.user_id = $1 AND items.id = near.item_id AND state = 'superseded' OFFSET 0
    ) AS item
),
repeated AS (
    SELECT message_id, item_id, source FROM gave_way, unnest(messages, sources) AS near (message_id, source)
    JOIN shown USING (message_id),
    LATERAL (
        SELECT array_agg(word) AS besides
        FROM unnest(tsvector_to_array(ts_delete(gave_way.terms, {SMALL_WORDS}))) AS word
        WHERE length(word) > 2 AND word <> ALL (thing)
    ) AS telling
    WHERE CASE
        WHEN cardinality(thing) > 0 AND said @> thing AND (besides IS NULL OR said && besides) THEN true
        WHEN cardinality(name) > 0 AND said @> name THEN EXISTS (
            SELECT FROM regexp_split_to_table(body, $4) AS sentence
            WHERE (sentence ~* $5 OR sentence ~ $6) AND tsvector_to_array(lexemes(sentence)) @> name
        )
    END
)
SELECT said.message_id, said.item_id, source FROM (
    SELECT message_id, item_id, message_id AS source FROM item_sources WHERE user_id = $1 AND message_id = ANY ($2)
        AND NOT EXISTS (
            SELECT FROM links JOIN item_sources AS theirs ON theirs.user_id = $1 AND theirs.item_id = to_id
            WHERE links.user_id = $1 AND from_id = item_sources.item_id AND links.kind = 'updates'
                AND theirs.message_id = item_sources.message_id OFFSET 0
        )
    UNION SELECT * FROM repeated
) AS said JOIN items ON items.user_id = $1 AND items.id = item_id AND state = 'superseded'
"""  # noqa: S608 - our own words
# What came in their place, and in the place of that: each link once, however many messages lead to it. One look into
# the index for each (OFFSET 0): joined otherwise all links are read at every step.
_LINKS = """
WITH RECURSIVE reached AS (
    SELECT NULL::uuid AS former, unnest($2::uuid[]) AS id, false AS is_so
    UNION
    SELECT reached.id, later.* FROM reached, LATERAL (
        SELECT from_id, (SELECT state FROM items WHERE items.user_id = $1 AND items.id = from_id) <> 'superseded'
        FROM links WHERE links.user_id = $1 AND to_id = reached.id AND links.kind IN ('updates', 'contradicts') OFFSET 0
    ) AS later
)
SELECT * FROM reached WHERE former IS NOT NULL
"""
_NEGATIONS = frozenset(("not", "no", "nor", "never", "without", "ne", "n", "pas", "plus", "jamais", "sans", "ni"))
_DENIES = r"\m(not|no|never|neither|nor|without|ne|pas|plus|jamais|sans|ni|aucune?)\M|n['’]t\M|\mn['’]"
_SMALL_BUT_NOT = f"tsvector_to_array(lexemes('{' '.join(sorted(STOP_WORDS - _NEGATIONS))}'))"
# No news is what says the same: in the same words, or in those of the turn, of the item that gave way and of what that
# was taken from; nor what an agent knew. Of what ends or denies, or wishes the contrary, it must say as much.
_NOW = f"""
WITH later AS (
    SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) AS later (message_id, former, source, id)
),
shown AS MATERIALIZED (
    SELECT message_id, role, tsvector_to_array(terms) AS said, body ~* $6 AS denies
    FROM turns WHERE user_id = $1 AND message_id = ANY ($2)
),
things AS MATERIALIZED (
    SELECT items.*, body ~* $6 AS denies, coalesce(strength < 0, false) AS is_against, {WORDS_OF_ITEM} AS words,
        tsvector_to_array(ts_delete(terms, {_SMALL_BUT_NOT})) AS all_words,
        kind = 'event' AND (facts.item_id IS NOT NULL OR preferences.item_id IS NOT NULL) AS is_end
    FROM items
    LEFT JOIN facts ON facts.user_id = $1 AND facts.item_id = items.id
    LEFT JOIN preferences ON preferences.user_id = $1 AND preferences.item_id = items.id
    WHERE items.user_id = $1 AND (items.id = ANY ($3) OR items.id = ANY ($5))
)
SELECT later.message_id, now.body AS now, bool_or(is_same) AS is_corrected,
    CASE WHEN now.origin = 'written' THEN now.recorded_at ELSE coalesce(max(newer.said_at), now.recorded_at) END AS at
FROM later JOIN shown USING (message_id)
JOIN things AS former ON former.id = later.former
JOIN things AS now ON now.id = later.id AND now.same <> former.same AND CASE
    WHEN (now.is_end, now.is_against, now.denies) IS DISTINCT FROM (former.is_end, former.is_against, former.denies)
    THEN NOT (said @> now.all_words AND shown.denies = now.denies)
    WHEN tsvector_to_array(now.terms) @> former.words THEN NOT said || tsvector_to_array(former.terms) || ARRAY(
        SELECT unnest(tsvector_to_array(lexemes(quote))) FROM item_sources
        WHERE user_id = $1 AND item_id = former.id AND message_id = later.source
    ) @> now.words
    WHEN role = 'agent' AND said @> now.words THEN now.words <@ former.words
    ELSE true
END
LEFT JOIN item_sources AS newer ON newer.user_id = $1 AND newer.item_id = now.id,
LATERAL (SELECT now.origin = 'written' AND newer.message_id IS NOT DISTINCT FROM later.source AS is_same) AS whether
GROUP BY later.message_id, now.id, now.body, now.origin, now.recorded_at
HAVING now.origin = 'written' OR NOT bool_or(newer.message_id IS NOT DISTINCT FROM later.message_id)
"""  # noqa: S608 - our own words
NEWS_MAX = 3
TEXT_MAX_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class News:
    """What is so now in the place of what a turn says; `message` where that is another turn's words."""

    how: Outdated
    at: datetime
    text: str
    message: UUID | None = None

    def told(self) -> Since:
        """Return it as agents and the person are told."""
        return Since(how=self.how, at=self.at, text=self.text)


async def news_of(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> dict[UUID, list[News]]:
    """Return what is so now, by the turns that say otherwise; the latest first, at most `NEWS_MAX` of each."""
    news: defaultdict[UUID, list[News]] = defaultdict(list)
    for message, last in (await last_words(tx, user_id, message_ids)).items():
        news[message].append(last)
    for message, item in await _items_now(tx, user_id, message_ids):
        news[message].append(item)
    return {message: sorted(said, key=_at, reverse=True)[:NEWS_MAX] for message, said in news.items()}


async def _items_now(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> list[tuple[UUID, News]]:
    said = await tx.fetch(_SAID, user_id, list(message_ids), list(_NAMED), _END_OF_SENTENCE, _TO_THE_PERSON, _US)
    if not said:
        return []
    links = await tx.fetch(_LINKS, user_id, list({row["item_id"] for row in said}))
    ends = ends_of([(row["former"], row["id"]) for row in links], {row["id"] for row in links if row["is_so"]})
    told = [(row["message_id"], row["item_id"], row["source"], end) for row in said for end in ends[row["item_id"]]]
    columns = [list(column) for column in zip(*told, strict=True)]
    rows = await tx.fetch(_NOW, user_id, *columns, _DENIES) if told else []
    return [
        (row["message_id"], News("corrected" if row["is_corrected"] else "changed", row["at"], _cut(row["now"])))
        for row in rows
    ]


def ends_of(links: Sequence[tuple[UUID, UUID]], so: Collection[UUID]) -> defaultdict[UUID, set[UUID]]:
    """Return which of those that are `so` now a way leads to, by where it begins; links lead from the former thing.

    From each end the links are followed back once, so that a chain takes no longer than it has links.
    """
    before: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for former, later in links:
        before[later].append(former)
    ends: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for end in so:
        left = [end]
        while left:
            for former in before[left.pop()]:
                if end not in ends[former]:
                    ends[former].add(end)
                    left.append(former)
    return ends


async def last_words(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> dict[UUID, News]:
    """Return what stands now in the place of messages that were edited, and of what agents answered to them."""
    last = await last_wordings(tx, user_id, message_ids)
    return {message: News("edited", now.at, _cut(now.text), now.message) for message, now in last.items()}


def _at(news: News) -> datetime:
    return news.at


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MAX_CHARACTERS else text[:TEXT_MAX_CHARACTERS].rstrip() + CUT
