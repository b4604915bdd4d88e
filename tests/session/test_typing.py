"""That somebody writes is told to their other pages and devices, and to nobody else."""

from dataclasses import replace
from uuid import uuid4

from tests.session.event_client import event_client
from tests.session.instances.test_two_instances import pair
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession


async def test_the_other_pages_hear_where_and_this_one_does_not(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    thread = str(uuid4())
    async with (
        live_client(served.url, ada) as writing,
        live_client(served.url, ada) as other,
        event_client(served, ada) as third,
        live_client(served.url, bob) as bobs,
    ):
        session = writing.heard[0]["data"]["session"]
        ack = await writing.ask("typing", thread=thread)
        told = (await other.until("typing"))["data"]
        also_told = (await third.until("typing"))["data"]
        await writing.ask("typing")
        something_new = (await other.until("typing"))["data"]
        await bobs.ask("typing")

    assert ack["type"] == "ack"
    assert told == also_told == {"session": session, "thread": thread}
    assert something_new == {"session": session, "thread": None}
    assert "typing" not in writing.kinds()
    assert "typing" not in bobs.kinds()


async def test_it_is_heard_on_another_instance(database_url: str, ada: Person) -> None:
    async with pair(database_url) as served:
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            session = here.heard[0]["data"]["session"]
            await here.ask("typing")
            told = (await there.until("typing"))["data"]

    assert told == {"session": session, "thread": None}


async def test_who_looks_at_somebody_elses_conversations_does_not_write(served: ServedSession, ada: Person) -> None:
    looking = replace(ada, session_id=uuid4(), impersonator_id=uuid4())
    async with live_client(served.url, ada) as other, live_client(served.url, looking) as client:
        refused = await client.ask("typing")
        await other.ask("subscribe", topic=f"user:{ada.user_id}")

    assert refused["code"] == "read_only"
    assert "typing" not in other.kinds()
