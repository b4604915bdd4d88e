"""A conversation as PDF: set by a process of its own, within bounds of length, time and number."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta

import structlog

from emergence.contracts.chat import Language
from emergence.contracts.session.problems import PdfFailed, PdfTooLong
from emergence.session.exports.pdf_limits import TOO_MUCH
from emergence.session.exports.read_pieces import OnItsWay, shown_messages_of
from emergence.session.exports.words import heading_of, line_of
from emergence.session.parts import Session

log = structlog.get_logger(__name__)

MAX_CHARACTERS = 1_500_000  # about 600 pages
DEADLINE = timedelta(seconds=40)  # with the wait for the turn, less than a gateway waits for an answer to begin
PROCESS = "emergence.session.exports.pdf_process"


async def pdf_of(session: Session, thread: OnItsWay, at: datetime, language: Language) -> bytes:
    """Return the file. Raises PdfTooLong, PdfBusy, PdfFailed, DatabaseUnavailable."""
    lines = bytearray()
    async with aclosing(_lines_of(session, thread, at, language)) as told:
        async for line in told:
            lines += line
    async with session.pdf_turn.of(thread.user_id):
        return await set_pages(bytes(lines))


async def _lines_of(
    session: Session, thread: OnItsWay, at: datetime, language: Language
) -> AsyncGenerator[bytes, None]:
    title, told = line_of(thread.head, at, language)
    yield json.dumps({"title": title, "told": told}).encode() + b"\n"
    length = 0
    async with aclosing(shown_messages_of(session, thread)) as pages:
        async for page in pages:
            for message in page:
                parts = [part.text for part in message.parts]
                length += sum(map(len, parts))
                if length > MAX_CHARACTERS:
                    raise PdfTooLong()
                yield json.dumps({"heading": heading_of(message, language), "parts": parts}).encode() + b"\n"


async def set_pages(lines: bytes) -> bytes:
    """Return the file of what the process is told. Raises PdfTooLong, PdfFailed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        PROCESS,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # what goes wrong there may quote what was said
        env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        async with asyncio.timeout(DEADLINE.total_seconds()):
            written, _ = await process.communicate(lines)
    except TimeoutError:
        raise PdfTooLong() from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == TOO_MUCH:
        raise PdfTooLong()
    if process.returncode != 0:
        log.error("pdf_not_set", status=process.returncode)
        raise PdfFailed()
    return written
