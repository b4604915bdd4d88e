"""Make, name, order and remove folders; what is in them stays."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from emergence.contracts.session.managing import FOLDERS_MAX, Folder, Folders
from emergence.contracts.session.problems import FolderNameTaken, TooManyFolders, UnknownFolder
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.parts import Session
from emergence.session.store import log
from emergence.session.store import thread_folders as store
from emergence.session.threads.told import folders_are

Change = Callable[[Transaction, list[Folder]], Awaitable[None]]


async def read_folders(session: Session, user_id: UUID) -> Folders:
    """Return a person's folders in their order."""
    async with session.database.connection() as connection:
        return Folders(folders=await store.read_folders(connection, user_id))


async def create_folder(session: Session, user_id: UUID, name: str) -> Folder:
    """Make a folder after the others and tell everybody. Raises FolderNameTaken, TooManyFolders."""
    folder = Folder(id=new_id(), name=name, created_at=session.clock.now())

    async def change(tx: Transaction, known: list[Folder]) -> None:
        _require_free(known, name)
        if len(known) >= FOLDERS_MAX:
            raise TooManyFolders()
        await store.add_folder(tx, user_id, folder.id, name, folder.created_at)

    await _changed(session, user_id, change)
    return folder


async def name_folder(session: Session, user_id: UUID, folder_id: UUID, name: str) -> Folder:
    """Name a folder and tell everybody. Idempotent. Raises UnknownFolder, FolderNameTaken."""

    async def change(tx: Transaction, known: list[Folder]) -> None:
        _require_known(known, [folder_id])
        _require_free([folder for folder in known if folder.id != folder_id], name)
        await store.name_folder(tx, user_id, folder_id, name)

    folders = await _changed(session, user_id, change)
    return next(folder for folder in folders if folder.id == folder_id)


async def remove_folder(session: Session, user_id: UUID, folder_id: UUID) -> None:
    """Remove a folder and tell everybody; its threads are in none then. Raises UnknownFolder."""

    async def change(tx: Transaction, known: list[Folder]) -> None:
        _require_known(known, [folder_id])
        await store.remove_folder(tx, user_id, folder_id)

    await _changed(session, user_id, change)


async def order_folders(session: Session, user_id: UUID, wanted: Sequence[UUID]) -> Folders:
    """Order folders and tell everybody; those that are not named follow. Idempotent. Raises UnknownFolder."""

    async def change(tx: Transaction, known: list[Folder]) -> None:
        _require_known(known, wanted)
        await store.order_folders(tx, user_id, list(dict.fromkeys([*wanted, *(folder.id for folder in known)])))

    return Folders(folders=await _changed(session, user_id, change))


async def _changed(session: Session, user_id: UUID, change: Change) -> list[Folder]:
    """Make a change while no other one of this person is made; return all folders after it."""
    async with session.order.of(user_id):
        async with session.database.transaction() as tx:
            await store.lock_folders(tx, user_id)
            before = await store.read_folders(tx, user_id)
            await change(tx, before)
            after = await store.read_folders(tx, user_id)
            drafts = [folders_are(user_id, after)] if after != before else []
            frames = await log.append_drafts(tx, user_id, drafts, session.clock.now()) if drafts else []
        await session.bus.publish(user_id, frames)
    return after


def _require_known(known: Sequence[Folder], wanted: Sequence[UUID]) -> None:
    if not set(wanted) <= {folder.id for folder in known}:
        raise UnknownFolder()


def _require_free(others: Sequence[Folder], name: str) -> None:
    if any(folder.name == name for folder in others):
        raise FolderNameTaken()
