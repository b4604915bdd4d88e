"""What items were taken from: the very words of turns, checked against them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.question.words import folded

_BLANKS = re.compile(r"\s+")
_APOSTROPHES = str.maketrans("’ʼ", "''")


@dataclass(frozen=True, slots=True)
class Source:
    """The words of a turn that say so."""

    message_id: UUID
    thread_id: UUID
    quote: str
    said_at: datetime


def stands_in(quote: str, body: str) -> bool:
    """Return whether `quote` is literally in `body`: capitals, accents, blanks and apostrophes may differ."""
    sought = _compared(quote)
    return bool(sought) and sought in _compared(body)


def _compared(text: str) -> str:
    return _BLANKS.sub(" ", folded(text).translate(_APOSTROPHES)).strip()


async def those_that_hold(tx: Transaction, user_id: UUID, sources: Sequence[Source]) -> list[Source]:
    """Return the sources whose turn is kept and holds the quote; thread and time are the turn's.

    The turns stay until this transaction ends: whoever removes them then removes what was taken from them, too.
    """
    rows = await tx.fetch(
        """
        SELECT message_id, thread_id, said_at, body FROM turns WHERE user_id = $1 AND message_id = ANY ($2)
        ORDER BY message_id FOR KEY SHARE
        """,
        user_id,
        [source.message_id for source in sources],
    )
    turns = {row["message_id"]: row for row in rows}
    return [
        Source(source.message_id, turn["thread_id"], source.quote, turn["said_at"])
        for source in sources
        if (turn := turns.get(source.message_id)) is not None and stands_in(source.quote, turn["body"])
    ]


async def add(tx: Transaction, user_id: UUID, item_id: UUID, sources: Sequence[Source]) -> None:
    """Note that these say so, too. Idempotent."""
    await tx.execute(
        """
        INSERT INTO item_sources (user_id, item_id, message_id, thread_id, quote, said_at)
        SELECT $1, $2, * FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[])
        ON CONFLICT DO NOTHING
        """,
        user_id,
        item_id,
        [source.message_id for source in sources],
        [source.thread_id for source in sources],
        [source.quote for source in sources],
        [source.said_at for source in sources],
    )
