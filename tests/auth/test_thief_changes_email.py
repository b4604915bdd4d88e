"""Whoever knew the password, or held a session, asks for another address: what the owner does ends that too."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from emergence.auth import log_out, on_events, revoke_session
from emergence.auth.revoke_session import QUIET_ENDS
from tests.auth.mailbox import Posted, plain, token_in
from tests.auth.served_auth import PASSWORD, Browser, bearer
from tests.auth.test_email_address import ADA, CHANGE, CONFIRM, UNDO, primary_addresses, use

EVIL = "evil@evil.example"
OTHER_PASSWORD = "nineteen violet otters juggle"
SESSIONS = "/api/auth/my-sessions"
SignedIn = dict[str, Any]


async def second_sign_in(posted: Posted) -> tuple[Browser, SignedIn]:
    """Sign in once more as Ada, by her password alone."""
    browser = posted.served.browser()
    answer = await browser.post_json("/api/auth/login", {"email": ADA, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return browser, answer.json()


async def asked_for(posted: Posted, browser: Browser, signed_in: SignedIn, email: str = EVIL) -> str:
    """Ask for another address in a session, and return what its letter holds."""
    answer = await browser.post_json(CHANGE, {"email": email}, **bearer(signed_in))
    assert answer.status_code == 202, answer.text
    return token_in(await posted.mailbox.next_to(email))


async def letter_with(posted: Posted, words: str, email: str = ADA) -> str:
    """Return the token of the first letter to an address whose link leads to a page of this name."""
    for after in range(10):
        letter = await posted.mailbox.next_to(email, after)
        if words in plain(letter):
            return token_in(letter)
    raise AssertionError(words)


async def by_reset(posted: Posted, owner: Browser, _: SignedIn) -> None:
    await owner.post_json("/api/auth/request-password-reset", {"email": ADA})
    token = await letter_with(posted, "reset-password")
    answer = await owner.post_json("/api/auth/reset-password", {"token": token, "new_password": OTHER_PASSWORD})
    assert answer.status_code == 204, answer.text


async def by_new_password(_: Posted, owner: Browser, signed_in: SignedIn) -> None:
    body = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
    answer = await owner.post_json("/api/auth/change-password", body, **bearer(signed_in))
    assert answer.status_code == 204, answer.text


async def by_ending_all(_: Posted, owner: Browser, signed_in: SignedIn) -> None:
    answer = await owner.post_json(f"{SESSIONS}/revoke-all", **bearer(signed_in))
    assert answer.status_code == 200, answer.text


async def by_ending_others(_: Posted, owner: Browser, signed_in: SignedIn) -> None:
    answer = await owner.post_json(f"{SESSIONS}/revoke-others", **bearer(signed_in))
    assert answer.status_code == 200, answer.text


async def by_ending_it(_: Posted, owner: Browser, signed_in: SignedIn) -> None:
    listed = (await owner.get(SESSIONS, headers=bearer(signed_in))).json()["sessions"]
    for other in (each["id"] for each in listed if not each["is_current"]):
        answer = await owner.post_json(f"{SESSIONS}/{other}/revoke", **bearer(signed_in))
        assert answer.status_code == 204, answer.text


async def by_ending_everybodys(_: Posted, owner: Browser, signed_in: SignedIn) -> None:
    answer = await owner.post_json("/api/auth/admin/sessions/revoke", {"everybody": True}, **bearer(signed_in))
    assert answer.status_code == 200, answer.text


Recovery = Callable[[Posted, Browser, SignedIn], Awaitable[None]]
RECOVERIES = [by_reset, by_new_password, by_ending_all, by_ending_others, by_ending_it, by_ending_everybodys]


@pytest.mark.parametrize("recovery", RECOVERIES)
async def test_a_change_that_a_thief_asked_for_ends_with_what_the_owner_does(
    posted: Posted, recovery: Recovery
) -> None:
    owner, signed_in = await posted.served.claimed()
    pending = await asked_for(posted, *await second_sign_in(posted))

    await recovery(posted, owner, signed_in)
    posted.served.clock.advance(timedelta(hours=20))

    confirmed = await use(posted.served, CONFIRM, pending)
    assert (confirmed.status_code, confirmed.json()["code"]) == (400, "link_invalid")
    assert await primary_addresses(posted) == [ADA]


@pytest.mark.parametrize("recovery", [by_ending_all, by_ending_it, by_new_password])
async def test_a_confirmation_at_the_same_time_comes_before_or_not_at_all(posted: Posted, recovery: Recovery) -> None:
    owner, signed_in = await posted.served.claimed()
    pending = await asked_for(posted, *await second_sign_in(posted))
    await posted.served.browser().post_json("/api/auth/magic-link", {"email": ADA})

    confirmed, done = await asyncio.gather(
        use(posted.served, CONFIRM, pending), recovery(posted, owner, signed_in), return_exceptions=True
    )

    assert not isinstance(confirmed, BaseException)
    assert confirmed.status_code in (204, 400), confirmed.text
    if confirmed.status_code == 204:  # then the owner's session ended first, and the old address takes it back
        assert (await use(posted.served, UNDO, await letter_with(posted, "undo-email"))).status_code == 204
    else:
        assert done is None
    assert await primary_addresses(posted) == [ADA]


async def test_a_thief_does_not_hide_the_change_behind_another_name_of_the_session(posted: Posted) -> None:
    owner, signed_in = await posted.served.claimed()
    thief, stolen = await second_sign_in(posted)
    pending = await asked_for(posted, thief, stolen)
    renamed = await thief.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(stolen))
    assert renamed.status_code == 200, renamed.text

    await by_ending_it(posted, owner, signed_in)

    assert (await use(posted.served, CONFIRM, pending)).status_code == 400


async def test_a_session_that_ran_out_is_not_forgotten_when_all_are_ended(posted: Posted) -> None:
    await posted.served.claimed()
    pending = await asked_for(posted, *await second_sign_in(posted))
    await posted.served.auth.database.execute("UPDATE sessions SET idle_exp = created_at")
    owner, signed_in = await second_sign_in(posted)

    await by_ending_others(posted, owner, signed_in)

    assert (await use(posted.served, CONFIRM, pending)).status_code == 400


async def test_a_code_that_was_mailed_before_signs_nobody_in_afterwards(posted: Posted) -> None:
    owner, signed_in = await posted.served.claimed()
    await posted.served.browser().post_json("/api/auth/magic-link", {"email": ADA})
    await posted.mailbox.next_to(ADA)

    await by_ending_others(posted, owner, signed_in)

    left = await posted.served.auth.database.fetch("SELECT purpose FROM one_time_tokens WHERE consumed_at IS NULL")
    assert [row["purpose"] for row in left] == []


@pytest.mark.parametrize("recovery", [by_new_password, by_ending_others])
async def test_the_owners_own_change_goes_on_when_they_end_other_sessions(posted: Posted, recovery: Recovery) -> None:
    owner, signed_in = await posted.served.claimed()
    await second_sign_in(posted)
    pending = await asked_for(posted, owner, signed_in, "ada.new@example.org")

    await recovery(posted, owner, signed_in)

    assert (await use(posted.served, CONFIRM, pending)).status_code == 204
    assert await primary_addresses(posted) == ["ada.new@example.org"]


async def step_up_again(owner: Browser, signed_in: SignedIn) -> None:
    answer = await owner.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(signed_in))
    assert answer.status_code == 200, answer.text


async def sign_out(owner: Browser, signed_in: SignedIn) -> None:
    answer = await owner.post_json("/api/auth/logout", **bearer(signed_in))
    assert answer.status_code == 204, answer.text


@pytest.mark.parametrize("quietly", [step_up_again, sign_out])
async def test_a_change_outlives_a_session_that_nobody_was_shut_out_of(
    posted: Posted, quietly: Callable[[Browser, SignedIn], Awaitable[None]]
) -> None:
    owner, signed_in = await posted.served.claimed()
    pending = await asked_for(posted, owner, signed_in, "ada.new@example.org")

    await quietly(owner, signed_in)

    assert (await use(posted.served, CONFIRM, pending)).status_code == 204


def test_the_quiet_ends_are_called_as_their_behaviours_call_them() -> None:
    assert {revoke_session.STEPPED_UP, log_out.REASON, on_events.INACTIVITY} == QUIET_ENDS
