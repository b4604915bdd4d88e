"""Find what was said, in French or English, in whatever form it is remembered."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from emergence.contracts.session.managing import SearchHit, SearchPage
from emergence.session.parts import Session
from emergence.session.store.search import Hit, HitPosition, Reading, SearchQuery, find_texts, readings_of, stems_of
from emergence.session.threads.excerpt import Stems, excerpt_of, looked_in, words_of
from emergence.session.threads.query_terms import QueryTerms, Term, folded, terms_of


async def search_threads(
    session: Session, user_id: UUID, query: str, before: HitPosition | None, limit: int
) -> SearchPage:
    """Return a page of what fits; a query without a word that is wanted finds nothing. Raises DatabaseUnavailable."""
    terms = terms_of(query)
    if not terms.wanted:
        return SearchPage(hits=[])
    database = session.database
    readings = await readings_of(database, [term.text for term in (*terms.wanted, *terms.unwanted)])
    found = await find_texts(database, user_id, meaning_of(terms, readings), before, limit + 1)
    page = found[:limit]
    texts = await asyncio.to_thread(lambda: [looked_in(hit.text, terms.wanted) for hit in page])
    words = await asyncio.to_thread(_words, texts, terms.wanted)
    stems = await stems_of(database, words)
    hits = await asyncio.to_thread(_shown, page, texts, terms.wanted, stems)
    return SearchPage(hits=hits, next=_cursor(page[-1].position) if len(found) > limit else None)


def meaning_of(terms: QueryTerms, readings: Sequence[Reading]) -> SearchQuery:
    """Return what PostgreSQL is asked.

    Each term may be met in any language. Words that say nothing in one of the two (`le`, `the`) need not
    be there, unless all are such.
    """
    left = iter(readings)
    alternatives = []
    for alternative in terms.alternatives:
        read = [next(left) for _ in alternative]
        telling = [reading for reading in read if not reading.is_stop_word]
        if telling:
            alternatives.append(" & ".join(_any_of(reading.alternatives) for reading in telling))
        else:
            alternatives.append(" & ".join(_any_of([reading.as_it_stands]) for reading in read))
    unwanted = " | ".join(_any_of(reading.alternatives) for reading in left if reading.alternatives)
    return SearchQuery(_any_of(alternatives), unwanted)


def _any_of(queries: Sequence[str]) -> str:
    return f"({' | '.join(f'({query})' for query in queries)})"


def _words(texts: Sequence[str], terms: Sequence[Term]) -> dict[str, str]:
    words = {word for text in texts for word in words_of(text, terms)}
    words |= {word for term in terms for word in term.words}
    return {word: folded(word) for word in sorted(words)}


def _shown(page: Sequence[Hit], texts: Sequence[str], terms: Sequence[Term], stems: Stems) -> list[SearchHit]:
    return [
        SearchHit(
            thread=hit.thread,
            message=None if hit.kind == "title" else hit.position.id,
            role=hit.role,
            said_at=hit.position.said_at,
            excerpt=excerpt_of(text, terms, stems),
        )
        for hit, text in zip(page, texts, strict=True)
    ]


def _cursor(position: HitPosition) -> str:
    return f"{position.rank}~{position.said_at.isoformat()}~{position.id}"


def hit_position(cursor: str) -> HitPosition:
    """Return the place that a cursor names. Raises ValueError, OverflowError."""
    rank, moment, found_id = cursor.split("~")
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None or not (rank.isascii() and rank.isdigit() and int(rank) < 2**31):
        raise ValueError("not a place")
    return HitPosition(int(rank), at.astimezone(UTC), UUID(found_id))
