"""The neighbours of the session service, as scripted ASGI apps that speak the real contracts on the wire."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from emergence.contracts.auth.problems import TicketRejected
from emergence.contracts.auth.signing_in import ConsumeTicket, TicketHolder
from emergence.contracts.auth.values import Role
from emergence.contracts.chat import (
    Agent,
    Agents,
    ReplyEnded,
    ReplyRequest,
    ReplyStarted,
    ReplyText,
    ReplyUsage,
    Translated,
    UnknownAgent,
)
from emergence.kernel.errors import ServiceError, Unavailable
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import TokenMint
from tests.kernel.scripted_feed import ScriptedFeed

AGENTS = ("anima", "neo", "nexus")


def refusal(error: ServiceError) -> Response:
    return JSONResponse(error.problem(), error.status, dict(error.headers), "application/problem+json")


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in, or whom an administrator looks at."""

    user_id: UUID = field(default_factory=uuid4)
    session_id: UUID = field(default_factory=uuid4)
    lifetime: timedelta = timedelta(hours=1)
    impersonator_id: UUID | None = None
    role: str = "member"

    def ticket(self) -> str:
        """Return a new ticket; the scripted auth takes each of this form once."""
        expires_s = int((datetime.now(UTC) + self.lifetime).timestamp() * 1000)
        by = self.impersonator_id.hex if self.impersonator_id else ""
        return f"{self.user_id.hex}.{self.session_id.hex}.{expires_s}.{by}.{uuid4().hex}"


class ScriptedAuth:
    """Hands out access tokens and takes tickets, each once."""

    def __init__(self) -> None:
        self.mint = TokenMint(FrozenClock(datetime.now(UTC)))
        self.used: set[str] = set()
        self.origins: list[str | None] = []
        self.is_away = False
        self.feed = ScriptedFeed()
        self.app = Starlette(
            routes=[
                *self.feed.routes,
                Route("/.well-known/jwks.json", self._keys),
                Route("/api/auth/internal/ws-tickets/consume", self._consume, methods=["POST"]),
            ]
        )

    def bearer(self, person: Person) -> dict[str, str]:
        claims: dict[str, object] = {"sub": str(person.user_id), "sid": str(person.session_id), "role": person.role}
        if person.impersonator_id is not None:
            claims["act"] = {"sub": str(person.impersonator_id)}
        token = self.mint.token(claims=claims)
        return {"authorization": f"Bearer {token}"}

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.mint.jwk()]})

    async def _consume(self, request: Request) -> Response:
        if self.is_away:
            return refusal(Unavailable())
        asked = ConsumeTicket.model_validate_json(await request.body())
        self.origins.append(asked.origin)
        try:
            user_id, session_id, expires_ms, by, _ = asked.ticket.split(".")
            if asked.ticket in self.used:
                raise ValueError("used")
            self.used.add(asked.ticket)
            holder = TicketHolder(
                user_id=UUID(user_id),
                session_id=UUID(session_id),
                role=Role.MEMBER,
                session_expires_at=datetime.fromtimestamp(int(expires_ms) / 1000, UTC),
                impersonator_id=UUID(by) if by else None,
            )
        except ValueError:
            return refusal(TicketRejected())
        return Response(holder.model_dump_json(), media_type="application/json")


Step = BaseModel | bytes | float | Callable[[], Awaitable[object]]


def started(model: str = "scripted-1") -> ReplyStarted:
    return ReplyStarted(provider="openai_compatible", model=model)


def answer(*pieces: str) -> list[Step]:
    """The steps of a reply that goes well."""
    usage = ReplyUsage(input_tokens=7, output_tokens=len(pieces))
    return [started(), *(ReplyText(text=piece) for piece in pieces), usage, ReplyEnded()]


class ScriptedChat:
    """Streams what each reply's script says: pieces, raw bytes, pauses in seconds, or things to wait for.

    A script that ends before `ReplyEnded` is a stream that ends without a word.
    """

    def __init__(self) -> None:
        self.scripts: list[list[Step]] = []
        self.requests: list[ReplyRequest] = []
        self.cancelled: list[UUID] = []
        self.is_away = False
        self.app = Starlette(
            routes=[
                Route("/api/chat/internal/agents", self._agents),
                Route("/api/chat/internal/reply", self._reply, methods=["POST"]),
            ]
        )

    def will_say(self, *scripts: Iterable[Step]) -> None:
        self.scripts.extend(list(script) for script in scripts)

    async def _agents(self, _: Request) -> Response:
        if self.is_away:
            return refusal(Unavailable())
        description = Translated(en="scripted", fr="scripted")
        agents = Agents(
            agents=[Agent(id=name, name=name.title(), description=description, starters={}) for name in AGENTS]
        )
        return Response(agents.model_dump_json(), media_type="application/json")

    async def _reply(self, request: Request) -> Response:
        if self.is_away:
            return refusal(Unavailable())
        asked = ReplyRequest.model_validate_json(await request.body())
        self.requests.append(asked)
        if asked.agent not in AGENTS:
            return refusal(UnknownAgent())
        script = self.scripts.pop(0) if self.scripts else answer("Hello", ", ", "world.")
        return StreamingResponse(self._stream(asked, script), media_type="application/x-ndjson")

    async def _stream(self, asked: ReplyRequest, script: list[Step]) -> AsyncIterator[bytes]:
        try:
            for step in script:
                if isinstance(step, BaseModel):
                    yield step.model_dump_json().encode() + b"\n"
                elif isinstance(step, bytes):
                    yield step
                elif isinstance(step, float):
                    await asyncio.sleep(step)
                else:
                    await step()
        except asyncio.CancelledError:
            self.cancelled.append(asked.run_id)
            raise


def reply_json(text: str) -> bytes:
    """A text piece as it stands on the wire."""
    return json.dumps({"type": "text", "text": text}, ensure_ascii=False).encode() + b"\n"
