"""Long answers between services: newline-delimited JSON, each line sent as soon as it exists."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from pydantic import BaseModel
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

NDJSON_CONTENT_TYPE = "application/x-ndjson"


class NdjsonResponse(StreamingResponse):
    """An answer of one JSON object a line.

    `pieces` is closed before the response ends, also when the reader leaves while a line is on
    its way: whatever the writer holds is let go then, not when memory is collected.
    """

    media_type = NDJSON_CONTENT_TYPE

    def __init__(self, pieces: AsyncIterator[BaseModel]) -> None:
        self._pieces = pieces
        super().__init__(self._lines(), headers={"cache-control": "no-store"})

    async def _lines(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece.model_dump_json().encode() + b"\n"
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
