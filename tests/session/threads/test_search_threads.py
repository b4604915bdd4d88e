"""What was said is found again in French and English, in whatever form, and only by whoever said it."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from emergence.session.store.search import fill_in
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession
from tests.session.threads.talking import changed, shown, talked

SAID = {
    "horses": "Les chevaux galopaient dans la prairie près de l’étang.",
    "pupils": "Mes élèves préférées ont été émerveillées par les journaux anciens.",
    "created": "Des œuvres ont été créées cet été à Orléans.",
    "running": "She was running quickly through the cities while studying.",
    "mouse": "A mouse ate the cheese; the mice’s house is small.",
    "code": "Call read_thread(tx, user_id) in store/threads.py or node.js fails: TypeError.",
    "mail": "Write to ada.lovelace@example.org about https://example.org/estuary?x=1 today.",
    "phrase": "The quick brown fox jumps over the lazy dog.",
    "unordered": "A brown dog is quick; the fox is lazy.",
    "numbers": "Version 3.14 costs 42 euros since 2026-11-27.",
}


async def hits(served: ServedSession, person: Person, query: str, more: str = "") -> list[dict[str, Any]]:
    answered = await served.get(f"/api/threads/search?q={quote(query)}{more}", person)
    assert answered.status_code == 200, answered.text
    found: list[dict[str, Any]] = answered.json()["hits"]
    return found


@pytest.fixture
async def library(served: ServedSession, ada: Person) -> dict[str, str]:
    """Return each thing that was said by the thread it is in; answers and titles say nothing of it."""
    threads: dict[str, str] = {}
    for name, text in SAID.items():
        thread = await talked(served, ada, text, answers=["Vraiment."])
        await changed(served, ada, thread, title=f"{len(threads)}")
        threads[thread] = name
    return threads


# fmt: off
QUERIES = [
    ("cheval", {"horses"}), ("CHEVAUX", {"horses"}), ("galoper", {"horses"}), ("prairies", {"horses"}),
    ("étang", {"horses"}), ("etang", {"horses"}), ("l'étang", {"horses"}), ("étang prairie", {"horses"}),
    ("élève", {"pupils"}), ("eleves", {"pupils"}), ("ÉLÈVES", {"pupils"}), ("émerveiller", {"pupils"}),
    ("emerveille", {"pupils"}), ("journal", {"pupils"}), ("les journaux", {"pupils"}),
    ("e\u0301le\u0300ve", {"pupils"}),
    ("créer", {"created"}), ("creees", {"created"}), ("oeuvre", {"created"}), ("œuvres", {"created"}),
    ("orleans", {"created"}),
    ("run", {"running"}), ("city", {"running"}), ("studied", {"running"}),
    ("quick", {"running", "phrase", "unordered"}),
    ("house", {"mouse"}), ("mice", {"mouse"}), ("cheeses", {"mouse"}),
    ("read_thread", {"code"}), ("user_id", {"code"}), ("store/threads.py", {"code"}), ("threads.py", {"code"}),
    ("node.js", {"code"}), ("typeerror", {"code"}), ("read_thread(tx", {"code"}),
    ("ada.lovelace@example.org", {"mail"}), ("lovelace", {"mail"}), ("example.org", {"mail"}),
    ("https://example.org/estuary", {"mail"}), ("ADA.LOVELACE@EXAMPLE.ORG", {"mail"}),
    ('"quick brown fox"', {"phrase"}), ('"brown fox jumps"', {"phrase"}), ('"fox quick"', set()),
    ("fox -jumps", {"unordered"}), ("fox -jump", {"unordered"}), ('fox -"lazy dog"', {"unordered"}),
    ("-fox", set()), ("dog or cheval", {"phrase", "unordered", "horses"}), ("fox cheval", set()),
    ("3.14", {"numbers"}), ("2026-11-27", {"numbers"}), ("42 euro", {"numbers"}),
    ("the dog", {"phrase", "unordered"}), ("le cheval", {"horses"}), ("zzz", set()),
]
# fmt: on


async def test_the_right_things_are_found(served: ServedSession, ada: Person, library: dict[str, str]) -> None:
    wrong = {}
    for query, expected in QUERIES:
        found = {library[hit["thread"]["id"]] for hit in await hits(served, ada, query)}
        if found != expected:
            wrong[query] = found

    assert wrong == {}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cheval", ["chevaux"]),
        ("eleve", ["élèves"]),
        ("journal ancien", ["journaux", "anciens"]),
        ('"quick brown fox"', ["quick brown fox"]),
        ("lazy fox", ["fox", "lazy"]),
        ("ada.lovelace@example.org", ["ada.lovelace@example.org"]),
        ("user_id", ["user_id"]),
        ("oeuvre", ["œuvres"]),
    ],
)
async def test_what_was_looked_for_is_marked_as_it_was_written(
    served: ServedSession, ada: Person, query: str, expected: list[str]
) -> None:
    text = next(text for text in SAID.values() if expected[-1] in text)
    await talked(served, ada, f"<b>{text}</b>", answers=["Vraiment."])

    hit = next(hit for hit in await hits(served, ada, query) if hit["message"] is not None)

    assert sorted(piece["text"] for piece in hit["excerpt"] if piece["hit"]) == sorted(expected)
    assert "".join(piece["text"] for piece in hit["excerpt"]) == f"<b>{text}</b>"
    assert hit["role"] == "user"


async def test_a_long_text_shows_the_passage_that_was_meant(served: ServedSession, ada: Person) -> None:
    filler = "Rien de tel ici, vraiment rien. " * 2_000
    await talked(served, ada, "Hello", answers=[f"{filler}Le héron dort près de l’estuaire. {filler}"])

    (hit,) = await hits(served, ada, "hérons estuaire")

    excerpt = "".join(piece["text"] for piece in hit["excerpt"])
    assert [piece["text"] for piece in hit["excerpt"] if piece["hit"]] == ["héron", "estuaire"]
    assert len(excerpt) < 260
    assert (excerpt[:2], excerpt[-2:]) == ("… ", " …")
    assert hit["role"] == "agent"


async def test_titles_are_found_and_come_first(served: ServedSession, ada: Person) -> None:
    said = await talked(served, ada, "Tell me of the herons of the estuary and of much else", answers=["Yes."])
    await changed(served, ada, said, title="Birds")
    named = await talked(served, ada, "Hello", answers=["Yes."])
    await changed(served, ada, named, title="Hérons")

    found = await hits(served, ada, "heron")

    assert [(hit["thread"]["id"], hit["message"] is None) for hit in found] == [(named, True), (said, False)]
    await changed(served, ada, named, title="Seagulls")
    assert [hit["thread"]["id"] for hit in await hits(served, ada, "heron")] == [said]


async def test_pages_go_on_where_the_last_one_ended_best_first_then_newest(served: ServedSession, ada: Person) -> None:
    plain = [await talked(served, ada, f"the heron number {number}", answers=["Yes."]) for number in range(5)]
    best = await talked(served, ada, "heron heron heron", answers=["Yes."])
    for place, thread in enumerate([*plain, best]):
        await changed(served, ada, thread, title=str(place))

    seen, before = [], ""
    while True:
        page = (await served.get(f"/api/threads/search?q=heron&limit=2{before}", ada)).json()
        seen += [hit["thread"]["id"] for hit in page["hits"]]
        if page["next"] is None:
            break
        before = f"&before={quote(page['next'])}"

    assert seen == [best, *reversed(plain)]


async def test_nobody_finds_what_another_said(served: ServedSession, ada: Person, bob: Person) -> None:
    await talked(served, ada, "A secret heron")

    assert await hits(served, bob, "heron") == []
    assert await hits(served, bob, f"heron or user:{ada.user_id}") == []
    assert len(await hits(served, ada, "heron")) == 2  # the title and the question


async def test_what_is_in_a_branch_that_is_not_shown_is_found(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Hello", answers=["A heron"])
    (hit,) = await hits(served, ada, "heron")
    async with live_client(served.url, ada) as client:
        ack = await client.ask("message.regenerate", message=hit["message"])
        await client.until("run.ended", run=ack["run"])

    assert [each["message"] for each in await hits(served, ada, "heron")] == [hit["message"]]
    assert hit["message"] not in [message["id"] for message in await shown(served, ada, thread)]


async def test_what_was_written_before_there_was_a_search_is_filled_in(served: ServedSession, ada: Person) -> None:
    for number in range(3):
        await talked(served, ada, f"A heron {number}")
    database = served.parts.database
    async with asyncio.timeout(10):  # the service fills in by itself what an empty database lacks: nothing
        while await database.fetch("SELECT 1 FROM search_filling"):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)
    await database.execute("DELETE FROM search_texts")
    assert await hits(served, ada, "heron") == []
    await database.execute("INSERT INTO search_filling (kind) VALUES ('title'), ('message')")

    while any(await asyncio.gather(*(fill_in(database) for _ in range(3)))):
        pass

    assert len(await hits(served, ada, "heron")) == 6
    assert await database.fetch("SELECT * FROM search_filling") == []


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"mot{number}é-x" for number in range(9_000)),
        " ".join(f"{number:05}ΩЖя漢" for number in range(10_000)),
        "a-" * 49_999 + "a",
        "x" * 100_000,
        "\ufffd'\\:*&|!() <-> \u0301" * 5_000,
        "a \u0345 1e5\u0345 " * 5_000,
    ],
    ids=["many words", "many scripts", "one compound", "one word", "operators", "lone marks"],
)
async def test_no_text_is_too_strange_to_be_said(served: ServedSession, ada: Person, text: str) -> None:
    thread = await talked(served, ada, text, answers=[text * 3])

    page = (await served.get(f"/api/threads/{thread}/messages", ada)).json()

    assert [message["status"] for message in page["messages"]] == ["complete", "complete"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        '"',
        '""',
        "-",
        "- -",
        "'",
        "a'b",
        "\\",
        "&|!():*",
        "<->",
        "or",
        "or or",
        "\x00",
        "%",
        "é" * 400,
        "a " * 200,
        "𝒳",
        "or a -",
        "\u0345 a \u0345",
        '"\u0345 a1\u0345 \u0345"',
    ],
)
async def test_no_query_is_too_strange_to_be_asked(served: ServedSession, ada: Person, query: str) -> None:
    await hits(served, ada, query)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "?q=" + "a" * 401,
        "?q=a&before=x",
        "?q=a&before=1~2~3",
        "?q=a&before=1~2026-01-01T00:00:00~x",
        "?q=a&limit=0",
    ],
)
async def test_malformed_searches_are_refused(served: ServedSession, ada: Person, path: str) -> None:
    assert (await served.get(f"/api/threads/search{path}", ada)).status_code == 422
