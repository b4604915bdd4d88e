"""Invitations: made by administrators, mailed or handed over, good once, for three days, for one address."""

import asyncio
from datetime import timedelta

import pytest

from emergence.auth.sweep import sweep
from tests.auth.joining.newcomers import (
    INVITATIONS,
    NEW,
    OTHER_PASSWORD,
    SHOW,
    Administrator,
    accept,
    administrator,
    ask_to_join,
    confirm,
    enters,
    mailed_registration,
)
from tests.auth.mailbox import QUIET_S, Posted, link_in, plain, posted_auth, token_in
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, PUBLIC_URL, REFRESH_COOKIE, Browser, ServedAuth, bearer


def token_of(invited: dict[str, str]) -> str:
    return invited["link"].partition("#")[2]


async def test_an_invited_person_makes_the_account_once_and_is_signed_in(posted: Posted) -> None:
    ada, browser = await administrator(posted.served), posted.served.browser("198.51.100.9")
    invited = await ada.invited(role="guest", note="for the herons")
    letter = await posted.mailbox.next_to(NEW)
    token = token_in(letter)
    shown = await browser.post_json(SHOW, {"token": token})

    first, second = await accept(browser, token), await accept(browser, token)

    assert (invited["is_mailed"], invited["link"]) == (True, None)
    assert link_in(letter).startswith(f"{PUBLIC_URL}/invitation#") and "Ada invites you" in plain(letter)
    assert (shown.json()["email"], shown.json()["role"]) == (NEW, "guest")
    assert (first.status_code, first.json()["role"], second.status_code) == (200, "guest", 400)
    assert REFRESH_COOKIE in browser.cookies
    assert (await browser.get("/api/auth/email", headers=bearer(first.json()))).json()["verified_at"] is not None
    assert await ada.states() == ["accepted"]
    assert [each["actor_name"] for each in await ada.events("admin.invited")] == ["Ada"]
    assert [each["subject_name"] for each in await ada.events("account.invitation_accepted")] == ["Grace"]


async def test_where_nothing_is_mailed_the_administrator_hands_the_link_over_and_it_proves_no_address(
    served: ServedAuth,
) -> None:
    ada, browser = await administrator(served), served.browser()
    invited = await ada.invited()
    answer = await accept(browser, token_of(invited))

    assert (invited["is_mailed"], answer.status_code, answer.json()["role"]) == (False, 200, "member")
    assert (await browser.get("/api/auth/email", headers=bearer(answer.json()))).json()["verified_at"] is None
    assert await enters(served, PASSWORD)


async def test_a_french_administrator_invites_in_french_unless_told_otherwise(posted: Posted) -> None:
    ada = await administrator(posted.served)
    french = {"accept-language": "fr"} | bearer(ada.signed_in)
    await ada.browser.post_json(INVITATIONS, {"email": "a@example.org"}, **french)
    await ada.browser.post_json(INVITATIONS, {"email": "b@example.org", "language": "en"}, **french)

    assert (await posted.mailbox.next_to("a@example.org"))["subject"] == "Vous êtes invité à rejoindre Emergence"
    assert (await posted.mailbox.next_to("b@example.org"))["subject"] == "You are invited to Emergence"


async def test_an_invitation_ends_after_three_days_and_is_sent_again(served: ServedAuth) -> None:
    ada = await administrator(served)
    invited = await ada.invited()
    served.clock.advance(timedelta(hours=72))
    ada = Administrator(ada.browser, (await ada.browser.post_json("/api/auth/login", ADA)).json())
    assert await ada.states() == ["expired"]
    assert (await accept(served.browser(), token_of(invited))).status_code == 400

    again = (await ada.resend(invited["invitation"]["id"])).json()

    assert again["invitation"]["state"] == "open"
    assert (await accept(served.browser(), token_of(invited))).status_code == 400
    assert (await accept(served.browser(), token_of(again))).status_code == 200


ADA = {"email": ADMINISTRATOR["email"], "password": PASSWORD}


async def test_a_withdrawn_invitation_is_worth_nothing_and_cannot_be_sent_again(served: ServedAuth) -> None:
    ada = await administrator(served)
    invited = await ada.invited()
    path = f"{INVITATIONS}/{invited['invitation']['id']}"

    withdrawn, again = await ada.ask("DELETE", path), await ada.ask("DELETE", path)

    assert (withdrawn.status_code, again.status_code, again.json()["code"]) == (204, 404, "unknown_invitation")
    assert (await served.browser().post_json(SHOW, {"token": token_of(invited)})).status_code == 400
    assert (await accept(served.browser(), token_of(invited))).status_code == 400
    assert (await ada.resend(invited["invitation"]["id"])).status_code == 404
    assert await ada.states() == ["revoked"]
    assert len(await ada.events("admin.invitation_revoked")) == 1


async def test_inviting_again_replaces_the_open_invitation(served: ServedAuth) -> None:
    ada = await administrator(served)
    first, second = await ada.invited(role="guest"), await ada.invited(role="member")

    assert await ada.states() == ["open", "revoked"]
    assert (await accept(served.browser(), token_of(first))).status_code == 400
    assert (await accept(served.browser(), token_of(second))).json()["role"] == "member"


async def test_of_ten_who_use_one_link_at_once_one_gets_the_account(served: ServedAuth) -> None:
    token = token_of(await (await administrator(served)).invited())

    answers = await asyncio.gather(*(accept(served.browser(), token) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9


async def test_two_administrators_who_invite_the_same_person_at_once_leave_one_open_invitation(
    served: ServedAuth,
) -> None:
    ada = await administrator(served)
    browser, eve = await served.person("eve@example.org")
    user = f"/api/auth/admin/users/{eve['user_id']}/role"
    assert (await ada.ask("PUT", user, json={"role": "admin"})).status_code == 204
    eve = (await browser.post_json("/api/auth/login", {"email": "eve@example.org", "password": PASSWORD})).json()

    answers = await asyncio.gather(*(each.invite() for each in (ada, Administrator(browser, eve)) for _ in range(3)))

    assert [answer.status_code for answer in answers] == [200] * 6
    assert sorted(await ada.states()) == ["open"] + ["revoked"] * 5


async def test_who_has_an_account_is_not_invited(served: ServedAuth) -> None:
    ada = await administrator(served)
    await served.person("eve@example.org")

    answer = await ada.invite("EVE@example.org")

    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


async def test_who_registers_while_invited_gets_the_role_and_the_invitation_is_used(database_url: str) -> None:
    async with posted_auth(database_url, AUTH_SIGNUP="invite") as posted:
        ada, browser = await administrator(posted.served), posted.served.browser("198.51.100.9")
        await ada.invited(role="guest")
        invitation = token_in(await posted.mailbox.next_to(NEW))
        registration = await mailed_registration(posted, browser, after=1)

        answers = await asyncio.gather(
            confirm(browser, registration), accept(posted.served.browser(), invitation, password=OTHER_PASSWORD)
        )

        assert sorted(answer.status_code for answer in answers) == [200, 400]
        assert [answer.json()["role"] for answer in answers if answer.status_code == 200] == ["guest"]
        assert await ada.states() == ["accepted"]


async def test_without_an_invitation_nobody_gets_a_letter(database_url: str) -> None:
    async with posted_auth(database_url, AUTH_SIGNUP="invite") as posted:
        await administrator(posted.served)
        assert (await ask_to_join(posted.served.browser())).status_code == 202
        await asyncio.sleep(QUIET_S)
        assert posted.mailbox.letters == []


async def test_a_refused_password_leaves_the_link_good(served: ServedAuth) -> None:
    token = token_of(await (await administrator(served)).invited())

    refused = await accept(served.browser(), token, password="password")

    assert (refused.status_code, refused.json()["code"]) == (422, "password_refused")
    assert (await accept(served.browser(), token)).status_code == 200


async def test_inviting_an_administrator_asks_who_one_is(served: ServedAuth) -> None:
    ada = await administrator(served)
    invited = await ada.invited(role="admin")
    served.clock.advance(timedelta(minutes=11))
    renewed = (await ada.browser.post_json("/api/auth/refresh")).json()
    ada = Administrator(ada.browser, renewed)

    answers = [await ada.invite("b@example.org", role="admin"), await ada.resend(invited["invitation"]["id"])]

    assert [answer.json()["code"] for answer in answers] == ["insufficient_user_authentication"] * 2
    assert (await ada.invite("b@example.org")).status_code == 200
    assert (await accept(served.browser(), token_of(invited))).json()["role"] == "admin"


async def test_fifty_invitations_a_day_are_made(served: ServedAuth) -> None:
    ada = await administrator(served)
    answers = [await ada.invite(f"n{number}@example.org") for number in range(51)]

    assert [answer.status_code for answer in answers] == [200] * 50 + [429]
    assert len(await pages_of(ada)) == 50


async def pages_of(ada: Administrator) -> list[str]:
    """Return the addresses of all pages."""
    found: list[str] = []
    params: dict[str, str] = {}
    while True:
        page = (await ada.ask("GET", INVITATIONS, params=params)).json()
        found += [each["email"] for each in page["invitations"]]
        if page["next"] is None:
            return found
        params = {"before": page["next"]}


@pytest.mark.parametrize("path", [INVITATIONS, "/api/auth/admin/allowlist"])
async def test_members_neither_see_nor_make_them(served: ServedAuth, path: str) -> None:
    await served.claimed()
    browser, eve = await served.person("eve@example.org")
    member = Administrator(browser, eve)

    answers = [await member.ask("GET", path), await browser.post_json(path, {"email": NEW}, **bearer(eve))]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_used_links_and_old_invitations_are_forgotten(served: ServedAuth) -> None:
    ada = await administrator(served)
    await ada.invited()
    served.clock.advance(timedelta(days=34))
    await sweep(served.auth)

    assert await served.auth.database.fetch("SELECT id FROM invitations") == []


async def test_the_link_stands_nowhere_in_the_database(served: ServedAuth) -> None:
    token = token_of(await (await administrator(served)).invited())
    (row,) = await served.auth.database.fetch("SELECT invitations::text AS row FROM invitations")

    assert token not in row["row"] and token.encode().hex() not in row["row"]


async def looked_at(browser: Browser, token: str) -> int:
    return (await browser.post_json(SHOW, {"token": token})).status_code


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
async def test_an_invented_invitation_is_refused(served: ServedAuth, token: str) -> None:
    assert await looked_at(served.browser(), token) == 400
    assert (await accept(served.browser(), token)).status_code == 400
