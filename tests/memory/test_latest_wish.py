"""Of wishes about answers that contradict each other the latest counts."""

import pytest

from tests.memory.items_at import texts
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person
from tests.session.threads.talking import talked


@pytest.mark.parametrize(
    ("before", "latest"),
    [
        ("Réponds toujours brièvement.", "Réponds toujours longuement."),
        ("Always use bullet points.", "No bullet points please."),
        ("Never use emojis.", "You may use emojis again."),
        ("N’utilise jamais d’emojis.", "Tu peux à nouveau utiliser des emojis."),
        ("No emojis.", "Always use emojis."),
    ],
)
async def test_the_latest_of_two_wishes_counts(served: ServedMemory, ada: Person, before: str, latest: str) -> None:
    for said in (before, "Never use tables.", latest):
        await talked(served.session, ada, said, answers=["OK."])
        await served.settled()

    assert set(await texts(served, ada)) == {latest.rstrip("."), "Never use tables"}
    assert [text.replace("'", "’") for text in await texts(served, ada, "superseded")] == [before.rstrip(".")]
