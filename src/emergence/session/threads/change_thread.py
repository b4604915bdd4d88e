"""Rename a thread, archive it, pin it, put it into a folder, or limit how long it is kept."""

from uuid import UUID

from emergence.contracts.session.managing import PINS_MAX, ChangeThread
from emergence.contracts.session.problems import (
    RetentionTooLong,
    ThreadIsTemporary,
    TooManyPins,
    UnknownFolder,
    UnknownThread,
)
from emergence.contracts.session.threads import Thread
from emergence.kernel.storage.database import Transaction
from emergence.session.parts import Session
from emergence.session.store import log, thread_folders, threads
from emergence.session.store import thread_management as managing
from emergence.session.threads.told import updated


async def change_thread(session: Session, user_id: UUID, thread_id: UUID, change: ChangeThread) -> Thread:
    """Make the changes, all or none, and tell everybody; the last of two who ask at once wins. Idempotent.

    Raises UnknownThread, UnknownFolder, ThreadIsTemporary, TooManyPins, RetentionTooLong.
    """
    limit = session.settings.retention_days()
    if limit is not None and change.retention_days is not None and change.retention_days > limit:
        raise RetentionTooLong(members={"limit_days": limit})
    at = session.clock.now()
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            before = await _locked(tx, user_id, thread_id, change)
            if before.temporary and (change.archived or change.pinned or change.folder):
                raise ThreadIsTemporary()
            await _apply(session, tx, user_id, before, change)
            after = await threads.read_thread(tx, user_id, thread_id)
            assert after is not None
            is_changed = after != before
            frames = await log.append_drafts(tx, user_id, [updated(user_id, after)], at) if is_changed else []
        await session.bus.publish(user_id, frames)
    return after


async def _locked(tx: Transaction, user_id: UUID, thread_id: UUID, change: ChangeThread) -> Thread:
    """Take every lock in the order that all who change threads keep: pins, folder, thread."""
    if await threads.read_thread(tx, user_id, thread_id) is None:
        raise UnknownThread()
    if change.pinned or change.archived:
        pins = await managing.lock_pins(tx, user_id)
        if change.pinned and thread_id not in pins and len(pins) >= PINS_MAX:
            raise TooManyPins()
    if change.folder is not None and not await thread_folders.hold_folder(tx, user_id, change.folder):
        raise UnknownFolder()
    await threads.lock_thread(tx, user_id, thread_id)
    before = await threads.read_thread(tx, user_id, thread_id)
    if before is None:
        raise UnknownThread()
    return before


async def _apply(session: Session, tx: Transaction, user_id: UUID, thread: Thread, change: ChangeThread) -> None:
    if change.title is not None:
        await managing.name_thread(tx, user_id, thread.id, change.title)
    if change.archived is not None:
        await managing.archive_thread(tx, user_id, thread.id, session.clock.now() if change.archived else None)
    if change.pinned:
        await managing.pin_first(tx, user_id, thread.id)
    elif change.pinned is False or change.archived:  # what is put away does not stay in front of everything
        await managing.unpin_thread(tx, user_id, thread.id)
    if "folder" in change.model_fields_set:
        await managing.file_thread(tx, user_id, thread.id, change.folder)
    if "retention_days" in change.model_fields_set:
        await managing.limit_retention(tx, user_id, thread.id, change.retention_days)
