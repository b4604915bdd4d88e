"""One's own data at a browser: a new name, everything as a file, the account closed and kept after all."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser.conftest import EMAIL, PHONE, Person, answers, at_browser, say
from tests.journeys.conftest import deployed
from tests.journeys.deployment import one_process
from tests.journeys.visitor import PASSWORD, Visitor
from tests.scripted_models.openai_server import OpenAIServer

pytestmark = pytest.mark.xdist_group("browser")

COLLEAGUE = "grace@example.org"
SAID = "the treasure lies under the oak"


@pytest.fixture
async def ada(place: Path, models: OpenAIServer, chromium: Browser) -> AsyncIterator[Person]:
    """One of two administrators of a server of this file's own, signed in."""
    folder = place / "your_data"
    folder.mkdir(mode=0o711)
    async with deployed(one_process(folder, models, AUTH_ADMIN_EMAILS=f"{EMAIL},{COLLEAGUE}")) as running:
        async with Visitor(running, EMAIL) as visitor, Visitor(running, COLLEAGUE) as colleague:
            await visitor.claim()
            await colleague.enter_as_developer()
        async for person in at_browser(chromium, running):
            await person.sign_in()
            yield person


async def rename(page: Page, name: str) -> None:
    await page.get_by_role("textbox", name="Name").fill(name)
    await page.get_by_text("Français", exact=True).click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Your profile is saved.")).to_be_visible()


async def give_password(page: Page) -> None:
    await page.get_by_role("textbox", name="E-mail address").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()


async def test_rename_export_delete_and_keep(ada: Person) -> None:
    page = await ada.tab()
    await say(page, SAID)
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    await page.goto(ada.server.url + "/settings/profile")
    await rename(page, "Ada Lovelace")
    await expect(page.get_by_role("button", name="Account: Ada Lovelace")).to_be_visible()

    await page.get_by_role("link", name="Your data").click()
    await page.get_by_role("button", name="Make an export").click()
    await expect(page.get_by_role("button", name="Download")).to_be_visible()
    async with page.expect_download() as begun:
        await page.get_by_role("button", name="Download").click()
    download = await begun.value
    archive = ZipFile(await download.path())

    assert download.suggested_filename.startswith("emergence-export-")
    assert archive.testzip() is None
    [user] = json.loads(archive.read("auth/users.json"))
    assert (user["display_name"], user["language"]) == ("Ada Lovelace", "fr")
    assert SAID in archive.read("session/messages.json").decode()
    assert json.loads(archive.read("chat/runs.json"))[0]["output_tokens"] > 0

    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_role("button", name="Delete my account…").click()
    field = page.get_by_role("textbox", name="Type “delete” to confirm")
    await expect(field).to_be_focused()
    await field.press("Enter")
    await expect(page.get_by_text("Type the word “delete”.")).to_be_visible()
    await field.fill("delete")
    await field.press("Enter")

    await expect(page.get_by_role("textbox", name="E-mail address")).to_be_visible()
    await expect(page.get_by_text("Your account is closed")).to_be_visible()
    await give_password(page)
    await expect(page.get_by_role("heading", name="This account is about to be deleted")).to_be_visible()
    await page.get_by_role("button", name="Keep my account").click()
    await expect(page.get_by_text("Your account is kept. Sign in to go on.")).to_be_visible()
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Make a new export")).to_be_visible()  # where they were
