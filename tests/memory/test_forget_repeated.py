"""What an agent repeated goes with the item that it repeats, however small words differ."""

import pytest

from tests.memory.items_at import ITEMS, call
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person
from tests.session.threads.talking import talked


@pytest.mark.parametrize(
    ("said", "repeated", "secret"),
    [
        ("Remember that my bike lock code is 4711.", "Your bike lock code is 4711.", "4711"),
        ("Note that my therapist is Doctor Krull.", "Your therapist is Doctor Krull.", "Krull"),
        ("Souviens-toi que mon code est 9988.", "Votre code est 9988.", "9988"),
        ("My name is Will.", "Your name is Will.", "name is Will"),
        ("I am 34 years old.", "You are 34 years old.", "34"),
    ],
)
async def test_what_an_agent_says_of_yours_goes_with_mine(
    served: ServedMemory, ada: Person, said: str, repeated: str, secret: str
) -> None:
    await talked(served.session, ada, said, answers=[repeated])
    await talked(served.session, ada, "And my boat?", answers=["Your boat code is 1234, 12 years, of Doctor Hale."])
    await served.settled()
    (item,) = (await call(served, ada, "GET", ITEMS))["items"]

    await call(served, ada, "DELETE", f"{ITEMS}/{item['id']}", status=204)

    assert not [text for table, text in await served.exported(ada) if table.startswith("memory") and secret in text]
    assert sorted(await served.bodies(ada)) == ["And my boat?", "Your boat code is 1234, 12 years, of Doctor Hale."]
