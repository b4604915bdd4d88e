"""Conversations as things: named, pinned, filed, put away, deleted and found again, with a second tab that sees it."""

from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect

from tests.journeys.browser.conftest import PHONE, Person, answers, say
from tests.journeys.browser.test_appearance import AXE, barriers
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer

pytestmark = pytest.mark.xdist_group("browser")

MENU_KEY = "Shift+F10"
IS_IN_VIEW = """message => {
    const {top, bottom} = message.getBoundingClientRect();
    const box = message.closest('.message-scroll').getBoundingClientRect();
    return top < box.bottom && bottom > box.top;
}"""


async def talked(page: Page, models: OpenAIServer, text: str, answer: str = "So it is.") -> str:
    """Begin a conversation, hear its answer, and return its name."""
    models.script.then(Answer(tokens=(answer,)))
    await page.get_by_role("link", name="New conversation").click()
    await page.wait_for_url(lambda url: "/t/" not in url)
    await say(page, text)
    await page.wait_for_url("**/t/*")
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    return text


def line(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Conversations").get_by_role("link", name=name, exact=True)


def group(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Conversations").get_by_role("region", name=name, exact=True)


async def choose(page: Page, name: str, act: str) -> None:
    """Open the menu of a conversation by the keyboard and choose from it by its first letters."""
    await line(page, name).focus()
    await page.keyboard.press(MENU_KEY)
    await expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    await page.keyboard.type(act)
    await expect(page.get_by_role("menuitem", name=act)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menu")).to_have_count(0)


async def search(page: Page, words: str) -> None:
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="Search your conversations")).to_be_focused()
    await page.keyboard.type(words)


async def test_by_keyboard_a_conversation_is_named_pinned_and_filed_and_the_other_tab_sees_it(
    ada: Person, models: OpenAIServer
) -> None:
    page, other = await ada.tab(), await ada.tab()
    mark = uuid4().hex[:6]
    first, second = [await talked(page, models, f"{name} {mark}") for name in ("Estuary", "Harbour")]
    await expect(line(other, second)).to_be_visible()

    await choose(page, first, "Rename")
    await expect(page.get_by_role("textbox", name="New name")).to_be_focused()
    await page.keyboard.type("Not this")
    await page.keyboard.press("Escape")
    await expect(line(page, first)).to_be_focused()
    await choose(page, first, "Rename")
    await expect(page.get_by_role("textbox", name="New name")).to_be_focused()
    await page.keyboard.type(f"Mouth of the river {mark}")
    await page.keyboard.press("Enter")
    named = f"Mouth of the river {mark}"
    await expect(line(page, named)).to_be_focused()
    await expect(line(other, named)).to_be_visible()

    await choose(page, named, "Pin")
    for tab in (page, other):
        await expect(group(tab, "Pinned").get_by_role("link").first).to_have_text(named)
    await choose(page, named, "Unpin")
    for tab in (page, other):
        await expect(group(tab, "Pinned").get_by_role("link", name=named)).to_have_count(0)

    await choose(page, named, "Move to a folder…")
    await page.get_by_role("textbox", name="New folder").fill(f"Rivers {mark}")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    for tab in (page, other):
        folder = group(tab, f"Rivers {mark}")
        await expect(line(tab, named)).to_have_count(0)
        await folder.get_by_role("button", name=f"Rivers {mark}", exact=True).focus()
        await tab.keyboard.press("Enter")
        await expect(folder.get_by_role("link", name=named)).to_be_visible()

    await group(page, f"Rivers {mark}").get_by_role("button", name=f"Rivers {mark}", exact=True).focus()
    await page.keyboard.press(MENU_KEY)
    await page.get_by_role("menuitem", name="Delete the folder…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete the folder").click()
    for tab in (page, other):
        await expect(group(tab, f"Rivers {mark}")).to_have_count(0)
        await expect(line(tab, named)).to_be_visible()


async def test_a_deleted_conversation_closes_everywhere_and_undoing_opens_it_again(
    ada: Person, models: OpenAIServer
) -> None:
    page, other = await ada.tab(), await ada.tab()
    name = await talked(page, models, f"Thrown away {uuid4().hex[:6]}", "Keep this answer.")
    address = page.url
    await other.goto(address)
    await expect(answers(other).last).to_contain_text("Keep this answer.")

    await choose(page, name, "Delete")

    await page.wait_for_url(lambda url: "/t/" not in url)
    for tab in (page, other):
        await expect(line(tab, name)).to_have_count(0)
    await expect(other.get_by_role("heading", name="This conversation was deleted")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await page.wait_for_url(address)
    for tab in (page, other):
        await expect(line(tab, name)).to_be_visible()
        await expect(answers(tab).last).to_contain_text("Keep this answer.")


async def test_what_was_put_away_or_deleted_is_in_the_settings_until_it_is_erased(
    ada: Person, models: OpenAIServer
) -> None:
    page = await ada.tab()
    mark = uuid4().hex[:6]
    away, gone, erased = [await talked(page, models, f"{name} {mark}") for name in ("Away", "Gone", "Erased")]
    await choose(page, away, "Archive")
    await expect(line(page, away)).to_have_count(0)
    for name in (gone, erased):
        await choose(page, name, "Delete")
        await expect(line(page, name)).to_have_count(0)

    other = await ada.tab("/settings/conversations")
    await page.goto(f"{ada.server.url}/settings/conversations")
    listed = page.get_by_role("main").get_by_role("listitem")
    await listed.filter(has_text=away).get_by_role("button", name="Put back into the list").click()
    await listed.filter(has_text=gone).get_by_role("button", name="Bring it back").click()
    await listed.filter(has_text=erased).get_by_role("button", name="Erase now…").click()
    await page.get_by_role("dialog").get_by_role("button", name="Erase now").click()

    for tab in (page, other):
        for name in (away, gone, erased):
            await expect(tab.get_by_role("main").get_by_role("listitem").filter(has_text=name)).to_have_count(0)
        for name in (away, gone):
            await expect(line(tab, name)).to_be_visible()
        await expect(line(tab, erased)).to_have_count(0)


async def test_search_leads_to_a_message_that_is_pages_away(ada: Person, models: OpenAIServer) -> None:
    page = await ada.tab()
    needle = f"kingfisher{uuid4().hex[:6]}"
    await talked(page, models, f"Long talk about a {needle}", "Blue and quick.\n\n" + "A line about rivers.\n\n" * 30)
    for number in range(30):  # more than one page of messages
        models.script.then(Answer(tokens=(f"Answer {number}.\n\n" + "And more of it.\n\n" * 3,)))
        await say(page, f"Question {number}")
        await expect(answers(page).last).to_contain_text(f"Answer {number}.")
        await expect(answers(page).last).to_have_attribute("data-status", "complete")
    address = page.url
    await page.goto(ada.server.url)
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()

    await search(page, needle)
    option = page.get_by_role("option").filter(has=page.locator("mark")).filter(has_text="You")
    await expect(option).to_contain_text(needle)
    while await option.get_attribute("aria-selected") != "true":
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")

    await page.wait_for_url(f"{address}#*")
    found = page.locator("article[data-message-id]").filter(has_text=needle).first
    await expect(found).to_be_focused()
    assert await found.evaluate(IS_IN_VIEW)
    await expect(page.get_by_role("textbox", name="Message")).to_have_value("")

    await search(page, f"nothing{needle}")
    await expect(page.get_by_text(f"Nothing found for “nothing{needle}”.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_temporary_conversation_says_so_and_is_in_no_list(ada: Person, models: OpenAIServer) -> None:
    page, other = await ada.tab(), await ada.tab()
    secret = f"A passing thought {uuid4().hex[:6]}"
    await page.get_by_role("button", name="Temporary conversation").click()
    await expect(page.get_by_text("It is erased 1 day after its last message.")).to_be_visible()
    models.script.then(Answer(tokens=("Heard.",)))

    await say(page, secret)
    await page.wait_for_url("**/t/*")
    await expect(answers(page).last).to_have_attribute("data-status", "complete")

    await expect(page.get_by_text("It is erased on")).to_be_visible()
    lasting = await talked(other, models, f"A lasting one {uuid4().hex[:6]}")
    for tab in (page, other):
        await expect(line(tab, lasting)).to_be_visible()
        await expect(line(tab, secret)).to_have_count(0)
    await page.reload()
    await expect(answers(page).last).to_contain_text("Heard.")
    await page.get_by_role("button", name="Erase now").click()
    await page.wait_for_url(lambda url: "/t/" not in url)


async def test_a_limit_says_what_it_means_before_it_is_saved(ada: Person, models: OpenAIServer) -> None:
    page = await ada.tab()
    name = await talked(page, models, f"Kept for a week {uuid4().hex[:6]}")

    await choose(page, name, "Keep for…")
    await page.get_by_role("button", name="Until you delete it").click()
    await page.get_by_role("option", name="7 days").click()
    await expect(page.get_by_text("If nothing more is said in it, it is erased on")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)

    await page.goto(f"{ada.server.url}/settings/conversations")
    await expect(page.get_by_text("If nothing more is said, the next one is erased on")).to_be_visible()


@pytest.mark.skipif(not AXE.is_file(), reason="the web client's packages are not installed: type `make web`")
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_menus_search_and_windows_shut_nobody_out_on_a_phone_either(
    ada: Person, models: OpenAIServer, scheme: str
) -> None:
    await ada.context.add_init_script(path=AXE)
    page = await ada.tab()
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    name = await talked(page, models, f"Looked at {uuid4().hex[:6]}")
    found: dict[str, list[str]] = {}
    await choose(page, name, "Move to a folder…")
    await expect(page.get_by_role("textbox", name="New folder")).to_be_visible()
    found["move"] = await barriers(page)
    await page.keyboard.press("Escape")
    await expect(line(page, name)).to_be_focused()
    await search(page, "looked")
    await expect(page.get_by_role("option").first).to_be_visible()
    found["search"] = await barriers(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("link", name="New conversation").click()
    await page.get_by_role("button", name="Temporary conversation").click()
    await expect(page.get_by_role("note")).to_be_visible()
    found["temporary"] = await barriers(page)

    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Show conversations").click()
    drawer = page.get_by_role("dialog", name="Conversations")
    await drawer.get_by_role("button", name=f"Actions for {name}").click()
    await expect(page.get_by_role("menu")).to_be_visible()
    found["menu on a phone"] = await barriers(page)
    await page.get_by_role("menuitem", name="Rename").click()
    await page.get_by_role("textbox", name="New name").fill(f"{name} anew")
    await page.keyboard.press("Enter")
    await expect(drawer.get_by_role("link", name=f"{name} anew")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert found == {place: [] for place in found}
