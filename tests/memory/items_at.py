"""What is remembered of a person, as they see it over REST."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx2

from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person

ITEMS = "/api/memory/items"


async def call(
    served: ServedMemory, person: Person, method: str, path: str, body: object = None, *, status: int = 200
) -> Any:
    """Ask as a person, and return the answer's body. Raises AssertionError unless the status is as expected."""
    headers = served.session.auth.bearer(person)
    async with httpx2.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as client:
        answer = await client.request(method, path, json=body)
    assert answer.status_code == status, (answer.status_code, answer.text)
    return answer.json() if answer.content else None


async def write(served: ServedMemory, person: Person, text: str, kind: str = "note") -> UUID:
    """Write something into a person's memory; return its id."""
    return UUID((await call(served, person, "POST", ITEMS, {"kind": kind, "text": text}, status=201))["id"])


async def texts(served: ServedMemory, person: Person, state: str = "active") -> list[str]:
    """Return what a person's items say."""
    return [item["text"] for item in (await call(served, person, "GET", f"{ITEMS}?state={state}"))["items"]]


async def rows_of(served: ServedMemory, person: Person, tables: Sequence[str]) -> dict[str, int]:
    """Return how many rows of a person there are in tables of memory."""
    async with served.parts.rows.of(person.user_id) as tx:
        return {table: int(await tx.fetchval(f"SELECT count(*) FROM {table}")) for table in tables}
