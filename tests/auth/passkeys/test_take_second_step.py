"""The second step after the password: a passkey of the same person, for the step that asked for it."""

import asyncio
from datetime import timedelta

import pytest

from tests.auth.passkeys.holder import (
    BASE,
    HOSTILE_USES,
    URL,
    Holder,
    begin,
    finish,
    first_step,
    holder,
    methods_of_session,
    sign_in,
)
from tests.auth.passkeys.software_authenticator import Behaviour, SoftwareAuthenticator, decoded
from tests.auth.served_auth import ServedAuth


@pytest.fixture
async def ada(served: ServedAuth) -> Holder:
    return await holder(served)


async def test_after_the_password_it_is_asked_for_and_no_session_exists_before(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    before = await ada.served.auth.database.fetch("SELECT id FROM sessions")

    asked = await first_step(browser)
    options = await begin(browser, mfa_token=asked["mfa_token"])

    assert asked["methods"] == ["passkey", "recovery_code"]
    assert await ada.served.auth.database.fetch("SELECT id FROM sessions") == before
    assert [decoded(each["id"]) for each in options["allowCredentials"]] == [ada.authenticator.kept[0].id]
    answer = await finish(browser, ada.authenticator.get(options), mfa_token=asked["mfa_token"])
    assert answer.status_code == 200, answer.text
    assert await methods_of_session(ada, answer.json()) == ["pwd", "hwk", "user", "mfa"]


async def test_a_recovery_code_stands_in_for_a_lost_passkey(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    ada = Holder(served, served.browser(url=URL), signed_in, SoftwareAuthenticator())
    codes = (await ada.add()).json()["recovery_codes"]
    token = (await first_step(served.browser()))["mfa_token"]

    answer = await served.browser().post_json("/api/auth/login/mfa", {"mfa_token": token, "code": codes[0]})

    assert answer.status_code == 200
    assert await methods_of_session(ada, answer.json()) == ["pwd", "recovery_code", "mfa"]


async def test_the_second_step_refuses_the_same_but_a_touch(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    for how, behaviour in HOSTILE_USES.items():
        token = (await first_step(browser))["mfa_token"]

        answer = await sign_in(browser, ada.authenticator, behaviour, mfa_token=token)

        if behaviour.verifies_person:
            assert (answer.status_code, answer.json().get("code")) == (401, "passkey_rejected"), how
            answer = await sign_in(browser, ada.authenticator, mfa_token=token)
        assert answer.status_code == 200, how
        ada.served.clock.advance(timedelta(minutes=1))


async def test_another_persons_passkey_is_no_second_step(ada: Holder) -> None:
    await ada.served.person("eve@example.org")
    browser = ada.served.browser(url=URL)
    signed_in = await first_step(browser, "eve@example.org")
    eve = Holder(ada.served, browser, signed_in, SoftwareAuthenticator())
    await eve.add()
    token = (await first_step(browser))["mfa_token"]
    options = await begin(browser, mfa_token=token)

    refused = await finish(browser, eve.authenticator.sign(eve.authenticator.kept[0], options), mfa_token=token)

    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_rejected")


async def test_a_challenge_belongs_to_the_first_step_that_asked_for_it(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    mine, other = (await first_step(browser))["mfa_token"], (await first_step(browser))["mfa_token"]
    options = await begin(browser, mfa_token=mine)
    alone = await begin(browser)

    crossed = await finish(browser, ada.authenticator.get(options), mfa_token=other)
    mixed = await finish(browser, ada.authenticator.get(alone), mfa_token=other)
    without = await finish(browser, ada.authenticator.get(await begin(browser, mfa_token=mine)))

    assert [crossed.status_code, mixed.status_code, without.status_code] == [401] * 3


async def test_the_first_step_is_worth_five_tries_and_five_minutes(ada: Holder) -> None:
    browser, wrong = ada.served.browser(url=URL), Behaviour(tampers=True)
    token = (await first_step(browser))["mfa_token"]
    tried = [await sign_in(browser, ada.authenticator, wrong, mfa_token=token) for _ in range(5)]
    ada.served.clock.advance(timedelta(minutes=4))
    spent = await sign_in(browser, ada.authenticator, mfa_token=token)
    late = (await first_step(browser))["mfa_token"]
    ada.served.clock.advance(timedelta(minutes=5, seconds=1))
    over = await browser.post_json(f"{BASE}/login/begin", {"mfa_token": late})

    assert [answer.json()["code"] for answer in tried] == ["passkey_rejected"] * 5
    assert [spent.json()["code"], over.json()["code"]] == ["sign_in_expired"] * 2


async def test_of_ten_answers_at_once_to_one_first_step_one_opens_a_session(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    token = (await first_step(browser))["mfa_token"]
    credential = ada.authenticator.get(await begin(browser, mfa_token=token))

    answers = await asyncio.gather(*(finish(browser, credential, mfa_token=token) for _ in range(10)))

    assert [answer.status_code for answer in answers].count(200) == 1
