"""Links by which anybody may read a conversation as it was when the link was made."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from emergence.contracts.session.managing import Name
from emergence.contracts.session.threads import MessageStatus, Part

SHARES_MAX = 200
EXPIRY_MAX_DAYS = 3_650
TOKEN_MAX_CHARACTERS = 100
AFTER_MAX = 10**9  # a page beyond it must still be a number to PostgreSQL


class _Body(BaseModel):
    """A request body: unknown members are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ShareThread(_Body):
    """Show what has been said so far to whoever has the link."""

    author: Name | None = Field(default=None, description="a name to show with it; null: nobody is named")
    days: Annotated[int, Field(ge=1, le=EXPIRY_MAX_DAYS)] | None = Field(
        default=None, description="after so many days the link is dead; null: when it is revoked"
    )


class Share(BaseModel):
    """A link that exists. What it shows is what had been said at `shown_at`."""

    id: UUID
    thread: UUID
    title: str
    author: str | None
    messages: int
    created_at: datetime
    shown_at: datetime
    expires_at: datetime | None


class NewShare(BaseModel):
    """The one answer that has the token: only a hash of it is kept. The address is `/s#<token>`."""

    share: Share
    token: str


class Shares(BaseModel):
    """The latest first. `offered` is whether this server lets links be made and read."""

    shares: list[Share]
    offered: bool


class ReadShared(_Body):
    """The token travels in a body, never in an address, so that no log keeps it."""

    token: str = Field(max_length=TOKEN_MAX_CHARACTERS)
    after: int = Field(default=0, ge=0, lt=AFTER_MAX, description="`next` of the page before")


class CopyShared(_Body):
    """Go on with what a link shows, in one's own account."""

    token: str = Field(max_length=TOKEN_MAX_CHARACTERS)


class SharedMessage(BaseModel):
    """One utterance, without the ids that its person knows it by."""

    role: Literal["user", "agent"]
    agent: str | None
    status: MessageStatus
    parts: list[Part]
    created_at: datetime


class SharedConversation(BaseModel):
    """A page of what a link shows, in order."""

    title: str
    author: str | None
    shown_at: datetime
    expires_at: datetime | None
    messages: list[SharedMessage]
    next: int | None = None
