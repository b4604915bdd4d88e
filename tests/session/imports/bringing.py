"""People who bring files."""

import asyncio
import io
import zipfile
from typing import Any

import httpx2

from tests.served_app import NO_CERTIFICATES
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession

Json = dict[str, Any]


async def sent(served: ServedSession, person: Person, content: bytes) -> httpx2.Response:
    headers = served.auth.bearer(person) | {"content-type": "application/octet-stream"}
    async with httpx2.AsyncClient(
        base_url=served.url, headers=headers, trust_env=False, timeout=60, verify=NO_CERTIFICATES
    ) as client:
        return await client.post("/api/threads/import", content=content)


async def brought(served: ServedSession, person: Person, content: bytes) -> Json:
    """Send a file, wait until it has been taken in, and return what came of it."""
    begun = await sent(served, person, content)
    assert begun.status_code == 202, begun.text
    return await ended(served, person, begun.json()["id"])


async def ended(served: ServedSession, person: Person, import_id: str) -> Json:
    async with asyncio.timeout(60):
        while True:
            found: Json = (await served.get(f"/api/threads/imports/{import_id}", person)).json()
            if found["state"] != "running":
                return found
            await asyncio.sleep(0.02)


async def threads_of(served: ServedSession, person: Person, query: str = "") -> list[Json]:
    page = (await served.get(f"/api/threads?limit=200{query}", person)).json()
    assert page["next"] is None
    threads: list[Json] = page["threads"]
    return threads


async def messages_of(served: ServedSession, person: Person, thread: str) -> list[Json]:
    page = (await served.get(f"/api/threads/{thread}/messages?limit=200", person)).json()
    messages: list[Json] = page["messages"]
    return messages


def text_of(message: Json) -> str:
    return "".join(part["text"] for part in message["parts"])


def zipped(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_json", ".json"), content)
    return held.getvalue()
