"""Editing what was said, in a real browser: every version stays, on every device."""

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser.conftest import Person, answers, assert_page_equals_storage, say
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, words

pytestmark = pytest.mark.xdist_group("browser")


async def settled(page: Page, text: str) -> None:
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    await expect(answers(page).last).to_contain_text(text)


async def test_a_message_is_edited_and_the_former_version_shown_again_by_keyboard(
    ada: Person, models: OpenAIServer
) -> None:
    for token in ("Lyon.", "You are welcome.", "Paris."):
        models.script.then(Answer(tokens=(token,)))
    first, second = await ada.tab(), await ada.tab()
    await say(first, "Capital of Frnace?")
    await settled(first, "Lyon.")
    await say(first, "Thanks")
    await settled(first, "You are welcome.")
    await second.get_by_role("link", name="Capital of Frnace?").first.click()
    await settled(second, "You are welcome.")

    question = first.get_by_role("article", name="You").first
    await question.hover()
    await question.get_by_role("button", name="Edit message").click()
    field = first.get_by_role("textbox", name="Edit message")
    await expect(field).to_be_focused()
    await field.fill("Capital of France?")
    await field.press("Enter")

    await expect(first.get_by_role("textbox", name="Message", exact=True)).to_be_focused()
    for page in (first, second):
        await settled(page, "Paris.")
        await expect(page.get_by_role("article", name="You")).to_have_count(1)
        await expect(page.get_by_role("group", name="Versions")).to_contain_text("2 of 2")
        await assert_page_equals_storage(ada, page)

    former = first.get_by_role("button", name="Former version")
    await former.focus()
    await former.press("Enter")

    await expect(first.get_by_role("button", name="Next version")).to_be_focused()
    for page in (second, first):
        await settled(page, "You are welcome.")
        await expect(page.get_by_role("article", name="You")).to_have_count(2)
        await assert_page_equals_storage(ada, page)


async def test_an_edit_while_an_answer_is_written_ends_that_and_what_is_typed_survives_a_reload(
    ada: Person, models: OpenAIServer
) -> None:
    models.script.then(Answer(tokens=words(2_000), rate=25))
    models.script.then(Answer(tokens=("Shorter.",)))
    page = await ada.tab()
    await say(page, "A long story")
    await expect(answers(page).last).to_have_attribute("data-status", "streaming")
    await page.wait_for_url("**/t/*")
    question = page.get_by_role("article", name="You").first
    await question.hover()
    await question.get_by_role("button", name="Edit message").click()
    await page.get_by_role("textbox", name="Edit message").fill("A short story")
    await page.wait_for_timeout(600)
    await page.reload()

    await question.hover()
    await question.get_by_role("button", name="Edit message").click()
    await expect(page.get_by_role("textbox", name="Edit message")).to_have_value("A short story")
    await page.get_by_role("form", name="Edit message").get_by_role("button", name="Send").click()

    await settled(page, "Shorter.")
    await page.get_by_role("button", name="Former version").click()
    await expect(answers(page).last).to_have_attribute("data-status", "stopped")
    await assert_page_equals_storage(ada, page)
