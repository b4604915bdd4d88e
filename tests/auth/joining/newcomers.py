"""What people without an account do, and what administrators do for them, as tests ask for it."""

from dataclasses import dataclass
from typing import Any

import httpx2

from tests.auth.mailbox import Posted, token_in, until
from tests.auth.served_auth import PASSWORD, Browser, ServedAuth, bearer

REGISTER, CONFIRM = "/api/auth/register", "/api/auth/register/confirm"
INVITATIONS, SHOW, ACCEPT = "/api/auth/admin/invitations", "/api/auth/invitations/show", "/api/auth/invitations/accept"
ALLOWLIST = "/api/auth/admin/allowlist"
AS_JSON = {"content-type": "application/json"}
NEW = "grace@example.org"
OTHER_PASSWORD = "nineteen violet otters juggle"


@dataclass(frozen=True)
class Administrator:
    """A browser whose owner administers."""

    browser: Browser
    signed_in: dict[str, Any]

    async def invite(self, email: str = NEW, **more: str) -> httpx2.Response:
        return await self.browser.post_json(INVITATIONS, {"email": email, **more}, **bearer(self.signed_in))

    async def invited(self, email: str = NEW, **more: str) -> dict[str, Any]:
        answer = await self.invite(email, **more)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def allow(self, email: str = NEW, **more: str) -> httpx2.Response:
        return await self.browser.post_json(ALLOWLIST, {"email": email, **more}, **bearer(self.signed_in))

    async def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        return await self.browser.request(method, path, headers=bearer(self.signed_in) | AS_JSON, **more)

    async def resend(self, invitation_id: str) -> httpx2.Response:
        return await self.browser.post_json(f"{INVITATIONS}/{invitation_id}/resend", **bearer(self.signed_in))

    async def states(self) -> list[str]:
        answer = await self.ask("GET", INVITATIONS)
        return [each["state"] for each in answer.json()["invitations"]]

    async def events(self, kind: str) -> list[dict[str, Any]]:
        answer = await self.ask("GET", "/api/auth/admin/audit", params={"kind": kind})
        events: list[dict[str, Any]] = answer.json()["events"]
        return events


async def administrator(served: ServedAuth) -> Administrator:
    return Administrator(*await served.claimed())


async def ask_to_join(browser: Browser, email: str = NEW, **more: str) -> httpx2.Response:
    body = {"email": email, "password": PASSWORD, "display_name": "Grace"} | more
    language = body.pop("language", "en")
    return await browser.post_json(REGISTER, body, **{"accept-language": language})


async def confirm(browser: Browser, token: str, password: str | None = None) -> httpx2.Response:
    return await browser.post_json(CONFIRM, {"token": token} | ({"password": password} if password else {}))


async def accept(browser: Browser, token: str, **more: str) -> httpx2.Response:
    return await browser.post_json(ACCEPT, {"token": token, "password": PASSWORD, "display_name": "Grace"} | more)


async def answered(served: ServedAuth) -> None:
    """Wait until everything that was asked for has been looked at."""

    async def none_waits() -> bool:
        return await served.auth.database.fetch("SELECT id FROM email_requests") == []

    await until(none_waits)


async def mailed_registration(posted: Posted, browser: Browser, email: str = NEW, after: int = 0) -> str:
    """Ask for an account and return what stands behind the `#` of the letter's link."""
    answer = await ask_to_join(browser, email)
    assert (answer.status_code, answer.json()["expires_in"]) == (202, 86_400), answer.text
    return token_in(await posted.mailbox.next_to(email, after))


async def enters(served: ServedAuth, password: str, email: str = NEW) -> bool:
    """Return whether this password signs in."""
    answer = await served.browser("203.0.113.77").post_json("/api/auth/login", {"email": email, "password": password})
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200
