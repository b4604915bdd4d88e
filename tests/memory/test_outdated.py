"""What was said and is so no longer: agents are told so with the quote, and edited messages count as they read now."""

from typing import Any
from uuid import UUID

import pytest

from emergence.contracts.memory.recall import RecallRequest
from emergence.memory.answer_recall import answer_recall
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
    kept = (await call(served, ada, "GET", f"/api/memory/turns?id={turn.message}"))["turns"]
    assert [(each["how"], each["text"]) for each in kept[0]["since"]] == [("corrected", "Lives in Quimper")]

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
    assert await news(served, ada, question) == {}, "nobody forgets words to be told the ones before"


async def test_former_words_are_told_to_no_agent_and_are_found_by_who_searches(
    served: ServedMemory, ada: Person
) -> None:
    former = "My dog is called Rex."
    thread = await say(served, ada, former)
    await edit(served, ada, thread, "What a nice day.")

    assert await news(served, ada, "What is my dog called?") == {}
    assert await news(served, ada, "What is my dog called this year?") == {}
    (found,) = (await call(served, ada, "GET", "/api/memory/search?q=dog%20called"))["turns"]
    assert (found["text"], [(now["how"], now["text"]) for now in found["since"]]) == (
        former, [("edited", "What a nice day.")]
    )  # fmt: skip


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


async def test_back_to_what_was_so_before_is_no_news(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I live in Nantes, a fine town.")
    await say(served, ada, "I live in Brest, a windy town.")
    await say(served, ada, "I live in Nantes again, in this town.", "You live in Nantes, a town.")

    assert await news(served, ada, HOME) == {
        "I live in Nantes, a fine town.": [],
        "I live in Brest, a windy town.": [("changed", "Lives in Nantes")],
        "I live in Nantes again, in this town.": [],
        "You live in Nantes, a town.": [],
    }


async def test_an_answer_that_knows_what_is_so_now_or_speaks_of_something_else_is_left_alone(
    served: ServedMemory, ada: Person
) -> None:
    thread = await say(served, ada, "I live in Nantes.", "Nantes is a town of bridges.")
    served.session.chat.will_say(answer("You left Nantes, the town where you lived, so you live in Brest."))
    async with live_client(served.session.url, ada) as client:
        ack = await client.send("I live in Brest.", thread=thread)
        await client.until("run.ended", run=ack["run"])
    await served.settled()

    found = await news(served, ada, HOME)

    assert found["Nantes is a town of bridges."] == []
    assert found["You left Nantes, the town where you lived, so you live in Brest."] == []


async def test_what_was_answered_to_the_former_words_comes_with_the_later_ones(
    served: ServedMemory, ada: Person
) -> None:
    thread = await say(served, ada, "The plumber asks 80 euros.", "The plumber Zacharie asks for 80 euros.")
    await edit(served, ada, thread, "Never mind.")

    found = await news(served, ada, "What does the plumber Zacharie ask for?")

    assert found["The plumber Zacharie asks for 80 euros."] == [("edited", "Never mind.")]
    assert "The plumber asks 80 euros." not in found


async def test_with_the_last_words_go_the_former_ones_and_their_answers(served: ServedMemory, ada: Person) -> None:
    thread = await say(served, ada, "I work at Zanzibarine.", "Zanzibarine is a fine firm.")
    await edit(served, ada, thread, "I work at Zanzibarine Ltd.")
    (item,) = (await call(served, ada, "GET", ITEMS))["items"]
    item = await call(served, ada, "PATCH", f"{ITEMS}/{item['id']}", {"text": "Works at Zanzibarine Limited"})

    await call(served, ada, "DELETE", f"{ITEMS}/{item['id']}", status=204)

    assert await served.bodies(ada) == ["OK."]
    assert (await call(served, ada, "GET", "/api/memory/search?q=Zanzibarine"))["turns"] == []


async def test_forgetting_the_middle_of_several_edits_leaves_the_last_words(served: ServedMemory, ada: Person) -> None:
    thread = await say(served, ada, "The jam is marmalade.")
    await edit(served, ada, thread, "The jam is thistle.")
    middle = ids(await shown(served.session, ada, thread))[0]
    await edit(served, ada, thread, "The jam is quince.")

    await call(served, ada, "DELETE", f"/api/memory/turns/{middle}", status=204)

    assert await news(served, ada, "Which jam is it?") == {"The jam is quince.": []}


async def test_a_correction_that_is_there_already_is_that_item(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I like jam. I like honey.")
    items = {item["text"]: item["id"] for item in (await call(served, ada, "GET", ITEMS))["items"]}

    now = await call(served, ada, "PATCH", f"{ITEMS}/{items['Likes jam']}", {"text": "likes honey."})

    assert now["id"] == items["Likes honey"]
    assert await texts(served, ada) == ["Likes honey"]
    history = await call(served, ada, "GET", f"{ITEMS}/{now['id']}")
    assert [version["text"] for version in history["versions"]] == ["Likes jam"]


async def test_a_corrected_fact_is_the_only_one_of_its_kind(served: ServedMemory, ada: Person) -> None:
    await say(served, ada, "I live in Nantes. I work at Acme.")
    items = {item["text"]: item["id"] for item in (await call(served, ada, "GET", ITEMS))["items"]}
    await call(served, ada, "POST", ITEMS, {"kind": "fact", "text": "Lives in Brest"}, status=201)

    await call(served, ada, "PATCH", f"{ITEMS}/{items['Works at Acme']}", {"text": "Works at Globex"})

    assert set(await texts(served, ada)) == {"Lives in Brest", "Works at Globex"}


@pytest.mark.parametrize(
    "asked",
    [
        "What is my sister called?",
        "Hi! Can you please tell me what my sister is called? Thanks!",
        "Could you remind me of what my sister is called, please?",
        "I forgot: what is my sister called?",
        "Bonjour, peux-tu me rappeler comment s'appelle ma sœur s'il te plaît ?",
        "Dis-moi comment s'appelle ma sœur, merci d'avance",
    ],
)
async def test_courtesy_asks_for_nothing(served: ServedMemory, ada: Person, asked: str) -> None:
    await say(served, ada, "My sister is called Maudeline.")
    for number in range(12):
        await say(served, ada, f"The tram number {number} was late this morning.")

    assert (await told(served, ada, asked))[0].text == "My sister is called Maudeline."


async def test_what_stays_of_an_edited_message_says_so_where_it_is_read(served: ServedMemory, ada: Person) -> None:
    thread = await say(served, ada, "I like jam. I'm allergic to nuts. My name is Ada.")
    items = {item["text"]: item["id"] for item in (await call(served, ada, "GET", ITEMS))["items"]}
    await call(served, ada, "PATCH", f"{ITEMS}/{items['Likes jam']}", {"pinned": True})
    await call(served, ada, "PATCH", f"{ITEMS}/{items['Allergic to nuts']}", {"text": "Allergic to walnuts"})
    assert {item["since"] for item in await known(served, ada)} == {None}

    last = "My name is Ada, never mind the rest."
    await edit(served, ada, thread, last)

    now = {item["text"]: item for item in (await call(served, ada, "GET", ITEMS))["items"]}
    assert {text: [each["since"] and each["since"]["text"] for each in now[text]["sources"]] for text in now} == {
        "Likes jam": [last], "Allergic to walnuts": [last], "Is called Ada": [None],
    }  # fmt: skip
    history = await call(served, ada, "GET", f"{ITEMS}/{items['Likes jam']}")
    assert history["item"]["sources"][0]["since"]["text"] == last
    assert (await call(served, ada, "GET", "/api/memory/search?q=jam"))["items"][0]["sources"][0]["since"]
    told = {item["text"]: item["since"] and item["since"]["text"] for item in await known(served, ada)}
    assert told == {"Likes jam": last, "Allergic to walnuts": last, "Is called Ada": None}

    await call(served, ada, "PATCH", f"{ITEMS}/{items['Likes jam']}", {"text": "Likes jam and honey"})

    assert {item["since"] is None for item in await known(served, ada) if "jam" in item["text"]} == {True}


async def known(served: ServedMemory, person: Person) -> list[dict[str, Any]]:
    """Return the items that an agent is told of, whatever is asked."""
    asked = RecallRequest(user_id=person.user_id, query="Hm", limit=8, token_budget=600, patience_s=20)
    return [item.model_dump() for item in (await answer_recall(served.parts, asked)).items]
