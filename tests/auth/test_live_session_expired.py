"""Who was warned and did nothing is signed out by auth, once, and by nobody else's event."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.auth.on_events import OnEvents
from emergence.contracts.session.events import LiveSessionExpired
from tests.auth.served_auth import Browser, ServedAuth, bearer


async def expire(served: ServedAuth, login_session_id: str, user_id: str) -> None:
    event = LiveSessionExpired(login_session_id=UUID(login_session_id), user_id=UUID(user_id))
    async with served.auth.database.transaction() as tx:
        await OnEvents(served.auth).on_live_session_expired(tx, event)


async def is_alive(browser: Browser, signed_in: dict[str, Any]) -> bool:
    return (await browser.get("/api/auth/session", headers=bearer(signed_in))).status_code == 200


async def test_it_ends_this_sign_in_and_no_other_and_is_written_down_once(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    elsewhere, bob = await served.person("bob@example.org")

    for _ in range(2):
        await expire(served, bob["session_id"], bob["user_id"])

    assert not await is_alive(elsewhere, bob)
    assert (await elsewhere.post_json("/api/auth/refresh")).status_code == 401
    assert await is_alive(browser, ada)
    rows = await served.auth.database.fetch(
        "SELECT type, data::json ->> 'reason' AS reason, actor FROM audit_log ORDER BY seq"
    )
    assert [tuple(row) for row in rows if row["reason"] == "inactivity"] == [("session.revoked", "inactivity", None)]
    told = await served.auth.database.fetch("SELECT kind, ref FROM revocations WHERE reason = 'inactivity'")
    assert [tuple(row) for row in told] == [("sid", bob["session_id"])]


@pytest.mark.parametrize("whose", ["somebody else's", "nobody's"])
async def test_an_event_that_names_the_wrong_person_ends_nothing(served: ServedAuth, whose: str) -> None:
    browser, ada = await served.claimed()
    _, bob = await served.person("bob@example.org")

    await expire(served, ada["session_id"] if whose == "somebody else's" else str(uuid4()), bob["user_id"])

    assert await is_alive(browser, ada)
