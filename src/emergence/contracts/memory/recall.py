"""What agents ask of memory, and what they are told: turns as they were said, each with its date, source and reasons."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

QUERY_MAX_CHARACTERS = 4_000  # whoever asks cuts a longer question: its beginning says what it is about


class RecallRequest(BaseModel):
    """A question of one person, asked of what they and their agents said in other threads."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID
    query: str = Field(max_length=QUERY_MAX_CHARACTERS)
    limit: int = Field(ge=1, le=50)
    token_budget: int = Field(ge=1, le=20_000)
    exclude_thread: UUID | None = None


class RecallReason(BaseModel):
    """Why a turn fits: words and dates of the question that it holds, its meaning, or what was said right beside it."""

    words: list[str] = []
    dates: list[str] = []
    meaning: bool = False
    beside: bool = False


class RecalledTurn(BaseModel):
    """A turn that fits a question, with its source."""

    message: UUID
    thread: UUID
    role: Literal["user", "agent"]
    speaker: str
    said_at: datetime
    text: str
    why: RecallReason


class Recollection(BaseModel):
    """What fits, the best first; nothing when nothing does."""

    turns: list[RecalledTurn]
