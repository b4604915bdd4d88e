"""HTTP messages as transports see them: no framework in them."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One request to a neighbour. `path` starts with a slash and may carry a query."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    deadline: timedelta = timedelta(seconds=10)  # to the reply's head; a stream may go on beyond it


@dataclass(frozen=True, slots=True)
class WireReply:
    """The head of a reply, and its body as it arrives. Header names are lower case."""

    status: int
    headers: dict[str, str]
    chunks: AsyncIterator[bytes]


class Transport(Protocol):
    """A way to one neighbour."""

    def send(self, request: WireRequest) -> AbstractAsyncContextManager[WireReply]:
        """Send and yield the reply; leaving the block early cancels the neighbour's work.

        Raises Unavailable when nobody answers, DeadlineExceeded when the head takes too long.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
