"""Codes of a second factor: how they may be typed, how often guessed, whose they are, and what is written down."""

import json
from base64 import b32decode
from ipaddress import IPv4Address
from uuid import UUID

import pytest

from emergence.auth.callers import Caller
from emergence.auth.check_code import check_code, check_new_seed
from emergence.auth.recovery_codes import typed_code
from emergence.contracts.auth.problems import CodeRejected, TooManyAttempts
from tests.auth.audited import rows_about
from tests.auth.authenticator import code_at
from tests.auth.served_auth import ServedAuth, bearer
from tests.auth.test_second_factor import Protected, enrolled


@pytest.fixture
async def ada(served: ServedAuth) -> Protected:
    return await enrolled(served)


def id_of(ada: Protected) -> UUID:
    return UUID(ada.signed_in["user_id"])


async def eve(served: ServedAuth) -> UUID:
    """Somebody who has no second factor."""
    _, signed_in = await served.person("eve@example.org")
    return UUID(signed_in["user_id"])


def elsewhere(number: int) -> Caller:
    return Caller(IPv4Address(f"93.184.{number}.7"), None, is_local=False)


def in_groups(code: str) -> str:
    return f" {code[:3]} {code[3:]} "


async def noted(ada: Protected) -> list[tuple[str, str]]:
    """Return outcome and method of each code that the audit log tells of, the latest first."""
    rows = await rows_about(ada.served.auth.database, id_of(ada), None, 50)
    return [(row.outcome, json.loads(row.data)["method"]) for row in rows if row.type == "factor.code"]


async def test_a_code_may_be_typed_as_an_authenticator_shows_it(ada: Protected) -> None:
    assert await check_code(ada.served.auth, id_of(ada), in_groups(ada.next_code()), elsewhere(1)) == "otp"


async def test_so_may_the_code_that_confirms_a_seed(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    begun = (await browser.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()
    code = in_groups(code_at(b32decode(begun["secret"]), served.clock.now()))

    arrived = await check_new_seed(served.auth, UUID(signed_in["user_id"]), code, elsewhere(1))

    assert arrived.step > 0


async def test_guesses_are_counted_by_person_wherever_they_come_from(ada: Protected) -> None:
    code = ada.next_code()
    for number in range(5):
        with pytest.raises(CodeRejected):
            await check_code(ada.served.auth, id_of(ada), "000000", elsewhere(number))

    with pytest.raises(TooManyAttempts):
        await check_code(ada.served.auth, id_of(ada), code, elsewhere(6))
    with pytest.raises(TooManyAttempts):
        await check_new_seed(ada.served.auth, id_of(ada), code, elsewhere(7))


async def test_guesses_at_a_new_seed_are_counted_too_and_nobody_elses(ada: Protected) -> None:
    user_id = await eve(ada.served)
    for number in range(5):
        with pytest.raises(CodeRejected):
            await check_new_seed(ada.served.auth, user_id, "000000", elsewhere(number))

    with pytest.raises(TooManyAttempts):
        await check_new_seed(ada.served.auth, user_id, "000000", elsewhere(6))
    assert await check_code(ada.served.auth, id_of(ada), ada.next_code(), elsewhere(7)) == "otp"


async def test_the_audit_log_tells_of_wrong_codes_and_of_every_recovery_code(ada: Protected) -> None:
    auth, caller = ada.served.auth, elsewhere(1)
    assert await noted(ada) == []

    await check_code(auth, id_of(ada), ada.next_code(), caller)
    assert await noted(ada) == []
    await check_code(auth, id_of(ada), ada.recovery[0], caller)
    for wrong in ("000000", ada.recovery[0]):
        with pytest.raises(CodeRejected):
            await check_code(auth, id_of(ada), wrong, caller)
    with pytest.raises(CodeRejected):
        await check_new_seed(auth, id_of(ada), ada.next_code(), caller)

    assert await noted(ada) == [
        ("failure", "otp"),
        ("failure", "recovery_code"),
        ("failure", "otp"),
        ("success", "recovery_code"),
    ]


async def test_nobody_has_a_code_without_a_seed(ada: Protected) -> None:
    user_id = await eve(ada.served)
    for code in (ada.next_code(), ada.recovery[0]):
        with pytest.raises(CodeRejected):
            await check_code(ada.served.auth, user_id, code, elsewhere(1))
    with pytest.raises(CodeRejected):
        await check_new_seed(ada.served.auth, user_id, ada.next_code(), elsewhere(1))


@pytest.mark.parametrize("place", range(1, 17))
def test_a_letter_that_no_code_has_makes_it_none_wherever_it_stands(place: int) -> None:
    letters = "A" + "B" * 16

    assert typed_code(letters) is not None
    assert typed_code(letters[:place] + "0" + letters[place + 1 :]) is None
