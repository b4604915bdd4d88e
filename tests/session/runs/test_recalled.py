"""What an agent was shown of other threads is told while it answers, and known with its answer ever after."""

from datetime import UTC, datetime
from uuid import uuid4

from emergence.contracts.chat import ReplyEnded, ReplyRecalled, ReplyText
from emergence.contracts.memory.recall import RecalledItem, RecallReason
from emergence.contracts.memory.recollection import KnownItem
from tests.session.live_client import live_client
from tests.session.neighbours import Person, started
from tests.session.served_session import ServedSession


async def test_what_was_recalled_is_a_frame_and_stays_with_the_run(served: ServedSession, ada: Person) -> None:
    item = RecalledItem(
        message=uuid4(),
        thread=uuid4(),
        role="user",
        speaker="",
        said_at=datetime(2026, 11, 3, tzinfo=UTC),
        why=RecallReason(words=["sister"], beside=True),
    )
    known = KnownItem(item=uuid4(), kind="preference", why=RecallReason(always="preference"))
    served.chat.will_say(
        [started(), ReplyRecalled(items=[item], known=[known]), ReplyText(text="Odile."), ReplyEnded()]
    )
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


async def test_an_answer_without_memories_has_none(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        ack = await client.send("Hello")
        final = await client.until("message.final")

    assert final["data"]["message"]["run"]["recalled"] == []
    assert "memory.recalled" not in client.kinds()
    assert ack["run"]
