"""`emergence bench settle`: what one more of many things that exclude each other costs: homes of one person."""

import argparse
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter
from uuid import UUID, uuid4

from bench.instruments.engine import running_postgres
from bench.instruments.report import Figure, progress, run_and_publish
from emergence.memory.parts import Memory
from emergence.memory.store.item_sources import Source
from emergence.memory.store.keep_items import NewFact, NewItem, keep_item
from emergence.memory.store.turns import NewTurn, add_turns
from tests.memory.kept_rows import kept_memory

FEW, MANY = 100, 1_000
TIMED = 20  # homes that are kept at each size
RATIO_TARGET = 10.0  # ten times as many rivals are read: more would mean that each is compared with each
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
BESIDE = 20  # homes of a transaction, as a page of a conversation has


async def measured() -> list[Figure]:
    """Return every figure."""
    async with running_postgres() as url, kept_memory(url) as memory:
        person = uuid4()
        progress(f"{MANY} homes of one person")
        few = await _settled(memory, person, 0, FEW)
        many = await _settled(memory, person, FEW + TIMED, MANY)
        async with memory.rows.of(person) as tx:
            active = await tx.fetchval("SELECT count(*) FROM items WHERE state = 'active'")
    note = f"the median of {TIMED}, a transaction each"
    return [
        Figure("few", 1000 * few, "ms", note=f"{note}, among {FEW}"),
        Figure("many", 1000 * many, "ms", note=f"{note}, among {MANY}"),
        Figure("ratio", many / few, "times", RATIO_TARGET, note="within one run"),
        Figure("active", active, "items", 1.0, note="homes that somebody has at last"),
    ]


async def _settled(memory: Memory, person: UUID, there: int, wanted: int) -> float:
    """Fill up to `wanted` homes and return how many seconds one more takes."""
    for begin in range(there, wanted, BESIDE):
        await _keep(memory, person, range(begin, min(begin + BESIDE, wanted)))
    return median([await _keep(memory, person, range(home, home + 1)) for home in range(wanted, wanted + TIMED)])


async def _keep(memory: Memory, person: UUID, homes: range) -> float:
    """Say that somebody lives in one place after the other; return how many seconds keeping the items takes."""
    turns = [
        NewTurn(uuid4(), place, "user", "", FIRST + timedelta(days=home), f"I live in Town {home}.")
        for place, home in enumerate(homes)
    ]
    async with memory.rows.of(person) as tx:
        thread = uuid4()
        await add_turns(tx, memory.forgotten_words, person, thread, turns)
        began = perf_counter()
        for turn in turns:
            await keep_item(tx, memory.forgotten_words, person, _home(turn, thread), turn.said_at)
        return perf_counter() - began


def _home(turn: NewTurn, thread: UUID) -> NewItem:
    town = turn.body.removeprefix("I live in ").removesuffix(".")
    return NewItem(
        kind="fact",
        body=f"Lives in {town}",
        language="en",
        importance=0.9,
        confidence=0.9,
        origin="said",
        sources=[Source(turn.message_id, thread, turn.body, turn.said_at)],
        fact=NewFact("user", "lives_in", town),
    )


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench settle", description="Keeping one of many homes.")
    parser.add_argument("--json", action="store_true", help="print JSON; it always does")
    parser.parse_args()
    return run_and_publish("settle", measured())


if __name__ == "__main__":
    raise SystemExit(main())
