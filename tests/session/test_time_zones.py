"""Whoever asks says in which time zone; chat is told it with the question, whichever way it is asked."""

import pytest

from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession

CID = "019a0000-0000-7000-8000-000000000009"


async def test_the_zone_comes_with_each_way_of_asking(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        sent = await client.send("Hello", time_zone="Europe/Paris")
        await client.until("run.ended", run=sent["run"])
        edited = await client.ask(
            "message.edit", message=sent["message"], text="Hi", time_zone="America/Argentina/Buenos_Aires"
        )
        await client.until("run.ended", run=edited["run"])
        again = await client.ask("message.regenerate", message=edited["reply"], time_zone="Etc/GMT+5")
        await client.until("run.ended", run=again["run"])
        steered = await client.ask("run.steer", run=again["run"], text="Go on", time_zone="Asia/Tokyo")
        await client.until("run.ended", run=steered["run"])
        old = await client.send("From a client that tells none", thread=sent["thread"])
        await client.until("run.ended", run=old["run"])

    assert [asked.time_zone for asked in served.chat.requests] == [
        "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Tokyo", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "zone", ["../../etc/passwd", "/etc/passwd", "Europe/Paris\n", "", "a" * 65, 7, "Europe//Paris"]
)
async def test_what_is_no_name_of_a_zone_is_refused_and_nothing_is_said(
    served: ServedSession, ada: Person, zone: object
) -> None:
    async with live_client(served.url, ada) as client:
        refused = await client.send("Hello", time_zone=zone)

    assert (refused["type"], refused["code"]) == ("error", "bad_frame")
    assert served.chat.requests == []


async def test_a_command_without_a_zone_is_the_same_as_before_there_were_any(
    served: ServedSession, ada: Person
) -> None:
    async with live_client(served.url, ada) as client:
        first = await client.ask("message.send", cid=CID, text="Hello", agent="anima")
        again = await client.ask("message.send", cid=CID, text="Hello", agent="anima", time_zone=None)
        other = await client.ask("message.send", cid=CID, text="Hello", agent="anima", time_zone="Asia/Tokyo")

    assert (again["message"], again["repeated"]) == (first["message"], True)
    assert other["code"] == "cid_reused"


async def test_chat_knows_of_a_temporary_thread(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        for temporary in (False, True):
            sent = await client.send("Hello", temporary=temporary)
            await client.until("run.ended", run=sent["run"])

    assert [asked.temporary for asked in served.chat.requests] == [False, True]
