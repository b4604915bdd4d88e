"""Passkeys at a real browser, with a virtual authenticator: alone, as the second step, and hostile (A39)."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page, expect

from tests.journeys.browser.conftest import EMAIL, Person, at_browser
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.visitor import PASSWORD, Visitor
from tests.scripted_models.openai_server import OpenAIServer

pytestmark = pytest.mark.xdist_group("browser")

PASSKEY_ONLY = ["hwk", "user", "mfa"]


@pytest.fixture(scope="module")
async def server_with_passkeys(place: Path, models: OpenAIServer) -> AsyncIterator[Deployment]:
    """A server of this file's own, opened at localhost: passkeys cannot be bound to 127.0.0.1."""
    folder = place / "passkeys"
    folder.mkdir(mode=0o711)
    async with deployed(one_process(folder, models)) as running:
        async with Visitor(running, EMAIL) as ada:
            await ada.claim()
        yield replace(running, url=running.url.replace("127.0.0.1", "localhost"))


@dataclass
class Device:
    """The authenticator of one tab, as Chromium simulates it."""

    cdp: CDPSession
    id: str

    async def credentials(self) -> list[dict[str, Any]]:
        found = await self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        credentials: list[dict[str, Any]] = found["credentials"]
        return credentials

    async def put_back(self, credential: dict[str, Any]) -> None:
        """Replace a passkey by an earlier copy of it, with its earlier counter."""
        chosen = {"authenticatorId": self.id, "credentialId": credential["credentialId"]}
        await self.cdp.send("WebAuthn.removeCredential", chosen)
        await self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    async def recognises(self, *, the_person: bool) -> None:
        await self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": the_person})


async def device_of(page: Page) -> Device:
    """Give a tab an authenticator that keeps passkeys and knows its person."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Device(cdp, made["authenticatorId"])


@asynccontextmanager
async def somebody(chromium: Browser, server: Deployment) -> AsyncIterator[Person]:
    visits = at_browser(chromium, server)
    person = await anext(visits)
    try:
        yield person
    finally:
        await anext(visits, None)


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Account: Ada").click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await expect(page.get_by_role("textbox", name="E-mail address")).to_be_visible()


async def give_password(page: Page) -> None:
    await page.get_by_role("textbox", name="E-mail address").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def keep_codes(page: Page, server: Deployment) -> list[str]:
    items = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(items).to_have_count(10)
    codes = await items.all_inner_texts()
    server.secrets.update(codes)
    await page.get_by_text("I have kept them").click()
    await page.get_by_role("button", name="Done").click()
    return codes


async def methods_of_session(page: Page) -> list[str]:
    """Return how the session of a page was opened, as the server keeps it."""
    methods: list[str] = await page.evaluate(METHODS)
    return methods


async def test_a_passkey_from_adding_to_removal(chromium: Browser, server_with_passkeys: Deployment) -> None:
    async with somebody(chromium, server_with_passkeys) as ada:
        await ada.sign_in()
        await ada.context.add_init_script(WITHOUT_SUGGESTIONS)
        page = await ada.tab("/settings/security")
        device = await device_of(page)
        passkeys = page.get_by_role("list", name="Your passkeys").get_by_role("listitem")

        await page.get_by_role("button", name="Add a passkey").click()
        codes = await keep_codes(page, server_with_passkeys)
        await expect(passkeys).to_have_count(1)
        await expect(passkeys).to_contain_text("Never used")
        (kept,) = await device.credentials()
        assert kept["isResidentCredential"] is True
        assert kept["rpId"] == "localhost"
        assert len(kept["userHandle"]) >= 86  # 64 bytes

        # alone
        await sign_out(page)
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await page.wait_for_url("**/settings/security")
        await expect(passkeys).to_contain_text("Used a moment ago")
        assert await methods_of_session(page) == PASSKEY_ONLY

        # after the password
        await sign_out(page)
        await give_password(page)
        await expect(page.get_by_role("button", name="Use your passkey")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/settings/security")
        assert await methods_of_session(page) == ["pwd", *PASSKEY_ONLY]

        # a recovery code in its place
        await sign_out(page)
        await give_password(page)
        await page.get_by_role("button", name="Use a code instead").click()
        await page.get_by_role("textbox", name="Recovery code").fill(codes[0])
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/settings/security")

        # named and removed
        await page.get_by_role("button", name="Rename the passkey").click()
        await page.get_by_role("textbox", name="Name").fill("Laptop")
        await page.keyboard.press("Enter")
        await expect(passkeys).to_contain_text("Laptop")
        await page.get_by_role("button", name="Remove the passkey: Laptop").click()
        await page.get_by_role("button", name="Remove the passkey", exact=True).click()
        await expect(page.get_by_text("You have none yet.")).to_be_visible()
        await sign_out(page)
        await page.get_by_role("button", name="Sign in with a passkey").click()
        await expect(page.get_by_text("This passkey was not accepted.")).to_be_visible()
        await give_password(page)
        await page.wait_for_url("**/settings/security")
        server_with_passkeys.secrets.add(await ada.refresh_token())


async def test_the_browser_suggests_the_passkey_at_the_address_field(
    chromium: Browser, server_with_passkeys: Deployment
) -> None:
    async with somebody(chromium, server_with_passkeys) as ada:
        await ada.sign_in()
        page = await ada.tab("/settings/security")
        await device_of(page)
        await page.get_by_role("button", name="Add a passkey").click()
        await keep_codes(page, server_with_passkeys)
        await page.get_by_role("button", name="Account: Ada").click()
        await page.get_by_role("menuitem", name="Sign out").click()

        # The device chooses the suggestion at once, as its person would.
        await expect(page.get_by_text("Used a moment ago")).to_be_visible()

        assert await methods_of_session(page) == PASSKEY_ONLY
        await remove_passkey(page)
        server_with_passkeys.secrets.add(await ada.refresh_token())


async def test_hostile_ceremonies_are_refused_and_a_copy_is_found_out(
    chromium: Browser, server_with_passkeys: Deployment
) -> None:
    async with somebody(chromium, server_with_passkeys) as ada:
        await ada.sign_in()
        page = await ada.tab("/settings/security")
        device = await device_of(page)
        await page.get_by_role("button", name="Add a passkey").click()
        await keep_codes(page, server_with_passkeys)
        (earlier,) = await device.credentials()

        answer = await answered(page, await question(page))
        assert (await finished(page, answer))["status"] == 200
        assert (await finished(page, answer))["code"] == "passkey_rejected"
        invented = {**await question(page), "challenge": urlsafe_b64encode(bytes(32)).decode().rstrip("=")}
        assert (await finished(page, await answered(page, invented)))["code"] == "passkey_rejected"
        await device.recognises(the_person=False)
        touched = await answered(page, {**await question(page), "userVerification": "discouraged"})
        assert (await finished(page, touched))["code"] == "passkey_rejected"
        await device.recognises(the_person=True)

        # What the browser itself refuses: another domain, and this server's page at another name of this machine.
        assert await page.evaluate(ASK, {**await question(page), "rpId": "example.org"}) == {"refused": "SecurityError"}
        other = await ada.context.new_page()
        await other.goto(ada.server.url.replace("localhost", "127.0.0.1"))
        assert await other.evaluate(ASK, await question(page)) == {"refused": "SecurityError"}
        await other.close()

        await device.put_back(earlier)
        copied = await finished(page, await answered(page, await question(page)))
        assert (copied["mfa_required"], copied["methods"]) == (True, ["recovery_code"])
        await page.goto(f"{ada.server.url}/settings/security")
        await expect(page.get_by_text("It may have been copied")).to_be_visible()
        await remove_passkey(page)
        server_with_passkeys.secrets.add(await ada.refresh_token())


async def test_at_127_0_0_1_the_page_says_where_passkeys_work(
    chromium: Browser, server_with_passkeys: Deployment
) -> None:
    by_number = replace(server_with_passkeys, url=server_with_passkeys.url.replace("localhost", "127.0.0.1"))
    async with somebody(chromium, by_number) as ada:
        page = await ada.tab("/sign-in")
        place = server_with_passkeys.url.removeprefix("http://")
        await expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)

        await page.get_by_role("link", name=place).click()

        await page.wait_for_url(f"{server_with_passkeys.url}/sign-in")
        await expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()


WITHOUT_SUGGESTIONS = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
ASK = """async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  try { return (await navigator.credentials.get({ publicKey })).toJSON(); }
  catch (refused) { return { refused: refused.name }; }
}"""
METHODS = """async () => {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
  const { access_token } = await (await fetch("/api/auth/refresh", init)).json();
  const headers = { authorization: `Bearer ${access_token}` };
  const { sessions } = await (await fetch("/api/auth/my-sessions", { headers })).json();
  return sessions.find((session) => session.is_current).methods;
}"""
POST = """async ([path, body]) => {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/api/auth/passkeys/login/${path}`, init);
  return { status: answer.status, ...(await answer.json()) };
}"""


async def question(page: Page) -> dict[str, Any]:
    """Return what the server asks a browser of."""
    options: dict[str, Any] = (await page.evaluate(POST, ["begin", {}]))["options"]
    return options


async def answered(page: Page, options: dict[str, Any]) -> dict[str, Any]:
    """Return what the browser and its authenticator answer to it."""
    credential: dict[str, Any] = await page.evaluate(ASK, options)
    assert "refused" not in credential, credential
    return credential


async def finished(page: Page, credential: dict[str, Any]) -> dict[str, Any]:
    """Return what the server says to an answer."""
    said: dict[str, Any] = await page.evaluate(POST, ["finish", {"credential": credential}])
    return said


async def remove_passkey(page: Page) -> None:
    """Leave the account as it was, proving by the passkey who asks where that is wanted."""
    await page.get_by_role("button", name="Remove the passkey:").click()
    await page.get_by_role("button", name="Remove the passkey", exact=True).click()
    none_left, proof = page.get_by_text("You have none yet."), page.get_by_role("button", name="Use your passkey")
    await expect(none_left.or_(proof).first).to_be_visible()
    if await proof.is_visible():
        await proof.click()
    await expect(none_left).to_be_visible()
