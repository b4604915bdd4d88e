"""Each event that guards an account is one row of the audit log and the right letter to its owner."""

from datetime import timedelta
from typing import get_args
from uuid import UUID

import pytest

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.mail.letters import NoticeKind
from emergence.auth.mail.notices import ALWAYS, SOMETIMES, notice_of
from emergence.auth.mail.texts.notices import NOTICES
from tests.auth.audited import rows_about
from tests.auth.mailbox import Posted, plain
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, REFRESH_COOKIE, bearer
from tests.auth.test_second_factor import enrolled

ADA = ADMINISTRATOR["email"]
FROM_SOMEWHERE = Caller(None, "Mozilla/5.0 Firefox/140.0 (Windows NT 10.0)", is_local=False)
EVENTS: list[tuple[str, dict[str, str | bool], str]] = [(name, {}, kind) for name, kind in ALWAYS.items()] + [
    (name, {key: value}, kind) for name, (key, value, kind) in SOMETIMES.items()
]


@pytest.mark.parametrize(("name", "data", "kind"), EVENTS, ids=[name for name, _, _ in EVENTS])
async def test_an_event_is_one_row_and_one_letter(
    posted: Posted, name: str, data: dict[str, str | bool], kind: str
) -> None:
    served = posted.served
    _, signed_in = await served.claimed()
    user_id = UUID(signed_in["user_id"])
    async with served.auth.database.transaction() as tx:
        await record(served.auth, tx, AuditEvent(name, user_id, user_id, data=data), FROM_SOMEWHERE)

    letter = await posted.mailbox.next_to(ADA)

    rows = [row.type for row in await rows_about(served.auth.database, user_id, None, 10)]
    assert rows == [name, "session.login"]
    assert letter["subject"] == NOTICES[kind]["en"].subject
    assert "2026-11-22 12:00 (UTC), with Firefox on Windows" in plain(letter)
    assert "http://127.0.0.1:8080/settings/security" in plain(letter)
    assert posted.mailbox.recipients == [ADA]


def test_every_notice_has_an_event() -> None:
    assert {kind for _, _, kind in EVENTS} == set(get_args(NoticeKind)) == set(NOTICES)


@pytest.mark.parametrize(
    "event",
    [
        AuditEvent("session.login", data={"methods": "pwd"}),
        AuditEvent("session.login", data={"new_device": False}),
        AuditEvent("session.login", outcome="failure", data={"new_device": True}),
        AuditEvent("account.password_changed", outcome="failure"),
        AuditEvent("session.revoked", data={"reason": "revoked_by_owner"}),
        AuditEvent("factor.code", data={"method": "otp"}),
        AuditEvent("factor.code", outcome="failure", data={"method": "recovery_code"}),
        AuditEvent("account.reinstated"),
    ],
)
def test_what_is_ordinary_or_failed_is_not_mailed(event: AuditEvent) -> None:
    assert notice_of(event) is None


async def test_what_people_really_do_is_told_to_them_once(posted: Posted) -> None:
    served, mailbox = posted.served, posted.mailbox
    ada = await enrolled(served)
    await ada.step_up()
    codes = (await ada.browser.post_json("/api/auth/2fa/recovery-codes", **bearer(ada.signed_in))).json()["codes"]
    await ada.second_step(await ada.first_step(), codes[0])
    body = {"current_password": PASSWORD, "new_password": "seven orange boats at dawn"}
    await ada.browser.post_json("/api/auth/change-password", body, **bearer(ada.signed_in))
    await ada.browser.post_json("/api/auth/2fa/disable", {"code": ada.next_code()}, **bearer(ada.signed_in))

    assert await mailbox.subjects_to(ADA, 6) == [
        "Two-step sign-in is on",
        "New recovery codes",
        "A recovery code was used",
        "New sign-in to your account",
        "Your password was changed",
        "Two-step sign-in is off",
    ]


async def test_a_stolen_session_is_told(posted: Posted) -> None:
    browser, _ = await posted.served.claimed()
    stolen = browser.cookies[REFRESH_COOKIE]
    for _ in range(2):
        await browser.post_json("/api/auth/refresh")
        posted.served.clock.advance(timedelta(seconds=11))
    thief = posted.served.browser()
    await thief.post_json("/api/auth/refresh", cookie=f"{REFRESH_COOKIE}={stolen}")

    assert await posted.mailbox.subjects_to(ADA, 1) == ["A session of yours was ended"]


async def test_a_suspended_person_is_told_and_nobody_else(posted: Posted) -> None:
    admin, signed_in = await posted.served.claimed()
    _, bob = await posted.served.person("bob@example.org")
    await admin.put(
        f"/api/auth/admin/users/{bob['user_id']}/status", json={"status": "suspended"}, headers=bearer(signed_in)
    )

    assert await posted.mailbox.subjects_to("bob@example.org", 1) == ["Your account is suspended"]
    assert posted.mailbox.recipients == ["bob@example.org"]


async def test_somebody_without_an_address_gets_none(posted: Posted) -> None:
    _, signed_in = await posted.served.claimed()
    await posted.served.auth.database.execute("DELETE FROM user_emails")
    user_id = UUID(signed_in["user_id"])
    async with posted.served.auth.database.transaction() as tx:
        await record(posted.served.auth, tx, AuditEvent("account.suspended", user_id, user_id), None)

    assert await posted.served.auth.database.fetch("SELECT id FROM email_outbox") == []
    assert len(await rows_about(posted.served.auth.database, user_id, None, 10)) == 2
