"""An answer that is saved as a file, sent while it is made."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from emergence.session.exports.file_name import content_disposition


class StreamedFile(StreamingResponse):
    """`pieces` is closed before the response ends, also when the reader leaves while one is on its way."""

    def __init__(self, pieces: AsyncGenerator[bytes, None], name: str, media_type: str) -> None:
        self._pieces = pieces
        super().__init__(self._sent(), media_type=media_type, headers=saved_as(name))

    async def _sent(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece
            await asyncio.sleep(0)  # else a writer whose pieces are all ready would never learn that the reader left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            for source in (self.body_iterator, self._pieces):
                if isinstance(source, AsyncGenerator):
                    await source.aclose()


def saved_as(name: str) -> dict[str, str]:
    """Return the headers of a file that is saved, never shown in place."""
    return {"content-disposition": content_disposition(name), "x-content-type-options": "nosniff"}
