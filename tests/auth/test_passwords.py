"""Hashes of other systems: bcrypt is accepted as that system did, and replaced at the next sign-in."""

import asyncio
from base64 import b32decode
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from datetime import timedelta
from uuid import UUID

import bcrypt
import pytest

from emergence.auth.passwords import Passwords
from emergence.auth.store import users
from emergence.kernel.storage.database import Transaction
from tests.auth.authenticator import code_at
from tests.auth.served_auth import PASSWORD, ServedAuth, bearer

ADA = {"email": "ada@example.org", "password": PASSWORD}


@pytest.fixture(autouse=True)
def hashes() -> None:
    """Whole ones, as in production: they are what this file is about."""


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


async def at_once(served: ServedAuth, count: int, meanwhile: Callable[[Transaction], Awaitable[object]]) -> list[int]:
    """Sign in several times, all of which checked the same hash before `meanwhile` was done."""
    elsewhere = copy_context()
    async with served.auth.database.transaction() as tx:
        await tx.execute("SELECT FROM users FOR UPDATE")
        going = [asyncio.create_task(sign_in(served), context=elsewhere.copy()) for _ in range(count)]
        await asyncio.sleep(1)
        assert not any(each.done() for each in going)
        await meanwhile(tx)
    async with asyncio.timeout(20):
        return await asyncio.gather(*going)


async def nothing(_: Transaction) -> None:
    """Change nothing: of the sign-ins the first one stores the password anew."""


async def test_who_signs_in_at_once_with_a_hash_that_is_replaced_all_come_in(served: ServedAuth) -> None:
    await served.claimed()
    await store_hash(served, legacy(PASSWORD.encode()))

    assert await at_once(served, 3, nothing) == [200, 200, 200]
    assert (await stored_hash(served)).startswith("$argon2id$")


@pytest.mark.parametrize(("chosen", "minutes"), [("seven orange boats at dawn", 0), (PASSWORD, 1)])
async def test_a_password_that_is_chosen_meanwhile_is_not_checked_again(
    served: ServedAuth, chosen: str, minutes: int
) -> None:
    _, signed_in = await served.claimed()
    await store_hash(served, legacy(PASSWORD.encode()))
    phc = await served.auth.passwords.hash(chosen)
    at = served.clock.now() + timedelta(minutes=minutes)

    async def choose(tx: Transaction) -> None:
        await users.set_password(tx, UUID(signed_in["user_id"]), phc, at)

    assert await at_once(served, 2, choose) == [401, 401]
    assert await stored_hash(served) == phc


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
