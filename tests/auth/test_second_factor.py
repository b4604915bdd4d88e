"""The second factor: always asked once it is set, never usable twice, and recoverable by ten codes."""

import asyncio
import json
from base64 import b32decode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from emergence.auth.totp import STEP_S
from tests.auth.audited import rows_about
from tests.auth.authenticator import code_at
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, Browser, ServedAuth, bearer

LOG_IN = {"email": ADMINISTRATOR["email"], "password": PASSWORD}


@dataclass
class Protected:
    """Somebody with an authenticator, signed in."""

    served: ServedAuth
    browser: Browser
    signed_in: dict[str, Any]
    seed: bytes
    recovery: list[str]

    def code(self, steps_ago: int = 0) -> str:
        return code_at(self.seed, self.served.clock.now() - timedelta(seconds=STEP_S * steps_ago))

    def next_code(self) -> str:
        """Return a code that was not used yet."""
        self.served.clock.advance(timedelta(seconds=STEP_S))
        return self.code()

    async def step_up(self) -> None:
        """Prove by a code who one is: the session in which the authenticator was set was opened with less."""
        proof = {"code": self.next_code()}
        answer = await self.browser.post_json("/api/auth/step-up", proof, **bearer(self.signed_in))
        assert answer.status_code == 200, answer.text
        self.signed_in = answer.json()

    async def first_step(self, browser: Browser | None = None) -> str:
        answer = await (browser or self.served.browser()).post_json("/api/auth/login", LOG_IN)
        assert answer.json()["mfa_required"] is True
        token: str = answer.json()["mfa_token"]
        return token

    async def second_step(self, token: str, code: str, browser: Browser | None = None) -> Any:
        body = {"mfa_token": token, "code": code}
        return await (browser or self.served.browser()).post_json("/api/auth/login/mfa", body)


async def enrolled(served: ServedAuth) -> Protected:
    browser, signed_in = await served.claimed()
    begun = (await browser.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()
    seed = b32decode(begun["secret"])
    code = code_at(seed, served.clock.now())
    confirmed = await browser.post_json("/api/auth/2fa/verify", {"code": code}, **bearer(signed_in))
    assert confirmed.status_code == 200, confirmed.text
    return Protected(served, browser, signed_in, seed, confirmed.json()["codes"])


@pytest.fixture
async def ada(served: ServedAuth) -> Protected:
    return await enrolled(served)


async def test_the_seed_goes_into_an_authenticator_by_a_code_or_by_hand(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()

    begun = (await browser.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()

    uri = urlsplit(begun["otpauth_uri"])
    parameters = parse_qs(uri.query)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parameters["secret"] == [begun["secret"]]
    assert parameters["issuer"] == ["Emergence"]
    assert len(b32decode(begun["secret"])) == 20
    status = (await browser.get("/api/auth/2fa/status", headers=bearer(signed_in))).json()
    assert status == {"enabled": False, "confirmed_at": None, "recovery_codes_left": 0, "methods": []}
    assert (await served.browser().post_json("/api/auth/login", LOG_IN)).json()["access_token"]


async def test_once_it_is_set_it_is_always_asked_and_no_session_exists_before(ada: Protected) -> None:
    before = await ada.served.auth.database.fetch("SELECT id FROM sessions")
    browser = ada.served.browser()

    token = await ada.first_step(browser)

    assert await ada.served.auth.database.fetch("SELECT id FROM sessions") == before
    assert dict(browser.cookies) == {}
    assert (await browser.get("/api/auth/session", headers={"authorization": f"Bearer {token}"})).status_code == 401
    answer = await ada.second_step(token, ada.next_code(), browser)
    assert answer.status_code == 200
    listed = (await browser.get("/api/auth/my-sessions", headers=bearer(answer.json()))).json()["sessions"]
    assert next(each["methods"] for each in listed if each["is_current"]) == ["pwd", "otp", "mfa"]


async def test_setting_it_ends_every_other_session(served: ServedAuth) -> None:
    other = served.browser()
    protected_browser, signed_in = await served.claimed()
    await other.post_json("/api/auth/login", LOG_IN)
    begun = (await protected_browser.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()
    code = code_at(b32decode(begun["secret"]), served.clock.now())
    await protected_browser.post_json("/api/auth/2fa/verify", {"code": code}, **bearer(signed_in))

    assert (await other.post_json("/api/auth/refresh")).status_code == 401
    assert (await protected_browser.post_json("/api/auth/refresh")).status_code == 200


async def test_a_code_works_once_also_when_it_comes_twenty_times_at_once(ada: Protected) -> None:
    tokens = [await ada.first_step() for _ in range(5)]
    code = ada.next_code()

    answers = await asyncio.gather(*(ada.second_step(token, code) for token in tokens for _ in range(4)))

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401, 429}


async def test_after_a_newer_code_an_older_one_is_refused(ada: Protected) -> None:
    ada.served.clock.advance(timedelta(minutes=5))
    newer = await ada.second_step(await ada.first_step(), ada.code())
    older = await ada.second_step(await ada.first_step(), ada.code(steps_ago=1))

    assert (newer.status_code, older.status_code) == (200, 401)


async def test_a_clock_that_is_late_by_a_step_is_forgiven_and_no_other(ada: Protected) -> None:
    ada.served.clock.advance(timedelta(minutes=5))
    token = await ada.first_step()

    statuses = [(await ada.second_step(token, ada.code(steps))).status_code for steps in (-1, 2, 1)]

    assert statuses == [401, 401, 200]


async def test_after_five_wrong_codes_the_first_step_is_worth_nothing(ada: Protected) -> None:
    token = await ada.first_step()
    wrong = [(await ada.second_step(token, "000000")).status_code for _ in range(5)]
    ada.served.clock.advance(timedelta(minutes=4))

    right = await ada.second_step(token, ada.next_code())

    assert wrong == [401] * 5
    assert (right.status_code, right.json()["code"]) == (401, "sign_in_expired")


async def test_codes_cannot_be_guessed_by_beginning_again_and_again(ada: Protected) -> None:
    statuses = [(await ada.second_step(await ada.first_step(), "000000")).status_code for _ in range(9)]

    assert statuses[:5] == [401] * 5
    assert set(statuses[5:]) == {429}


async def test_the_first_step_is_over_after_five_minutes(ada: Protected) -> None:
    token = await ada.first_step()
    ada.served.clock.advance(timedelta(minutes=5, seconds=1))

    assert (await ada.second_step(token, ada.code())).status_code == 401


async def test_a_recovery_code_signs_in_once_in_any_spelling(ada: Protected) -> None:
    typed = ada.recovery[3].lower().replace("-", " ")

    first = await ada.second_step(await ada.first_step(), typed)
    again = await ada.second_step(await ada.first_step(), ada.recovery[3])

    assert (first.status_code, again.status_code) == (200, 401)
    status = (await ada.served.browser().get("/api/auth/2fa/status", headers=bearer(first.json()))).json()
    assert (status["enabled"], status["recovery_codes_left"]) == (True, 9)
    assert len({code[0] for code in ada.recovery}) == 10
    rows = await rows_about(ada.served.auth.database, UUID(ada.signed_in["user_id"]), None, 50)
    assert any(row.type == "factor.code" and "recovery_code" in row.data for row in rows)


async def test_new_recovery_codes_replace_the_old_ones(ada: Protected) -> None:
    await ada.step_up()
    answer = await ada.browser.post_json("/api/auth/2fa/recovery-codes", **bearer(ada.signed_in))
    fresh = answer.json()["codes"]

    old = await ada.second_step(await ada.first_step(), ada.recovery[0])
    new = await ada.second_step(await ada.first_step(), fresh[0])

    assert (old.status_code, new.status_code) == (401, 200)


async def test_it_is_removed_only_by_one_of_its_codes(ada: Protected) -> None:
    wrong = await ada.browser.post_json("/api/auth/2fa/disable", {"code": "000000"}, **bearer(ada.signed_in))
    right = await ada.browser.post_json("/api/auth/2fa/disable", {"code": ada.next_code()}, **bearer(ada.signed_in))

    assert (wrong.status_code, right.status_code) == (401, 204)
    assert (await ada.served.browser().post_json("/api/auth/login", LOG_IN)).json()["access_token"]


async def test_a_set_one_is_not_replaced_without_being_removed(ada: Protected) -> None:
    await ada.step_up()
    answer = await ada.browser.post_json("/api/auth/2fa/enable", **bearer(ada.signed_in))

    assert (answer.status_code, answer.json()["code"]) == (409, "second_factor_already_enabled")


async def test_what_guards_the_account_asks_again_after_ten_minutes(ada: Protected) -> None:
    ada.served.clock.advance(timedelta(minutes=10, seconds=1))
    refreshed = (await ada.browser.post_json("/api/auth/refresh")).json()

    refused = await ada.browser.post_json("/api/auth/2fa/recovery-codes", **bearer(refreshed))
    stepped = await ada.browser.post_json("/api/auth/step-up", {"code": ada.code()}, **bearer(refreshed))
    allowed = await ada.browser.post_json("/api/auth/2fa/recovery-codes", **bearer(stepped.json()))

    assert (refused.status_code, refused.json()["code"]) == (401, "insufficient_user_authentication")
    assert 'max_age="600"' in refused.headers["www-authenticate"]
    assert (stepped.status_code, allowed.status_code) == (200, 200)


async def test_proving_it_again_changes_the_session_and_kills_the_old_tokens(ada: Protected) -> None:
    old_cookie = dict(ada.browser.cookies)

    stepped = await ada.browser.post_json("/api/auth/step-up", {"code": ada.next_code()}, **bearer(ada.signed_in))

    assert stepped.json()["session_id"] != ada.signed_in["session_id"]
    assert dict(ada.browser.cookies) != old_cookie
    assert (await ada.browser.get("/api/auth/session", headers=bearer(ada.signed_in))).status_code == 401
    assert (await ada.browser.get("/api/auth/session", headers=bearer(stepped.json()))).status_code == 200


async def test_proving_it_again_is_written_down_as_that_and_not_as_a_sign_in(ada: Protected) -> None:
    user_id = UUID(ada.signed_in["user_id"])
    before = len(await rows_about(ada.served.auth.database, user_id, None, 50))
    old = ada.signed_in["session_id"]

    await ada.step_up()

    rows = await rows_about(ada.served.auth.database, user_id, None, 50)
    stepped_up = rows[0]
    assert [row.type for row in rows[: len(rows) - before]] == ["session.stepped_up"]
    assert stepped_up.session_id == UUID(ada.signed_in["session_id"])
    assert json.loads(stepped_up.data)["instead_of"] == old


async def test_with_a_second_factor_the_password_alone_proves_nothing_again(ada: Protected) -> None:
    answer = await ada.browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(ada.signed_in))

    assert (answer.status_code, answer.json()["code"]) == (401, "code_rejected")


async def test_without_one_the_password_proves_it_again(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    wrong = await browser.post_json("/api/auth/step-up", {"password": "not this one at all"}, **bearer(signed_in))
    right = await browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(signed_in))

    assert (wrong.status_code, right.status_code) == (401, 200)


async def test_nothing_of_it_is_readable_in_the_database(ada: Protected) -> None:
    tables = ("totp_credentials", "recovery_codes", "one_time_tokens", "audit_log")
    token = await ada.first_step()
    rows = [str(dict(row)) for name in tables for row in await ada.served.auth.database.fetch(f"TABLE {name}")]

    everything = " ".join(rows)
    secrets = [token, ada.seed.hex(), *ada.recovery, *(code.replace("-", "") for code in ada.recovery)]
    assert not [secret for secret in secrets if secret in everything]
