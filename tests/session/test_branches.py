"""Saying something else in place of an earlier message, and going back to what was said before."""

import asyncio
import re
from importlib.resources import files
from uuid import uuid4

import pytest

from emergence.contracts.session.protocol import MESSAGE_MAX_CHARACTERS
from emergence.session import migrations
from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer, started
from tests.session.served_session import ServedSession
from tests.session.threads.talking import shown, talked, text_of


async def texts(served: ServedSession, person: Person, thread: str) -> list[str]:
    return [text_of(message) for message in await shown(served, person, thread)]


async def test_an_edited_question_begins_a_branch_and_agents_see_that_branch_only(
    served: ServedSession, ada: Person
) -> None:
    thread = await talked(served, ada, "Hello", "Capital of Frnace?", "Thanks", answers=["Hi.", "Lyon.", "Welcome."])
    before = await shown(served, ada, thread)
    served.chat.will_say(answer("Paris."), answer("Gladly."))

    async with live_client(served.url, ada) as client:
        edited = await client.ask("message.edit", message=before[2]["id"], text="Capital of France?")
        await client.until("run.ended", run=edited["run"])
        thanks = await client.send("Great", thread=thread)
        await client.until("run.ended", run=thanks["run"])

    assert [turn.text for turn in served.chat.requests[3].turns] == ["Hello", "Hi.", "Capital of France?"]
    assert [turn.text for turn in served.chat.requests[4].turns][2:] == ["Capital of France?", "Paris.", "Great"]
    after = await shown(served, ada, thread)
    assert [text_of(message) for message in after] == [
        "Hello", "Hi.", "Capital of France?", "Paris.", "Great", "Gladly.",
    ]  # fmt: skip
    assert [message["siblings"] for message in after[:2]] == [[], []]
    assert after[2]["siblings"] == [before[2]["id"], edited["message"]]
    assert [message["parent"] for message in after] == [None, *(message["id"] for message in after[:-1])]


async def test_a_branch_is_shown_again_on_every_device_up_to_where_it_was_left(
    served: ServedSession, ada: Person
) -> None:
    thread = await talked(served, ada, "One", "Two", answers=["1", "2"])
    first = await shown(served, ada, thread)

    async with live_client(served.url, ada) as desk, live_client(served.url, ada) as phone:
        edited = await desk.ask("message.edit", message=first[0]["id"], text="Uno")
        await desk.until("run.ended", run=edited["run"])
        chosen = await phone.ask("branch.select", message=first[0]["id"])
        heard = await desk.until("branch.selected")
        again = await phone.ask("branch.select", message=first[0]["id"])
        assert await shown(served, ada, thread) == [
            first[0] | {"siblings": [first[0]["id"], edited["message"]]}, *first[1:]
        ]  # fmt: skip
        await phone.ask("branch.select", message=edited["reply"])
        await desk.until("branch.selected", leaf=edited["reply"])

    assert (chosen["message"], heard["data"]["leaf"], again["message"]) == (first[-1]["id"],) * 3
    assert [frame["type"] for frame in desk.heard].count("branch.selected") == 2  # not for what was shown already
    assert (await texts(served, ada, thread))[0] == "Uno"


async def test_what_is_said_goes_on_in_the_branch_that_is_shown(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "One", answers=["1"])
    (question, reply) = await shown(served, ada, thread)
    served.chat.will_say(answer("I"), answer("1, then"))

    async with live_client(served.url, ada) as client:
        again = await client.ask("message.regenerate", message=reply["id"])
        await client.until("run.ended", run=again["run"])
        await client.ask("branch.select", message=reply["id"])
        more = await client.send("And then?", thread=thread)
        await client.until("run.ended", run=more["run"])

    assert [turn.text for turn in served.chat.requests[-1].turns] == ["One", "1", "And then?"]
    assert await texts(served, ada, thread) == ["One", "1", "And then?", "1, then"]
    assert question["id"] == (await shown(served, ada, thread))[0]["id"]


async def test_pages_go_back_through_the_branch_they_began_in(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "One", "Two", "Three", answers=["1", "2", "3"])
    whole = await shown(served, ada, thread)
    newest = (await served.get(f"/api/threads/{thread}/messages?limit=2", ada)).json()
    async with live_client(served.url, ada) as client:
        edited = await client.ask("message.edit", message=whole[2]["id"], text="Deux")
        await client.until("run.ended", run=edited["run"])

    older = await served.get(f"/api/threads/{thread}/messages?limit=2&before={newest['next']}", ada)
    of_the_version_before = await served.get(f"/api/threads/{thread}/messages?before=1.0", ada)

    assert [text_of(message) for message in older.json()["messages"]] == ["Two", "2"]
    assert [text_of(message) for message in of_the_version_before.json()["messages"]] == ["One", "1"]
    assert await shown(served, ada, thread, limit=1) == await shown(served, ada, thread)
    for unknown in (str(uuid4()), "7.0"):
        refused = await served.get(f"/api/threads/{thread}/messages?before={unknown}", ada)
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_message")


async def test_a_page_before_a_message_of_another_thread_or_person_is_refused(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    thread, other = await talked(served, ada, "One"), await talked(served, bob, "Secret")
    (_, reply) = await shown(served, bob, other)

    refused = await served.get(f"/api/threads/{thread}/messages?before={reply['id']}", ada)

    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_message")


@pytest.mark.parametrize(
    ("text", "code"), [("  \n", "empty_message"), ("x" * (MESSAGE_MAX_CHARACTERS + 1), "message_too_long")]
)
async def test_what_cannot_be_said_cannot_be_edited_to(
    served: ServedSession, ada: Person, text: str, code: str
) -> None:
    thread = await talked(served, ada, "One")
    (question, reply) = await shown(served, ada, thread)

    async with live_client(served.url, ada) as client:
        refused = await client.ask("message.edit", message=question["id"], text=text)
        of_an_agent = await client.ask("message.edit", message=reply["id"], text="Mine")
        unknown = await client.ask("message.edit", message=str(uuid4()), text="Mine")
        of_nobody = await client.ask("branch.select", message=str(uuid4()))
        hal = await client.ask("message.edit", message=question["id"], text="Mine", agent="hal")

    assert [each["code"] for each in (refused, of_an_agent, unknown, of_nobody, hal)] == [
        code, "not_editable", "unknown_message", "unknown_message", "unknown_agent",
    ]  # fmt: skip
    assert await shown(served, ada, thread) == [question, reply]


async def test_an_edit_that_comes_twice_makes_one_branch(served: ServedSession, ada: Person) -> None:
    thread, cid = await talked(served, ada, "One"), str(uuid4())
    (question, _) = await shown(served, ada, thread)

    async with live_client(served.url, ada) as client:
        first = await client.ask("message.edit", message=question["id"], text="Uno", cid=cid)
        again = await client.ask("message.edit", message=question["id"], text="Uno", cid=cid)
        other = await client.ask("message.edit", message=question["id"], text="Eins", cid=cid)

    assert again == first | {"repeated": True}
    assert other["code"] == "cid_reused"
    assert (await shown(served, ada, thread))[0]["siblings"] == [question["id"], first["message"]]


async def test_two_devices_that_edit_at_once_make_two_branches(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "One")
    (question, _) = await shown(served, ada, thread)

    async with live_client(served.url, ada) as desk, live_client(served.url, ada) as phone:
        one, two = await asyncio.gather(
            desk.ask("message.edit", message=question["id"], text="Uno"),
            phone.ask("message.edit", message=question["id"], text="Eins"),
        )
        await desk.until("run.ended", run=one["run"])
        await desk.until("run.ended", run=two["run"])

    (last, _) = await shown(served, ada, thread)
    assert set(last["siblings"]) == {question["id"], one["message"], two["message"]}
    assert last["id"] == last["siblings"][-1]


async def test_an_edit_while_an_answer_is_written_loses_nothing_of_it(served: ServedSession, ada: Person) -> None:
    go_on = asyncio.Event()
    served.chat.will_say([started(), *answer("So far")[1:2], go_on.wait], answer("Uno."))

    async with live_client(served.url, ada) as client:
        first = await client.send("One")
        await client.until("message.delta")
        edited = await client.ask("message.edit", message=first["message"], text="Uno")
        await client.ask("run.stop", run=first["run"])
        await client.until("run.ended", run=edited["run"], reason="done")
        await client.ask("branch.select", message=first["message"])

    assert await texts(served, ada, first["thread"]) == ["One", "So far"]


async def test_a_message_that_is_created_or_final_says_what_stands_beside_it(
    served: ServedSession, ada: Person
) -> None:
    thread = await talked(served, ada, "One")
    (question, reply) = await shown(served, ada, thread)

    async with live_client(served.url, ada) as client:
        again = await client.ask("message.regenerate", message=reply["id"])
        final = await client.until("message.final")
        created = next(frame for frame in client.heard if frame["type"] == "message.created")

    beside = [reply["id"], again["reply"]]
    assert created["data"]["message"]["siblings"] == final["data"]["message"]["siblings"] == beside
    assert created["data"]["message"]["parent"] == final["data"]["message"]["parent"] == question["id"]


async def test_a_thread_that_began_empty_takes_its_first_message(served: ServedSession, ada: Person) -> None:
    made = (await served.ask("POST", "/api/threads", ada, {})).json()

    assert await shown(served, ada, made["id"]) == []
    async with live_client(served.url, ada) as client:
        first = await client.send("One", thread=made["id"])
        await client.until("run.ended", run=first["run"])

    assert [message["parent"] for message in await shown(served, ada, made["id"])] == [None, first["message"]]


async def test_what_the_version_before_says_goes_on_at_the_end_of_what_is_shown(
    served: ServedSession, ada: Person
) -> None:
    """Its statements name no parent: while instances are replaced, both write."""
    thread = await talked(served, ada, "One")
    question, reply = str(uuid4()), str(uuid4())
    for message, slot, role, reply_to in ((question, 0, "user", None), (reply, 1, "agent", question)):
        await served.parts.database.execute(
            """
            INSERT INTO messages (id, user_id, thread_id, turn, slot, role, agent, status, parts, reply_to, created_at)
            VALUES ($1, $2, $3, 1, $4, $5, 'neo', 'complete', '[{"kind": "text", "text": "Old"}]', $6, now())
            """,
            message, ada.user_id, thread, slot, role, reply_to,
        )  # fmt: skip

    found = await shown(served, ada, thread)

    assert [message["id"] for message in found[2:]] == [question, reply]
    assert [message["parent"] for message in found] == [None, *(message["id"] for message in found[:-1])]


async def test_threads_from_before_there_were_branches_show_the_answers_that_stood(
    served: ServedSession, ada: Person
) -> None:
    thread = await talked(served, ada, "One", "Two", answers=["1", "2"])
    whole = await shown(served, ada, thread)
    database, superseded = served.parts.database, str(uuid4())
    await database.execute(
        """
        INSERT INTO messages
        SELECT ($2::uuid), user_id, thread_id, turn, slot + 1, role, agent, status, parts, reply_to, NULL, created_at
        FROM messages WHERE id = $1
        """,
        whole[1]["id"], superseded,
    )  # fmt: skip
    await database.execute("UPDATE messages SET superseded_by = $2 WHERE id = $1", superseded, whole[1]["id"])
    await database.execute("UPDATE messages SET parent_id = NULL")
    await database.execute("UPDATE threads SET leaf_id = NULL")
    for statement in re.findall(r"^UPDATE .*?;", (files(migrations) / "0009_branches.sql").read_text(), re.M | re.S):
        await database.execute(statement)

    found = await shown(served, ada, thread)

    assert [message["id"] for message in found] == [message["id"] for message in whole]
    assert found[1]["siblings"] == [whole[1]["id"], superseded]
