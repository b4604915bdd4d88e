"""An answer that is sent while it is made."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Generic, TypeVar

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

Piece = TypeVar("Piece")


class StreamedAnswer(StreamingResponse, Generic[Piece]):
    """Sends each piece as soon as it exists.

    `pieces` is closed before the response ends, also when the reader leaves while a piece is on
    its way: whatever the writer holds is let go then, not when memory is collected.
    """

    def __init__(
        self,
        pieces: AsyncIterator[Piece],
        encoded: Callable[[Piece], bytes],
        *,
        media_type: str,
        headers: Mapping[str, str],
    ) -> None:
        self._pieces = pieces
        self._encoded = encoded
        super().__init__(self._sent(), media_type=media_type, headers=headers)

    async def _sent(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield self._encoded(piece)
            # Servers drop what is sent to a reader that left without giving the loop back: a writer
            # whose pieces are all ready would never learn of it, and would stop everybody else.
            await asyncio.sleep(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            for source in (self.body_iterator, self._pieces):
                if isinstance(source, AsyncGenerator):
                    await source.aclose()
