"""What a session that was opened with less than the factors of today may not do, and what it cannot leave behind."""

from base64 import b32decode
from typing import Any
from uuid import UUID

import pytest

from emergence.auth.passkeys import add_passkey
from emergence.auth.passwords import Passwords
from emergence.auth.recovery_codes import NewCodes, new_codes
from emergence.auth.store import second_factors
from tests.auth.authenticator import code_at
from tests.auth.passkeys.holder import BASE, URL, Holder, first_step, holder
from tests.auth.passkeys.software_authenticator import SoftwareAuthenticator
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, ServedAuth, bearer
from tests.auth.test_second_factor import enrolled

LOG_IN = {"email": ADMINISTRATOR["email"], "password": PASSWORD}
CODES, ENABLE = "/api/auth/2fa/recovery-codes", "/api/auth/2fa/enable"

# What guards an account, or takes everything out of it.
SENSITIVE: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", CODES, {}),
    ("POST", ENABLE, {}),
    ("POST", "/api/auth/2fa/verify", {"code": "123456"}),
    ("POST", "/api/auth/email/change", {"email": "evil@evil.example"}),
    ("POST", "/api/auth/identities", {"provider": "acme"}),
    ("DELETE", "/api/auth/identities/0198c7a0-4d5e-7b3c-8f00-6a1b2c3d4e60", {}),
    ("DELETE", "/api/auth/me", {}),
    ("POST", "/api/auth/me/export", {}),
    ("POST", "/api/auth/set-password", {"new_password": "eleven brisk otters under the pier"}),
    ("POST", f"{BASE}/register/begin", {}),
    ("DELETE", f"{BASE}/0198c7a0-4d5e-7b3c-8f00-6a1b2c3d4e60", {}),
    ("POST", "/api/auth/admin/sessions/revoke", {"everybody": True}),
]


async def without_a_passkey(served: ServedAuth) -> Holder:
    await served.claimed()
    ada = Holder(served, served.browser(url=URL), {}, SoftwareAuthenticator())
    ada.signed_in = (await ada.browser.post_json("/api/auth/login", LOG_IN)).json()
    return ada


@pytest.mark.parametrize("factor", ["passkey", "totp"])
async def test_a_session_that_the_factor_did_not_open_does_nothing_that_guards_the_account(
    served: ServedAuth, factor: str
) -> None:
    ada = await holder(served) if factor == "passkey" else await enrolled(served)

    for method, path, body in SENSITIVE:
        answer = await ada.browser.request(method, path, json=body, headers=bearer(ada.signed_in))

        assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication"), path
        assert (answer.json()["acr_values"], answer.json()["max_age"]) == ("2", 600), path
        assert 'acr_values="2", max_age="600"' in answer.headers["www-authenticate"]

    await ada.step_up()
    renewed = await ada.browser.post_json(CODES, **bearer(ada.signed_in))
    exported = await ada.browser.post_json("/api/auth/me/export", **bearer(ada.signed_in))
    assert (renewed.status_code, exported.status_code) == (200, 202)


async def test_before_there_is_a_factor_there_are_no_recovery_codes(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()

    answer = await browser.post_json(CODES, **bearer(signed_in))

    assert (answer.status_code, answer.json()["code"]) == (409, "no_second_factor")
    assert await served.auth.database.fetch("TABLE recovery_codes") == []


async def test_codes_that_were_planted_in_former_times_are_gone_with_the_first_passkey(served: ServedAuth) -> None:
    ada = await without_a_passkey(served)
    planted = await new_codes(served.auth.passwords)
    async with served.auth.database.transaction() as tx:
        await second_factors.replace_recovery_codes(
            tx, UUID(ada.signed_in["user_id"]), planted.hashes, ada.served.clock.now()
        )

    given = (await ada.add()).json()["recovery_codes"]

    statuses = []
    for code in (planted.shown[0], given[0]):
        asked = await first_step(served.browser())
        second = {"mfa_token": asked["mfa_token"], "code": code}
        statuses.append((await served.browser().post_json("/api/auth/login/mfa", second)).status_code)
    assert len(given) == 10
    assert statuses == [401, 200]


async def test_whoever_only_knew_the_password_is_out_when_the_first_passkey_comes(served: ServedAuth) -> None:
    ada = await without_a_passkey(served)
    thief = served.browser()
    stolen = (await thief.post_json("/api/auth/login", LOG_IN)).json()
    assert (await ada.add()).status_code == 200

    for path in (CODES, ENABLE):
        assert (await thief.post_json(path, **bearer(stolen))).status_code == 401
    change = {"current_password": PASSWORD, "new_password": "eleven brisk otters under the pier"}
    assert (await thief.post_json("/api/auth/change-password", change, **bearer(stolen))).status_code == 401
    assert (await thief.post_json("/api/auth/refresh")).status_code == 401


async def test_a_passkey_that_is_being_added_while_the_owner_sets_a_factor_is_not_kept(
    served: ServedAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = await without_a_passkey(served)
    owner = served.browser()
    signed_in = (await owner.post_json("/api/auth/login", LOG_IN)).json()
    seed = b32decode((await owner.post_json(ENABLE, **bearer(signed_in))).json()["secret"])

    async def while_codes_are_made(passwords: Passwords) -> NewCodes:
        body = {"code": code_at(seed, served.clock.now())}
        confirmed = await owner.post_json("/api/auth/2fa/verify", body, **bearer(signed_in))
        assert confirmed.status_code == 200, confirmed.text
        return await new_codes(passwords)

    monkeypatch.setattr(add_passkey, "new_codes", while_codes_are_made)
    answer = await thief.add()

    assert (answer.status_code, answer.json()["code"]) == (401, "login_session_ended")
    assert await served.auth.database.fetch("SELECT id FROM webauthn_credentials") == []
    assert (await first_step(served.browser()))["methods"] == ["totp", "recovery_code"]
