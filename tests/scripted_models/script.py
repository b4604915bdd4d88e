"""What a scripted model server does with each request, and what it saw."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

Ending = Literal[
    "end",  # the model finishes
    "max_tokens",  # it stops at its limit
    "refusal",  # a classifier stops it
    "reset",  # TCP reset
    "eof",  # the stream ends, well-formed, without the closing events
    "garbage",  # bytes that are not JSON where JSON belongs
    "wrong_shape",  # valid JSON of another protocol
    "error_event",  # the provider's own error in the middle of the stream
    "silence",  # nothing more, and the connection stays open
]

_SYLLABLES = ("the ", "river ", "bends ", "slowly ", "and ", "é", "lan ", "carries ", "small ", "boats ", "home. ")


def words(count: int) -> tuple[str, ...]:
    """Return `count` tokens of text, some of them parts of words."""
    return tuple(_SYLLABLES[index % len(_SYLLABLES)] for index in range(count))


@dataclass(frozen=True, slots=True)
class Answer:
    """A streamed answer; `rate` is tokens a second, 0 means as fast as they can be written."""

    tokens: tuple[str, ...] = ("Paris", " is", " the", " capital", " of", " France.")
    rate: float = 0
    first_token_after: timedelta = timedelta()
    ending: Ending = "end"
    usage: bool = True
    cached_tokens: int = 0
    thinking: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """An error answer in the provider's own words for `status`; `code` and `message` override them."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class WebPage:
    """HTTP 200 with HTML, as from a wrong address."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """TCP reset before any answer."""


Step = Answer | Refuse | WebPage | HangUp


@dataclass(slots=True)
class Exchange:
    """One request as the server saw it; the key is never kept, only whether one came."""

    path: str
    model: str
    system: str
    turns: list[tuple[str, str]]
    body: dict[str, object]
    headers: dict[str, str]
    had_key: bool
    received_at_s: float  # loop time
    tokens_sent: int = 0
    disconnected_at_s: float | None = None  # loop time; None while, or when, the client stayed to the end
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def disconnected_early(self) -> bool:
        return self.disconnected_at_s is not None


class Script:
    """The steps for the coming requests, in order; afterwards every request gets `otherwise`."""

    def __init__(self, *steps: Step, otherwise: Step | None = None) -> None:
        self._steps = deque(steps)
        self.otherwise: Step = otherwise or Answer()

    def then(self, *steps: Step) -> None:
        """Add steps behind those that wait."""
        self._steps.extend(steps)

    def next_step(self) -> Step:
        return self._steps.popleft() if self._steps else self.otherwise
