"""Threads, messages and runs as they are stored and as REST returns them."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from emergence.contracts.chat import FinishReason
from emergence.contracts.memory.recall import RecalledItem
from emergence.contracts.memory.recollection import KnownItem

MessageStatus = Literal["complete", "queued", "streaming", "stopped", "interrupted", "error"]
RunState = Literal["queued", "running", "ended"]
RunOutcome = Literal["done", "stopped", "budget", "interrupted", "error"]


class Part(BaseModel):
    """A piece of a message; `index` in the list is its number in deltas."""

    kind: Literal["text"] = "text"
    text: str


class Usage(BaseModel):
    """What a run used; a cost of None is unknown."""

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    estimated: bool = False
    cost_usd: Decimal | None = None


class RunProblem(BaseModel):
    """Why a run ended in error, for a person and for a switch."""

    code: str
    message: str
    retryable: bool
    hint: str | None = None


class Run(BaseModel):
    """One generation by one agent; `finish_reason` says why the model stopped when the outcome is done."""

    id: UUID
    thread: UUID
    message: UUID
    agent: str
    state: RunState
    outcome: RunOutcome | None = None
    finish_reason: FinishReason | None = None
    provider: str | None = None
    model: str | None = None
    demonstration: bool = False
    usage: Usage | None = None
    problem: RunProblem | None = None
    recalled: list[RecalledItem] = Field(default=[], description="what the agent was shown of other threads")
    known: list[KnownItem] = Field(default=[], description="items of memory that the agent was shown")


class Message(BaseModel):
    """One utterance. While it streams, `parts` hold the text stored so far.

    A thread is a tree: an edited question and an answer that was asked for again begin a branch beside the former one.
    Agents are shown what comes before a message in its own branch. `superseded` marks an answer that another one was
    asked for beside while it was shown; pages show one branch and never mark any.
    """

    id: UUID
    thread: UUID
    role: Literal["user", "agent"]
    agent: str | None = None
    status: MessageStatus
    parts: list[Part]
    created_at: datetime
    reply_to: UUID | None = None
    parent: UUID | None = Field(
        default=None, description="the message before it in its branch; null: it begins the thread"
    )
    siblings: list[UUID] = Field(
        default=[],
        description="what was said at this place, itself among it, in the order in which it was; empty: nothing else",
    )
    superseded: bool = False
    run: Run | None = None


class Thread(BaseModel):
    """A persisted conversation.

    `updated_at` is when something was last said in it; renaming, pinning and the like leave it alone.
    """

    id: UUID
    title: str = Field(description="empty until something was said in it or a person named it")
    agent: str
    created_at: datetime
    updated_at: datetime
    running: bool = False
    archived: bool = False
    pin_order: int | None = Field(default=None, description="pinned ones come first, smallest first; null: not pinned")
    folder: UUID | None = Field(default=None, description="a folder that is not in the list of folders is none")
    temporary: bool = Field(
        default=False,
        description="never listed, searched or learnt from, and erased some time after its last message",
    )
    retention_days: int | None = Field(
        default=None, description="days after its last message at which it is erased; null: as the deployment says"
    )


class ThreadPage(BaseModel):
    """Threads, pinned ones first, then latest first; `next` goes into `before` of the following request."""

    threads: list[Thread]
    next: str | None = None


class MessagePage(BaseModel):
    """Messages of one branch, oldest first within the page; pages go back in time.

    `seq` is the last frame of `thread:<id>` that this page already reflects.
    """

    messages: list[Message]
    next: str | None = None
    seq: int = Field(ge=0)
