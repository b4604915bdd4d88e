"""The database is killed while people write: what was acknowledged is there, others hear 503, and all goes on again."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import msgspec

from bench.instruments.ground import Ground, Running, probe, started
from bench.instruments.killable_postgres import killable_postgres
from bench.instruments.live import SAME_ORIGIN, Around, Someone, Stand, http_client, surroundings
from bench.instruments.programs import free_port
from bench.instruments.report import Figure, progress

AWAY_S = 2.0
BACK_WITHIN_S = 10.0
BEFORE_S, AFTER_S = 2.0, 4.0
PAUSE_S = 0.05
ANSWER_LIMIT = aiohttp.ClientTimeout(total=15)
PATIENCE_S = 60.0
SERVICES = ("auth", "session")
WELL, TOLD = "well", "503 with Retry-After"
Answer = tuple[float, str]  # when it came, and what it was


@dataclass
class Seen:
    """What happened; times are of the machine's monotonic clock."""

    acknowledged: set[UUID] = field(default_factory=set)
    said: int = 0  # commands with an id of their own
    answers: dict[str, list[Answer]] = field(default_factory=dict)  # by service

    def note(self, service: str, kind: str) -> None:
        """Note an answer that has come now."""
        self.answers.setdefault(service, []).append((time.perf_counter(), kind))


@dataclass(frozen=True, slots=True)
class Outage:
    """The same, summed up."""

    missing: int
    doubled: int
    acknowledged: int
    kinds: Mapping[str, int]  # of the answers since the kill
    back_s: Mapping[str, float]  # by service, from the kill to the first good answer after the last that was none
    restarts: int


async def measured(ground: Ground, writers: int) -> list[Figure]:
    """Return the figures. Raises NotMeasured."""
    async with killable_postgres() as postgres:
        with ExitStack() as stack:
            around = stack.enter_context(surroundings(postgres.url, tokens=1, rate=1))
            session = stack.enter_context(started(ground, "session", free_port(), around.environ))
            await asyncio.to_thread(session.until_answers, probe("session"))
            progress(f"the database is killed under {writers} writers, session runs {ground.runs}")
            load = os.getloadavg()[0]
            seen = Seen()
            async with http_client() as http, asyncio.TaskGroup() as tasks:
                working = await _working(tasks, http, around, session, seen, writers)
                await asyncio.sleep(BEFORE_S)
                killed_s = time.perf_counter()
                await postgres.kill()
                await asyncio.sleep(AWAY_S)
                await postgres.start_again()
                there_s = time.perf_counter() - killed_s
                await _until_back(seen, killed_s)
                await asyncio.sleep(AFTER_S)
                for task in working:
                    task.cancel()
            stored = await _stored(postgres.url)
            outage = summed_up(seen, stored, killed_s, restarts=not session.is_alive)
    one_more = replace(seen, acknowledged=seen.acknowledged | {uuid4()})
    noticed = summed_up(one_more, stored, killed_s, restarts=0).missing == 1
    return [
        *figures_of(outage, load),
        Figure("database_there", there_s, "s", note="from the kill until PostgreSQL answers"),
        Figure("database_one_more_noticed", noticed, "", 1, ">=", note="a row that was never written is missed"),
    ]


def summed_up(seen: Seen, stored: Sequence[UUID], killed_s: float, *, restarts: int) -> Outage:
    """Compare what was acknowledged with what is stored, and answers with what they should be."""
    since = {name: [each for each in seen.answers.get(name, []) if each[0] > killed_s] for name in SERVICES}
    return Outage(
        missing=len(seen.acknowledged - set(stored)),
        doubled=max(0, len(stored) - seen.said),
        acknowledged=len(seen.acknowledged),
        kinds=Counter(kind for found in since.values() for _, kind in found),
        back_s={service: _back_s(found, killed_s) for service, found in since.items()},
        restarts=restarts,
    )


def figures_of(outage: Outage, load: float) -> list[Figure]:
    """Return the figures."""
    others = {kind: count for kind, count in outage.kinds.items() if kind not in (WELL, TOLD)}
    back = [
        Figure(f"database_back_{service}", back_s, "s", BACK_WITHIN_S, note="from the kill to good answers only")
        for service, back_s in outage.back_s.items()
    ]
    return [
        Figure("database_missing", outage.missing, "rows", 0, note="acknowledged, and not there"),
        Figure("database_acknowledged", outage.acknowledged, "rows", 1, ">="),
        Figure("database_doubled", outage.doubled, "rows", 0, note="more than commands"),
        Figure("database_told", outage.kinds.get(TOLD, 0), "answers", 1, ">=", note=f"{TOLD} while it was away"),
        Figure("database_other", sum(others.values()), "answers", 0, note=f"neither well nor that: {others or 'none'}"),
        *back,
        Figure("database_restarts", outage.restarts, "", 0, note="of the service"),
        Figure("database_load", load, "load"),
    ]


def kind_of(status: int, headers: Mapping[str, str]) -> str:
    """Return what an answer is: well, told to come back, or its status."""
    if 200 <= status < 300:
        return WELL
    if status == 503 and headers.get("Retry-After", "").isdecimal():
        return TOLD
    return str(status)


def _back_s(answers: Sequence[Answer], killed_s: float) -> float:
    """Return when only good answers began; all of the patience when the last one was none."""
    bad_s = max((at_s for at_s, kind in answers if kind != WELL), default=killed_s)
    good_s = [at_s for at_s, kind in answers if kind == WELL and at_s > bad_s]
    return min(good_s) - killed_s if good_s else PATIENCE_S


async def _until_back(seen: Seen, killed_s: float) -> None:
    """Wait until every service has answered well for a while; figures say when one did not."""
    until = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < until:
        now = time.perf_counter()
        recent = [
            [kind for at_s, kind in seen.answers.get(name, []) if at_s > max(killed_s, now - 1)] for name in SERVICES
        ]
        if all(kinds and set(kinds) == {WELL} for kinds in recent):
            return
        await asyncio.sleep(0.2)


async def _working(
    tasks: asyncio.TaskGroup,
    http: aiohttp.ClientSession,
    around: Around,
    session: Running,
    seen: Seen,
    writers: int,
) -> list["asyncio.Task[None]"]:
    """Let people write to session, and one ask auth."""
    at = Stand(around.front, [session.address], (), around.model)
    tokens = [await Someone(http, at).sign_in() for _ in range(writers + 1)]
    asking = _ask(http, around.front + "/api/auth/my-sessions", tokens[-1], seen)
    writing = [_write(http, session.address + "/api/threads", token, seen) for token in tokens[:-1]]
    return [tasks.create_task(each) for each in (asking, *writing)]


async def _write(http: aiohttp.ClientSession, url: str, token: str, seen: Seen) -> None:
    """Make one thread after another; repeat what was not acknowledged under the same id, as a client must."""
    while True:
        body = {"title": "Written", "cid": str(uuid4())}
        seen.said += 1
        is_acknowledged = False
        while not is_acknowledged:
            kind, said = await _answer(http, "POST", url, token, body)
            seen.note("session", kind)
            is_acknowledged = kind == WELL
            if is_acknowledged:
                seen.acknowledged.add(UUID(msgspec.json.decode(said)["id"]))
            await asyncio.sleep(PAUSE_S)


async def _ask(http: aiohttp.ClientSession, url: str, token: str, seen: Seen) -> None:
    while True:
        seen.note("auth", (await _answer(http, "GET", url, token, None))[0])
        await asyncio.sleep(PAUSE_S)


async def _answer(
    http: aiohttp.ClientSession, method: str, url: str, token: str, body: Mapping[str, str] | None
) -> tuple[str, bytes]:
    headers = SAME_ORIGIN | {"authorization": f"Bearer {token}"}
    with suppress(aiohttp.ClientError, OSError, TimeoutError):
        async with http.request(method, url, json=body, headers=headers, timeout=ANSWER_LIMIT) as answer:
            return kind_of(answer.status, answer.headers), await answer.read()
    return "no answer", b""


async def _stored(database: str) -> list[UUID]:
    connection = await asyncpg.connect(database)
    try:
        return [row["id"] for row in await connection.fetch("SELECT id FROM session.threads")]
    finally:
        await connection.close()
