"""`emergence bench auth`: tokens, refreshes, floods, sign-ins beside the hash alone, revocation to socket close.

The services are processes of their own on a real database; sign-ins of the last three parts need no
password, because there the hash is not what is measured.
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import aiohttp

from bench.instruments.engine import running_postgres
from bench.instruments.flood import FLOOD, FLOODS, refreshes_during_floods
from bench.instruments.health_watch import HealthWatch
from bench.instruments.people import PASSWORD, add_people
from bench.instruments.programs import Program, free_port
from bench.instruments.report import Figure, NotMeasured, progress, run_and_publish
from bench.instruments.sockets import WatchedSocket, open_socket
from emergence.auth.passwords import WORKERS, Passwords
from emergence.composition import DOCUMENTED_ENVIRONMENT
from emergence.kernel.identity import AccessTokenVerifier
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import AUDIENCE, ISSUER, TokenMint

HASH_BOUND_SHARE = 80.0
HEALTH_P99_MS = 50.0
CLOSE_P99_MS = 250.0
FLOODED_P99_MS = 250.0
TOKENS = 2_000
AT_ONCE = 8
PER_SESSION = 50  # more than sixty in a minute are refused
TURNS = 4
IDLE_S = 1.0
REVOKERS = 4
DEVELOPMENT = {"AUTH_ENV": "dev", "AUTH_DEV_LOGIN": "1", "AUTH_TRUSTED_HOPS": "1", "CHAT_BUILTIN_MODEL": "false"}
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often each thing is done."""

    logins: int
    refreshes: int
    sockets: int
    revocations: int


async def measured(rounds: Rounds) -> list[Figure]:
    """Return every figure. Raises NotMeasured."""
    figures = await _verifications()
    async with running_postgres() as url:
        environ = {**DOCUMENTED_ENVIRONMENT, **DEVELOPMENT, "DATABASE_URL": url, "SESSION_SOCKETS_PER_USER": "100000"}
        async with _served(["auth"], environ) as (program, address):
            figures += await _logins(program, address, environ, rounds.logins)
            figures += await _refreshes(program, address, rounds.refreshes)
            figures += await _refreshes_during_floods(address)
        async with _served(["auth", "chat", "session", "gateway"], environ) as (_, address):
            figures += await _revocations(address, rounds)
    return figures


@asynccontextmanager
async def _served(names: Sequence[str], environ: Mapping[str, str]) -> AsyncIterator[tuple[Program, str]]:
    port = free_port()
    with Program(["emergence", "serve", *names, "--port", str(port)], environ) as program:
        program.until_ready(port)
        yield program, f"http://127.0.0.1:{port}"


async def _verifications() -> list[Figure]:
    progress("verifying tokens")
    mint = TokenMint(FrozenClock(datetime.now(UTC)))
    verifier = AccessTokenVerifier(mint.key_set, issuer=ISSUER, audience=AUDIENCE, clock=mint.clock)
    tokens = [mint.token() for _ in range(TOKENS)]
    first, again = [await _verified_per_cpu_s(verifier, tokens) for _ in range(2)]
    return [
        Figure("verifications_new", first, "per cpu-s", note="each token for the first time: a signature is checked"),
        Figure("verifications_known", again, "per cpu-s", note="the same tokens again: a look into memory"),
    ]


async def _verified_per_cpu_s(verifier: AccessTokenVerifier, tokens: Sequence[str]) -> float:
    began = time.process_time()
    for token in tokens:
        await verifier.verify(token)
    return len(tokens) / (time.process_time() - began)


async def _logins(program: Program, address: str, environ: Mapping[str, str], logins: int) -> list[Figure]:
    """Sign people in without a pause; in turns with the hash alone, so that a busy moment falls on both."""
    progress(f"{logins} sign-ins by password")
    people = await add_people(environ, AT_ONCE)
    passwords, health, idle = Passwords(b"bench"), HealthWatch(address), HealthWatch(address)
    stored = await passwords.hash(PASSWORD)
    hash_cpu: list[float] = []
    login_cpu: list[float] = []
    wall_s, part = 0.0, logins // TURNS // 2
    async with aiohttp.ClientSession(address) as client:
        await _sign_in(client, people, AT_ONCE)
        for _ in range(TURNS):
            hash_cpu.append(await _hash_cpu_s(passwords, stored))
            before, began = program.cpu_s(), time.perf_counter()
            await _sign_in(client, people, part)
            wall_s += time.perf_counter() - began
            login_cpu.append((program.cpu_s() - before) / part)
            with health:  # not in the same breath: its answers cost CPU too
                await _sign_in(client, people, part)
            with idle:
                await asyncio.sleep(IDLE_S)
    passwords.close()
    share = 100 * median(hash_cpu) / median(login_cpu)
    return [
        Figure("login_hash_share", share, "%", HASH_BOUND_SHARE, ">=", "CPU of the hash alone over a whole sign-in's"),
        Figure("login_cpu", 1000 * median(login_cpu), "cpu-ms", note="auth's process, one sign-in over HTTP"),
        Figure("hash_cpu", 1000 * median(hash_cpu), "cpu-ms", note="argon2id alone, in turns with the sign-ins"),
        Figure("logins_per_core", 1 / median(login_cpu), "per s", note="sign-ins in a second of one core's time"),
        Figure(
            "logins",
            TURNS * part / wall_s,
            "per s",
            note=f"by the clock, {WORKERS} threads, client and database beside",
        ),
        Figure("health_p99", health.percentile_ms(99), "ms", HEALTH_P99_MS, note="/api/health during the sign-ins"),
        Figure("health_idle_p99", idle.percentile_ms(99), "ms", note="the same while nobody signs in"),
        Figure("health_p50", health.percentile_ms(50), "ms"),
    ]


async def _hash_cpu_s(passwords: Passwords, stored: str, rounds: int = 20) -> float:
    """Return the CPU time of one check, with as many at once as the service has threads."""
    began = time.process_time()
    for _ in range(rounds // WORKERS):
        await asyncio.gather(*(passwords.check(PASSWORD, stored) for _ in range(WORKERS)))
    return (time.process_time() - began) / (rounds // WORKERS * WORKERS)


async def _sign_in(client: aiohttp.ClientSession, people: Sequence[str], logins: int) -> None:
    async def one_after_another(place: int) -> None:
        headers = SAME_ORIGIN | {"x-forwarded-for": f"9.9.{place}.1"}
        for _ in range(logins // AT_ONCE):
            body = {"email": people[place], "password": PASSWORD}
            async with client.post("/api/auth/login", json=body, headers=headers) as answer:
                if answer.status != 200:
                    raise NotMeasured(f"a sign-in was refused: {await answer.text()}")
                await answer.read()

    await asyncio.gather(*(one_after_another(place) for place in range(AT_ONCE)))


async def _refreshes(program: Program, address: str, refreshes: int) -> list[Figure]:
    progress(f"{refreshes} refreshes")

    async def signed_in(clients: AsyncExitStack, place: int) -> aiohttp.ClientSession:
        jar = aiohttp.CookieJar(unsafe=True)
        client = aiohttp.ClientSession(address, cookie_jar=jar, headers=SAME_ORIGIN)
        await clients.enter_async_context(client)
        await (await client.post("/api/auth/dev/login", json={"email": f"r{place}@example.org"})).read()
        return client

    async def one_after_another(mine: Sequence[aiohttp.ClientSession]) -> None:
        for client in mine:
            for _ in range(PER_SESSION):
                async with client.post("/api/auth/refresh", json={}) as answer:
                    if answer.status != 200:
                        raise NotMeasured(f"a refresh was refused: {await answer.text()}")
                    await answer.read()

    async with AsyncExitStack() as clients:
        sessions = [await signed_in(clients, place) for place in range(max(AT_ONCE, refreshes // PER_SESSION))]
        before, began = program.cpu_s(), time.perf_counter()
        await asyncio.gather(*(one_after_another(sessions[place::AT_ONCE]) for place in range(AT_ONCE)))
    done = len(sessions) * PER_SESSION
    wall_s, cpu_s = time.perf_counter() - began, program.cpu_s() - before
    return [
        Figure(
            "refreshes", done / wall_s, "per s", note=f"by the clock, {AT_ONCE} at once, client and database beside"
        ),
        Figure("refresh_cpu", 1000 * cpu_s / done, "cpu-ms", note="auth's process, one refresh over HTTP"),
    ]


async def _refreshes_during_floods(address: str) -> list[Figure]:
    progress(f"refreshes during {FLOODS} floods of {FLOOD} sign-ins")
    seen = await refreshes_during_floods(address)
    taken_ms = sorted(1000 * taken_s for taken_s in seen.refreshes_s)
    name = f"{len(taken_ms)} refreshes while {FLOOD} sign in at once; {seen.sign_ins[503]} were asked to come back"
    return [
        Figure("refresh_flooded_p50", median(taken_ms), "ms", note=name),
        Figure("refresh_flooded_p99", _percentile(taken_ms, 99), "ms", FLOODED_P99_MS, note=name),
    ]


async def _revocations(address: str, rounds: Rounds) -> list[Figure]:
    progress(f"{rounds.sockets} sockets, {rounds.revocations} revocations")
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(address, connector=connector, headers=SAME_ORIGIN) as client:
        by = await _dev_login(client)
        sockets = [await open_socket(client, await _dev_login(client)) for _ in range(rounds.sockets)]
        waiting = sockets[: rounds.revocations]

        async def revoke(mine: Sequence[WatchedSocket]) -> None:
            for socket in mine:
                socket.asked_s = time.perf_counter()
                path = f"/api/auth/my-sessions/{socket.session_id}/revoke"
                headers = {"authorization": f"Bearer {by['access_token']}"}
                async with client.post(path, json={}, headers=headers) as answer:
                    if answer.status != 204:
                        raise NotMeasured(f"a revocation was refused: {await answer.text()}")
                await socket.ended

        await asyncio.gather(*(revoke(waiting[place::REVOKERS]) for place in range(REVOKERS)))
        delays = sorted(1000 * socket.delay_s() for socket in waiting)
        codes, others = {socket.code for socket in waiting}, sockets[rounds.revocations :]
        if codes != {4401} or any(socket.ended.done() for socket in others):
            raise NotMeasured(f"closed with {codes}; {sum(s.ended.done() for s in others)} others were closed too")
        for socket in others:
            await socket.close()
    name = f"from the request to the close, {rounds.sockets} sockets, {REVOKERS} at once"
    return [
        Figure("revocation_to_close_p50", median(delays), "ms", note=name),
        Figure("revocation_to_close_p99", _percentile(delays, 99), "ms", CLOSE_P99_MS, note=name),
        Figure("revocation_to_close_max", delays[-1], "ms", 1000.0, note=name),
    ]


async def _dev_login(client: aiohttp.ClientSession) -> dict[str, str]:
    async with client.post("/api/auth/dev/login", json={"email": "one@example.org"}) as answer:
        if answer.status != 200:
            raise NotMeasured(f"signing in was refused: {await answer.text()}")
        signed_in: dict[str, str] = json.loads(await answer.text())
        return signed_in


def _percentile(values: Sequence[float], percent: int) -> float:
    return values[min(len(values) - 1, len(values) * percent // 100)]


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench auth", description="Tokens, sign-ins, revocation.")
    parser.add_argument("--logins", type=int, default=320, help="sign-ins by password (320)")
    parser.add_argument("--refreshes", type=int, default=1_600, help="refreshes (1600)")
    parser.add_argument("--sockets", type=int, default=1_000, help="open sockets (1000)")
    parser.add_argument("--revocations", type=int, default=300, help="login sessions that are ended (300)")
    given = parser.parse_args()
    rounds = Rounds(given.logins, given.refreshes, given.sockets, given.revocations)
    return run_and_publish("auth", measured(rounds))


if __name__ == "__main__":
    raise SystemExit(main())
