"""Searching the audit log and taking it away, and that a change behind our back is told with its place."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.auth.audit import AuditEvent, record
from emergence.auth.read_audit import EXPORTED_AT_MOST
from tests.auth.served_auth import ADMINISTRATOR, Browser, ServedAuth, bearer

AUDIT = "/api/auth/admin/audit"


async def add_events(served: ServedAuth, *events: AuditEvent) -> None:
    for event in events:
        async with served.auth.database.transaction() as tx:
            await record(served.auth, tx, event, None)
        served.clock.advance(timedelta(seconds=1))


async def types(browser: Browser, signed_in: dict[str, Any], **query: str) -> list[str]:
    answer = await browser.get(AUDIT, params=query, headers=bearer(signed_in))
    assert answer.status_code == 200, answer.text
    return [event["type"] for event in answer.json()["events"]]


async def test_the_log_is_searched_by_person_kind_outcome_and_time(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person("eve@example.org")
    served.clock.advance(timedelta(minutes=1))
    began = served.clock.now()
    eve_id, ada_id = UUID(eve["user_id"]), UUID(ada["user_id"])
    await add_events(
        served,
        AuditEvent("factor.code", eve_id, eve_id, outcome="failure"),
        AuditEvent("factor.codes_of_another_kind", ada_id, ada_id),
        AuditEvent("admin.role_changed", ada_id, eve_id),
    )
    since = {"since": began.isoformat()}

    assert await types(browser, ada, **since, person=eve["user_id"]) == ["admin.role_changed", "factor.code"]
    assert await types(browser, ada, **since, kind="factor") == ["factor.codes_of_another_kind", "factor.code"]
    assert await types(browser, ada, kind="factor.code") == ["factor.code"]
    assert await types(browser, ada, kind="fact") == []
    assert await types(browser, ada, outcome="failure") == ["factor.code"]
    assert await types(browser, ada, until=began.isoformat(), kind="factor") == []
    until = (began + timedelta(seconds=1)).isoformat()
    assert await types(browser, ada, **since, until=until) == ["factor.code"]
    assert await types(browser, ada, person=str(uuid4())) == []


@pytest.mark.parametrize(
    "query",
    [
        {"person": "eve"},
        {"kind": "factor%"},
        {"kind": "x" * 81},
        {"outcome": "maybe"},
        {"since": "yesterday"},
        {"since": "2026-11-27T10:00:00"},
        {"until": "0001-01-01T00:00:00+23:00"},
        {"until": "9999-12-31T23:59:59-23:00"},
    ],
)
@pytest.mark.parametrize("path", [AUDIT, f"{AUDIT}/export"])
async def test_malformed_searches_are_refused(served: ServedAuth, path: str, query: dict[str, str]) -> None:
    browser, ada = await served.claimed()

    assert (await browser.get(path, params=query, headers=bearer(ada))).status_code == 422


async def exported(browser: Browser, signed_in: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    answer = await browser.get(f"{AUDIT}/export", params=query, headers=bearer(signed_in))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_the_log_is_taken_away_as_json_lines_and_that_is_written_down(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    await add_events(served, *(AuditEvent("account.tested") for _ in range(6)))

    everything = await exported(browser, ada)
    of_one_kind = await exported(browser, ada, kind="account")

    assert [each["type"] for each in everything] == ["admin.audit_exported", *["account.tested"] * 6, "session.login"]
    assert [each["seq"] for each in everything] == list(range(8, 0, -1))
    assert everything[0]["actor_name"] == ADMINISTRATOR["display_name"]
    assert {each["type"] for each in of_one_kind} == {"account.tested"}
    assert len(of_one_kind) == 6


@pytest.mark.parametrize("too_many", [0, 1])
async def test_an_export_holds_fifty_thousand_events_and_says_where_it_was_cut(
    served: ServedAuth, too_many: int
) -> None:
    browser, ada = await served.claimed()
    await served.auth.database.execute(
        """INSERT INTO audit_log (seq, at, type, outcome, data, prev_mac, mac)
           SELECT seq, now(), 'account.tested', 'success', '{}', '', '' FROM generate_series(1000, $1) AS seq""",
        1000 + EXPORTED_AT_MOST - 1 + too_many,
    )

    lines = await exported(browser, ada, kind="account")

    events = [line for line in lines if "cut" not in line]
    assert [event["seq"] for event in events] == list(range(1000 + EXPORTED_AT_MOST - 1 + too_many, 999 + too_many, -1))
    assert lines[EXPORTED_AT_MOST:] == [{"cut": True, "next": 1001}] * too_many


async def test_a_row_that_somebody_edited_is_named_to_the_administrator(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    await add_events(served, *(AuditEvent("account.tested") for _ in range(3)))
    database = served.auth.database
    await database.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
    await database.execute("UPDATE audit_log SET type = 'account.renamed' WHERE seq = 3")

    answer = await browser.get(f"{AUDIT}/verify", headers=bearer(ada))

    assert answer.json()["broken_at"] == 3
