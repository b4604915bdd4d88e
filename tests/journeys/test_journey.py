"""From the first administrator to a stored answer, in one process and in several: the same story, word for word."""

import asyncio
import json
from datetime import timedelta

from tests.journeys.deployment import Deployment
from tests.journeys.program import PATIENCE_S
from tests.journeys.visitor import Visitor, text_of
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, words
from tests.session.live_client import HELLO, Screen, raw_socket

ADA, BEN = "ada@example.org", "ben@example.org"
SLOW = Answer(tokens=words(2_000), rate=40)
TRICKY = (
    "**Bold** ",
    "👩‍👩‍👧",
    " 100",
    "000",
    " naïve",
    " ",
    "é",
    "\n\n```py\nprint('</script>')\n```\n",
    "| a |",
    " 終",
)


async def test_a_second_claim_is_refused(deployment: Deployment, ada: Visitor) -> None:
    async with Visitor(deployment, BEN) as late:
        reply = await late.call("POST", "/api/auth/setup", {"email": BEN, "password": "x" * 20, "display_name": "Ben"})

    assert (reply.status, reply.body["code"]) == (409, "setup_already_done")


async def test_what_streams_is_what_is_stored(ada: Visitor, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=TRICKY, rate=50))

    await ada.log_in()
    async with ada.live() as live:
        ack = await live.send("Show me everything that is hard to store")
        final = await live.answer_to(ack)

    assert final == "".join(TRICKY)
    assert live.screen.text(ack["reply"]) == final
    stored = await ada.stored(ack)
    assert (stored["status"], text_of(stored)) == ("complete", final)
    assert stored["run"]["outcome"] == "done"
    assert stored["run"]["usage"]["output_tokens"] == len(TRICKY)


async def test_the_first_token_does_not_wait_for_the_last(ada: Visitor, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=words(120), rate=20, first_token_after=timedelta(seconds=0.2)))

    async with ada.live() as live:
        ack = await live.send("Slowly, please")
        shown = await live.shown_at_least(ack, 1)
        assert (await ada.stored(ack))["status"] == "streaming"
        final = await live.answer_to(ack)

    assert len(shown) < len(final) / 2


async def test_two_sockets_of_one_person_see_the_same_stream(ada: Visitor, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=words(40), rate=30))

    async with ada.live() as desk, ada.live() as phone:
        ack = await desk.send("For both")
        final = await desk.answer_to(ack)
        on_phone = await phone.answer_to(ack)

    assert final == on_phone == "".join(words(40))
    assert desk.screen.text(ack["reply"]) == phone.screen.text(ack["reply"]) == final


async def test_a_page_that_left_finds_the_whole_answer(ada: Visitor, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=words(60), rate=30))
    screen = Screen()
    async with ada.live(screen) as live:
        ack = await live.send("I will not wait")
        await live.shown_at_least(ack, 10)

    async with ada.live(screen) as live:
        final = await live.answer_to(ack)

    assert final == "".join(words(60)) == screen.text(ack["reply"])
    assert not screen.texts[ack["reply"]].has_gap


async def test_a_refresh_gives_new_tokens_and_takes_the_old_cookie(deployment: Deployment, ada: Visitor) -> None:
    async with Visitor(deployment, ADA) as browser:
        first = await browser.log_in()
        cookie = browser.cookie()
        second = await browser.refresh()

        assert second["access_token"] != first["access_token"]
        assert second["session_id"] == first["session_id"]
        assert browser.cookie() not in (None, cookie)
        assert (await browser.get("/api/auth/session"))["user_id"] == first["user_id"]


async def test_signing_out_closes_the_sockets_of_that_session_only(deployment: Deployment, ada: Visitor) -> None:
    async with Visitor(deployment, ADA) as elsewhere:
        await elsewhere.log_in()
        async with ada.live() as stays, elsewhere.live() as goes:
            await elsewhere.log_out()
            assert await goes.close_code() == 4401
            await stays.command("ping")
            await stays.until("pong")

        assert (await elsewhere.call("POST", "/api/auth/refresh")).status == 401
        async with asyncio.timeout(PATIENCE_S):
            for path in ("/api/threads", "/api/models"):
                while (await elsewhere.call("GET", path)).status != 401:  # noqa: ASYNC110 - over REST
                    await asyncio.sleep(0.1)


async def test_nobody_sees_anothers_threads(deployment: Deployment, ada: Visitor, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=words(50), rate=30))
    async with Visitor(deployment, BEN) as ben:
        await ben.enter_as_developer()
        async with ben.live() as overhearing, ada.live() as live:
            ack = await live.send("This is mine alone")
            await live.answer_to(ack)

            assert (await ben.get("/api/threads"))["threads"] == []
            for path in (f"/api/threads/{ack['thread']}", f"/api/threads/{ack['thread']}/messages"):
                assert (await ben.call("GET", path)).status == 404
            for topic in (f"thread:{ack['thread']}", f"run:{ack['run']}"):
                assert (await overhearing.ask("subscribe", topic=topic, seq=0))["type"] == "error"
            assert (await overhearing.ask("run.stop", run=ack["run"]))["type"] == "error"
            assert (await overhearing.ask("message.regenerate", message=ack["reply"]))["type"] == "error"
            assert (await overhearing.send("And I?", thread=ack["thread"]))["type"] == "error"

        assert "message.delta" not in overhearing.kinds()
        assert (await ben.call("PUT", "/api/models/openai", {"api_key": "sk-no"})).status == 403


async def test_stop_really_ends_the_model_and_keeps_the_text(ada: Visitor, models: OpenAIServer) -> None:
    models.script.then(SLOW)
    async with ada.live() as live:
        ack = await live.send("Talk for ever")
        await live.shown_at_least(ack, 20)
        await live.ask("run.stop", run=ack["run"])
        final = await live.answer_to(ack)

    stored = await ada.stored(ack)
    assert (stored["status"], stored["run"]["outcome"]) == ("stopped", "stopped")
    assert "".join(SLOW.tokens).startswith(final)
    assert text_of(stored) == final == live.screen.text(ack["reply"])
    assert models.exchanges[-1].tokens_sent < len(SLOW.tokens)
    assert models.exchanges[-1].disconnected_early


async def test_an_answer_that_reached_its_longest_length_says_so(ada: Visitor, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=("As far ", "as it goes"), ending="max_tokens"))
    async with ada.live() as live:
        ack = await live.send("Tell me everything")
        final = await live.answer_to(ack)

    stored = await ada.stored(ack)
    assert (stored["status"], stored["run"]["finish_reason"], final) == ("complete", "max_tokens", "As far as it goes")


async def test_another_answer_replaces_the_first_and_keeps_it(ada: Visitor, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=("First.",)), Answer(tokens=("Second.",)))
    async with ada.live() as live:
        asked = await live.send("Say something")
        await live.answer_to(asked)
        again = await live.ask("message.regenerate", message=asked["reply"], agent="neo")
        second = await live.answer_to(again)

    messages = (await ada.get(f"/api/threads/{asked['thread']}/messages"))["messages"]
    assert second == "Second."
    assert [text_of(m) for m in messages if m["role"] == "agent"] == ["Second."]
    assert messages[-1]["siblings"] == [asked["reply"], again["reply"]]


async def test_the_same_command_twice_is_one_message(ada: Visitor) -> None:
    cid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
    async with ada.live() as live:
        first = await live.send("Once", cid=cid)
        await live.answer_to(first)
        second = await live.send("Once", cid=cid)

    assert second["repeated"] is True
    assert second["message"] == first["message"]
    assert len((await ada.get(f"/api/threads/{first['thread']}/messages"))["messages"]) == 2


async def test_a_ticket_works_once_and_only_from_its_own_page(deployment: Deployment, ada: Visitor) -> None:
    ticket = await ada.ticket()
    subprotocols = ["emergence.v1", f"ticket.{ticket}"]
    async with raw_socket(deployment.url + "/ws", subprotocols, deployment.url) as first:
        assert first.subprotocol == "emergence.v1"
        await first.send(json.dumps(HELLO))
        assert json.loads(await first.recv())["type"] == "welcome"  # by now the ticket is used up

    async with raw_socket(deployment.url + "/ws", subprotocols, deployment.url) as second:
        await second.wait_closed()

    assert second.close_code == 4401


async def test_paths_between_services_do_not_exist_for_others(deployment: Deployment, ada: Visitor) -> None:
    for path in ("/api/chat/internal/agents", "/api/auth/internal/ws-tickets/consume"):
        assert (await ada.call("GET", path)).status == 404


async def test_every_answer_names_its_rules(deployment: Deployment) -> None:
    async with Visitor(deployment, "nobody@example.org") as nobody:
        for path in ("/api/threads", "/api/auth/session", "/api/models"):
            reply = await nobody.call("GET", path)
            assert (reply.status, reply.body["code"]) == (401, "unauthenticated")
