"""Our own format, read back: nothing of it is dropped, and what does not fit is refused with its place."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import ValidationError

from emergence.contracts.session.carrying import CarriedMessage, ThreadFile
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
        return Refused(f"{place}: messages.{wrong[0]}", wrong[1])
    return Found(place, file.thread, with_new_ids(file.messages))


def with_new_ids(messages: Sequence[CarriedMessage]) -> list[CarriedMessage]:
    """Return the messages under ids that nobody has, naming each other as before."""
    ids: dict[UUID | None, UUID | None] = {message.id: new_id() for message in messages}
    return [
        message.model_copy(
            update={
                "id": ids[message.id],
                "reply_to": ids.get(message.reply_to),
                "superseded_by": ids.get(message.superseded_by),
                "status": FINISHED.get(message.status, message.status),
                "parts": [
                    part.model_copy(update={"text": part.text.replace("\x00", "\ufffd")}) for part in message.parts
                ],
            }
        )
        for message in messages
    ]


def _wrong_in(messages: Sequence[CarriedMessage]) -> tuple[int, str] | None:
    """Return the number of the first message that does not fit the others, and why."""
    ids = {message.id for message in messages}
    if len(ids) != len(messages):
        return len(messages) - 1, "two messages have the same id"
    place = (-1, -1)
    for number, message in enumerate(messages):
        if (message.turn, message.slot) <= place:
            return number, "does not come after the message before it"
        place = message.turn, message.slot
        if {message.reply_to, message.superseded_by} - ids - {None}:
            return number, "names a message that is not in the file"
        if sum(len(part.text) for part in message.parts) > TEXT_MAX_CHARACTERS:
            return number, f"is longer than {TEXT_MAX_CHARACTERS} characters"
    return None
