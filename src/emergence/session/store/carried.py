"""Threads as they leave for a file, page by page, and as they come in from one, whole."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal
from uuid import UUID

from asyncpg import Record

from emergence.contracts.session.carrying import CarriedMessage, CarriedThread
from emergence.contracts.session.threads import Part
from emergence.kernel.storage.database import Database, Transaction
from emergence.session.store import log
from emergence.session.store.branches import BEGINNING
from emergence.session.store.messages import PARTS
from emergence.session.store.page_size import PAGE_MAX_BYTES

MESSAGES_AT_ONCE = 100
CHARACTERS_AT_ONCE = 1_000_000
THREADS_AT_ONCE = 200
UNFINISHED = ("queued", "streaming")

_HEAD = "title, agent, created_at, updated_at, titled, archived_at IS NOT NULL AS archived"


async def read_head(database: Database, user_id: UUID, thread_id: UUID) -> tuple[CarriedThread, UUID | None] | None:
    """Return what the user's thread is called and when it was held, and the end of the branch in front, or None."""
    row = await database.fetchrow(
        f"SELECT {_HEAD}, leaf_id FROM threads WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL",  # noqa: S608
        thread_id,
        user_id,
    )
    if row is None:
        return None
    head = dict(row)
    leaf = head.pop("leaf_id")
    return CarriedThread.model_construct(**head), leaf


async def read_thread_ids(database: Database, user_id: UUID, after: UUID | None) -> list[UUID]:
    """Return the next ids of what the user keeps: neither deleted nor temporary, archived ones too."""
    rows = await database.fetch(
        """
        SELECT id FROM threads
        WHERE user_id = $1 AND deleted_at IS NULL AND NOT temporary AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id LIMIT $3
        """,
        user_id,
        after,
        THREADS_AT_ONCE,
    )
    return [row["id"] for row in rows]


async def read_carried(
    database: Database, user_id: UUID, thread_id: UUID, after: CarriedMessage | None, only: Sequence[UUID] | None
) -> list[CarriedMessage]:
    """Return the next messages of the user's thread, or of some of them; none when there are no more.

    An answer that is being written comes as far as it is, interrupted.
    """
    async with database.transaction() as tx:
        rows = await tx.fetch(
            """
            WITH page AS (
                SELECT * FROM messages
                WHERE thread_id = $1 AND user_id = $2 AND ($3::bigint IS NULL OR (turn, slot) > ($3, $4::bigint))
                    AND ($6::uuid[] IS NULL OR messages.id = ANY($6))
                    AND EXISTS (SELECT FROM threads WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL)
                ORDER BY turn, slot LIMIT $5
            ), measured AS (
                SELECT *, row_number() OVER said AS place, sum(octet_length(parts::text)) OVER said AS so_far
                FROM page WINDOW said AS (ORDER BY turn, slot)
            )
            SELECT measured.*, latest.id AS run_id, latest.provider, latest.model FROM measured
            LEFT JOIN LATERAL (
                SELECT id, provider, model FROM runs WHERE runs.message_id = measured.id AND runs.user_id = $2
                ORDER BY queue_position DESC LIMIT 1
            ) AS latest ON true
            WHERE place = 1 OR so_far <= $7 ORDER BY place
            """,
            thread_id,
            user_id,
            None if after is None else after.turn,
            None if after is None else after.slot,
            MESSAGES_AT_ONCE,
            None if only is None else list(only),
            PAGE_MAX_BYTES,
        )
        growing = [row["run_id"] for row in rows if row["status"] in UNFINISHED and row["run_id"] is not None]
        texts = await log.texts_so_far(tx, user_id, growing) if growing else {}
    return [_carried(row, texts.get(row["run_id"])) for row in rows]


def _carried(row: Record, growing: Sequence[str] | None) -> CarriedMessage:
    parts = PARTS.validate_json(row["parts"]) if growing is None else [Part(text=text) for text in growing]
    return CarriedMessage.model_construct(
        id=row["id"],
        turn=row["turn"],
        slot=row["slot"],
        role=row["role"],
        agent=row["agent"],
        status="interrupted" if row["status"] in UNFINISHED else row["status"],
        parts=parts,
        created_at=row["created_at"],
        parent=None if row["parent_id"] == BEGINNING else row["parent_id"],
        provider=row["provider"],
        model=row["model"],
        copied=row["taken_from"] == "share",
    )


async def insert_carried(
    tx: Transaction,
    user_id: UUID,
    thread_id: UUID,
    thread: CarriedThread,
    messages: Sequence[CarriedMessage],
    leaf: UUID | None,
    taken_from: Literal["file", "share"],
) -> None:
    """Store a thread of the user with messages that have ids of their own already, at their times.

    Those that were copied from a shared conversation before they came in by a file stay so. `leaf` ends the branch that
    it shows: one of the messages, each of which comes after its parent.
    """
    await tx.execute(
        """
        INSERT INTO threads (id, user_id, title, agent, turns, created_at, updated_at, titled, archived_at, leaf_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9 THEN $7::timestamptz END, $10)
        """,
        thread_id,
        user_id,
        thread.title,
        thread.agent,
        max((message.turn for message in messages), default=-1) + 1,
        thread.created_at,
        thread.updated_at,
        thread.titled,
        thread.archived,
        leaf,
    )
    await insert_messages(tx, user_id, thread_id, messages, {}, taken_from)


async def insert_messages(
    tx: Transaction,
    user_id: UUID,
    thread_id: UUID,
    messages: Sequence[CarriedMessage],
    earlier: Mapping[UUID, UUID | None],
    taken_from: Literal["file", "share"],
) -> None:
    """Store messages of the user's thread at their times, each after its parent.

    `earlier` says of messages that are stored already, and followed by these, which question they belong to.
    """
    answers = dict(earlier)  # which question each message answers
    questions = {message.id for message in messages if message.role == "user"}
    for message in messages:
        before = message.parent
        asked = before if before is None or before in questions else answers[before]
        answers[message.id] = None if message.role == "user" else asked
    for batch in _batches(messages):
        await _insert_messages(tx, user_id, thread_id, batch, [answers[each.id] for each in batch], taken_from)


def _batches(messages: Sequence[CarriedMessage]) -> Iterator[list[CarriedMessage]]:
    """Yield as many at once as are stored, and made searchable, well within a statement's deadline."""
    batch: list[CarriedMessage] = []
    length = 0
    for message in messages:
        batch.append(message)
        length += sum(len(part.text) for part in message.parts)
        if len(batch) == MESSAGES_AT_ONCE or length > CHARACTERS_AT_ONCE:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


async def _insert_messages(
    tx: Transaction,
    user_id: UUID,
    thread_id: UUID,
    messages: Sequence[CarriedMessage],
    answers: Sequence[UUID | None],
    taken_from: Literal["file", "share"],
) -> None:
    await tx.execute(
        """
        INSERT INTO messages
            (id, user_id, thread_id, turn, slot, role, agent, status, parts, reply_to, parent_id, created_at,
            taken_from)
        SELECT id, $1, $2, turn, slot, role, agent, status, parts, reply_to, parent_id, created_at, taken_from
        FROM unnest(
            $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::uuid[],
            $11::uuid[], $12::timestamptz[], $13::text[]
        ) AS added (id, turn, slot, role, agent, status, parts, reply_to, parent_id, created_at, taken_from)
        """,
        user_id,
        thread_id,
        [message.id for message in messages],
        [message.turn for message in messages],
        [message.slot for message in messages],
        [message.role for message in messages],
        [message.agent for message in messages],
        [message.status for message in messages],
        [PARTS.dump_json(message.parts).decode() for message in messages],
        list(answers),
        [message.parent or BEGINNING for message in messages],
        [message.created_at for message in messages],
        ["share" if message.copied else taken_from for message in messages],
    )


async def note_origin(tx: Transaction, user_id: UUID, digest: bytes, thread_id: UUID) -> None:
    """Note of which conversation in a file the user's thread was made; a thread that was deleted gives way."""
    await tx.execute(
        """
        INSERT INTO import_origins (user_id, digest, thread_id) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, digest) DO UPDATE SET thread_id = excluded.thread_id
        """,
        user_id,
        digest,
        thread_id,
    )


async def known_thread(tx: Transaction, user_id: UUID, digest: bytes) -> UUID | None:
    """Return the user's thread that was made of that conversation, or None."""
    row = await tx.fetchrow(
        """
        SELECT threads.id FROM import_origins JOIN threads ON threads.id = import_origins.thread_id
        WHERE import_origins.user_id = $1 AND digest = $2 AND deleted_at IS NULL
        """,
        user_id,
        digest,
    )
    return None if row is None else row["id"]
