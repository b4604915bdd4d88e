"""Kill any process at any moment: what was acknowledged is there, what was written is kept, and it goes on."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.journeys.deployment import Deployment
from tests.journeys.program import DRAIN_LIMIT_S
from tests.journeys.visitor import Json, Visitor, text_of
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, words
from tests.session.live_client import Screen

LONG = Answer(tokens=words(400), rate=50)
WHOLE = "".join(LONG.tokens)
STOPPING_SLACK_S = 5.0  # for a machine that is busy with other things, and for PostgreSQL's own end


@pytest.fixture(autouse=True)
async def all_running_again(deployment: Deployment) -> AsyncIterator[None]:
    """Whatever a test did, the next one finds a running product."""
    yield
    await deployment.start()


async def ask_and_read_a_little(ada: Visitor, models: OpenAIServer, screen: Screen) -> tuple[Json, str]:
    """Send a message and leave once a piece of its long answer is on the screen."""
    models.script.then(LONG)
    await ada.log_in()
    async with ada.live(screen) as live:
        ack = await live.send("Tell me a long story")
        return ack, await live.shown_at_least(ack, 30)


async def assert_kept(ada: Visitor, ack: Json, shown: str, screen: Screen) -> Json:
    """The question is there, the text is what was shown and maybe more, and a screen that comes back agrees."""
    message = await ada.ended_answer(ack)
    text = text_of(message)
    assert text.startswith(shown)
    assert WHOLE.startswith(text)
    asked = next(
        m for m in (await ada.get(f"/api/threads/{ack['thread']}/messages"))["messages"] if m["role"] == "user"
    )
    assert (asked["id"], text_of(asked), asked["status"]) == (ack["message"], "Tell me a long story", "complete")
    async with ada.live(screen) as live:
        assert await live.answer_to(ack) == text
    assert screen.stored_text(ack["reply"]) == text
    return message


async def test_each_process_may_be_killed_during_a_reply(
    deployment: Deployment, ada: Visitor, models: OpenAIServer
) -> None:
    for names in deployment.programs:
        screen = Screen()
        ack, shown = await ask_and_read_a_little(ada, models, screen)
        deployment.kill(names)
        await deployment.start()

        message = await assert_kept(ada, ack, shown, screen)

        if "session" in names:
            assert message["status"] == message["run"]["outcome"] == "interrupted", names
        elif "chat" in names:
            assert (message["status"], message["run"]["problem"]["retryable"]) == ("error", True), names
        else:
            assert (message["status"], text_of(message)) == ("complete", WHOLE), names


async def test_everything_may_be_killed_at_once_during_a_reply(
    deployment: Deployment, ada: Visitor, models: OpenAIServer
) -> None:
    screen = Screen()
    ack, shown = await ask_and_read_a_little(ada, models, screen)

    deployment.kill_tree()
    await deployment.start()

    message = await assert_kept(ada, ack, shown, screen)
    assert message["status"] == message["run"]["outcome"]
    assert message["status"] in ("interrupted", "error")  # error when session saw chat die first
    models.script.then(Answer(tokens=("Once more.",)))
    async with ada.live(screen) as live:
        again = await live.ask("message.regenerate", message=ack["reply"])
        assert await live.answer_to(again) == "Once more."


async def test_being_told_to_stop_during_a_reply_keeps_it_and_ends_in_time(
    deployment: Deployment, ada: Visitor, models: OpenAIServer
) -> None:
    screen = Screen()
    ack, shown = await ask_and_read_a_little(ada, models, screen)
    async with ada.live(screen) as live:
        asked_at = asyncio.get_running_loop().time()
        statuses = await deployment.stop()
        took_s = asyncio.get_running_loop().time() - asked_at
        assert await live.close_code() in (4503, 1013, 1012, 1006)  # a gateway that stops at once has no 4503

    assert set(statuses.values()) == {0}
    assert took_s < DRAIN_LIMIT_S + STOPPING_SLACK_S
    await deployment.start()
    message = await assert_kept(ada, ack, shown, screen)
    assert message["status"] in ("complete", "interrupted", "error")


async def test_the_database_may_crash_during_a_reply(
    deployment: Deployment, ada: Visitor, models: OpenAIServer
) -> None:
    screen = Screen()
    ack, shown = await ask_and_read_a_little(ada, models, screen)

    await deployment.crash_database()

    async with asyncio.timeout(60):
        while (await ada.call("GET", "/api/threads")).status != 200:  # noqa: ASYNC110 - asks as a client does
            await asyncio.sleep(0.2)
    message = await assert_kept(ada, ack, shown, screen)
    assert (message["status"], text_of(message)) == ("complete", WHOLE)
