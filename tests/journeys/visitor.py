"""A person with a browser's manners: cookies kept, origin sent, one access token in memory, sockets by ticket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from websockets.asyncio.client import ClientConnection

from tests.journeys.deployment import Deployment
from tests.journeys.program import PATIENCE_S
from tests.session.live_client import HELLO, LiveClient, Screen, raw_socket

Json = dict[str, Any]
PASSWORD = "seven quiet herons over the estuary"
DEADLINE = aiohttp.ClientTimeout(total=PATIENCE_S)


class PatientClient(LiveClient):
    """A live client for a machine that is busy with other things."""

    async def next(self) -> Json:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    return await super().next()
                except TimeoutError:
                    continue

    async def answer_to(self, ack: Json) -> str:
        """Listen until the answer is final and return what is stored of it."""
        if ack["reply"] not in self.screen.messages or self.screen.messages[ack["reply"]]["status"] in OPEN:
            while True:
                final = await self.until("message.final")
                if final["data"]["message"]["id"] == ack["reply"]:
                    break
        return self.screen.stored_text(ack["reply"])

    async def shown_at_least(self, ack: Json, characters: int) -> str:
        """Listen until so much of an answer is on the screen, and return it."""
        while len(self.screen.text(ack["reply"])) < characters:
            await self.next()
        return self.screen.text(ack["reply"])


OPEN = ("queued", "streaming")


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and a document."""

    status: int
    body: Json


class Visitor:
    """An async context manager; everything secret that it is given is noted for the look at the logs."""

    def __init__(self, deployment: Deployment, email: str) -> None:
        self.deployment = deployment
        self.email = email
        self.token: str | None = None
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            timeout=DEADLINE,
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            headers={"origin": self.deployment.url},
            connector=aiohttp.TCPConnector(force_close=True),  # processes come and go here
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._http is not None
        await self._http.close()

    async def call(self, method: str, path: str, body: Json | None = None, *, token: str | None = None) -> Reply:
        """Ask, with the access token when there is one."""
        assert self._http is not None
        used = token or self.token
        headers = {"authorization": f"Bearer {used}"} if used else {}
        payload = {} if method == "POST" and body is None else body
        async with self._http.request(method, self.deployment.url + path, json=payload, headers=headers) as reply:
            document: Json = await reply.json(content_type=None) if reply.content_length != 0 else {}
            self._note_cookie()
            return Reply(reply.status, document or {})

    async def get(self, path: str) -> Json:
        """Return what is at `path`."""
        reply = await self.call("GET", path)
        assert reply.status == 200, reply
        return reply.body

    async def claim(self) -> Json:
        """Become the first administrator."""
        body = {"email": self.email, "password": PASSWORD, "display_name": "Ada"}
        return await self._signed_in("/api/auth/setup", body)

    async def log_in(self) -> Json:
        """Sign in with the password."""
        return await self._signed_in("/api/auth/login", {"email": self.email, "password": PASSWORD})

    async def enter_as_developer(self) -> Json:
        """Sign in without a password, as development allows; makes the account when there is none."""
        return await self._signed_in("/api/auth/dev/login", {"email": self.email})

    async def refresh(self) -> Json:
        """Exchange the cookie for new tokens."""
        return await self._signed_in("/api/auth/refresh", {})

    async def log_out(self) -> None:
        """End the login session."""
        assert (await self.call("POST", "/api/auth/logout")).status == 204

    async def ticket(self) -> str:
        """Return a ticket for one socket."""
        reply = await self.call("POST", "/api/auth/ws-ticket")
        assert reply.status == 200, reply
        ticket: str = reply.body["ticket"]
        self.deployment.secrets.add(ticket)
        return ticket

    def cookie(self) -> str | None:
        """Return the refresh token, which a page could not read."""
        assert self._http is not None
        found = [cookie.value for cookie in self._http.cookie_jar if "emg_rt" in cookie.key]
        return found[0] if found else None

    @asynccontextmanager
    async def live(self, screen: Screen | None = None) -> AsyncIterator[PatientClient]:
        """Open a socket, say hello with what `screen` holds already, and wait for the welcome."""
        async with self.raw_socket() as socket:
            client = PatientClient(socket, screen or Screen())
            await client.socket.send(json.dumps({**HELLO, "resume": client.screen.resume()}))
            await client.until("welcome")
            yield client

    @asynccontextmanager
    async def raw_socket(self) -> AsyncIterator[ClientConnection]:
        """Open a socket without saying anything."""
        subprotocols = ["emergence.v1", f"ticket.{await self.ticket()}"]
        origin = self.deployment.url
        async with raw_socket(origin + "/ws", subprotocols, origin, open_timeout=PATIENCE_S) as socket:
            yield socket

    async def stored(self, ack: Json) -> Json:
        """Return the answer as REST tells it."""
        page = await self.get(f"/api/threads/{ack['thread']}/messages")
        return next(message for message in page["messages"] if message["id"] == ack["reply"])

    async def ended_answer(self, ack: Json) -> Json:
        """Wait until the answer is neither queued nor streaming any more, and return it."""
        async with asyncio.timeout(PATIENCE_S):
            while (message := await self.stored(ack))["status"] in OPEN:  # noqa: ASYNC110 - over REST
                await asyncio.sleep(0.2)
        return message

    async def _signed_in(self, path: str, body: Json) -> Json:
        self.deployment.secrets.add(PASSWORD)
        reply = await self.call("POST", path, body)
        assert reply.status == 200, reply
        self.token = reply.body["access_token"]
        self.deployment.secrets.add(reply.body["access_token"])
        return reply.body

    def _note_cookie(self) -> None:
        if cookie := self.cookie():
            self.deployment.secrets.add(cookie)


def text_of(message: Json) -> str:
    """Return the text of a message as REST tells it."""
    return "".join(part["text"] for part in message["parts"])
