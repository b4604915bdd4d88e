"""Long answers between services: newline-delimited JSON, each line sent as soon as it exists."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from pydantic import BaseModel
from starlette.responses import StreamingResponse

NDJSON_CONTENT_TYPE = "application/x-ndjson"


def ndjson_response(pieces: AsyncGenerator[BaseModel, None]) -> StreamingResponse:
    """Return an answer of one JSON object a line; `pieces` is closed when the reader leaves."""
    return StreamingResponse(_lines(pieces), media_type=NDJSON_CONTENT_TYPE, headers={"cache-control": "no-store"})


async def _lines(pieces: AsyncGenerator[BaseModel, None]) -> AsyncIterator[bytes]:
    async with aclosing(pieces):
        async for piece in pieces:
            yield piece.model_dump_json().encode() + b"\n"
