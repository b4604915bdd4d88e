"""What a client hears when another branch of a thread is shown."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from emergence.contracts.session.envelope import Data, TopicFrame


class MessageSupersededData(Data):
    message: UUID
    by: UUID


class MessageSuperseded(TopicFrame):
    """On `thread:`; another answer was asked for: `by` is shown in its place."""

    type: Literal["message.superseded"] = "message.superseded"
    data: MessageSupersededData


class MessageWithdrawnData(Data):
    messages: list[UUID] = Field(description="what is gone: the question and whatever was to answer it")
    parent: UUID | None = Field(description="what now comes before whatever followed them")
    leaf: UUID | None = Field(description="the last message of the branch that is shown; null: nothing is left")


class MessageWithdrawn(TopicFrame):
    """On `thread:`; the person took back a message that was waiting; its runs are over without another word."""

    type: Literal["message.withdrawn"] = "message.withdrawn"
    data: MessageWithdrawnData


class BranchSelectedData(Data):
    leaf: UUID = Field(description="the last message of the branch that is shown from now on")


class BranchSelected(TopicFrame):
    """On `thread:`; the person chose another branch: read the thread again unless all of it is held.

    `message.created` chooses by itself: the new message is the last of the branch that is shown.
    """

    type: Literal["branch.selected"] = "branch.selected"
    data: BranchSelectedData
