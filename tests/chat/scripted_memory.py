"""A memory service of which only recall is asked: what it finds, how long it takes, and whether it is there at all."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emergence.contracts.memory.recall import RecalledTurn, RecallReason, RecallRequest
from emergence.contracts.memory.recollection import KnownText, NoteUses, Recollection, UsesNoted


class ScriptedMemory:
    """Answers every question with `turns`, after `delay_s`."""

    def __init__(self) -> None:
        self.turns: list[RecalledTurn] = []
        self.items: list[KnownText] = []
        self.uses: list[NoteUses] = []
        self.asked: list[RecallRequest] = []
        self.delay_s = 0.0
        self.is_away = False
        self.app = Starlette(
            routes=[
                Route("/api/memory/internal/recall", self._recall, methods=["POST"]),
                Route("/api/memory/internal/uses", self._uses, methods=["POST"]),
            ]
        )

    async def _recall(self, request: Request) -> Response:
        self.asked.append(RecallRequest.model_validate_json(await request.body()))
        await asyncio.sleep(self.delay_s)
        if self.is_away:
            return JSONResponse({"code": "unavailable", "detail": "away"}, 503)
        return Response(
            Recollection(turns=self.turns, items=self.items).model_dump_json(), media_type="application/json"
        )

    async def _uses(self, request: Request) -> Response:
        self.uses.append(NoteUses.model_validate_json(await request.body()))
        return Response(UsesNoted(new=len(self.uses[-1].used)).model_dump_json(), media_type="application/json")


def remembered(text: str, day: int = 3, speaker: str = "") -> RecalledTurn:
    """Something that was said on a day of November 2026."""
    return RecalledTurn(
        message=uuid4(),
        thread=uuid4(),
        role="agent" if speaker else "user",
        speaker=speaker,
        said_at=datetime(2026, 11, day, 9, 30, tzinfo=UTC),
        text=text,
        why=RecallReason(words=["sister"]),
    )
