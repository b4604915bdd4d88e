"""`emergence bench memory --data FILE…`: what memory finds again, and how fast, on conversations with known evidence.

Every file goes through the product: session is a server that answers from the file, memory hears of each thread by an
event, reads it, embeds it with the model that ships, and is asked through `recall`. Nothing is ranked here.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.instruments.cached_embedder import CachedEmbedder
from bench.instruments.engine import running_postgres
from bench.instruments.ranking_figures import BUDGETS, Judged, figures_of
from bench.instruments.recall_sets import Collection, Query, read_collections, together
from bench.instruments.remembered import embed, message_of, remembering, take_in, user_of
from bench.instruments.report import Figure, NotMeasured, progress, run_and_publish
from bench.instruments.shown_to_agents import Shown, figures_of_shown, shown_to_agents
from emergence.kernel.embeddings.embedder import Embedder
from emergence.memory.parts import Memory
from emergence.memory.recall import recall
from emergence.memory.store.recall import MANY_TURNS

DEEPEST = 20
BUDGET_DEPTH = 60  # more turns than 1,000 tokens hold
NO_BUDGET = 10**9
P95_TARGET_MS = {1_000: 80.0, 20_000: 150.0}


@dataclass(frozen=True, slots=True)
class Given:
    """What is measured, and with what."""

    collections: Sequence[Collection]
    model: str
    cache: Path | None
    many_turns: int = MANY_TURNS

    def standing_in(self, model: Embedder) -> Embedder:
        """Return the model, behind its cache if there is one."""
        return model if self.cache is None else CachedEmbedder(model, self.cache)


async def measured(given: Given) -> list[Figure]:
    """Return every figure. Raises NotMeasured."""
    async with (
        running_postgres() as database,
        remembering(database, given.collections, given.model, given.standing_in) as memory,
    ):
        memory = replace(memory, many_turns=given.many_turns)
        figures = await _indexing(memory, given.collections)
        judged: dict[str, list[Judged]] = {}
        shown: dict[str, list[Shown]] = {}
        for collection in given.collections:
            progress(f"asking {len(collection.queries)} questions of {collection.name}")
            judged.setdefault(collection.kind, []).extend(await ask_all(memory, collection))
            shown.setdefault(collection.kind, []).extend(await shown_to_agents(memory, collection))
        for kind in ("locomo", "afriqa", "plain"):
            if kind in judged:
                figures += [*figures_of(kind, judged[kind]), *figures_of_shown(kind, shown[kind])]
        asked = [each.seconds for all_of_kind in judged.values() for each in all_of_kind]
        figures += _times(asked, max(len(collection.items) for collection in given.collections))
    figures.append(
        Figure("left_out", sum(each.left_out for each in given.collections), "questions", note="no evidence")
    )
    return figures


async def _indexing(memory: Memory, collections: Sequence[Collection]) -> list[Figure]:
    turns = sum(len(collection.items) for collection in collections)
    progress(f"taking in {turns} turns")
    began = perf_counter()
    for collection in collections:
        await take_in(memory, collection)
    words_s = perf_counter() - began
    progress("making vectors")
    began = perf_counter()
    await embed(memory)
    vectors_s = perf_counter() - began
    return [
        Figure("turns", turns, "turns"),
        Figure("words_per_turn", 1000 * words_s / turns, "ms", note="from the event to findable by words"),
        Figure("vectors_per_turn", 1000 * vectors_s / turns, "ms", note="next to nothing where they came from a cache"),
    ]


async def ask_all(memory: Memory, collection: Collection) -> list[Judged]:
    """Ask every question of a collection that was taken in, and judge what is found."""
    return [await _ask(memory, collection, query) for query in collection.queries]


async def _ask(memory: Memory, collection: Collection, query: Query) -> Judged:
    user_id = user_of(collection)
    now = max(item.at for item in collection.items) + timedelta(days=1)
    wanted = {message_of(collection, item) for item in query.relevant}
    began = perf_counter()
    found = await recall(memory, user_id, query.text, limit=DEEPEST, token_budget=NO_BUDGET, now=now)
    seconds = perf_counter() - began
    ranks = tuple(rank for rank, turn in enumerate(found, start=1) if turn.message_id in wanted)
    shares = []
    for budget in BUDGETS:
        fitting = await recall(memory, user_id, query.text, limit=BUDGET_DEPTH, token_budget=budget, now=now)
        shares.append(sum(turn.message_id in wanted for turn in fitting) / len(wanted))
    return Judged(query.category, len(wanted), ranks, tuple(shares), seconds)


def _times(seconds: Sequence[float], largest: int) -> list[Figure]:
    ordered = sorted(seconds)
    p95 = 1000 * ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
    target = next((limit for size, limit in P95_TARGET_MS.items() if largest <= size), None)
    note = f"query embedding included, at most {largest} turns"
    return [
        Figure("recall_p50", 1000 * median(ordered), "ms"),
        Figure("recall_p95", p95, "ms", target, note=note),
    ]


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench memory", description="What memory finds again.")
    parser.add_argument("--data", type=Path, action="append", required=True, metavar="FILE", help="see bench/README.md")
    parser.add_argument(
        "--corrections", type=Path, metavar="FILE", help="evidence by question, instead of LoCoMo's own"
    )
    parser.add_argument("--model", default="auto", help="MEMORY_EMBEDDING_MODEL (auto)")
    parser.add_argument("--cache", type=Path, metavar="FILE", help="keeps vectors from one run to the next")
    parser.add_argument("--only", metavar="NAME", action="append", help="only collections of this name")
    parser.add_argument(
        "--many-turns", type=int, default=MANY_TURNS, metavar="N", help=f"from where threads are cut ({MANY_TURNS})"
    )
    parser.add_argument("--json", action="store_true", help="print JSON; it always does")
    given = parser.parse_args()
    return run_and_publish("memory", _measured(given))


async def _measured(given: argparse.Namespace) -> list[Figure]:
    collections = together([each for path in given.data for each in read_collections(path, given.corrections)])
    collections = [each for each in collections if not given.only or each.name in given.only]
    if not any(collection.queries for collection in collections):
        raise NotMeasured("there is no question with evidence in these files")
    return await measured(Given(collections, given.model, given.cache, given.many_turns))


if __name__ == "__main__":
    raise SystemExit(main())
