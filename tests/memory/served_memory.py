"""A real memory service beside a real session service, on one real database; auth and chat are scripted neighbours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx2
from fastapi import FastAPI

from emergence.contracts.personal_data import OfMemory
from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.messages import Transport
from emergence.kernel.wire.peers import Peers
from emergence.memory.app import build_app
from emergence.memory.parts import Memory
from tests.served_app import NO_CERTIFICATES, served
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ

PATIENCE_S = 20.0


def memory_environ(database_url: str, **more: str) -> dict[str, str]:
    """Words alone unless a test says otherwise: a model takes a second to start."""
    return session_environ(database_url) | {"MEMORY_EMBEDDING_MODEL": "none"} | more


@dataclass(frozen=True)
class ServedMemory:
    """Both running services."""

    url: str
    app: FastAPI
    session: ServedSession

    @property
    def parts(self) -> Memory:
        memory: Memory = self.app.state.memory
        return memory

    async def ask(self, method: str, path: str, person: Person | None) -> httpx2.Response:
        """Ask over REST, as a person or as nobody."""
        headers = {} if person is None else self.session.auth.bearer(person)
        async with httpx2.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, verify=NO_CERTIFICATES
        ) as client:
            return await client.request(method, path)

    async def bodies(self, person: Person) -> list[str]:
        """Return what is kept of what a person's threads say."""
        async with self.parts.rows.of(person.user_id) as tx:
            rows = await tx.fetch("SELECT body FROM turns ORDER BY said_at, position, message_id")
        return [row["body"] for row in rows]

    async def embedded(self, person: Person, model: str) -> int:
        """Return how many of a person's turns have a vector of a model."""
        async with self.parts.rows.of(person.user_id) as tx:
            return int(await tx.fetchval("SELECT count(*) FROM turn_vectors WHERE model = $1", model))

    async def remembers(self, person: Person, *said: str) -> None:
        """Wait until exactly this is kept."""

        async def does() -> bool:
            return sorted(await self.bodies(person)) == sorted(said)

        try:
            await until(does)
        except TimeoutError:
            raise AssertionError(f"kept: {await self.bodies(person)}, wanted: {list(said)}") from None

    async def settled(self) -> None:
        """Wait until every event has been handled and everything been read."""

        async def is_settled() -> bool:
            row = await self.parts.database.fetchrow(
                "SELECT (SELECT count(*) FROM session.outbox) + (SELECT count(*) FROM thread_reads)"
                " + (SELECT count(*) FROM bus.events WHERE position > coalesce("
                "(SELECT position FROM bus.cursors WHERE subscriber = 'memory'), 0)) AS waiting"
            )
            return row is not None and row["waiting"] == 0

        await until(is_settled)

    async def exported(self, person: Person) -> list[tuple[str, str]]:
        """Return what auth would be told of a person: tables and rows."""
        peers = Peers()
        tokens = ServiceTokens(session_environ("")["EMERGENCE_SERVICE_SECRET"], "auth")
        peers.connect("memory", InProcess(self.app, service="memory", tokens=tokens))
        async with aclosing(OfMemory(peers).export(person.user_id)) as pieces:
            return [(piece.table, piece.text) async for piece in pieces if piece.type == "row"]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():  # noqa: ASYNC110 - other tasks do it
            await asyncio.sleep(0.02)


@asynccontextmanager
async def served_memory(
    environ: Mapping[str, str],
    session: ServedSession | None = None,
    clock: Clock | None = None,
    to_session: Callable[[Transport], Transport] = lambda transport: transport,
) -> AsyncIterator[ServedMemory]:
    """Run memory, and session unless it runs already; `to_session` may stand in the way between them."""
    async with AsyncExitStack() as running:
        if session is None:
            session = await running.enter_async_context(served_session(environ))
        tokens = ServiceTokens(environ["EMERGENCE_SERVICE_SECRET"], "memory")
        peers = Peers()
        peers.connect("auth", InProcess(session.auth.app, service="auth", tokens=None))
        peers.connect("session", to_session(InProcess(session.app, service="session", tokens=tokens)))
        app = build_app(Surroundings(environ=environ, peers=peers, clock=clock or SystemClock()))
        url = await running.enter_async_context(served(app))
        yield ServedMemory(url, app, session)


def ids(messages: Sequence[Mapping[str, object]]) -> list[UUID]:
    """Return the ids of messages as REST shows them."""
    return [UUID(str(message["id"])) for message in messages]
