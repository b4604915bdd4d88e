"""Commands that are posted, by clients without a WebSocket: those with effects, and nothing beside their members."""

from typing import Annotated

from pydantic import ConfigDict, Field

from emergence.contracts.session.commands import ExtendSession, RegenerateMessage, SendMessage, StopRun

STRICT = ConfigDict(extra="forbid", frozen=True)


class PostedSend(SendMessage):
    """Say something; without `thread` a new one begins."""

    model_config = STRICT


class PostedRegenerate(RegenerateMessage):
    """Ask an agent for another answer; the earlier one is kept as superseded."""

    model_config = STRICT


class PostedStop(StopRun):
    """End a run; its text so far is kept."""

    model_config = STRICT


class PostedExtend(ExtendSession):
    """I am still here: the clock of inactivity begins anew, for every tab of the same sign-in."""

    model_config = STRICT


PostedCommand = Annotated[PostedSend | PostedRegenerate | PostedStop | PostedExtend, Field(discriminator="cmd")]
