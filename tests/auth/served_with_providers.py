"""An auth service with OpenID providers set up, and people who sign in by them."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.auth.open_id_provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider
from tests.auth.served_auth import PUBLIC_URL, REFRESH_COOKIE, Browser, ServedAuth, auth_environ, served_auth

STATE_COOKIE = "emg_oidc_8080"


def provider_settings(issuer: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": "acme",
        "label": "Acme",
        "issuer": issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "trusted_for_email": True,
    } | changes


@asynccontextmanager
async def served_with(
    database_url: str, providers: list[dict[str, Any]], clock: Any, **environ: str
) -> AsyncIterator[ServedAuth]:
    more = {"AUTH_OIDC_PROVIDERS": json.dumps(providers), "EMERGENCE_PUBLIC_URL": PUBLIC_URL} | environ
    async with served_auth(auth_environ(database_url, **more), clock) as served:
        yield served


@dataclass(frozen=True)
class Landed:
    """Where a browser arrived after the callback."""

    path: str
    query: Mapping[str, list[str]]
    told: Mapping[str, list[str]]
    answer: httpx2.Response

    @property
    def error(self) -> str | None:
        return self.told.get("oidc_error", [None])[0]


async def begin(browser: Browser, provider: str = "acme", **body: Any) -> str:
    answer = await browser.post_json(f"/api/auth/oidc/{provider}/start", body)
    assert answer.status_code == 200, answer.text
    location: str = answer.json()["location"]
    return location


async def come_back(browser: Browser, brought: Mapping[str, str], provider: str = "acme") -> Landed:
    """Follow the provider's redirect, as a browser does: a navigation from another site."""
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "host": "evil.example"}
    answer = await browser.get(f"/api/auth/oidc/{provider}/callback", params=dict(brought), headers=headers)
    assert answer.status_code == 303, answer.text
    assert answer.headers["cache-control"] == "no-store"
    place = urlsplit(answer.headers["location"])
    assert (place.scheme, place.netloc) == ("", "")
    return Landed(place.path, parse_qs(place.query), parse_qs(place.fragment), answer)


async def sign_in(browser: Browser, provider: OpenIdProvider, **person: Any) -> Landed:
    return await come_back(browser, provider.approve(await begin(browser), **person))


async def session_of(browser: Browser) -> dict[str, Any]:
    """Return who the page finds signed in when it loads."""
    answer = await browser.post_json("/api/auth/refresh")
    assert answer.status_code == 200, answer.text
    signed_in: dict[str, Any] = answer.json()
    return signed_in


async def refusals(served: ServedAuth) -> list[dict[str, Any]]:
    rows = await served.auth.database.fetch("SELECT type, data FROM audit_log WHERE outcome = 'failure' ORDER BY seq")
    return [{"type": row["type"]} | json.loads(row["data"]) for row in rows]


async def people(served: ServedAuth) -> int:
    row = await served.auth.database.fetchrow("SELECT count(*) AS many FROM users")
    return int(row["many"]) if row else 0


async def refused(served: ServedAuth, provider: OpenIdProvider) -> str:
    """Sign in, see that nothing came of it, and return the reason that was written down."""
    browser = served.browser()
    return await nothing_came_of(served, browser, await sign_in(browser, provider))


async def nothing_came_of(served: ServedAuth, browser: Browser, landed: Landed) -> str:
    """See that a sign-in was refused and made no account; return the reason that was written down."""
    assert (landed.path, landed.error) == ("/sign-in", "provider_sign_in_refused")
    assert await people(served) == 0
    assert REFRESH_COOKIE not in browser.cookies
    last = (await refusals(served))[-1]
    assert (last["type"], last["methods"], last["provider"]) == ("session.login", "oidc", "acme")
    reason: str = last["reason"]
    return reason
