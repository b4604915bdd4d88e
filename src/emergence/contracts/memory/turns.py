"""Turns as they are kept, and as REST returns them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from emergence.contracts.memory.recall import Since


class KeptTurn(BaseModel):
    """Something that was said: by the person whose it is, or by an agent to them."""

    message: UUID
    thread: UUID
    role: Literal["user", "agent"]
    speaker: str
    said_at: datetime
    text: str


class AskedTurn(KeptTurn):
    """A turn that was asked for by its id, with what is so now where that is something else."""

    since: list[Since] = []


class KeptTurns(BaseModel):
    """Those of the turns that were asked for that are still kept, in the order in which they were said.

    Of a page of all turns the newest is first, without what is so since; `next` goes into `after`, null: that was all.
    """

    turns: list[AskedTurn]
    next: str | None = None
