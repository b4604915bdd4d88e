"""Find what a person said, in any thread, that answers a question: ranked turns within a budget, each with its reasons."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog

from emergence.kernel.embeddings.embedder import Embedder, EmbeddingDown
from emergence.memory.question.read_question import Question, read_question
from emergence.memory.store.recall import Likeness, Ranking, RankedTurn, Weights, ranked_turns

log = structlog.get_logger(__name__)

# Measured (docs/memory-measurements.md): a turn's own words and likeness, less of its neighbours, some of its thread.
WEIGHTS = Weights(before=(0.35, 0.15), after=(0.35, 0.15), thread=0.4, participant=0.35, question=0.2, length=0.15)
DEVIATION_WEIGHT = 0.1  # what one standard deviation of likeness adds; all of a question's words together add 1
QUERY_DEADLINE_S = 0.5  # an answer should not wait for a busy model: words alone find most
CHARACTERS_PER_TOKEN = 4  # of English with the usual tokenisers; French has a few fewer
TURN_OVERHEAD_TOKENS = 8  # date, speaker and separators


@dataclass(frozen=True, slots=True)
class Why:
    """What made a turn fit: words and dates of the question in it, likeness in meaning, or only what stands beside it."""

    terms: tuple[str, ...]
    dates: tuple[str, ...]
    similarity: float | None
    is_neighbour: bool


@dataclass(frozen=True, slots=True)
class Recalled:
    """A turn that was found, with its source."""

    message_id: UUID
    thread_id: UUID
    said_at: datetime
    role: str
    speaker: str
    body: str
    score: float
    why: Why


def tokens_of(turn: RankedTurn) -> int:
    """Return about how many tokens a turn takes in a prompt."""
    return TURN_OVERHEAD_TOKENS + -(-len(turn.body) // CHARACTERS_PER_TOKEN)
