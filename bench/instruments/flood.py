"""Two hundred sign-ins at once, again and again, and how long a few signed-in people wait for a refresh meanwhile."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from bench.instruments.report import NotMeasured

FLOOD, FLOODS = 200, 3
REFRESHERS = 6
PAUSE_S = 0.1
AT_MOST = 55  # a session may refresh sixty times in a minute
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Flooded:
    """What was seen: seconds of each refresh, and the sign-ins by status."""

    refreshes_s: Sequence[float]
    sign_ins: Counter[int]


async def refreshes_during_floods(address: str) -> Flooded:
    """Flood auth with wrong guesses while others refresh. Raises NotMeasured when it answers what it should not."""
    is_over, signed_in = asyncio.Event(), asyncio.Barrier(REFRESHERS + 1)
    statuses: Counter[int] = Counter()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(address, connector=connector) as client, asyncio.TaskGroup() as tasks:
        refreshers = [tasks.create_task(_refresh(address, place, signed_in, is_over)) for place in range(REFRESHERS)]
        await signed_in.wait()
        for flood in range(FLOODS):
            statuses.update(await asyncio.gather(*(_guess(client, flood, number) for number in range(FLOOD))))
        is_over.set()
    if not {401} <= set(statuses) <= {401, 503}:
        raise NotMeasured(f"sign-ins of the flood were answered {dict(statuses)}")
    return Flooded([taken_s for refresher in refreshers for taken_s in refresher.result()], statuses)


async def _guess(client: aiohttp.ClientSession, flood: int, number: int) -> int:
    body = {"email": f"nobody{flood}-{number}@example.org", "password": "not the right password"}
    headers = SAME_ORIGIN | {"x-forwarded-for": f"9.{10 + flood}.{number}.1"}
    async with client.post("/api/auth/login", json=body, headers=headers) as answer:
        await answer.read()
        if answer.status == 503 and "retry-after" not in answer.headers:
            raise NotMeasured("a sign-in was turned away without being told when to come back")
        return answer.status


async def _refresh(address: str, place: int, signed_in: asyncio.Barrier, is_over: asyncio.Event) -> list[float]:
    taken_s: list[float] = []
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(address, cookie_jar=jar, headers=SAME_ORIGIN) as client:
        await (await client.post("/api/auth/dev/login", json={"email": f"f{place}@example.org"})).read()
        await signed_in.wait()
        while not is_over.is_set() and len(taken_s) < AT_MOST:
            began = time.perf_counter()
            async with client.post("/api/auth/refresh", json={}) as answer:
                if answer.status != 200:
                    raise NotMeasured(f"a refresh was refused: {await answer.text()}")
                await answer.read()
            taken_s.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE_S)
    return taken_s
