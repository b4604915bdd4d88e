"""The feed of revocations: what auth tells every service within a second of a session's, person's or key's end."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from emergence.contracts.auth.values import Strict
from emergence.kernel.revocations import Kind, Revocation

BEAT_S = 2.0


class PublishedRevocation(BaseModel):
    """Something ended. `event` is its name in OpenID CAEP 1.0, for receivers that know it."""

    type: Literal["revocation"] = "revocation"
    seq: int
    kind: Kind
    ref: str = Field(description="the login session, person or key; empty for `all`")
    sv: int = Field(description="the last version of the login session that is refused")
    at: datetime
    reason: str
    event: Literal["session-revoked", "credential-change"]

    def revocation(self) -> Revocation:
        """Return it as verifiers keep it."""
        return Revocation(self.kind, self.ref, self.at, self.reason, self.sv)


class FeedBeat(BaseModel):
    """Everything that was committed a moment ago has been told; comes every two seconds at least."""

    type: Literal["beat"] = "beat"
    seq: int


FeedLine = Annotated[PublishedRevocation | FeedBeat, Field(discriminator="type")]
FEED_LINE: TypeAdapter[FeedLine] = TypeAdapter(FeedLine)


class AskStanding(Strict):
    """May tokens of this login session, signed by this key, still be used? Sockets hold no token and name no key."""

    session_id: UUID
    user_id: UUID
    key_id: str | None = Field(default=None, max_length=200)


class Standing(BaseModel):
    """Whether a login session may still be used."""

    active: bool
