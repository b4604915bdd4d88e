"""Conversations as files: the format `emergence.thread`, what is taken in of other formats, and how far that is."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from emergence.contracts.session.managing import NAME_MAX_CHARACTERS
from emergence.contracts.session.threads import MessageStatus, Part

THREAD_FORMAT: Literal["emergence.thread"] = "emergence.thread"
THREAD_FORMAT_VERSION: Literal[1] = 1
EARLIEST, SKEW = datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=1)
PLACES_MAX = 2**31

ExportFormat = Literal["markdown", "json", "pdf"]


def _in_living_memory(moment: datetime) -> datetime:
    if not EARLIEST <= moment <= datetime.now(UTC) + SKEW:
        raise ValueError("is before 1970 or still to come")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_living_memory)]
AgentName = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
Title = Annotated[str, StringConstraints(max_length=NAME_MAX_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Place = Annotated[int, Field(ge=0, lt=PLACES_MAX)]


class _InFile(BaseModel):
    """A part of a file: a member that is not known is refused, never dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CarriedMessage(_InFile):
    """One utterance. `turn` and `slot` are its place: slot 0 is the question, the others are its answers.

    `parent` is the message before it in its branch, which stands before it in the file; null: it begins the thread.
    `provider` and `model` are told, not taken in. `copied`, written only where it is true: from a conversation that
    somebody shared, so that it is nobody's word for what the owner said or wants.
    """

    id: UUID
    turn: Place
    slot: Place
    role: Literal["user", "agent"]
    agent: AgentName | None = None
    status: MessageStatus
    parts: list[Part]
    created_at: Moment
    parent: UUID | None = None
    provider: str | None = None
    model: str | None = None
    copied: bool = Field(default=False, exclude_if=lambda copied: not copied)


class CarriedThread(_InFile):
    """What a conversation is called, and when it was held."""

    title: Title
    agent: AgentName
    created_at: Moment
    updated_at: Moment
    titled: bool = False
    archived: bool = False


class ThreadFile(_InFile):
    """The format: one conversation, whole, its messages in the order of their places.

    `leaf` ends the branch in front; null: the last message does.
    """

    format: Literal["emergence.thread"] = THREAD_FORMAT
    version: Literal[1] = THREAD_FORMAT_VERSION
    exported_at: AwareDatetime
    thread: CarriedThread
    leaf: UUID | None = None
    messages: list[CarriedMessage]


ImportState = Literal["running", "done", "failed", "interrupted"]
ImportFormat = Literal["emergence", "chatgpt"]


class LeftOut(BaseModel):
    """What of the conversations that were taken in could not be."""

    messages: int = Field(default=0, description="messages of tools and of the system, and empty ones")
    attachments: int = Field(default=0, description="images and files: a line of text says where they were")


ImportFault = Literal[
    "not_an_export",  # neither Emergence nor ChatGPT writes such a file
    "no_conversations",  # an archive without any
    "damaged",  # cut off, or changed on its way
    "encrypted",
    "malformed",  # it is no JSON, or other things stand where conversations should
    "incomplete",  # something that has to be there is missing
    "unknown_member",  # something is there that this version does not know
    "newer_version",
    "unexpected_value",
    "inconsistent",  # messages that do not fit each other
    "empty",  # nobody has said anything
    "too_large",
    "too_long",  # one conversation, or one message of it
    "too_deep",
    "too_many_files",
]


class ImportProblem(BaseModel):
    """One conversation that was not taken in, where it is in the file, and why; never what it says."""

    place: str
    fault: ImportFault | None = Field(default=None, description="why, for a switch; null: noted by an earlier version")
    reason: str = Field(description="why, in English")


class Import(BaseModel):
    """One file on its way in. `conversations` is null until all of the file has been looked at.

    Each conversation is taken in whole or not at all. `known` were taken in from an earlier file already, `expired`
    are older than this server keeps conversations, `refused` have a line in `problems`, which holds the first fifty.
    """

    id: UUID
    state: ImportState
    format: ImportFormat | None = None
    started_at: datetime
    ended_at: datetime | None = None
    conversations: int | None = None
    imported: int = 0
    known: int = 0
    expired: int = 0
    refused: int = 0
    left_out: LeftOut = LeftOut()
    problems: list[ImportProblem] = []
    failure: ImportProblem | None = Field(default=None, description="why nothing more was taken in")


class Imports(BaseModel):
    """The latest first."""

    imports: list[Import]
