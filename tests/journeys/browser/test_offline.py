"""Without the server: what was read lately is read, what is written waits; whoever leaves leaves nothing behind."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser.conftest import EMAIL, Person, answers, assert_page_equals_storage, say
from tests.journeys.program import PATIENCE_S
from tests.journeys.visitor import Visitor
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer

pytestmark = pytest.mark.xdist_group("browser")

COPIED = """async (count) => {
    await navigator.serviceWorker.ready;
    const known = await indexedDB.databases();
    if (!known.some(({ name }) => name === "emergence.copies")) return false;
    const db = await new Promise((resolve, reject) => {
        const asked = indexedDB.open("emergence.copies");
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
    });
    const kept = await new Promise((resolve) => {
        db.transaction("threads").objectStore("threads").count().onsuccess = (told) => resolve(told.target.result);
    });
    db.close();
    return kept >= count;
}"""


async def told(ada: Person, models: OpenAIServer) -> Page:
    """Have two conversations and wait until the device has them."""
    models.script.then(Answer(tokens=("A heron.",)), Answer(tokens=("A kestrel.",)))
    page = await ada.tab()
    await say(page, "Which bird wades?")
    await expect(answers(page).last).to_contain_text("A heron.")
    await page.get_by_role("link", name="New conversation").click()
    await say(page, "Which bird hovers?")
    await expect(answers(page).last).to_contain_text("A kestrel.")
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    await page.wait_for_url("**/t/*")
    await until(page, COPIED, 2)
    return page


async def until(page: Page, script: str, arg: object = None) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await page.evaluate(script, arg):  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.2)


async def test_recent_conversations_are_read_after_a_reload_without_the_server(
    ada: Person, models: OpenAIServer
) -> None:
    page = await told(ada, models)
    await page.context.set_offline(True)
    await page.reload()

    await expect(answers(page).last).to_contain_text("A kestrel.")
    await page.get_by_role("link", name="Which bird wades?").click()
    await expect(answers(page).last).to_contain_text("A heron.")
    models.script.then(Answer(tokens=("You are welcome.",)))
    await say(page, "Thanks")
    await expect(page.get_by_text("Will be sent when the connection is back")).to_be_visible()
    await page.context.set_offline(False)

    await expect(answers(page).last).to_contain_text("You are welcome.")
    await assert_page_equals_storage(ada, page)


async def test_what_was_said_a_moment_before_is_read_without_the_server(ada: Person, models: OpenAIServer) -> None:
    page = await told(ada, models)
    models.script.then(Answer(tokens=("A dipper.",)))
    await say(page, "Which bird dives?")
    await expect(answers(page).last).to_contain_text("A dipper.")
    await expect(answers(page).last).to_have_attribute("data-status", "complete")

    await page.context.set_offline(True)
    await expect(page.get_by_text("Offline")).to_be_visible()
    await page.reload()

    await expect(answers(page).last).to_contain_text("A dipper.")


async def test_what_this_device_does_not_have_opens_by_itself_when_the_server_is_back(
    ada: Person, models: OpenAIServer
) -> None:
    page = await told(ada, models)
    models.script.then(Answer(tokens=("A bittern.",)))
    async with Visitor(ada.server, EMAIL) as elsewhere:
        await elsewhere.log_in()
        async with elsewhere.live() as client:
            await client.answer_to(await client.send("Which bird booms?"))
    unread = page.get_by_role("link", name="Which bird booms?")
    await expect(unread).to_be_visible()

    await page.context.set_offline(True)
    await unread.click()
    await expect(page.get_by_role("heading", name="The conversation could not be opened")).to_be_visible()
    await page.context.set_offline(False)

    await expect(answers(page).last).to_contain_text("A bittern.")
    await expect(page).to_have_title("Which bird booms? · Emergence")


async def test_whoever_signs_out_leaves_nothing_to_read(ada: Person, models: OpenAIServer) -> None:
    page = await told(ada, models)
    await page.get_by_role("button", name="Ada").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await page.wait_for_url("**/sign-in*")

    await until(page, "async () => !(await indexedDB.databases()).some(({ name }) => name === 'emergence.copies')")
    await page.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_role("heading", name="The server does not answer")).to_be_visible()
