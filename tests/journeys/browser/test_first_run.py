"""A newcomer with an empty server: the administrator, the built-in model, the first answer; then out and in again."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from emergence.chat.local_model import LocalModel
from tests.journeys.browser.conftest import EMAIL, Person, answers, assert_page_equals_storage, at_browser, say
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.visitor import PASSWORD
from tests.scripted_models.openai_server import OpenAIServer

pytestmark = pytest.mark.xdist_group("browser")

without_model = pytest.mark.skipif(
    LocalModel.unavailable_reason() is not None, reason=str(LocalModel.unavailable_reason())
)


@pytest.fixture(scope="module")
async def empty_server(place: Path) -> AsyncIterator[Deployment]:
    """`emergence up` as on the first day, without any key."""
    folder = place / "first-day"
    folder.mkdir(mode=0o711)
    async with deployed(one_process(folder, None)) as running:
        yield running


async def fill_in_administrator(page: Page) -> None:
    await page.get_by_role("textbox", name="Your name").fill("Ada")
    await page.get_by_role("textbox", name="E-mail address").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create administrator").click()


@without_model
async def test_from_an_empty_server_to_the_first_answer(chromium: Browser, empty_server: Deployment) -> None:
    async for person in at_browser(chromium, empty_server):
        page = await person.tab()
        await expect(page.get_by_role("heading", name="Create the administrator")).to_be_visible()
        assert person.said == []  # nobody's session was asked for in vain
        await fill_in_administrator(page)

        await expect(page.get_by_role("heading", name="Choose a model")).to_be_visible()
        await page.reload()  # comes back to the same step
        await page.get_by_role("button", name="Try without a key").click()
        await say(page, "What is the capital of France?")

        await expect(answers(page).last).to_have_attribute("data-status", "complete")
        await expect(answers(page).last).to_contain_text("Paris")
        await expect(answers(page).last.get_by_text("Small demonstration model")).to_be_visible()
        await assert_page_equals_storage(person, page)
        empty_server.secrets.add(await person.refresh_token())


async def test_an_address_that_does_not_work_is_refused_at_once_and_one_that_does_is_used(
    ada: Person, models: OpenAIServer
) -> None:
    page = await ada.tab("/settings/models")
    await page.get_by_role("button", name=re.compile("Ollama or another server")).click()
    await page.get_by_role("textbox", name="Address").fill("http://127.0.0.1:9/v1")
    await page.get_by_role("textbox", name="Model").fill("gpt-6.1-sol")
    await page.get_by_role("button", name="Check and save").click()
    await expect(page.get_by_text("Nothing was changed").first).to_be_visible()

    await page.get_by_role("textbox", name="Address").fill(models.base_url)
    await page.get_by_role("button", name="Check and save").click()
    await expect(page.get_by_text("It works: agents now answer with gpt-6.1-sol.")).to_be_visible()
    await page.get_by_role("button", name="Continue").click()

    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("Given by the server’s environment.")).to_be_visible()


async def test_signing_out_and_in_again_leads_back(ada: Person) -> None:
    page = await ada.tab("/settings/appearance")
    elsewhere = await ada.tab()
    await expect(elsewhere.get_by_role("textbox", name="Message")).to_be_visible()

    await page.get_by_role("button", name="Account: Ada").click()
    await page.get_by_role("menuitem", name="Sign out").click()

    for tab in (page, elsewhere):
        await expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    assert not [cookie for cookie in await ada.context.cookies() if cookie.get("name", "").startswith("emg_rt")]
    await page.goto(f"{ada.server.url}/settings/appearance")
    await page.get_by_role("textbox", name="E-mail address").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill("certainly not this one")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("The e-mail address or the password is wrong.")).to_be_visible()
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/settings/appearance")


async def test_no_page_can_read_what_signs_somebody_in(ada: Person) -> None:
    page = await ada.tab()
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()

    (cookie,) = [cookie for cookie in await ada.context.cookies() if cookie.get("name", "").startswith("emg_rt")]
    assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Strict")
    assert await page.evaluate("document.cookie") == ""
    kept: str = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "eyJ" not in kept  # how every JSON web token begins
    assert await ada.refresh_token() not in kept
    ada.server.secrets.add(await ada.refresh_token())
