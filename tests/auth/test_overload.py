"""Two hundred sign-ins at once: what fits is served, the rest is asked to come back, and nobody else notices."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import aiohttp

from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, auth_environ

FLOOD = 200
MEMORY_BYTES = 400 * 1024 * 1024
ADDRESS_SPACE_BYTES = 1024 * 1024 * 1024


@dataclass
class Observed:
    """What a client saw: answers by status, and how long each took."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    retry_after: set[str | None] = field(default_factory=set)


class Visitor:
    """One browser with cookies of its own."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, url
        self.cookies: dict[str, str] = {}

    async def post(self, path: str, body: object, observed: Observed, number: int = 1) -> Any:
        headers = {
            "sec-fetch-site": "same-origin",
            "x-forwarded-for": f"93.184.{number // 250}.{number % 250}",
            "x-forwarded-host": "localhost",
            "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        started = perf_counter()
        async with self.http.post(self.url + path, json=body, headers=headers) as answer:
            document = await answer.json()
        observed.seconds.append(perf_counter() - started)
        observed.statuses[answer.status] += 1
        if answer.status == 503:
            observed.retry_after.add(answer.headers.get("retry-after"))
        self.cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
        return document


def peak_bytes(pid: int) -> int:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024


@asynccontextmanager
async def auth_alone(environ: dict[str, str], port: int) -> AsyncIterator[tuple[str, int]]:
    """Run auth as a deployment does, in a process that may have 1 GiB; it must end by itself when told to."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emergence", "serve", "auth"),
        env={**environ, "EMERGENCE_PORT": str(port), "PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_BYTES, ADDRESS_SPACE_BYTES)),
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as http:
            async with asyncio.timeout(60):
                while not await is_ready(http, url):
                    assert process.returncode is None
                    await asyncio.sleep(0.1)
        yield url, process.pid
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def is_ready(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(f"{url}/api/ready") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def refreshes(visitor: Visitor, observed: Observed, number: int) -> None:
    for _ in range(number):
        await visitor.post("/api/auth/refresh", {}, observed)
        await asyncio.sleep(0.02)


async def test_two_hundred_sign_ins_at_once(database_url: str, free_port: int) -> None:
    environ = auth_environ(database_url, AUTH_TRUSTED_HOPS="1", AUTH_DATABASE_URL=database_url)
    connector = aiohttp.TCPConnector(limit=0)
    async with auth_alone(environ, free_port) as (url, pid), aiohttp.ClientSession(connector=connector) as http:
        owner, first = Visitor(http, url), Observed()
        await claim(owner, first)
        alone, during, flood, healthy = Observed(), Observed(), Observed(), Observed()
        await refreshes(owner, alone, 25)

        sign_ins = asyncio.gather(*(guess(http, url, number, flood) for number in range(FLOOD)))
        started = perf_counter()
        meanwhile = asyncio.create_task(keep_refreshing(owner, during, sign_ins))
        while not sign_ins.done():
            asked = perf_counter()
            async with http.get(f"{url}/api/health") as answer:
                healthy.statuses[answer.status] += 1
            healthy.seconds.append(perf_counter() - asked)
            await asyncio.sleep(0.02)
        await sign_ins
        took_s = perf_counter() - started
        await meanwhile
        async with http.get(f"{url}/metrics") as answer:
            figures = await answer.text()

        assert set(flood.statuses) == {401, 503}
        assert flood.statuses[401] >= 60
        assert flood.retry_after == {"2"}
        assert set(during.statuses) == set(healthy.statuses) == {200}
        assert len(during.seconds) >= 5
        # The slowest sign-in waited for all before it; refreshes stand in no such queue.
        assert max(during.seconds) < max(flood.seconds) / 2, (alone.seconds, during.seconds, took_s)
        assert median(during.seconds) < max(flood.seconds) / 6
        assert max(healthy.seconds) < max(flood.seconds) / 2
        assert peak_bytes(pid) < MEMORY_BYTES
        assert 'auth_logins_total{method="pwd",outcome="failure"} ' in figures
        assert "auth_password_queue_depth 0.0" in figures
        assert f"auth_password_wait_seconds_count {1 + flood.statuses[401]}.0" in figures
        again = Observed()
        await guess(http, url, 999, again, ADMINISTRATOR["email"], PASSWORD)
        assert again.statuses == {200: 1}


async def claim(owner: Visitor, observed: Observed) -> None:
    """Make the administrator from the machine itself: behind a trusted proxy that says so."""
    headers = {"sec-fetch-site": "same-origin", "x-forwarded-for": "127.0.0.1", "x-forwarded-host": "localhost"}
    async with owner.http.post(f"{owner.url}/api/auth/setup", json=ADMINISTRATOR, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        owner.cookies = {name: morsel.value for name, morsel in answer.cookies.items()}
    observed.statuses[answer.status] += 1


async def keep_refreshing(owner: Visitor, observed: Observed, until: "asyncio.Future[Any]") -> None:
    while not until.done() and len(observed.seconds) < 30:  # sixty in a minute are allowed
        await refreshes(owner, observed, 1)


async def guess(
    http: aiohttp.ClientSession, url: str, number: int, observed: Observed, email: str = "", password: str = "wrong"
) -> None:
    body = {"email": email or f"somebody{number}@example.org", "password": password}
    await Visitor(http, url).post("/api/auth/login", body, observed, number)
