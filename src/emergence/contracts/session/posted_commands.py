"""Commands that are posted, by clients without a WebSocket: those with effects, and nothing beside their members."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from emergence.contracts.session.commands import (
    EditMessage,
    ExtendSession,
    RegenerateMessage,
    SelectBranch,
    SendMessage,
    SteerRun,
    StopRun,
    Typing,
    WithdrawMessage,
)


class Posted(BaseModel):
    """What a body must be, which a frame need not be or cannot fail to be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*")
    @classmethod
    def _is_text(cls, value: object) -> object:
        """Refuse halves of surrogate pairs, which JSON can escape and nothing can store."""
        if isinstance(value, str) and not value.isascii():
            value.encode()
        return value


class PostedSend(SendMessage, Posted):
    """Say something; without `thread` a new one begins."""


class PostedRegenerate(RegenerateMessage, Posted):
    """Ask an agent for another answer; the earlier one and everything after it stay as another branch."""


class PostedEdit(EditMessage, Posted):
    """Say something else in place of an own message; what was said and everything after it stay as another branch.

    One that nobody has begun to answer is changed where it stands.
    """


class PostedSelect(SelectBranch, Posted):
    """Show the branch that goes through a message, up to where it was last gone on with."""


class PostedStop(StopRun, Posted):
    """End a run; its text so far is kept."""


class PostedSteer(SteerRun, Posted):
    """Say something to an answer that goes the wrong way: it ends with its text so far, and this is answered next."""


class PostedWithdraw(WithdrawMessage, Posted):
    """Take back an own message that nobody has begun to answer: it and its answer are gone."""


class PostedTyping(Typing, Posted):
    """I am writing: told to one's other pages and devices, kept nowhere; say it every few seconds at most."""


class PostedExtend(ExtendSession, Posted):
    """I am still here: the clock of inactivity begins anew, for every tab of the same sign-in."""


PostedCommand = Annotated[
    PostedSend
    | PostedEdit
    | PostedRegenerate
    | PostedWithdraw
    | PostedSelect
    | PostedStop
    | PostedSteer
    | PostedTyping
    | PostedExtend,
    Field(discriminator="cmd"),
]
