"""Turns as they are kept, and as REST returns them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel


class KeptTurn(BaseModel):
    """Something that was said: by the person whose it is, or by an agent to them."""

    message: UUID
    thread: UUID
    role: Literal["user", "agent"]
    speaker: str
    said_at: datetime
    text: str


class KeptTurns(BaseModel):
    """Those of the turns that were asked for that are still kept, in the order in which they were said.

    Of a page of all turns the newest is first; `next` goes into `after`, null: that was all.
    """

    turns: list[KeptTurn]
    next: str | None = None
