"""What people do with their threads over REST: name, file away, pin, delete, search; and how long they are kept."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from emergence.contracts.session.threads import Thread

NAME_MAX_CHARACTERS = 200
FOLDERS_MAX = 200
PINS_MAX = 100
QUERY_MAX_CHARACTERS = 400
RETENTION_MAX_DAYS = 36_500

# On one line, and with something to see: names are shown in lists, also in terminals. `_UNSEEN` is what Unicode draws
# nothing for: Default_Ignorable_Code_Point of its basic plane, and two blanks that are letters and symbols.
_UNBROKEN = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_UNSEEN = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
)
_ON_ONE_LINE = f"^[^{_UNBROKEN}]*[^\\s{_UNBROKEN}{_UNSEEN}][^{_UNBROKEN}]*$"
Name = Annotated[str, Field(min_length=1, max_length=NAME_MAX_CHARACTERS, pattern=_ON_ONE_LINE)]
RetentionDays = Annotated[int, Field(ge=1, le=RETENTION_MAX_DAYS)]


class _Body(BaseModel):
    """A request body: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CreateThread(_Body):
    """A thread in which nothing was said yet; the same `cid` again returns the same thread."""

    cid: UUID | None = Field(default=None, description="makes sending this twice harmless")
    agent: str | None = Field(default=None, max_length=80, description="null: the first one there is")
    title: Name | None = None
    folder: UUID | None = None
    temporary: bool = False


class ChangeThread(_Body):
    """What is absent stays as it is; a `folder` or `retention_days` of null takes it away."""

    title: Name | None = None
    archived: bool | None = None
    pinned: bool | None = Field(default=None, description="what is newly pinned comes first")
    folder: UUID | None = None
    retention_days: RetentionDays | None = None


class OrderPins(_Body):
    """Pinned threads in the order that is wanted; pinned ones that are not named follow as they were."""

    threads: list[UUID] = Field(max_length=PINS_MAX)


class PinnedThreads(BaseModel):
    threads: list[Thread]


class DeletedThread(BaseModel):
    """A thread that is nowhere any more; until `restorable_until` it can be brought back (null: it is gone)."""

    thread: UUID
    restorable_until: datetime | None


class RestorableThread(BaseModel):
    """A deleted thread, as it is when it is brought back."""

    thread: Thread
    deleted_at: datetime
    restorable_until: datetime


class RestorablePage(BaseModel):
    """Deleted threads, the last deleted first; `next` goes into `before` of the following request."""

    threads: list[RestorableThread]
    next: str | None = None


class Folder(BaseModel):
    """A person's own shelf for threads; a thread is in one at most."""

    id: UUID
    name: str
    created_at: datetime


class Folders(BaseModel):
    """All of a person's folders in their order."""

    folders: list[Folder]


class NameFolder(_Body):
    name: Name


class OrderFolders(_Body):
    """Folders in the order that is wanted; those that are not named follow as they were."""

    folders: list[UUID] = Field(max_length=FOLDERS_MAX)


class ExcerptPiece(BaseModel):
    """Plain text, never markup; `hit` is what was looked for."""

    text: str
    hit: bool = False


class SearchHit(BaseModel):
    """A message, or with `message` null the title of a thread, in which everything was found."""

    thread: Thread
    message: UUID | None
    role: Literal["user", "agent"] | None = None
    said_at: datetime
    excerpt: list[ExcerptPiece]


class SearchPage(BaseModel):
    """What fits best first, and of equal ones the newest; `next` goes into `before` of the following request."""

    hits: list[SearchHit]
    next: str | None = None


class Retention(BaseModel):
    """For how long the deployment keeps what was said; each counts from the last message or the deletion."""

    days: int | None = Field(description="every conversation; null: for ever")
    deleted_days: float = Field(description="a deleted one, to be brought back")
    temporary_hours: float = Field(description="a temporary one")


class RetentionPreview(BaseModel):
    """What would be erased if conversations were kept for so many days after their last message.

    `days` null: for ever. `threads` and `messages` are beyond that age now and would be gone by `by`;
    `oldest` are the first 50 of these threads, those in which nothing was said for the longest time first.
    `next_at` is when the first of the others reaches it if nothing more is said in it.
    """

    days: int | None
    threads: int
    messages: int
    oldest: list[Thread]
    by: datetime
    next_at: datetime | None


class DeploymentPreview(BaseModel):
    """What would be erased of everybody with `SESSION_RETENTION_DAYS` at `days`: numbers only; null: as it is set."""

    days: int | None
    people: int
    threads: int
    messages: int
