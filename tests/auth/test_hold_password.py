"""What a sign-in relies on until its end is looked at once others who decide about the account are through."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import pytest

from emergence.auth.store import users
from emergence.auth.store.users import Entering
from emergence.kernel.storage.database import Transaction
from tests.auth.served_auth import ServedAuth

Seen = TypeVar("Seen")
Decide = Callable[[Transaction, UUID], Awaitable[object]]


@pytest.fixture(autouse=True)
def hashes() -> None:
    """Whole ones, as in production: they are what this file is about."""


async def replace_it(tx: Transaction, user_id: UUID) -> None:
    await tx.execute("UPDATE password_credentials SET phc = 'another' WHERE user_id = $1", user_id)


async def take_it_away(tx: Transaction, user_id: UUID) -> None:
    await users.end_password(tx, user_id, datetime.now(UTC))


async def leave_it(_: Transaction, __: UUID) -> None:
    """Look at the account, and change nothing."""


async def suspend(tx: Transaction, user_id: UUID) -> None:
    await tx.execute("UPDATE users SET status = 'suspended' WHERE id = $1", user_id)


async def demote(tx: Transaction, user_id: UUID) -> None:
    await tx.execute("UPDATE users SET role = 'guest' WHERE id = $1", user_id)


async def hash_of(served: ServedAuth, user_id: UUID) -> str:
    phc = await users.read_password(served.auth.database, user_id)
    assert phc is not None
    return phc


async def while_decided(
    served: ServedAuth, user_id: UUID, decide: Decide, look: Callable[[Transaction], Awaitable[Seen]]
) -> Seen:
    """Return what somebody sees who looks while another transaction decides, and has to wait for it."""

    async def looking() -> Seen:
        async with served.auth.database.transaction() as tx:
            return await look(tx)

    elsewhere = copy_context()
    async with served.auth.database.transaction() as tx:
        await users.lock_account(tx, user_id)
        await decide(tx, user_id)
        seen = asyncio.create_task(looking(), context=elsewhere)
        await asyncio.sleep(0.2)
        assert not seen.done()
    return await seen


@pytest.mark.parametrize(("decide", "is_held"), [(replace_it, False), (take_it_away, False), (leave_it, True)])
async def test_a_password_that_goes_while_it_is_checked_counts_no_more(
    served: ServedAuth, decide: Decide, is_held: bool
) -> None:
    _, ada = await served.claimed()
    user_id = UUID(ada["user_id"])
    phc = await hash_of(served, user_id)

    async def look(tx: Transaction) -> bool:
        return await users.hold_password(tx, user_id, phc)

    assert await while_decided(served, user_id, decide, look) is is_held


@pytest.mark.parametrize(("decide", "is_active", "role"), [(suspend, False, "admin"), (demote, True, "guest")])
async def test_who_signs_in_is_seen_as_they_are_at_the_end(
    served: ServedAuth, decide: Decide, is_active: bool, role: str
) -> None:
    _, ada = await served.claimed()
    user_id = UUID(ada["user_id"])

    async def look(tx: Transaction) -> Entering | None:
        return await users.keep_entering(tx, user_id)

    entering = await while_decided(served, user_id, decide, look)

    assert entering is not None
    assert (entering.account.is_active, entering.account.role) == (is_active, role)
    assert not entering.must_change_password


async def test_who_signs_in_at_once_with_the_same_password_takes_turns(served: ServedAuth) -> None:
    _, ada = await served.claimed()
    user_id = UUID(ada["user_id"])
    phc = await hash_of(served, user_id)

    async def sign_in() -> bool:
        async with served.auth.database.transaction() as tx:
            is_held = await users.hold_password(tx, user_id, phc)
            await asyncio.sleep(0.02)
            entering = await users.keep_entering(tx, user_id)
        return is_held and entering is not None

    async with asyncio.timeout(10):
        assert await asyncio.gather(*(sign_in() for _ in range(6))) == [True] * 6


async def test_whoever_must_choose_another_password_is_told(served: ServedAuth) -> None:
    _, ada = await served.claimed()
    await served.auth.database.execute("UPDATE password_credentials SET must_change = true")

    answer = await served.browser().post_json(
        "/api/auth/login", {"email": ada["email"], "password": "correct horse battery staple"}
    )

    assert answer.json()["password_must_reset"] is True
