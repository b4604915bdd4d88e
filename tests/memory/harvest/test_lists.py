"""Of several things that are said at once none is left out, and each may end by itself."""

import pytest

from tests.memory.harvest.test_harvest_turn import bodies
from tests.memory.items_at import texts
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person
from tests.session.threads.talking import talked


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("I'm allergic to nuts, eggs and milk.", ["Allergic to nuts", "Allergic to eggs", "Allergic to milk"]),
        ("I'm deathly allergic to nuts.", ["Allergic to nuts"]),
        ("I'm allergic to penicillin, latex, and bee stings.",
         ["Allergic to penicillin", "Allergic to latex", "Allergic to bee stings"]),
        ("I'm allergic to nuts, eggs, milk.", ["Allergic to nuts", "Allergic to eggs", "Allergic to milk"]),
        ("I'm allergic to bee and wasp stings.", ["Allergic to bee and wasp stings"]),
        ("My allergies are nuts and eggs.", ["Allergic to nuts", "Allergic to eggs"]),
        ("I have an allergy to nuts and soy.", ["Allergic to nuts", "Allergic to soy"]),
        ("I have asthma and diabetes.", ["Has asthma", "Has diabetes"]),
        ("I have asthma, diabetes and epilepsy.", ["Has asthma", "Has diabetes", "Has epilepsy"]),
        ("I don't eat pork, beef or shellfish.",
         ["Does not eat pork", "Does not eat beef", "Does not eat shellfish"]),
        ("I'm intolerant to lactose, gluten and fructose.",
         ["Is intolerant to lactose", "Is intolerant to gluten", "Is intolerant to fructose"]),
        ("Je suis allergique aux noix, aux œufs et au lait.",
         ["Allergique aux noix", "Allergique aux œufs", "Allergique au lait"]),
        ("Je suis allergique aux noix, œufs et lait.",
         ["Allergique aux noix", "Allergique aux œufs", "Allergique au lait"]),
        ("Je suis allergique aux noix, œufs, lait.",
         ["Allergique aux noix", "Allergique aux œufs", "Allergique au lait"]),
        ("Je suis allergique aux noix, arachides, moutarde, truc.",
         ["Allergique aux noix", "Allergique aux arachides", "Allergique à la moutarde", "Allergique à : truc"]),
        ("Je suis allergique aux piqûres d’abeille et guêpe.", ["Allergique aux piqûres d'abeille et guêpe"]),
        ("I'm allergic to nuts, eggs and I live in Brest.",
         ["Allergic to nuts", "Allergic to eggs", "Lives in Brest"]),
        ("Je suis allergique aux noix, aux œufs et j’habite à Brest.",
         ["Allergique aux noix", "Allergique aux œufs", "Habite à Brest"]),
        ("I don't eat pork, beef and I live in Brest.",
         ["Does not eat pork", "Does not eat beef", "Lives in Brest"]),
        ("I speak German, a little Dutch and Welsh.", ["Speaks German", "Speaks a little Dutch", "Speaks Welsh"]),
        ("Je parle allemand et un peu de breton.", ["Parle allemand", "Parle un peu de breton"]),
        ("I no longer speak Dutch or Welsh.", ["No longer speaks Dutch", "No longer speaks Welsh"]),
        ("Je parle pas anglais.", ["Ne parle pas anglais"]),
        ("Je ne mange pas de porc, de bœuf ni de crustacés.",
         ["Ne mange pas de porc", "Ne mange pas de bœuf", "Ne mange pas de crustacés"]),
        ("J’ai de l’asthme et du diabète.", ["A de l'asthme", "A du diabète"]),
        ("Je suis intolérante au lactose, au gluten et au fructose.",
         ["Est intolérante au lactose", "Est intolérante au gluten", "Est intolérante au fructose"]),
        ("I'm no longer allergic to cats, dogs and horses.", ["No longer allergic to cats, dogs and horses"]),
    ],
)  # fmt: skip
def test_of_a_list_each_thing_is_kept(said: str, made: list[str]) -> None:
    assert bodies(said) == made


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("I'm allergic to nuts, love cheese and live in Nantes.", ["Allergic to nuts", "Lives in Nantes"]),
        ("I'm allergic to nuts, sorry.", ["Allergic to nuts"]),
        ("I'm allergic to nuts, Paul and Anna are not.", ["Allergic to nuts"]),
        ("I don't eat meat, drink alcohol or smoke.", ["Does not eat meat"]),
        ("My allergies are bad and annoying.", []),
        ("I'm allergic to nuts, Paul and I live in Brest.", ["Allergic to nuts", "Lives in Brest"]),
        ("I'm allergic to nuts, left-handed and I live in Brest.", ["Allergic to nuts", "Lives in Brest"]),
        ("I'm allergic to nuts, nervous and I live in Brest.", ["Allergic to nuts", "Lives in Brest"]),
        ("I don't speak French very well.", []),
        ("Je suis intolérante au lactose, végétarienne et sportive.", ["Est intolérante au lactose"]),
        ("Je suis allergique aux noix, j’aime le fromage et j’habite à Nantes.",
         ["Allergique aux noix", "Aime le fromage", "Habite à Nantes"]),
    ],
)  # fmt: skip
def test_what_goes_on_otherwise_is_no_thing_of_the_list(said: str, made: list[str]) -> None:
    assert bodies(said) == made


async def test_one_thing_of_several_ends_by_itself(served: ServedMemory, ada: Person) -> None:
    await talked(served.session, ada, "I'm allergic to cats, nuts and eggs.", answers=["OK."])
    await served.settled()
    await talked(served.session, ada, "I'm no longer allergic to cats.", answers=["OK."])
    await served.settled()

    kept = await texts(served, ada)

    assert {"Allergic to nuts", "Allergic to eggs"} <= set(kept)
    assert "Allergic to cats" not in kept


async def test_one_language_of_two_ends_by_itself(served: ServedMemory, ada: Person) -> None:
    await talked(served.session, ada, "I speak German and Dutch.", answers=["OK."])
    await served.settled()
    await talked(served.session, ada, "I no longer speak Dutch.", answers=["OK."])
    await served.settled()

    assert sorted(await texts(served, ada)) == ["No longer speaks Dutch", "Speaks German"]
    assert await texts(served, ada, "superseded") == ["Speaks Dutch"]


async def test_who_moved_lives_in_one_town_alone(served: ServedMemory, ada: Person) -> None:
    for said in ("I live in Nantes.", "J’ai déménagé de Nantes à Brest.", "I no longer live in Brest but in Rome."):
        await talked(served.session, ada, said, answers=["OK."])
        await served.settled()

    lives = [text for text in await texts(served, ada) if text.startswith(("Lives", "Habite"))]
    assert lives == ["Lives in Rome"]
    assert set(await texts(served, ada, "superseded")) == {"Lives in Nantes", "Habite à Brest"}
