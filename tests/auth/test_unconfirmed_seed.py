"""A seed that was asked for and never confirmed is no factor, and does not lie in wait to become one."""

import asyncio
from base64 import b32decode
from datetime import timedelta

import pytest

from emergence.auth import enrol_totp
from emergence.auth.passwords import Passwords
from emergence.auth.recovery_codes import NewCodes, new_codes
from emergence.auth.reset_password import new_reset_token
from emergence.auth.sweep import sweep
from tests.auth.authenticator import code_at
from tests.auth.passkeys.holder import URL, Holder
from tests.auth.passkeys.software_authenticator import SoftwareAuthenticator
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, Browser, ServedAuth, bearer

LOG_IN = {"email": ADMINISTRATOR["email"], "password": PASSWORD}
NEW_PASSWORD = "eleven brisk otters under the pier"


async def begun(browser: Browser, signed_in: dict[str, str]) -> bytes:
    """Ask for a seed and return it."""
    answer = await browser.post_json("/api/auth/2fa/enable", **bearer(signed_in))
    assert answer.status_code == 200, answer.text
    return b32decode(answer.json()["secret"])


async def confirm(served: ServedAuth, browser: Browser, signed_in: dict[str, str], seed: bytes) -> int:
    body = {"code": code_at(seed, served.clock.now())}
    return (await browser.post_json("/api/auth/2fa/verify", body, **bearer(signed_in))).status_code


async def seeds(served: ServedAuth) -> int:
    return len(await served.auth.database.fetch("SELECT user_id FROM totp_credentials"))


async def test_it_answers_no_second_step_after_the_owner_changed_the_password_and_added_a_passkey(
    served: ServedAuth,
) -> None:
    owner, signed_in = await served.claimed()
    thief = served.browser()
    seed = await begun(thief, (await thief.post_json("/api/auth/login", LOG_IN)).json())
    row = await served.auth.database.fetchrow("SELECT * FROM totp_credentials")
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await owner.post_json("/api/auth/change-password", change, **bearer(signed_in))).status_code == 204
    assert await seeds(served) == 0
    ada = Holder(served, served.browser(url=URL), {}, SoftwareAuthenticator())
    log_in = LOG_IN | {"password": NEW_PASSWORD}
    ada.signed_in = (await ada.browser.post_json("/api/auth/login", log_in)).json()
    assert (await ada.add()).status_code == 200
    # And were it still there, it would not count.
    assert row is not None
    await served.auth.database.execute(
        "INSERT INTO totp_credentials (user_id, seed_enc, created_at) VALUES ($1, $2, $3)",
        row["user_id"],
        row["seed_enc"],
        served.clock.now(),
    )

    asked = (await served.browser().post_json("/api/auth/login", log_in)).json()
    second = {"mfa_token": asked["mfa_token"], "code": code_at(seed, served.clock.now())}
    answer = await served.browser().post_json("/api/auth/login/mfa", second)

    assert asked["methods"] == ["passkey", "recovery_code"]
    assert (answer.status_code, answer.json()["code"]) == (401, "code_rejected")


async def test_it_proves_nothing_within_an_open_session_either(served: ServedAuth) -> None:
    ada = Holder(served, served.browser(url=URL), {}, SoftwareAuthenticator())
    await served.claimed()
    ada.signed_in = (await ada.browser.post_json("/api/auth/login", LOG_IN)).json()
    seed = await begun(ada.browser, ada.signed_in)
    assert (await ada.add()).status_code == 200

    proof = {"code": code_at(seed, served.clock.now())}
    answer = await ada.browser.post_json("/api/auth/step-up", proof, **bearer(ada.signed_in))

    assert (answer.status_code, answer.json()["code"]) == (401, "code_rejected")


async def test_a_reset_by_mail_takes_it_away(served: ServedAuth) -> None:
    owner, signed_in = await served.claimed()
    await begun(owner, signed_in)
    row = await served.auth.database.fetchrow("SELECT id FROM users")
    assert row is not None
    async with served.auth.database.transaction() as tx:
        token = await new_reset_token(served.auth, tx, row["id"], mailed_to=None)

    body = {"token": token, "new_password": NEW_PASSWORD}
    assert (await owner.post_json("/api/auth/reset-password", body)).status_code == 204

    assert await seeds(served) == 0


async def test_it_is_confirmed_within_ten_minutes_or_never_and_then_swept_away(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    seed = await begun(browser, signed_in)
    served.clock.advance(timedelta(minutes=10))
    signed_in = (await browser.post_json("/api/auth/refresh")).json()
    proof = {"password": PASSWORD}
    signed_in = (await browser.post_json("/api/auth/step-up", proof, **bearer(signed_in))).json()

    too_late = await confirm(served, browser, signed_in, seed)
    await sweep(served.auth)
    left = await seeds(served)
    seed = await begun(browser, signed_in)
    in_time = await confirm(served, browser, signed_in, seed)
    served.clock.advance(timedelta(minutes=11))
    await sweep(served.auth)

    assert (too_late, left, in_time) == (401, 0, 200)
    assert await seeds(served) == 1  # the one that counts stays


async def test_the_code_that_confirmed_it_is_used_up(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    seed = await begun(browser, signed_in)
    assert await confirm(served, browser, signed_in, seed) == 200
    asked = (await served.browser().post_json("/api/auth/login", LOG_IN)).json()

    second = {"mfa_token": asked["mfa_token"], "code": code_at(seed, served.clock.now())}
    answer = await served.browser().post_json("/api/auth/login/mfa", second)

    assert (answer.status_code, answer.json()["code"]) == (401, "code_rejected")


async def test_confirmed_twice_at_once_it_counts_once_and_wrong_codes_are_counted(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    seed = await begun(browser, signed_in)
    answers = await asyncio.gather(*(confirm(served, browser, signed_in, seed) for _ in range(2)))
    assert sorted(answers)[0] == 200
    assert sorted(answers)[1] in {401, 409}

    other, theirs = await served.person("eve@example.org")
    await begun(other, theirs)
    wrong = [await confirm(served, other, theirs, bytes(20)) for _ in range(6)]

    assert wrong == [401] * 5 + [429]


async def test_one_that_is_put_in_its_place_while_it_is_confirmed_does_not_count_instead(
    served: ServedAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, signed_in = await served.claimed()
    thief = served.browser()
    stolen = (await thief.post_json("/api/auth/login", LOG_IN)).json()
    seed = await begun(owner, signed_in)

    async def while_codes_are_made(passwords: Passwords) -> NewCodes:
        await begun(thief, stolen)
        return await new_codes(passwords)

    with monkeypatch.context() as patched:
        patched.setattr(enrol_totp, "new_codes", while_codes_are_made)
        swapped = await confirm(served, owner, signed_in, seed)
    status = (await owner.get("/api/auth/2fa/status", headers=bearer(signed_in))).json()
    again = await confirm(served, owner, signed_in, await begun(owner, signed_in))

    assert (swapped, status["enabled"], status["recovery_codes_left"]) == (401, False, 0)
    assert again == 200
