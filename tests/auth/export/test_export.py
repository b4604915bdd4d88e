"""Exports: asked for with a proof, handed out to nobody else, gone after a week."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID

from emergence.auth.export.collect_exports import KEPT, collect_due_exports
from emergence.auth.sweep import sweep
from tests.auth.audited import rows_about
from tests.auth.export.exported import DOWNLOAD, EXPORT, download, state
from tests.auth.holders import scripted_holders
from tests.auth.looking import Look
from tests.auth.served_auth import PASSWORD, ServedAuth, bearer


async def test_everything_is_collected_into_one_file(served: ServedAuth) -> None:
    holders = scripted_holders(served.auth.peers)
    holders["session"].rows = {"messages": [json.dumps({"text": "é" * 200_000})], "threads": ['{"id": 1}']}
    browser, ada = await served.claimed()
    assert await state(browser, ada) is None

    begun = await browser.post_json(EXPORT, **bearer(ada))
    again = await browser.post_json(EXPORT, **bearer(ada))
    await collect_due_exports(served.auth)
    done = await state(browser, ada)
    archive = await download(browser, ada)

    assert (begun.status_code, begun.json()["state"]) == (202, "waiting")
    assert again.json()["requested_at"] == begun.json()["requested_at"]
    assert done is not None
    assert (done["state"], done["parts_done"], done["parts"]) == ("ready", 4, 4)
    assert json.loads(archive.read("session/messages.json")) == [{"text": "é" * 200_000}]
    assert json.loads(archive.read("chat/things.json")) == [{"a": 1}, {"a": 2}]
    assert json.loads(archive.read("auth/users.json"))[0]["display_name"] == "Ada"
    assert json.loads(archive.read("auth/user_emails.json"))[0]["email"] == "Ada@Example.org"
    rows = json.loads(archive.read("contents.json"))["rows"]
    assert rows["session"] == {"messages": 1, "threads": 1}
    assert sum(sum(tables.values()) for tables in rows.values()) == done["rows"]
    assert b"conserve" in archive.read("README.txt")
    assert holders["session"].asked == holders["chat"].asked == [UUID(ada["user_id"])]
    types = [row.type for row in await rows_about(served.auth.database, UUID(ada["user_id"]), None, 10)]
    assert types[:3] == ["account.export_downloaded", "account.export_ready", "account.export_requested"]


async def test_no_secret_is_in_it_and_nothing_of_it_is_readable_in_the_database(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    phc = await served.auth.database.fetchrow("SELECT phc FROM password_credentials")
    assert phc is not None

    await browser.post_json(EXPORT, **bearer(ada))
    await collect_due_exports(served.auth)
    archive = await download(browser, ada)

    text = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for secret in (phc["phc"], "salt", "phc", "seed_enc", '"mac"', PASSWORD, browser.cookies["emg_rt_8080"]):
        assert secret not in text
    stored = b"".join(row["sealed"] for row in await served.auth.database.fetch("SELECT sealed FROM export_chunks"))
    assert stored
    assert b"PK\x03\x04" not in stored
    assert b"README" not in stored


async def test_nobody_reaches_anybody_elses(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    await browser.post_json(EXPORT, **bearer(ada))
    await collect_due_exports(served.auth)
    of_ada = f"/api/auth/admin/users/{ada['user_id']}/export"

    missing = await eve_browser.get(DOWNLOAD, headers=bearer(eve))
    without = await served.browser().get(DOWNLOAD)
    refused = [
        (await eve_browser.get(path, headers=bearer(eve))).status_code for path in (of_ada, of_ada + "/download")
    ]
    asked = (await eve_browser.post_json(of_ada, {"reason": "curious"}, **bearer(eve))).status_code

    assert (missing.status_code, missing.json()["code"], without.status_code) == (404, "unknown_export", 401)
    assert await state(eve_browser, eve) is None
    assert (refused, asked) == ([403, 403], 403)
    # An administrator's own route shows what an administrator asked for, not the file that a person made.
    of_eve = f"/api/auth/admin/users/{eve['user_id']}/export"
    await eve_browser.post_json(EXPORT, **bearer(eve))
    await collect_due_exports(served.auth)
    assert await state(browser, ada, of_eve) is None
    assert (await browser.get(of_eve + "/download", headers=bearer(ada))).status_code == 404
    assert (await download(eve_browser, eve)).testzip() is None


async def test_from_where_an_administrator_looked_is_not_in_it(look: Look) -> None:
    served, ada, eve = look.served, look.ada, look.eve
    scripted_holders(served.auth.peers)
    await look.browser.post_json("/api/auth/admin/impersonation/end", **bearer(ada))

    await look.eve_browser.post_json(EXPORT, **bearer(eve))
    await collect_due_exports(served.auth)
    archive = await download(look.eve_browser, eve)

    sessions = json.loads(archive.read("auth/sessions.json"))
    (looked,) = [each for each in sessions if each["impersonator_id"] == ada["user_id"]]
    (own,) = [each for each in sessions if each["impersonator_id"] is None]
    assert [looked[name] for name in ("ua", "ip_prefix", "impersonator_session_id")] == [None] * 3
    assert own["ip_prefix"] is not None
    rows = json.loads(archive.read("auth/audit_log.json"))
    acts = [each for each in rows if each["type"] == "admin.impersonation_started"]
    assert [(each["session_id"], each["request_id"], each["ip_prefix"]) for each in acts] == [(None, None, None)]
    assert any(each["session_id"] == eve["session_id"] for each in rows), "what one did oneself is there in full"
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert ada["session_id"] not in whole


async def test_two_a_day_and_the_third_is_told_when(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    statuses = []
    for _ in range(3):
        statuses.append(await browser.post_json(EXPORT, **bearer(ada)))
        await collect_due_exports(served.auth)

    assert [each.status_code for each in statuses] == [202, 202, 429]
    assert statuses[2].json()["code"] == "too_many_exports"
    assert statuses[2].headers["retry-after"] == str(24 * 3600)
    served.clock.advance(timedelta(days=1))
    ada = (await browser.post_json("/api/auth/login", {"email": "ada@example.org", "password": PASSWORD})).json()
    assert (await browser.post_json(EXPORT, **bearer(ada))).status_code == 202


async def test_ten_requests_at_once_begin_one(served: ServedAuth) -> None:
    browser, ada = await served.claimed()

    answers = await asyncio.gather(*(browser.post_json(EXPORT, **bearer(ada)) for _ in range(10)))

    assert {each.status_code for each in answers} == {202}
    assert len(await served.auth.database.fetch("SELECT FROM exports")) == 1


async def test_asking_and_downloading_need_a_recent_proof_and_looking_does_not(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    await browser.post_json(EXPORT, **bearer(ada))
    await collect_due_exports(served.auth)
    served.clock.advance(timedelta(minutes=10, seconds=1))
    ada = (await browser.post_json("/api/auth/refresh")).json()

    refused = [await browser.post_json(EXPORT, **bearer(ada)), await browser.get(DOWNLOAD, headers=bearer(ada))]

    assert [each.json()["code"] for each in refused] == ["insufficient_user_authentication"] * 2
    assert await state(browser, ada) is not None
    ada = (await browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **bearer(ada))).json()
    await download(browser, ada)


async def test_after_a_week_the_file_is_gone(served: ServedAuth) -> None:
    scripted_holders(served.auth.peers)
    browser, ada = await served.claimed()
    await browser.post_json(EXPORT, **bearer(ada))
    await collect_due_exports(served.auth)
    served.clock.advance(KEPT)
    ada = (await browser.post_json("/api/auth/login", {"email": "ada@example.org", "password": PASSWORD})).json()

    before_the_sweep = await browser.get(DOWNLOAD, headers=bearer(ada))
    await sweep(served.auth)

    assert before_the_sweep.status_code == 404
    assert await state(browser, ada) is None
    for table in ("exports", "export_chunks"):
        assert await served.auth.database.fetch(f"SELECT FROM {table}") == []
