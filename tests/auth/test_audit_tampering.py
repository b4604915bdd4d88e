"""Whoever changes the audit log behind our back is found out, over the route that administrators ask (A33)."""

import asyncio
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from emergence.auth.store import audit as store
from emergence.auth.sweep import PAUSE, tell_audit_head
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, Browser, ServedAuth, bearer

LOG_IN = {"email": ADMINISTRATOR["email"], "password": PASSWORD}
TRIGGERS_OFF = "ALTER TABLE audit_log DISABLE TRIGGER USER"
ROWS = 6


async def written(served: ServedAuth) -> tuple[Browser, dict[str, Any]]:
    """Return an administrator and leave six rows in the log."""
    browser, signed_in = await served.claimed()
    for _ in range(ROWS - 1):
        assert (await browser.post_json("/api/auth/login", LOG_IN)).status_code == 200
    return browser, signed_in


async def verified(browser: Browser, signed_in: dict[str, Any]) -> dict[str, Any]:
    answer = await browser.get("/api/auth/admin/audit/verify", headers=bearer(signed_in))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET outcome = 'failure' WHERE seq = 2",
        "UPDATE audit_log SET seq = seq + 100",
        "DELETE FROM audit_log WHERE seq = 2",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "INSERT INTO audit_log SELECT * FROM audit_log ON CONFLICT (seq) DO UPDATE SET outcome = 'failure'",
        "MERGE INTO audit_log USING (SELECT 2 AS n) AS other ON seq = n WHEN MATCHED THEN DELETE",
    ],
)
async def test_the_services_own_role_only_adds(served: ServedAuth, statement: str) -> None:
    browser, signed_in = await written(served)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await served.auth.database.execute(statement)

    assert await verified(browser, signed_in) == {"rows": ROWS, "broken_at": None}


COLUMNS = {
    "at": "at + interval '1 microsecond'",
    "type": "'session.logout'",
    "actor": "gen_random_uuid()",
    "subject": "NULL",
    "session_id": "gen_random_uuid()",
    "ip_prefix": "'10.0.0.0/24'",
    "ua": "'another browser'",
    "outcome": "'failure'",
    "data": "'{}'",
    "request_id": "'another'",
    "prev_mac": "'\\x00'",
    "mac": "'\\x00'",
}


async def test_every_column_is_covered(served: ServedAuth) -> None:
    """A column that is added to the log and not to its seal fails here."""
    rows = await served.auth.database.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'audit_log'"
    )

    assert {row["column_name"] for row in rows} == {"seq", *COLUMNS}


@pytest.mark.parametrize("column", COLUMNS)
async def test_an_edited_row_is_named(served: ServedAuth, column: str) -> None:
    browser, signed_in = await written(served)
    await served.auth.database.execute(TRIGGERS_OFF)
    await served.auth.database.execute(f"UPDATE audit_log SET {column} = {COLUMNS[column]} WHERE seq = 4")

    assert (await verified(browser, signed_in))["broken_at"] == 4


@pytest.mark.parametrize(
    ("tampering", "place"),
    [
        ("DELETE FROM audit_log WHERE seq = 3", 3),
        ("DELETE FROM audit_log WHERE seq = 1", 1),
        ("DELETE FROM audit_log WHERE seq = 6", 6),
        ("DELETE FROM audit_log WHERE seq > 4", 5),
        ("DELETE FROM audit_log", 1),
        ("UPDATE audit_log SET seq = 7 WHERE seq = 6", 6),
        ("UPDATE audit_log SET seq = CASE seq WHEN 3 THEN 104 ELSE 103 END WHERE seq IN (3, 4)", 3),
        ("UPDATE audit_head SET mac = '\\x00'", 6),
    ],
)
async def test_missing_and_moved_rows_are_named(served: ServedAuth, tampering: str, place: int) -> None:
    browser, signed_in = await written(served)
    await served.auth.database.execute(TRIGGERS_OFF)
    await served.auth.database.execute(tampering)

    assert (await verified(browser, signed_in))["broken_at"] == place


async def test_a_row_that_was_forged_without_the_key_is_named(served: ServedAuth) -> None:
    browser, signed_in = await written(served)
    await served.auth.database.execute(
        """INSERT INTO audit_log SELECT seq + 1, at, type, actor, subject, session_id, ip_prefix, ua, outcome, data,
               request_id, mac, sha256(mac) FROM audit_log ORDER BY seq DESC LIMIT 1"""
    )
    await served.auth.database.execute("UPDATE audit_head SET seq = seq + 1, mac = sha256(mac)")

    assert (await verified(browser, signed_in))["broken_at"] == ROWS + 1


async def test_a_log_that_was_wound_back_with_its_head_is_shorter_than_the_logs_say(served: ServedAuth) -> None:
    """The database alone cannot show this; what was logged elsewhere can."""
    browser, signed_in = await written(served)
    with capture_logs() as said:
        told = await tell_audit_head(served.auth, None)
        await tell_audit_head(served.auth, told)
    database = served.auth.database
    await database.execute(TRIGGERS_OFF)
    await database.execute("DELETE FROM audit_log WHERE seq > 4")
    await database.execute("UPDATE audit_head SET seq = 4, mac = (SELECT mac FROM audit_log WHERE audit_log.seq = 4)")

    assert await verified(browser, signed_in) == {"rows": 4, "broken_at": None}
    (line,) = [line for line in said if line["event"] == "audit_head"]
    assert line["seq"] == ROWS
    assert await store.read_rows(database, line["seq"] - 1, 1) == []


async def test_a_running_service_tells_its_head_by_itself(served: ServedAuth) -> None:
    await written(served)
    with capture_logs() as said:
        async with asyncio.timeout(10):
            while not any(line["event"] == "audit_head" for line in said):
                served.clock.advance(PAUSE)
                await asyncio.sleep(0.02)

    head = await store.read_head(served.auth.database)
    assert [(line["seq"], line["head"]) for line in said if line["event"] == "audit_head"] == [(ROWS, head.mac.hex())]
