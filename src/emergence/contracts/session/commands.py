"""What a client says on the socket: one discriminated union of commands."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from emergence.contracts.chat import Language
from emergence.contracts.time_zones import TimeZoneName

SEQ_MAX = 2**63 - 1  # what a log can number
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"  # a database keeps no NUL, and a log line has one line

Topic = Annotated[str, Field(max_length=80, pattern=PRINTABLE)]


class Command(BaseModel):
    """Members that a command does not know are ignored within v1."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Position(Command):
    """The last frame of a topic that a client has applied."""

    topic: Topic
    seq: int = Field(ge=0, le=SEQ_MAX)


class Hello(Command):
    """First frame of a socket: who the client is and where it was."""

    cmd: Literal["hello"]
    client: str = Field(max_length=200, pattern=PRINTABLE, description="name and version, for the logs")
    protocols: list[str] = Field(min_length=1, max_length=10)
    resume: list[Position] = Field(default=[], max_length=500)


class Identified(Command):
    """A command with effects: the same `cid` again returns the same result."""

    cid: UUID


class SendMessage(Identified):
    """Say something; without `thread` a new one begins."""

    cmd: Literal["message.send"]
    text: str
    thread: UUID | None = None
    agent: str = Field(max_length=80)
    language: Language = "en"
    time_zone: TimeZoneName | None = None
    temporary: bool = Field(default=False, description="of a new thread: see `Thread.temporary`")


class RegenerateMessage(Identified):
    """Ask an agent for another answer; the earlier one and everything after it stay as another branch."""

    cmd: Literal["message.regenerate"]
    message: UUID
    agent: str | None = Field(default=None, max_length=80)
    language: Language = "en"
    time_zone: TimeZoneName | None = None


class EditMessage(Identified):
    """Say something else in place of an own message; what was said and everything after it stay as another branch.

    One that nobody has begun to answer is changed where it stands.
    """

    cmd: Literal["message.edit"]
    message: UUID
    text: str
    agent: str | None = Field(default=None, max_length=80, description="null: who answered before, or will")
    language: Language = "en"
    time_zone: TimeZoneName | None = None


class SelectBranch(Identified):
    """Show the branch that goes through a message, up to where it was last gone on with."""

    cmd: Literal["branch.select"]
    message: UUID


class StopRun(Identified):
    """End a run; its text so far is kept."""

    cmd: Literal["run.stop"]
    run: UUID


class SteerRun(Identified):
    """Say something to an answer that goes the wrong way: it ends with its text so far, and this is answered next."""

    cmd: Literal["run.steer"]
    run: UUID
    text: str
    agent: str | None = Field(default=None, max_length=80, description="null: whoever is answering")
    language: Language = "en"
    time_zone: TimeZoneName | None = None


class WithdrawMessage(Identified):
    """Take back an own message that nobody has begun to answer: it and its answer are gone."""

    cmd: Literal["message.withdraw"]
    message: UUID


class Typing(Identified):
    """I am writing: told to one's other pages and devices, kept nowhere; say it every few seconds at most."""

    cmd: Literal["typing"]
    thread: UUID | None = Field(default=None, description="null: something new")


class ExtendSession(Identified):
    """I am still here: the clock of inactivity begins anew, for every tab of the same sign-in."""

    cmd: Literal["session.extend"]


class Subscribe(Identified):
    """Replay a topic after `seq`, then follow it; `seq` 0 means from the beginning."""

    cmd: Literal["subscribe"]
    topic: Topic
    seq: int = Field(default=0, ge=0, le=SEQ_MAX)


class Unsubscribe(Identified):
    """Stop following a topic."""

    cmd: Literal["unsubscribe"]
    topic: Topic


class Ping(Command):
    """Ask for a pong."""

    cmd: Literal["ping"]


class Pong(Command):
    """Answer to a ping."""

    cmd: Literal["pong"]


AnyCommand = Annotated[
    Hello
    | SendMessage
    | EditMessage
    | RegenerateMessage
    | WithdrawMessage
    | SelectBranch
    | StopRun
    | SteerRun
    | Typing
    | ExtendSession
    | Subscribe
    | Unsubscribe
    | Ping
    | Pong,
    Field(discriminator="cmd"),
]
ANY_COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
