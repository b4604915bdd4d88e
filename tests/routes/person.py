"""Somebody with an account and a browser, everything of whom carries a mark that no one else may ever see."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx2

from tests.session.live_client import HELLO, LiveClient, Screen, raw_socket

PASSWORD = "seven quiet herons over the estuary"
PATIENCE_S = 30


class Form(dict[str, Any]):
    """Fields that are sent as a form instead of as JSON."""


@dataclass(frozen=True)
class Person:
    """A signed-in person; the cookie stays in `browser`, the access token is sent when it is asked to be."""

    url: str
    mark: str
    browser: httpx2.AsyncClient
    signed_in: dict[str, Any]
    threads: list[str] = field(default_factory=list)

    @property
    def email(self) -> str:
        return f"{self.mark}@example.org"

    @property
    def user_id(self) -> str:
        return str(self.signed_in["user_id"])

    @property
    def account_id(self) -> UUID:
        return UUID(self.user_id)

    @property
    def session_id(self) -> str:
        return str(self.signed_in["session_id"])

    @property
    def token(self) -> str:
        return str(self.signed_in["access_token"])

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    def traces(self) -> tuple[str, ...]:
        """Return what gives this person away: their mark, their ids, those of their things."""
        return (self.mark, self.user_id, self.session_id, *self.threads)

    async def ask(self, method: str, path: str, body: object = None, **more: Any) -> httpx2.Response:
        """Ask with the access token, as a script on our page would."""
        headers = self.bearer | more.pop("headers", {})
        return await request(self.browser, method, path, body, headers=headers, **more)

    async def talk(self) -> str:
        """Write a marked message to an agent over a socket, wait for the answer, and return the thread's id."""
        ticket = await self.ask("POST", "/api/auth/ws-ticket", headers={"origin": self.url})
        assert ticket.status_code == 200, ticket.text
        offered = ["emergence.v1", f"ticket.{ticket.json()['ticket']}"]
        async with asyncio.timeout(PATIENCE_S), raw_socket(self.url + "/ws", offered, self.url) as socket:
            live = LiveClient(socket, Screen())
            await socket.send(json.dumps(HELLO))
            await live.until("welcome")
            ack = await live.send(f"Remember {self.mark}")
            await live.until("run.ended")
        self.threads.append(ack["thread"])
        return str(ack["thread"])

    async def live_session(self) -> str:
        """Open a stream of events, and return the live session that its welcome names."""
        async with (
            asyncio.timeout(PATIENCE_S),
            self.browser.stream("GET", "/api/sessions/events", headers=self.bearer) as reply,
        ):
            assert reply.status_code == 200, await reply.aread()
            async for line in reply.aiter_lines():
                if line.startswith("data: "):
                    return str(json.loads(line.removeprefix("data: "))["data"]["session"])
        raise AssertionError("the stream ended before its welcome")


def new_mark() -> str:
    """Return a text that occurs nowhere else and is fit for a name, an address and a browser's own name."""
    return f"canary{uuid4().hex[:16]}"


async def request(
    client: httpx2.AsyncClient,
    method: str,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> httpx2.Response:
    """Send JSON, an empty object where a changing request has no body, or a form.

    Streams that never end (the feed for services, events) are cut after their head: what counts is who is let in.
    """
    payload = {} if body is None and method not in ("GET", "HEAD") else body
    content = None if payload is None else json.dumps(payload).encode()
    typed = {} if content is None else {"content-type": "application/json"}
    if isinstance(payload, Form):
        content, typed = urlencode(payload).encode(), {"content-type": "application/x-www-form-urlencoded"}
    built = client.build_request(
        method,
        path,
        content=content,
        headers={**typed, **(headers or {})},
        params=dict(query or {}),
    )
    reply = await client.send(built, stream=True)
    try:
        if reply.is_success and path.endswith(("/stream", "/events")):
            reply._content = b""
        else:
            await reply.aread()
    finally:
        await reply.aclose()
    return reply
