"""What waits for its answer can be taken back and changed; what was begun cannot."""

import asyncio

from emergence.contracts.chat import ReplyText
from tests.session.instances.test_two_instances import pair
from tests.session.live_client import Json, LiveClient, live_client
from tests.session.neighbours import Person, Step, answer, started
from tests.session.served_session import ServedSession


def held(until: asyncio.Event) -> list[Step]:
    return [started(), ReplyText(text="One."), until.wait, *answer()[1:]]


async def shown(served: ServedSession, person: Person, thread: str) -> list[str]:
    page = (await served.get(f"/api/threads/{thread}/messages", person)).json()
    return ["".join(part["text"] for part in each["parts"]) for each in page["messages"]]


async def found(served: ServedSession, person: Person, words: str) -> int:
    answered = (await served.get(f"/api/threads/search?q={words}", person)).json()
    return len(answered["hits"])


async def three(client: LiveClient) -> tuple[Json, Json, Json]:
    """Say three things, of which the first is being answered."""
    first = await client.send("First")
    await client.until("message.delta")
    second = await client.send("Second", thread=first["thread"])
    return first, second, await client.send("Third", thread=first["thread"])


async def test_a_waiting_message_is_taken_back_and_what_waits_behind_it_moves_up(
    served: ServedSession, ada: Person
) -> None:
    may_end = asyncio.Event()
    served.chat.will_say(held(may_end))

    async with live_client(served.url, ada) as client, live_client(served.url, ada) as other:
        first, second, third = await three(client)
        before = await found(served, ada, "second")
        back = await client.ask("message.withdraw", message=second["message"])
        told = (await other.until("message.withdrawn"))["data"]
        may_end.set()
        await client.until("run.ended", run=third["run"], reason="done")

    assert (back["type"], back["message"]) == ("ack", second["message"])
    assert told == {"messages": [second["message"], second["reply"]], "parent": first["reply"], "leaf": third["reply"]}
    assert [request.turns[-1].text for request in served.chat.requests] == ["First", "Third"]
    assert await shown(served, ada, first["thread"]) == ["First", "One.", "Third", "Hello, world."]
    assert (before, await found(served, ada, "second")) == (1, 0)


async def test_the_last_one_gives_the_end_of_the_thread_back(served: ServedSession, ada: Person) -> None:
    may_end = asyncio.Event()
    served.chat.will_say(held(may_end))
    cid = "019a0000-0000-7000-8000-000000000002"

    async with live_client(served.url, ada) as client:
        _, second, third = await three(client)
        await client.command("message.withdraw", cid=cid, message=third["message"])
        told = (await client.until("message.withdrawn"))["data"]
        again = await client.ask("message.withdraw", cid=cid, message=third["message"])
        may_end.set()
        await client.until("run.ended", run=second["run"], reason="done")
        fourth = await client.send("Fourth", thread=second["thread"])
        await client.until("run.ended", run=fourth["run"], reason="done")

    assert told["leaf"] == second["reply"]
    assert again["repeated"]
    assert [turn.text for turn in served.chat.requests[-1].turns[-3:]] == ["Second", "Hello, world.", "Fourth"]


async def test_what_was_begun_or_answered_is_not_taken_back(served: ServedSession, ada: Person) -> None:
    may_end = asyncio.Event()
    served.chat.will_say(held(may_end))

    async with live_client(served.url, ada) as client:
        first, *_ = await three(client)
        begun = await client.ask("message.withdraw", message=first["message"])
        an_answer = await client.ask("message.withdraw", message=first["reply"])
        may_end.set()
        await client.until("run.ended", run=first["run"])
        answered = await client.ask("message.withdraw", message=first["message"])

    assert [each["code"] for each in (begun, an_answer, answered)] == ["not_waiting"] * 3
    assert (await shown(served, ada, first["thread"]))[:2] == ["First", "One."]


async def test_a_run_that_is_taken_back_is_no_topic_any_more(served: ServedSession, ada: Person) -> None:
    served.chat.will_say(held(asyncio.Event()))

    async with live_client(served.url, ada) as client:
        _, second, _ = await three(client)
        await client.ask("message.withdraw", message=second["message"])
        gone = await client.ask("subscribe", topic=f"run:{second['run']}")
        stopped = await client.ask("run.stop", run=second["run"])

    assert (gone["code"], stopped["code"]) == ("unknown_topic", "unknown_run")


async def test_a_waiting_message_is_changed_where_it_stands(served: ServedSession, ada: Person) -> None:
    may_end = asyncio.Event()
    served.chat.will_say(held(may_end))

    async with live_client(served.url, ada) as client, live_client(served.url, ada) as other:
        _, second, third = await three(client)
        changed = await client.ask("message.edit", message=second["message"], text="Reconsidered")
        told = (await other.until("message.final"))["data"]["message"]
        may_end.set()
        await client.until("run.ended", run=third["run"], reason="done")

    assert {name: changed[name] for name in ("message", "reply", "run")} == {
        name: second[name] for name in ("message", "reply", "run")
    }
    assert (told["id"], told["parts"][0]["text"], told["siblings"]) == (second["message"], "Reconsidered", [])
    assert [request.turns[-1].text for request in served.chat.requests] == ["First", "Reconsidered", "Third"]
    assert await found(served, ada, "reconsidered") == 1


async def test_another_agent_for_a_waiting_message_is_another_branch(served: ServedSession, ada: Person) -> None:
    served.chat.will_say(held(asyncio.Event()))

    async with live_client(served.url, ada) as client:
        _, second, _ = await three(client)
        changed = await client.ask("message.edit", message=second["message"], text="Neo?", agent="neo")

    assert changed["message"] != second["message"]


async def test_an_edit_that_waits_is_taken_back_and_what_it_replaced_is_shown(
    served: ServedSession, ada: Person
) -> None:
    may_end = asyncio.Event()
    served.chat.will_say(answer("Old."), held(may_end))

    async with live_client(served.url, ada) as client:
        first = await client.send("First")
        await client.until("run.ended", run=first["run"])
        begun = await client.send("Second", thread=first["thread"])
        await client.until("message.delta")
        edited = await client.ask("message.edit", message=first["message"], text="Otherwise")
        await client.command("message.withdraw", message=edited["message"])
        told = (await client.until("message.withdrawn"))["data"]
        may_end.set()
        await client.until("run.ended", run=begun["run"])

    assert told == {"messages": [edited["message"], edited["reply"]], "parent": None, "leaf": begun["reply"]}
    assert await shown(served, ada, first["thread"]) == ["First", "Old.", "Second", "One."]


async def test_through_another_instance_than_the_one_that_will_answer(database_url: str, ada: Person) -> None:
    async with pair(database_url) as served:
        may_end = asyncio.Event()
        served.chat.will_say(held(may_end))
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            _, second, third = await three(here)
            await there.ask("message.withdraw", message=second["message"])
            await there.ask("message.edit", message=third["message"], text="On reflection")
            await here.until("message.withdrawn")
            may_end.set()
            await there.until("run.ended", run=third["run"], reason="done")

        assert [request.turns[-1].text for request in served.chat.requests] == ["First", "On reflection"]


async def test_other_services_hear_that_it_changed_but_not_of_a_temporary_thread(
    served: ServedSession, ada: Person
) -> None:
    served.chat.will_say(held(asyncio.Event()), held(asyncio.Event()))

    async with live_client(served.url, ada) as client:
        _, second, third = await three(client)
        await client.ask("message.edit", message=second["message"], text="Reconsidered")
        await client.ask("message.withdraw", message=third["message"])
        first = await client.send("Psst", temporary=True)
        hidden = await client.send("Behind", thread=first["thread"])
        await client.ask("message.withdraw", message=hidden["message"])

    rows = await served.parts.database.fetch(
        """SELECT payload ->> 'message_id' AS message FROM outbox WHERE name = 'session.message_changed.v1'
           UNION SELECT payload ->> 'message_id' FROM bus.events WHERE name = 'session.message_changed.v1'"""
    )
    assert sorted(row["message"] for row in rows) == sorted([second["message"], third["message"]])
