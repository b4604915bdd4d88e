"""The database goes away: nothing acknowledged and nothing that was said is lost."""

import asyncio

import pytest
from websockets.exceptions import ConnectionClosed

from emergence.contracts.chat import ReplyEnded, ReplyText
from tests.session.cuttable_line import cuttable_line
from tests.session.live_client import LiveClient, live_client
from tests.session.neighbours import Person, Step, started
from tests.session.served_session import served_session, session_environ


async def still_hears(client: LiveClient, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            while (await client.next())["type"] != "message.delta":
                pass
    except TimeoutError:
        return False
    return True


async def test_text_that_comes_during_an_outage_is_kept_and_sent_once_it_is_written(
    database_url: str, ada: Person
) -> None:
    words: list[Step] = [started()]
    for number in range(150):
        words += [ReplyText(text=f"{number} "), 0.02]
    text = "".join(step.text for step in words if isinstance(step, ReplyText))
    async with cuttable_line(database_url) as (line, address), served_session(session_environ(address)) as served:
        served.chat.will_say([*words, ReplyEnded()])
        async with live_client(served.url, ada) as client:
            ack = await client.send("Count")
            await client.until("message.delta")
            line.cut()
            while await still_hears(client, within_s=0.5):
                pass
            refused = await client.send("During the outage")
            silent = not await still_hears(client, within_s=1)
            line.mend()
            await client.until("run.ended", run=ack["run"])

        assert refused["code"] == "database_unavailable"
        assert silent
        assert client.screen.ended[ack["run"]] == "done"
        assert client.screen.text(ack["reply"]) == text == await served.stored_text(ada, ack["thread"], ack["reply"])


async def test_the_service_starts_without_its_database_and_answers_once_it_is_there(
    empty_database_url: str, ada: Person
) -> None:
    async with cuttable_line(empty_database_url) as (line, address):
        line.cut()

        async def mend_soon() -> None:
            await asyncio.sleep(1)
            line.mend()

        mending = asyncio.create_task(mend_soon())
        async with served_session(session_environ(address)) as served:
            early = await served.get("/api/threads", ada)
            while (await served.get("/api/ready", None)).status_code != 200:  # noqa: ASYNC110 - asked as a balancer asks
                await asyncio.sleep(0.05)
            async with live_client(served.url, ada) as client:
                await client.send("Hello")
                await client.until("run.ended", reason="done")
        await mending

    assert (early.status_code, early.json()["code"]) == (503, "database_unavailable")


async def test_while_the_database_is_away_rest_says_so_and_sockets_are_told_to_come_back(
    database_url: str, ada: Person
) -> None:
    async with cuttable_line(database_url) as (line, address), served_session(session_environ(address)) as served:
        assert (await served.get("/api/ready", None)).status_code == 200
        line.cut()

        answer = await served.get("/api/threads", ada)
        ready = await served.get("/api/ready", None)
        with pytest.raises(ConnectionClosed) as closed:
            async with live_client(served.url, ada) as client:
                await client.next()
        line.mend()

    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert ready.status_code == 503
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013
