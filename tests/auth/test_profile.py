"""One's own profile: the name and the language of mails, and nothing else."""

from typing import Any

import pytest

from tests.auth.audited import rows_about
from tests.auth.served_auth import Browser, ServedAuth, bearer


async def me(browser: Browser, signed_in: dict[str, Any]) -> dict[str, Any]:
    answer = await browser.get("/api/auth/me", headers=bearer(signed_in))
    assert answer.status_code == 200, answer.text
    account: dict[str, Any] = answer.json()
    return account


async def patch(browser: Browser, signed_in: dict[str, Any], body: object) -> Any:
    return await browser.patch("/api/auth/me", json=body, headers=bearer(signed_in))


async def test_the_profile_says_who_one_is(served: ServedAuth) -> None:
    browser, ada = await served.claimed()

    assert await me(browser, ada) == {
        "user_id": ada["user_id"],
        "display_name": "Ada",
        "email": "Ada@Example.org",
        "role": "admin",
        "language": None,
        "created_at": served.clock.now().isoformat().replace("+00:00", "Z"),
    }


async def test_name_and_language_change_each_alone_and_are_written_down_without_the_name(served: ServedAuth) -> None:
    browser, ada = await served.claimed()

    named = await patch(browser, ada, {"display_name": "  Ada Lovelace "})
    spoken = await patch(browser, ada, {"language": "fr"})
    same = await patch(browser, ada, {"language": "fr", "display_name": "Ada Lovelace"})
    nobody_chose = await patch(browser, ada, {"language": None, "display_name": None})

    assert [(each.json()["display_name"], each.json()["language"]) for each in (named, spoken, same, nobody_chose)] == [
        ("Ada Lovelace", None),
        ("Ada Lovelace", "fr"),
        ("Ada Lovelace", "fr"),
        ("Ada Lovelace", None),
    ]
    rows = await rows_about(served.auth.database, named.json()["user_id"], None, 10)
    assert [row.data for row in rows if row.type == "account.profile_changed"] == [
        '{"changed": "language"}',
        '{"changed": "language"}',
        '{"changed": "display_name"}',
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"role": "admin"},
        {"email": "x@example.org"},
        {"email_verified": True},
        {"sid": "1"},
        {"status": "active"},
        {"display_name": ""},
        {"display_name": "   "},
        {"display_name": "a\u0000b"},
        {"display_name": "x" * 81},
        {"language": "de"},
        {"language": ""},
        [],
    ],
)
async def test_nothing_else_can_be_changed(served: ServedAuth, body: object) -> None:
    browser, ada = await served.claimed()
    before = await me(browser, ada)

    assert (await patch(browser, ada, body)).status_code == 422
    assert await me(browser, ada) == before


async def test_one_changes_oneself_only_and_only_from_our_own_pages(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")

    changed = await patch(eve_browser, eve, {"display_name": "Evelyn"})
    without = await served.browser().patch("/api/auth/me", json={"display_name": "Nobody"})
    elsewhere = {**bearer(ada), "sec-fetch-site": "cross-site"}
    forged = await browser.patch("/api/auth/me", json={"display_name": "Forged"}, headers=elsewhere)

    assert (changed.status_code, without.status_code, forged.status_code) == (200, 401, 403)
    assert (await me(browser, ada))["display_name"] == "Ada"
    assert (await me(eve_browser, eve))["display_name"] == "Evelyn"


@pytest.mark.parametrize("name", ["Ad\u200ba", "\u202eadA", "Ada\u2066", "Ada\u200f", "\ufeffAda", "Ada\U000e0041"])
async def test_a_name_with_characters_that_nobody_sees_is_refused_and_named(served: ServedAuth, name: str) -> None:
    browser, ada = await served.claimed()

    answer = await patch(browser, ada, {"display_name": name})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [each["place"] for each in answer.json()["errors"]] == ["body.display_name"]
    assert "invisible characters" in answer.json()["errors"][0]["reason"]
    assert (await me(browser, ada))["display_name"] == "Ada"


@pytest.mark.parametrize("name", ["می\u200cخواهم", "क्\u200dष", "Ada 👩\u200d💻", "Ada ❤\ufe0f\u200d🔥"])
async def test_joiners_within_words_and_emoji_stay(served: ServedAuth, name: str) -> None:
    browser, ada = await served.claimed()

    assert (await patch(browser, ada, {"display_name": name})).json()["display_name"] == name
