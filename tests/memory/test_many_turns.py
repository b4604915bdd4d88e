"""The ranking looks at whole rows of a few turns; it finds what the same formula finds over every row."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from bench.instruments.ranked_in_full import ranked_in_full
from emergence.kernel.embeddings.availability import vectors_unavailable_reason
from emergence.kernel.embeddings.embedder import Vector, vector_of
from emergence.memory.parts import Memory
from emergence.memory.recall import WEIGHTS
from emergence.memory.store.forms import AskedTerm, Form, get_ready
from emergence.memory.store.recall import RANKED, REACH, Likeness, Ranking, parameters, ranked_turns
from emergence.memory.store.spans import Span
from tests.session.neighbours import Person

MODEL, DIMENSIONS = "made", 8
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = [f"w{letter}{number}" for letter in "abcdefghjk" for number in range(12)]
WHOLE, CUT = 10**9, 0
FIRST = 10
needs_vectors = pytest.mark.skipif(vectors_unavailable_reason() is not None, reason="no vector can be compared here")

_KEEP = """
    INSERT INTO turns (user_id, message_id, thread_id, position, role, speaker, said_at, body, terms)
    SELECT $1, message_id, thread_id, position, role, speaker, said_at, body,
        array_to_tsvector(string_to_array(body, ' '))
    FROM unnest($2::uuid[], $3::uuid[], $4::integer[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])
        AS said (message_id, thread_id, position, role, speaker, said_at, body)
"""
_VECTORS = """
    INSERT INTO turn_vectors (user_id, message_id, model, vector)
    SELECT $1, message_id, $2, vector::public.halfvec FROM unnest($3::uuid[], $4::text[]) AS made (message_id, vector)
"""


@dataclass(frozen=True)
class Said:
    """Turns of one person: threads of so many each, and of which share there are vectors."""

    threads: Sequence[int]
    with_vectors: float = 1.0


async def keep(memory: Memory, person: Person, said: Said, dice: random.Random) -> list[UUID]:
    """Keep turns of a few words each; return the ids of their threads."""
    threads = [uuid4() for _ in said.threads]
    places = [(thread, place) for thread, size in zip(threads, said.threads, strict=True) for place in range(size)]
    ids = [UUID(int=dice.getrandbits(128)) for _ in places]
    speakers = [dice.choice(["", "", "anima", "neo"]) for _ in places]
    bodies = [" ".join(sorted(set(dice.choices(WORDS, k=dice.randint(2, 9))))) for _ in places]
    vectored = [each for each in ids if dice.random() < said.with_vectors]
    async with memory.rows.of(person.user_id) as tx:
        await tx.execute(
            _KEEP,
            person.user_id,
            ids,
            [thread for thread, _ in places],
            [place for _, place in places],
            ["agent" if speaker else "user" for speaker in speakers],
            speakers,
            [BEGAN + timedelta(hours=number) for number in range(len(places))],
            bodies,
        )
        await tx.execute(_VECTORS, person.user_id, MODEL, vectored, [_vector(dice) for _ in vectored])
    return threads


def _vector(dice: random.Random) -> Vector:
    return vector_of([dice.gauss(0, 1) for _ in range(DIMENSIONS)])


def asked(dice: random.Random, many_turns: int) -> Ranking:
    """Return a question for some words, by likeness too."""
    terms = [AskedTerm(word, "", (Form(word),)) for word in dice.sample(WORDS, 4)]
    likeness = Likeness(MODEL, _vector(dice), 0.14)
    return Ranking(terms, [], None, likeness, WEIGHTS, None, 2 * FIRST, None, many_turns)


def span(dice: random.Random, hours: int, of: int) -> Span:
    """Return so many hours, somewhere among `of`."""
    start = BEGAN + timedelta(hours=dice.randrange(of - hours))
    return Span(start, start + timedelta(hours=hours))


Ranked = list[tuple[UUID, float, float, tuple[int, ...]]]


async def in_full(memory: Memory, person: Person, ranking: Ranking) -> Ranked:
    async with memory.rows.of(person.user_id) as tx:
        rows = await ranked_in_full(tx, person.user_id, ranking)
    return [_told(row["message_id"], row["score"], row["evidence"], row["places"]) for row in rows][:FIRST]


async def by(statement: str, memory: Memory, person: Person, ranking: Ranking) -> Ranked:
    async with memory.rows.of(person.user_id) as tx:
        await get_ready(tx)
        rows = await tx.fetch(statement, *parameters(person.user_id, ranking))
    return [_told(row["message_id"], row["score"], row["evidence"], row["places"]) for row in rows][:FIRST]


def _told(message: UUID, score: float, evidence: float, places: Sequence[int] | None) -> tuple[
    UUID, float, float, tuple[int, ...]
]:  # fmt: skip
    return message, round(score, 9), round(evidence, 9), tuple(places or ())


SHORT = [1, 2, 3, 5, 8, 13, 21, REACH]
COLLECTIONS = {
    "a few turns": Said([1, 2, 4]),
    "many threads": Said(SHORT * 12),
    "half of it without a vector": Said(SHORT * 12, 0.5),
    "nothing but words": Said(SHORT * 12, 0.0),
}


@needs_vectors
@pytest.mark.parametrize("many_turns", [WHOLE, CUT])
@pytest.mark.parametrize("name", COLLECTIONS)
async def test_the_first_ten_are_those_of_the_whole_formula(
    memory: Memory, ada: Person, name: str, many_turns: int
) -> None:
    dice, said = random.Random(name), COLLECTIONS[name]
    threads = await keep(memory, ada, said, dice)
    hours = sum(said.threads)

    for number in range(2):
        plain = asked(dice, many_turns)
        dated = AskedTerm("then", "", (), (span(dice, max(hours // 9, 1), hours),))
        for variant in (
            plain,
            replace(plain, terms=[*plain.terms[:2], dated]),
            replace(plain, terms=[dated], likeness=None),
            replace(plain, terms=[]),
            replace(plain, terms=[], likeness=None),
            replace(plain, likeness=None, speakers=["neo"]),
            replace(plain, role="user", exclude_thread=threads[number % len(threads)]),
            replace(plain, within=[span(dice, max(hours // 5, 1), hours)]),
            replace(plain, within=[span(dice, max(hours // 5, 1), hours)], likeness=None),
            replace(plain, within=[]),
        ):
            assert await by(RANKED, memory, ada, variant) == await in_full(memory, ada, variant)


@needs_vectors
@pytest.mark.parametrize(
    ("sound", "broken"),
    [
        ("ORDER BY own DESC, message_id LIMIT $21", "ORDER BY message_id LIMIT $21"),
        ("ORDER BY likeness DESC, message_id LIMIT $21", "ORDER BY likeness, message_id LIMIT $21"),
        ("covered LEFT JOIN vectors", "covered JOIN vectors"),
        ("position >= starts.position", "position = starts.position"),
        ("position < starts.position", "position < starts.position - 1"),
        ("AND thread_id = $9)", "AND thread_id <> $9)"),
        ("said_at <@ (SELECT $23::text::tstzmultirange)\n        ))", "said_at IS NOT NULL\n        ))"),
        ("AND message_id NOT IN (SELECT message_id FROM vectors)", "AND false"),
    ],
)
async def test_a_ranking_that_leaves_something_out_does_not_find_the_same(
    memory: Memory, ada: Person, sound: str, broken: str
) -> None:
    dice = random.Random(sound)
    threads = await keep(memory, ada, Said(SHORT * 6 + [1] * 600, 0.5), dice)
    assert sound in RANKED
    differs = False

    for number in range(4):
        plain = asked(dice, CUT)
        for variant in (
            plain,
            replace(plain, terms=[]),
            replace(plain, terms=[], likeness=None),
            replace(plain, exclude_thread=threads[-1 - number]),
            replace(plain, within=[span(dice, 30, 900)]),
        ):
            found = await by(RANKED.replace(sound, broken), memory, ada, variant)
            differs |= found != await in_full(memory, ada, variant)

    assert differs


@needs_vectors
async def test_nobody_gets_what_another_one_said_among_many_turns(memory: Memory, ada: Person, bob: Person) -> None:
    dice = random.Random(5)
    await keep(memory, ada, Said([REACH] * 20), dice)
    before = {number: asked(random.Random(number), CUT) for number in range(5)}
    alone = [await in_full(memory, ada, ranking) for ranking in before.values()]

    await keep(memory, bob, Said([REACH] * 20), dice)

    assert [await by(RANKED, memory, ada, ranking) for ranking in before.values()] == alone
    theirs = {found[0] for ranking in before.values() for found in await by(RANKED, memory, bob, ranking)}
    assert theirs.isdisjoint(found[0] for ranked in alone for found in ranked)


@needs_vectors
async def test_one_thread_of_25_000_turns_is_ranked_as_in_full(memory: Memory, ada: Person) -> None:
    dice = random.Random(7)
    await keep(memory, ada, Said([25_000]), dice)
    await memory.database.execute("ANALYZE turns, turn_vectors")  # as the server does by itself
    ranking = asked(dice, CUT)

    full = await in_full(memory, ada, ranking)

    assert await by(RANKED, memory, ada, ranking) == full
    assert await by(RANKED, memory, ada, replace(ranking, many_turns=WHOLE)) == full


@needs_vectors
async def test_of_long_threads_that_are_cut_the_first_ten_are_nearly_the_same(memory: Memory, ada: Person) -> None:
    dice = random.Random(8)
    await keep(memory, ada, Said([4 * REACH] * 20), dice)

    shared = []
    for _ in range(8):
        ranking = asked(dice, CUT)
        full, cut = await in_full(memory, ada, ranking), await by(RANKED, memory, ada, ranking)
        shared.append(len({each[0] for each in full} & {each[0] for each in cut}))
        assert await by(RANKED, memory, ada, replace(ranking, many_turns=WHOLE)) == full

    assert sum(shared) >= 9 * len(shared), shared


@needs_vectors
async def test_what_was_deleted_meanwhile_is_not_found(memory: Memory, ada: Person) -> None:
    dice = random.Random(9)
    await keep(memory, ada, Said([REACH] * 4), dice)
    ranking = asked(dice, CUT)
    assert await by(RANKED, memory, ada, ranking)

    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("DELETE FROM turns WHERE user_id = $1", ada.user_id)

        assert await ranked_turns(tx, ada.user_id, ranking) == []
