"""Auth and session as two servers, with lines between them and to the database that a test can cut."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from emergence.auth.app import build_app as build_auth
from emergence.auth.callers import Caller
from emergence.auth.log_in import BY_PASSWORD
from emergence.auth.open_session import Grant, granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.store import users
from emergence.auth.store.users import Account
from emergence.contracts.auth.values import Role
from emergence.kernel.clock import SystemClock
from emergence.kernel.ids import new_id
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.over_https import OverHttps
from emergence.session.app import build_app as build_session
from emergence.session.parts import Session
from tests.auth.served_auth import PASSWORD, auth_environ
from tests.served_app import NO_CERTIFICATES, served
from tests.session.cuttable_line import CuttableLine, cuttable_line
from tests.session.live_client import FAREWELL_S, HELLO
from tests.session.neighbours import ScriptedChat
from tests.shifted_clock import HurriedClock, ShiftedClock

NOWHERE = Caller(None, None, False)
PATIENCE_S = 20.0


@dataclass
class OpenedSocket:
    """A welcomed socket that notes how and when it was closed."""

    socket: ClientConnection
    session_id: UUID
    closed_at_s: float | None = None
    code: int | None = None
    heard: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    listening: asyncio.Task[None] | None = None

    def listen(self) -> None:
        self.listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                frame = str(await self.socket.recv())
                if '"type":"ping"' in frame:
                    await self.socket.send('{"cmd":"pong"}')
                self.heard.put_nowait(frame)
        self.closed_at_s, self.code = monotonic(), self.socket.close_code

    async def closed(self, within_s: float = PATIENCE_S) -> int | None:
        """Wait for the end and return its code."""
        assert self.listening is not None
        async with asyncio.timeout(within_s):
            await asyncio.shield(self.listening)
        return self.code

    async def answers(self) -> bool:
        """Say something and wait for the answer."""
        await self.socket.send('{"cmd":"ping"}')
        async with asyncio.timeout(PATIENCE_S):
            while '"pong"' not in await self.heard.get():
                continue
        return True


@dataclass
class Pair:
    """Two servers on loopback; `clock` is session's."""

    auth: Auth
    session: Session
    auth_url: str
    session_url: str
    to_auth: CuttableLine
    auth_to_database: CuttableLine
    clock: ShiftedClock
    browser: httpx2.AsyncClient

    async def person(self, name: str, role: Role = Role.MEMBER, *, password: bool = False) -> Account:
        account = Account(new_id(), name, role, True, f"{name}@example.org")
        phc = await self.auth.passwords.hash(PASSWORD) if password else None
        async with self.auth.database.transaction() as tx:
            await users.add_user(tx, account, self.auth.clock.now())
            await users.add_email(tx, account.user_id, f"{name}@example.org", f"{name}@example.org")
            if phc is not None:
                await users.set_password(tx, account.user_id, phc, self.auth.clock.now())
        return account

    async def sign_in(self, account: Account) -> Grant:
        async with self.auth.database.transaction() as tx:
            opened = await open_session(self.auth, tx, account.user_id, BY_PASSWORD, NOWHERE)
        return await granted(self.auth, opened.session, opened.account)

    async def post(self, path: str, grant: Grant, body: object = None) -> Any:
        """Ask auth as a person; return the answer's body, which must be no refusal."""
        return await self.ask("POST", path, grant, {} if body is None else body)

    async def ask(self, method: str, path: str, grant: Grant, body: object = None) -> Any:
        answer = await self.browser.request(method, self.auth_url + path, json=body, headers=bearer(grant))
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def threads_status(self, grant: Grant) -> int:
        """Return what session, the second service, says to this person's token."""
        return (await self.browser.get(f"{self.session_url}/api/threads", headers=bearer(grant))).status_code

    async def ticket(self, grant: Grant, **headers: str) -> str:
        url = f"{self.auth_url}/api/auth/ws-ticket"
        answer = await self.browser.post(url, json={}, headers=bearer(grant) | headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["ticket"])

    async def dial(self, ticket: str, origin: str | None = None, query: str = "") -> ClientConnection:
        return await connect(
            self.session_url.replace("http", "ws", 1) + "/ws" + query,
            subprotocols=[Subprotocol("emergence.v1"), Subprotocol(f"ticket.{ticket}")],
            origin=None if origin is None else Origin(origin),
            compression=None,
            ping_interval=None,
            proxy=None,
            close_timeout=FAREWELL_S,
        )

    async def socket(self, grant: Grant) -> OpenedSocket:
        """Open a socket as the browser does, and wait for its welcome."""
        opened = OpenedSocket(await self.dial(await self.ticket(grant)), grant.signed_in.session_id)
        await opened.socket.send(json.dumps(HELLO))
        while '"welcome"' not in str(await opened.socket.recv()):
            continue  # a ping to all may come before
        opened.listen()
        return opened


def bearer(grant: Grant) -> dict[str, str]:
    return {"authorization": f"Bearer {grant.signed_in.access_token}", "sec-fetch-site": "same-origin"}


@asynccontextmanager
async def deployed_pair(
    database_url: str, more: Mapping[str, str] | None = None, *, hurried: HurriedClock | None = None
) -> AsyncIterator[Pair]:
    """Yield both; with `hurried` they share this clock."""
    environ = auth_environ(database_url, DATABASE_POOL_SIZE="4", SESSION_SOCKETS_PER_USER="100") | dict(more or {})
    clock = hurried or ShiftedClock()
    async with (
        cuttable_line(database_url) as (auth_to_database, line_url),
        httpx2.AsyncClient(trust_env=False, timeout=PATIENCE_S, verify=NO_CERTIFICATES) as browser,
    ):
        of_auth = hurried or SystemClock()
        auth_app = build_auth(Surroundings(environ=environ | {"DATABASE_URL": line_url}, clock=of_auth))
        async with served(auth_app) as auth_url, cuttable_line(auth_url) as (to_auth, to_auth_url):
            tokens = ServiceTokens(environ["EMERGENCE_SERVICE_SECRET"], "session")
            surroundings = Surroundings(environ=environ, clock=clock)
            surroundings.peers.connect("auth", OverHttps(to_auth_url, service="auth", tokens=tokens))
            surroundings.peers.connect("chat", InProcess(ScriptedChat().app, service="chat", tokens=None))
            session_app = build_session(surroundings)
            async with served(session_app) as session_url:
                parts: Session = session_app.state.session
                async with asyncio.timeout(PATIENCE_S):
                    while parts.revocations.is_late:  # noqa: ASYNC110 - it tells nobody
                        await asyncio.sleep(0.02)
                yield Pair(
                    auth=auth_app.state.auth,
                    session=parts,
                    auth_url=auth_url,
                    session_url=session_url,
                    to_auth=to_auth,
                    auth_to_database=auth_to_database,
                    clock=clock,
                    browser=browser,
                )
            await surroundings.peers.close()
