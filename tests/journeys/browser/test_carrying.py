"""A conversation at a browser: shared by link and withdrawn, taken along as a file, and brought in again."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.browser.conftest import PHONE, WIDE, Person, answers, at_browser, say
from tests.journeys.browser.test_appearance import AXE, barriers
from tests.session.imports.chatgpt_export import export, simple

pytestmark = pytest.mark.xdist_group("browser")

SAID = "Where does the river end? <b>really</b>"


async def talk(ada: Person) -> Page:
    page = await ada.tab()
    await say(page, SAID)
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    return page


async def choose(page: Page, act: str) -> None:
    await page.get_by_role("button", name="Share and export").click()
    await page.get_by_role("menuitem", name=act).click()


def refused_as_expected(person: Person, status: str) -> None:
    """Take the refusals that a test asked for from what the console said."""
    assert any(status in line for line in person.said)
    person.said = [line for line in person.said if f"status of {status}" not in line]


async def read_by_stranger(stranger: Person, address: str) -> None:
    """Open the link on a phone in the dark, and on a wide screen in French."""
    asked: list[str] = []
    if AXE.is_file():
        await stranger.context.add_init_script(path=AXE)
    page = await stranger.context.new_page()
    page.on("request", lambda request: asked.append(f"{request.url} {request.headers}"))
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await page.emulate_media(color_scheme="dark")
    answer = await page.goto(address)
    assert answer is not None
    assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
    assert answer.headers["referrer-policy"] == "no-referrer"
    await expect(page.get_by_role("article", name="Question")).to_have_text(SAID)
    await expect(page.get_by_role("article", name="answer")).to_be_visible()
    await expect(page.get_by_text("Shared by Ada")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    dark = await barriers(page) if AXE.is_file() else []

    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    await page.emulate_media(color_scheme="light")
    await page.get_by_role("button", name="Language").click()
    await page.get_by_role("menuitemradio", name="Français").click()
    await expect(page.get_by_text("Partagée par Ada")).to_be_visible()
    light = await barriers(page) if AXE.is_file() else []
    token = address.partition("#")[2]
    assert (dark, light, [line for line in asked if token in line]) == ([], [], [])


async def test_a_link_is_made_read_by_a_stranger_and_revoked(ada: Person, chromium: Browser) -> None:
    page = await talk(ada)
    await choose(page, "Share by link")
    dialog = page.get_by_role("dialog", name="Share by link")
    await dialog.get_by_text("Show my name").click()
    await dialog.get_by_role("button", name="Make a link").click()
    field = dialog.get_by_role("textbox", name="Your link")
    await expect(field).to_be_focused()
    address = await field.input_value()
    ada.server.secrets.add(address.partition("#")[2])

    async for stranger in at_browser(chromium, ada.server):
        await read_by_stranger(stranger, address)

    copy = await ada.tab()
    await copy.goto(address)
    await copy.get_by_role("button", name="Continue this conversation").click()
    await copy.wait_for_url("**/t/*")
    await expect(answers(copy).last).to_have_attribute("data-status", "complete")
    assert copy.url != page.url

    await dialog.get_by_role("button", name="Revoke", exact=True).click()
    await expect(dialog.get_by_role("list", name="Links")).to_have_count(0)
    await expect(field).to_have_count(0)
    async for stranger in at_browser(chromium, ada.server):
        gone = await stranger.tab()
        await gone.goto(address)
        await expect(gone.get_by_role("heading", name="There is nothing to read here")).to_be_visible()
        await expect(gone.get_by_text("This link leads nowhere.")).to_be_visible()
        refused_as_expected(stranger, "404")
    ada.check_console()


async def test_a_conversation_leaves_as_a_file_and_comes_in_again(ada: Person, tmp_path: Path) -> None:
    page = await talk(ada)
    files = {}
    for act in ("Export as JSON", "Export as Markdown", "Export as PDF"):
        async with page.expect_download() as begun:
            await choose(page, act)
        download = await begun.value
        files[act] = tmp_path / download.suggested_filename
        await download.save_as(files[act])
    carried = json.loads(files["Export as JSON"].read_text())
    assert carried["messages"][0]["parts"][0]["text"] == SAID
    assert f"> {SAID}" in files["Export as Markdown"].read_text()
    assert files["Export as PDF"].read_bytes().startswith(b"%PDF-")
    assert files["Export as PDF"].name.startswith("Where does the river end")

    await page.goto(ada.server.url + "/settings/conversations")
    await page.get_by_label("File to import").set_input_files(files["Export as JSON"])
    await expect(page.get_by_text("1 conversation imported")).to_be_visible()
    await page.get_by_label("File to import").set_input_files(files["Export as JSON"])
    await expect(page.get_by_text("1 was here already")).to_be_visible()
    ada.check_console()


async def test_an_export_of_chatgpt_is_brought_on_a_phone_and_every_tab_shows_it(ada: Person, tmp_path: Path) -> None:
    other = await ada.tab()
    page = await ada.tab("/settings/conversations")
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    file, broken = tmp_path / "conversations.json", tmp_path / "notes.json"
    file.write_bytes(export(simple("Herons of Nîmes", "Où sont les hérons ?", "In the **estuary**.")))
    broken.write_text("{}")

    await page.get_by_label("File to import").set_input_files(broken)
    await expect(page.get_by_text("This file cannot be imported")).to_be_visible()
    await page.get_by_label("File to import").set_input_files(file)

    await expect(page.get_by_text("1 conversation imported")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await other.get_by_role("link", name="Herons of Nîmes").click()
    await expect(answers(other).last.get_by_text("estuary")).to_be_visible()
    await say(other, "And the terns?")
    await expect(answers(other).last).to_have_attribute("data-agent", "anima")
    await expect(answers(other).last).to_have_attribute("data-status", "complete")
    refused_as_expected(ada, "422")
