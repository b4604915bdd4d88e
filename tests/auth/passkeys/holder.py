"""Somebody with passkeys: what their browser sends to add and to use one."""

from dataclasses import dataclass
from typing import Any

from httpx2 import Response

from tests.auth.passkeys.software_authenticator import HONEST, Behaviour, SoftwareAuthenticator
from tests.auth.served_auth import PASSWORD, Browser, ServedAuth, bearer

URL = "http://localhost:8080"
BASE = "/api/auth/passkeys"


# What no honest browser and authenticator send.
HOSTILE_USES = {
    "another page's origin": Behaviour(origin="https://evil.example"),
    "127.0.0.1, where no passkey works": Behaviour(origin="http://127.0.0.1:8080"),
    "https, which is not what we are": Behaviour(origin="https://localhost:8080"),
    "another domain": Behaviour(rp_id="evil.example"),
    "a challenge of its own": Behaviour(challenge=bytes(32)),
    "a person it did not make sure of": Behaviour(verifies_person=False),
    "nobody there": Behaviour(is_present=False),
    "a making instead of a use": Behaviour(type="webauthn.create"),
    "a frame in another site's page": Behaviour(is_framed=True),
    "another person's handle": Behaviour(user_handle=bytes(64)),
    "data that was not signed": Behaviour(tampers=True),
}


@dataclass
class Holder:
    """A person, signed in, with a browser at localhost and an authenticator."""

    served: ServedAuth
    browser: Browser
    signed_in: dict[str, Any]
    authenticator: SoftwareAuthenticator

    async def begin_adding(self) -> dict[str, Any]:
        answer = await self.browser.post_json(f"{BASE}/register/begin", **bearer(self.signed_in))
        assert answer.status_code == 200, answer.text
        options: dict[str, Any] = answer.json()["options"]
        return options

    async def finish_adding(self, credential: dict[str, Any], **more: str) -> Response:
        body = {"credential": credential, **more}
        return await self.browser.post_json(f"{BASE}/register/finish", body, **bearer(self.signed_in))

    async def add(self, behaviour: Behaviour = HONEST) -> Response:
        return await self.finish_adding(self.authenticator.create(await self.begin_adding(), behaviour))

    async def listed(self) -> list[dict[str, Any]]:
        answer = await self.browser.get(BASE, headers=bearer(self.signed_in))
        assert answer.status_code == 200, answer.text
        passkeys: list[dict[str, Any]] = answer.json()["passkeys"]
        return passkeys

    async def step_up(self, behaviour: Behaviour = HONEST) -> Response:
        begun = await self.browser.post_json(f"{BASE}/step-up/begin", **bearer(self.signed_in))
        assert begun.status_code == 200, begun.text
        proof = {"passkey": self.authenticator.get(begun.json()["options"], behaviour)}
        answer = await self.browser.post_json("/api/auth/step-up", proof, **bearer(self.signed_in))
        if answer.status_code == 200:
            self.signed_in = answer.json()
        return answer

    async def remove(self, passkey_id: str) -> Response:
        headers = {**bearer(self.signed_in), "content-type": "application/json"}
        return await self.browser.delete(f"{BASE}/{passkey_id}", headers=headers)


async def holder(served: ServedAuth, authenticator: SoftwareAuthenticator | None = None) -> Holder:
    """Return the administrator, at localhost, with one passkey."""
    _, signed_in = await served.claimed()
    ada = Holder(served, served.browser(url=URL), signed_in, authenticator or SoftwareAuthenticator())
    log_in = {"email": signed_in["email"], "password": PASSWORD}
    ada.signed_in = (await ada.browser.post_json("/api/auth/login", log_in)).json()
    assert (await ada.add()).status_code == 200
    return ada


async def begin(browser: Browser, **body: str) -> dict[str, Any]:
    """Return what a sign-in page is asked for."""
    answer = await browser.post_json(f"{BASE}/login/begin", body)
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = answer.json()["options"]
    return options


async def finish(browser: Browser, credential: dict[str, Any], **body: str) -> Response:
    return await browser.post_json(f"{BASE}/login/finish", {"credential": credential, **body})


async def sign_in(
    browser: Browser, authenticator: SoftwareAuthenticator, behaviour: Behaviour = HONEST, **body: str
) -> Response:
    """Sign in with a passkey from begin to end."""
    return await finish(browser, authenticator.get(await begin(browser, **body), behaviour), **body)


async def first_step(browser: Browser, email: str = "Ada@Example.org") -> dict[str, Any]:
    """Give the password and return what is asked for next."""
    answer = await browser.post_json("/api/auth/login", {"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


async def methods_of_session(ada: Holder, signed_in: dict[str, str]) -> list[str]:
    listed = await ada.served.browser().get("/api/auth/my-sessions", headers=bearer(signed_in))
    methods: list[str] = next(each["methods"] for each in listed.json()["sessions"] if each["is_current"])
    return methods
