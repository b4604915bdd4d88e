"""Who is close to somebody is one person in both languages, and stays so until they are said to be dead."""

import re
from pathlib import Path
from uuid import UUID

import pytest

from emergence.memory.store.relations import one_of_relation, relation_of
from tests.memory.harvest.test_harvest_turn import bodies, harvest
from tests.memory.items_at import texts
from tests.memory.served_memory import ServedMemory
from tests.memory.test_what_ends import say
from tests.session.neighbours import Person

MIGRATION = Path(__file__).parents[3] / "src/emergence/memory/migrations/0012_one_relation.sql"


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("I have a dog called Rex and a cat called Tom.", ["Dog: Rex", "Cat: Tom"]),
        ("I have a dog called Rex, a cat named Tom and a horse called Bo.", ["Dog: Rex", "Cat: Tom", "Horse: Bo"]),
        ("J’ai un chien qui s’appelle Rex et un chat qui s’appelle Tom.", ["Chien : Rex", "Chat : Tom"]),
        ("I have a friend with a cat called Bo and a dog called Rex.", []),
        ("She has a cat called Bo and a dog called Rex.", []),
        ("J’ai un ami avec un chat nommé Bo et un chien nommé Rex.", []),
    ],
)
def test_of_several_animals_each_is_kept(said: str, made: list[str]) -> None:
    assert bodies(said) == made


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("My dog Rex died.", ["Dog Rex died", "Rex is no longer alive"]),
        ("Our old dog Rex passed away last week.", ["Dog Rex died", "Rex is no longer alive"]),
        ("My father died of cancer in March 2019.", ["Father died"]),
        ("My wife died.", ["Wife died", "Wife is no longer alive"]),
        ("My wife died ten years ago.", ["Wife died"]),  # there may be another one by now
        ("Mon chien Rex est mort.", ["Chien Rex : mort", "Rex n’est plus en vie"]),
        ("Ma grand-mère Odile vient de mourir.", ["Grand-mère Odile : mort(e)", "Odile n’est plus en vie"]),
        ("Ma mère est décédée en mars 2019.", ["Mère : décédée"]),
        ("My dog Rex died laughing.", ["Dog: Rex"]),
        ("My sister Léa almost died.", ["Sister: Léa"]),
        ("Mon frère Jo est mort de rire.", ["Frère : Jo"]),
        ("If my dog Rex died I would cry.", []),
        ("She says my dog Rex died.", []),
        ("My phone died.", []),
    ],
)
def test_who_died_is_told_from_who_died_laughing(said: str, made: list[str]) -> None:
    assert bodies(said) == made


@pytest.mark.parametrize(
    ("so", "over", "now"),
    [
        ("I have a dog called Rex and a cat called Tom.", "My dog Rex died.", {"Cat: Tom", "Dog Rex died"}),
        ("I have a dog called Rex and a cat called Tom.", "Mon chien Rex est mort.", {"Cat: Tom", "Chien Rex : mort"}),
        ("J’ai un chien qui s’appelle Rex.", "My dog Rex died.", {"Dog Rex died"}),
    ],
)
async def test_who_died_is_no_longer_there(
    served: ServedMemory, ada: Person, so: str, over: str, now: set[str]
) -> None:
    await say(served, ada, so, over)

    told = {text for text in await texts(served, ada) if "alive" not in text and "en vie" not in text}
    assert told == now
    assert len(await texts(served, ada, "superseded")) == 1


async def test_somebody_close_is_one_fact_in_both_languages(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "My brother is called Paul.", "Mon frère s’appelle Paul.", "Mon frère s’appelle Luc.")
    await say(served, ada, "Ma sœur s’appelle Léa.", "My sister is called Léa.", "Ma tante s’appelle Odile.")

    assert sorted(await texts(served, ada)) == ["Brother: Paul", "Frère : Luc", "Sœur : Léa", "Tante : Odile"]
    assert await sources_of(served, ada.user_id, "Brother: Paul") == 2


@pytest.mark.parametrize(
    ("one", "other", "now"),
    [
        ("My brother lives in Lyon.", "Mon frère habite à Nice.", "Frère : habite à Nice"),
        ("Ma femme habite à Lyon.", "My wife lives in Nice.", "Wife: lives in Nice"),
        ("Mon petit frère habite à Lyon.", "My younger brother lives in Nice.", "Younger brother: lives in Nice"),
    ],
)
async def test_where_they_live_is_said_in_either_language(
    served: ServedMemory, ada: Person, one: str, other: str, now: str
) -> None:
    await say(served, ada, one, other)

    assert await texts(served, ada) == [now]


async def test_what_older_versions_kept_in_french_is_given_the_same_name(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "My brother lives in Lyon.", "My sister is called Léa.", "I live in Nantes.")
    (renaming,) = [
        statement for statement in MIGRATION.read_text(encoding="utf-8").split(";") if "UPDATE facts" in statement
    ]
    async with served.parts.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE facts SET subject = 'frere' WHERE subject = 'brother'")
        await tx.execute("UPDATE facts SET predicate = 'soeur' WHERE predicate = 'sister'")
        await tx.execute(renaming)
        rows = await tx.fetch("SELECT subject, predicate FROM facts ORDER BY subject, predicate")
        words = re.findall(r"\('([\w-]+)', '(\w+)'\)", renaming)

    assert [tuple(row.values()) for row in rows] == [("brother", "lives_in"), ("user", "lives_in"), ("user", "sister")]
    assert [one for one, relation in words if relation_of(one.replace("_", " ")) != relation] == []


@pytest.mark.parametrize(
    ("said", "relation", "which"),
    [
        ("frere cadet", "brother", "younger brother"),
        ("little brother", "brother", "younger brother"),
        ("autre soeur", "sister", "other sister"),
        ("demi-soeur", "sister", "half sister"),
        ("meilleure amie", "best_friend", "best friend"),
        ("grand-mere", "grandmother", "grandmother"),
        ("grande soeur", "sister", "older sister"),
        ("femme", "partner", "partner"),
        ("chaton", "cat", "cat"),
        ("notary", "notary", "notary"),
    ],
)
def test_a_relation_has_one_name(said: str, relation: str, which: str) -> None:
    assert (relation_of(said), one_of_relation(said)) == (relation, which)


def test_the_predicate_is_the_same_for_both() -> None:
    (one,), (other,) = harvest("My kitten is called Pixel."), harvest("Mon chat s’appelle Pixel.")
    assert one.fact == other.fact


async def sources_of(served: ServedMemory, user_id: UUID, body: str) -> int:
    async with served.parts.rows.of(user_id) as tx:
        return int(
            await tx.fetchval(
                "SELECT count(*) FROM item_sources JOIN items ON items.id = item_id WHERE body = $1", body
            )
        )
