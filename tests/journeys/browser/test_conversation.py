"""A conversation in a real browser: nothing is lost by a refresh, a second tab, a stop or a dead server."""

import asyncio
import re
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.journeys.browser.conftest import (
    Person,
    answers,
    assert_page_equals_storage,
    say,
    shown_at_least,
    stored,
)
from tests.journeys.visitor import text_of
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, words

pytestmark = pytest.mark.xdist_group("browser")

AWAY = re.compile("Reconnecting…|Offline")
TRICKY = (
    "## Title\n\n", "Some **bo", "ld** and `co", "de`, naïve é ", "👩‍👩‍👧", " 100", "000", " 終わり\n\n",
    "```python\nprint('<b>x</b>')\n", "```\n\n", "- one\n", "- two\n\n", "| a | b |\n|---|---|\n| 1 | 2 |\n",
) * 4  # fmt: skip


async def test_a_refresh_in_the_middle_of_an_answer_loses_nothing(ada: Person, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=TRICKY, rate=12))
    page = await ada.tab()
    await say(page, "Write something hard to draw")
    await shown_at_least(page, 30)
    await page.wait_for_url("**/t/*")

    await page.reload()

    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    assert text_of((await stored(ada, page))[-1]) == "".join(TRICKY)
    await assert_page_equals_storage(ada, page)


async def test_two_tabs_see_the_same_stream(ada: Person, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=words(2_000), rate=25))
    first, second = await ada.tab(), await ada.tab()
    await expect(second.get_by_role("textbox", name="Message")).to_be_visible()
    await say(first, "For two windows")
    await second.get_by_role("link", name="For two windows").first.click()

    await shown_at_least(second, 20)
    assert await answers(second).last.get_attribute("data-status") == "streaming"
    await second.get_by_role("button", name="Stop").click()

    for page in (first, second):
        await page.wait_for_url("**/t/*")
        await page.bring_to_front()
        await expect(answers(page).last).to_have_attribute("data-status", "stopped")
        await assert_page_equals_storage(ada, page)


async def test_stop_keeps_the_partial_text(ada: Person, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=words(2_000), rate=30))
    page = await ada.tab()
    await say(page, "Never end")
    await shown_at_least(page, 40)

    await page.get_by_role("button", name="Stop").click()

    await expect(answers(page).last).to_have_attribute("data-status", "stopped")
    await expect(page.get_by_text("You stopped this answer.")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    await page.wait_for_url("**/t/*")
    await assert_page_equals_storage(ada, page)


async def test_a_page_outlives_its_server(ada: Person, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=words(2_000), rate=30))
    page = await ada.tab()
    await say(page, "What if you die?")
    await shown_at_least(page, 40)
    await page.wait_for_url("**/t/*")

    ada.server.kill_tree()
    await expect(page.get_by_text(AWAY)).to_be_visible()
    await ada.server.start()

    await expect(answers(page).last).to_have_attribute("data-status", "interrupted")
    await expect(page.get_by_text(AWAY)).to_be_hidden()
    await assert_page_equals_storage(ada, page)
    models.script.then(Answer(tokens=("Here ", "again.")))
    await page.get_by_role("button", name="Retry").click()
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    await expect(answers(page).last).to_contain_text("Here again.")


async def test_what_is_sent_while_the_server_is_away_arrives_once(ada: Person, models: OpenAIServer) -> None:
    page = await ada.tab()
    await say(page, "Before")
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    await page.wait_for_url("**/t/*")

    ada.server.kill_tree()
    await say(page, "During")
    await asyncio.sleep(1)
    await ada.server.start()

    await expect(answers(page)).to_have_count(2)
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    told = [text_of(message) for message in await stored(ada, page) if message["role"] == "user"]
    assert told == ["Before", "During"]


async def test_each_agent_answers_when_chosen(ada: Person, models: OpenAIServer) -> None:
    page = await ada.tab()
    await page.get_by_role("radio", name="Neo").click()
    await expect(page.get_by_role("heading", name="Talk with Neo")).to_be_visible()
    await page.get_by_role("list", name="Ways to begin").get_by_role("button").first.click()
    await expect(answers(page).last).to_have_attribute("data-agent", "neo")

    await page.get_by_role("button", name="Agent: Neo").click()
    await page.get_by_role("menuitemradio", name="Nexus").click()
    await say(page, "And you?")

    await expect(page.get_by_role("article", name="Nexus’s answer")).to_have_attribute("data-status", "complete")


async def test_an_error_of_the_model_is_told_in_its_place_and_mended_by_retry(
    ada: Person, models: OpenAIServer
) -> None:
    models.script.then(Answer(tokens=("Half ", "a word"), ending="garbage"))
    page = await ada.tab()
    await say(page, "Break")

    alert = answers(page).last.get_by_role("alert")
    await expect(alert).to_contain_text("kept")
    await expect(answers(page).last).to_contain_text("Half a word")
    await page.get_by_role("button", name="Retry").click()

    await expect(answers(page).last).to_contain_text("Paris is the capital of France.")


async def test_an_answer_at_its_longest_length_goes_on_when_asked(ada: Person, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=("And ", "so "), ending="max_tokens"), Answer(tokens=("it ", "ended.")))
    page = await ada.tab()
    await say(page, "Tell it all")
    note = answers(page).first.get_by_role("note")
    await expect(note).to_contain_text("The answer reached the longest length that the model may give.")
    await page.wait_for_url("**/t/*")
    await page.reload()

    await note.get_by_role("button", name="Continue").click()

    await expect(answers(page)).to_have_count(2)
    await expect(answers(page).last).to_contain_text("it ended.")
    await assert_page_equals_storage(ada, page)


async def test_a_model_that_declines_can_be_asked_again(ada: Person, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=(), ending="refusal"), Answer(tokens=("Now ", "yes.")))
    page = await ada.tab()
    await say(page, "Would you?")
    note = answers(page).last.get_by_role("note")
    await expect(note).to_contain_text("The model declined to answer this.")

    await note.get_by_role("button", name="Retry").click()

    await expect(answers(page).last).to_contain_text("Now yes.")
    await expect(note).to_be_hidden()


async def test_a_conversation_that_does_not_exist_leads_to_a_new_one(ada: Person) -> None:
    page = await ada.tab(f"/t/{uuid4()}")
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("This conversation does not exist")

    await alert.get_by_role("button", name="New conversation").click()

    await expect(page.get_by_role("list", name="Ways to begin")).to_be_visible()
    ada.said = [line for line in ada.said if "404" not in line]  # the browser notes each answer that says so


async def test_an_answer_that_ends_in_another_conversation_is_told_and_opened(
    ada: Person, models: OpenAIServer
) -> None:
    models.script.then(Answer(tokens=words(60), rate=20))
    page = await ada.tab()
    await say(page, "Take your time")
    await page.wait_for_url("**/t/*")
    await page.get_by_role("link", name="New conversation").click()
    line = page.get_by_role("listitem").filter(has_text="Take your time").first
    await expect(line.get_by_role("img", name="Answer in progress")).to_be_visible()

    notice = page.get_by_role("alertdialog").filter(has_text="Take your time")
    await expect(notice).to_contain_text("Anima has answered")
    await expect(line.get_by_role("img", name="Answer in progress")).to_have_count(0)
    await notice.get_by_role("button", name="Open", exact=True).click()

    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    await expect(page.get_by_role("heading", name="Take your time")).to_be_visible()
