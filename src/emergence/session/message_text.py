"""What may be said in one message, and what a new thread is called after it."""

import re

from emergence.contracts.session.problems import EmptyMessage, MessageTooLong
from emergence.contracts.session.protocol import MESSAGE_MAX_CHARACTERS
from emergence.session.frames import storable

TITLE_MAX_CHARACTERS = 60

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a title is shown in lists, also in terminals


def checked_text(text: str) -> str:
    """Return the text as it is stored: unchanged, but for what cannot be kept. Raises EmptyMessage, MessageTooLong."""
    if not text.strip():
        raise EmptyMessage()
    if len(text) > MESSAGE_MAX_CHARACTERS:
        raise MessageTooLong()
    return storable(text)


def title_of(text: str) -> str:
    """Return the first words of a text, on one line, cut between words where that is possible."""
    line = " ".join(_CONTROLS.sub(" ", text[: TITLE_MAX_CHARACTERS * 20]).split())
    if len(line) <= TITLE_MAX_CHARACTERS:
        return line
    whole_words = line[:TITLE_MAX_CHARACTERS].rsplit(" ", 1)[0]
    return whole_words + "…"
