"""What reading a file finds: conversations to take in, those that cannot be, or that it is no such file at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from pydantic import ValidationError

from emergence.contracts.session.carrying import CarriedMessage, CarriedThread, ImportFault, ImportProblem, LeftOut

PLACE_MAX_CHARACTERS = 200


class Unreadable(Exception):
    """The file as a whole cannot be taken in; its members say where and why, never what is there."""

    def __init__(self, place: str, fault: ImportFault, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.fault: ImportFault = fault
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Refused:
    """A conversation that is left where it is, whole."""

    place: str
    fault: ImportFault
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation to take in. An `agent` of its thread that this server does not have is replaced."""

    place: str
    thread: CarriedThread
    messages: Sequence[CarriedMessage]
    leaf: UUID | None
    left_out: LeftOut = field(default_factory=LeftOut)

    def digest(self) -> bytes:
        """Return what tells it from others: what was said in it, by whom, when and in which order."""
        hashed = sha256(self.thread.title.encode(errors="replace"))
        numbers: dict[UUID | None, int] = {message.id: number for number, message in enumerate(self.messages)}
        for message in self.messages:
            said = message.model_dump_json(exclude={"id", "parent", "provider", "model"})
            hashed.update(f"\x1e{numbers.get(message.parent)} {said}".encode())
        return hashed.digest()


# What Pydantic says of a member, as far as it is more than an unexpected value.
_FAULTS: Mapping[str, ImportFault] = {
    "missing": "incomplete",
    "extra_forbidden": "unknown_member",
    "json_invalid": "malformed",
    "model_type": "malformed",
    "dict_type": "malformed",
    "list_type": "malformed",
}


def told(refused: Unreadable | Refused) -> ImportProblem:
    """Return what whoever brought the file is told; names of files and members can be long."""
    return ImportProblem(place=refused.place[:PLACE_MAX_CHARACTERS], fault=refused.fault, reason=refused.reason)


def why_not(place: str, invalid: ValidationError) -> Refused:
    """Return what the first thing wrong is and where, without what was there."""
    first = invalid.errors(include_input=False, include_url=False, include_context=False)[0]
    inside = ".".join(str(step) for step in first["loc"])
    more = f" (and {invalid.error_count() - 1} more)" if invalid.error_count() > 1 else ""
    # The names in a file are its own: what they hold must be storable, and fit a line.
    where = without_surrogates(inside)[:PLACE_MAX_CHARACTERS]
    fault = "newer_version" if inside == "version" else _FAULTS.get(first["type"], "unexpected_value")
    return Refused(f"{place}: {where}" if where else place, fault, first["msg"] + more)


def without_surrogates(text: str) -> str:
    """Return a text that can be stored: halves of characters without the other half are shown as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd")


def moment_of(stamp: object) -> datetime | None:
    """Return a time in seconds since 1970 as a moment, or None where there is none."""
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        return None
    try:
        return datetime.fromtimestamp(stamp, UTC)
    except (OverflowError, OSError, ValueError):
        return None


Json = Mapping[str, object]
