"""Bring over what the former system knew of documents, and in which conversations they were used, a batch at a time."""

from collections.abc import Iterator, Mapping
from functools import partial
from math import isfinite
from uuid import UUID

from emergence.legacy.bring_over_records import bring_batches, whole_rows
from emergence.legacy.people import People
from emergence.legacy.store import Source, Value
from emergence.legacy.tally import Tally
from emergence.legacy.target import Target
from emergence.legacy.values import count_in, moment_in, text_in
from emergence.session.imports.take_over_documents import (
    document_source,
    fingerprint,
    take_over_documents,
    take_over_uses,
    thread_source,
)
from emergence.session.store.legacy_documents import DocumentUse, LegacyDocument

NO_ID = "it has no id"
NO_DOCUMENT = "no document of its person has this doc_id"
NOT_HERE = "its thread is not here"
ANOTHERS = "its document is another person's than its thread"

Owners = Mapping[str, UUID]  # by what the former system called it


async def bring_documents(source: Source, target: Target, people: People, tally: Tally) -> Owners:
    """Bring over what is known of documents; return whose each is. Their files are not touched."""
    owners: dict[str, UUID] = {}
    take_over = partial(take_over_documents, target.session)
    await bring_batches(_documents(source, people, tally, owners), take_over, fingerprint, target, tally)
    return owners


async def bring_uses(source: Source, target: Target, threads: Owners, documents: Owners, tally: Tally) -> None:
    """Bring over which document was used in which of the conversations that are here."""
    take_over = partial(take_over_uses, target.session)
    await bring_batches(_uses(source, threads, documents, tally), take_over, fingerprint, target, tally)


def _documents(source: Source, people: People, tally: Tally, owners: dict[str, UUID]) -> Iterator[LegacyDocument]:
    for row in whole_rows(source, "documents", tally):
        known_as = text_in(row["id"])
        if known_as is None:
            tally.refuse(tally.read, NO_ID)
            continue
        if known_as in owners:
            tally.copies += 1
            continue
        owner = people.owner(row["user_id"], row["session_id"])
        if owner.user_id is None:
            tally.refuse(row["id"], owner.reason)
            continue
        owners[known_as] = owner.user_id
        yield LegacyDocument(
            user_id=owner.user_id,
            source=document_source(known_as),
            former_id=known_as,
            filename=text_in(row["filename"]),
            file_path=text_in(row["filepath"]),
            status=text_in(row["status"]),
            characters=count_in(row["char_count"]),
            chunks=count_in(row["chunk_count"]),
            problem=text_in(row["error_message"]),
            uploaded_at=moment_in(row["uploaded_at"]),
        )


def _uses(source: Source, threads: Owners, documents: Owners, tally: Tally) -> Iterator[DocumentUse]:
    seen: set[tuple[str, str]] = set()
    for row in whole_rows(source, "thread_docs", tally):
        thread, document = text_in(row["thread_id"]) or "", text_in(row["doc_id"]) or ""
        if (thread, document) in seen:
            tally.copies += 1
            continue
        if refused := _refused(threads.get(thread), documents.get(document)):
            tally.refuse(f"{thread} {document}", refused)
            continue
        seen.add((thread, document))
        yield DocumentUse(
            user_id=documents[document],
            thread=thread_source(thread),
            source=document_source(document),
            weight=_weight_in(row["weight"]),
            last_used_at=moment_in(row["last_used_at"]),
        )


def _refused(thread_of: UUID | None, document_of: UUID | None) -> str | None:
    if document_of is None:
        return NO_DOCUMENT
    if thread_of is None:
        return NOT_HERE
    return None if thread_of == document_of else ANOTHERS


def _weight_in(value: Value) -> float | None:
    try:
        weight = float(value or 0)
    except ValueError:
        return None
    return weight if value is not None and isfinite(weight) else None
