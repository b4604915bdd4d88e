"""Somebody of the former system signs in with what they had there, and never when revoked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import bcrypt
import httpx2
import pytest

from emergence.auth.erase_people import erase_due_people
from emergence.auth.legacy.take_over_person import (
    ACCOUNT_STAYS,
    IDENTITY_TAKEN,
    REVOKED_SINCE,
    UNUSABLE_CODES,
    FormerIdentity,
    FormerPassword,
    FormerPerson,
    FormerTotp,
    take_over_person,
)
from emergence.auth.store import second_factors
from emergence.contracts.auth.values import Role
from tests.auth.authenticator import code_at
from tests.auth.served_auth import Browser, ServedAuth
from tests.auth.test_deletion import WEEK, delete

FORMER_PASSWORD = "quarante chevaux bleus"
SINCE = datetime(2024, 3, 4, tzinfo=UTC)
SEED = b"Hello!\xde\xad\xbe\xef"  # 80 bits
HASHED = sha256(b"zz99-yy88").hexdigest()
PERSON = FormerPerson(
    email="Bob@Example.org",
    role=Role.MEMBER,
    is_revoked=False,
    created_at=SINCE,
    password=FormerPassword(bcrypt.hashpw(FORMER_PASSWORD.encode(), bcrypt.gensalt(4)).decode(), SINCE, False),
    totp=None,
    identity=None,
)
WITH_FACTOR = replace(PERSON, totp=FormerTotp(SEED, SINCE, ("AB12-CD34", HASHED.upper(), "123456", "$2b$12$x")))


async def log_in(browser: Browser, password: str = FORMER_PASSWORD) -> httpx2.Response:
    return await browser.post_json("/api/auth/login", {"email": "bob@example.org", "password": password})


async def prove(browser: Browser, code: str) -> httpx2.Response:
    token = (await log_in(browser)).json()["mfa_token"]
    return await browser.post_json("/api/auth/login/mfa", {"mfa_token": token, "code": code})


async def hash_of(served: ServedAuth, user_id: UUID | None) -> str:
    row = await served.auth.database.fetchrow("SELECT phc FROM password_credentials WHERE user_id = $1", user_id)
    assert row is not None
    return str(row["phc"])


async def test_the_old_password_signs_in_and_is_kept_as_argon2_from_then_on(served: ServedAuth) -> None:
    taken = await take_over_person(served.auth, PERSON, writes=True)
    before = await hash_of(served, taken.user_id)

    refused = await log_in(served.browser(), "another password")
    answer = await log_in(served.browser())
    again = await log_in(served.browser())

    assert (taken.outcome, taken.notes) == ("imported", ())
    assert [refused.status_code, answer.status_code, again.status_code] == [401, 200, 200]
    assert (answer.json()["role"], answer.json()["user_id"]) == ("member", str(taken.user_id))
    assert before.startswith("$2b$")
    assert (await hash_of(served, taken.user_id)).startswith("$argon2id$")


async def test_whoever_was_to_choose_another_password_still_is(served: ServedAuth) -> None:
    assert PERSON.password is not None
    await take_over_person(
        served.auth, replace(PERSON, password=replace(PERSON.password, must_change=True)), writes=True
    )

    answer = await log_in(served.browser())

    assert (answer.status_code, answer.json()["password_must_reset"]) == (200, True)


async def test_a_revoked_one_does_not_get_in(served: ServedAuth) -> None:
    taken = await take_over_person(served.auth, replace(PERSON, is_revoked=True), writes=True)

    answer = await log_in(served.browser())

    assert taken.user_id is not None
    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_rejected")


async def test_the_authenticator_is_asked_for_and_its_short_seed_does(served: ServedAuth) -> None:
    await take_over_person(served.auth, WITH_FACTOR, writes=True)
    code = code_at(SEED, served.clock.now())

    wrong = await prove(served.browser(), f"{(int(code) + 1) % 10**6:06}")
    answer = await prove(served.browser(), code)
    again = await prove(served.browser(), code)

    assert [wrong.status_code, answer.status_code, again.status_code] == [401, 200, 401]


@pytest.mark.parametrize("typed", ["AB12-CD34", "ab12cd34", "zz99-yy88", "ZZ99-YY88"])
async def test_a_former_recovery_code_works_once_plain_or_hashed(served: ServedAuth, typed: str) -> None:
    taken = await take_over_person(served.auth, WITH_FACTOR, writes=True)
    assert taken.user_id is not None

    answer = await prove(served.browser(), typed)
    again = await prove(served.browser(), typed)
    other = await prove(served.browser(), "zz99-yy89")

    assert taken.notes == (UNUSABLE_CODES,)
    assert [answer.status_code, again.status_code, other.status_code] == [200, 401, 401], answer.text
    assert await second_factors.count_recovery_codes(served.auth.database, taken.user_id) == 1
    rows = await served.auth.database.fetch("SELECT place, hash FROM recovery_codes")
    assert not any("AB12" in row["place"] or HASHED in row["hash"] for row in rows)


async def test_without_writing_nothing_is_there(served: ServedAuth) -> None:
    dry = await take_over_person(served.auth, PERSON, writes=False)

    assert (dry.outcome, (await log_in(served.browser())).status_code) == ("imported", 401)
    assert await served.auth.database.fetch("SELECT FROM legacy_people") == []


async def test_whoever_has_an_account_keeps_it_as_it_is(served: ServedAuth) -> None:
    _, here = await served.person("bob@example.org")

    first = await take_over_person(served.auth, replace(WITH_FACTOR, role=Role.ADMIN), writes=True)
    second = await take_over_person(served.auth, WITH_FACTOR, writes=True)

    assert [str(taken.user_id) for taken in (first, second)] == [here["user_id"]] * 2
    assert (first.outcome, first.notes, second.outcome, second.notes) == ("present", (ACCOUNT_STAYS,), "present", ())
    assert (await log_in(served.browser())).status_code == 401
    row = await served.auth.database.fetchrow("SELECT role FROM users WHERE id = $1", first.user_id)
    assert row is not None and row["role"] == "member"


async def test_whoever_is_revoked_there_later_is_named_and_stays_as_here(served: ServedAuth) -> None:
    revoked = replace(PERSON, is_revoked=True)
    await take_over_person(served.auth, PERSON, writes=True)

    later = await take_over_person(served.auth, revoked, writes=True)
    await served.auth.database.execute("UPDATE users SET status = 'suspended'")
    after = await take_over_person(served.auth, revoked, writes=True)

    assert (later.outcome, later.notes) == ("present", (REVOKED_SINCE,))
    assert (after.outcome, after.notes) == ("present", ())


async def test_an_account_at_a_provider_signs_in_one_person_alone(served: ServedAuth) -> None:
    identity = FormerIdentity("https://accounts.google.com", "1017")

    first = await take_over_person(served.auth, replace(PERSON, identity=identity), writes=True)
    second = await take_over_person(
        served.auth, replace(PERSON, email="eve@example.org", identity=identity), writes=True
    )

    rows = await served.auth.database.fetch("SELECT iss, sub, user_id FROM identities")
    assert [tuple(row) for row in rows] == [("https://accounts.google.com", "1017", first.user_id)]
    assert second.notes == (IDENTITY_TAKEN,)


async def test_whoever_was_erased_here_does_not_come_back(served: ServedAuth) -> None:
    taken = await take_over_person(served.auth, PERSON, writes=True)
    browser = served.browser()
    assert (await delete(browser, (await log_in(browser)).json())).status_code == 202
    served.clock.advance(WEEK + timedelta(minutes=1))
    await erase_due_people(served.auth)

    again = await take_over_person(served.auth, PERSON, writes=True)

    assert (taken.outcome, again.outcome, again.user_id) == ("imported", "erased", None)
    [row] = await served.auth.database.fetch("SELECT * FROM legacy_people")
    assert row["user_id"] is None
    assert (await log_in(served.browser())).status_code == 401
