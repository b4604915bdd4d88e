"""Screens of auth as people meet them: too many reloads, an invalid field in focus, names that can be hit and read."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser.conftest import EMAIL, PHONE, Person, answers, say
from tests.journeys.browser.test_appearance import AXE, barriers
from tests.journeys.visitor import PASSWORD

pytestmark = pytest.mark.xdist_group("browser")

LONG_NAME = "Maximiliana Konstantinopolitanskaya-Featherstonehaugh von Hohenzollern"
LEAST_TARGET_PX = 24  # WCAG 2.5.8
CUT = "element => element.scrollWidth > element.clientWidth"


async def test_a_page_that_is_reloaded_too_often_says_that_it_waits_and_then_connects(ada: Person) -> None:
    page = await ada.tab()
    async with page.expect_response("**/api/auth/refresh") as answer:
        await page.reload()
    token = (await (await answer.value).json())["access_token"]
    ada.server.secrets.add(token)
    is_used_up = asyncio.Event()

    async def use_up_tickets() -> None:
        """Do what dozens of reloads do, and go on with it."""
        headers = {"authorization": f"Bearer {token}"}
        while True:
            reply = await ada.context.request.post(f"{ada.server.url}/api/auth/ws-ticket", data={}, headers=headers)
            if reply.status == 429:
                is_used_up.set()
            else:
                ada.server.secrets.add((await reply.json())["ticket"])
            await asyncio.sleep(0.02)

    using_up = asyncio.create_task(use_up_tickets())
    try:
        await is_used_up.wait()
        await page.reload()
        await expect(page.get_by_text("Too many reloads: connects in 0:0")).to_be_visible()
        await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        using_up.cancel()
        await asyncio.gather(using_up, return_exceptions=True)

    await expect(page.get_by_text("Too many reloads")).to_have_count(0)
    await say(page, "Are you there?")
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    ada.said[:] = [line for line in ada.said if "429" not in line]


async def test_an_invalid_field_stays_red_while_it_has_the_focus(newcomer: Person) -> None:
    page = await newcomer.tab("/sign-in")
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_text("Enter your e-mail address.")).to_be_visible()
    field = page.get_by_role("textbox", name="E-mail address")
    await expect(field).to_be_focused()

    colour = await page.get_by_text("Enter your e-mail address.").evaluate("text => getComputedStyle(text).color")

    await expect(field.locator("xpath=..")).to_have_css("border-top-color", colour)


@pytest.mark.skipif(not AXE.is_file(), reason="the web client's packages are not installed: type `make web`")
async def test_nothing_is_left_of_what_was_said_of_a_button_that_is_gone(newcomer: Person) -> None:
    await newcomer.context.add_init_script(path=AXE)
    page = await newcomer.tab("/sign-in")
    await page.get_by_role("textbox", name="E-mail address").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()

    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    newcomer.server.secrets.add(await newcomer.refresh_token())

    assert await barriers(page) == []


async def test_long_names_are_read_whole_on_a_phone_and_can_be_hit(ada: Person) -> None:
    page = await ada.tab("/settings/profile")
    await rename(page, LONG_NAME)
    try:
        await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await page.goto(f"{ada.server.url}/admin/people")
        name = page.get_by_role("main").get_by_text(LONG_NAME)
        await expect(name).to_be_visible()
        assert not await name.evaluate(CUT)
        await page.get_by_role("button", name="Conversations").click()
        account = page.get_by_role("dialog").get_by_text(LONG_NAME)
        await expect(account).to_be_visible()
        assert not await account.evaluate(CUT)

        await page.goto(f"{ada.server.url}/admin/audit")
        link = page.get_by_role("button", name=f"{LONG_NAME}: show only what concerns them").first
        await expect(link).to_be_visible()
        box = await link.bounding_box()
        assert box is not None and box["height"] >= LEAST_TARGET_PX
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        await page.goto(f"{ada.server.url}/settings/profile")
        await rename(page, "Ada")


async def rename(page: Page, name: str) -> None:
    await page.get_by_role("textbox", name="Name").fill(name)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Your profile is saved.").first).to_be_visible()
