"""What was said and is so no longer: agents are told so with the quote, and edited messages count as they read now."""

from uuid import UUID

from emergence.memory.store.edited_turns import drop_what_former_words_said
from emergence.memory.store.turns import NewTurn, add_turns
from tests.memory.items_at import ITEMS, call, texts
from tests.memory.said_turns import THEN
from tests.memory.served_memory import ServedMemory, ids
from tests.memory.test_answer_recall import told
from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer
from tests.session.threads.talking import shown, talked

HOME = "Where do I live, in which town?"


async def say(served: ServedMemory, person: Person, said: str, reply: str = "OK.") -> str:
    thread = await talked(served.session, person, said, answers=[reply])
    await served.settled()
    return thread


async def edit(served: ServedMemory, person: Person, thread: str, text: str) -> None:
    """Put the first message of a thread into other words."""
    served.session.chat.will_say(answer("OK."))
    first = (await shown(served.session, person, thread))[0]["id"]
    async with live_client(served.session.url, person) as client:
        edited = await client.ask("message.edit", message=first, text=text)
        await client.until("run.ended", run=edited["run"])
    await served.settled()


async def news(served: ServedMemory, person: Person, query: str) -> dict[str, list[tuple[str, str]]]:
    """Return what an agent is told, with what is so since."""
    return {turn.text: [(each.how, each.text) for each in turn.since] for turn in await told(served, person, query)}


async def test_a_quote_of_what_was_corrected_comes_with_the_correction(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I live in Nantes, a fine town.")
    (item,) = (await call(served, ada, "GET", ITEMS))["items"]
    assert await news(served, ada, HOME) == {"I live in Nantes, a fine town.": []}

    for text in ("Lives in Brest", "Lives in Quimper"):
        item = await call(served, ada, "PATCH", f"{ITEMS}/{item['id']}", {"text": text})

    (turn,) = await told(served, ada, HOME)
    assert [(each.how, each.text) for each in turn.since] == [("corrected", "Lives in Quimper")]
    assert turn.outdated == turn.item().outdated == "corrected"
    assert "since" not in turn.item().model_dump()

    await call(served, ada, "DELETE", f"{ITEMS}/{item['id']}", status=204)
    assert await news(served, ada, HOME) == {}


async def test_a_quote_of_what_was_said_otherwise_later_comes_with_that(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I live in Nantes, a fine town.")
    await say(served, ada, "I live in Brest, a windy town.")

    assert await news(served, ada, HOME) == {
        "I live in Nantes, a fine town.": [("changed", "Lives in Brest")],
        "I live in Brest, a windy town.": [],
    }


async def test_what_an_agent_repeated_comes_with_the_correction_too(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I live in Nantes.", "How nice is the town of Nantes where you live!")
    await say(served, ada, "Tell me of a town.", "Nantes is a town in which people live.")
    (item,) = (await call(served, ada, "GET", ITEMS))["items"]
    await call(served, ada, "PATCH", f"{ITEMS}/{item['id']}", {"text": "Lives in Brest"})

    found = await news(served, ada, HOME)

    assert found["How nice is the town of Nantes where you live!"] == [("corrected", "Lives in Brest")]
    assert found["Nantes is a town in which people live."] == []  # it is not about where anybody lives


async def test_of_an_edited_message_the_last_words_are_told(served: ServedMemory, ada: Person) -> None:
    thread = await say(served, ada, "The code of my locker is 1234.")
    await edit(served, ada, thread, "The code of my locker is 5678.")
    await edit(served, ada, thread, "The code of my locker is 9999.")
    question = "What is the code of my locker?"
    assert await news(served, ada, question) == {"The code of my locker is 9999.": []}

    last = ids(await shown(served.session, ada, thread))[0]
    await call(served, ada, "DELETE", f"/api/memory/turns/{last}", status=204)
    assert await news(served, ada, question) == {"The code of my locker is 5678.": []}


async def test_words_that_only_the_former_message_holds_come_with_the_later_ones(
    served: ServedMemory, ada: Person
) -> None:
    thread = await say(served, ada, "The marmalade of my aunt is on the shelf.")
    await edit(served, ada, thread, "Never mind.")

    assert await news(served, ada, "Where is the marmalade of my aunt?") == {
        "The marmalade of my aunt is on the shelf.": [("edited", "Never mind.")]
    }


async def test_what_only_the_former_words_say_is_known_no_longer(served: ServedMemory, ada: Person) -> None:
    thread = await say(served, ada, "I live in Nantes. I'm allergic to nuts. I like jam. My name is Ada.")
    items = {item["text"]: item["id"] for item in (await call(served, ada, "GET", ITEMS))["items"]}
    await call(served, ada, "PATCH", f"{ITEMS}/{items['Likes jam']}", {"pinned": True})

    await edit(served, ada, thread, "I live in Brest. My name is Ada.")

    now = {item["text"]: item["id"] for item in (await call(served, ada, "GET", ITEMS))["items"]}
    assert set(now) == {"Lives in Brest", "Likes jam", next(text for text in items if "Ada" in text)}
    assert items.items() & now.items() == {(text, items[text]) for text in now if text != "Lives in Brest"}
    assert await texts(served, ada, "superseded") == []


async def test_edits_count_in_whatever_order_they_are_read(served: ServedMemory, ada: Person) -> None:
    thread = await say(served, ada, "I'm allergic to nuts.")
    former, reply = ids(await shown(served.session, ada, thread))
    later = NewTurn(UUID(int=former.int + 1), 5, "user", "", THEN, "I'm allergic to cats.", edits=former)
    memory = served.parts
    assert await texts(served, ada) == ["Allergic to nuts"]

    async with memory.rows.of(ada.user_id) as tx:
        await add_turns(tx, memory.forgotten_words, ada.user_id, UUID(thread), [later])
        await drop_what_former_words_said(tx, ada.user_id, [former, reply])  # as if these had come after it

    assert await texts(served, ada) == []
