"""A real session service on a real socket and database, between scripted neighbours."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx2
from fastapi import FastAPI

from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.peers import Peers
from emergence.session.app import build_app
from emergence.session.parts import Session
from tests.served_app import NO_CERTIFICATES, served
from tests.session.neighbours import Person, ScriptedAuth, ScriptedChat

DRAIN_TIME = timedelta(seconds=4)


def session_environ(database_url: str, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "EMERGENCE_SERVICE_SECRET": "f3a98b7e61d5c0421f8e7d6c5b4a3920",
        "EMERGENCE_ENV": "development",
        "DATABASE_POOL_SIZE": "4",
        "SESSION_RUN_LEASE_SECONDS": "1.5",
        "SESSION_SWEEP_INTERVAL_SECONDS": "0.2",
    } | more


@dataclass(frozen=True)
class ServedSession:
    """One running service."""

    url: str
    app: FastAPI
    auth: ScriptedAuth
    chat: ScriptedChat

    @property
    def parts(self) -> Session:
        session: Session = self.app.state.session
        return session

    async def get(self, path: str, person: Person | None) -> httpx2.Response:
        """Ask over REST, as a person or as nobody."""
        headers = {} if person is None else self.auth.bearer(person)
        async with httpx2.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, verify=NO_CERTIFICATES
        ) as client:
            return await client.get(path)

    async def ask(self, method: str, path: str, person: Person | None, body: object = None) -> httpx2.Response:
        """Change something over REST, as a person or as nobody."""
        headers = {} if person is None else self.auth.bearer(person)
        async with httpx2.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, verify=NO_CERTIFICATES
        ) as client:
            return await client.request(method, path, json=body)

    async def stored_text(self, person: Person, thread: str, message: str) -> str:
        """Return what REST says of a message's text."""
        page = (await self.get(f"/api/threads/{thread}/messages", person)).json()
        found = next(each for each in page["messages"] if each["id"] == message)
        return "".join(part["text"] for part in found["parts"])


def build_between(
    environ: Mapping[str, str], auth: ScriptedAuth, chat: ScriptedChat, clock: Clock | None = None
) -> FastAPI:
    """Build the app with these neighbours on the in-process wire."""
    peers = Peers()
    peers.connect("auth", InProcess(auth.app, service="auth", tokens=None))
    peers.connect("chat", InProcess(chat.app, service="chat", tokens=None))
    clock = clock or SystemClock()
    return build_app(Surroundings(environ=environ, peers=peers, clock=clock, drain_time=DRAIN_TIME))


@asynccontextmanager
async def served_session(
    environ: Mapping[str, str],
    auth: ScriptedAuth | None = None,
    chat: ScriptedChat | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[ServedSession]:
    auth, chat = auth or ScriptedAuth(), chat or ScriptedChat()
    app = build_between(environ, auth, chat, clock)
    async with served(app, DRAIN_TIME) as url:
        yield ServedSession(url, app, auth, chat)
