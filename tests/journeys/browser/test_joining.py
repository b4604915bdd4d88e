"""Getting an account at a browser: an invitation handed over or mailed, and registering with a mailed link."""

import asyncio
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
GRACE, ALAN = "grace@example.org", "alan@example.org"


@asynccontextmanager
async def serving(folder: Path, models: OpenAIServer, mailbox: Mailbox | None) -> AsyncIterator[Deployment]:
    """A server with an administrator; its letters arrive in `mailbox`, if there is one."""
    await asyncio.to_thread(folder.mkdir, mode=0o711)
    smtp = (
        {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mailbox.port), "SMTP_TLS": "none", "SMTP_FROM_EMAIL": SENDER}
        if mailbox
        else {}
    )
    deployment = one_process(folder, models, **smtp)
    for program in deployment.programs.values():
        program.environ = {**program.environ, "AUTH_PUBLIC_URL": deployment.url}
    async with deployed(deployment) as running:
        async with Visitor(running, EMAIL) as ada:
            await ada.claim()
        yield running


@asynccontextmanager
async def at(chromium: Browser, server: Deployment) -> AsyncIterator[Person]:
    """Somebody with a fresh profile."""
    visits = at_browser(chromium, server)
    yield await anext(visits)
    with pytest.raises(StopAsyncIteration):
        await anext(visits)


async def fill_account(page: Page, name: str) -> None:
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("textbox", name="Password").fill(NEW_PASSWORD)


async def test_an_invitation_that_is_handed_over_is_accepted_in_a_fresh_browser(
    chromium: Browser, place: Path, models: OpenAIServer
) -> None:
    async with serving(place / "handed-over", models, None) as server:
        async with at(chromium, server) as ada:
            await ada.sign_in()
            page = await ada.tab("/admin/invitations")
            await expect(page.get_by_text("Nobody was invited yet.")).to_be_visible()
            await page.get_by_role("button", name="Make the link").click()
            await expect(page.get_by_text("Enter an e-mail address.")).to_be_visible()
            await page.get_by_label("E-mail address").fill(GRACE)
            await page.get_by_text("Guest", exact=True).click()
            await page.get_by_role("button", name="Make the link").click()
            link = await page.get_by_label("Link of the invitation").input_value()
            server.secrets.add(link.partition("#")[2])
            invitations = page.get_by_role("list", name="Invitations")
            await expect(invitations.get_by_text("open")).to_be_visible()
            async with at(chromium, server) as grace:
                await accepted(grace, link)
            await page.reload()
            await expect(invitations.get_by_text("accepted")).to_be_visible()


async def accepted(grace: Person, link: str) -> None:
    page = await grace.tab(link.removeprefix(grace.server.url))
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await expect(page.get_by_label("E-mail address")).to_have_value(GRACE)
    assert link.partition("#")[2] not in page.url
    await fill_account(page, "Grace")
    await page.get_by_role("button", name="Create my account").click()
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()


async def test_a_listed_person_registers_and_confirms_in_another_browser(
    chromium: Browser, place: Path, models: OpenAIServer
) -> None:
    async with mailbox_at() as mailbox, serving(place / "registering", models, mailbox) as server:
        async with at(chromium, server) as ada:
            await ada.sign_in()
            page = await ada.tab("/admin/allowlist")
            await page.get_by_label("E-mail address").fill(ALAN)
            await page.get_by_role("button", name="Allow", exact=True).click()
            listed = page.get_by_role("list", name="Allowlist")
            await expect(listed.get_by_text(ALAN)).to_be_visible()
            async with at(chromium, server) as stranger, at(chromium, server) as alan:
                await asked_for(stranger)
                letter = await mailbox.next_to(ALAN)
                server.secrets.add(token_in(letter))
                await confirmed(alan, link_in(letter))
            await page.reload()
            await expect(listed.get_by_text("has an account")).to_be_visible()
            await page.get_by_role("button", name=f"Remove {ALAN}").click()
            await page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
            await expect(page.get_by_text(f"{ALAN} was removed; the account stays")).to_be_visible()
            await expect(page.get_by_text("No address is listed.")).to_be_visible()


async def asked_for(person: Person) -> None:
    page = await person.tab("/sign-in")
    await page.get_by_role("link", name="Create an account").click()
    await page.get_by_label("E-mail address").fill(ALAN)
    await fill_account(page, "Alan")
    await page.get_by_role("button", name="Create an account").click()
    await expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()


async def confirmed(alan: Person, link: str) -> None:
    page = await alan.tab(link.removeprefix(alan.server.url))
    await page.get_by_role("button", name="Create my account").click()
    await expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    await page.get_by_role("textbox", name="Password").fill(f"{NEW_PASSWORD} again")
    await page.get_by_role("button", name="Create my account").click()
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
