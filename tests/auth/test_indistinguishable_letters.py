"""Whoever asks for a reset or an account learns from no byte and no clock whether the address is known or may join."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial

import httpx2
import pytest

from emergence.auth.callers import Caller
from emergence.auth.mail import requests
from emergence.auth.mail.admit_letter import Admission, admit_letter
from emergence.auth.mail.requests import LetterRequest
from emergence.auth.parts import Auth
from emergence.auth.reset_password import answer_reset
from emergence.auth.store import recipients
from tests.auth.joining.newcomers import REGISTER, administrator
from tests.auth.mailbox import posted_auth
from tests.auth.served_auth import PASSWORD, ServedAuth
from tests.auth.timing import interleaved, shorten_hashes, suspended_person

ADDRESSES = {
    "existing": "ada@example.org",
    "unknown": "eva@example.org",  # who may join
    "suspended": "bob@example.org",
    "not let in": "eve@example.org",
}


@pytest.fixture
def post() -> None:
    """As in production: what looks for letters meanwhile has its part in how long an answer takes."""


@pytest.fixture
async def people(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ServedAuth]:
    shorten_hashes(monkeypatch)
    async with posted_auth(database_url, AUTH_TRUSTED_HOPS="1", AUTH_CLAIM="code") as posted:
        ada = await administrator(posted.served)
        assert (await ada.allow(ADDRESSES["unknown"])).status_code < 300
        await suspended_person(posted.served, ADDRESSES["suspended"])
        yield posted.served


def somewhere(served: ServedAuth, number: int) -> dict[str, str]:
    served.clock.advance(timedelta(hours=5))  # every letter is admitted
    return {"x-forwarded-for": f"93.184.{number // 250}.{number % 250}", "x-request-id": "one-id-for-all"}


async def ask_for_reset(served: ServedAuth, kind: str, number: int) -> httpx2.Response:
    body = {"email": ADDRESSES[kind]}
    return await served.browser().post_json("/api/auth/request-password-reset", body, **somewhere(served, number))


async def ask_to_join(served: ServedAuth, kind: str, number: int) -> httpx2.Response:
    body = {"email": ADDRESSES[kind], "password": PASSWORD, "display_name": "Grace"}
    return await served.browser().post_json(REGISTER, body, **somewhere(served, number))


Ask = Callable[[ServedAuth, str, int], Awaitable[httpx2.Response]]
BOTH = pytest.mark.parametrize("ask", [ask_for_reset, ask_to_join])


@BOTH
async def test_four_hundred_interleaved_askings_are_told_apart_by_nothing(people: ServedAuth, ask: Ask) -> None:
    seen = await interleaved(list(ADDRESSES), partial(ask, people))

    assert [status for status, _, _ in seen.answers] == [202]
    assert seen.difference == ""


async def writes_at_once(auth: Auth, kind: str, email_norm: str, caller: Caller) -> Admission:
    """What somebody might well write: whoever is known gets the letter before the answer leaves."""
    async with auth.database.transaction() as tx:
        if await recipients.find_active_recipient(tx, email_norm) is not None:
            await answer_reset(auth, tx, LetterRequest("password_reset", email_norm, auth.clock.now(), caller, {}))
    return await admit_letter(auth, kind, email_norm, caller)


async def test_a_letter_that_is_written_before_the_answer_would_be_found(
    people: ServedAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a server that leaks, looked at in the same way."""
    monkeypatch.setattr(requests, "admit_letter", writes_at_once)

    seen = await interleaved(list(ADDRESSES), partial(ask_for_reset, people))

    assert len(seen.answers) == 1
    assert seen.difference.startswith("existing: p 0.0")
