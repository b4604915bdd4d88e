"""What the other services were told."""

import asyncio
import json

from emergence.kernel.events import outbox
from tests.auth.served_auth import ServedAuth


async def published(served: ServedAuth, name: str) -> list[dict[str, str]]:
    """Return the events of that name on the bus, once the relay has emptied the outbox."""
    async with asyncio.timeout(10):
        while (await outbox.state(served.auth.database)).depth:  # noqa: ASYNC110 - another task does it
            await asyncio.sleep(0.05)
    rows = await served.auth.database.fetch("SELECT payload FROM bus.events WHERE name = $1 ORDER BY position", name)
    return [json.loads(row["payload"]) for row in rows]
