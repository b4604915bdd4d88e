"""What waits to be sent on one socket: bounded, and nothing in it is ever dropped silently."""

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

from emergence.contracts.session.protocol import CloseCode
from emergence.session.frames import LoggedFrame


@dataclass(frozen=True, slots=True)
class ReplayDue:
    """Read a topic from the log after `seq` and send that, then say `farewell` if there is one.

    `is_compact` puts a snapshot in place of deltas.
    """

    topic: str
    seq: int
    is_compact: bool = False
    farewell: str | None = None


@dataclass(frozen=True, slots=True)
class CloseDue:
    """Close the socket; nothing follows."""

    code: CloseCode


Item: TypeAlias = str | LoggedFrame | ReplayDue | CloseDue


class Outbox:
    """A queue between everybody who has news and the one task that writes to the socket.

    Above `max_bytes` the queued frames of every topic give way to one replay of that topic, which
    the writer reads from the log when its turn comes. `is_overfull` is set when even that is not
    enough, because the client does not read the answers to its own commands.

    Thousands of these are empty: a list and a bare future are a tenth of a deque and an event.
    """

    def __init__(self, max_bytes: int) -> None:
        self._items: list[Item] = []
        self._max_bytes = max_bytes
        self._filled: asyncio.Future[None] | None = None  # the one writer waits for it
        self.size_bytes = 0
        self.is_overfull = False

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Item) -> list[ReplayDue]:
        """Queue an item; return the replays that took the place of what was queued, if any did."""
        self._items.append(item)
        self.size_bytes += _size(item)
        if self._filled is not None and not self._filled.done():
            self._filled.set_result(None)
        if self.size_bytes <= self._max_bytes:
            return []
        replays = self._collapse()
        self.is_overfull = self.size_bytes > self._max_bytes
        return replays

    async def take(self) -> Item:
        """Wait for the next item and return it."""
        while not self._items:
            self._filled = asyncio.get_running_loop().create_future()
            await self._filled
        item = self._items.pop(0)
        self.size_bytes -= _size(item)
        return item

    def clear(self) -> None:
        """Forget what is queued: whoever it was for may not see it any more."""
        self._items.clear()
        self.size_bytes = 0

    def _collapse(self) -> list[ReplayDue]:
        replays: dict[str, ReplayDue] = {}
        kept: list[Item] = []
        for item in self._items:
            if not isinstance(item, LoggedFrame):
                kept.append(item)
            elif item.topic not in replays:
                replays[item.topic] = ReplayDue(item.topic, item.seq - 1, is_compact=True)
                kept.append(replays[item.topic])
        self._items = kept
        self.size_bytes = sum(map(_size, kept))
        return list(replays.values())


def _size(item: Item) -> int:
    if isinstance(item, LoggedFrame):
        return len(item.json)
    return len(item) if isinstance(item, str) else 0
