"""Long answers between services: newline-delimited JSON, each line sent as soon as it exists."""

from collections.abc import AsyncIterator

from pydantic import BaseModel

from emergence.kernel.wire.streamed_answer import StreamedAnswer

NDJSON_CONTENT_TYPE = "application/x-ndjson"


class NdjsonResponse(StreamedAnswer[BaseModel]):
    """An answer of one JSON object a line."""

    def __init__(self, pieces: AsyncIterator[BaseModel]) -> None:
        super().__init__(pieces, _line, media_type=NDJSON_CONTENT_TYPE, headers={"cache-control": "no-store"})


def _line(piece: BaseModel) -> bytes:
    return piece.model_dump_json().encode() + b"\n"
