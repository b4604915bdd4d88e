"""A running chat service for tests: real database, real wire, providers on loopback, a scripted neighbour for auth."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from emergence.chat.app import build_app
from emergence.contracts.chat import ChatClient, ReplyPiece, ReplyRequest, ReplyText, Turn
from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.in_process import InProcess
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import TokenMint
from tests.kernel.scripted_feed import ScriptedFeed

SERVICE_SECRET = "9c1f0b7e5d3a48261f70c9b8a7d6e5f40312"
KEY_SECRET = "e7a1c94b2f86d05317c8ab64f29e05d13b7a"


@dataclass(frozen=True, slots=True)
class ChatService:
    """What a test needs of the running service."""

    app: FastAPI
    client: ChatClient
    mint: TokenMint
    transport: InProcess
    feed: ScriptedFeed

    def user_transport(self) -> InProcess:
        """The same app as a browser reaches it: without a service's own token."""
        return InProcess(self.app, service="chat", tokens=None)

    def token(self, role: str = "member") -> str:
        return self.mint.token(claims={"role": role, "acr": "2"})

    async def hear(self, request: ReplyRequest) -> list[ReplyPiece]:
        async with aclosing(self.client.reply(request)) as pieces:
            return [piece async for piece in pieces]


@asynccontextmanager
async def chat_service(
    database_url: str, clock: Clock | None = None, /, **variables: str
) -> AsyncIterator[ChatService]:
    """Run chat with `variables` on top of what it needs; the built-in model is off unless asked for."""
    environ = {
        "DATABASE_URL": database_url,
        "EMERGENCE_SERVICE_SECRET": SERVICE_SECRET,
        "CHAT_KEY_SECRET": KEY_SECRET,
        "CHAT_BUILTIN_MODEL": "false",
        **variables,
    }
    surroundings = Surroundings(
        environ={name: value for name, value in environ.items() if value}, clock=clock or SystemClock()
    )
    mint = TokenMint(FrozenClock(datetime.now(UTC)))
    feed = ScriptedFeed()
    tokens = ServiceTokens(SERVICE_SECRET, "session")
    surroundings.peers.connect("auth", InProcess(publishing(mint, feed), service="auth", tokens=tokens))
    app = build_app(surroundings)
    transport = InProcess(app, service="chat", tokens=tokens)
    surroundings.peers.connect("chat", transport)
    async with app.router.lifespan_context(app):
        yield ChatService(app, ChatClient(surroundings.peers), mint, transport, feed)


def publishing(mint: TokenMint, feed: ScriptedFeed) -> Starlette:
    """An auth service of which only the published keys and the feed of revocations are asked."""

    async def keys(_: Request) -> JSONResponse:
        return JSONResponse({"keys": [mint.jwk()]})

    return Starlette(routes=[*feed.routes, Route("/.well-known/jwks.json", keys)])


def ask(text: str = "What is the capital of France?", agent: str = "anima", turns: Sequence[Turn] = ()) -> ReplyRequest:
    """One run of a user of its own."""
    said = [*turns, Turn(role="user", text=text)]
    return ReplyRequest(run_id=uuid4(), user_id=uuid4(), thread_id=uuid4(), agent=agent, language="en", turns=said)


def text_of(pieces: Sequence[ReplyPiece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, ReplyText))
