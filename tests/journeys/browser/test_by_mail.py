"""Letters and what they lead to, at a browser: a forgotten password, a confirmed address, a mailed code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.auth.mailbox import SENDER, Mailbox, link_in, mailbox_at, token_in
from tests.journeys.browser.conftest import EMAIL, PHONE, Person, at_browser
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.visitor import Visitor
from tests.scripted_models.openai_server import OpenAIServer

pytestmark = pytest.mark.xdist_group("browser")

NEW_PASSWORD = "nine patient otters under the bridge"


@asynccontextmanager
async def posting_server(place: Path, models: OpenAIServer, mailbox: Mailbox) -> AsyncIterator[Deployment]:
    """A server whose letters arrive in `mailbox`, with an administrator."""
    folder = place / "by-mail"
    folder.mkdir(mode=0o711)
    smtp = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.port), "SMTP_TLS": "none", "SMTP_FROM_EMAIL": SENDER}
    deployment = one_process(folder, models, **smtp)
    for program in deployment.programs.values():
        program.environ = {**program.environ, "AUTH_PUBLIC_URL": deployment.url}
    async with deployed(deployment) as running:
        async with Visitor(running, EMAIL) as ada:
            await ada.claim()
        yield running


async def test_what_letters_lead_to(chromium: Browser, place: Path, models: OpenAIServer) -> None:
    async with mailbox_at() as mailbox, posting_server(place, models, mailbox) as server:
        visits = at_browser(chromium, server)
        person = await anext(visits)
        await forgotten_password(person, mailbox)
        await mailed_code(person)
        with pytest.raises(StopAsyncIteration):
            await anext(visits)


async def forgotten_password(person: Person, mailbox: Mailbox) -> None:
    page = await person.tab("/sign-in")
    await page.get_by_role("link", name="Forgotten password?").click()
    await expect(page.get_by_role("heading", name="Forgotten password")).to_be_visible()
    await page.get_by_label("E-mail address").fill(EMAIL)
    await page.get_by_role("button", name="Send the link").click()
    await expect(page.get_by_text("a link is on its way")).to_be_visible()
    letter = await mailbox.next_to(EMAIL)
    person.server.secrets.add(token_in(letter))

    await page.goto(f"{person.server.url}/reset-password#%")  # damaged on the way, then pasted whole into the same tab
    await expect(page.get_by_role("alert")).to_contain_text("This link was used before")
    await page.evaluate("() => { window.isSamePage = true }")
    await page.goto(link_in(letter))
    await page.get_by_label("New password").fill(NEW_PASSWORD)
    assert await page.evaluate("window.isSamePage")
    await expect_gone(page, token_in(letter))
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Save the new password").click()
    await expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()

    await page.get_by_role("link", name="Back to signing in").click()
    await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    await page.get_by_label("E-mail address").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(NEW_PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    await page.goto(f"{person.server.url}/settings/profile")
    await expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()  # having the letter proved it
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    await page.close()


async def mailed_code(person: Person) -> None:
    page = await person.tab("/sign-in")
    await page.get_by_role("link", name="Sign in with a mailed code").click()
    await expect(page.get_by_role("button", name="Send the code")).to_be_visible()
    await page.get_by_label("E-mail address").fill("other@example.org")  # the one before used up its minute
    await page.get_by_role("button", name="Send the code").click()
    await expect(page.get_by_label("Eight-digit code")).to_be_focused()
    await expect(page.get_by_role("timer")).to_be_visible()
    await page.goto(f"{person.server.url}/magic-link#00123456")
    await expect(page.get_by_label("Eight-digit code")).to_have_value("0012 3456")
    await page.wait_for_function("() => location.hash === ''")
    await page.close()


async def expect_gone(page: Page, secret: str) -> None:
    """Fail when the address bar still shows what a link brought."""
    await page.wait_for_function("() => location.hash === ''")
    assert secret not in page.url
