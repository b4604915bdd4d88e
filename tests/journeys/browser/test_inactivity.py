"""Nobody at the keyboard: asked in every tab, kept by one answer, locked in place without one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.journeys.browser.conftest import EMAIL, Person, answers, at_browser, say
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.visitor import PASSWORD, Visitor
from tests.scripted_models.openai_server import OpenAIServer

pytestmark = pytest.mark.xdist_group("browser")

# Asked after eight seconds, signed out after twenty: a browser's own clock cannot be held without holding its timers.
SHORT = {"SESSION_INACTIVITY_TIMEOUT_MINUTES": "0.3333", "SESSION_WARNING_BEFORE_TIMEOUT_SECONDS": "12"}


@pytest.fixture(scope="module")
async def hasty_server(place: Path, models: OpenAIServer) -> AsyncIterator[Deployment]:
    folder = place / "inactivity"
    folder.mkdir(mode=0o711)
    async with deployed(one_process(folder, models, **SHORT)) as running:
        async with Visitor(running, EMAIL) as visitor:
            await visitor.claim()
        yield running


@pytest.fixture
async def ada(chromium: Browser, hasty_server: Deployment) -> AsyncIterator[Person]:
    async for person in at_browser(chromium, hasty_server):
        await person.sign_in()
        yield person


def question(page: Page) -> Locator:
    return page.get_by_role("alertdialog", name="Are you still there?")


async def test_one_answer_keeps_every_tab(ada: Person) -> None:
    one, two = await ada.tab(), await ada.tab()
    for page in (one, two):
        await expect(question(page)).to_be_visible()
        await expect(page).to_have_title("Are you still there?")
    await expect(one.get_by_role("button", name="Stay signed in")).to_be_focused()
    await one.keyboard.press("Enter")

    for page in (one, two):
        await expect(question(page)).to_have_count(0)
        await expect(page).not_to_have_title("Are you still there?")
    ada.server.secrets.add(await ada.refresh_token())


async def test_without_an_answer_the_page_is_locked_where_it_stands(ada: Person) -> None:
    page = await ada.tab()
    await say(page, "the treasure lies under the oak")
    await expect(answers(page)).to_have_count(1)
    address = page.url
    await page.get_by_role("textbox", name="Message").fill("half a thought")
    await expect(question(page)).to_be_visible()

    locked = page.get_by_role("alertdialog", name="Your session has ended")
    await expect(locked).to_be_visible()
    await expect(locked).to_contain_text("Nothing happened here for a while")
    await expect(question(page)).to_have_count(0)
    assert (await ada.context.request.get(f"{ada.server.url}/api/auth/session")).status == 401

    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(locked).to_have_count(0)
    assert page.url == address
    await expect(page.get_by_role("textbox", name="Message")).to_have_value("half a thought")
    await expect(page.get_by_role("article", name="You")).to_contain_text("the treasure lies under the oak")
    ada.server.secrets.add(await ada.refresh_token())


async def test_leaving_at_the_question_signs_out(ada: Person) -> None:
    page = await ada.tab()
    await expect(question(page)).to_be_visible()
    await question(page).get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-in*")
