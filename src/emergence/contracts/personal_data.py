"""What every service that holds something of people promises: to hand it out for an export, row by row."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from emergence.kernel.wire.client import PeerCall, PeerClient

PIECE_MAX_CHARACTERS = 64 * 1024  # even if each is escaped, far below what a line between services may hold


class RowPiece(BaseModel):
    """A piece of one row's JSON text; the text of a row is the concatenation of its pieces."""

    type: Literal["row"] = "row"
    table: str
    text: str
    is_last: bool = True


class RowsEnded(BaseModel):
    """There is no more: a stream that ends without this was cut off."""

    type: Literal["ended"] = "ended"


ExportPiece = Annotated[RowPiece | RowsEnded, Field(discriminator="type")]
EXPORT_PIECE: TypeAdapter[ExportPiece] = TypeAdapter(ExportPiece)


def export_path(service: str, user_id: UUID | str) -> str:
    """Return the internal route that hands out what `service` holds of a person."""
    return f"/api/{service}/internal/people/{user_id}/export"


async def pieces_of(rows: AsyncIterator[tuple[str, str]]) -> AsyncGenerator[ExportPiece, None]:
    """Yield rows, each a table and its JSON text, as they go over the wire."""
    async for table, text in rows:
        for start in range(0, len(text), PIECE_MAX_CHARACTERS):
            end = start + PIECE_MAX_CHARACTERS
            yield RowPiece(table=table, text=text[start:end], is_last=end >= len(text))
    yield RowsEnded()


class PersonalData(PeerClient):
    """Asks a service for what it holds of a person."""

    def export(self, user_id: UUID) -> AsyncGenerator[ExportPiece, None]:
        """Stream it, table by table; the last piece is `RowsEnded`. Raises Unavailable."""
        return self.stream(PeerCall("POST", export_path(self.service, user_id)), EXPORT_PIECE)


class OfSession(PersonalData):
    """Threads, messages, runs and the live log."""

    service = "session"


class OfChat(PersonalData):
    """What runs used."""

    service = "chat"


class OfMemory(PersonalData):
    """Turns as agents find them again, and what was forgotten."""

    service = "memory"


# Whoever holds something of people is registered here, and then part of every export.
HOLDERS: tuple[type[PersonalData], ...] = (OfSession, OfChat, OfMemory)
EXPORTER = "auth"  # the only one that may ask
