"""What agents ask of memory, and what they are told: turns as they were said, with date, source and reasons."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from emergence.contracts.time_zones import TimeZoneName

QUERY_MAX_CHARACTERS = 4_000  # whoever asks cuts a longer question: its beginning says what it is about


class RecallRequest(BaseModel):
    """A question of one person, asked of what they and their agents said in other threads."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID
    query: str = Field(max_length=QUERY_MAX_CHARACTERS)
    limit: int = Field(ge=1, le=50)
    token_budget: int = Field(ge=1, le=20_000)
    exclude_thread: UUID | None = None
    agent: str | None = Field(default=None, max_length=80, description="who answers; preferences may be for one agent")
    hints: bool = Field(default=False, description="whether something may be brought up that was not asked for")
    time_zone: TimeZoneName | None = Field(default=None, description="in which days begin; null: UTC")
    patience_s: float = Field(gt=0, le=60, description="how long the asker waits for the whole answer")


class RecallReason(BaseModel):
    """Why something is shown: words and dates of the question that it holds, its meaning, or what was said beside it.

    `always` says why an item is shown whatever is asked; `hint` why it is brought up though nobody asked.
    """

    words: list[str] = []
    dates: list[str] = []
    meaning: bool = False
    beside: bool = False
    timeline: bool = Field(
        default=False, description="a time was asked for, and this was said then: shown by day, in the order of time"
    )
    pasted: bool = Field(
        default=False, description="at least some of it is perhaps not the person's own words: pasted, or quoted"
    )
    always: Literal["pinned", "instruction", "preference", "identity"] | None = None
    hint: Literal["upcoming", "related"] | None = None


Outdated = Literal["corrected", "changed", "edited"]


class RecalledItem(BaseModel):
    """Where something was said that fits a question, and why it fits; nothing of what it says.

    `outdated`: the person corrected since what memory took from it, said otherwise later, or put it into other words.
    """

    message: UUID
    thread: UUID
    role: Literal["user", "agent"]
    speaker: str
    said_at: datetime
    why: RecallReason
    outdated: Outdated | None = None


class Since(BaseModel):
    """What is so now in the place of what was said."""

    how: Outdated
    at: datetime
    text: str


class RecalledTurn(RecalledItem):
    """A turn that fits a question, as it was said, and what is so since where that is something else."""

    text: str
    since: list[Since] = []

    def item(self) -> RecalledItem:
        """Return what may be kept beside an answer: what is forgotten later is not in it."""
        return RecalledItem.model_validate(self.model_dump(exclude={"text", "since"}))
