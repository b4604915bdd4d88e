"""What was said, as memory reads it: which messages there are, and the texts of one person's thread at a time."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from emergence.kernel.wire.client import PeerCall, PeerClient

READER = "memory"  # the only one that may ask
MESSAGES_AT_ONCE = 100
TEXT_MAX_CHARACTERS = 20_000  # of one message; what follows is found by the search of threads


class Place(BaseModel):
    """Where a message is; nothing of what it says."""

    user_id: UUID
    thread_id: UUID
    message_id: UUID


class Places(BaseModel):
    """Whole messages of everybody in the order of their ids; `next` is null where they end for now."""

    places: list[Place]
    next: UUID | None


class ReadSaid(BaseModel):
    """Which messages of a person's thread to read: these, or all after that one in the order of their ids."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID
    thread_id: UUID
    message_ids: list[UUID] | None = Field(default=None, max_length=MESSAGES_AT_ONCE)
    after: UUID | None = None


class SaidMessage(BaseModel):
    """One whole message; `position` orders those of a thread by the time at which they were said.

    `from_file`: the person brought it in, so that nobody knows whether the words are theirs. `edits`: the message that
    they said it in the place of.
    """

    message_id: UUID
    position: int
    role: Literal["user", "agent"]
    agent: str | None
    said_at: datetime
    text: str
    from_file: bool = False
    edits: UUID | None = None


class Said(BaseModel):
    """What can be read. Nothing of threads that are temporary, deleted or erased, and nothing that others said in a
    conversation of which the person has a copy. `next` goes into `after`; null: that was all."""

    messages: list[SaidMessage]
    next: UUID | None = None


class SaidClient(PeerClient):
    """Asks session for what was said, wherever it runs."""

    service = "session"

    async def places(self, after: UUID | None) -> Places:
        """Return the next messages that there are. Idempotent. Raises Unavailable."""
        query = "" if after is None else f"?after={after}"
        return await self.call(PeerCall("GET", f"/api/session/internal/said{query}", idempotent=True), Places)

    async def read(self, asked: ReadSaid) -> Said:
        """Return what was said in a thread. Idempotent. Raises Unavailable."""
        return await self.call(PeerCall("POST", "/api/session/internal/said", asked, idempotent=True), Said)
