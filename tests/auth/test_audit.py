"""The audit log: what is written, that it cannot be changed unseen, and that it names nobody for ever."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from emergence.auth.audit import Verification, verify_chain
from emergence.auth.store import audit as store
from emergence.auth.sweep import sweep
from tests.auth.audited import rows_about
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, ServedAuth, bearer

LOG_IN = {"email": ADMINISTRATOR["email"], "password": PASSWORD}


async def test_signing_in_right_wrong_and_out_is_written_down(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed()
    await browser.post_json("/api/auth/login", LOG_IN | {"password": "not this one at all"})
    await browser.post_json("/api/auth/login", {"email": "nobody@example.org", "password": PASSWORD})
    await browser.post_json("/api/auth/logout", **bearer(signed_in))

    rows = await rows_about(served.auth.database, UUID(signed_in["user_id"]), None, 10)
    everything = await store.read_rows(served.auth.database, 0, 10)

    assert [(row.type, row.outcome) for row in reversed(rows)] == [
        ("session.login", "success"),
        ("session.login", "failure"),
        ("session.revoked", "success"),
    ]
    assert (everything[2].outcome, everything[2].subject) == ("failure", None)
    assert {row.ip_prefix for row in everything} == {"127.0.0.0/24"}
    written = " ".join(str(row) for row in everything)
    assert not any(word in written for word in (PASSWORD, "example.org", signed_in["access_token"], "not this one"))


async def test_the_chain_holds_under_many_writers_at_once(served: ServedAuth) -> None:
    browser, _ = await served.claimed()
    answers = await asyncio.gather(*(browser.post_json("/api/auth/login", LOG_IN) for _ in range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert await verify_chain(served.auth) == Verification(rows=9, broken_at=None)


async def test_the_log_cannot_be_changed_deleted_or_emptied(served: ServedAuth) -> None:
    await served.claimed()
    for statement in ("UPDATE audit_log SET type = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await served.auth.database.execute(statement)


@pytest.mark.parametrize(
    ("tampering", "place"),
    [
        ("UPDATE audit_log SET outcome = 'failure' WHERE seq = 2", 2),
        ("UPDATE audit_log SET at = at - interval '1 day' WHERE seq = 3", 3),
        ("DELETE FROM audit_log WHERE seq = 2", 2),
        ("DELETE FROM audit_log WHERE seq = 4", 4),
        ("UPDATE audit_log SET data = '{}' WHERE seq = 1", 1),
    ],
)
async def test_a_change_behind_our_back_is_found_at_its_row(served: ServedAuth, tampering: str, place: int) -> None:
    browser, _ = await served.claimed()
    for _ in range(3):
        await browser.post_json("/api/auth/login", LOG_IN)
    database = served.auth.database
    await database.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
    await database.execute(tampering)

    assert (await verify_chain(served.auth)).broken_at == place


async def test_whole_addresses_go_after_ninety_days_and_the_chain_stays_whole(served: ServedAuth) -> None:
    await served.claimed()
    database = served.auth.database
    served.clock.advance(timedelta(days=89))
    await sweep(served.auth)
    assert len(await database.fetch("SELECT ip FROM audit_addresses")) == 1
    served.clock.advance(timedelta(days=2))
    await sweep(served.auth)

    assert await database.fetch("SELECT ip FROM audit_addresses") == []
    assert (await verify_chain(served.auth)).broken_at is None


async def test_without_their_reference_nobody_is_found_in_the_log(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    user_id = UUID(signed_in["user_id"])
    rows = await rows_about(served.auth.database, user_id, None, 10)

    await served.auth.database.execute("DELETE FROM audit_references")

    assert len(rows) == 1
    assert str(user_id) not in json.dumps([str(row) for row in rows])
    assert await rows_about(served.auth.database, user_id, None, 10) == []
    assert (await verify_chain(served.auth)).broken_at is None
