"""All conversations of a person as one ZIP file, sent while it is made: a file of our own format for each."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from emergence.contracts.session.problems import UnknownThread
from emergence.kernel.zip_sink import ZipSink
from emergence.session.exports.file_name import stem_of
from emergence.session.exports.read_pieces import OnItsWay, begin_reading
from emergence.session.exports.write_json import json_of
from emergence.session.parts import Session
from emergence.session.store.carried import read_thread_ids

FOLDER = "threads/"
SENT_AT_ONCE = 64 * 1024


async def archive_of(session: Session, user_id: UUID, at: datetime) -> AsyncGenerator[bytes, None]:
    """Yield the file; what is compressed and not yet sent is a page at most. Raises DatabaseUnavailable."""
    sink = ZipSink()
    archive = ZipFile(sink, "w", ZIP_DEFLATED)  # type: ignore[call-overload]
    after, number = None, 0
    while ids := await read_thread_ids(session.database, user_id, after):
        for thread_id in ids:
            try:
                thread = await begin_reading(session, user_id, thread_id)
            except UnknownThread:
                continue  # deleted meanwhile
            number += 1
            async with aclosing(_written(session, archive, thread, number, at)) as steps:
                async for _ in steps:
                    if len(sink.held) >= SENT_AT_ONCE:
                        yield sink.take()
        after = ids[-1]
    archive.close()
    yield sink.take()


async def _written(
    session: Session, archive: ZipFile, thread: OnItsWay, number: int, at: datetime
) -> AsyncGenerator[None, None]:
    """Write one conversation, a step at a time."""
    entry = ZipInfo(f"{FOLDER}{number:05} {stem_of(thread.head.title)}.json", at.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    with archive.open(entry, "w", force_zip64=True) as file:
        async with aclosing(json_of(session, thread, at)) as pieces:
            async for piece in pieces:
                await asyncio.to_thread(file.write, piece)
                yield
