"""Signing keys follow each other ten times in a minute, and are then stolen, while people sign in, refresh and ask."""

import asyncio
import json
from base64 import urlsafe_b64decode
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

import httpx2

from emergence.auth.rotate_keys import Doer, replace_keys
from emergence.auth.store import keys as store
from emergence.auth.sweep import sweep
from emergence.contracts.auth.values import Role
from emergence.kernel.identity import ACCESS_TOKEN_LIFETIME
from tests.auth.mailbox import until
from tests.auth.served_auth import PASSWORD
from tests.deployed_pair import PATIENCE_S, Pair, deployed_pair
from tests.served_app import NO_CERTIFICATES
from tests.shifted_clock import HurriedClock

ROTATIONS, WITHIN_S = 10, 60.0
REVOKED_WITHIN_S = 1.0
MINUTE = timedelta(minutes=1)
TAKES_MINUTES = 16  # published a quarter of an hour before it signs
WORKERS, SIGN_IN_EVERY = 4, 10
OF_BROWSERS = {"sec-fetch-site": "same-origin"}


def key_of(token: str) -> str:
    header = token.split(".")[0]
    return str(json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])


@dataclass
class Watched:
    """What became of every question to both services."""

    pair: Pair
    clock: HurriedClock
    stolen_keys: set[str] = field(default_factory=set)
    stolen_at_s: float = float("inf")
    accepted: Counter[str] = field(default_factory=Counter)  # by key
    refused: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)
    is_over: bool = False

    async def ask_both(self, http: httpx2.AsyncClient, token: str, until_s: float) -> None:
        """Show a token to both services; note what they should not have said. `until_s` is when it ends."""
        for url in (f"{self.pair.auth_url}/api/auth/session", f"{self.pair.session_url}/api/threads"):
            asked_s = monotonic()
            answer = await http.get(url, headers={"authorization": f"Bearer {token}"})
            kid, is_stolen = key_of(token), key_of(token) in self.stolen_keys
            (self.accepted if answer.status_code == 200 else self.refused)[kid] += 1
            is_good = not is_stolen and self.clock.elapsed_s() < until_s
            if is_good and answer.status_code != 200:
                self.wrongs.append(f"a good token was refused: {answer.status_code} {answer.text}")
            if is_stolen and asked_s >= self.stolen_at_s + REVOKED_WITHIN_S and answer.status_code != 401:
                self.wrongs.append(f"a stolen key was believed {asked_s - self.stolen_at_s:.2f} s later")


@dataclass
class Worker:
    """Somebody whose browser never rests: signs in, refreshes, and shows its newest and an older token."""

    watched: Watched
    email: str
    http: httpx2.AsyncClient
    held: list[tuple[str, float]] = field(default_factory=list)
    turns: int = 0

    async def work(self) -> None:
        while not self.watched.is_over:
            await self.get_token()
            for token, until_s in {self.held[0], self.held[-1]}:
                await self.watched.ask_both(self.http, token, until_s)

    async def get_token(self) -> None:
        asked_s = self.watched.clock.elapsed_s()
        path, body = "/api/auth/refresh", {}
        if self.turns % SIGN_IN_EVERY == 0:
            path, body = "/api/auth/login", {"email": self.email, "password": PASSWORD}
        answer = await self.http.post(self.watched.pair.auth_url + path, json=body, headers=OF_BROWSERS)
        assert answer.status_code == 200, (path, answer.text)
        ends_s = asked_s + ACCESS_TOKEN_LIFETIME.total_seconds()
        self.held = [
            *((text, end) for text, end in self.held if end > asked_s),
            (answer.json()["access_token"], ends_s),
        ]
        self.turns += 1


async def let_minutes_go_by(watched: Watched) -> None:
    """Let the next key become the one that signs, as time does it."""
    for _ in range(TAKES_MINUTES):
        watched.clock.pass_by(MINUTE)
        await sweep(watched.pair.auth)
        await asyncio.sleep(0.02)


async def go_on(workers: list[Worker]) -> None:
    """Wait until everybody has asked for another token, and had it looked at."""
    turns = [worker.turns + 2 for worker in workers]
    await until(lambda: all(worker.turns >= turn for worker, turn in zip(workers, turns, strict=True)))


async def kids(pair: Pair) -> set[str]:
    async with pair.auth.database.transaction() as tx:
        return {row.kid for row in await store.read_keys(tx)}


async def test_ten_rotations_in_a_minute_refuse_no_good_token_and_a_stolen_key_opens_nothing(
    database_url: str,
) -> None:
    async with AsyncExitStack() as stack:
        clock = HurriedClock()
        pair = await stack.enter_async_context(deployed_pair(database_url, hurried=clock))
        watched = Watched(pair, clock)
        workers = []
        for number in range(WORKERS):
            await pair.person(f"person{number}", password=True)
            http = await stack.enter_async_context(
                httpx2.AsyncClient(trust_env=False, timeout=PATIENCE_S, verify=NO_CERTIFICATES)
            )
            workers.append(Worker(watched, f"person{number}@example.org", http))
        admin = await pair.person("admin", Role.ADMIN)
        working = asyncio.gather(*(worker.work() for worker in workers))
        await go_on(workers)

        began = monotonic()
        for _ in range(ROTATIONS):
            await replace_keys(pair.auth, Doer(), compromised=False)
            await let_minutes_go_by(watched)
            assert not working.done(), working.exception()
        await go_on(workers)
        took_s = monotonic() - began

        stolen, by = await kids(pair), await pair.sign_in(admin)
        await pair.post("/api/auth/admin/keys/rotate?compromised=true", by)
        watched.stolen_keys, watched.stolen_at_s = stolen, monotonic()
        held = [each for worker in workers for each in worker.held if key_of(each[0]) in stolen]
        await asyncio.sleep(REVOKED_WITHIN_S)
        for token, until_s in held:
            await watched.ask_both(pair.browser, token, until_s)
        await go_on(workers)
        watched.is_over = True
        await working

        renewed = await kids(pair)
        assert watched.wrongs == []
        assert took_s < WITHIN_S
        assert len(watched.accepted) == 1 + ROTATIONS + 1
        assert len(held) >= WORKERS
        assert sum(watched.refused[kid] for kid in stolen) >= 2 * len(held)
        assert len(renewed) == 1
        assert renewed.isdisjoint(stolen)
        assert sum(watched.accepted[kid] for kid in renewed) >= WORKERS
        assert all(worker.turns > 2 * SIGN_IN_EVERY for worker in workers)
