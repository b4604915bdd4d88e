"""Whoever asks for a reset or an account learns from no byte and no clock whether the address is known or may join."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import httpx2
import pytest

from emergence.auth.callers import Caller
from emergence.auth.log_in import log_in
from emergence.auth.mail import requests
from emergence.auth.mail.admit_letter import admits_letter
from emergence.auth.parts import Auth
from emergence.auth.passwords import Passwords
from emergence.auth.store import recipients
from tests.auth.joining.newcomers import administrator
from tests.auth.mailbox import Posted, posted_auth
from tests.auth.served_auth import PASSWORD, ServedAuth
from tests.auth.timing import interleaved, shorten_hashes, suspended_person

ADDRESSES = {
    "existing": "ada@example.org",
    "unknown": "eva@example.org",  # who may join
    "suspended": "bob@example.org",
    "not let in": "eve@example.org",
}


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
