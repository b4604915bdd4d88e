"""What was remembered, in a real browser: said in one conversation, shown under an answer in another, forgotten."""

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser.conftest import PHONE, Person, answers, say
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer

pytestmark = pytest.mark.xdist_group("browser")

SAID, ASKED = "My godmother Philippine plays the theorbo.", "Which instrument does my godmother Philippine play?"


async def answered(page: Page, text: str) -> None:
    await expect(answers(page).last).to_contain_text(text)
    await expect(answers(page).last).to_have_attribute("data-status", "complete")


async def ask_until_remembered(ada: Person, models: OpenAIServer) -> Page:
    """Ask in new conversations until memory has read what was said: it takes a moment, and a busy machine longer."""
    for _ in range(20):
        models.script.then(Answer(tokens=("The theorbo.",)))
        page = await ada.tab()
        await say(page, ASKED)
        await answered(page, "The theorbo.")
        if SAID in models.exchanges[-1].turns[-1][1]:
            return page
        await page.close()
    raise AssertionError("nothing was remembered")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_was_said_elsewhere_is_shown_under_the_answer_and_can_be_forgotten(
    ada: Person, models: OpenAIServer, scheme: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    models.script.then(Answer(tokens=("What a fine instrument.",)))
    first = await ada.tab()
    await say(first, SAID)
    await answered(first, "What a fine instrument.")

    page = await ask_until_remembered(ada, models)
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await page.reload()
    line = page.get_by_role("button", name="Remembered")
    await line.focus()
    await line.press("Enter")
    item = page.get_by_role("region", name="What was remembered").get_by_role("listitem").filter(has_text=SAID).first
    await expect(item).to_contain_text("of the question.")
    shots = tmp_path_factory.mktemp("remembered")
    await page.screenshot(path=str(shots / f"{scheme}.png"))
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await page.screenshot(path=str(shots / f"{scheme}-phone.png"))
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing scrolls sideways"

    await item.get_by_role("link", name="Show it where it was said").press("Enter")

    await expect(page.get_by_role("article", name="You").filter(has_text=SAID).first).to_be_focused()
    await page.go_back()
    await page.get_by_role("button", name="Remembered").press("Enter")
    await item.get_by_role("button", name="Forget").press("Enter")
    await item.get_by_role("button", name="Forget for good").press("Enter")
    await expect(page.get_by_text("This is not remembered any more.").first).to_be_visible()
