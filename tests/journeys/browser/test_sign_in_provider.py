"""Signing in with an OpenID provider at a browser, which sees two sites: the provider's and ours."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from emergence.kernel.clock import SystemClock
from tests.auth.open_id_provider import CLIENT_SECRET, OpenIdProvider, open_id_provider
from tests.auth.served_with_providers import provider_settings
from tests.journeys.browser.conftest import EMAIL, PHONE, Person, at_browser
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.visitor import Visitor
from tests.scripted_models.openai_server import OpenAIServer

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
async def acme() -> AsyncIterator[OpenIdProvider]:
    async with open_id_provider(SystemClock()) as provider:
        provider.issuer = provider.issuer.replace("127.0.0.1", "localhost")  # to a browser another site than ours
        yield provider


@pytest.fixture
async def linked_server(place: Path, models: OpenAIServer, acme: OpenIdProvider) -> AsyncIterator[Deployment]:
    """A server with an administrator and the provider, where everybody may join."""
    folder = place / "providers"
    folder.mkdir(mode=0o711)
    more = {
        "AUTH_CLAIM": "loopback",
        "AUTH_SIGNUP": "open",
        "AUTH_OIDC_PROVIDERS": json.dumps([provider_settings(acme.issuer)]),
    }
    prepared = one_process(folder, models, **more)
    for program in prepared.programs.values():
        program.environ = {**program.environ, "EMERGENCE_PUBLIC_URL": prepared.url}
    async with deployed(prepared) as running:
        running.secrets.add(CLIENT_SECRET)
        async with Visitor(running, EMAIL) as ada:
            await ada.claim()
        yield running


@pytest.fixture
async def somebody(chromium: Browser, linked_server: Deployment) -> AsyncIterator[Person]:
    async for person in at_browser(chromium, linked_server):
        yield person


async def test_somebody_signs_in_by_a_provider_and_reads_why_not_when_they_may_not(
    somebody: Person, acme: OpenIdProvider, tmp_path: Path
) -> None:
    page = await somebody.tab("/settings/security")
    await expect(page.get_by_role("button", name="Continue with Acme")).to_be_visible()
    await page.screenshot(path=tmp_path / "sign_in.png")

    acme.person = {"sub": "bob-1", "email": "bob@example.org", "email_verified": False}
    await page.get_by_role("button", name="Continue with Acme").click()
    await expect(page.get_by_text("No account here is linked to it.")).to_be_visible()
    assert "#" not in page.url

    acme.person = {"sub": "bob-1", "email": "bob@example.org", "email_verified": True, "name": "Bob"}
    await page.goto(somebody.server.url + "/settings/security")
    await page.get_by_role("button", name="Continue with Acme").click()
    await expect(page.get_by_text("You have none. With one you also sign in where")).to_be_visible()
    await expect(page.get_by_text("bob@example.org")).to_be_visible()
    assert page.url.endswith("/settings/security")
    cookies = {str(cookie["name"]): cookie for cookie in await somebody.context.cookies()}
    assert [name for name in cookies if name.startswith("emg_oidc")] == []
    (refresh,) = (cookie for name, cookie in cookies.items() if name.startswith("emg_rt"))
    assert (refresh["httpOnly"], refresh["sameSite"]) == (True, "Strict")
    assert await page.evaluate("document.cookie") == ""

    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Unlink Acme").click()
    await page.get_by_role("dialog").get_by_role("button", name="Unlink").click()
    await expect(page.get_by_text("This is the only way you can sign in. Add another one first.")).to_be_visible()
    await page.screenshot(path=tmp_path / "linked.png")
