"""An answer that is saved as a file, sent while it is made."""

from collections.abc import AsyncGenerator

from emergence.kernel.wire.streamed_answer import StreamedAnswer
from emergence.session.exports.file_name import content_disposition


class StreamedFile(StreamedAnswer[bytes]):
    """Bytes under a name."""

    def __init__(self, pieces: AsyncGenerator[bytes, None], name: str, media_type: str) -> None:
        super().__init__(pieces, bytes, media_type=media_type, headers=saved_as(name))


def saved_as(name: str) -> dict[str, str]:
    """Return the headers of a file that is saved, never shown in place."""
    return {"content-disposition": content_disposition(name), "x-content-type-options": "nosniff"}
