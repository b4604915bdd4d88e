"""Hashes of other systems: bcrypt is accepted as that system did, and replaced at the next sign-in."""

from base64 import b32decode

import bcrypt
import pytest

from emergence.auth.passwords import Passwords
from tests.auth.authenticator import code_at
from tests.auth.served_auth import PASSWORD, ServedAuth, bearer

ADA = {"email": "ada@example.org", "password": PASSWORD}


def legacy(password: bytes, variant: str = "2b") -> str:
    """Return what another system would have stored; the variants differ in their name only."""
    hashed = bcrypt.hashpw(password[:72], bcrypt.gensalt(rounds=4)).decode()
    return f"${variant}${hashed.removeprefix('$2b$')}"


async def store_hash(served: ServedAuth, phc: str) -> None:
    await served.auth.database.execute("UPDATE password_credentials SET phc = $1", phc)


async def stored_hash(served: ServedAuth) -> str:
    row = await served.auth.database.fetchrow("SELECT phc FROM password_credentials")
    assert row is not None
    phc: str = row["phc"]
    return phc


async def sign_in(served: ServedAuth, password: str = PASSWORD) -> int:
    return (await served.browser().post_json("/api/auth/login", ADA | {"password": password})).status_code


@pytest.mark.parametrize("variant", ["2a", "2b", "2y"])
async def test_a_bcrypt_hash_signs_in_and_is_replaced_by_argon2id(served: ServedAuth, variant: str) -> None:
    await served.claimed()
    await store_hash(served, legacy(PASSWORD.encode(), variant))

    assert await sign_in(served, "not the right one") == 401
    assert (await stored_hash(served)).startswith(f"${variant}$")
    assert await sign_in(served) == 200
    assert (await stored_hash(served)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await sign_in(served) == 200
    assert await sign_in(served, "not the right one") == 401


async def test_what_bcrypt_never_looked_at_counts_from_the_upgrade_on(served: ServedAuth) -> None:
    await served.claimed()
    long = "ä" * 36 + " and a tail that the old system cut off"
    await store_hash(served, legacy(long.encode()))

    assert await sign_in(served, "ä" * 35) == 401
    assert await sign_in(served, long) == 200
    assert await sign_in(served, "ä" * 36) == 401
    assert await sign_in(served, long) == 200


async def test_with_a_second_factor_the_hash_is_replaced_too(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    seed = b32decode((await browser.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()["secret"])
    confirmed = {"code": code_at(seed, served.clock.now())}
    assert (await browser.post_json("/api/auth/2fa/verify", confirmed, **bearer(signed_in))).status_code == 200
    await store_hash(served, legacy(PASSWORD.encode()))

    answer = await served.browser().post_json("/api/auth/login", ADA)

    assert answer.json()["mfa_required"] is True
    assert (await stored_hash(served)).startswith("$argon2id$")


@pytest.mark.parametrize("broken", ["$2b$", "$2b$04$short", "$2b$99$" + "a" * 53, "$2b$04$" + "é" * 53, "$1$md5$x", ""])
async def test_a_hash_that_nothing_makes_fits_no_password(broken: str) -> None:
    passwords = Passwords(b"pepper")

    assert not (await passwords.check(PASSWORD, broken)).is_right
    passwords.close()


async def test_a_password_that_no_bcrypt_could_have_hashed_is_wrong() -> None:
    passwords = Passwords(b"pepper")

    assert not (await passwords.check("before\x00after", legacy(b"before"))).is_right
    passwords.close()
