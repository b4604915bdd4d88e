"""One real browser for all journeys through the web client, and the server that it opens."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, async_playwright, expect

from emergence.gateway.client_files import CLIENT_FOLDER
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.program import PATIENCE_S
from tests.journeys.visitor import PASSWORD, Json, Visitor, text_of
from tests.scripted_models.openai_server import OpenAIServer

EMAIL = "ada@example.org"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
EXPECTED_REFUSALS = ("401", "409", "503", "WebSocket connection", "net::ERR_")

expect.set_options(timeout=PATIENCE_S * 1000)


def chromium_path() -> str | None:
    """Return the browser that CHROMIUM names, or one of this machine's."""
    candidates = (os.environ.get("CHROMIUM") or "", *NAMES)
    return next((found for name in candidates if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium here: install one, or set CHROMIUM=/path/to/it")
    if not (CLIENT_FOLDER / "index.html").is_file():
        pytest.skip("the web client is not built: type `make web`")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def server(place: Path, models: OpenAIServer) -> AsyncIterator[Deployment]:
    """`emergence up` with the scripted model and an administrator."""
    folder = place / "browser"
    folder.mkdir(mode=0o711)
    async with deployed(one_process(folder, models)) as running:
        async with Visitor(running, EMAIL) as ada:
            await ada.claim()
        yield running


@dataclass
class Person:
    """Somebody at a browser of their own; what its console says is kept."""

    context: BrowserContext
    server: Deployment
    said: list[str] = field(default_factory=list)

    async def tab(self, path: str = "/") -> Page:
        """Open a tab at a path of the server."""
        page = await self.context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.said.append(f"pageerror: {error}"))
        await page.goto(self.server.url + path)
        return page

    async def sign_in(self) -> None:
        """Have the cookie of a signed-in browser, without typing."""
        body = {"email": EMAIL, "password": PASSWORD}
        reply = await self.context.request.post(f"{self.server.url}/api/auth/login", data=body)
        assert reply.ok, await reply.text()
        self.server.secrets.update({(await reply.json())["access_token"], await self.refresh_token()})

    async def refresh_token(self) -> str:
        """Return the cookie that no page can read."""
        return next(
            str(cookie.get("value"))
            for cookie in await self.context.cookies()
            if cookie.get("name", "").startswith("emg_rt")
        )

    def check_console(self) -> None:
        """Fail on any script error or breach of the content security policy."""
        bad = [line for line in self.said if not any(known in line for known in EXPECTED_REFUSALS)]
        assert not bad, bad

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.said.append(message.text)


@pytest.fixture
async def newcomer(chromium: Browser, server: Deployment) -> AsyncIterator[Person]:
    """Somebody who has never been here."""
    async for person in at_browser(chromium, server):
        yield person


@pytest.fixture
async def ada(newcomer: Person) -> Person:
    """The administrator, signed in at a running server, whatever the test before did to it."""
    await newcomer.server.start()
    await newcomer.sign_in()
    return newcomer


async def at_browser(chromium: Browser, server: Deployment) -> AsyncIterator[Person]:
    """Yield a person with a fresh profile, and look at the console afterwards."""
    context = await chromium.new_context(viewport=WIDE, locale="en-GB", reduced_motion="reduce")  # type: ignore[arg-type]
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    person = Person(context, server)
    try:
        yield person
        person.check_console()
    finally:
        await context.close()


async def say(page: Page, text: str) -> None:
    """Write a message and send it by the keyboard."""
    field = page.get_by_role("textbox", name="Message")
    await field.fill(text)
    await field.press("Enter")


def answers(page: Page) -> Locator:
    """Return the agents' messages on a page, first to last."""
    return page.locator("article[data-agent]")


async def shown_at_least(page: Page, code_points: int) -> None:
    """Wait until the last answer has grown to a length."""
    await page.wait_for_function(
        "least => Number([...document.querySelectorAll('article[data-agent]')].at(-1)?.dataset.rawLength) >= least",
        arg=code_points,
    )


async def copied(page: Page, message: Locator) -> str:
    """Return the Markdown that the page's own button copies."""
    await message.get_by_role("button", name="Copy answer").click()
    await expect(message.get_by_role("button", name="Copied")).to_be_visible()
    text: str = await page.evaluate("navigator.clipboard.readText()")
    return text


async def stored(person: Person, page: Page) -> list[Json]:
    """Return what REST tells of the conversation that is open on a page."""
    async with Visitor(person.server, EMAIL) as reader:
        await reader.log_in()
        messages: list[Json] = (await reader.get(f"/api/threads/{page.url.rpartition('/')[2]}/messages"))["messages"]
    return messages


async def assert_page_equals_storage(person: Person, page: Page) -> None:
    """The last answer on the page is the stored one, byte for byte."""
    last = answers(page).last
    message = (await stored(person, page))[-1]
    assert await last.get_attribute("data-message-id") == message["id"]
    assert await last.get_attribute("data-status") == message["status"]
    assert await last.get_attribute("data-raw-length") == str(len(text_of(message)))
    assert await copied(page, last) == text_of(message)
