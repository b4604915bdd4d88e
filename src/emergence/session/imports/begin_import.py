"""Receive a file onto the disk, see what it is, and begin to take it in."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from emergence.contracts.session.carrying import Import, Imports
from emergence.contracts.session.problems import ImportRunning, ImportsBusy, ImportUnreadable, UnknownImport
from emergence.kernel.ids import new_id
from emergence.session.imports.found import Unreadable, told
from emergence.session.imports.open_file import OpenedFile
from emergence.session.imports.take_in import TakingIn
from emergence.session.parts import Session
from emergence.session.store import imports as store

SILENCE = timedelta(seconds=60)  # then its instance counts as dead; it gives a sign of life with each conversation
LISTED = 20


async def begin_import(session: Session, user_id: UUID, chunks: AsyncIterator[bytes]) -> Import:
    """Return the import that goes on by itself now.

    Raises ImportRunning, ImportsBusy, ImportUnreadable, ChatUnavailable; nothing is kept of the file then.
    """
    await _require_none_running(session, user_id)
    agent = await session.agents.chosen(None)
    with session.imports.received_from(user_id), ExitStack() as held:
        held.enter_context(session.imports.one_more())
        file = held.enter_context(tempfile.TemporaryFile())
        opened = await _received(session, file, chunks, agent)
        begun = Import(id=new_id(), state="running", format=opened.format, started_at=session.clock.now())
        tasks = session.runs.tasks
        if tasks is None:
            raise ImportsBusy()
        if not await store.insert_import(session.database, user_id, begun):
            raise ImportRunning()
        taking = TakingIn(session, user_id, begun.id, opened, agent)
        tasks.create_task(_carried_out(taking, held.pop_all()), name=f"import-{begun.id}")
    return begun


async def read_imports(session: Session, user_id: UUID) -> Imports:
    """Return a person's imports, the latest first."""
    await _interrupt_silent(session)
    return Imports(imports=await store.read_imports(session.database, user_id, LISTED))


async def read_import(session: Session, user_id: UUID, import_id: UUID) -> Import:
    """Return how far a person's import is. Raises UnknownImport."""
    await _interrupt_silent(session)
    found = await store.read_import(session.database, user_id, import_id)
    if found is None:
        raise UnknownImport()
    return found


async def _received(session: Session, file: BinaryIO, chunks: AsyncIterator[bytes], agent: str) -> OpenedFile:
    async for chunk in chunks:
        await asyncio.to_thread(file.write, chunk)
    try:
        return await asyncio.to_thread(OpenedFile, file, agent, session.settings.import_max_unpacked_bytes())
    except Unreadable as refused:
        raise ImportUnreadable(members=told(refused).model_dump()) from None


async def _carried_out(taking: TakingIn, held: ExitStack) -> None:
    with held:
        await taking.run()


async def _require_none_running(session: Session, user_id: UUID) -> None:
    await _interrupt_silent(session)
    if any(each.state == "running" for each in await store.read_imports(session.database, user_id, LISTED)):
        raise ImportRunning()


async def _interrupt_silent(session: Session) -> None:
    now = session.clock.now()
    await store.interrupt_silent(session.database, now - SILENCE, now)
