"""The allowlist: kept in the database, changed by administrators only, written down."""

from datetime import timedelta

from tests.auth.joining.newcomers import ALLOWLIST, NEW, Administrator, administrator
from tests.auth.served_auth import ServedAuth, auth_environ, bearer, served_auth


async def listed(ada: Administrator) -> list[tuple[str, str, str, bool]]:
    answer = await ada.ask("GET", ALLOWLIST)
    assert answer.status_code == 200, answer.text
    return [(each["email"], each["role"], each["note"], each["has_account"]) for each in answer.json()["addresses"]]


async def test_an_address_is_listed_changed_and_removed(served: ServedAuth) -> None:
    ada = await administrator(served)
    await ada.allow(f" {NEW} ", note="the herons")
    await ada.allow(NEW.upper(), role="guest", note="still the herons")
    await ada.allow("alan@example.org")

    assert await listed(ada) == [
        ("alan@example.org", "member", "", False),
        (NEW.upper(), "guest", "still the herons", False),
    ]
    removed = await ada.ask("DELETE", ALLOWLIST, params={"email": NEW})
    assert (removed.status_code, removed.json()) == (200, {"has_account": False})
    assert (await ada.ask("DELETE", ALLOWLIST, params={"email": NEW})).status_code == 200
    assert [each[0] for each in await listed(ada)] == ["alan@example.org"]
    assert len(await ada.events("policy.allowlist_added")) == 3
    assert len(await ada.events("policy.allowlist_removed")) == 1
    assert NEW not in repr(await ada.events("policy"))


async def test_a_pattern_is_refused_because_it_would_let_nobody_in(served: ServedAuth) -> None:
    ada = await administrator(served)

    answer = await ada.ask("POST", ALLOWLIST, json={"email": "*@example.org"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    reason = "must be one person's whole address: * does not stand for others"
    assert answer.json()["errors"] == [{"place": "body.email", "reason": reason}]
    assert await listed(ada) == []


async def test_removing_says_that_an_account_stays(served: ServedAuth) -> None:
    ada = await administrator(served)
    browser, eve = await served.person("eve@example.org")
    await ada.allow("eve@example.org")

    removed = await ada.ask("DELETE", ALLOWLIST, params={"email": "Eve@example.org"})

    assert removed.json() == {"has_account": True}
    assert (await browser.get("/api/auth/session", headers=bearer(eve))).status_code == 200


async def test_the_list_survives_a_restart(database_url: str) -> None:
    environ = auth_environ(database_url)
    async with served_auth(environ) as before:
        ada = await administrator(before)
        await ada.allow()
    async with served_auth(environ, before.clock) as after:
        answer = await after.browser().get(ALLOWLIST, headers=bearer(ada.signed_in))

    assert [each["email"] for each in answer.json()["addresses"]] == [NEW]


async def test_a_role_of_administrators_is_kept_for_an_address_only_after_a_recent_proof(served: ServedAuth) -> None:
    ada = await administrator(served)
    served.clock.advance(timedelta(minutes=11))
    ada = Administrator(ada.browser, (await ada.browser.post_json("/api/auth/refresh")).json())

    assert (await ada.allow(role="admin")).json()["code"] == "insufficient_user_authentication"
    assert (await ada.allow()).status_code == 200


async def test_malformed_addresses_and_foreign_members_are_refused(served: ServedAuth) -> None:
    ada = await administrator(served)

    answers = [await ada.allow("no address"), await ada.allow(role="owner"), await ada.allow(note="x" * 201)]
    answers.append(await ada.allow(has_account="yes"))
    answers.append(await ada.ask("DELETE", ALLOWLIST, params={"email": "no address"}))

    assert [answer.status_code for answer in answers] == [422] * 5


async def test_a_long_list_comes_in_pages(served: ServedAuth) -> None:
    ada = await administrator(served)
    for number in range(53):
        await ada.allow(f"n{number:02}@example.org")
    first = (await ada.ask("GET", ALLOWLIST)).json()
    second = (await ada.ask("GET", ALLOWLIST, params={"after": first["next"]})).json()

    found = [each["email"] for page in (first, second) for each in page["addresses"]]
    assert (found, second["next"]) == ([f"n{number:02}@example.org" for number in range(53)], None)
