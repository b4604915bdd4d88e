"""What people said to ChatGPT comes in as conversations of theirs, and what of it could not is counted."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.session.imports.bringing import brought, ended, messages_of, sent, text_of, threads_of, zipped
from tests.session.imports.chatgpt_export import BEGUN, MAPPING, conversation, export, node, said, simple
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ


async def test_a_conversation_comes_in_with_its_times_and_all_its_branches(served: ServedSession, ada: Person) -> None:
    result = await brought(served, ada, export(conversation()))

    assert (result["state"], result["format"], result["conversations"], result["imported"]) == ("done", "chatgpt", 1, 1)
    (thread,) = await threads_of(served, ada)
    assert thread["title"] == "La Seine & the sea"
    assert datetime.fromisoformat(thread["created_at"]) == datetime.fromtimestamp(BEGUN, UTC)
    assert datetime.fromisoformat(thread["updated_at"]) == datetime.fromtimestamp(BEGUN + 4, UTC)
    said_there = await messages_of(served, ada, thread["id"])
    assert [(m["role"], m["agent"], text_of(m), len(m["siblings"])) for m in said_there] == [
        ("user", None, "Où finit la Seine ? 🐧", 2),
        ("agent", "ChatGPT", "Au Havre.\n\n```\n# code", 2),
        ("user", None, "[image]\n\nAnd this?\n\n[file: tides.pdf]", 0),
        ("agent", "ChatGPT", "A map of <b>tides</b>.", 0),
    ]
    assert {m["status"] for m in said_there} == {"complete"}
    # left out: system, the empty first one, the call, the tool, nothing, thoughts
    assert result["left_out"] == {"messages": 6, "attachments": 3}
    async with live_client(served.url, ada) as client:
        await client.ask("branch.select", message=said_there[0]["siblings"][0])
    other = await messages_of(served, ada, thread["id"])
    assert [text_of(m) for m in other] == ["Where is the Rhône?", "In Switzerland and France."]


async def test_it_goes_on_with_an_agent_of_this_server(served: ServedSession, ada: Person) -> None:
    await brought(served, ada, export(simple("Counting", "One", "1")))
    (thread,) = await threads_of(served, ada)
    assert thread["agent"] == "anima"

    async with live_client(served.url, ada) as client:
        ack = await client.send("Two", thread=thread["id"])
        await client.until("run.ended", run=ack["run"])

    assert [turn.text for turn in served.chat.requests[-1].turns] == ["One", "1", "Two"]
    assert len(await messages_of(served, ada, thread["id"])) == 4


async def test_every_tab_hears_of_it_and_it_is_found(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        await brought(served, ada, export(simple("Hérons", "Où sont les hérons ?", "In the estuary.")))
        told = await client.until("thread.updated")

    hits = (await served.get("/api/threads/search?q=heron", ada)).json()["hits"]
    assert {hit["thread"]["id"] for hit in hits} == {told["data"]["thread"]["id"]}
    assert told["data"]["thread"] == (await served.get(f"/api/threads/{hits[0]['thread']['id']}", ada)).json()


async def test_the_same_file_twice_makes_no_second_thread(served: ServedSession, ada: Person, bob: Person) -> None:
    file = export(conversation(), simple("Two", "a", "b"))
    await brought(served, ada, file)
    again = await brought(served, ada, zipped(conversations_json=file))

    assert (again["imported"], again["known"]) == (0, 2)
    assert len(await threads_of(served, ada)) == 2
    assert await threads_of(served, bob) == []
    assert (await brought(served, bob, file))["imported"] == 2


async def test_what_was_deleted_comes_back_by_another_import(served: ServedSession, ada: Person) -> None:
    file = export(simple("Gone", "a", "b"))
    await brought(served, ada, file)
    (thread,) = await threads_of(served, ada)
    await served.ask("DELETE", f"/api/threads/{thread['id']}", ada)

    assert (await brought(served, ada, file))["imported"] == 1
    assert (await brought(served, ada, file))["known"] == 1
    assert len(await threads_of(served, ada)) == 1


async def test_an_archive_may_hold_several_files_and_much_else(served: ServedSession, ada: Person) -> None:
    file = zipped(
        export__conversations_json=export(simple("One", "a", "b")),
        **{"conversations-001_json": export(simple("Two", "c", "d")), "chat.html": b"<html>", "user_json": b"{}"},
    )

    result = await brought(served, ada, file)

    assert (result["conversations"], result["imported"]) == (2, 2)


async def test_a_conversation_that_is_none_is_left_out_with_its_place(served: ServedSession, ada: Person) -> None:
    secret = "the wild geese"
    broken = [
        {"title": secret},
        conversation(mapping={}),
        conversation(current_node="nowhere"),
        conversation(mapping=MAPPING | {"root": node("root", "last", ["system"], None)}),
        conversation(mapping={"root": node("root", None, [], None)}, current_node="root"),
        conversation(
            mapping=MAPPING | {"last": node("last", "thoughts", [], said("assistant", "x") | {"author": secret})}
        ),
    ]

    result = await brought(served, ada, export(simple("Fine", "a", "b"), *broken, simple("Fine too", "c", "d")))

    assert (result["state"], result["imported"], result["refused"]) == ("done", 2, 6)
    assert [problem["place"].partition(":")[0] for problem in result["problems"]] == [f"file[{n}]" for n in range(1, 7)]
    assert "a message follows itself" in str(result["problems"])
    assert "the branch in front ends with a message that is not there" in str(result["problems"])
    assert secret not in str(result)


@pytest.mark.parametrize("stamp", [None, "yesterday", -5, 1e300, float("nan"), True, 4e9, {}])
async def test_odd_times_are_replaced_by_the_times_around_them(
    served: ServedSession, ada: Person, stamp: object
) -> None:
    odd = simple("Odd", "a", "b")
    odd["mapping"]["n1"]["message"]["create_time"] = stamp

    assert (await brought(served, ada, export(odd)))["imported"] == 1
    (thread,) = await threads_of(served, ada)
    first, second = await messages_of(served, ada, thread["id"])
    assert first["created_at"] == second["created_at"]


async def test_halves_of_characters_and_nul_are_shown_as_such(served: ServedSession, ada: Person) -> None:
    file = export(simple("Odd \ud800", "a \ud83d b \x00 c", "😀"))
    await brought(served, ada, file)
    (thread,) = await threads_of(served, ada)
    assert [text_of(m) for m in await messages_of(served, ada, thread["id"])] == ["a \ufffd b \ufffd c", "😀"]
    assert thread["title"] == "Odd \ufffd"


async def test_conversations_older_than_the_server_keeps_them_are_counted(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url, SESSION_RETENTION_DAYS="30")) as served:
        result = await brought(served, ada, export(simple("Old", "a", "b")))
        assert (result["imported"], result["expired"]) == (0, 1)
        assert await threads_of(served, ada) == []


async def test_only_one_file_of_a_person_is_taken_in_at_a_time(served: ServedSession, ada: Person, bob: Person) -> None:
    file = export(*(simple(f"Conversation {n}", "a", f"b{n}") for n in range(60)))

    first, second = await asyncio.gather(sent(served, ada, file), sent(served, ada, file))
    others = await sent(served, bob, file)

    assert sorted([first.status_code, second.status_code]) == [202, 409]
    assert others.status_code == 202
    for person, begun in ((ada, first if first.status_code == 202 else second), (bob, others)):
        assert (await ended(served, person, begun.json()["id"]))["imported"] == 60
        assert len(await threads_of(served, person)) == 60


async def test_others_see_nothing_of_an_import(served: ServedSession, ada: Person, bob: Person) -> None:
    result = await brought(served, ada, export(simple("Mine", "a", "b")))

    assert (await served.get(f"/api/threads/imports/{result['id']}", bob)).status_code == 404
    assert (await served.get("/api/threads/imports", bob)).json() == {"imports": []}
    assert (await served.get("/api/threads/imports", ada)).json() == {"imports": [result]}
    assert (await served.ask("POST", "/api/threads/import", None)).status_code == 401


async def test_another_programs_answer_is_asked_for_again_of_an_agent_of_ours(
    served: ServedSession, ada: Person
) -> None:
    await brought(served, ada, export(simple("Counting", "One", "1")))
    (thread,) = await threads_of(served, ada)
    answer = (await messages_of(served, ada, thread["id"]))[1]["id"]

    async with live_client(served.url, ada) as client:
        ack = await client.ask("message.regenerate", message=answer)
        await client.until("run.ended")

    assert ack["type"] == "ack", ack
    (again,) = (await messages_of(served, ada, thread["id"]))[1:]
    assert again["siblings"] == [answer, again["id"]]
    assert (again["agent"], again["status"]) == ("anima", "complete")
