"""What every frame has, whatever it says."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Data(BaseModel):
    """The payload of a frame."""

    model_config = ConfigDict(frozen=True)


class Frame(BaseModel):
    """The envelope."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    at: datetime


class TopicFrame(Frame):
    """A frame of a topic: `run:<id>`, `thread:<id>` or `user:<id>`."""

    topic: str
    seq: int = Field(ge=1)
