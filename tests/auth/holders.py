"""The neighbours that an export asks, as scripted ASGI apps that speak the real contract on the wire."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from emergence.contracts.personal_data import HOLDERS, RowPiece, RowsEnded, export_path
from emergence.kernel.errors import Unavailable
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.peers import Peers


@dataclass
class ScriptedHolder:
    """Hands out `rows` (table to JSON texts); may be away, break off, or stop in the middle until `goes_on`."""

    service: str
    rows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_away: bool = False
    is_cut: bool = False
    goes_on: asyncio.Event | None = None
    asked: list[UUID] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route(export_path(self.service, "{user_id:uuid}"), self._export, methods=["POST"])])

    async def _export(self, request: Request) -> Response:
        self.asked.append(request.path_params["user_id"])
        if self.is_away:
            refused = Unavailable()
            return JSONResponse(refused.problem(), refused.status, dict(refused.headers), "application/problem+json")
        return StreamingResponse(self._lines(), media_type="application/x-ndjson")

    async def _lines(self) -> AsyncIterator[bytes]:
        for table, texts in self.rows.items():
            for text in texts:
                yield RowPiece(table=table, text=text).model_dump_json().encode() + b"\n"
        if self.goes_on is not None:
            await self.goes_on.wait()
        if not self.is_cut:
            yield RowsEnded().model_dump_json().encode() + b"\n"


def scripted_holders(peers: Peers) -> dict[str, ScriptedHolder]:
    """Connect one for each service that holds something of people; return them by service."""
    holders = {
        holder.service: ScriptedHolder(holder.service, {"things": ['{"a": 1}', '{"a": 2}']}) for holder in HOLDERS
    }
    for service, holder in holders.items():
        peers.connect(service, InProcess(holder.app, service=service, tokens=None))
    return holders
