"""Adding a passkey: what is asked of the authenticator, what is refused, and what comes with the first one."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.auth.audited import rows_about
from tests.auth.passkeys.holder import BASE, URL, Holder, holder, sign_in
from tests.auth.passkeys.software_authenticator import Algorithm, Behaviour, SoftwareAuthenticator, decoded
from tests.auth.served_auth import PASSWORD, ServedAuth, bearer


async def newcomer(served: ServedAuth, email: str = "eve@example.org") -> Holder:
    """Return a member who has no passkey yet."""
    await served.person(email)
    browser = served.browser(url=URL)
    signed_in = (await browser.post_json("/api/auth/login", {"email": email, "password": PASSWORD})).json()
    return Holder(served, browser, signed_in, SoftwareAuthenticator())


async def test_it_asks_for_a_discoverable_one_that_knows_its_person_by_a_random_handle(served: ServedAuth) -> None:
    eve = await newcomer(served)

    options, again = await eve.begin_adding(), await eve.begin_adding()

    assert options["rp"] == {"id": "localhost", "name": "Emergence"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert len(decoded(options["challenge"])) == 32
    assert options["challenge"] != again["challenge"]
    handle = decoded(options["user"]["id"])
    assert len(handle) == 64
    assert decoded(again["user"]["id"]) == handle
    assert UUID(eve.signed_in["user_id"]).bytes not in handle
    assert b"eve" not in handle


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
async def test_the_first_one_brings_recovery_codes_and_ends_other_sessions_and_later_ones_do_neither(
    served: ServedAuth, algorithm: Algorithm
) -> None:
    eve = await newcomer(served)
    elsewhere = served.browser()
    await elsewhere.post_json("/api/auth/login", {"email": "eve@example.org", "password": PASSWORD})
    eve.authenticator = SoftwareAuthenticator(algorithm)

    first = await eve.add()
    ended = (await elsewhere.post_json("/api/auth/refresh")).status_code
    await eve.step_up()
    await sign_in(strong := served.browser(url=URL), eve.authenticator)
    eve.authenticator = SoftwareAuthenticator(algorithm)
    second = await eve.add()

    assert first.status_code == 200, first.text
    assert len(first.json()["recovery_codes"]) == 10
    assert second.json()["recovery_codes"] is None
    assert ended == 401
    assert (await strong.post_json("/api/auth/refresh")).status_code == 200
    status = (await eve.browser.get("/api/auth/2fa/status", headers=bearer(eve.signed_in))).json()
    assert (status["enabled"], status["recovery_codes_left"]) == (False, 10)
    assert status["methods"] == ["passkey", "recovery_code"]
    rows = await rows_about(served.auth.database, UUID(eve.signed_in["user_id"]), None, 50)
    assert [row.type for row in rows].count("factor.passkey_added") == 2


@pytest.mark.parametrize(
    ("aaguid", "is_synced", "suggested", "called"),
    [
        ("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", True, "Chrome on Linux", "Google Password Manager"),
        ("00000000-0000-0000-0000-000000000000", False, "Chrome on Linux", "Chrome on Linux"),
        ("00000000-0000-0000-0000-000000000000", False, None, "Passkey"),
    ],
)
async def test_it_is_called_what_it_is(
    served: ServedAuth, aaguid: str, is_synced: bool, suggested: str | None, called: str
) -> None:
    eve = await newcomer(served)
    eve.authenticator = SoftwareAuthenticator(is_synced=is_synced, aaguid=UUID(aaguid).bytes)
    more = {} if suggested is None else {"name": suggested}

    await eve.finish_adding(eve.authenticator.create(await eve.begin_adding()), **more)

    (listed,) = await eve.listed()
    assert (listed["name"], listed["is_synced"], listed["is_backed_up"]) == (called, is_synced, is_synced)
    assert (listed["last_used_at"], listed["counter_back_at"]) == (None, None)


HOSTILE = {
    "another page's origin": Behaviour(origin="https://evil.example"),
    "127.0.0.1, where no passkey works": Behaviour(origin="http://127.0.0.1:8080"),
    "another port": Behaviour(origin="http://localhost:8081"),
    "another domain": Behaviour(rp_id="evil.example"),
    "a challenge of its own": Behaviour(challenge=bytes(32)),
    "a person it did not make sure of": Behaviour(verifies_person=False),
    "nobody there": Behaviour(is_present=False),
    "a frame in another site's page": Behaviour(is_framed=True),
    "a use instead of a making": Behaviour(type="webauthn.get"),
}


async def test_what_an_honest_browser_would_not_send_is_refused(served: ServedAuth) -> None:
    eve = await newcomer(served)

    for how, behaviour in HOSTILE.items():
        refused = await eve.add(behaviour)

        assert (refused.status_code, refused.json().get("code")) == (401, "passkey_rejected"), how
    assert await eve.listed() == []


async def test_a_challenge_is_good_once_also_when_it_comes_ten_times_at_once(served: ServedAuth) -> None:
    eve = await newcomer(served)
    options = await eve.begin_adding()
    made = [SoftwareAuthenticator().create(options) for _ in range(10)]

    answers = await asyncio.gather(*(eve.finish_adding(credential) for credential in made))

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 9
    assert len(await eve.listed()) == 1


async def test_a_challenge_is_over_after_five_minutes(served: ServedAuth) -> None:
    eve = await newcomer(served)
    credential = eve.authenticator.create(await eve.begin_adding())
    served.clock.advance(timedelta(minutes=5, seconds=1))
    eve.signed_in = (await eve.browser.post_json("/api/auth/refresh")).json()

    assert (await eve.finish_adding(credential)).status_code == 401


async def test_anothers_challenge_adds_nothing(served: ServedAuth) -> None:
    ada = await holder(served)
    eve = await newcomer(served)
    await ada.step_up()
    options = await ada.begin_adding()

    refused = await eve.finish_adding(eve.authenticator.create(options))

    assert refused.status_code == 401
    assert (len(await ada.listed()), len(await eve.listed())) == (1, 0)


async def test_a_challenge_for_signing_in_adds_nothing(served: ServedAuth) -> None:
    eve = await newcomer(served)
    begun = (await eve.browser.post_json(f"{BASE}/login/begin")).json()["options"]
    options = await eve.begin_adding() | {"challenge": begun["challenge"]}

    assert (await eve.finish_adding(eve.authenticator.create(options))).status_code == 401


async def test_a_credential_that_somebody_has_cannot_be_added_by_another(served: ServedAuth) -> None:
    ada = await holder(served)
    eve = await newcomer(served)
    stolen = Behaviour(credential_id=ada.authenticator.kept[0].id)

    refused = await eve.add(stolen)

    assert (refused.status_code, refused.json()["code"]) == (409, "passkey_already_added")
    assert (await sign_in(served.browser(url=URL), ada.authenticator)).json()["email"] == "Ada@Example.org"
    assert await eve.listed() == []


async def test_what_is_known_already_is_named_to_the_browser(served: ServedAuth) -> None:
    ada = await holder(served)
    await ada.step_up()

    options = await ada.begin_adding()

    assert [decoded(each["id"]) for each in options["excludeCredentials"]] == [ada.authenticator.kept[0].id]
    assert options["excludeCredentials"][0]["transports"] == ["internal"]


async def test_it_wants_a_recent_proof_and_where_a_factor_is_set_a_proof_by_that(served: ServedAuth) -> None:
    eve = await newcomer(served)
    served.clock.advance(timedelta(minutes=10, seconds=1))
    eve.signed_in = (await eve.browser.post_json("/api/auth/refresh")).json()
    begin = f"{BASE}/register/begin"

    stale = await eve.browser.post_json(begin, **bearer(eve.signed_in))
    proved = await eve.browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(eve.signed_in))
    eve.signed_in = proved.json()
    assert (await eve.add()).status_code == 200
    by_password_alone = await eve.browser.post_json(begin, **bearer(eve.signed_in))
    await eve.step_up()
    strong = await eve.browser.post_json(begin, **bearer(eve.signed_in))

    assert [stale.status_code, by_password_alone.status_code, strong.status_code] == [401, 401, 200]
    assert by_password_alone.json()["code"] == "insufficient_user_authentication"


async def test_an_account_holds_twenty(served: ServedAuth) -> None:
    eve = await newcomer(served)
    await eve.add()
    await eve.step_up()
    options = await eve.begin_adding()
    await served.auth.database.execute(
        """INSERT INTO webauthn_credentials (id, user_id, cred_id, public_key, sign_count, transports, aaguid,
                                             is_synced, is_backed_up, name, created_at)
           SELECT gen_random_uuid(), user_id, cred_id || n::text::bytea, public_key, 0, transports, aaguid,
                  false, false, name, created_at
           FROM webauthn_credentials, generate_series(1, 19) AS n"""
    )

    raced = await eve.finish_adding(SoftwareAuthenticator().create(options))
    refused = await eve.browser.post_json(f"{BASE}/register/begin", **bearer(eve.signed_in))

    assert [raced.json()["code"], refused.json()["code"]] == ["too_many_passkeys"] * 2
    assert len(await eve.listed()) == 20


MALFORMED: list[dict[str, object]] = [
    {},
    {"credential": None},
    {"credential": {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}},
    {"credential": {"id": "A A", "rawId": "A A", "type": "public-key"}},
    {"credential": {"id": "A" * 2_000, "rawId": "A", "type": "public-key"}},
    {"user_id": str(uuid4())},
]
BROKEN = ["A", "AA", "AAAA", "e30", "W10", "bnVsbA", "eyJjaGFsbGVuZ2UiOjF9", "eyJjaGFsbGVuZ2UiOiLDqSJ9"]


async def test_malformed_answers_are_refused(served: ServedAuth) -> None:
    eve = await newcomer(served)
    for body in MALFORMED:
        answer = await eve.browser.post_json(f"{BASE}/register/finish", body, **bearer(eve.signed_in))
        assert answer.status_code == 422, answer.text

    for broken in [*BROKEN, "W1tb" * 2_000]:
        for place in ("clientDataJSON", "attestationObject"):
            credential = SoftwareAuthenticator().create(await eve.begin_adding())
            credential["response"][place] = broken
            assert (await eve.finish_adding(credential)).status_code == 401, (place, broken)
    assert await eve.listed() == []


async def test_nothing_of_a_ceremony_is_readable_in_the_database(served: ServedAuth) -> None:
    ada = await holder(served)
    challenge = decoded((await ada.browser.post_json(f"{BASE}/login/begin")).json()["options"]["challenge"])
    tables = ("webauthn_challenges", "recovery_codes", "audit_log")
    rows = [str(dict(row)) for name in tables for row in await served.auth.database.fetch(f"TABLE {name}")]

    assert not [row for row in rows if str(challenge) in row or challenge.hex() in row]
