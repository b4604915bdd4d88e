"""A line that is written by hand is one item, and says all that it names."""

import pytest

from bench.instruments.marked_sentences import SAID_AT
from emergence.memory.harvest.read_written import read_written
from tests.memory.items_at import write
from tests.memory.served_memory import ServedMemory
from tests.memory.test_what_ends import profile, say
from tests.session.neighbours import Person


@pytest.mark.parametrize(
    ("text", "predicate", "said"),
    [
        ("Brother: Paul", "brother", "Paul"),
        ("Frère : Paul", "brother", "Paul"),
        ("Sœur : Léa", "sister", "Léa"),
        ("Allergic to dogs", "allergic_to", "dogs"),
        ("Allergic to cats, dogs and nuts", "allergic_to", "cats, dogs and nuts"),
        ("I'm allergic to cats and dogs.", "allergic_to", "cats and dogs"),
        ("Allergique aux chats et aux noix", "allergic_to", "aux chats et aux noix"),
        ("Je suis allergique aux noix, œufs et lait", "allergic_to", "aux noix and aux œufs and au lait"),
        ("Speaks German and Dutch", "speaks", "German and Dutch"),
        ("Parle breton", "speaks", "breton"),
        ("I no longer speak German or Dutch", "speaks", "German or Dutch"),
        ("I live in Nantes and work at Acme", "lives_in", "Nantes"),
    ],
)
def test_it_says_all_that_it_names_of_one_thing(text: str, predicate: str, said: str) -> None:
    read = read_written(text, SAID_AT)

    assert read is not None
    assert read[0].fact is not None
    assert (read[0].fact.predicate, read[0].fact.object) == (predicate, said)


@pytest.mark.parametrize(
    ("written", "over", "left"),
    [
        ("I'm allergic to cats and nuts.", "I'm no longer allergic to cats.", ["I'm allergic to nuts."]),
        ("Je suis allergique aux chats et aux noix.", "I'm no longer allergic to cats.",
         ["Je suis allergique aux noix."]),
        ("Je suis allergique aux noix, œufs et lait", "Je ne suis plus allergique aux noix.",
         ["Allergique au lait", "Allergique aux œufs"]),
        ("I'm allergic to cats and nuts.", "I'm no longer allergic to nuts and cats.", []),
    ],
)  # fmt: skip
async def test_of_what_was_written_in_one_line_one_thing_may_end(
    served: ServedMemory, ada: Person, written: str, over: str, left: list[str]
) -> None:
    await write(served, ada, written, "fact")

    await say(served, ada, over)

    assert sorted(await profile(served, ada)) == left
