"""The feed of revocations as a scripted auth tells it: the same lines, and silence when a test wants it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from emergence.contracts.auth.revocations import AskStanding, FeedBeat, PublishedRevocation, Standing
from emergence.kernel.revocations import Kind

STREAM = "/api/auth/internal/revocations/stream"


class ScriptedFeed:
    """Tells every reader what `revoke` was called with; beats as often as a test can wait for."""

    def __init__(self) -> None:
        self.lines: list[PublishedRevocation] = []
        self.asked_after: list[int] = []
        self.asked_standing: list[AskStanding] = []
        self.ended: set[UUID] = set()
        self.is_silent = False
        self.knows_standing = True
        self.routes = [
            Route(STREAM, self._stream),
            Route("/api/auth/internal/introspect", self._standing, methods=["POST"]),
        ]

    def revoke(self, kind: Kind, ref: object = "", reason: str = "logged_out", at: datetime | None = None) -> None:
        seq = len(self.lines) + 1
        told = at or datetime.now(UTC)
        self.lines.append(
            PublishedRevocation(seq=seq, kind=kind, ref=str(ref), sv=1, at=told, reason=reason, event="session-revoked")
        )

    async def _stream(self, request: Request) -> Response:
        after = int(request.query_params["after"])
        self.asked_after.append(after)
        return StreamingResponse(self._lines(after), media_type="application/x-ndjson")

    async def _lines(self, after: int) -> AsyncIterator[bytes]:
        told, beaten_s = after, -10.0
        while True:
            now_s = asyncio.get_running_loop().time()
            if not self.is_silent and (len(self.lines) > told or now_s - beaten_s > 0.2):
                for line in self.lines[told:]:
                    yield line.model_dump_json().encode() + b"\n"
                told, beaten_s = len(self.lines), now_s
                yield FeedBeat(seq=told).model_dump_json().encode() + b"\n"
            await asyncio.sleep(0.01)

    async def _standing(self, request: Request) -> Response:
        asked = AskStanding.model_validate_json(await request.body())
        self.asked_standing.append(asked)
        if not self.knows_standing:
            return JSONResponse({"code": "database_unavailable"}, 503)
        return JSONResponse(Standing(active=asked.session_id not in self.ended).model_dump())
