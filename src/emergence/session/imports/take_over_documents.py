"""Keep what the former system knew of documents, until this one keeps documents."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from hashlib import sha256

from emergence.kernel.storage.database import Database
from emergence.session.store import legacy_documents as store
from emergence.session.store.legacy_documents import DocumentUse, LegacyDocument


@dataclass(frozen=True, slots=True)
class KeptDocuments:
    """How many of a batch are new here, how many are here in all, and the sum of their fingerprints."""

    added: int
    stored: int
    checksum: int


def thread_source(former_id: str) -> bytes:
    """Return what a conversation of the former system is known by here."""
    return sha256(former_id.encode()).digest()


def document_source(former_id: str) -> bytes:
    """Return what a document of the former system is known by here."""
    return sha256(f"document {former_id}".encode()).digest()


async def take_over_documents(
    database: Database, documents: Sequence[LegacyDocument], *, writes: bool
) -> KeptDocuments:
    """Keep a batch; without `writes`, say what would be. Idempotent. Raises DatabaseUnavailable."""
    if writes:
        async with database.transaction() as tx:
            added = await store.put_documents(tx, documents)
    kept = await store.read_documents(database, documents)
    if not writes:
        added = len(documents) - len(kept)
    return KeptDocuments(added, len(kept), sum(map(fingerprint, kept)))


async def take_over_uses(database: Database, uses: Sequence[DocumentUse], *, writes: bool) -> KeptDocuments:
    """Keep in which conversations documents were used; without `writes`, say what would be. Idempotent."""
    if writes:
        async with database.transaction() as tx:
            added = await store.put_uses(tx, uses)
    kept = await store.read_uses(database, uses)
    if not writes:
        added = len(uses) - len(kept)
    return KeptDocuments(added, len(kept), sum(map(fingerprint, kept)))


def fingerprint(row: LegacyDocument | DocumentUse) -> int:
    """Return a number for all that is known of a document or of its use."""
    return int.from_bytes(sha256(json.dumps(astuple(row), default=_plain).encode()).digest(), "big")


def _plain(value: object) -> str:
    match value:
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat()
        case _:
            return str(value)
