"""Signing in without a password: only where three things agree that this is a developer's machine."""

import pytest

from emergence.auth.app import build_app
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.surroundings import Surroundings
from tests.auth.served_auth import auth_environ, served_auth

PATH = "/api/auth/dev/login"
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


async def test_in_development_any_address_signs_in_as_a_member(database_url: str) -> None:
    environ = auth_environ(database_url, AUTH_ENV="dev", AUTH_DEV_LOGIN="1", AUTH_ADMIN_EMAILS="boss@example.org")
    async with served_auth(environ) as served:
        browser = served.browser()
        member = (await browser.post_json(PATH)).json()
        again = (await browser.post_json(PATH, {"email": "DEV@localhost.invalid"})).json()
        boss = (await browser.post_json(PATH, {"email": "Boss@example.org"})).json()

        assert (member["role"], boss["role"]) == ("member", "admin")
        assert again["user_id"] == member["user_id"] != boss["user_id"]
        assert (await browser.get("/api/auth/setup")).json()["claimed"] is False


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"AUTH_DEV_LOGIN": "1"},
        {"AUTH_ENV": "dev"},
        {"AUTH_ENV": "dev", "AUTH_DEV_LOGIN": "0"},
        {"AUTH_ENV": "staging", "AUTH_DEV_LOGIN": "1"},
        {"AUTH_ENV": "production", "AUTH_DEV_LOGIN": "true"},
        {"AUTH_ENV": "dev", "K_SERVICE": "auth"},
    ],
)
def test_otherwise_the_route_does_not_exist(settings: dict[str, str]) -> None:
    app = build_app(Surroundings(environ=auth_environ(NOWHERE, **settings)))

    assert PATH not in app.openapi()["paths"]
    assert PATH not in [getattr(route, "path", "") for route in app.routes]


def test_asking_for_it_on_cloud_run_fails_the_start() -> None:
    environ = auth_environ(NOWHERE, AUTH_ENV="dev", AUTH_DEV_LOGIN="1", K_SERVICE="auth")

    with pytest.raises(SettingsInvalid, match="AUTH_DEV_LOGIN"):
        build_app(Surroundings(environ=environ))
