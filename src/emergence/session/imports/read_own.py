"""Our own format, read back: nothing of it is dropped, and what does not fit is refused with its place."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import ValidationError

from emergence.contracts.session.carrying import CarriedMessage, ImportFault, ThreadFile
from emergence.contracts.session.threads import Part
from emergence.kernel.ids import new_id
from emergence.session.imports.found import Found, Refused, why_not

TEXT_MAX_CHARACTERS = 2_000_000  # beyond what any model writes; searching it takes a second
FINISHED = {"queued": "interrupted", "streaming": "interrupted"}


def read_own(content: bytes, place: str) -> Found | Refused:
    """Return the conversation in a file of ours."""
    try:
        file = ThreadFile.model_validate_json(content)
    except ValidationError as invalid:
        return why_not(place, invalid)
    if (wrong := _wrong_in(file.messages)) is not None:
        return Refused(f"{place}: messages.{wrong[0]}", wrong[1], wrong[2])
    if file.leaf is not None and file.leaf not in {message.id for message in file.messages}:
        return Refused(f"{place}: leaf", "inconsistent", "names a message that is not in the file")
    ids: dict[UUID | None, UUID | None] = {message.id: new_id() for message in file.messages}
    messages = [_under_new_id(message, ids) for message in file.messages]
    last = messages[-1].id if messages else None
    return Found(place, file.thread, messages, last if file.leaf is None else ids[file.leaf])


def _under_new_id(message: CarriedMessage, ids: Mapping[UUID | None, UUID | None]) -> CarriedMessage:
    """Return a message under an id that nobody has, after the same one as before."""
    return message.model_copy(
        update={
            "id": ids[message.id],
            "parent": ids.get(message.parent),
            "status": FINISHED.get(message.status, message.status),
            "parts": [_storable(part) for part in message.parts],
        }
    )


def _storable(part: Part) -> Part:
    return part.model_copy(update={"text": part.text.replace("\x00", "\ufffd")}) if "\x00" in part.text else part


def _wrong_in(messages: Sequence[CarriedMessage]) -> tuple[int, ImportFault, str] | None:
    """Return the number of the first message that does not fit the others, and why."""
    ids = {message.id for message in messages}
    if len(ids) != len(messages):
        return len(messages) - 1, "inconsistent", "two messages have the same id"
    place, before = (-1, -1), set[UUID]()
    for number, message in enumerate(messages):
        if (message.turn, message.slot) <= place:
            return number, "inconsistent", "does not come after the message before it"
        place = message.turn, message.slot
        if message.parent is not None and message.parent not in before:
            return number, "inconsistent", "follows a message that is not before it in the file"
        before.add(message.id)
        if sum(len(part.text) for part in message.parts) > TEXT_MAX_CHARACTERS:
            return number, "too_long", f"is longer than {TEXT_MAX_CHARACTERS} characters"
    return None
