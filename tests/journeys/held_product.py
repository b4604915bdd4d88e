"""Every service of the product in one event loop over one database, with one clock that a test holds."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
from fastapi import FastAPI

from emergence.auth.app import build_app as build_auth
from emergence.chat.app import build_app as build_chat
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.peers import Peers
from emergence.memory.app import build_app as build_memory
from emergence.memory.parts import Memory
from emergence.session.app import build_app as build_session
from emergence.session.parts import Session
from tests.auth.served_auth import Browser, ServedAuth, auth_environ, bearer
from tests.frozen_clock import FrozenClock
from tests.journeys.deployment import model_environ
from tests.journeys.every_row import rows_with
from tests.scripted_models.openai_server import OpenAIServer
from tests.served_app import served
from tests.session.live_client import HELLO, LiveClient, Screen, raw_socket

Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A column of a table that may name somebody."""

    schema: str
    table: str
    column: str
    kind: str

    @property
    def of(self) -> str:
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True)
class HeldProduct:
    """The running services and the one database under them."""

    auth: ServedAuth
    session_app: FastAPI
    memory: Memory
    url: str
    database: "asyncpg.Pool[asyncpg.Record]"

    @property
    def clock(self) -> FrozenClock:
        return self.auth.clock

    @property
    def session(self) -> Session:
        parts: Session = self.session_app.state.session
        return parts

    @asynccontextmanager
    async def live(self, browser: Browser, signed_in: Mapping[str, Any]) -> AsyncIterator[LiveClient]:
        """Open a socket of somebody who is signed in."""
        ticket = (await browser.post_json("/api/auth/ws-ticket", **bearer(signed_in))).json()["ticket"]
        async with raw_socket(self.url + "/ws", ["emergence.v1", f"ticket.{ticket}"]) as socket:
            client = LiveClient(socket, Screen())
            await socket.send(json.dumps({**HELLO, "resume": []}))
            await client.until("welcome")
            yield client

    @asynccontextmanager
    async def connection(self) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
        """Open a connection of one's own."""
        connection = await asyncpg.connect(self.auth.auth.database.url)
        try:
            yield connection
        finally:
            await connection.close()

    async def columns(self) -> list[Place]:
        """Return every column of every table that is ours, from information_schema."""
        rows = await self.database.fetch(
            """SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
               JOIN information_schema.tables USING (table_schema, table_name)
               WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
                   AND NOT (SELECT relispartition FROM pg_class
                            WHERE oid = format('%I.%I', table_schema, table_name)::regclass)"""
        )
        return [Place(*row) for row in rows]

    async def rows_with(self, needles: Sequence[str]) -> dict[str, list[Json]]:
        """Return, for each table that has any, the rows that hold one of `needles` in any column, whatever its type."""
        async with self.connection() as connection:
            return await rows_with(connection, needles)


@asynccontextmanager
async def held_product(database_url: str, models: OpenAIServer) -> AsyncIterator[HeldProduct]:
    environ = auth_environ(database_url, DATABASE_POOL_SIZE="4", MEMORY_EMBEDDING_MODEL="none", **model_environ(models))
    clock, peers = FrozenClock(datetime.now(UTC)), Peers()
    around = Surroundings(environ=environ, peers=peers, clock=clock)
    apps = {
        "auth": build_auth(around),
        "chat": build_chat(around),
        "memory": build_memory(around),
        "session": build_session(around),
    }
    tokens = ServiceTokens(environ["EMERGENCE_SERVICE_SECRET"], "auth+chat+memory+session")
    for service, app in apps.items():
        peers.connect(service, InProcess(app, service=service, tokens=tokens))
    async with (
        asyncpg.create_pool(database_url, min_size=0, max_size=2) as database,
        apps["auth"].router.lifespan_context(apps["auth"]),
        apps["memory"].router.lifespan_context(apps["memory"]),
        apps["chat"].router.lifespan_context(apps["chat"]),
        served(apps["session"]) as url,
    ):
        memory: Memory = apps["memory"].state.memory
        yield HeldProduct(ServedAuth(apps["auth"], clock), apps["session"], memory, url, database)


async def until(is_so: Any, what: str, within_s: float = 20) -> None:
    """Wait until an async question is answered with yes."""
    try:
        async with asyncio.timeout(within_s):
            while not await is_so():  # noqa: ASYNC110 - other tasks do it
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"{what} did not come") from None
