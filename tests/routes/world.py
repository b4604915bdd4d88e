"""The whole product in one process behind real sockets, and the people, tokens and rows that the checks need."""

import asyncio
from base64 import b32decode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from emergence.auth.parts import Auth
from emergence.auth.store import users
from emergence.auth.store.users import Account
from emergence.composition import SERVICES, build_process
from emergence.contracts.auth.values import Role
from emergence.gateway.app import Gateway
from emergence.kernel.clock import SystemClock
from emergence.kernel.ids import new_id
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.surroundings import Surroundings
from tests.auth.authenticator import code_at
from tests.auth.mailbox import Mailbox, until
from tests.auth.open_id_provider import OpenIdProvider
from tests.auth.timing import shorten_hashes
from tests.frozen_clock import FrozenClock
from tests.routes.neighbours import Neighbours
from tests.routes.person import PASSWORD, Person, new_mark
from tests.routes.tokens import bent_token, seconds_left
from tests.served_app import NO_CERTIFICATES, served

Hook = Callable[..., Awaitable[None]]
SERVICE_SECRET = "f3a98b7e61d5c0421f8e7d6c5b4a3920"
AUTH_SECRET = "0b9e41c7d2a85f63a17c40e92d58b6f3"
CHAT_SECRET = "7c1e5d90b3f2846aa17c40e92d58b6f3"
OWNER_CREDENTIAL = "9f1c7be2408d53a6" * 3
TOKEN_LEFT_S = 120
# Letters that are not sent yet, and what memory has still to hear of or to read.
WAITING = """
    SELECT FROM email_requests UNION ALL SELECT FROM email_outbox WHERE done_at IS NULL
    UNION ALL SELECT FROM session.outbox UNION ALL SELECT FROM memory.thread_reads
    UNION ALL SELECT FROM bus.events WHERE name LIKE 'session.%' AND position >
        (SELECT coalesce(max(position), 0) FROM bus.cursors WHERE subscriber = 'memory')
    LIMIT 1
"""
FEED_PATIENCE_S = 20  # the machine may be busy; that it takes under a second is measured elsewhere


def world_environ(database_url: str, models_url: str, **more: str) -> dict[str, str]:
    """Return what one process with every service and every optional route is started with."""
    return {
        "DATABASE_URL": database_url,
        "DATABASE_POOL_SIZE": "4",
        "EMERGENCE_SERVICE_SECRET": SERVICE_SECRET,
        "AUTH_JWT_SECRET": AUTH_SECRET,
        "CHAT_KEY_SECRET": CHAT_SECRET,
        "EMERGENCE_ENV": "development",
        "AUTH_CLAIM": "loopback",
        "AUTH_ENV": "dev",
        "AUTH_DEV_LOGIN": "true",
        "GATEWAY_LOOPBACK_ONLY": "true",
        "OPENAI_COMPATIBLE_BASE_URL": models_url,
        "OPENAI_COMPATIBLE_MODEL": "gpt-6.1-sol",
        # What the clock of inactivity writes by itself would be taken for what a request changed.
        "SESSION_INACTIVITY_TIMEOUT_MINUTES": "0",
        "SESSION_CLEANUP_INTERVAL_SECONDS": "86400",
        "MEMORY_EMBEDDING_MODEL": "none",  # it would take the processor that the checks need
    } | more


@dataclass
class World:
    """A running product. `service_urls` are the services' own addresses, past the gateway."""

    url: str
    gateway: Gateway
    service_urls: Mapping[str, str]
    database_url: str
    models_url: str
    clients: AsyncExitStack
    around: Neighbours | None = None
    phc: str = ""
    gone: Person | None = None
    admins: list[Person] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    witnesses: dict[str, list[Hook]] = field(default_factory=dict)

    @property
    def auth(self) -> Auth:
        app: Any = self.gateway.backends["auth"]
        auth: Auth = app.state.auth
        return auth

    @property
    def mailbox(self) -> Mailbox:
        assert self.around is not None, "this world sends no mail"
        return self.around.mailbox

    @property
    def provider(self) -> OpenIdProvider:
        assert self.around is not None, "this world has no provider"
        return self.around.provider

    async def client(self, url: str | None = None, agent: str = "tests") -> httpx2.AsyncClient:
        """Return a browser on our own page, nobody yet."""
        headers = {"sec-fetch-site": "same-origin", "user-agent": agent}
        client = httpx2.AsyncClient(
            base_url=url or self.url,
            headers=headers,
            trust_env=False,
            timeout=60,
            event_hooks=self.witnesses,
            verify=NO_CERTIFICATES,
        )
        return await self.clients.enter_async_context(client)

    async def person(self, role: Role = Role.MEMBER) -> Person:
        """Return somebody new who is signed in; their names and addresses carry their mark."""
        await self.forget_attempts()
        mark = new_mark()
        account = Account(new_id(), f"Name {mark}", role, True, f"{mark}@example.org")
        self.phc = self.phc or await self.auth.passwords.hash(PASSWORD)
        async with self.auth.database.transaction() as tx:
            now = self.auth.clock.now()
            await users.add_user(tx, account, now)
            await users.add_email(tx, account.user_id, f"{mark}@example.org", f"{mark}@example.org")
            await users.set_password(tx, account.user_id, self.phc, now)
        return await self.sign_in(mark)

    async def sign_in(self, mark: str) -> Person:
        """Sign a person in once more, in a browser of their own whose name carries their mark."""
        browser = await self.client(agent=f"Browser {mark}")
        body = {"email": f"{mark}@example.org", "password": PASSWORD}
        answer = await browser.post("/api/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        self.people.append(Person(self.url, mark, browser, answer.json()))
        return self.people[-1]

    async def forget_attempts(self) -> None:
        """Let everybody try anew: all tests share one address, and its limits are measured elsewhere."""
        await self.auth.database.execute("DELETE FROM rate_buckets")

    async def settled(self) -> None:
        """Wait until letters are sent and memory knows everything: what is stored changes by itself until then."""

        async def nothing_waits() -> bool:
            return await self.auth.database.fetchrow(WAITING) is None

        await until(nothing_waits)

    async def claim(self) -> None:
        """Make the first administrator."""
        mark = new_mark()
        browser = await self.client(agent=f"Browser {mark}")
        body = {"email": f"{mark}@example.org", "password": PASSWORD, "display_name": f"Name {mark}"}
        answer = await browser.post("/api/auth/setup", json=body)
        assert answer.status_code == 200, answer.text
        self.admins.append(Person(self.url, mark, browser, answer.json()))

    async def admin(self) -> Person:
        """Return an administrator whose token still lives for a while."""
        if seconds_left(self.admins[-1].token) < TOKEN_LEFT_S:
            self.admins.append(await self.sign_in(self.admins[-1].mark))
        return self.admins[-1]

    async def signed_out(self) -> Person:
        """Return an administrator whose session has ended, as every service knows, with a token that still lives."""
        if self.gone is None or seconds_left(self.gone.token) < TOKEN_LEFT_S:
            self.gone = await self.person(Role.ADMIN)
            assert (await self.gone.ask("POST", "/api/auth/logout")).status_code == 204
            async with asyncio.timeout(FEED_PATIENCE_S):
                for path in ("/api/threads", "/api/models", f"/api/memory/turns?id={new_id()}"):
                    while (await self.gone.ask("GET", path)).status_code != 401:  # noqa: ASYNC110
                        await asyncio.sleep(0.02)
        return self.gone

    async def bent(self, token: str, header: Mapping[str, object] | None = None, **claims: object) -> str:
        """Return `token` with other claims, signed by the key that auth really signs with."""
        return bent_token(token, (await self.auth.keys.active()).key, header or {}, claims)

    def service_token(self, audience: str, caller: str, *, age: timedelta = timedelta(), secret: str = "") -> str:
        """Return what a service sends to another one."""
        clock = FrozenClock(datetime.now(UTC) - age) if age else SystemClock()
        return ServiceTokens(secret or SERVICE_SECRET, caller, clock).token_for(audience)


class _WithoutLifespan:
    """An app whose lifespan somebody else runs: it is only reachable at one more address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        while (message := await receive())["type"] != "lifespan.shutdown":
            assert message["type"] == "lifespan.startup"
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})


@asynccontextmanager
async def running_world(
    environ: Mapping[str, str],
    sees_request: Hook | None = None,
    sees_response: Hook | None = None,
    *,
    around: Neighbours | None = None,
) -> AsyncIterator[World]:
    """Run every service in one process, and make its first administrator; the hooks see what browsers send and get.

    Without `around` nothing is mailed and nobody signs in by a provider.
    """
    environ = {**environ, **(around.environ() if around else {})}
    with pytest.MonkeyPatch.context() as shorter:
        shorten_hashes(shorter)
        process = build_process([*SERVICES, "gateway"], Surroundings(environ=environ), {})
    assert isinstance(process, Gateway)
    async with AsyncExitStack() as running:
        url = await running.enter_async_context(served(process, port=around.port if around else 0))
        urls = {
            name: await running.enter_async_context(served(_WithoutLifespan(process.backends[name])))
            for name in SERVICES
        }
        clients = await running.enter_async_context(AsyncExitStack())
        models_url = environ["OPENAI_COMPATIBLE_BASE_URL"]
        world = World(url, process, urls, environ["DATABASE_URL"], models_url, clients, around)
        if sees_request and sees_response:
            world.witnesses = {"request": [sees_request], "response": [sees_response]}
        await world.claim()
        yield world


def code_now(seed_text: str) -> str:
    """Return what an authenticator shows now for a seed as it is typed in."""
    return code_at(b32decode(seed_text), datetime.now(UTC))
