"""A factor that is added while somebody signs in is asked of them: none slips in by what was true before."""

import asyncio
from base64 import b32decode
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any, TypeVar
from uuid import UUID

import httpx2

from emergence.auth.store import users
from emergence.kernel.storage.database import Transaction
from tests.auth.authenticator import code_at
from tests.auth.mailbox import Posted
from tests.auth.open_id_provider import OpenIdProvider
from tests.auth.passkeys.holder import URL, Holder
from tests.auth.passkeys.software_authenticator import SoftwareAuthenticator
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, REFRESH_COOKIE, ServedAuth, bearer
from tests.auth.served_with_providers import Landed, begin, come_back, session_of, sign_in
from tests.auth.test_log_in_by_mail import asked, give

LOG_IN = {"email": ADMINISTRATOR["email"], "password": PASSWORD}
Answer = TypeVar("Answer")
WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def until_it_waits(served: ServedAuth, task: asyncio.Task[Any]) -> None:
    async with asyncio.timeout(20):
        while await served.auth.database.fetchrow(WAITING) is None:
            assert not task.done()
            await asyncio.sleep(0.02)


async def add_factor(tx: Transaction, user_id: UUID) -> None:
    await tx.execute(
        """INSERT INTO totp_credentials (user_id, seed_enc, created_at, confirmed_at)
           VALUES ($1, 'sealed', now(), now())""",
        user_id,
    )


async def while_a_factor_is_added(served: ServedAuth, user_id: str, enter: Callable[[], Awaitable[Answer]]) -> Answer:
    """Sign in while somebody who holds the account adds a factor; they are done when the sign-in waits for them."""

    async def entering() -> Answer:
        return await enter()

    elsewhere = copy_context()
    async with served.auth.database.transaction() as tx:
        await users.lock_account(tx, UUID(user_id))
        await add_factor(tx, UUID(user_id))
        task = asyncio.create_task(entering(), context=elsewhere.copy())
        await asyncio.create_task(until_it_waits(served, task), context=elsewhere.copy())
    return await task


async def test_by_password(served: ServedAuth) -> None:
    _, ada = await served.claimed()
    browser = served.browser()

    answer: httpx2.Response = await while_a_factor_is_added(
        served, ada["user_id"], lambda: browser.post_json("/api/auth/login", LOG_IN)
    )

    assert (answer.status_code, answer.json()["mfa_required"]) == (200, True)
    assert REFRESH_COOKIE not in browser.cookies


async def test_by_a_mailed_code(posted: Posted) -> None:
    _, ada = await posted.served.claimed()
    browser, code = await asked(posted)

    answer = await while_a_factor_is_added(posted.served, ada["user_id"], lambda: give(browser, code))

    assert (answer.status_code, answer.json()["mfa_required"]) == (200, True)
    assert REFRESH_COOKIE not in browser.cookies


async def test_by_a_provider(beside_acme: ServedAuth, acme: OpenIdProvider) -> None:
    first, browser = beside_acme.browser(), beside_acme.browser()
    await sign_in(first, acme)
    ada = await session_of(first)
    brought = acme.approve(await begin(browser))

    landed: Landed = await while_a_factor_is_added(beside_acme, ada["user_id"], lambda: come_back(browser, brought))

    assert landed.path == "/sign-in"
    assert "oidc_handover" in landed.told
    assert REFRESH_COOKIE not in browser.cookies


async def test_whoever_adds_one_waits_for_those_who_are_signing_in_and_ends_their_sessions(served: ServedAuth) -> None:
    owner, signed_in = await served.claimed()
    seed = b32decode((await owner.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()["secret"])
    body = {"code": code_at(seed, served.clock.now())}

    async def confirm() -> httpx2.Response:
        return await owner.post_json("/api/auth/2fa/verify", body, **bearer(signed_in))

    elsewhere = copy_context()
    async with served.auth.database.transaction() as tx:
        await users.hold(tx, UUID(signed_in["user_id"]))
        confirming = asyncio.create_task(confirm(), context=elsewhere.copy())
        await asyncio.create_task(until_it_waits(served, confirming), context=elsewhere.copy())
    assert (await confirming).status_code == 200


async def test_whoever_adds_a_passkey_waits_too(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    ada = Holder(served, served.browser(url=URL), {}, SoftwareAuthenticator())
    ada.signed_in = (await ada.browser.post_json("/api/auth/login", LOG_IN)).json()

    elsewhere = copy_context()
    async with served.auth.database.transaction() as tx:
        await users.hold(tx, UUID(signed_in["user_id"]))
        adding = asyncio.create_task(ada.add(), context=elsewhere.copy())
        await asyncio.create_task(until_it_waits(served, adding), context=elsewhere.copy())
    assert (await adding).status_code == 200
