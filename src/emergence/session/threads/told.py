"""What everybody hears of a thread that is managed."""

from datetime import datetime
from uuid import UUID

from emergence.contracts.session.frames import ThreadData, ThreadUpdated
from emergence.contracts.session.managing import Folder
from emergence.contracts.session.protocol import user_topic
from emergence.contracts.session.thread_frames import (
    FoldersUpdated,
    FoldersUpdatedData,
    ThreadDeleted,
    ThreadDeletedData,
)
from emergence.contracts.session.threads import Thread
from emergence.session.frames import Draft


def updated(user_id: UUID, thread: Thread) -> Draft:
    """Say how a thread is now."""
    return Draft(ThreadUpdated, user_topic(user_id), ThreadData(thread=thread))


def deleted(user_id: UUID, thread_id: UUID, restorable_until: datetime | None) -> Draft:
    """Say that a thread is nowhere any more."""
    data = ThreadDeletedData(thread=thread_id, restorable_until=restorable_until)
    return Draft(ThreadDeleted, user_topic(user_id), data)


def folders_are(user_id: UUID, folders: list[Folder]) -> Draft:
    """Say which folders there are."""
    return Draft(FoldersUpdated, user_topic(user_id), FoldersUpdatedData(folders=folders))
