"""A real auth service over a real database, and browsers that talk to it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi import FastAPI

from emergence.auth.app import build_app
from emergence.auth.parts import Auth
from emergence.auth.setup_code import setup_code
from emergence.auth.store import users
from emergence.auth.store.users import Account
from emergence.contracts.auth.values import Role
from emergence.kernel.ids import new_id
from emergence.kernel.surroundings import Surroundings
from tests.frozen_clock import FrozenClock

PUBLIC_URL = "http://127.0.0.1:8080"
REFRESH_COOKIE = "emg_rt_8080"  # over plain http its name holds the port
DEVICE_COOKIE = "emg_device_8080"
PASSWORD = "correct horse battery staple"
ADMINISTRATOR = {"email": "Ada@Example.org", "password": PASSWORD, "display_name": "Ada"}


def auth_environ(database_url: str, **more: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "EMERGENCE_SERVICE_SECRET": "f3a98b7e61d5c0421f8e7d6c5b4a3920",
        "AUTH_JWT_SECRET": "0b9e41c7d2a85f63a17c40e92d58b6f3",
        "EMERGENCE_ENV": "development",
        "AUTH_CLAIM": "loopback",
    } | more


class Browser(httpx2.AsyncClient):
    """Sends what a browser on our own page sends, and keeps cookies."""

    async def post_json(self, path: str, body: object = None, **headers: str) -> httpx2.Response:
        return await self.post(path, json={} if body is None else body, headers=headers)


@dataclass(frozen=True)
class ServedAuth:
    """One running service."""

    app: FastAPI
    clock: FrozenClock

    @property
    def auth(self) -> Auth:
        auth: Auth = self.app.state.auth
        return auth

    def browser(self, address: str = "127.0.0.1", url: str = PUBLIC_URL) -> Browser:
        transport = httpx2.ASGITransport(self.app, client=(address, 50_000))
        return Browser(transport=transport, base_url=url, headers={"sec-fetch-site": "same-origin"})

    def program(self, address: str = "127.0.0.1") -> Browser:
        """A client that is no browser: it says nothing about where a request comes from."""
        return Browser(transport=httpx2.ASGITransport(self.app, client=(address, 50_000)), base_url=PUBLIC_URL)

    async def claimed(self, **changes: str) -> tuple[Browser, dict[str, Any]]:
        """Return the administrator's browser and what the claim answered."""
        browser = self.browser()
        body = ADMINISTRATOR | changes
        if (code := await setup_code(self.auth)) is not None:
            body["code"] = code
        answer = await browser.post_json("/api/auth/setup", body)
        assert answer.status_code == 200, answer.text
        signed_in: dict[str, Any] = answer.json()
        return browser, signed_in

    async def person(self, email: str) -> tuple[Browser, dict[str, Any]]:
        """Return the browser of another member, who has an account and is signed in, and what signing in answered."""
        account = Account(new_id(), email.partition("@")[0], Role.MEMBER, True, email)
        phc = await self.auth.passwords.hash(PASSWORD)
        async with self.auth.database.transaction() as tx:
            await users.add_user(tx, account, self.clock.now())
            await users.add_email(tx, account.user_id, email, email)
            await users.set_password(tx, account.user_id, phc, self.clock.now())
        browser = self.browser()
        answer = await browser.post_json("/api/auth/login", {"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        signed_in: dict[str, Any] = answer.json()
        return browser, signed_in


@asynccontextmanager
async def served_auth(environ: Mapping[str, str], clock: FrozenClock | None = None) -> AsyncIterator[ServedAuth]:
    clock = clock or FrozenClock()
    app = build_app(Surroundings(environ=environ, clock=clock))
    async with app.router.lifespan_context(app):
        yield ServedAuth(app, clock)


def bearer(signed_in: Mapping[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {signed_in['access_token']}"}
