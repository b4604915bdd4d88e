"""Signing in with a passkey: as the only proof."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.auth.audited import rows_about
from tests.auth.passkeys.holder import (
    BASE,
    HOSTILE_USES,
    URL,
    Holder,
    begin,
    finish,
    holder,
    methods_of_session,
    sign_in,
)
from tests.auth.passkeys.software_authenticator import Algorithm, Behaviour, SoftwareAuthenticator
from tests.auth.served_auth import ServedAuth, bearer


@pytest.fixture
async def ada(served: ServedAuth) -> Holder:
    return await holder(served)


@pytest.mark.parametrize(
    ("algorithm", "is_synced", "kind"), [("ES256", False, "hwk"), ("EdDSA", False, "hwk"), ("ES256", True, "swk")]
)
async def test_it_signs_in_by_itself_and_counts_as_two_factors(
    served: ServedAuth, algorithm: Algorithm, is_synced: bool, kind: str
) -> None:
    ada = await holder(served, SoftwareAuthenticator(algorithm, is_synced))
    browser = served.browser(url=URL)

    answers = [await sign_in(browser, ada.authenticator) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    signed_in = answers[-1].json()
    assert (signed_in["email"], signed_in["role"]) == ("Ada@Example.org", "admin")
    assert await methods_of_session(ada, signed_in) == [kind, "user", "mfa"]
    row = await served.auth.database.fetchrow("SELECT acr FROM sessions WHERE id = $1", UUID(signed_in["session_id"]))
    assert row is not None
    assert row["acr"] == "2"
    (listed,) = await ada.listed()
    assert listed["last_used_at"] is not None


async def test_before_anybody_is_known_nobody_is_named(ada: Holder) -> None:
    options = await begin(ada.served.browser(url=URL))

    assert options["allowCredentials"] == []
    assert options["rpId"] == "localhost"
    assert options["userVerification"] == "required"


async def test_what_an_honest_browser_would_not_send_is_refused(ada: Holder) -> None:
    for how, behaviour in HOSTILE_USES.items():
        browser = ada.served.browser(url=URL)

        refused = await sign_in(browser, ada.authenticator, behaviour)

        assert (refused.status_code, refused.json().get("code")) == (401, "passkey_rejected"), how
        assert "set-cookie" not in refused.headers
        assert (await sign_in(browser, ada.authenticator)).status_code == 200
        ada.served.clock.advance(timedelta(minutes=1))


async def test_without_a_handle_nobody_is_signed_in(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    credential = ada.authenticator.get(await begin(browser))
    credential["response"]["userHandle"] = None

    assert (await finish(browser, credential)).status_code == 401


async def test_a_key_that_nobody_added_signs_nobody_in(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    (kept,) = ada.authenticator.kept

    for forged in (replace(kept, id=bytes(32)), replace(kept, key=ada.authenticator.new_key())):
        refused = await finish(browser, ada.authenticator.sign(forged, await begin(browser)))
        assert (refused.status_code, refused.json()["code"]) == (401, "passkey_rejected")


async def test_an_answer_works_once_also_when_it_comes_twenty_times_at_once(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    credential = ada.authenticator.get(await begin(browser))

    answers = await asyncio.gather(*(finish(browser, credential) for _ in range(20)))

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401, 429}


async def test_a_challenge_is_over_after_five_minutes(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    credential = ada.authenticator.get(await begin(browser))
    ada.served.clock.advance(timedelta(minutes=5, seconds=1))

    assert (await finish(browser, credential)).status_code == 401


async def test_an_answer_is_worth_nothing_in_another_browser(ada: Holder) -> None:
    here, there = ada.served.browser(url=URL), ada.served.browser(url=URL)
    await begin(there)
    options = await begin(here)
    (cookie,) = here.cookies.jar
    assert cookie.name == "emg_browser_8080"
    assert cookie.has_nonstandard_attr("HttpOnly")

    elsewhere = await finish(there, ada.authenticator.get(options))
    without = await finish(ada.served.program(), ada.authenticator.get(await begin(here)))

    assert (elsewhere.status_code, without.status_code) == (401, 401)


async def test_a_suspended_person_gets_the_same_refusal(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    await ada.served.auth.database.execute("UPDATE users SET status = 'suspended'")

    refused = await sign_in(browser, ada.authenticator)

    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_rejected")


async def test_wrong_answers_from_one_address_have_to_wait_and_lock_nobody_out(ada: Holder) -> None:
    attacker = ada.served.browser("203.0.113.9", URL)
    statuses = [(await sign_in(attacker, ada.authenticator, Behaviour(tampers=True))).status_code for _ in range(12)]

    assert statuses[:10] == [401] * 10
    assert set(statuses[10:]) == {429}
    assert (await sign_in(ada.served.browser(url=URL), ada.authenticator)).status_code == 200


async def test_refusals_and_sign_ins_are_written_down(ada: Holder) -> None:
    browser = ada.served.browser(url=URL)
    await sign_in(browser, ada.authenticator, Behaviour(tampers=True))
    await sign_in(browser, ada.authenticator)

    expected = '{"methods": "hwk user mfa", "new_device": true}'
    right, wrong = (await rows_about(ada.served.auth.database, UUID(ada.signed_in["user_id"]), None, 2))[:2]

    assert (right.type, right.outcome, right.data) == ("session.login", "success", expected)
    assert (wrong.type, wrong.outcome, wrong.actor) == ("session.login", "failure", None)


@pytest.mark.parametrize("body", [{}, {"credential": []}, {"credential": {"id": "AA"}}, {"mfa_token": 1}])
async def test_malformed_sign_ins_are_refused(ada: Holder, body: dict[str, object]) -> None:
    answer = await ada.served.browser(url=URL).post_json(f"{BASE}/login/finish", body)

    assert answer.status_code == 422


async def test_broken_answers_are_refused(ada: Holder) -> None:
    for place in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        for broken in ("A", "AA", "e30", "bnVsbA"):
            browser = ada.served.browser(f"203.0.113.{len(place) * 10 + len(broken)}", URL)
            credential = ada.authenticator.get(await begin(browser))
            credential["response"][place] = broken
            assert (await finish(browser, credential)).status_code == 401, (place, broken)


async def test_another_sites_page_begins_and_ends_nothing(ada: Holder) -> None:
    for path in ("login/begin", "login/finish", "register/begin", "register/finish", "step-up/begin"):
        answer = await ada.served.browser(url=URL).post_json(
            f"{BASE}/{path}", {}, **{"sec-fetch-site": "cross-site"}, **bearer(ada.signed_in)
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_request"), path
