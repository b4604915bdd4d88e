"""The account's safety at a browser: a second factor from set-up to removal, other sessions, and the password."""

import asyncio
import time
from base64 import b32decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser.conftest import EMAIL, Person, at_browser
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.visitor import PASSWORD, Visitor
from tests.scripted_models.openai_server import OpenAIServer

pytestmark = pytest.mark.xdist_group("browser")

STEP_S = 30
NEW_PASSWORD = "nine patient otters under the bridge"


@pytest.fixture(scope="module")
async def guarded_server(place: Path, models: OpenAIServer) -> AsyncIterator[Deployment]:
    """A server of this file's own: what happens to its administrator's account is nobody else's business."""
    folder = place / "security"
    folder.mkdir(mode=0o711)
    async with deployed(one_process(folder, models)) as running:
        async with Visitor(running, EMAIL) as ada:
            await ada.claim()
        yield running


@dataclass
class Authenticator:
    """An authenticator app that never shows a code a second time: each is good once."""

    secret: str
    last_step: int = 0

    async def next_code(self) -> str:
        """Return the code of now, or wait for the next step when this one's was shown."""
        await asyncio.sleep(max(0.0, (self.last_step + 1) * STEP_S - time.time()))
        self.last_step = int(time.time()) // STEP_S
        totp = TOTP(b32decode(self.secret), 6, SHA1(), STEP_S)
        return totp.generate(self.last_step * STEP_S).decode()


@asynccontextmanager
async def somebody(chromium: Browser, server: Deployment) -> AsyncIterator[Person]:
    """A browser of one's own; `at_browser` looks at its console in the end."""
    visits = at_browser(chromium, server)
    person = await anext(visits)
    try:
        yield person
    finally:
        await anext(visits, None)


async def give_password(page: Page, password: str = PASSWORD) -> None:
    await page.get_by_role("textbox", name="E-mail address").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Account: Ada").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("textbox", name="E-mail address")).to_be_visible()


async def keep_codes(page: Page, server: Deployment) -> list[str]:
    """Read the recovery codes, say that they are kept, and leave."""
    items = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(items).to_have_count(10)
    codes = await items.all_inner_texts()
    server.secrets.update(codes)
    await expect(page.get_by_role("button", name="Done")).to_be_disabled()
    await page.get_by_text("I have kept them").click()
    await page.get_by_role("button", name="Done").click()
    return codes


async def enrol(page: Page, server: Deployment) -> tuple[Authenticator, list[str]]:
    """Set two-step sign-in up, as the page asks for it."""
    await page.get_by_role("button", name="Set up two-step sign-in").click()
    await expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    await page.get_by_role("button", name="Copy the key").click()
    authenticator = Authenticator(await page.evaluate("navigator.clipboard.readText()"))
    server.secrets.add(authenticator.secret)
    await page.get_by_role("button", name="Continue").click()
    await page.keyboard.type(await authenticator.next_code())  # the field has the focus, and six digits go off
    return authenticator, await keep_codes(page, server)


async def test_a_second_factor_from_set_up_to_removal(chromium: Browser, guarded_server: Deployment) -> None:
    async with somebody(chromium, guarded_server) as ada:
        await ada.sign_in()
        page = await ada.tab("/settings/security")
        authenticator, recovery_codes = await enrol(page, guarded_server)
        await expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()

        await sign_out(page)
        await give_password(page)
        code_field = page.get_by_role("textbox", name="Six-digit code")
        await expect(code_field).to_be_focused()
        await code_field.fill("000000")
        await expect(page.get_by_text("This code is wrong, or was used before.")).to_be_visible()
        await page.keyboard.type(await authenticator.next_code())
        await page.wait_for_url("**/settings/security")
        await expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()

        await sign_out(page)
        await give_password(page)
        await page.get_by_role("button", name="Use a recovery code instead").click()
        await page.get_by_role("textbox", name="Recovery code").fill(recovery_codes[0].lower())
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()

        await page.get_by_role("button", name="Remove two-step sign-in").click()
        await page.keyboard.type(await authenticator.next_code())
        await expect(page.get_by_role("button", name="Set up two-step sign-in")).to_be_visible()
        await sign_out(page)
        await give_password(page)
        await page.wait_for_url("**/settings/security")
        guarded_server.secrets.add(await ada.refresh_token())


async def test_a_session_ended_elsewhere_is_locked_at_once(chromium: Browser, guarded_server: Deployment) -> None:
    async with (
        somebody(chromium, guarded_server) as ada,
        somebody(chromium, guarded_server) as stranger,
        Visitor(guarded_server, EMAIL) as program,
    ):
        for visitor in (ada, stranger):
            await visitor.sign_in()
        await program.log_in()
        theirs = await stranger.tab()
        await expect(theirs.get_by_role("textbox", name="Message")).to_be_visible()

        page = await ada.tab("/settings/security")
        places = page.get_by_role("list", name="Where you are signed in").get_by_role("listitem")
        await expect(places.filter(has_text="This session")).to_contain_text("Chrome on Linux")
        before = await places.count()
        await page.get_by_role("button", name="End the session: Python").first.click()
        await page.get_by_role("button", name="End the session", exact=True).click()
        await expect(page.get_by_text("1 session was ended")).to_be_visible()
        await expect(places).to_have_count(before - 1)

        await page.get_by_role("button", name="End all other sessions").click()
        await page.get_by_role("button", name="End the other sessions").click()
        await expect(page.get_by_text("You are signed in nowhere else.")).to_be_visible()
        await expect(theirs.get_by_role("alertdialog", name="Your session has ended")).to_be_visible()

        await theirs.get_by_role("textbox", name="Password").fill(PASSWORD)
        await theirs.keyboard.press("Enter")
        await expect(theirs.get_by_role("alertdialog")).to_have_count(0)
        guarded_server.secrets.add(await stranger.refresh_token())


async def test_a_locked_page_asks_for_the_code_too(chromium: Browser, guarded_server: Deployment) -> None:
    async with somebody(chromium, guarded_server) as ada, somebody(chromium, guarded_server) as elsewhere:
        await ada.sign_in()
        await elsewhere.sign_in()
        locked = await elsewhere.tab()
        await expect(locked.get_by_role("textbox", name="Message")).to_be_visible()
        await locked.get_by_role("textbox", name="Message").fill("half a thought")

        page = await ada.tab("/settings/security")
        authenticator, _ = await enrol(page, guarded_server)  # which ends every other session
        await locked.get_by_role("textbox", name="Password").fill(PASSWORD)
        await locked.keyboard.press("Enter")
        await expect(locked.get_by_role("textbox", name="Six-digit code")).to_be_focused()
        await locked.keyboard.type(await authenticator.next_code())

        await expect(locked.get_by_role("alertdialog")).to_have_count(0)
        await expect(locked.get_by_role("textbox", name="Message")).to_have_value("half a thought")
        await page.get_by_role("button", name="Remove two-step sign-in").click()
        await page.keyboard.type(await authenticator.next_code())
        await expect(page.get_by_role("button", name="Set up two-step sign-in")).to_be_visible()
        guarded_server.secrets.add(await ada.refresh_token())


async def test_a_changed_password_is_the_one_that_counts(chromium: Browser, guarded_server: Deployment) -> None:
    guarded_server.secrets.add(NEW_PASSWORD)
    async with somebody(chromium, guarded_server) as ada:
        await ada.sign_in()
        page = await ada.tab("/settings/security")
        await change_password(page, "certainly not this one", NEW_PASSWORD)
        await expect(page.get_by_text("The current password is wrong.")).to_be_visible()
        await change_password(page, PASSWORD, NEW_PASSWORD)
        await expect(page.get_by_text("Your password is changed. Your other sessions were ended.")).to_be_visible()

        await sign_out(page)
        await give_password(page, PASSWORD)
        await expect(page.get_by_text("The e-mail address or the password is wrong.")).to_be_visible()
        await give_password(page, NEW_PASSWORD)
        await page.wait_for_url("**/settings/security")
        await change_password(page, NEW_PASSWORD, PASSWORD)
        await expect(page.get_by_text("Your password is changed.")).to_be_visible()
        guarded_server.secrets.add(await ada.refresh_token())


async def change_password(page: Page, current: str, new: str) -> None:
    await page.get_by_role("textbox", name="Current password").fill(current)
    await page.get_by_role("textbox", name="New password").fill(new)
    await page.get_by_role("button", name="Change password").click()
