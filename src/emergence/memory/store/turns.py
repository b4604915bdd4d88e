"""Turns as they are kept. Every function here works in a transaction that sees one person's rows (`GuardedRows`)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.contracts.memory.turns import KeptTurn
from emergence.kernel.storage.database import Transaction
from emergence.memory.question.only_asks import only_asks
from emergence.memory.store.choices import read_unremembered
from emergence.memory.store.forget_items import delete_items, drop_quotes_of
from emergence.memory.store.locks import hold_items, hold_passages
from emergence.memory.store.passages import renew_following
from emergence.memory.store.spans import Span, multirange
from emergence.memory.store.tombstones import ForgottenWords, as_said

_SHOWN = """
    SELECT message_id AS message, thread_id AS thread, role, speaker, said_at, body AS text
    FROM turns WHERE user_id = $1
"""


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn that is to be kept."""

    message_id: UUID
    position: int
    role: Literal["user", "agent"]
    speaker: str
    said_at: datetime
    body: str
    from_file: bool = False
    edits: UUID | None = None


async def add_turns(
    tx: Transaction, forgotten: ForgottenWords, user_id: UUID, thread_id: UUID, turns: Sequence[NewTurn]
) -> list[UUID]:
    """Keep turns of a thread that are not kept already and may be; return the new ones.

    Not those that were forgotten, also when they come again with another id, from a file; nor what was said, or
    came in, while the person wanted nothing remembered. What was there before may come back meanwhile.
    """
    await hold_items(tx, user_id)
    unremembered = await read_unremembered(tx, user_id)
    turns = [turn for turn in turns if not unremembered.holds(turn.message_id, turn.said_at)]
    buried = await forgotten.those_buried(tx, user_id, [as_said(turn.body, turn.said_at) for turn in turns])
    turns = [turn for turn, is_forgotten in zip(turns, buried, strict=True) if not is_forgotten]
    rows = await tx.fetch(
        """
        INSERT INTO turns (user_id, message_id, thread_id, position, role, speaker, said_at, body, terms, from_file,
            edits)
        SELECT $1, message_id, $2, position, role, speaker, said_at, body, lexemes(body), from_file, edits
        FROM unnest($3::uuid[], $4::integer[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::boolean[],
            $10::uuid[]) AS said (message_id, position, role, speaker, said_at, body, from_file, edits)
        WHERE NOT EXISTS (
            SELECT FROM tombstones WHERE tombstones.user_id = $1 AND tombstones.id IN (said.message_id, $2)
        )
        ON CONFLICT DO NOTHING RETURNING message_id
        """,
        user_id,
        thread_id,
        [turn.message_id for turn in turns],
        [turn.position for turn in turns],
        [turn.role for turn in turns],
        [turn.speaker for turn in turns],
        [turn.said_at for turn in turns],
        [turn.body for turn in turns],
        [turn.from_file for turn in turns],
        [turn.edits for turn in turns],
    )
    return [row["message_id"] for row in rows]


async def delete_thread(tx: Transaction, user_id: UUID, thread_id: UUID) -> None:
    """Remove a thread's turns, with their vectors and what was made of them."""
    await delete_others(tx, user_id, thread_id, [])


async def delete_others(tx: Transaction, user_id: UUID, thread_id: UUID, kept: Sequence[UUID]) -> None:
    """Remove the turns of a thread that are not among these, with their vectors and what was made of them."""
    await hold_items(tx, user_id)
    await hold_passages(tx, user_id)
    going = await tx.fetch(
        "SELECT message_id FROM turns WHERE user_id = $1 AND thread_id = $2 AND NOT message_id = ANY ($3)",
        user_id,
        thread_id,
        list(kept),
    )
    if going and kept:
        await renew_following(tx, user_id, [row["message_id"] for row in going])
    await tx.execute(
        """
        WITH gone AS (
            DELETE FROM turns WHERE user_id = $1 AND thread_id = $2 AND NOT message_id = ANY ($3) RETURNING message_id
        )
        DELETE FROM pending_vectors WHERE user_id = $1 AND message_id IN (SELECT message_id FROM gone)
        """,
        user_id,
        thread_id,
        list(kept),
    )
    await _drop_what_was_made(tx, user_id, [row["message_id"] for row in going])


async def delete_turn(tx: Transaction, user_id: UUID, message_id: UUID) -> None:
    """Remove one turn, with its vectors and what was made of it. Idempotent."""
    await hold_items(tx, user_id)
    await delete_words_of(tx, user_id, [message_id])
    await _drop_what_was_made(tx, user_id, [message_id])


async def delete_words_of(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> list[str]:
    """Remove turns with their vectors, but nothing that was made of them; return their words `as_said`. Idempotent."""
    await renew_following(tx, user_id, message_ids)
    await tx.execute(
        "DELETE FROM pending_vectors WHERE user_id = $1 AND message_id = ANY ($2)", user_id, list(message_ids)
    )
    rows = await tx.fetch(
        "DELETE FROM turns WHERE user_id = $1 AND message_id = ANY ($2) RETURNING body, said_at",
        user_id,
        list(message_ids),
    )
    return [as_said(row["body"], row["said_at"]) for row in rows]


async def _drop_what_was_made(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> None:
    await delete_items(tx, user_id, await drop_quotes_of(tx, user_id, message_ids))


READ_FOR_ONE = 4  # turns that are read for each that is shown: those that only ask take nobody's place
ASKED_AFTER = 2  # things that are told of each thread before what was asked in one that holds nothing else


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """A turn as it was said, of a time that was asked for."""

    message_id: UUID
    thread_id: UUID
    role: str
    speaker: str
    said_at: datetime
    body: str


async def turns_within(
    tx: Transaction,
    user_id: UUID,
    spans: Sequence[Span],
    exclude_thread: UUID | None,
    limit: int,
    *,
    is_oldest_first: bool = False,
) -> list[SaidTurn]:
    """Return what tells best what was talked about at a time: of each thread first what the person told first.

    Then the second thing of each, and so on, at most `limit`; of many threads the newest, or the oldest. What only asks
    comes last; in a thread that holds nothing else it comes behind the first two things of the others. No former words
    of edited messages.
    """
    rows = await tx.fetch(
        """
        WITH said AS (
            SELECT message_id, thread_id, role, speaker, said_at, body, asks,
                row_number() OVER (PARTITION BY thread_id ORDER BY asks, role <> 'user', position, message_id) AS place,
                extract(epoch FROM max(said_at) OVER (PARTITION BY thread_id)) AS last_said_s
            FROM turns
            WHERE user_id = $1 AND said_at <@ (SELECT $2::text::tstzmultirange) AND thread_id IS DISTINCT FROM $3
                AND NOT EXISTS (
                    SELECT FROM turns AS newer WHERE newer.user_id = $1 AND newer.edits = turns.message_id
                )
        )
        SELECT message_id, thread_id, role, speaker, said_at, body FROM said
        ORDER BY place + CASE WHEN asks THEN $6 ELSE 0 END, asks, CASE WHEN $5 THEN last_said_s ELSE -last_said_s END,
            message_id LIMIT $4
        """,
        user_id,
        multirange(spans),
        exclude_thread,
        limit * READ_FOR_ONE,
        is_oldest_first,
        ASKED_AFTER,
    )
    return _telling_first([SaidTurn(**dict(row)) for row in rows])[:limit]


def _telling_first(said: Sequence[SaidTurn]) -> list[SaidTurn]:
    """Return turns in their order, but those that only ask behind those that tell."""
    asking = {turn.message_id for turn in said if only_asks(turn.body)}
    told = Counter[UUID]()
    asked = Counter[UUID]()
    telling_threads = {turn.thread_id for turn in said if turn.message_id not in asking}
    placed = list[tuple[bool, int, int, SaidTurn]]()
    for number, turn in enumerate(said):
        if turn.message_id in asking:
            asked[turn.thread_id] += 1
            place = asked[turn.thread_id] + ASKED_AFTER
            placed.append((turn.thread_id in telling_threads, place, number, turn))
        else:
            told[turn.thread_id] += 1
            placed.append((False, told[turn.thread_id], number, turn))
    return [turn for *_, turn in sorted(placed, key=lambda each: each[:3])]


async def read_turns(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> list[KeptTurn]:
    """Return those of the user's turns that are kept, in the order in which they were said."""
    rows = await tx.fetch(
        f"{_SHOWN} AND message_id = ANY ($2) ORDER BY said_at, message_id",
        user_id,
        list(message_ids),
    )
    return [KeptTurn(**dict(row)) for row in rows]


async def from_files(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the turns that came in with a file."""
    rows = await tx.fetch(
        "SELECT message_id FROM turns WHERE user_id = $1 AND message_id = ANY ($2) AND from_file",
        user_id,
        list(message_ids),
    )
    return {row["message_id"] for row in rows}


@dataclass(frozen=True, slots=True)
class TurnPosition:
    """Where a page of turns ended."""

    said_at: datetime
    id: UUID


async def page_of_turns(tx: Transaction, user_id: UUID, after: TurnPosition | None, limit: int) -> list[KeptTurn]:
    """Return the user's turns, the newest first."""
    rows = await tx.fetch(
        f"""
        {_SHOWN} AND ($2::timestamptz IS NULL OR (said_at, message_id) < ($2, $3::uuid))
        ORDER BY said_at DESC, message_id DESC LIMIT $4
        """,
        user_id,
        after.said_at if after else None,
        after.id if after else None,
        limit,
    )
    return [KeptTurn(**dict(row)) for row in rows]


async def count_turns(tx: Transaction, user_id: UUID) -> int:
    """Return how many turns are kept of a person."""
    return int(await tx.fetchval("SELECT count(*) FROM turns WHERE user_id = $1", user_id))
