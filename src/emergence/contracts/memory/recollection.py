"""What an agent is shown before it answers: turns as they were said, and items that memory made of them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from emergence.contracts.memory.items import ItemKind, Origin
from emergence.contracts.memory.recall import RecalledTurn, RecallReason, Since


class KnownItem(BaseModel):
    """An item that an agent was shown, and why; nothing of what it says."""

    item: UUID
    kind: ItemKind
    why: RecallReason


class KnownText(KnownItem):
    """An item as it reads; `said_at` of what time changes: an age, a home, a job.

    `since` where it is pinned or corrected, and the message that it is from was put into other words later.
    """

    text: str
    origin: Origin
    happened_at: datetime | None = None
    said_at: datetime | None = None
    since: Since | None = None

    def known(self) -> KnownItem:
        """Return what may be kept beside an answer: what is forgotten later is not in it."""
        return KnownItem.model_validate(self.model_dump(exclude={"text", "origin", "happened_at", "said_at", "since"}))


class Recollection(BaseModel):
    """What fits, the best first; turns in the order of time where a time was asked for. Nothing when nothing does.

    Items come with what is always shown of a person first, and a hint that nobody asked for last.
    """

    turns: list[RecalledTurn] = []
    items: list[KnownText] = []


class Used(BaseModel):
    """A turn or an item that an answer was given with, and why."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    why: RecallReason


class NoteUses(BaseModel):
    """What an answer was given with."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID
    run_id: UUID
    thread_id: UUID
    message_id: UUID | None = Field(default=None, description="the answer itself")
    used: list[Used] = Field(max_length=200)


class UsesNoted(BaseModel):
    """How many were not noted before."""

    new: int
