"""A client of the event stream: reads it by the standard's rules, and keeps the last id as a browser would."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2

from tests.served_app import NO_CERTIFICATES
from tests.session.live_client import PATIENCE_S, Json, Screen
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession


@dataclass
class EventClient:
    """One stream after its head; `last_id` is that of the last event that had one."""

    reply: httpx2.Response
    http: httpx2.AsyncClient
    screen: Screen
    last_id: str = ""
    heard: list[Json] = field(default_factory=list)
    _lines: AsyncIterator[str] | None = None

    @property
    def session(self) -> str:
        """Return the live session of the welcome."""
        return str(next(frame for frame in self.heard if frame["type"] == "welcome")["data"]["session"])

    async def next(self) -> Json | None:
        """Return the next frame, or None when the stream has ended cleanly."""
        self._lines = self._lines or self.reply.aiter_lines()
        data: list[str] = []
        async with asyncio.timeout(PATIENCE_S):
            async for line in self._lines:
                if line.startswith("id: "):
                    self.last_id = line[4:]
                elif line.startswith("data: "):
                    data.append(line[6:])
                elif not line and data:
                    frame: Json = json.loads("\n".join(data))
                    self.heard.append(frame)
                    self.screen.show(frame)
                    return frame
        return None

    async def until(self, kind: str, **members: object) -> Json:
        """Listen until a frame of this type, with these members in its data, comes; return it."""
        while (frame := await self.next()) is not None:
            data: Json = frame.get("data", {})
            if frame["type"] == kind and all(data.get(name) == value for name, value in members.items()):
                return frame
        raise AssertionError(f"the stream ended before {kind}: {self.kinds()}")

    async def close_code(self) -> int:
        """Listen to the end and return the code of the last event; the stream must have ended cleanly after it."""
        while await self.next() is not None:
            pass
        assert self.heard[-1]["type"] == "close", self.kinds()
        return int(self.heard[-1]["data"]["code"])

    async def post(self, cmd: str, **members: object) -> httpx2.Response:
        """Give a command."""
        return await posted(self.http, self.session, cmd, **members)

    async def send(self, text: str, thread: str | None = None, agent: str = "anima", **more: object) -> Json:
        """Say something and return the data of the ack."""
        answer = await self.post("message.send", text=text, thread=thread, agent=agent, **more)
        assert answer.status_code == 200, answer.text
        assert answer.json()["type"] == "ack"
        data: Json = answer.json()["data"]
        return data

    def kinds(self) -> list[str]:
        return [frame["type"] for frame in self.heard]


async def posted(http: httpx2.AsyncClient, session: UUID | str, cmd: str, **members: object) -> httpx2.Response:
    """Give a command to a live session."""
    body: dict[str, Any] = {"cmd": cmd, "cid": members.pop("cid", str(uuid4())), **members}
    headers = {"content-type": "application/json"}
    return await http.post(f"/api/sessions/{session}/commands", content=json.dumps(body), headers=headers)


def client_of(served: ServedSession, person: Person) -> httpx2.AsyncClient:
    """Return an HTTP client that speaks for a person."""
    return httpx2.AsyncClient(
        base_url=served.url, headers=served.auth.bearer(person), trust_env=False, timeout=30, verify=NO_CERTIFICATES
    )


@asynccontextmanager
async def event_client(
    served: ServedSession,
    person: Person,
    *,
    session: str | None = None,
    last_id: str = "",
    screen: Screen | None = None,
    http: httpx2.AsyncClient | None = None,
) -> AsyncIterator[EventClient]:
    """Open a stream and wait for its welcome."""
    path = "/api/sessions/events" if session is None else f"/api/sessions/{session}/events"
    headers = {"last-event-id": last_id} if last_id else {}
    async with (
        http or client_of(served, person) as client,
        client.stream("GET", path, headers=headers) as reply,
    ):
        assert reply.status_code == 200, await reply.aread()
        stream = EventClient(reply, client, screen or Screen(), last_id)
        await stream.until("welcome")
        yield stream
