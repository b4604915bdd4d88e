"""A way to a neighbour that is made when somebody first goes it, so that a start need not wait for its library."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from emergence.kernel.wire.messages import Transport, WireReply, WireRequest


class OnFirstCall:
    """The transport that `make` returns; `make` runs once, beside the event loop, when the first call comes."""

    def __init__(self, make: Callable[[], Transport]) -> None:
        self._make = make
        self._made: Transport | None = None
        self._making = asyncio.Lock()

    @asynccontextmanager
    async def send(self, request: WireRequest) -> AsyncIterator[WireReply]:
        """Send and yield the reply, as the transport itself does; making it is not counted to the deadline."""
        transport = self._made or await self._first()
        async with transport.send(request) as reply:
            yield reply

    async def _first(self) -> Transport:
        async with self._making:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make)
            return self._made

    async def close(self) -> None:
        """Close the transport if there is one."""
        if self._made is not None:
            await self._made.close()
