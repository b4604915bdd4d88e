"""A thousand idle sockets on the session service as it is deployed: what they hold, and whether all still answer."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

import aiohttp

from bench.instruments.engine import running_postgres
from bench.instruments.ground import NO_OTHER, Ground, Running, probe, started
from bench.instruments.live import Around, LiveSocket, Someone, Stand, http_client, in_groups, open_live, surroundings
from bench.instruments.programs import free_port
from bench.instruments.report import Figure, NotMeasured, progress

MOST_MB = 300.0
PEOPLE = 40
AT_ONCE = 20
SETTLED_S = 3.0
CHARGED = "what the limit counts"
TOO_SMALL = {"memory": "80Mi"}
LOST = (NotMeasured, aiohttp.ClientError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Held:
    """What was seen of so many sockets; `group_bytes` is None where there is no control group."""

    wanted: int
    answered: int
    group_bytes: int | None
    resident_bytes: int
    is_alive: bool
    opened: int = 0

    @property
    def counted_bytes(self) -> int:
        """Return the larger: the group is not charged with files that another container read before."""
        return max(self.resident_bytes, self.group_bytes or 0)

    @property
    def is_held(self) -> bool:
        """Return whether everybody was served within the memory that is promised."""
        return self.is_alive and self.answered == self.wanted and 0 < self.counted_bytes <= MOST_MB * 1e6


async def measured(ground: Ground, count: int) -> list[Figure]:
    """Return the figures. Raises NotMeasured."""
    async with running_postgres() as database:
        with surroundings(database, tokens=1, rate=1) as around:
            progress(f"{count} idle sockets on session, {ground.runs}")
            load = os.getloadavg()[0]
            figures = figures_of(await _held(ground, around, count), load)
            if ground.engine is None:
                skipped = Figure("idle_too_small", 0, "", note=f"skipped: processes have no limits ({ground.reason})")
                return [*figures, skipped]
            progress(f"the same with {TOO_SMALL['memory']}")
            small = await _held(ground, around, count, TOO_SMALL)
    ended = "alive" if small.is_alive else "ended"
    told = f"{TOO_SMALL['memory']}: {small.opened} of {count} opened, {small.answered} answered, {ended}"
    return [*figures, Figure("idle_too_small_noticed", not small.is_held, "", 1, ">=", note=told)]


def figures_of(held: Held, load: float) -> list[Figure]:
    """Return the figures of one attempt; one that served not everybody misses a target whatever it held."""
    told = f"{held.wanted} sockets; the larger of both"
    group = [] if held.group_bytes is None else [Figure("idle_group", held.group_bytes / 1e6, "MB", note=CHARGED)]
    return [
        Figure("idle_memory", held.counted_bytes / 1e6, "MB", MOST_MB, note=told),
        Figure("idle_resident", held.resident_bytes / 1e6, "MB", note="of the processes"),
        *group,
        Figure("idle_answered", held.answered, "sockets", held.wanted, ">=", note="each acknowledged a command"),
        Figure("idle_alive", held.is_alive, "", 1, ">="),
        Figure("idle_load", load, "load"),
    ]


async def _held(ground: Ground, around: Around, count: int, sizes: Mapping[str, str] = NO_OTHER) -> Held:
    with started(ground, "session", free_port(), around.environ, sizes) as session:
        try:
            await asyncio.to_thread(session.until_answers, probe("session"))
        except NotMeasured:
            if not sizes:
                raise
            return Held(count, 0, None, 0, session.is_alive)
        return await _opened(session, around, count)


async def _opened(session: Running, around: Around, count: int) -> Held:
    at = Stand(around.front, [session.address], (), around.model)
    held: list[LiveSocket] = []
    async with http_client() as http:
        people = [Someone(http, at) for _ in range(PEOPLE)]
        try:
            while len(held) < count:
                batch = min(count - len(held), 5 * AT_ONCE)
                tickets = await in_groups([people[n % PEOPLE].ticket() for n in range(batch)], 1)
                held += await in_groups([open_live(http, session.address, ticket) for ticket in tickets], AT_ONCE)
            await asyncio.sleep(SETTLED_S)
        except LOST:
            if session.is_alive:
                raise
        group, resident = session.group_bytes(), session.resident_bytes()
        answered = sum(await in_groups([_is_answered(socket) for socket in held], AT_ONCE))
        return Held(count, answered, group, resident, session.is_alive, len(held))


async def _is_answered(socket: LiveSocket) -> bool:
    cid = str(uuid4())
    try:
        await socket.socket.send_json({"cmd": "session.extend", "cid": cid})
        async with asyncio.timeout(10):
            await socket.until("ack", cid=cid)
        await socket.socket.close()
    except LOST:
        return False
    return True
