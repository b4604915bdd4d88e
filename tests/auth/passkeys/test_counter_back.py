"""A counter that went back: written down, and alone it signs nobody in."""

from uuid import UUID

import pytest

from tests.auth.audited import rows_about
from tests.auth.passkeys.holder import URL, Holder, first_step, holder, methods_of_session, sign_in
from tests.auth.passkeys.software_authenticator import Behaviour, SoftwareAuthenticator
from tests.auth.served_auth import ServedAuth


@pytest.fixture
async def ada(served: ServedAuth) -> Holder:
    return await holder(served)


async def test_a_counter_that_went_back_is_written_down_and_needs_another_factor(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    ada = Holder(served, served.browser(url=URL), signed_in, SoftwareAuthenticator())
    codes = (await ada.add()).json()["recovery_codes"]
    thief, browser = ada.authenticator.copied(), served.browser(url=URL)
    await sign_in(browser, ada.authenticator)

    copied = await sign_in(served.browser(url=URL), thief)

    assert copied.status_code == 200
    assert copied.json()["mfa_required"] is True
    assert copied.json()["methods"] == ["recovery_code"]
    (listed,) = await ada.listed()
    assert listed["counter_back_at"] is not None
    (row,) = await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 1)
    assert (row.type, row.outcome) == ("factor.passkey_counter_back", "failure")
    again = await sign_in(served.browser(url=URL), thief.copied(), Behaviour(count=1))
    assert again.json()["mfa_required"] is True
    body = {"mfa_token": copied.json()["mfa_token"], "code": codes[0]}
    proved = await served.browser().post_json("/api/auth/login/mfa", body)
    assert await methods_of_session(ada, proved.json()) == ["hwk", "user", "recovery_code", "mfa"]
    (listed,) = await ada.listed()
    assert listed["counter_back_at"] is None


async def test_beside_the_password_it_is_refused_and_the_true_one_still_works(ada: Holder) -> None:
    thief, browser = ada.authenticator.copied(), ada.served.browser(url=URL)
    await sign_in(browser, ada.authenticator)
    await sign_in(browser, ada.authenticator)
    token = (await first_step(browser))["mfa_token"]

    copied = await sign_in(browser, thief, mfa_token=token)
    true = await sign_in(browser, ada.authenticator, mfa_token=token)

    assert (copied.status_code, copied.json()["code"]) == (401, "passkey_counter_back")
    assert true.status_code == 200


async def test_where_nothing_else_is_left_a_copy_is_refused(ada: Holder) -> None:
    thief, browser = ada.authenticator.copied(), ada.served.browser(url=URL)
    await sign_in(browser, ada.authenticator)
    await ada.served.auth.database.execute("DELETE FROM recovery_codes")

    refused = await sign_in(browser, thief)

    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_counter_back")


async def test_one_that_counts_and_then_says_zero_went_back(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    await sign_in(browser, ada.authenticator)

    answer = await sign_in(browser, ada.authenticator, Behaviour(count=0))

    assert answer.json()["mfa_required"] is True
