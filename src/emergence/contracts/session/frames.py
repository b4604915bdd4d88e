"""What a client hears on the socket: one discriminated union of frames.

Frames of a topic carry `topic` and `seq`, gap-free per topic. Frames of the connection itself
(`welcome`, `presence`, `typing`, `ack`, `error`, `ping`, `pong`, `drain`, `close`, and a snapshot or reset sent to one
client) have no `seq` of their own. A snapshot may stand for many deltas, so `seq` may jump on a run's topic.
Clients ignore types and members that they do not know.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from emergence.contracts.session.branch_frames import BranchSelected, MessageSuperseded, MessageWithdrawn
from emergence.contracts.session.envelope import Data, Frame, TopicFrame
from emergence.contracts.session.inactivity_frames import SessionExpired, SessionExtended, SessionWarning
from emergence.contracts.session.memory_frames import MemoryRecalled
from emergence.contracts.session.presence import Presence, TypingElsewhere
from emergence.contracts.session.thread_frames import FoldersUpdated, ThreadDeleted
from emergence.contracts.session.threads import Message, Run, RunOutcome, RunProblem, Thread, Usage


class Limits(Data):
    message_max_characters: int
    frame_max_bytes: int


class TopicPosition(Data):
    topic: str
    seq: int


class WelcomeData(Data):
    session: UUID = Field(description="the live session; reconnect to /ws/<session>")
    user: UUID
    heartbeat_s: int
    limits: Limits
    positions: list[TopicPosition] = Field(description="where topics the user follows stand now")
    running: list[Run] = Field(description="runs that are queued or running, in any thread")
    inactivity_s: float | None = Field(default=None, description="seconds without activity that end it; null: never")
    expires_at: datetime | None = Field(default=None, description="set when its end was announced already")


class Welcome(Frame):
    """Answer to `hello`; the missed frames of `resume` follow, then the live ones."""

    type: Literal["welcome"] = "welcome"
    data: WelcomeData


class AckData(Data):
    cid: UUID
    thread: UUID | None = None
    message: UUID | None = None
    reply: UUID | None = Field(default=None, description="the agent's message that will hold the answer")
    run: UUID | None = None
    repeated: bool = Field(default=False, description="true when this cid had already been carried out")


class Ack(Frame):
    """The command is stored and will be carried out, whatever happens to this socket."""

    type: Literal["ack"] = "ack"
    data: AckData


class ErrorData(Data):
    code: str
    message: str
    cid: UUID | None = None


class Error(Frame):
    """The command was refused; nothing changed."""

    type: Literal["error"] = "error"
    data: ErrorData


class PingFrame(Frame):
    type: Literal["ping"] = "ping"


class PongFrame(Frame):
    type: Literal["pong"] = "pong"


class DrainData(Data):
    reconnect_in_ms: int


class Drain(Frame):
    """This instance goes away; reconnect, nothing stops."""

    type: Literal["drain"] = "drain"
    data: DrainData


class CloseData(Data):
    code: int = Field(description="as sockets are closed with: 4401, 4403, 4408, 4503, 1013")


class Close(Frame):
    """The last frame of an event stream, for what a close code says on a socket; never sent on one."""

    type: Literal["close"] = "close"
    data: CloseData


class MessageData(Data):
    message: Message


class MessageCreated(TopicFrame):
    """On `thread:`; a user's message, or an agent's that will be filled by a run."""

    type: Literal["message.created"] = "message.created"
    data: MessageData


class MessageFinal(TopicFrame):
    """On `thread:`; the stored message, whole; a question that was changed while it waited comes again."""

    type: Literal["message.final"] = "message.final"
    data: MessageData


class ThreadData(Data):
    thread: Thread


class ThreadUpdated(TopicFrame):
    """On `user:`; a thread is new, was brought back, or something of it changed."""

    type: Literal["thread.updated"] = "thread.updated"
    data: ThreadData


class RunData(Data):
    run: Run


class RunQueued(TopicFrame):
    """On `run:`, its first frame."""

    type: Literal["run.queued"] = "run.queued"
    data: RunData


class RunStarted(TopicFrame):
    """A model accepted the call: agent, provider and model are known."""

    type: Literal["run.started"] = "run.started"
    data: RunData


class PartStartedData(Data):
    message: UUID
    part: int = Field(ge=0)
    kind: Literal["text", "reasoning", "tool", "image"]


class PartStarted(TopicFrame):
    type: Literal["message.part_started"] = "message.part_started"
    data: PartStartedData


class DeltaData(Data):
    message: UUID
    part: int = Field(ge=0)
    offset: int = Field(ge=0, description="Unicode code points of this part before this text")
    text: str


class Delta(TopicFrame):
    """Apply when `offset` equals the length held; ignore when smaller; ask for a snapshot when larger."""

    type: Literal["message.delta"] = "message.delta"
    data: DeltaData


class PartEndedData(Data):
    message: UUID
    part: int = Field(ge=0)
    length: int = Field(ge=0, description="code points")


class PartEnded(TopicFrame):
    type: Literal["message.part_ended"] = "message.part_ended"
    data: PartEndedData


class SnapshotData(Data):
    message: UUID
    part: int = Field(ge=0)
    text: str
    upto_seq: int


class Snapshot(Frame):
    """Replaces the part's text; frames of the topic up to `upto_seq` are contained in it."""

    type: Literal["message.snapshot"] = "message.snapshot"
    topic: str
    data: SnapshotData


class TopicResetData(Data):
    seq: int = Field(description="live frames go on after this one")


class TopicReset(Frame):
    """Frames of a `thread:` or `user:` topic after the client's position are gone: read it again over REST."""

    type: Literal["topic.reset"] = "topic.reset"
    topic: str
    data: TopicResetData


class MessageErrorData(Data):
    message: UUID
    problem: RunProblem


class MessageError(TopicFrame):
    type: Literal["message.error"] = "message.error"
    data: MessageErrorData


class RunUsageData(Data):
    run: UUID
    usage: Usage


class RunUsage(TopicFrame):
    type: Literal["run.usage"] = "run.usage"
    data: RunUsageData


class RunEndedData(Data):
    run: UUID
    reason: RunOutcome


class RunEnded(TopicFrame):
    """The last frame of a run's topic."""

    type: Literal["run.ended"] = "run.ended"
    data: RunEndedData


AnyTopicFrame = Annotated[
    MessageCreated
    | MessageFinal
    | MessageSuperseded
    | MessageWithdrawn
    | BranchSelected
    | ThreadUpdated
    | ThreadDeleted
    | FoldersUpdated
    | RunQueued
    | RunStarted
    | MemoryRecalled
    | PartStarted
    | Delta
    | PartEnded
    | MessageError
    | RunUsage
    | RunEnded
    | SessionWarning
    | SessionExtended
    | SessionExpired,
    Field(discriminator="type"),
]
AnyFrame = Annotated[
    AnyTopicFrame
    | Welcome
    | Presence
    | TypingElsewhere
    | Ack
    | Error
    | PingFrame
    | PongFrame
    | Drain
    | Close
    | Snapshot
    | TopicReset,
    Field(discriminator="type"),
]
ANY_FRAME: TypeAdapter[AnyFrame] = TypeAdapter(AnyFrame)
