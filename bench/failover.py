"""`emergence bench failover`: what promoting a streaming replica of PostgreSQL loses, and how long it takes.

People write without a pause; the primary is stopped or killed; what was confirmed to them is looked for in the replica.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from bench.instruments.replicated_postgres import POLL_S, ReplicatedPostgres, replicated_postgres
from bench.instruments.report import Figure, progress, run_and_publish

BACK_TARGET_S = 10.0
GONE = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
PATIENCE_S = 30.0


@dataclass
class Written:
    """When each row was confirmed, by its number."""

    confirmed: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows that were confirmed and are not there, seconds of them, seconds until a write was taken again."""

    confirmed: int
    lost: int
    lost_s: float
    back_s: float
    lag_s: float = 0.0


async def write(url: str, written: Written, first: int, step: int) -> None:
    """Insert rows until the server is gone; each counts once it was confirmed."""
    line = await asyncpg.connect(url)
    number = first
    try:
        while True:
            await line.execute("INSERT INTO drill VALUES ($1)", number)
            written.confirmed[number] = time.monotonic()
            number += step
    except GONE:
        return
    finally:
        line.terminate()


async def written_for(postgres: ReplicatedPostgres, writers: int) -> tuple[Written, list[asyncio.Task[None]]]:
    """Start people who write."""
    line = await asyncpg.connect(postgres.url)
    await line.execute("CREATE TABLE drill (number bigint PRIMARY KEY)")
    await line.close()
    written = Written()
    tasks = [asyncio.create_task(write(postgres.url, written, first, writers)) for first in range(writers)]
    return written, tasks


async def taken_over(postgres: ReplicatedPostgres, written: Written, ended: float) -> Outcome:
    """Promote the replica, write to it, and compare. `ended` is when the primary began to end."""
    await postgres.promote()
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                line = await asyncpg.connect(postgres.replica_url)
                await line.execute("INSERT INTO drill VALUES (-1)")
                break
            except GONE:
                await asyncio.sleep(POLL_S)
    back_s = time.monotonic() - ended
    kept = {each["number"] for each in await line.fetch("SELECT number FROM drill")}
    await line.close()
    return compared(written, kept, back_s)


def compared(written: Written, kept: set[int], back_s: float) -> Outcome:
    """Return what is not among the rows that were kept; the seconds run from the first row that is lost to the last."""
    lost = sorted(at for number, at in written.confirmed.items() if number not in kept)
    return Outcome(len(written.confirmed), len(lost), lost[-1] - lost[0] if lost else 0.0, back_s)


async def planned(seconds: float, writers: int) -> Outcome:
    """Stop the primary in order while people write."""
    async with replicated_postgres() as postgres:
        written, tasks = await written_for(postgres, writers)
        await asyncio.sleep(seconds)
        began = time.monotonic()
        await postgres.stop()
        await asyncio.gather(*tasks)
        return await taken_over(postgres, written, began)


async def killed(seconds: float, writers: int) -> Outcome:
    """Kill the primary once the replica is level with it."""
    async with replicated_postgres() as postgres:
        written, tasks = await written_for(postgres, writers)
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await postgres.until_level()
        began = time.monotonic()
        await postgres.kill()
        return await taken_over(postgres, written, began)


async def behind(seconds: float, writers: int) -> Outcome:
    """Kill the primary when the replica has heard nothing of it for a while."""
    async with replicated_postgres() as postgres:
        written, tasks = await written_for(postgres, writers)
        await asyncio.sleep(seconds / 2)
        await postgres.cut_off()
        await asyncio.sleep(seconds)
        lag_s, began = await postgres.lag_s(), time.monotonic()
        await postgres.kill()
        await asyncio.gather(*tasks)
        found = await taken_over(postgres, written, began)
        return Outcome(found.confirmed, found.lost, found.lost_s, found.back_s, lag_s)


async def measured(seconds: float, writers: int) -> Sequence[Figure]:
    """Return the figures of the three ways in which a primary goes."""
    figures = []
    for name, drill in (("planned", planned), ("killed", killed)):
        progress(f"the primary is {'stopped in order' if name == 'planned' else name}")
        found = await drill(seconds, writers)
        note = f"of {found.confirmed} confirmed rows"
        figures += [
            Figure(f"{name}_rpo_rows", found.lost, "rows", 0, note=note),
            Figure(f"{name}_rpo", found.lost_s, "s", 0),
            Figure(f"{name}_rto", found.back_s, "s", BACK_TARGET_S, note="from its end to a write at the replica"),
        ]
    progress("the replica is cut off")
    found = await behind(seconds, writers)
    return [
        *figures,
        Figure("behind_rpo_rows", found.lost, "rows", note=f"of {found.confirmed} confirmed rows"),
        Figure("behind_rpo", found.lost_s, "s"),
        Figure("behind_lag", found.lag_s, "s", note="what the replica told before the primary was killed"),
        Figure("behind_beyond_lag", found.lost_s - found.lag_s, "s", 0.5, note="lost, and not told by the lag"),
        Figure("behind_rto", found.back_s, "s", BACK_TARGET_S),
        Figure("behind_noticed", float(found.lost > 0), "", 1, ">=", note="rows are lost, and were found missing"),
    ]


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench failover", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="for which people write")
    parser.add_argument("--writers", type=int, default=4)
    given = parser.parse_args()
    return run_and_publish("failover", measured(given.seconds, given.writers))


if __name__ == "__main__":
    raise SystemExit(main())
