"""What the former system knew of documents, and in which conversations they were used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class LegacyDocument:
    """One document; `source` tells it from its person's others, in a later file too. None is unknown."""

    user_id: UUID
    source: bytes
    former_id: str
    filename: str | None
    file_path: str | None
    status: str | None
    characters: int | None
    chunks: int | None
    problem: str | None
    uploaded_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentUse:
    """A document in a conversation of the same person; `thread` is the source of the conversation."""

    user_id: UUID
    thread: bytes
    source: bytes
    weight: float | None
    last_used_at: datetime | None


async def put_documents(tx: Transaction, documents: Sequence[LegacyDocument]) -> int:
    """Add documents, or put what is known of them now in place of what was; return how many are new."""
    rows = await tx.fetch(
        """
        INSERT INTO legacy_documents
            (user_id, source, former_id, filename, file_path, status, characters, chunks, problem, uploaded_at)
        SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                             $8::bigint[], $9::text[], $10::timestamptz[])
        ON CONFLICT (user_id, source) DO UPDATE SET (filename, file_path, status, characters, chunks, problem,
            uploaded_at) = (excluded.filename, excluded.file_path, excluded.status, excluded.characters,
            excluded.chunks, excluded.problem, excluded.uploaded_at)
        RETURNING xmax = 0 AS is_new
        """,
        [each.user_id for each in documents],
        [each.source for each in documents],
        [each.former_id for each in documents],
        [each.filename for each in documents],
        [each.file_path for each in documents],
        [each.status for each in documents],
        [each.characters for each in documents],
        [each.chunks for each in documents],
        [each.problem for each in documents],
        [each.uploaded_at for each in documents],
    )
    return sum(row["is_new"] for row in rows)


async def read_documents(database: Database, documents: Sequence[LegacyDocument]) -> list[LegacyDocument]:
    """Return what is stored of these documents."""
    rows = await database.fetch(
        """
        SELECT user_id, source, former_id, filename, file_path, status, characters, chunks, problem, uploaded_at
        FROM legacy_documents JOIN unnest($1::uuid[], $2::bytea[]) AS wanted (user_id, source) USING (user_id, source)
        """,
        [each.user_id for each in documents],
        [each.source for each in documents],
    )
    return [LegacyDocument(**dict(row)) for row in rows]


async def put_uses(tx: Transaction, uses: Sequence[DocumentUse]) -> int:
    """Add uses in conversations that are here, or put what is known of them now in place; return how many are new."""
    rows = await tx.fetch(
        """
        INSERT INTO legacy_thread_documents (user_id, thread_id, source, weight, last_used_at)
        SELECT told.user_id, thread_id, told.source, weight, last_used_at
        FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::float8[], $5::timestamptz[])
            AS told (user_id, thread, source, weight, last_used_at)
        JOIN legacy_threads AS came ON came.user_id = told.user_id AND came.source = told.thread
        JOIN threads ON threads.id = came.thread_id AND threads.user_id = told.user_id
        JOIN legacy_documents AS document ON document.user_id = told.user_id AND document.source = told.source
        ON CONFLICT (thread_id, source)
        DO UPDATE SET (weight, last_used_at) = (excluded.weight, excluded.last_used_at)
        RETURNING xmax = 0 AS is_new
        """,
        *_columns(uses),
    )
    return sum(row["is_new"] for row in rows)


async def read_uses(database: Database, uses: Sequence[DocumentUse]) -> list[DocumentUse]:
    """Return what is stored of these uses."""
    wanted = _columns(uses)[:3]
    rows = await database.fetch(
        """
        SELECT wanted.user_id, wanted.thread, wanted.source, weight, last_used_at
        FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS wanted (user_id, thread, source)
        JOIN legacy_threads AS came ON came.user_id = wanted.user_id AND came.source = wanted.thread
        JOIN legacy_thread_documents AS used
            ON used.user_id = wanted.user_id AND used.thread_id = came.thread_id AND used.source = wanted.source
        """,
        *wanted,
    )
    return [DocumentUse(**dict(row)) for row in rows]


def _columns(uses: Sequence[DocumentUse]) -> tuple[list[object], ...]:
    return (
        [each.user_id for each in uses],
        [each.thread for each in uses],
        [each.source for each in uses],
        [each.weight for each in uses],
        [each.last_used_at for each in uses],
    )
