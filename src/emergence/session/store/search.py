"""Full text: what a query means to PostgreSQL, and which of a person's titles and messages it finds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.contracts.session.threads import Thread
from emergence.kernel.storage.database import Database
from emergence.session.store.messages import PARTS
from emergence.session.store.threads import THREAD_COLUMNS, thread_of

LOOKED_AT = 2_000  # the newest that fit are ranked, so that a word that is everywhere does not cost seconds


@dataclass(frozen=True, slots=True)
class Reading:
    """A word or phrase as each language reads it, as text of a `tsquery`; `is_stop_word` in one of them."""

    alternatives: tuple[str, ...]
    as_it_stands: str
    is_stop_word: bool


async def readings_of(database: Database, terms: Sequence[str]) -> list[Reading]:
    """Return how words and phrases without punctuation are looked for, in their order."""
    rows = await database.fetch(
        """
        SELECT folded(phraseto_tsquery('french', term)::text) AS accented,
            phraseto_tsquery('french', folded(term))::text AS french,
            phraseto_tsquery('english', folded(term))::text AS english,
            phraseto_tsquery('english', term)::text AS english_accented,
            phraseto_tsquery('simple', folded(term))::text AS plain
        FROM unnest($1::text[]) WITH ORDINALITY AS asked (term, place) ORDER BY place
        """,
        list(terms),
    )
    return [
        Reading(
            alternatives=tuple(
                dict.fromkeys(text for text in (row["accented"], row["french"], row["english"], row["plain"]) if text)
            ),
            as_it_stands=row["plain"],
            is_stop_word=not row["accented"] or not row["english_accented"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class HitPosition:
    """A hit's place: how well it fits, in thousandths, then its time."""

    rank: int
    said_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Hit:
    """A title or message that fits."""

    position: HitPosition
    kind: Literal["title", "message"]
    thread: Thread
    role: Literal["user", "agent"] | None
    text: str


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`wanted` and `unwanted` are the text of a `tsquery`; without anything unwanted that is empty."""

    wanted: str
    unwanted: str


async def find_texts(
    database: Database, user_id: UUID, query: SearchQuery, before: HitPosition | None, limit: int
) -> list[Hit]:
    """Return the user's titles and messages that fit, best first, then newest.

    What is deleted or temporary is left out.
    """
    rows = await database.fetch(
        f"""
        WITH fitting AS (
            SELECT found.id, coalesce(messages.created_at, threads.created_at) AS said_at
            FROM search_texts AS found
            JOIN threads ON threads.id = found.thread_id AND threads.user_id = $1
                AND threads.deleted_at IS NULL AND NOT threads.temporary
            LEFT JOIN messages ON messages.id = found.id AND messages.user_id = $1
            WHERE found.words @@ ($2::tsquery && $3::tsquery) AND found.user_id = $1
                AND ($4 = '' OR NOT found.words @@ $4::tsquery)
            ORDER BY said_at DESC LIMIT {LOOKED_AT}
        ), ranked AS (
            SELECT found.id, found.kind, found.thread_id, fitting.said_at,
                (1000 * ts_rank(found.words, $3::tsquery, 1))::integer AS rank
            FROM fitting JOIN search_texts AS found ON found.id = fitting.id AND found.user_id = $1
        ), page AS (
            SELECT * FROM ranked
            WHERE $5::integer IS NULL OR (rank, said_at, id) < ($5, $6::timestamptz, $7::uuid)
            ORDER BY rank DESC, said_at DESC, id DESC LIMIT $8
        )
        SELECT page.rank, page.said_at, page.id AS found_id, page.kind, messages.role, messages.parts, {THREAD_COLUMNS}
        FROM page JOIN threads ON threads.id = page.thread_id
        LEFT JOIN messages ON messages.id = page.id AND messages.user_id = $1
        ORDER BY page.rank DESC, page.said_at DESC, page.id DESC
        """,  # noqa: S608 - our own columns
        user_id,
        f"'user:{user_id}'",
        query.wanted,
        query.unwanted,
        None if before is None else before.rank,
        None if before is None else before.said_at,
        None if before is None else before.id,
        limit,
    )
    return [
        Hit(
            position=HitPosition(row["rank"], row["said_at"], row["found_id"]),
            kind=row["kind"],
            thread=thread_of(row),
            role=row["role"],
            text=row["title"] if row["parts"] is None else _text(row["parts"]),
        )
        for row in rows
    ]


def _text(parts: str) -> str:
    return "\n\n".join(part.text for part in PARTS.validate_json(parts) if part.kind == "text")


async def stems_of(database: Database, words: Mapping[str, str]) -> dict[str, Collection[str]]:
    """Return the stems that the index has of each word; `words` maps them to how they are written without accents."""
    rows = await database.fetch(
        """
        SELECT word, coalesce(ts_lexize('french_stem', word), '{}') || coalesce(ts_lexize('french_stem', bare), '{}')
            || coalesce(ts_lexize('english_stem', bare), '{}') AS stems
        FROM unnest($1::text[], $2::text[]) AS asked (word, bare)
        """,
        list(words.keys()),
        list(words.values()),
    )
    return {row["word"]: row["stems"] for row in rows}


FILLED_AT_ONCE = 200
_FILL = {
    "message": """
        WITH batch AS (
            SELECT id, user_id, thread_id, status, parts FROM messages WHERE id > $1 ORDER BY id LIMIT $2 FOR KEY SHARE
        ), added AS (
            INSERT INTO search_texts (id, user_id, thread_id, kind, words)
            SELECT id, user_id, thread_id, 'message', message_words(user_id, parts) FROM batch
            WHERE status NOT IN ('queued', 'streaming') AND parts <> '[]'::jsonb
            ON CONFLICT (id) DO NOTHING
        )
        SELECT id FROM batch ORDER BY id DESC LIMIT 1
    """,
    "title": """
        WITH batch AS (
            SELECT id, user_id, title FROM threads WHERE id > $1 ORDER BY id LIMIT $2
        ), added AS (
            INSERT INTO search_texts (id, user_id, thread_id, kind, words)
            SELECT id, user_id, id, 'title', title_words(user_id, title) FROM batch
            ON CONFLICT (id) DO NOTHING
        )
        SELECT id FROM batch ORDER BY id DESC LIMIT 1
    """,
}


async def fill_in(database: Database) -> bool:
    """Make some more of what was there before the index searchable; return whether there may be more.

    While another instance does it, this one has nothing to do.
    """
    async with database.transaction() as tx:
        place = await tx.fetchrow(
            "SELECT kind, after FROM search_filling ORDER BY kind DESC LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        if place is None:
            return await tx.fetchrow("SELECT 1 FROM search_filling") is not None
        last = await tx.fetchrow(_FILL[place["kind"]], place["after"], FILLED_AT_ONCE)
        if last is None:
            await tx.execute("DELETE FROM search_filling WHERE kind = $1", place["kind"])
        else:
            await tx.execute("UPDATE search_filling SET after = $2 WHERE kind = $1", place["kind"], last["id"])
    return True
