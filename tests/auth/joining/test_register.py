"""Registering: one answer for everybody, no account before the address is proved, and none shared with a stranger."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from emergence.auth.may_join import may_join
from emergence.auth.store import people
from emergence.kernel.settings import SettingsInvalid
from tests.auth.joining.newcomers import (
    ALLOWLIST,
    NEW,
    OTHER_PASSWORD,
    administrator,
    answered,
    ask_to_join,
    confirm,
    enters,
    mailed_registration,
)
from tests.auth.mailbox import QUIET_S, Posted, link_in, plain, posted_auth, token_in
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, PUBLIC_URL, REFRESH_COOKIE, ServedAuth, auth_environ, bearer
from tests.auth.served_auth import served_auth as serving

ADA = ADMINISTRATOR["email"]


@pytest.fixture
async def open_house(database_url: str) -> AsyncIterator[Posted]:
    async with posted_auth(database_url, AUTH_SIGNUP="open") as posted:
        yield posted


async def test_a_newcomer_proves_the_address_and_is_signed_in(open_house: Posted) -> None:
    served = open_house.served
    ada = await administrator(served)
    browser = served.browser()
    token = await mailed_registration(open_house, browser)
    assert not await enters(served, PASSWORD)  # nothing is usable before

    first, second = await confirm(browser, token), await confirm(browser, token)

    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 400, "link_invalid")
    assert (first.json()["role"], first.json()["email"], first.json()["display_name"]) == ("member", NEW, "Grace")
    assert REFRESH_COOKIE in browser.cookies
    assert (await browser.get("/api/auth/email", headers=bearer(first.json()))).json()["verified_at"] is not None
    assert await enters(served, PASSWORD)
    assert [each["subject_name"] for each in await ada.events("account.registered")] == ["Grace"]


async def test_looking_at_the_link_changes_nothing_and_it_leads_to_the_public_address(open_house: Posted) -> None:
    browser = open_house.served.browser()
    answer = await browser.post(
        "/api/auth/register",
        json={"email": NEW, "password": PASSWORD, "display_name": "Grace"},
        headers={"x-forwarded-host": "evil.example"},
    )
    letter = await open_house.mailbox.next_to(NEW)

    assert answer.status_code == 202
    assert link_in(letter).startswith(f"{PUBLIC_URL}/register#")
    for _ in range(3):
        assert (await browser.get("/api/auth/register/confirm")).status_code == 405
    assert (await confirm(browser, token_in(letter))).status_code == 200


async def test_existing_suspended_new_and_not_permitted_addresses_are_answered_byte_for_byte_alike(
    posted: Posted,
) -> None:
    served = posted.served
    ada = await administrator(served)
    _, suspended = await served.person("suspended@example.org")
    async with served.auth.database.transaction() as tx:
        await people.set_status(tx, UUID(suspended["user_id"]), "suspended")
    await ada.allow("listed@example.org")
    shown: list[Any] = []
    for number, email in enumerate((ADA, "suspended@example.org", "listed@example.org", "stranger@example.org")):
        answer = await ask_to_join(served.browser(f"198.51.100.{number + 1}"), email)
        await answered(served)
        headers = {name: value for name, value in answer.headers.items() if name not in ("set-cookie", "x-request-id")}
        shown.append((answer.status_code, answer.content, headers))

    assert [each == shown[0] for each in shown] == [True] * 4, shown
    assert (await posted.mailbox.next_to(ADA))["subject"] == "You already have an account"
    await posted.mailbox.next_to("listed@example.org")
    await asyncio.sleep(QUIET_S)
    assert sorted(posted.mailbox.recipients) == [ADA, "listed@example.org"]


async def test_refused_passwords_are_refused_alike_for_every_address(posted: Posted) -> None:
    await posted.served.claimed()
    answers = [
        await ask_to_join(posted.served.browser(), email, password="password") for email in (ADA, "nobody@example.org")
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(422, "password_refused")] * 2


async def test_the_owner_who_confirms_what_a_stranger_began_does_not_share_the_account(open_house: Posted) -> None:
    served = open_house.served
    stranger, owner = served.browser("203.0.113.5"), served.browser("198.51.100.9")
    token = await mailed_registration(open_house, stranger)

    by_owner = await confirm(owner, token)
    assert (by_owner.status_code, by_owner.json()["code"]) == (409, "password_needed")
    made = await confirm(owner, token, OTHER_PASSWORD)

    assert made.status_code == 200
    assert not await enters(served, PASSWORD)
    assert await enters(served, OTHER_PASSWORD)


async def test_a_stranger_who_asks_again_does_not_end_the_owners_link(open_house: Posted) -> None:
    served = open_house.served
    owner = served.browser("198.51.100.9")
    token = await mailed_registration(open_house, owner)
    served.clock.advance(timedelta(minutes=2))
    later = await mailed_registration(open_house, served.browser("203.0.113.5"), after=1)

    assert (await confirm(owner, token)).status_code == 200
    assert (await confirm(owner, later, OTHER_PASSWORD)).status_code == 400  # over with the first one
    assert await enters(served, PASSWORD)


async def test_of_ten_confirmations_at_once_one_makes_the_account(open_house: Posted) -> None:
    browser = open_house.served.browser()
    token = await mailed_registration(open_house, browser)

    answers = await asyncio.gather(*(confirm(browser, token) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9
    assert len(await open_house.served.auth.database.fetch("SELECT id FROM users")) == 1


async def test_of_two_letters_confirmed_at_once_one_makes_the_account(open_house: Posted) -> None:
    served = open_house.served
    one, other = served.browser("198.51.100.1"), served.browser("198.51.100.2")
    first = await mailed_registration(open_house, one)
    served.clock.advance(timedelta(minutes=2))
    second = await mailed_registration(open_house, other, after=1)

    answers = await asyncio.gather(confirm(one, first), confirm(other, second))

    assert sorted(answer.status_code for answer in answers) == [200, 400]


async def test_a_link_is_good_for_a_day(open_house: Posted) -> None:
    browser = open_house.served.browser()
    token = await mailed_registration(open_house, browser)
    open_house.served.clock.advance(timedelta(hours=24))

    assert (await confirm(browser, token)).status_code == 400


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é" * 40])
async def test_an_invented_link_is_refused(open_house: Posted, token: str) -> None:
    answer = await confirm(open_house.served.browser(), token, OTHER_PASSWORD)

    assert (answer.status_code, answer.json()["code"]) == (400, "link_invalid")


async def test_five_registrations_an_hour_are_taken_from_one_address(open_house: Posted) -> None:
    served = open_house.served
    answers = [await ask_to_join(served.browser(), f"n{number}@example.org") for number in range(6)]
    elsewhere = await ask_to_join(served.browser("198.51.100.9"), "n6@example.org")

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 60
    assert elsewhere.status_code == 202


async def test_under_attack_registering_asks_for_a_proof_of_work(open_house: Posted) -> None:
    browser = open_house.served.browser()
    for _ in range(11):
        await browser.post_json("/api/auth/login", {"email": "x@example.org", "password": "wrong"})

    answer = await ask_to_join(browser)

    assert (answer.status_code, answer.json()["code"]) == (428, "proof_of_work_required")


async def test_letters_are_written_in_the_language_of_whoever_asks(open_house: Posted) -> None:
    await ask_to_join(open_house.served.browser(), language="fr-CA,fr;q=0.9")
    letter = await open_house.mailbox.next_to(NEW)

    assert letter["subject"] == "Confirmez votre adresse e-mail pour créer votre compte"
    assert "pendant 24 heures" in plain(letter)


async def test_a_listed_address_joins_a_closed_server_with_its_role(posted: Posted) -> None:
    ada, browser = await administrator(posted.served), posted.served.browser()
    await ada.allow(NEW.upper(), role="guest")
    token = await mailed_registration(posted, browser)

    assert (await confirm(browser, token)).json()["role"] == "guest"


async def test_who_is_taken_from_the_list_meanwhile_gets_no_account(posted: Posted) -> None:
    ada, browser = await administrator(posted.served), posted.served.browser()
    await ada.allow()
    token = await mailed_registration(posted, browser)
    await ada.ask("DELETE", ALLOWLIST, params={"email": NEW})

    assert (await confirm(browser, token)).status_code == 400
    assert not await enters(posted.served, PASSWORD)


@pytest.mark.parametrize(
    ("mode", "listed", "invited", "role"),
    [
        ("closed", False, False, None),
        ("closed", True, False, "guest"),
        ("closed", False, True, None),
        ("invite", False, False, None),
        ("invite", False, True, "admin"),
        ("invite", True, True, "guest"),
        ("open", False, False, "member"),
        ("open", False, True, "admin"),
    ],
)
async def test_who_may_join_by_proving_an_address(
    database_url: str, mode: str, listed: bool, invited: bool, role: str | None
) -> None:
    async with serving(auth_environ(database_url, AUTH_SIGNUP=mode)) as served:
        ada = await administrator(served)
        if listed:
            await ada.allow(role="guest")
        if invited:
            await ada.invited(role="admin")
        async with served.auth.database.transaction() as tx:
            found = await may_join(served.auth, tx, NEW)
        served.clock.advance(timedelta(hours=72))
        async with served.auth.database.transaction() as tx:
            later = await may_join(served.auth, tx, NEW)

    assert found == role
    assert later == ("guest" if listed else "member" if mode == "open" else None)


async def test_where_no_mail_is_sent_nobody_registers_and_the_page_knows(served: ServedAuth) -> None:
    setup = (await served.browser().get("/api/auth/setup")).json()
    answers = [await ask_to_join(served.browser(), email) for email in (ADA, NEW)]

    assert (setup["signup"], setup["mail"]) == ("closed", False)
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "mail_off")] * 2


def test_an_open_server_that_nobody_can_prove_an_address_to_does_not_start() -> None:
    from emergence.auth.settings import AuthSettings

    environ = auth_environ("postgresql://nobody@127.0.0.1:1/none", AUTH_SIGNUP="open", EMERGENCE_ENV="production")
    environ |= {"AUTH_CLAIM": "code", "EMERGENCE_PUBLIC_URL": "https://chat.example.org"}
    with pytest.raises(SettingsInvalid, match="AUTH_SIGNUP"):
        AuthSettings.read(environ)


async def test_what_waits_for_its_proof_is_unreadable_in_the_database(open_house: Posted) -> None:
    token = await mailed_registration(open_house, open_house.served.browser())
    rows = await open_house.served.auth.database.fetch("SELECT registrations::text AS row FROM registrations")

    (row,) = rows
    for secret in (token, PASSWORD, NEW, "argon2"):
        assert secret not in row["row"] and secret.encode().hex() not in row["row"]
