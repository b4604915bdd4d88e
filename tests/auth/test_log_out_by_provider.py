"""Signing out at the provider ends what it opened here, and only that; nobody else's message does."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from emergence.auth.oidc.provider_tokens import LOGOUT_EVENT
from tests.auth.open_id_provider import CLIENT_ID, Claims, OpenIdProvider, new_key, unsigned
from tests.auth.served_auth import PASSWORD, Browser, ServedAuth, bearer
from tests.auth.served_with_providers import session_of, sign_in

PATH = "/api/auth/oidc/acme/backchannel-logout"
PAUSE = timedelta(minutes=1)


@pytest.fixture
def served(beside_acme: ServedAuth) -> ServedAuth:
    return beside_acme


def claims_of(provider: OpenIdProvider, **changes: Any) -> Claims:
    now = int(provider.clock.now().timestamp())
    own = {"iss": provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": "1", "sub": "ada-1"}
    full = own | {"events": {LOGOUT_EVENT: {}}} | changes
    return {name: value for name, value in full.items() if value is not None}


async def tell(served: ServedAuth, token: str) -> httpx2.Response:
    form = {"content-type": "application/x-www-form-urlencoded"}
    return await served.program("203.0.113.9").post(PATH, content=urlencode({"logout_token": token}), headers=form)


async def is_in(browser: Browser) -> bool:
    return (await browser.post_json("/api/auth/refresh")).status_code == 200


async def opened(served: ServedAuth, provider: OpenIdProvider, sid: str | None = None, **person: Any) -> Browser:
    browser = served.browser()
    provider.change_claims = lambda claims: claims.update({"sid": sid} if sid else {})
    await sign_in(browser, provider, **person)
    return browser


async def test_a_subject_is_signed_out_of_all_that_the_provider_opened(
    served: ServedAuth, acme: OpenIdProvider
) -> None:
    ada, again = await opened(served, acme), await opened(served, acme)
    bob = await opened(served, acme, sub="bob-1", email="bob@example.org")

    answer = await tell(served, acme.keys[0].sign(claims_of(acme), typ="logout+jwt"))

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert [await is_in(each) for each in (ada, again, bob)] == [False, False, True]
    rows = await served.auth.database.fetch("SELECT data FROM audit_log WHERE type = 'session.revoked'")
    assert [json.loads(row["data"]) for row in rows] == [{"reason": "signed_out_at_provider"}] * 2


async def test_one_session_of_the_provider_ends_what_it_opened(served: ServedAuth, acme: OpenIdProvider) -> None:
    one, other = await opened(served, acme, "s1"), await opened(served, acme, "s2")

    answer = await tell(served, acme.keys[0].sign(claims_of(acme, sub=None, sid="s1")))

    assert answer.status_code == 200
    assert [await is_in(each) for each in (one, other)] == [False, True]


async def test_a_session_that_went_on_after_a_proof_ends_too(served: ServedAuth, acme: OpenIdProvider) -> None:
    await served.person("ada@example.org")
    await served.auth.database.execute("UPDATE user_emails SET verified_at = now()")
    browser = await opened(served, acme, "s1")
    before = await session_of(browser)
    stepped = await browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(before))

    await tell(served, acme.keys[0].sign(claims_of(acme, sub=None, sid="s1")))

    assert stepped.json()["session_id"] != before["session_id"]
    assert not await is_in(browser)


async def test_a_password_session_of_the_same_person_stays(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser, ada = await served.person("ada@example.org")
    await served.auth.database.execute("UPDATE user_emails SET verified_at = now()")
    by_provider = await opened(served, acme)
    assert (await session_of(by_provider))["user_id"] == ada["user_id"]

    await tell(served, acme.keys[0].sign(claims_of(acme)))

    assert [await is_in(each) for each in (by_provider, browser)] == [False, True]


async def test_a_message_that_comes_again_ends_nothing_new(served: ServedAuth, acme: OpenIdProvider) -> None:
    await opened(served, acme)
    token = acme.keys[0].sign(claims_of(acme))
    first = await tell(served, token)
    served.clock.advance(PAUSE)
    later = await opened(served, acme)

    again = await tell(served, token)

    assert (first.status_code, again.status_code) == (200, 200)
    assert await is_in(later)


def signed(**changes: Any) -> Callable[[OpenIdProvider], str]:
    return lambda provider: provider.keys[0].sign(claims_of(provider, **changes))


REFUSED: dict[str, Callable[[OpenIdProvider], str]] = {
    "another issuer": signed(iss="https://evil.example"),
    "another audience": signed(aud="x"),
    "no iat": signed(iat=None),
    "no exp": signed(exp=None),
    "expired": lambda provider: signed(exp=int(provider.clock.now().timestamp()) - 61)(provider),
    "no jti": signed(jti=None),
    "no events": signed(events=None),
    "another event": signed(events={"x": {}}),
    "an event that is text": signed(events={LOGOUT_EVENT: "yes"}),
    "a nonce": signed(nonce="n"),
    "neither subject nor session": signed(sub=None),
    "an ID token": lambda provider: provider.keys[0].sign(provider.claims("n")),
    "an access token": lambda provider: provider.keys[0].sign(claims_of(provider), typ="at+jwt"),
    "alg none": lambda provider: unsigned(claims_of(provider), {"alg": "none"}) + ".",
    "another key": lambda provider: new_key(kid=provider.keys[0].kid).sign(claims_of(provider)),
    "nothing": lambda _: "",
}


async def test_each_message_that_cannot_be_believed_is_refused(served: ServedAuth, acme: OpenIdProvider) -> None:
    browser = await opened(served, acme)

    answers = {name: await tell(served, make(acme)) for name, make in REFUSED.items()}

    codes = {name: (answer.status_code, answer.json()["error"]) for name, answer in answers.items()}
    assert codes == dict.fromkeys(REFUSED, (400, "invalid_request"))
    assert await is_in(browser)


async def test_what_is_no_form_is_refused(served: ServedAuth) -> None:
    browser = served.program()
    bodies = [b"", b"logout_token", b"\xff\xfe", b"logout_token=a&logout_token=b", b"&" * 1000, b"other=1"]

    statuses = [(await browser.post(PATH, content=body)).status_code for body in bodies]

    assert statuses == [400] * len(bodies)
