"""Another AUTH_JWT_SECRET takes the place of the one before, and nobody is signed out or locked out."""

import pytest

from emergence.auth.audit import verify_chain
from emergence.auth.reseal import reseal_seeds
from emergence.auth.settings import AuthSettings
from emergence.kernel.settings import SettingsInvalid
from tests.auth.served_auth import DEVICE_COOKIE, REFRESH_COOKIE, ServedAuth, auth_environ, served_auth
from tests.auth.test_second_factor import LOG_IN, Protected, enrolled
from tests.frozen_clock import FrozenClock

OLD, NEW = "0b9e41c7d2a85f63a17c40e92d58b6f3", "77d1c0a94be2f3568c1d2e7f90a4b3c6"
BOB = {"email": "bob@example.org", "password": LOG_IN["password"]}


def environ(database_url: str, secret: str, previous: str = "") -> dict[str, str]:
    return auth_environ(database_url, AUTH_JWT_SECRET=secret, AUTH_JWT_SECRET_PREVIOUS=previous)


async def refreshed(served: ServedAuth, token: str, device: str = "") -> str:
    browser = served.browser()
    browser.cookies.set(DEVICE_COOKIE, device, domain="127.0.0.1", path="/")
    browser.cookies.set(REFRESH_COOKIE, token, domain="127.0.0.1", path="/")
    answer = await browser.post_json("/api/auth/refresh")
    assert answer.status_code == 200, answer.text
    return answer.cookies[REFRESH_COOKIE]


async def signed_in_with_code(served: ServedAuth, ada: Protected) -> None:
    moved = Protected(served, served.browser(), ada.signed_in, ada.seed, ada.recovery)
    answer = await moved.second_step(await moved.first_step(), moved.next_code())
    assert answer.status_code == 200, answer.text


async def test_sessions_passwords_seeds_keys_and_the_audit_chain_outlive_the_secret(database_url: str) -> None:
    clock = FrozenClock()
    async with served_auth(environ(database_url, OLD), clock) as served:
        ada = await enrolled(served)
        bob, _ = await served.person(BOB["email"])
        token = ada.browser.cookies[REFRESH_COOKIE]
        silent = bob.cookies[REFRESH_COOKIE]
        access = ada.signed_in["access_token"]

    async with served_auth(environ(database_url, NEW, OLD), clock) as served:
        session = await served.browser().get("/api/auth/session", headers={"authorization": f"Bearer {access}"})
        assert session.status_code == 200
        token = await refreshed(served, token)
        await signed_in_with_code(served, ada)
        recovery = Protected(served, served.browser(), ada.signed_in, ada.seed, ada.recovery)
        answer = await recovery.second_step(await recovery.first_step(), ada.recovery[0])
        assert answer.status_code == 200, answer.text
        assert (await served.browser().post_json("/api/auth/login", BOB)).status_code == 200
        assert (await served.browser().post_json("/api/auth/login", BOB | {"password": "x" * 20})).status_code == 401
        assert (await verify_chain(served.auth)).broken_at is None
        await reseal_seeds(served.auth)

    async with served_auth(environ(database_url, NEW), clock) as served:
        await refreshed(served, token)
        await signed_in_with_code(served, ada)
        assert (await served.browser().post_json("/api/auth/login", BOB)).status_code == 200
        assert (await verify_chain(served.auth)).broken_at is None
        old = served.browser()
        old.cookies.set(REFRESH_COOKIE, silent, domain="127.0.0.1", path="/")
        assert (await old.post_json("/api/auth/refresh")).status_code == 401  # never refreshed while both counted


async def test_a_lost_reply_may_be_asked_for_again_although_the_secret_changed_between(database_url: str) -> None:
    clock = FrozenClock()
    async with served_auth(environ(database_url, OLD), clock) as served:
        browser, _ = await served.claimed()
        first, device = browser.cookies[REFRESH_COOKIE], browser.cookies[DEVICE_COOKIE]
        lost = await refreshed(served, first, device)

    async with served_auth(environ(database_url, NEW, OLD), clock) as served:
        again = await refreshed(served, first, device)
        assert again.split(".")[:3] == lost.split(".")[:3]
        await refreshed(served, again, device)


async def test_the_network_somebody_signed_in_from_stays_known(database_url: str) -> None:
    clock = FrozenClock()
    async with served_auth(environ(database_url, OLD), clock) as served:
        await served.claimed()
        assert (await served.browser("8.8.8.8").post_json("/api/auth/login", LOG_IN)).status_code == 200

    async with served_auth(environ(database_url, NEW, OLD), clock) as served:
        wrong = LOG_IN | {"password": "x" * 20}
        for number in range(12):
            await served.browser(f"1.1.{number}.1").post_json("/api/auth/login", wrong)
        assert (await served.browser("9.9.9.9").post_json("/api/auth/login", LOG_IN)).status_code == 429
        assert (await served.browser("8.8.8.8").post_json("/api/auth/login", LOG_IN)).status_code == 200


async def test_while_every_instance_knows_both_each_of_them_starts_whoever_was_last(database_url: str) -> None:
    for secret, beside in ((OLD, ""), (OLD, NEW), (NEW, OLD), (OLD, NEW), (NEW, OLD)):
        async with served_auth(environ(database_url, secret, beside)) as served:
            if not beside:
                await served.claimed()
            browser = served.browser()
            assert (await browser.post_json("/api/auth/login", LOG_IN)).status_code == 200


async def test_another_secret_without_the_one_before_does_not_start(database_url: str) -> None:
    async with served_auth(environ(database_url, OLD)) as served:
        await served.claimed()

    with pytest.raises(SettingsInvalid, match=r"AUTH_JWT_SECRET: is not the one.*AUTH_JWT_SECRET_PREVIOUS"):
        async with served_auth(environ(database_url, NEW)):
            pass


def test_the_one_before_must_be_another(database_url: str) -> None:
    with pytest.raises(SettingsInvalid, match="AUTH_JWT_SECRET_PREVIOUS: is the present AUTH_JWT_SECRET"):
        AuthSettings.read(environ(database_url, OLD, OLD))
