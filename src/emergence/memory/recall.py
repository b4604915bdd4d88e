"""Find what was said in any thread that answers a question: ranked turns within a budget, each with its reasons."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import structlog

from emergence.kernel.embeddings.embedder import Embedder, EmbeddingDown
from emergence.memory.excerpt import excerpt_of
from emergence.memory.parts import Memory
from emergence.memory.question.courtesy import without_courtesy
from emergence.memory.question.read_question import read_question
from emergence.memory.question.speakers import speakers_called
from emergence.memory.question.words import QUESTION_MAX_CHARACTERS
from emergence.memory.store.edited_turns import edited_among
from emergence.memory.store.forms import AskedTerm
from emergence.memory.store.recall import Likeness, RankedTurn, Ranking, Weights, ranked_turns, speakers_of
from emergence.memory.store.spans import Span
from emergence.memory.store.turns import SaidTurn
from emergence.memory.store.vectors import answering_model

log = structlog.get_logger(__name__)
Said = TypeVar("Said", RankedTurn, SaidTurn)

# Measured (docs/memory-measurements.md): a turn's own words and likeness, less of its neighbours, some of its
# thread.
WEIGHTS = Weights(
    before=(0.35, 0.15), after=(0.35, 0.15), thread=0.4, participant=0.35, question=0.2, length=0.12,
    long_trust=2.0, long_characters=300.0,
)  # fmt: skip
DEVIATION_WEIGHT = 0.14  # what one standard deviation of likeness adds; all of a question's words together add 1
# Below this nothing answers the question. Measured on questions about what was never said: half of them stay below, and
# 97 of 100 whose answer was said above. Among few turns likeness has little to stand out from.
LEAST_EVIDENCE_IN_WORDS, LEAST_EVIDENCE = 0.45, 1.0
MANY_TURNS = 300
QUERY_DEADLINE_S = 0.5  # an answer should not wait for a busy model: words alone find most
CHARACTERS_PER_TOKEN = 4  # of English with the usual tokenisers; French has a few fewer
FORMER_WORDS, MOST_FORMER_WORDS = 16, 400  # of edited messages: so many are ranked for nothing
TURN_OVERHEAD_TOKENS = 8  # date, speaker and separators


@dataclass(frozen=True, slots=True)
class Why:
    """What made a turn fit: words and dates of the question, likeness in meaning, or only what stands beside it.

    `is_of_that_time` where it is part of a timeline that was asked for.
    """

    terms: tuple[str, ...]
    dates: tuple[str, ...]
    similarity: float | None
    is_neighbour: bool
    is_of_that_time: bool = False


@dataclass(frozen=True, slots=True)
class Recalled:
    """A turn that was found, with its source; `is_evidence` unless it is only the nearest there is."""

    message_id: UUID
    thread_id: UUID
    said_at: datetime
    role: str
    speaker: str
    body: str
    score: float
    is_evidence: bool
    why: Why


async def recall(
    memory: Memory,
    user_id: UUID,
    query: str,
    *,
    limit: int,
    token_budget: int,
    now: datetime,
    exclude_thread: UUID | None = None,
    within: Sequence[Span] | None = None,
    vector_within_s: float = QUERY_DEADLINE_S,
) -> list[Recalled]:
    """Return at most `limit` turns of this person that fit together into `token_budget`, the best first.

    No former words of edited messages. A turn that does not fit any more is passed over for a shorter one; with
    `within` only what was said then is returned. `now` is read in its own zone, in which days begin. While no vector
    of the question can be had in time, words alone decide. Raises DatabaseUnavailable.
    """
    understood = await understand(memory, user_id, query, now, vector_within_s)
    ranked = await rank_last_words(
        memory, user_id, understood, limit=limit, exclude_thread=exclude_thread, within=within
    )
    return [found_turn(turn) for turn in within_budget(ranked, token_budget)]


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as the ranking reads it, with its likeness where a model was in time."""

    terms: Sequence[AskedTerm]
    speakers: Sequence[str]
    role: str | None
    likeness: Likeness | None


async def understand(
    memory: Memory, user_id: UUID, query: str, now: datetime, vector_within_s: float = QUERY_DEADLINE_S
) -> Understood:
    """Read a question, for the turns and items of this person. Raises DatabaseUnavailable."""
    query = without_courtesy(query[:QUESTION_MAX_CHARACTERS])
    question = await memory.questions.read(read_question, query, now)
    async with memory.rows.of(user_id) as tx:
        model = await answering_model(tx, user_id)
        called = speakers_called(query, await speakers_of(tx, user_id))
    likeness = await _likeness(memory.embedders.named(model), called.rest, vector_within_s)
    terms = [term for term in question.terms if term.name not in called.words]
    return Understood(terms, called.speakers, question.role, likeness)


async def rank(memory: Memory, user_id: UUID, asked: Understood, *, limit: int) -> list[RankedTurn]:
    """Return at most `limit` turns, best first, former words of edited messages too. Raises DatabaseUnavailable."""
    async with memory.rows.of(user_id) as tx:
        return await ranked_turns(tx, user_id, ranking_of(memory, asked, limit=limit))


def ranking_of(
    memory: Memory,
    asked: Understood,
    *,
    limit: int,
    exclude_thread: UUID | None = None,
    within: Sequence[Span] | None = None,
) -> Ranking:
    """Return what to rank for, as the statement takes it."""
    return Ranking(
        terms=asked.terms,
        speakers=asked.speakers,
        role=asked.role,
        likeness=asked.likeness,
        weights=WEIGHTS,
        exclude_thread=exclude_thread,
        limit=limit,
        within=within,
        many_turns=memory.many_turns,
    )


async def rank_last_words(
    memory: Memory,
    user_id: UUID,
    asked: Understood,
    *,
    limit: int,
    exclude_thread: UUID | None = None,
    within: Sequence[Span] | None = None,
) -> list[RankedTurn]:
    """Return at most `limit` turns, best first, of edited messages the last words alone. Raises DatabaseUnavailable.

    Where more former words than `FORMER_WORDS` took the places of others, it is ranked once more.
    """
    last: list[RankedTurn] = []
    async with memory.rows.of(user_id) as tx:
        for wanted in (limit + FORMER_WORDS, limit + MOST_FORMER_WORDS):
            ranking = ranking_of(memory, asked, limit=wanted, exclude_thread=exclude_thread, within=within)
            ranked = await ranked_turns(tx, user_id, ranking)
            edited = await edited_among(tx, user_id, [turn.message_id for turn in ranked])
            last = [turn for turn in ranked if turn.message_id not in edited]
            if len(last) >= limit or len(ranked) < wanted:
                break
    return last[:limit]


async def _likeness(embedder: Embedder | None, query: str, within_s: float) -> Likeness | None:
    if embedder is None or not query.strip():
        return None
    try:
        async with asyncio.timeout(within_s):
            return Likeness(embedder.name, await embedder.embed_query(query), DEVIATION_WEIGHT)
    except (EmbeddingDown, TimeoutError) as down:
        log.warning("recall_by_words_alone", model=embedder.name, reason=str(down) or "no answer in time")
        return None


def within_budget(ranked: Sequence[Said], token_budget: int) -> Iterator[Said]:
    """Yield what fits together into the budget, in the order in which it comes; of long turns the part that fits."""
    for turn in map(_cut, ranked):
        if (tokens := tokens_of(turn.body)) <= token_budget:
            token_budget -= tokens
            yield turn


def _cut(turn: Said) -> Said:
    return replace(turn, body=excerpt_of(turn.body, turn.found if isinstance(turn, RankedTurn) else ()))


def tokens_of(body: str) -> int:
    """Return about how many tokens a turn takes in a prompt."""
    return TURN_OVERHEAD_TOKENS + -(-len(body) // CHARACTERS_PER_TOKEN)


def least_evidence(turn: RankedTurn) -> float:
    """Return what evidence a turn needs to count as an answer."""
    if turn.likeness is None:
        return LEAST_EVIDENCE_IN_WORDS
    return LEAST_EVIDENCE_IN_WORDS + (LEAST_EVIDENCE - LEAST_EVIDENCE_IN_WORDS) * min(1, turn.among / MANY_TURNS)


def found_turn(turn: RankedTurn) -> Recalled:
    """Return a ranked turn with what made it fit."""
    why = Why(
        terms=tuple(term.shown for term in turn.found if not term.spans),
        dates=tuple(term.shown for term in turn.found if term.spans),
        similarity=turn.likeness,
        is_neighbour=turn.own_score < turn.score / (3 if turn.found else 2),
    )
    return Recalled(
        message_id=turn.message_id,
        thread_id=turn.thread_id,
        said_at=turn.said_at,
        role=turn.role,
        speaker=turn.speaker,
        body=turn.body,
        score=turn.score,
        is_evidence=turn.evidence >= least_evidence(turn),
        why=why,
    )
