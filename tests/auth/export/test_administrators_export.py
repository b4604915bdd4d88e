"""An administrator takes somebody's data: with a reason, told to the person, and never an active administrator's."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from emergence.auth.export.collect_exports import collect_due_exports
from tests.auth.audited import rows_about
from tests.auth.export.exported import download, state
from tests.auth.holders import scripted_holders
from tests.auth.mailbox import Posted, plain
from tests.auth.served_auth import PASSWORD, Browser, ServedAuth, bearer

EVE = "eve@example.org"
REASON = "they wrote from a lost account, ticket 4711"


def of(person: dict[str, Any]) -> str:
    return f"/api/auth/admin/users/{person['user_id']}"


async def ask(browser: Browser, administrator: dict[str, Any], person: dict[str, Any], reason: object = REASON) -> Any:
    return await browser.post(
        f"{of(person)}/export",
        content=json.dumps({"reason": reason}),  # escaped: a test sends half a character
        headers={"content-type": "application/json", **bearer(administrator)},
    )


async def put(browser: Browser, administrator: dict[str, Any], person: dict[str, Any], what: str, value: str) -> None:
    answer = await browser.put(f"{of(person)}/{what}", json={what: value}, headers=bearer(administrator))
    assert answer.status_code == 204, answer.text


async def types_about(served: ServedAuth, person: dict[str, Any], count: int) -> list[str]:
    return [row.type for row in await rows_about(served.auth.database, UUID(person["user_id"]), None, count)]


async def test_a_suspended_persons_is_made_by_an_administrator_and_written_down(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)
    await put(browser, ada, eve, "status", "suspended")

    assert (await ask(browser, ada, eve)).status_code == 202
    await collect_due_exports(served.auth)
    archive = await download(browser, ada, f"{of(eve)}/export/download")

    assert json.loads(archive.read("auth/users.json"))[0]["id"] == eve["user_id"]
    acts = [row for row in json.loads(archive.read("auth/audit_log.json")) if row["type"] == "account.suspended"]
    places = [{row[name] for name in ("ua", "ip_prefix", "session_id", "request_id")} for row in acts]
    assert places == [{None}]  # from where it was done is the doer's
    assert await types_about(served, eve, 3) == [
        "admin.export_downloaded",
        "account.export_ready",
        "admin.export_requested",
    ]
    unknown = {"user_id": str(uuid4())}
    assert (await ask(browser, ada, unknown)).status_code == 404
    assert (await browser.get(f"{of(unknown)}/export", headers=bearer(ada))).status_code == 404
    assert (await browser.get(f"{of(unknown)}/export/download", headers=bearer(ada))).status_code == 404


async def test_the_reason_is_read_by_administrators_and_by_the_person(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person(EVE)

    await ask(browser, ada, eve, f"  {REASON} ")

    for reader, signed_in, path in ((browser, ada, "admin/audit"), (eve_browser, eve, "my-activity")):
        events = (await reader.get(f"/api/auth/{path}", headers=bearer(signed_in))).json()["events"]
        (asked,) = [each for each in events if each["type"] == "admin.export_requested"]
        assert (asked["actor_name"], asked["subject_name"], asked["data"]) == ("Ada", "eve", {"reason": REASON})


@pytest.mark.parametrize(
    "reason",
    ["", " " * 20, "x" * 501, "with \x00 in it", "half \ud800 here", "\u202esdrawkcab", "\u200b", 7, None],
)
async def test_without_a_good_reason_nothing_begins(served: ServedAuth, reason: object) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)

    refused = [
        await ask(browser, ada, eve, reason),
        await browser.post_json(f"{of(eve)}/export", {}, **bearer(ada)),
        await browser.post_json(f"{of(eve)}/export", **bearer(ada)),
    ]

    assert [answer.status_code for answer in refused] == [422] * 3
    assert await served.auth.database.fetch("SELECT FROM exports") == []
    assert "admin.export_requested" not in await types_about(served, eve, 10)


@pytest.mark.parametrize("reason", ["x", "x" * 500])
async def test_the_shortest_and_the_longest_reason_are_taken(served: ServedAuth, reason: str) -> None:
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)

    assert (await ask(browser, ada, eve, reason)).status_code == 202


async def test_nobody_takes_the_data_of_an_active_administrator_but_themselves(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)
    await put(browser, ada, eve, "role", "admin")

    refused = [await ask(browser, ada, person) for person in (eve, ada)]

    assert [(each.status_code, each.json()["code"]) for each in refused] == [(409, "cannot_export")] * 2
    assert await served.auth.database.fetch("SELECT FROM exports") == []
    await put(browser, ada, eve, "status", "suspended")
    assert (await ask(browser, ada, eve)).status_code == 202


async def test_a_file_is_not_handed_out_once_the_person_is_an_active_administrator(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)
    await ask(browser, ada, eve)
    await collect_due_exports(served.auth)
    file = f"{of(eve)}/export/download"
    await put(browser, ada, eve, "role", "admin")

    refused = await browser.get(file, headers=bearer(ada))

    assert (refused.status_code, refused.json()["code"]) == (409, "cannot_export")
    assert "admin.export_downloaded" not in await types_about(served, eve, 10)
    await put(browser, ada, eve, "role", "member")
    assert (await download(browser, ada, file)).testzip() is None


async def test_whoever_is_exported_is_told_when_it_is_asked_for_and_at_each_download(posted: Posted) -> None:
    served, mailbox = posted.served, posted.mailbox
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)

    await ask(browser, ada, eve)
    asked = await mailbox.next_to(EVE)
    await collect_due_exports(served.auth)
    for _ in range(2):
        await download(browser, ada, f"{of(eve)}/export/download")

    downloaded = "An administrator downloaded a copy of your data"
    subjects = await mailbox.subjects_to(EVE, 3)
    assert subjects == ["An administrator takes a copy of your data", downloaded, downloaded]
    assert "Their name and reason are in your activity" in plain(asked)
    assert REASON not in plain(asked)  # it may be about others; who signs in reads it
    assert mailbox.recipients == [EVE] * 3


async def test_a_suspended_person_is_told_too_and_in_their_language(posted: Posted) -> None:
    served, mailbox = posted.served, posted.mailbox
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person(EVE)
    await eve_browser.patch("/api/auth/me", json={"language": "fr"}, headers=bearer(eve))
    await put(browser, ada, eve, "status", "suspended")
    await mailbox.next_to(EVE)

    await ask(browser, ada, eve)
    await mailbox.next_to(EVE, 1)
    await collect_due_exports(served.auth)
    await download(browser, ada, f"{of(eve)}/export/download")

    assert (await mailbox.subjects_to(EVE, 3))[1:] == [
        "Un administrateur prend une copie de vos données",
        "Un administrateur a téléchargé une copie de vos données",
    ]


async def test_ones_own_export_asks_for_no_reason_and_is_told_to_nobody(posted: Posted) -> None:
    scripted_holders(posted.served.auth.peers)
    browser, ada = await posted.served.claimed()

    asked = await browser.post_json("/api/auth/me/export", **bearer(ada))
    await collect_due_exports(posted.served.auth)
    await download(browser, ada)

    assert asked.status_code == 202
    assert await posted.served.auth.database.fetch("SELECT FROM email_outbox") == []


async def test_an_old_proof_is_not_enough(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    _, eve = await served.person(EVE)
    await ask(browser, ada, eve)
    await collect_due_exports(served.auth)
    served.clock.advance(timedelta(minutes=10, seconds=1))
    ada = (await browser.post_json("/api/auth/refresh")).json()

    refused = [
        await ask(browser, ada, eve),
        await browser.get(f"{of(eve)}/export/download", headers=bearer(ada)),
    ]

    assert [each.json()["code"] for each in refused] == ["insufficient_user_authentication"] * 2
    ada = (await browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(ada))).json()
    assert await state(browser, ada, f"{of(eve)}/export") is not None
    await download(browser, ada, f"{of(eve)}/export/download")
