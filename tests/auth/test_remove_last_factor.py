"""The last second factor goes only where the password is long enough to be all that is asked."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from tests.auth.passkeys.holder import holder
from tests.auth.served_auth import PASSWORD, PUBLIC_URL, ServedAuth, auth_environ, bearer, served_auth
from tests.auth.test_second_factor import Protected, enrolled

SHORT, LONG = "brisk otter 7", "eleven brisk otters under the pier"
CHANGE, DISABLE = "/api/auth/change-password", "/api/auth/2fa/disable"


@pytest.fixture
async def strict(database_url: str) -> AsyncIterator[ServedAuth]:
    """A service in production, where a password alone has at least fifteen characters."""
    environ = auth_environ(
        database_url,
        EMERGENCE_ENV="production",
        EMERGENCE_PUBLIC_URL=PUBLIC_URL,
        AUTH_ENV="staging",
    )
    async with served_auth(environ) as served:
        yield served


async def change(ada: Protected, current: str, new: str) -> int:
    body = {"current_password": current, "new_password": new}
    return (await ada.browser.post_json(CHANGE, body, **bearer(ada.signed_in))).status_code


async def disable(ada: Protected, code: str) -> tuple[int, str | None]:
    answer = await ada.browser.post_json(DISABLE, {"code": code}, **bearer(ada.signed_in))
    return answer.status_code, None if answer.status_code == 204 else answer.json()["code"]


async def test_a_password_chosen_beside_a_factor_must_be_replaced_before_the_factor_goes(strict: ServedAuth) -> None:
    ada = await enrolled(strict)
    assert await change(ada, PASSWORD, SHORT) == 204

    refused = await disable(ada, ada.recovery[0])
    assert await change(ada, SHORT, LONG) == 204
    removed = await disable(ada, ada.recovery[0])

    assert refused == (409, "password_too_short_alone")  # and the recovery code was not used up
    assert removed == (204, None)


async def test_a_long_password_stays_long_enough(strict: ServedAuth) -> None:
    ada = await enrolled(strict)

    assert await disable(ada, ada.next_code()) == (204, None)
    assert await change(ada, PASSWORD, SHORT) == 422


async def test_of_a_password_of_former_times_nothing_is_known_and_it_is_replaced_first(strict: ServedAuth) -> None:
    ada = await enrolled(strict)
    await strict.auth.database.execute("UPDATE password_credentials SET does_alone = NULL")

    assert await disable(ada, ada.next_code()) == (409, "password_too_short_alone")


async def test_who_has_no_password_is_not_asked_for_one(strict: ServedAuth) -> None:
    ada = await enrolled(strict)
    await strict.auth.database.execute("DELETE FROM password_credentials")

    assert await disable(ada, ada.next_code()) == (204, None)


async def test_choosing_a_short_one_while_the_factor_goes_leaves_no_short_one_alone(strict: ServedAuth) -> None:
    ada = await enrolled(strict)

    await asyncio.gather(change(ada, PASSWORD, SHORT), disable(ada, ada.next_code()))

    row = await strict.auth.database.fetchrow(
        """SELECT EXISTS (SELECT FROM totp_credentials WHERE user_id = $1) AS has_factor,
                  (SELECT does_alone FROM password_credentials WHERE user_id = $1) AS does_alone""",
        UUID(ada.signed_in["user_id"]),
    )
    assert row is not None
    assert row["has_factor"] or row["does_alone"]


async def test_the_last_passkey_stays_too(served: ServedAuth) -> None:
    ada = await holder(served)
    await served.auth.database.execute("UPDATE password_credentials SET does_alone = false")
    await ada.step_up()
    (passkey,) = await ada.listed()

    refused = await ada.remove(passkey["id"])
    still = await ada.listed()
    await served.auth.database.execute("UPDATE password_credentials SET does_alone = true")
    removed = await ada.remove(passkey["id"])

    assert (refused.status_code, refused.json()["code"]) == (409, "password_too_short_alone")
    assert [each["id"] for each in still] == [passkey["id"]]
    assert removed.status_code == 204
