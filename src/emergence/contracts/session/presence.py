"""Which of a person's pages and devices are connected."""

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
