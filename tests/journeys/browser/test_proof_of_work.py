"""A sign-in from an address that guessed too often costs work, which a real browser does beside the page."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browser.conftest import EMAIL, at_browser
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.visitor import PASSWORD, Visitor
from tests.scripted_models.openai_server import OpenAIServer

pytestmark = pytest.mark.xdist_group("browser")

ONE_MORE_AFTER_S = 31


@pytest.fixture
async def suspicious_server(place: Path, models: OpenAIServer) -> AsyncIterator[Deployment]:
    """A server of this file's own, which knows that browsers take its pages for secure."""
    folder = place / "work"
    folder.mkdir(mode=0o711)
    published = {"EMERGENCE_PUBLIC_URL": "http://127.0.0.1:8080", "AUTH_CLAIM": "loopback"}
    async with deployed(one_process(folder, models, **published)) as running:
        async with Visitor(running, EMAIL) as ada:
            await ada.claim()
        yield running


async def guess_until_refused(server: Deployment) -> None:
    """Use up this address's guesses."""
    async with aiohttp.ClientSession() as http:
        for number in range(12):
            body = {"email": f"somebody{number}@example.org", "password": "wrong"}
            async with http.post(f"{server.url}/api/auth/login", json=body) as answer:
                if answer.status != 401:
                    assert answer.status == 428, await answer.text()
                    return
    raise AssertionError("nobody was refused")


async def test_the_browser_works_and_the_person_reads_why(chromium: Browser, suspicious_server: Deployment) -> None:
    await guess_until_refused(suspicious_server)
    await asyncio.sleep(ONE_MORE_AFTER_S)
    async for newcomer in at_browser(chromium, suspicious_server):
        page = await newcomer.tab()
        notice = page.get_by_text("One moment: this server is checking that you are not a robot.")
        await page.get_by_role("textbox", name="E-mail address").fill(EMAIL)
        await page.get_by_role("textbox", name="Password").fill(PASSWORD)
        async with page.expect_worker() as worker, page.expect_response("**/api/auth/login") as asked:
            await page.get_by_role("button", name="Sign in").click()
            await expect(notice).to_be_visible()

        await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
        assert (await asked.value).status == 428
        assert "solve.worker" in (await worker.value).url
        newcomer.said = [line for line in newcomer.said if "428" not in line]
        suspicious_server.secrets.add(await newcomer.refresh_token())
