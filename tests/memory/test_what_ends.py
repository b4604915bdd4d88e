"""What is over leaves the profile, in whichever language it was said, and the end of it is kept."""

import pytest

from emergence.memory.store.profile import profile_of
from emergence.memory.store.what_ends import ends_wish, is_same_thing
from tests.memory.items_at import texts, write
from tests.memory.served_memory import ServedMemory
from tests.memory.test_keep_harvest import kept
from tests.session.neighbours import Person
from tests.session.threads.talking import talked


async def say(served: ServedMemory, person: Person, *said: str) -> None:
    for words in said:
        await talked(served.session, person, words, answers=["Ah."])
        await served.settled()


async def profile(served: ServedMemory, person: Person) -> list[str]:
    async with served.parts.rows.of(person.user_id) as tx:
        return [item.body for item in await profile_of(tx, person.user_id)]


@pytest.mark.parametrize(
    ("so", "over", "end"),
    [
        ("I'm allergic to cats.", "I'm no longer allergic to cats.", "No longer allergic to cats"),
        ("I'm allergic to cats.", "Je ne suis plus allergique aux chats.", "N’est plus allergique aux chats"),
        ("Je suis végane.", "Je ne suis plus végane.", "N’est plus végane"),
        ("I'm vegan.", "Je ne suis plus végane.", "N’est plus végane"),
        ("Je suis végétarienne.", "I am not a vegetarian any more.", "No longer vegetarian"),
        ("J'ai de l'asthme.", "I don't have asthma anymore.", "No longer has asthma"),
        ("I'm vegan.", "Je mange de nouveau de la viande.", "Mange de nouveau de la viande"),
        ("I don't eat meat.", "I eat meat again.", "Eats meat again"),
        ("My wife is called Ingrid.", "Ingrid and I broke up.", "No longer with Ingrid"),
        ("Ma femme s'appelle Ingrid.", "Je suis de nouveau célibataire.", "N’est plus en couple"),
        ("I speak Dutch.", "Je ne parle plus néerlandais.", "Ne parle plus néerlandais"),
        ("Je parle un peu d'italien.", "I no longer speak Italian.", "No longer speaks Italian"),
        ("I'm on a low-salt diet.", "I'm no longer on a low-salt diet.", "No longer on a low-salt diet"),
        ("Je mange halal.", "I no longer eat halal.", "No longer eats halal"),
    ],
)
async def test_what_is_over_leaves_the_profile_and_its_end_is_linked_to_it(
    served: ServedMemory, ada: Person, so: str, over: str, end: str
) -> None:
    await say(served, ada, so)
    (before,) = await profile(served, ada)

    await say(served, ada, over)

    assert await profile(served, ada) == []
    assert {(row["body"], row["kind"] == "event", row["state"]) for row in await kept(served, ada)} == {
        (before, False, "superseded"), (end, True, "active"),
    }  # fmt: skip
    async with served.parts.rows.of(ada.user_id) as tx:
        linked = await tx.fetch(
            "SELECT a.body, b.body AS former, links.kind FROM links"
            " JOIN items a ON a.id = from_id JOIN items b ON b.id = to_id"
        )
    assert [tuple(row.values()) for row in linked] == [(end, before, "updates")]


@pytest.mark.parametrize(
    ("so", "denied"),
    [
        ("I'm allergic to cats.", "I'm not allergic to cats."),
        ("I'm allergic to cats.", "Je ne suis pas allergique aux chats."),
        ("Je suis diabétique.", "I'm not diabetic."),
        ("J'ai de l'asthme.", "Je n'ai pas d'asthme."),
    ],
)
async def test_what_is_denied_is_contradicted(served: ServedMemory, ada: Person, so: str, denied: str) -> None:
    await say(served, ada, so, "I'm allergic to nuts.")
    await say(served, ada, denied)

    assert await profile(served, ada) == ["Allergic to nuts"]
    assert await links(served, ada) == ["contradicts"]

    await say(served, ada, so)
    assert len(await profile(served, ada)) == 2, "the latest said counts"


@pytest.mark.parametrize(
    ("so", "kind", "written"),
    [
        ("I'm allergic to cats.", "fact", "I'm no longer allergic to cats"),
        ("I'm allergic to cats.", "fact", "Je ne suis plus allergique aux chats."),
        ("Je suis végane.", "preference", "I'm no longer vegan."),
        ("I smoke.", "fact", "I've stopped smoking."),
    ],
)
async def test_an_end_that_is_written_by_hand_ends_what_was_so(
    served: ServedMemory, ada: Person, so: str, kind: str, written: str
) -> None:
    await say(served, ada, so, "I'm allergic to nuts.")
    (before,) = [row["body"] for row in await kept(served, ada) if row["body"] != "Allergic to nuts"]

    await write(served, ada, written, kind)

    assert await texts(served, ada, "superseded") == [before]
    assert await profile(served, ada) == ["Allergic to nuts"]
    assert await links(served, ada) == ["updates"]
    assert written in await texts(served, ada)


async def links(served: ServedMemory, person: Person) -> list[str]:
    async with served.parts.rows.of(person.user_id) as tx:
        return [row["kind"] for row in await tx.fetch("SELECT kind FROM links")]


async def test_what_is_not_over_stays(served: ServedMemory, ada: Person) -> None:
    so = ("I'm vegan.", "I'm allergic to nuts.", "I'm allergic to cats.", "I have asthma.", "I like meat.")
    await say(served, ada, *so)
    before = await profile(served, ada)

    await say(
        served, ada, "I'm no longer allergic to dogs.", "My sister is no longer vegan.", "I'm not diabetic any more."
    )
    await say(
        served, ada, "Je ne suis plus végétarienne.", "Il m'a dit « je ne suis plus végane ».", "I drink tea again."
    )

    assert len(before) == len(so)
    assert await profile(served, ada) == before


async def test_what_begins_again_is_so_again(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I'm vegan.", "I'm no longer vegan.", "Je suis végane.")
    assert await profile(served, ada) == ["Est végane"]

    await say(served, ada, "I eat fish again.")
    assert await profile(served, ada) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("My brother lives in Lyon.", "My other brother lives in Nice."),
        ("My brother lives in Lyon.", "My second brother lives in Nice."),
        ("My younger brother lives in Lyon.", "My older brother lives in Nice."),
        ("Mon frère habite à Lyon.", "Mon autre frère habite à Nice."),
        ("Mon petit frère habite à Lyon.", "Mon deuxième frère habite à Nice."),
        ("Mon grand frère habite à Lyon.", "Mon frère cadet habite à Nice."),
    ],
)
async def test_another_brother_is_somebody_else(served: ServedMemory, ada: Person, one: str, other: str) -> None:
    await say(served, ada, one, other)

    assert len(await texts(served, ada)) == 2
    await say(served, ada, one.replace("Lyon", "Brest"))
    (former,) = await texts(served, ada, "superseded")
    assert "Lyon" in former


@pytest.mark.parametrize(
    ("end", "thing", "same"),
    [
        ("aux noix", "nuts", True), ("strawberries", "a la fraise", True), ("diabetic", "type 2 diabetes", True),
        ("nuts and eggs", "aux oeufs", True), ("nuts", "nuts and eggs", False), ("cats", "dogs", False),
        ("nuts", "peanuts", False), ("cats", "", False),
    ],
)  # fmt: skip
def test_one_thing_has_many_words(end: str, thing: str, same: bool) -> None:
    assert is_same_thing(end, thing) is same


@pytest.mark.parametrize(
    ("end", "wish", "ends"),
    [
        (("diet", "vegane", -1.0), ("diet", "vegan", 1.0), True),
        (("diet", "vegane", -1.0), ("diet", "vegetarian", 1.0), False),
        (("likes:fish", "fish", 1.0), ("diet", "pescatarian", 1.0), False),
        (("likes:viande", "viande", 1.0), ("diet", "pescetarienne", 1.0), True),
        (("likes:viande", "viande", 1.0), ("likes:meat", "meat", -1.0), True),
        (("likes:meat", "meat", 1.0), ("likes:meat", "meat", 1.0), False),
        (("likes:wine", "wine", 1.0), ("drinks", "teetotal", 1.0), True),
    ],
)
def test_who_eats_something_again_keeps_no_diet_without_it(
    end: tuple[str, str, float], wish: tuple[str, str, float], ends: bool
) -> None:
    assert ends_wish(end, wish) is ends
