"""One's own passkeys: proving who one is with them, their names, their removal, and that nobody else's are reached."""

from datetime import timedelta
from uuid import UUID, uuid4

from tests.auth.audited import rows_about
from tests.auth.passkeys.holder import BASE, URL, Holder, begin, first_step, holder, sign_in
from tests.auth.passkeys.software_authenticator import Behaviour, SoftwareAuthenticator
from tests.auth.served_auth import PASSWORD, ServedAuth, bearer

LOG_IN = {"email": "Ada@Example.org", "password": PASSWORD}


async def types_about(ada: Holder) -> list[str]:
    rows = await rows_about(ada.served.auth.database, UUID(ada.signed_in["user_id"]), None, 50)
    return [row.type for row in rows]


async def rename(ada: Holder, passkey_id: str, name: str) -> int:
    answer = await ada.browser.patch(f"{BASE}/{passkey_id}", json={"name": name}, headers=bearer(ada.signed_in))
    return answer.status_code


async def test_it_proves_again_who_one_is_and_the_session_changes_its_name(served: ServedAuth) -> None:
    ada = await holder(served)
    before = ada.signed_in
    served.clock.advance(timedelta(minutes=11))
    ada.signed_in = (await ada.browser.post_json("/api/auth/refresh")).json()

    stale = await ada.browser.post_json("/api/auth/2fa/recovery-codes", **bearer(ada.signed_in))
    proved = await ada.step_up()
    allowed = await ada.browser.post_json("/api/auth/2fa/recovery-codes", **bearer(ada.signed_in))

    assert [stale.status_code, proved.status_code, allowed.status_code] == [401, 200, 200]
    assert ada.signed_in["session_id"] != before["session_id"]


async def test_a_touch_alone_proves_nothing_and_neither_does_the_password(served: ServedAuth) -> None:
    ada = await holder(served)

    touched = await ada.step_up(Behaviour(verifies_person=False))
    by_password = await ada.browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(ada.signed_in))

    assert (touched.status_code, touched.json()["code"]) == (401, "passkey_rejected")
    assert (by_password.status_code, by_password.json()["code"]) == (401, "code_rejected")


async def test_a_challenge_for_signing_in_or_of_another_session_proves_nothing(served: ServedAuth) -> None:
    ada = await holder(served)
    other = served.browser(url=URL)
    theirs = (await sign_in(other, ada.authenticator)).json()
    begun = (await other.post_json(f"{BASE}/step-up/begin", **bearer(theirs))).json()["options"]

    for options in (begun, await begin(ada.browser)):
        proof = {"passkey": ada.authenticator.get(options)}
        answer = await ada.browser.post_json("/api/auth/step-up", proof, **bearer(ada.signed_in))
        assert (answer.status_code, answer.json()["code"]) == (401, "passkey_rejected")


async def test_a_copy_proves_nothing(served: ServedAuth) -> None:
    ada = await holder(served)
    thief = ada.authenticator.copied()
    await sign_in(served.browser(url=URL), ada.authenticator)
    ada.authenticator = thief

    refused = await ada.step_up()

    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_counter_back")
    assert "factor.passkey_counter_back" in await types_about(ada)


async def test_wrong_proofs_have_to_wait(served: ServedAuth) -> None:
    ada = await holder(served)

    statuses = [(await ada.step_up(Behaviour(tampers=True))).status_code for _ in range(7)]

    assert statuses[:5] == [401] * 5
    assert set(statuses[5:]) == {429}


async def test_it_is_called_what_its_owner_says(served: ServedAuth) -> None:
    ada = await holder(served)
    (listed,) = await ada.listed()

    assert await rename(ada, listed["id"], "  Key on the ring ") == 204
    assert (await ada.listed())[0]["name"] == "Key on the ring"
    assert [await rename(ada, listed["id"], name) for name in ("", "   ", "a\nb", "n" * 61)] == [422] * 4
    assert await rename(ada, str(uuid4()), "Nobody's") == 404
    assert (await types_about(ada)).count("factor.passkey_renamed") == 1


async def test_removing_it_wants_a_strong_proof_ends_other_sessions_and_the_codes_with_the_last(
    served: ServedAuth,
) -> None:
    ada = await holder(served)
    elsewhere = served.browser(url=URL)
    await sign_in(elsewhere, ada.authenticator)
    (listed,) = await ada.listed()

    too_weak = await ada.remove(listed["id"])
    await ada.step_up()
    removed = await ada.remove(listed["id"])

    assert (too_weak.status_code, too_weak.json()["code"]) == (401, "insufficient_user_authentication")
    assert removed.status_code == 204
    assert await ada.listed() == []
    assert (await elsewhere.post_json("/api/auth/refresh")).status_code == 401
    assert (await ada.browser.post_json("/api/auth/refresh")).status_code == 200
    status = (await ada.browser.get("/api/auth/2fa/status", headers=bearer(ada.signed_in))).json()
    assert (status["recovery_codes_left"], status["methods"]) == (0, [])
    assert (await served.browser().post_json("/api/auth/login", LOG_IN)).json()["access_token"]
    assert (await sign_in(served.browser(url=URL), ada.authenticator)).json()["code"] == "passkey_rejected"
    assert (await types_about(ada)).count("factor.passkey_removed") == 1
    assert (await ada.remove(listed["id"])).status_code == 404


async def test_the_codes_stay_as_long_as_another_one_is_left(served: ServedAuth) -> None:
    ada = await holder(served)
    await ada.step_up()
    first, ada.authenticator = ada.authenticator, SoftwareAuthenticator()
    await ada.add()
    (old, _) = await ada.listed()

    await ada.remove(old["id"])

    assert (await first_step(served.browser()))["methods"] == ["passkey", "recovery_code"]
    assert (await sign_in(served.browser(url=URL), first)).status_code == 401
    assert (await sign_in(served.browser(url=URL), ada.authenticator)).status_code == 200


async def test_the_one_cannot_reach_what_the_other_has(served: ServedAuth) -> None:
    ada = await holder(served)
    await served.person("eve@example.org")
    browser = served.browser(url=URL)
    eve = Holder(served, browser, await first_step(browser, "eve@example.org"), SoftwareAuthenticator())
    await eve.add()
    await eve.step_up()
    (theirs,) = await ada.listed()

    seen, renamed, removed = await eve.listed(), await rename(eve, theirs["id"], "Mine"), await eve.remove(theirs["id"])

    assert theirs["id"] not in [each["id"] for each in seen]
    assert (renamed, removed.status_code) == (404, 404)
    assert await ada.listed() == [theirs]
    assert (await sign_in(served.browser(url=URL), ada.authenticator)).status_code == 200


async def test_who_is_not_signed_in_sees_and_changes_nothing(served: ServedAuth) -> None:
    ada = await holder(served)
    (listed,) = await ada.listed()
    stranger = served.browser(url=URL)

    answers = [
        await stranger.get(BASE),
        await stranger.patch(f"{BASE}/{listed['id']}", json={"name": "Mine"}),
        await stranger.request("DELETE", f"{BASE}/{listed['id']}", json={}),
        *[await stranger.post_json(f"{BASE}/{path}", {}) for path in ("register/begin", "step-up/begin")],
    ]

    assert [answer.status_code for answer in answers] == [401] * 5


async def test_administrators_see_that_a_second_factor_is_set(served: ServedAuth) -> None:
    ada = await holder(served)

    users = (await ada.browser.get("/api/auth/admin/users", headers=bearer(ada.signed_in))).json()["users"]

    assert [each["has_second_factor"] for each in users] == [True]


async def test_an_authenticator_app_is_removed_only_where_there_is_one(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    ada = Holder(served, served.browser(url=URL), signed_in, SoftwareAuthenticator())
    codes = (await ada.add()).json()["recovery_codes"]

    answer = await ada.browser.post_json("/api/auth/2fa/disable", {"code": codes[0]}, **bearer(ada.signed_in))

    assert (answer.status_code, answer.json()["code"]) == (401, "code_rejected")
    assert (await first_step(served.browser()))["methods"] == ["passkey", "recovery_code"]
