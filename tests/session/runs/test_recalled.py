"""What an agent was shown of other threads is told while it answers, and known with its answer ever after."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from emergence.contracts.chat import ReplyEnded, ReplyRecalled, ReplyText
from emergence.contracts.memory.recall import RecalledItem, RecallReason
from emergence.contracts.memory.recollection import KnownItem
from tests.session.live_client import live_client
from tests.session.neighbours import Person, started
from tests.session.served_session import ServedSession


def shown_to_the_agent() -> ReplyRecalled:
    item = RecalledItem(
        message=uuid4(),
        thread=uuid4(),
        role="user",
        speaker="",
        said_at=datetime(2026, 11, 3, tzinfo=UTC),
        why=RecallReason(words=["sister"], beside=True),
    )
    known = KnownItem(item=uuid4(), kind="preference", why=RecallReason(always="preference"))
    return ReplyRecalled(items=[item], known=[known])


async def test_what_was_recalled_is_a_frame_and_stays_with_the_run(served: ServedSession, ada: Person) -> None:
    recalled = shown_to_the_agent()
    (item,), (known,) = recalled.items, recalled.known
    served.chat.will_say([started(), recalled, ReplyText(text="Odile."), ReplyEnded()])
    async with live_client(served.url, ada) as client:
        ack = await client.send("What is my sister's name?")
        frame = await client.until("memory.recalled", run=ack["run"])
        final = await client.until("message.final")
    async with live_client(served.url, ada) as another:
        await another.ask("subscribe", topic=f"run:{ack['run']}", seq=0)

    shown = item.model_dump(mode="json")
    assert frame["topic"] == f"run:{ack['run']}"
    assert (frame["data"]["message"], frame["data"]["items"]) == (ack["reply"], [shown])
    assert final["data"]["message"]["run"]["recalled"] == [shown]
    told = known.model_dump(mode="json")
    assert frame["data"]["known"] == final["data"]["message"]["run"]["known"] == [told]
    page = (await served.get(f"/api/threads/{ack['thread']}/messages", ada)).json()
    assert page["messages"][1]["run"]["recalled"] == [shown]
    assert page["messages"][1]["run"]["known"] == [told]


async def test_who_views_the_account_sees_the_answer_and_nothing_of_memory(served: ServedSession, ada: Person) -> None:
    recalled, go_on = shown_to_the_agent(), asyncio.Event()
    served.chat.will_say([started(), recalled, ReplyText(text="Odile recalled."), go_on.wait, ReplyEnded()])
    viewer = replace(ada, session_id=uuid4(), impersonator_id=uuid4())
    async with live_client(served.url, ada) as own, live_client(served.url, viewer) as live:
        ack = await own.send("What is my sister's name?")
        await live.until("memory.recalled", run=ack["run"])
        async with live_client(served.url, viewer) as late:
            await late.ask("subscribe", topic=f"run:{ack['run']}", seq=0)
            go_on.set()
            for client in (own, live, late):
                await client.until("run.ended", run=ack["run"])
    async with live_client(served.url, viewer) as again:
        for topic in (f"run:{ack['run']}", f"thread:{ack['thread']}", f"user:{ada.user_id}"):
            await again.ask("subscribe", topic=topic, seq=0)
    page = await served.get(f"/api/threads/{ack['thread']}/messages", viewer)

    secrets = [str(recalled.items[0].message), str(recalled.known[0].item), '"sister"']
    seen = [json.dumps([client.heard for client in (live, late, again)]), page.text]
    assert not [secret for secret in secrets for text in seen if secret in text]
    assert all("Odile recalled." in text for text in seen)
    assert secrets[0] in json.dumps(own.heard)


async def test_an_answer_without_memories_has_none(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        final = await client.until("message.final")

    assert final["data"]["message"]["run"]["recalled"] == []
    assert "memory.recalled" not in client.kinds()
    assert ack["run"]
