"""A proxy that lets no WebSocket through: the conversation streams all the same, and nothing of it is lost."""

from dataclasses import replace

import pytest
from playwright.async_api import Request, expect

from tests.journeys.browser.conftest import Person, answers, assert_page_equals_storage, say, shown_at_least
from tests.journeys.browser.proxy_without_upgrade import proxy_without_upgrade
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, words

pytestmark = pytest.mark.xdist_group("browser")


async def test_a_conversation_streams_where_websockets_are_refused(newcomer: Person, models: OpenAIServer) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(f"{request.method} {request.url.rpartition('/')[2]}")

    await newcomer.server.start()
    async with proxy_without_upgrade(newcomer.server.url) as (proxy, url):
        behind = Person(newcomer.context, replace(newcomer.server, url=url), newcomer.said)
        await behind.sign_in()
        newcomer.context.on("request", note)
        page = await behind.tab()
        models.script.then(Answer(tokens=words(150), rate=20))
        await say(page, "Through a narrow door")
        await shown_at_least(page, 40)
        assert await answers(page).last.get_attribute("data-status") == "streaming"
        assert proxy.refused >= 2
        assert "GET events" in asked
        assert "POST commands" in asked

        proxy.cut()
        await expect(answers(page).last).to_have_attribute("data-status", "complete")
        await page.wait_for_url("**/t/*")
        await assert_page_equals_storage(newcomer, page)

        models.script.then(Answer(tokens=words(2_000), rate=30))
        await say(page, "And once more")
        await shown_at_least(page, 30)
        await page.reload()
        await shown_at_least(page, 60)
        await page.get_by_role("button", name="Stop").click()
        await expect(answers(page).last).to_have_attribute("data-status", "stopped")
        await assert_page_equals_storage(newcomer, page)
        refused = proxy.refused
        await page.wait_for_timeout(3_000)
        assert proxy.refused == refused, "sockets are not tried again meanwhile"
