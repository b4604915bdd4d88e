"""Which of a person's pages and devices are connected, and where they are writing."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from emergence.contracts.session.envelope import Data, Frame


class PresentSession(Data):
    """A connected page, program or device."""

    session: UUID = Field(description="its live session")
    sign_in: UUID = Field(description="the sign-in that it belongs to, as in the list of one's sign-ins")
    client: str = Field(description="what it called itself in `hello`")
    since: datetime = Field(description="when its live session began")


class PresenceData(Data):
    sessions: list[PresentSession] = Field(description="all of them, this one too, in the order of their beginning")


class Presence(Frame):
    """One of the person's other pages or devices came or went; it may be told twice, or a little late."""

    type: Literal["presence"] = "presence"
    data: PresenceData


class TypingData(Data):
    session: UUID = Field(description="the live session of the page or device where it happens")
    thread: UUID | None = Field(description="null: a thread that does not exist yet")


class TypingElsewhere(Frame):
    """The person is writing on another of their pages or devices; true for a few seconds, told to all the others."""

    type: Literal["typing"] = "typing"
    data: TypingData
