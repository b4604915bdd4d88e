"""The memory page in a real browser: what was said is found, corrected and forgotten, everywhere and for good."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.journeys.browser.conftest import PHONE, WIDE, Person, answers, at_browser, say
from tests.journeys.browser.test_appearance import AXE, barriers
from tests.journeys.conftest import deployed
from tests.journeys.deployment import several_processes
from tests.journeys.every_row import rows_with
from tests.journeys.program import PATIENCE_S
from tests.journeys.visitor import Visitor
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer

pytestmark = pytest.mark.xdist_group("browser")

EMAIL, OTHER = "ada@example.org", "eve@example.org"
SAID, ASKED = "My sister is called Odalys.", "What is my sister called?"
CORRECTED = "My sister is called Odette, not Oda."
WIDTHS = {"wide": WIDE, "phone": PHONE}


@dataclass(frozen=True)
class Place:
    """A product of this test's own, with Ada at a browser of hers, and a way into its database."""

    ada: Person
    browser: Browser
    models: OpenAIServer
    database_url: str

    async def holds(self, needles: Sequence[str], *schemas: str) -> set[str]:
        """Return the tables of these schemas, or of all, that hold one of `needles` anywhere."""
        connection = await asyncpg.connect(self.database_url)
        try:
            found = await rows_with(connection, needles)
        finally:
            await connection.close()
        return {table for table in found if not schemas or table.partition(".")[0] in schemas}

    async def say(self, text: str) -> Page:
        """Say something in a new conversation and wait for the whole answer."""
        self.models.script.then(Answer(tokens=("I see.",)))
        page = await self.ada.tab()
        await say(page, text)
        await expect(answers(page).last).to_have_attribute("data-status", "complete")
        return page

    async def ask_until_shown(self, words: str) -> Page:
        """Ask in new conversations until the agent is shown `words`: memory needs a moment to read."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                page = await self.say(ASKED)
                if words in self.shown():
                    return page
                await page.close()

    def shown(self) -> str:
        """Return everything that the model was shown last."""
        return json.dumps(self.models.exchanges[-1].turns, ensure_ascii=False)


@pytest.fixture
async def at(place: Path, models: OpenAIServer, chromium: Browser, database_url: str) -> AsyncIterator[Place]:
    folder = place / urlsplit(database_url).path[1:]
    folder.mkdir(mode=0o711)
    async with deployed(several_processes("one", folder, models, database_url)) as running:
        async with Visitor(running, EMAIL) as visitor:
            await visitor.claim()
        async for person in at_browser(chromium, running):
            await person.context.add_init_script(path=AXE)
            await person.sign_in()
            yield Place(person, chromium, models, database_url)


async def look(page: Page, name: str, folder: Path) -> None:
    """Take pictures of a state in both themes and widths; fail on a barrier, or where something sticks out."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        for width, size in WIDTHS.items():
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            assert await barriers(page) == [], f"{name}, {scheme}, {width}"
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}, {width}"
            await page.screenshot(path=str(folder / f"{name}-{scheme}-{width}.png"))
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def card(page: Page, text: str) -> Locator:
    """Return the item with these words in the list."""
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=text)


async def item_open(page: Page) -> str:
    """Return the id of the item that is open."""
    await expect(page).to_have_url(re.compile(r"item=[\da-f-]{36}"))
    return page.url.partition("item=")[2]


@pytest.mark.skipif(not AXE.is_file(), reason="the web client's packages are not installed: type `make web`")
async def test_what_was_said_is_found_corrected_and_forgotten_everywhere(at: Place, tmp_path: Path) -> None:
    await at.say(SAID)
    page = await at.ask_until_shown("Odalys")

    # Under the answer stands what it was given with, and where that was said.
    await page.get_by_role("button", name="Remembered").press("Enter")
    remembered = page.get_by_role("region", name="What was remembered")
    await remembered.get_by_role("link", name="Show it where it was said").first.press("Enter")
    await expect(page.get_by_role("article", name="You").filter(has_text=SAID)).to_be_focused()

    # On the memory page it is a fact with the very words that it was taken from.
    await page.get_by_role("button", name="Account: Ada").press("Enter")
    await page.get_by_role("menuitem", name="Memory").press("Enter")
    await expect(card(page, "Odalys")).to_contain_text("You said this on")
    await look(page, "list", tmp_path)
    await card(page, "Odalys").get_by_role("link").press("Enter")
    window = page.get_by_role("dialog", name="Fact")
    former = await item_open(page)
    await expect(window.get_by_role("region", name="Where it is from")).to_contain_text(SAID)

    # Corrected, agents are shown the new words and no more the former ones beside them.
    await window.get_by_role("button", name="Change").press("Enter")
    await window.get_by_role("textbox", name="New text").fill(CORRECTED)
    await window.get_by_role("textbox", name="New text").press("Control+Enter")
    await expect(window.get_by_role("region", name="Former versions")).to_contain_text("Odalys")
    newest = await item_open(page)
    assert newest != former
    await (await at.ask_until_shown("Odette")).close()

    await page.reload()
    used = window.get_by_role("region", name="Used in answers")
    await expect(used).to_be_visible()
    to_the_answer = re.compile(r"^/t/[0-9a-f-]{36}#[0-9a-f-]{36}$")
    await expect(used.get_by_role("link").first).to_have_attribute("href", to_the_answer)
    await look(page, "item", tmp_path)

    # Somebody else sees none of it, whatever they know.
    await see_nothing(at, former, newest)

    # Forgotten, it is gone from the page, from search, from the export, from answers and from the database.
    await window.get_by_role("button", name="Forget…").press("Enter")
    await look(page, "forget", tmp_path)
    await window.get_by_role("button", name="Forget for good").press("Enter")
    await expect(window).to_have_count(0)
    await expect(page.get_by_text("Nothing is remembered yet")).to_be_visible()
    await page.get_by_role("searchbox").fill("Odalys Odette")
    await expect(page.get_by_text("Nothing found for")).to_be_visible()
    assert "Oda" not in await exported(page, "JSON") + await exported(page, "Markdown")
    assert await at.holds(["Odalys", "Odette"], "memory", "chat", "bus", "auth") == set()
    # Ids alone are left: of what an answer was given with, and of what must not come back.
    assert await at.holds([former, newest]) <= {"session.runs", "session.frames", "memory.tombstones"}
    await at.say(ASKED)
    assert not re.search("Odalys|Odette", at.shown())


async def see_nothing(at: Place, *items: str) -> None:
    """A second person finds nothing on the page, by search, nor by the address of an item."""
    async for eve in at_browser(at.browser, at.ada.server):
        reply = await eve.context.request.post(f"{eve.server.url}/api/auth/dev/login", data={"email": OTHER})
        assert reply.ok, await reply.text()
        eve.server.secrets.update({(await reply.json())["access_token"], await eve.refresh_token()})
        page = await eve.tab("/memory")
        await expect(page.get_by_text("Nothing is remembered yet")).to_be_visible()
        await page.get_by_role("searchbox").fill("sister Odalys")
        await expect(page.get_by_text("Nothing found for")).to_be_visible()
        for item in items:
            await page.goto(f"{eve.server.url}/memory?item={item}")
            await expect(page.get_by_text("This is not remembered any more.")).to_be_visible()
        eve.said = [line for line in eve.said if "404" not in line]


async def exported(page: Page, name: str) -> str:
    """Return what the page's own export holds."""
    await page.get_by_role("button", name="Export").press("Enter")
    async with page.expect_download() as begun:
        await page.get_by_role("menuitem", name=f"Export as {name}").press("Enter")
    return (await (await begun.value).path()).read_text()


async def reload_until(page: Page, words: str) -> None:
    """Look again until memory has read what was said."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            await expect(page.get_by_role("radio", name="What was said")).to_be_checked()
            await page.wait_for_load_state("networkidle")
            if await card(page, words).count() > 0:
                return
            await page.reload()


async def write(page: Page, text: str) -> None:
    await page.get_by_role("button", name="Write something").press("Enter")
    await page.get_by_role("textbox", name="Text").fill(text)
    await page.get_by_role("textbox", name="Text").press("Control+Enter")
    await expect(card(page, text)).to_be_visible()


@pytest.mark.skipif(not AXE.is_file(), reason="the web client's packages are not installed: type `make web`")
async def test_what_something_is_about_is_forgotten_after_a_look_and_temporary_words_leave_no_trace(
    at: Place, tmp_path: Path
) -> None:
    temporary = await at.ada.tab()
    await temporary.get_by_role("button", name="Temporary conversation").click()
    at.models.script.then(Answer(tokens=("I see.",)))
    await say(temporary, "Remember that the Xanthippe files are in the attic.")
    await expect(answers(temporary).last).to_have_attribute("data-status", "complete")
    await at.say("The pedalo by the quay is called Balthasar.")
    page = await at.ada.tab("/memory?show=said")
    await reload_until(page, "Balthasar")
    assert await at.holds(["Xanthippe"], "memory", "chat", "bus") == set()

    await page.get_by_role("radio", name="Everything").check(force=True)
    await expect(page.get_by_text("Nothing is remembered yet")).to_be_visible()
    await write(page, "Balthasar needs new paint.")
    await write(page, "The tin for Balthasar is in the shed.")
    await page.get_by_role("button", name="Forget about…").press("Enter")
    window = page.get_by_role("dialog", name="Forget about…")
    await window.get_by_role("textbox", name="What about?").fill("Balthasar")
    await window.get_by_role("textbox", name="What about?").press("Enter")
    await window.get_by_role("checkbox", name="The tin for Balthasar").press("Space")
    await look(page, "preview", tmp_path)
    await window.get_by_role("button", name="Forget 2 things for good").press("Enter")

    await expect(window.get_by_role("status")).to_contain_text("Forgotten for good: 1 thing, 1 message.")
    await window.get_by_role("button", name="Done").press("Enter")
    await expect(card(page, "The tin for Balthasar")).to_be_visible()
    await expect(card(page, "Balthasar needs new paint.")).to_have_count(0)
    assert await at.holds(["new paint", "pedalo"], "memory", "chat", "bus") == set()

    await page.get_by_role("switch", name="Remember").press("Space")
    await expect(page.get_by_role("switch", name="Remember")).to_be_enabled()  # the server knows
    await expect(page.get_by_text("Off: nothing new is kept")).to_be_visible()
    await at.say("Which tin is for Balthasar? The weathercock is called Zenobia.")
    assert "in the shed" not in at.shown()
    await page.get_by_role("switch", name="Remember").press("Space")
    await expect(page.get_by_text("Off: nothing new is kept")).to_have_count(0)
    await expect(page.get_by_role("switch", name="Remember")).to_be_enabled()
    await at.say("The anchor is called Ursula.")
    await page.get_by_role("radio", name="What was said").check(force=True)
    await reload_until(page, "Ursula")
    assert await at.holds(["Zenobia"], "memory", "chat", "bus") == set()
