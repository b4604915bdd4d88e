"""An administrator at a browser: finds a person, views the server as they see it, ends that, reads the log."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser.conftest import EMAIL, PHONE, Person, at_browser
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.visitor import Visitor
from tests.scripted_models.openai_server import OpenAIServer

pytestmark = pytest.mark.xdist_group("browser")

QUESTION = "Where do the herons sleep?"
REASON = "She asked why an answer is missing."


@pytest.fixture(scope="module")
async def administered_server(place: Path, models: OpenAIServer) -> AsyncIterator[Deployment]:
    """A server with an administrator, and a member who has said something."""
    folder = place / "administration"
    folder.mkdir(mode=0o711)
    async with deployed(one_process(folder, models)) as running:
        async with Visitor(running, EMAIL) as ada:
            await ada.claim()
        async with Visitor(running, "eve@example.org") as eve:
            await eve.enter_as_developer()
            async with eve.live() as client:
                await client.answer_to(await client.send(QUESTION, agent="neo"))
        yield running


@pytest.fixture
async def administrator(chromium: Browser, administered_server: Deployment) -> AsyncIterator[Person]:
    """Ada, signed in."""
    async for person in at_browser(chromium, administered_server):
        await person.sign_in()
        yield person


async def open_person(page: Page) -> None:
    """Go from the conversations to Eve's page, as one does."""
    await page.get_by_role("button", name="Account: Ada").click()
    await page.get_by_role("menuitem", name="Administration").click()
    people = page.get_by_role("list", name="People").get_by_role("listitem")
    await expect(people).to_have_count(2)
    await page.get_by_role("searchbox", name="Find by name or e-mail address").fill("EVE@")
    await expect(people).to_have_count(1)
    await people.get_by_role("link").click()
    await expect(page.get_by_role("heading", name="eve")).to_be_visible()


async def view_as_eve(page: Page) -> None:
    await page.get_by_role("button", name="View as this person").click()
    await expect(page.get_by_role("button", name="Begin")).to_be_disabled()
    await page.get_by_role("textbox", name="Reason").fill(REASON)
    await page.get_by_role("button", name="Begin").click()
    await expect(page.get_by_text("You are viewing as eve.")).to_be_visible()


async def test_a_look_at_an_account_reads_everything_and_writes_nothing(administrator: Person) -> None:
    page = await administrator.tab()
    await open_person(page)
    await view_as_eve(page)

    await expect(page.get_by_role("button", name="Account: eve")).to_be_visible()
    await page.get_by_role("link", name=QUESTION).click()
    await expect(page.get_by_text("nothing can be written in their name")).to_be_visible()
    await expect(page.locator("article[data-agent]")).to_have_count(1)
    await expect(page.get_by_role("textbox", name="Message")).to_have_count(0)
    await expect(page.get_by_role("button", name="Ask again")).to_have_count(0)
    other_tab = await administrator.tab("/admin/people")
    await expect(other_tab.get_by_role("button", name="Account: Ada")).to_be_visible()

    async with Visitor(administrator.server, "eve@example.org") as eve:
        await eve.enter_as_developer()
        told = (await eve.get("/api/auth/my-activity"))["events"]
    started = next(event for event in told if event["type"] == "admin.impersonation_started")
    assert (started["actor_name"], started["data"]["reason"]) == ("Ada", REASON)

    await (
        page.get_by_role("complementary", name="Viewing as somebody else")
        .get_by_role("button", name="Stop viewing")
        .click()
    )
    await page.wait_for_url("**/admin/people/*")
    await expect(page.get_by_role("button", name="Account: Ada")).to_be_visible()
    await expect(page.get_by_text("You are viewing as eve.")).to_have_count(0)
    await page.goto(administrator.server.url)
    await expect(page.get_by_role("link", name=QUESTION)).to_have_count(0)
    administrator.server.secrets.add(await administrator.refresh_token())


async def test_the_person_ends_it_and_the_administrator_is_oneself_again_at_once(administrator: Person) -> None:
    page = await administrator.tab()
    await open_person(page)
    await view_as_eve(page)
    await page.get_by_role("link", name=QUESTION).click()
    await expect(page.locator("article[data-agent]")).to_have_count(1)

    async with Visitor(administrator.server, "eve@example.org") as eve:
        await eve.enter_as_developer()
        looking = [each for each in (await eve.get("/api/auth/my-sessions"))["sessions"] if each["impersonator_name"]]
        assert [each["impersonator_name"] for each in looking] == ["Ada"]
        began = time.monotonic()
        reply = await eve.call("POST", f"/api/auth/my-sessions/{looking[0]['id']}/revoke")
        assert reply.status == 204
        await expect(page.get_by_text("You are viewing as eve.")).to_have_count(0)
        assert time.monotonic() - began < 3, "a second for the revocation, and what a busy machine adds"

    await expect(page.get_by_role("button", name="Account: Ada")).to_be_visible()
    administrator.server.secrets.add(await administrator.refresh_token())


async def test_what_a_limit_would_erase_is_seen_by_keyboard_and_on_a_phone(administrator: Person) -> None:
    page = await administrator.tab("/admin/retention")
    await expect(page.get_by_text("No limit is set")).to_be_visible()
    await page.get_by_role("textbox", name="A limit in days").press_sequentially("1")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("It would erase nothing now.")).to_be_visible()
    await expect(page.get_by_text("SESSION_RETENTION_DAYS=1", exact=True)).to_be_visible()
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_suspending_signing_out_and_the_log(administrator: Person) -> None:
    server = administrator.server
    page = await administrator.tab()
    await open_person(page)
    async with Visitor(server, "eve@example.org") as eve:
        await eve.enter_as_developer()
        await page.get_by_role("button", name="Suspend").click()
        await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
        await page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
        await expect(page.get_by_role("button", name="Reinstate")).to_be_visible()
        assert (await eve.call("GET", "/api/auth/session")).status == 401
    await page.get_by_role("button", name="Reinstate").click()
    await page.get_by_role("dialog").get_by_role("button", name="Reinstate").click()
    await expect(page.get_by_role("button", name="Suspend")).to_be_visible()

    await page.get_by_role("link", name="Sign-ins").click()
    sign_ins = page.get_by_role("list", name="Sign-ins").get_by_role("listitem")
    await expect(sign_ins.filter(has_text="Ada").first).to_contain_text("Chrome on Linux")

    await page.get_by_role("link", name="Audit").click()
    rows = page.get_by_role("list", name="Audit").get_by_role("listitem")
    await expect(rows.filter(has_text="Account suspended").first).to_contain_text("Ada on eve")
    await page.get_by_role("button", name="Check the log").click()
    await expect(page.get_by_text("The log is as it was written")).to_be_visible()
    await page.get_by_role("button", name="Kind").click()
    await page.get_by_role("option", name="Accounts").click()
    await expect(rows.filter(has_text="Signed in")).to_have_count(0)
    await expect(rows.filter(has_text="Account reinstated")).not_to_have_count(0)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Save what is shown as a file").click()
    lines = [json.loads(line) for line in (await (await download.value).path()).read_text().splitlines()]
    assert {line["type"].partition(".")[0] for line in lines} == {"account"}
    server.secrets.add(await administrator.refresh_token())


async def test_a_member_finds_no_administration(chromium: Browser, administered_server: Deployment) -> None:
    async for person in at_browser(chromium, administered_server):
        reply = await person.context.request.post(
            f"{administered_server.url}/api/auth/dev/login", data={"email": "eve@example.org"}
        )
        administered_server.secrets.add((await reply.json())["access_token"])
        page = await person.tab("/admin/audit")
        await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
        administered_server.secrets.add(await person.refresh_token())


async def test_a_phone_shows_which_section_is_open(administrator: Person) -> None:
    page = await administrator.tab()
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    await page.goto(f"{administrator.server.url}/admin/audit")

    await expect(page.get_by_role("link", name="Audit")).to_be_in_viewport(ratio=1)
    administrator.server.secrets.add(await administrator.refresh_token())
