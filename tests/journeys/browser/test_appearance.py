"""How it looks and reads: French and English, dark and light, a phone, the keyboard alone, no barrier for anybody."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.browser.conftest import PHONE, Person, answers, say
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer

pytestmark = pytest.mark.xdist_group("browser")

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MARKDOWN = (
    "## A plan\n\n", "1. **First** step with [a link](https://example.org)\n2. Second\n\n", "> A remark\n\n",
    "```python\nprint('hello')\n```\n\n", "| Agent | Strength |\n|---|---|\n| Neo | code |\n",
)  # fmt: skip


TAB_STOPS_AT_MOST = 150  # earlier tests' conversations are stops too
FOCUSED = "document.activeElement.ariaLabel ?? document.activeElement.textContent"
AT_REST = """Promise.all(document.getAnimations()
    .filter(animation => animation.effect.getComputedTiming().iterations !== Infinity)
    .map(animation => animation.finished.catch(() => null)))"""
BARRIERS = """rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(result =>
    result.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.target.join(' ')).join(', ')]))"""


async def barriers(page: Page) -> list[str]:
    """Return what axe calls serious or critical, with the elements concerned; what lasts, not what only fades in."""
    lasting: list[str] = []
    for _ in range(3):
        await page.evaluate(AT_REST)  # half-faded text has half a contrast, and something may appear meanwhile
        found = await page.evaluate(BARRIERS, RULES)
        lasting = [f"{name}: {elements}" for impact, name, elements in found if impact in ("serious", "critical")]
        if not lasting:
            break
        await page.wait_for_timeout(500)
    return lasting


@pytest.mark.skipif(not AXE.is_file(), reason="the web client's packages are not installed: type `make web`")
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_screen_shuts_anybody_out(newcomer: Person, models: OpenAIServer, scheme: str) -> None:
    await newcomer.context.add_init_script(path=AXE)
    models.script.then(Answer(tokens=MARKDOWN))
    page = await newcomer.tab()
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found: dict[str, list[str]] = {}

    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    found["sign-in"] = await barriers(page)
    await newcomer.sign_in()
    await page.goto(newcomer.server.url)
    await expect(page.get_by_role("heading", name="Talk with Anima")).to_be_visible()
    found["empty"] = await barriers(page)
    await say(page, "Show me a plan")
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    found["conversation"] = await barriers(page)
    settings = ("profile", "security", "conversations", "data", "appearance", "models")
    administration = ("people", "invitations", "allowlist", "sign-ins", "keys", "audit")
    for name in [f"settings/{name}" for name in settings] + [f"admin/{name}" for name in administration]:
        await page.goto(f"{newcomer.server.url}/{name}")
        await expect(page.get_by_role("heading", level=2).first).to_be_visible()
        found[name] = await barriers(page)

    assert {screen: seen for screen, seen in found.items() if seen} == {}


async def test_the_language_is_the_systems_until_another_is_chosen(ada: Person, models: OpenAIServer) -> None:
    page = await ada.tab("/settings/appearance")
    await page.get_by_text("Français", exact=True).click()
    await expect(page.get_by_role("heading", name="Réglages")).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == "fr"

    await page.goto(ada.server.url)
    await say(page, "Bonjour")

    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    await expect(page.get_by_role("link", name="Nouvelle conversation")).to_be_visible()
    assert "French" in models.exchanges[-1].system or "français" in models.exchanges[-1].system


async def test_dark_and_light_follow_the_system_and_the_switch(ada: Person) -> None:
    page = await ada.tab("/settings/appearance")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    await expect(page.get_by_role("radio", name="System")).to_be_checked()
    light = await page.evaluate(background)

    await page.emulate_media(color_scheme="dark")
    dark = await page.evaluate(background)
    await page.get_by_text("Light", exact=True).click()
    await page.wait_for_function(f"light => {background} === light", arg=light)
    await page.reload()

    assert dark != light
    await expect(page.get_by_role("radio", name="Light")).to_be_checked()
    assert await page.evaluate(background) == light


async def test_everything_is_reached_by_the_keyboard_alone(ada: Person) -> None:
    page = await ada.tab()
    field = page.get_by_role("textbox", name="Message")
    await expect(field).to_be_focused()

    await page.keyboard.type("First line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await expect(field).to_have_value("First line\nsecond line")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/t/*")  # the conversation has a field of its own: what is typed before is not in it
    await expect(answers(page).last).to_have_attribute("data-status", "complete")
    await expect(field).to_be_focused()
    await page.keyboard.type("/")
    await expect(field).to_have_value("/")

    unreached = {"Copy answer", "Ask again", "Agent: Anima", "Account: Ada", "New conversation"}
    for _ in range(TAB_STOPS_AT_MOST):
        await page.keyboard.press("Tab")
        unreached.discard(await page.evaluate(FOCUSED))
        if not unreached:
            break
    assert unreached == set()


async def test_a_phone_shows_all_of_it(ada: Person, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=MARKDOWN))
    page = await ada.tab()
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await say(page, "Show me a plan")
    await expect(answers(page).last).to_have_attribute("data-status", "complete")

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.get_by_role("button", name="Show conversations").click()
    await expect(page.get_by_role("dialog", name="Conversations")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("link", name="New conversation").click()
    await expect(page.get_by_role("heading", name="Talk with Anima")).to_be_visible()
