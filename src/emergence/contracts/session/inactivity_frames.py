"""What a client hears when nobody does anything for long."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from emergence.contracts.session.envelope import Data, TopicFrame


class SessionData(Data):
    session: UUID = Field(description="the live session; those of other tabs and devices are told too")


class SessionWarningData(SessionData):
    expires_at: datetime


class SessionWarning(TopicFrame):
    """On `user:`; nothing was done for long: the session ends at `expires_at`, unless `session.extend` comes first."""

    type: Literal["session.warning"] = "session.warning"
    data: SessionWarningData


class SessionExtended(TopicFrame):
    """On `user:`; the announced end is withdrawn."""

    type: Literal["session.extended"] = "session.extended"
    data: SessionData


class SessionExpired(TopicFrame):
    """On `user:`; the session is over and so is the sign-in; its sockets close with 4408."""

    type: Literal["session.expired"] = "session.expired"
    data: SessionData
