"""Who asks for another address learns in no way whether it is somebody's: not by their own data, and by no clock."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from emergence.auth.callers import Caller
from emergence.auth.export.collect_exports import collect_due_exports
from emergence.auth.mail.requests import note_request
from emergence.auth.one_time_tokens import new_token
from emergence.auth.store import one_time_tokens
from tests.auth.export.exported import EXPORT, download
from tests.auth.holders import scripted_holders
from tests.auth.mailbox import Posted, posted_auth, token_in, until
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, Browser, ServedAuth, bearer
from tests.auth.timing import interleaved, shorten_hashes

ADA, FREE = ADMINISTRATOR["email"], "free@example.org"
CHANGE, CONFIRM = "/api/auth/email/change", "/api/auth/email/confirm"


async def all_answered(served: ServedAuth) -> None:
    async def none_waits() -> bool:
        return await served.auth.database.fetch("SELECT FROM email_requests") == []

    await until(none_waits)


def shapes(exported: dict[str, Any]) -> dict[str, Any]:
    """Return of each table what its rows have and how many there are, and in full what kind of thing each is."""
    kinds = ("purpose", "type", "kind", "outcome")
    return {
        name: [(sorted(row), [row.get(kind) for kind in kinds]) for row in rows]
        for name, rows in exported.items()
        if isinstance(rows, list)
    }


async def test_ones_own_export_and_activity_are_the_same_for_a_free_address_and_for_somebodys(posted: Posted) -> None:
    served = posted.served
    scripted_holders(served.auth.peers)
    await served.claimed()
    seen = []
    for number, wished in enumerate((ADA, FREE)):
        browser, person = await served.person(f"person{number}@example.org")
        answer = await browser.post_json(CHANGE, {"email": wished}, **bearer(person))
        await all_answered(served)
        if wished == FREE:
            await posted.mailbox.next_to(FREE)
        await browser.post_json(EXPORT, **bearer(person))
        await collect_due_exports(served.auth)
        archive = await download(browser, person)
        exported = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("auth/")}
        events = (await browser.get("/api/auth/my-activity", headers=bearer(person))).json()["events"]
        seen.append((answer.status_code, answer.json(), [each["type"] for each in events], shapes(exported)))

    assert seen[0] == seen[1]
    assert "account.email_change_requested" in seen[0][2]
    assert [row[1][0] for row in seen[0][3]["auth/one_time_tokens.json"]] == ["email_change"]
    assert posted.mailbox.recipients == [FREE]


async def test_a_link_for_an_address_that_became_somebodys_is_refused(posted: Posted) -> None:
    served = posted.served
    await served.claimed()
    browser, eve = await served.person("eve@example.org")
    await browser.post_json(CHANGE, {"email": FREE}, **bearer(eve))
    token = token_in(await posted.mailbox.next_to(FREE))
    await served.person(FREE)

    answer = await served.browser().post_json(CONFIRM, {"token": token})

    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    rows = await served.auth.database.fetch("SELECT email FROM user_emails WHERE user_id = $1", UUID(eve["user_id"]))
    assert [row["email"] for row in rows] == ["eve@example.org"]


async def test_of_two_addresses_asked_for_only_the_last_ones_link_is_good(posted: Posted) -> None:
    served = posted.served
    browser, ada = await served.claimed()
    await browser.post_json(CHANGE, {"email": FREE}, **bearer(ada))
    first = token_in(await posted.mailbox.next_to(FREE))
    await browser.post_json(CHANGE, {"email": "other@example.org"}, **bearer(ada))
    second = token_in(await posted.mailbox.next_to("other@example.org"))

    answers = [(await served.browser().post_json(CONFIRM, {"token": token})).status_code for token in (first, second)]

    assert answers == [400, 204]


async def test_an_asking_that_was_replaced_before_it_was_answered_gets_no_letter(posted: Posted) -> None:
    served = posted.served
    browser, ada = await served.claimed()
    caller = Caller(None, None, is_local=False)
    async with served.auth.database.transaction() as tx:
        token = await new_token(served.auth, tx, "email_change", UUID(ada["user_id"]), timedelta(hours=24), {})
        await one_time_tokens.withdraw_tokens(tx, UUID(ada["user_id"]), ("email_change",), served.clock.now())
        asked = {"email": "first@example.org", "token": token}
        await note_request(served.auth, tx, "email_change", "first@example.org", caller, asked)
    await all_answered(served)
    await browser.post_json(CHANGE, {"email": FREE}, **bearer(ada))
    await posted.mailbox.next_to(FREE)

    assert posted.mailbox.recipients == [FREE]


async def test_an_asking_that_fails_is_not_answered(posted: Posted) -> None:
    served = posted.served
    _, ada = await served.claimed()
    with pytest.raises(RuntimeError):
        async with served.auth.database.transaction() as tx:
            token = await new_token(served.auth, tx, "email_change", UUID(ada["user_id"]), timedelta(hours=24), {})
            asked = {"email": FREE, "token": token}
            await note_request(served.auth, tx, "email_change", FREE, Caller(None, None, is_local=False), asked)
            raise RuntimeError

    assert await served.auth.database.fetch("SELECT FROM email_requests") == []
    assert await served.auth.database.fetch("SELECT FROM email_outbox") == []


ADDRESSES = {"existing": ADA, "unknown": FREE}


@pytest.fixture
def post() -> None:
    """As in production: what looks for letters meanwhile has its part in how long an answer takes."""


@pytest.fixture
async def eve(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[ServedAuth, Browser]]:
    shorten_hashes(monkeypatch)
    async with posted_auth(database_url, AUTH_TRUSTED_HOPS="1", AUTH_CLAIM="code") as posted:
        await posted.served.claimed()
        browser, _ = await posted.served.person("eve@example.org")
        yield posted.served, browser


async def test_two_hundred_interleaved_askings_of_each_are_told_apart_by_nothing(
    eve: tuple[ServedAuth, Browser],
) -> None:
    served, browser = eve

    async def ask(kind: str, number: int) -> httpx2.Response:
        served.clock.advance(timedelta(hours=5))  # every letter is admitted, and the session has ended
        log_in = {"email": "eve@example.org", "password": PASSWORD}
        somewhere = {"x-forwarded-for": f"93.184.{number // 250}.{number % 250}", "x-request-id": "one-id-for-all"}
        signed_in = (await browser.post_json("/api/auth/login", log_in, **somewhere)).json()
        return await browser.post_json(CHANGE, {"email": ADDRESSES[kind]}, **bearer(signed_in), **somewhere)

    seen = await interleaved(list(ADDRESSES), ask)

    assert [status for status, _, _ in seen.answers] == [202]
    assert seen.difference == ""
