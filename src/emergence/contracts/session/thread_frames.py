"""What a client hears when its person manages their threads, in whichever tab."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from emergence.contracts.session.envelope import Data, TopicFrame
from emergence.contracts.session.managing import Folder


class ThreadDeletedData(Data):
    thread: UUID
    restorable_until: datetime | None = Field(
        default=None, description="until then `POST /api/threads/<id>/restore` brings it back; null: it is gone"
    )


class ThreadDeleted(TopicFrame):
    """On `user:`; a thread is nowhere any more. `thread.updated` with it says that it was brought back."""

    type: Literal["thread.deleted"] = "thread.deleted"
    data: ThreadDeletedData


class FoldersUpdatedData(Data):
    folders: list[Folder]


class FoldersUpdated(TopicFrame):
    """On `user:`; all folders in their order. Threads of a folder that is not among them are in none."""

    type: Literal["folders.updated"] = "folders.updated"
    data: FoldersUpdatedData
