"""After an outage of the database nobody is taken for dead who had no time to renew a lease."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from emergence.contracts.chat import ReplyText
from emergence.kernel.surroundings import Surroundings
from emergence.session.app import build_parts
from emergence.session.runs.recover_runs import keep_recovering
from tests.frozen_clock import FrozenClock
from tests.session.cuttable_line import CuttableLine, cuttable_line
from tests.session.live_client import live_client
from tests.session.neighbours import Person, started
from tests.session.served_session import served_session, session_environ

PAUSE, LEASE = timedelta(seconds=1), timedelta(seconds=4)
PACE = {"SESSION_RUN_LEASE_SECONDS": "4", "SESSION_SWEEP_INTERVAL_SECONDS": "1"}


@dataclass
class Sweeping:
    """An instance that only sweeps, by a held clock and over a line of its own, beside one that writes a reply."""

    clock: FrozenClock
    line: CuttableLine
    database: "asyncpg.Connection[asyncpg.Record]"

    async def after(self, duration: timedelta) -> str:
        """Let time pass for the sweep and its look come to an end; return how the run stands."""
        self.clock.advance(duration)
        async with asyncio.timeout(20):
            while not self.clock._sleepers:  # noqa: ASYNC110 - the sweep sets no event
                await asyncio.sleep(0.01)
        state: str = await self.database.fetchval("SELECT coalesce(outcome, state) FROM session.runs")
        return state

    async def set_lease(self, seconds: int) -> None:
        await self.database.execute(
            "UPDATE session.runs SET lease_until = now() + $1::interval", timedelta(seconds=seconds)
        )


@asynccontextmanager
async def sweeping(database_url: str, person: Person) -> AsyncIterator[Sweeping]:
    clock = FrozenClock()
    owner = session_environ(database_url, SESSION_RUN_LEASE_SECONDS="600")
    async with served_session(owner) as one, live_client(one.url, person) as client, cuttable_line(database_url) as way:
        one.chat.will_say([started(), ReplyText(text="So far"), asyncio.Event().wait])
        await client.send("Hello")
        await client.until("message.delta")
        line, address = way
        two = build_parts(Surroundings(environ=session_environ(address, **PACE), clock=clock))
        task = asyncio.create_task(keep_recovering(two))
        database = await asyncpg.connect(database_url)
        try:
            found = Sweeping(clock, line, database)
            assert await found.after(timedelta()) == "running"
            yield found
        finally:
            task.cancel()
            await database.close()
            await two.database.close()


async def until_interrupted(swept: Sweeping) -> int:
    """Look again and again until the run is ended; return how many looks it took."""
    for looks in range(1, 60):
        if await swept.after(PAUSE) == "interrupted":
            return looks
        await asyncio.sleep(0.1)  # the server itself must have been up for half a lease
    raise AssertionError("nobody ended the run")


async def test_an_owner_has_half_a_lease_to_renew_after_an_outage(database_url: str, ada: Person) -> None:
    async with sweeping(database_url, ada) as swept:
        assert await swept.after(PAUSE) == "running"
        swept.line.cut()
        await swept.set_lease(-1)
        assert await swept.after(PAUSE) == "running"
        assert await swept.after(LEASE) == "running"
        swept.line.mend()
        assert await swept.after(PAUSE) == "running", "the first look after an outage ends nothing"
        await swept.set_lease(600)
        assert await swept.after(PAUSE) == await swept.after(PAUSE) == await swept.after(PAUSE) == "running"
        await swept.set_lease(-1)

        assert await until_interrupted(swept)


async def test_an_owner_that_does_not_renew_after_an_outage_is_dead(database_url: str, ada: Person) -> None:
    async with sweeping(database_url, ada) as swept:
        await swept.set_lease(-1)
        swept.line.cut()
        await swept.after(PAUSE)
        swept.line.mend()
        assert await swept.after(PAUSE) == await swept.after(PAUSE) == "running"

        assert await until_interrupted(swept)


async def test_a_look_that_was_held_up_ends_nothing(database_url: str, ada: Person) -> None:
    async with sweeping(database_url, ada) as swept:
        await swept.set_lease(-1)
        assert await swept.after(PAUSE + LEASE) == "running"

        assert await until_interrupted(swept)
