"""Collect exports: ask every service for what it holds, and keep the file in sealed chunks, whatever crashes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from uuid import UUID

import structlog

from emergence.auth.audit import AuditEvent, record
from emergence.auth.export.archive import Archive, Piece
from emergence.auth.parts import Auth
from emergence.auth.store import exports as store
from emergence.auth.store.exports import Progress, StoredExport
from emergence.auth.store.personal_data import PERSONAL_TABLES
from emergence.contracts.personal_data import EXPORTER, HOLDERS, PersonalData, RowsEnded
from emergence.kernel.errors import Unavailable
from emergence.kernel.failure_of import failure_of
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.kernel.storage.personal_data import rows_about

log = structlog.get_logger(__name__)

POLL_INTERVAL = timedelta(seconds=2)
LEASE = timedelta(minutes=3)  # longer than a neighbour may be silent within an answer (kernel/wire/over_https.py)
PROGRESS_EVERY_S = 3.0
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(days=2)  # of a neighbour that never answers
KEPT = timedelta(days=7)
CHUNK_BYTES = 256 * 1024
BATCH_CHARACTERS = 256 * 1024  # what is compressed at a time


class ExportLost(Exception):
    """Another worker has begun anew, or the person is erased."""


async def collect_exports_forever(auth: Auth) -> None:
    """Collect whatever is asked for until cancelled; an outage of the database only postpones it."""
    while True:
        try:
            await collect_due_exports(auth)
        except DatabaseUnavailable:
            log.info("exports_postponed")
        await auth.clock.sleep(POLL_INTERVAL)


async def collect_due_exports(auth: Auth) -> None:
    """Collect one export after the other until none is due. Raises DatabaseUnavailable."""
    while (export := await store.take_due(auth.database, auth.clock.now(), auth.clock.now() + LEASE)) is not None:
        failed = await failure_of(_Collector(auth, export).collect())
        if isinstance(failed, DatabaseUnavailable):
            raise failed
        if isinstance(failed, ExportLost):
            log.info("export_lost", export_id=str(export.id))
        elif failed is not None:
            log.warning("export_interrupted", export_id=str(export.id), reason=type(failed).__name__)
            await _try_later(auth, export)


async def _try_later(auth: Auth, export: StoredExport) -> None:
    now = auth.clock.now()
    if now - export.requested_at < GIVEN_UP_AFTER:
        wait = min(FIRST_WAIT * (1 << min(export.attempt - 1, 30)), LONGEST_WAIT)
        await store.postpone_export(auth.database, export, now + wait)
        return
    async with auth.database.transaction() as tx:
        if await store.finish_export(tx, export, "failed", now, now + KEPT):
            await record(auth, tx, AuditEvent("account.export_ready", subject=export.user_id, outcome="failure"), None)


class _Collector:
    """One attempt at one export; what it has written counts only once it is finished."""

    def __init__(self, auth: Auth, export: StoredExport) -> None:
        self._auth = auth
        self._export = export
        self._archive = Archive(auth.clock.now())
        self._collecting = EXPORTER
        self._noted_s = auth.clock.elapsed_s()
        self._rows = self._size_bytes = self._chunks = 0
        self._batch: list[Piece] = []
        self._batch_characters = 0

    async def collect(self) -> None:
        """Collect it to its end. Raises ExportLost, DatabaseUnavailable, and what a neighbour refuses with."""
        await self._add(EXPORTER, _own_pieces(self._auth, self._export.user_id))
        for holder in HOLDERS:
            await self._add(holder.service, _pieces_from(holder(self._auth.peers), self._export.user_id))
        await self._write()
        await asyncio.to_thread(self._archive.close)
        await self._keep()
        await self._note()
        await self._finish()

    async def _add(self, service: str, pieces: AsyncGenerator[Piece, None]) -> None:
        self._collecting = service
        await self._note()
        async with aclosing(pieces):
            async for piece in pieces:
                self._batch.append(piece)
                self._batch_characters += len(piece.text)
                self._rows += piece.is_last
                if self._batch_characters >= BATCH_CHARACTERS:
                    await self._write()
                if self._auth.clock.elapsed_s() - self._noted_s >= PROGRESS_EVERY_S:
                    await self._note()

    async def _write(self) -> None:
        batch, self._batch, self._batch_characters = self._batch, [], 0
        await asyncio.to_thread(self._archive.add, batch)
        if self._archive.held_bytes >= CHUNK_BYTES:
            await self._keep()

    async def _keep(self) -> None:
        chunk, place = self._archive.take(), self._chunks
        self._chunks += 1
        self._size_bytes += len(chunk)
        sealed = self._auth.export_seal.close(chunk, chunk_place(self._export, place))
        if not await store.add_chunk(self._auth.database, self._export, self._progress(), sealed):
            raise ExportLost()

    async def _note(self) -> None:
        """Say how far it is, and keep the lease."""
        self._noted_s = self._auth.clock.elapsed_s()
        lease_until = self._auth.clock.now() + LEASE
        if not await store.note_progress(self._auth.database, self._export, self._progress(), lease_until):
            raise ExportLost()

    def _progress(self) -> Progress:
        return Progress(self._collecting, self._rows, self._size_bytes, self._chunks)

    async def _finish(self) -> None:
        now = self._auth.clock.now()
        async with self._auth.database.transaction() as tx:
            if not await store.finish_export(tx, self._export, "ready", now, now + KEPT):
                raise ExportLost()
            await record(self._auth, tx, AuditEvent("account.export_ready", subject=self._export.user_id), None)
        log.info("export_ready", rows=self._rows, size_bytes=self._size_bytes)


def chunk_place(export: StoredExport, place: int) -> str:
    """Return what a chunk is sealed for, so that none can stand in another's place."""
    return f"export/{export.id}/{export.attempt}/{place}"


async def _own_pieces(auth: Auth, user_id: UUID) -> AsyncGenerator[Piece, None]:
    async with aclosing(rows_about(auth.database, PERSONAL_TABLES, user_id)) as rows:
        async for row in rows:
            yield Piece(EXPORTER, row.table, row.json, is_last=True)


async def _pieces_from(holder: PersonalData, user_id: UUID) -> AsyncGenerator[Piece, None]:
    """Yield what a neighbour holds. Raises Unavailable when it does not answer or its answer is cut off."""
    async with aclosing(holder.export(user_id)) as pieces:
        async for piece in pieces:
            if isinstance(piece, RowsEnded):
                return
            yield Piece(holder.service, piece.table, piece.text, piece.is_last)
    raise Unavailable(f"What {holder.service} holds was cut off.")
