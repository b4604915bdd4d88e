"""What a client hears of memory."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from emergence.contracts.memory.recall import RecalledItem
from emergence.contracts.memory.recollection import KnownItem
from emergence.contracts.session.envelope import Data, TopicFrame


class MemoryRecalledData(Data):
    run: UUID
    message: UUID
    items: list[RecalledItem] = Field(description="what the agent was shown, and why; the texts are read from memory")
    known: list[KnownItem] = Field(default=[], description="items of memory that it was shown, and why; likewise")


class MemoryRecalled(TopicFrame):
    """On `run:`; the agent was shown what was said in other threads. `recalled` of the run says so later."""

    type: Literal["memory.recalled"] = "memory.recalled"
    data: MemoryRecalledData
