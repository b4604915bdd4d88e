"""`emergence bench recall`: how long memory takes to find something, by how much is kept, for one person and for many.

Turns are made of common words, and vectors are random: what a ranking costs does not depend on what it finds. The
question is embedded by the model that ships. PostgreSQL's own CPU time stands beside the wall time, which grows on a
busy machine.
"""

import argparse
import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

from bench.instruments.asked_beside import asked_beside
from bench.instruments.engine import running_postgres
from bench.instruments.loop_lag import watched_loop
from bench.instruments.made_memories import made_collection, make_crowd, make_items, make_person, words
from bench.instruments.ranked_in_full import ranked_in_full
from bench.instruments.remembered import embed, remembering, take_in
from bench.instruments.report import Figure, NotMeasured, progress, run_and_publish
from emergence.contracts.memory.recall import RecallRequest
from emergence.memory.answer_recall import answer_recall
from emergence.memory.parts import Memory
from emergence.memory.recall import rank, ranking_of, recall, understand
from emergence.memory.store.keep_items import ITEMS_MAX
from emergence.memory.store.recall import MANY_TURNS
from emergence.memory.store.vectors import count_pending

MANY_OVER_FULL = 1.0  # of the CPU that the formula over every row takes
TARGETS_MS = {1_000: 80.0, 20_000: 150.0}
LAG_TARGET_MS = 20.0
CHAT_WAITS_MS = 250.0  # CHAT_RECALL_DEADLINE_S
BESIDE = 3.0  # an import may make others wait so many times as long
NOW = datetime(2026, 6, 2, tzinfo=UTC)
FLAT = 1.5  # a person among a thousand may wait so many times as long as one alone


@dataclass(frozen=True, slots=True)
class Asked:
    """What questions of one person cost."""

    wall_ms: Sequence[float]
    cpu_ms: float

    @property
    def p50(self) -> float:
        return median(self.wall_ms)

    @property
    def p95(self) -> float:
        return sorted(self.wall_ms)[len(self.wall_ms) * 95 // 100]


async def measured(sizes: Sequence[int], people: int, each: int, questions: int, model: str) -> list[Figure]:
    """Return every figure. Raises NotMeasured."""
    figures: list[Figure] = []
    async with running_postgres() as database, remembering(database, [], model) as memory:
        if memory.embedders.wanted is None:
            raise NotMeasured("no embedding model runs here")
        for size in sizes:
            person = await make_person(memory, size)
            asked = await _ask(memory, person, questions)
            note = f"{questions} questions, embedding included"
            figures += [
                Figure(f"recall_p50_{size}", asked.p50, "ms", note=note),
                Figure(f"recall_p95_{size}", asked.p95, "ms", TARGETS_MS.get(size), note=note),
                Figure(f"database_cpu_{size}", asked.cpu_ms, "cpu-ms", note="PostgreSQL, one question"),
            ]
            if size > MANY_TURNS:
                figures.append(await _over_full(memory, person, size, questions))
            items = min(size, ITEMS_MAX)
            await make_items(memory, person, items)
            told = await _ask(memory, person, questions, _told)
            note = f"as chat asks, {items} items beside {size} turns, embedding included"
            figures += [
                Figure(f"answer_p50_{size}", told.p50, "ms", note=note),
                Figure(f"answer_p95_{size}", told.p95, "ms", TARGETS_MS.get(size), note=note),
                Figure(f"answer_database_cpu_{size}", told.cpu_ms, "cpu-ms", note="PostgreSQL, one question"),
            ]
        if people:
            figures += await _among_many(memory, people, each, questions)
    return figures


async def _over_full(memory: Memory, person: UUID, size: int, questions: int) -> Figure:
    """Return what ranking few whole rows costs over ranking all of them, turn about in one run."""
    ranked, full = 0.0, 0.0
    for number in range(4):
        ranked += (await _ask(memory, person, questions // 4, _ranked, number)).cpu_ms
        full += (await _ask(memory, person, questions // 4, _ranked_in_full, number)).cpu_ms
    note = f"CPU of the ranking alone; over every row {full / 4:.0f} ms"
    return Figure(f"ranking_over_full_{size}", ranked / full, "×", MANY_OVER_FULL, note=note)


async def _among_many(memory: Memory, people: int, each: int, questions: int) -> list[Figure]:
    first = await make_person(memory, each)
    await make_items(memory, first, each)
    alone = {asking: await _ask(memory, first, questions, asking) for asking in (_recalled, _told)}
    crowd = [first, *await make_crowd(memory, first, people)]
    some = random.sample(crowd, min(20, len(crowd)))
    figures = [Figure("turns_of_all", each * len(crowd), "turns", note="and as many items")]
    for name, asking in (("recall", _recalled), ("answer", _told)):
        p50 = median([(await _ask(memory, person, 10, asking)).p50 for person in some])
        note = f"{each} turns and items each; one alone: {alone[asking].p50:.1f} ms"
        figures += [
            Figure(f"{name}_p50_among_many", p50, "ms", note=note),
            Figure(f"{name}_among_many_over_alone", p50 / alone[asking].p50, "×", FLAT),
        ]
    return figures


Asking = Callable[[Memory, UUID, str], Awaitable[object]]


async def _recalled(memory: Memory, person: UUID, text: str) -> object:
    return await recall(memory, person, text, limit=20, token_budget=1_000, now=NOW)


async def _ranked(memory: Memory, person: UUID, text: str) -> object:
    return await rank(memory, person, await understand(memory, person, text, NOW), limit=20)


async def _ranked_in_full(memory: Memory, person: UUID, text: str) -> object:
    asked = await understand(memory, person, text, NOW)
    async with memory.rows.of(person) as tx:
        return await ranked_in_full(tx, person, ranking_of(memory, asked, limit=20))


async def _told(memory: Memory, person: UUID, text: str) -> object:
    asked = RecallRequest(user_id=person, query=text, limit=8, token_budget=600, patience_s=1, hints=True)
    return await answer_recall(memory, asked)


async def _ask(memory: Memory, person: UUID, questions: int, asking: Asking = _recalled, seed: int = 0) -> Asked:
    texts = _questions(questions + 3, seed)
    wall: list[float] = []
    for text in texts[:3]:  # plans and pages are warm afterwards
        await asking(memory, person, text)
    cpu = await _database_cpu_ms(memory)
    for text in texts[3:]:
        began = perf_counter()
        await asking(memory, person, text)
        wall.append(1000 * (perf_counter() - began))
    return Asked(wall, (await _database_cpu_ms(memory) - cpu) / questions)


def _questions(count: int, seed: int = 0) -> list[str]:
    known, dice = words(), random.Random(count + seed)
    return [f"What did we say about the {' and the '.join(dice.sample(known, 4))}?" for _ in range(count)]


async def lag_while_indexing(turns: int, model: str) -> list[Figure]:
    """Return how long the loop keeps others waiting while so many turns are read and embedded. Raises NotMeasured."""
    collection = made_collection(turns)
    async with running_postgres() as database, remembering(database, [collection], model) as memory:
        async with watched_loop() as idle:
            await asyncio.sleep(2)
        progress(f"indexing {turns} turns")
        began = perf_counter()
        async with watched_loop() as busy:
            await take_in(memory, collection)
            await embed(memory)
        took_s = perf_counter() - began
    note = f"{turns} turns in {took_s:.0f} s; idle: {idle.percentile_ms(99):.1f} ms"
    return [
        Figure("loop_lag_p99", busy.percentile_ms(99), "ms", LAG_TARGET_MS, note=note),
        Figure("loop_lag_max", busy.percentile_ms(100), "ms", note=note),
    ]


async def beside_an_import(turns: int, questions: int, model: str) -> list[Figure]:
    """Return how long one person waits while somebody else's turns are read and embedded. Raises NotMeasured."""
    collection = made_collection(turns)
    async with running_postgres() as database, remembering(database, [collection], model) as memory:
        person = await make_person(memory, 1_000)
        await make_items(memory, person, 1_000)
        alone = await _ask(memory, person, questions, _told)
        progress(f"while {turns} turns come in")
        beside = Asked(await asked_beside(memory, person, _questions(questions), collection, _told), 0)
        if await count_pending(memory.database) == 0:
            raise NotMeasured("everything was embedded before the last question: give --beside more turns")
    note = f"1,000 turns and items, {turns} turns of somebody else come in; alone: {alone.p50:.1f}, {alone.p95:.1f} ms"
    return [
        Figure("answer_p50_beside_import", beside.p50, "ms", note=note),
        Figure("answer_p95_beside_import", beside.p95, "ms", CHAT_WAITS_MS, note=note),
        Figure("beside_import_over_alone", beside.p50 / alone.p50, "×", BESIDE),
    ]


async def _database_cpu_ms(memory: Memory) -> float:
    """Return the CPU time of every connection so far; 0 where the system does not tell."""
    rows = await memory.database.fetch("SELECT pid FROM pg_stat_activity WHERE application_name = 'emergence-memory'")
    times = [Path(f"/proc/{row['pid']}/schedstat") for row in rows]
    return sum(int(time.read_text().split()[0]) for time in times if time.exists()) / 1e6


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="emergence bench recall", description="How long memory takes to find something."
    )
    parser.add_argument(
        "--turns",
        type=int,
        nargs="*",
        default=[1_000, 20_000, 50_000],
        metavar="N",
        help="of one person (1000 20000 50000)",
    )
    parser.add_argument("--people", type=int, default=0, help="how many have --each turns; 1000 make a million (0)")
    parser.add_argument("--each", type=int, default=1_000, help="turns of each of --people (1000)")
    parser.add_argument("--questions", type=int, default=60, help="asked of each size (60)")
    parser.add_argument("--index", type=int, default=0, metavar="N", help="turns to index, watching the loop (0)")
    parser.add_argument(
        "--beside", type=int, default=0, metavar="N", help="turns of somebody else that come in meanwhile (0)"
    )
    parser.add_argument("--model", default="auto", help="MEMORY_EMBEDDING_MODEL (auto)")
    given = parser.parse_args()
    return run_and_publish("recall", _measured(given))


async def _measured(given: argparse.Namespace) -> list[Figure]:
    figures = await measured(given.turns, given.people, given.each, given.questions, given.model)
    if given.index:
        figures += await lag_while_indexing(given.index, given.model)
    if given.beside:
        figures += await beside_an_import(given.beside, given.questions, given.model)
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
