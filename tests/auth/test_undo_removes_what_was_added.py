"""Taking a change of address back removes what somebody added to come in again, and leaves what the owner had."""

import json
from base64 import b32decode
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from tests.auth.audited import rows_about
from tests.auth.authenticator import code_at
from tests.auth.mailbox import Posted, mail_environ, mailbox_at, plain, until
from tests.auth.open_id_provider import OpenIdProvider
from tests.auth.passkeys.holder import URL, Holder
from tests.auth.passkeys.holder import sign_in as sign_in_with_passkey
from tests.auth.passkeys.software_authenticator import SoftwareAuthenticator
from tests.auth.served_auth import PASSWORD, Browser, ServedAuth, bearer, served_auth
from tests.auth.served_with_providers import provider_settings, session_of, sign_in
from tests.auth.test_email_address import ADA, UNDO, use
from tests.auth.test_my_identities import link
from tests.auth.test_thief_changes_email import EVIL, letter_with
from tests.auth.test_undo_email_change import EVIL2, addresses, change_to


@pytest.fixture
async def posted(database_url: str, acme: OpenIdProvider) -> AsyncIterator[Posted]:
    """A service that sends mail and trusts a provider for addresses."""
    providers = json.dumps([provider_settings(acme.issuer)])
    async with mailbox_at() as mailbox:
        environ = mail_environ(database_url, mailbox.port, AUTH_OIDC_PROVIDERS=providers)
        clock: Any = acme.clock
        async with served_auth(environ, clock) as served:
            yield Posted(served, mailbox)


async def removed(posted: Posted, signed_in: dict[str, Any]) -> dict[str, Any]:
    """Return what the log says of the undo."""
    rows = await rows_about(posted.served.auth.database, UUID(signed_in["user_id"]), None, 50)
    data: dict[str, Any] = next(json.loads(row.data) for row in rows if row.type == "account.email_change_undone")
    return data


async def at_localhost(served: ServedAuth, email: str) -> Holder:
    """Sign in by the password alone, where passkeys work."""
    browser = served.browser(url=URL)
    answer = await browser.post_json("/api/auth/login", {"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return Holder(served, browser, answer.json(), SoftwareAuthenticator())


async def with_totp(served: ServedAuth, browser: Browser, signed_in: dict[str, Any]) -> None:
    enabled = await browser.post_json("/api/auth/2fa/enable", **bearer(signed_in))
    seed = b32decode(enabled.json()["secret"])
    code = code_at(seed, served.clock.now())
    answer = await browser.post_json("/api/auth/2fa/verify", {"code": code}, **bearer(signed_in))
    assert answer.status_code == 200, answer.text


async def made_a_day_earlier(served: ServedAuth) -> None:
    """Make what signs in older than what an undo takes away."""
    for table in ("webauthn_credentials", "identities", "recovery_codes"):
        await served.auth.database.execute(f"UPDATE {table} SET created_at = created_at - interval '1 day'")
    served.clock.advance(timedelta(minutes=1))


async def test_what_was_added_before_the_change_was_asked_for_and_codes_that_were_renewed_are_gone(
    posted: Posted, acme: OpenIdProvider
) -> None:
    served = posted.served
    await served.claimed()
    thief = await at_localhost(served, ADA)
    assert (await thief.add()).status_code == 200
    signed_in = (await thief.step_up()).json()
    landed = await link(thief.browser, signed_in, acme, email="private@evil.example", email_verified=False)
    assert landed.error is None
    served.clock.advance(timedelta(minutes=5))
    await change_to(posted, thief.browser, (await thief.step_up()).json(), EVIL)

    assert (await use(served, UNDO, await letter_with(posted, "undo-email", ADA))).status_code == 204

    told = await removed(posted, signed_in)
    assert (told["passkeys_removed"], told["identities_removed"], told["recovery_codes_removed"]) == (1, 1, True)
    assert (await sign_in_with_passkey(served.browser(url=URL), thief.authenticator)).status_code == 401
    notice = await notice_to(posted, ADA, "The change of your e-mail address was taken back")
    assert "Removed besides: 1 passkey, the recovery codes, 1 linked account, 1 other address." in plain(notice)
    former = await notice_to(posted, EVIL, "This address no longer belongs to an account")
    assert ADA not in former.as_string() and "http" not in plain(former)


async def test_codes_that_were_renewed_since_are_gone_and_the_owners_factor_stays(posted: Posted) -> None:
    served = posted.served
    await served.claimed()
    owner = await at_localhost(served, ADA)
    assert (await owner.add()).status_code == 200
    await made_a_day_earlier(served)
    signed_in = (await owner.step_up()).json()
    signed_in = await change_to(posted, owner.browser, signed_in, EVIL)
    renewed = await owner.browser.post_json("/api/auth/2fa/recovery-codes", **bearer(signed_in))
    assert renewed.status_code == 200, renewed.text

    assert (await use(served, UNDO, await letter_with(posted, "undo-email", ADA))).status_code == 204

    told = await removed(posted, signed_in)
    assert (told["passkeys_removed"], told["recovery_codes_removed"]) == (0, True)
    assert await served.auth.database.fetch("SELECT place FROM recovery_codes") == []


async def notice_to(posted: Posted, address: str, subject: str) -> EmailMessage:
    """Return the letter to an address with this subject, once it is there."""
    await until(lambda: any(letter["subject"] == subject for letter in posted.mailbox.to(address)))
    return next(letter for letter in posted.mailbox.to(address) if letter["subject"] == subject)


async def test_the_addresses_in_between_are_given_up(posted: Posted, acme: OpenIdProvider) -> None:
    browser, signed_in = await posted.served.claimed()
    for email in (EVIL, EVIL2):
        signed_in = await change_to(posted, browser, signed_in, email)

    assert (await use(posted.served, UNDO, await letter_with(posted, "undo-email", ADA))).status_code == 204

    assert await addresses(posted) == [ADA]
    assert (await removed(posted, signed_in))["addresses_removed"] == 2
    landed = await sign_in(posted.served.browser(), acme, email=EVIL)
    assert landed.error == "identity_not_linked"


async def test_an_address_that_an_earlier_link_leads_back_to_stays(posted: Posted) -> None:
    browser, signed_in = await posted.served.claimed()
    for email in (EVIL, EVIL2):
        signed_in = await change_to(posted, browser, signed_in, email)

    assert (await use(posted.served, UNDO, await letter_with(posted, "undo-email", EVIL))).status_code == 204

    assert await addresses(posted) == [EVIL, ADA]


async def test_an_address_that_was_given_up_links_no_account_at_a_provider(
    posted: Posted, acme: OpenIdProvider
) -> None:
    browser, signed_in = await posted.served.claimed()
    for email in (EVIL, EVIL2):
        signed_in = await change_to(posted, browser, signed_in, email)

    by_old = await sign_in(posted.served.browser(), acme, email=EVIL)
    elsewhere = posted.served.browser()
    by_primary = await sign_in(elsewhere, acme, email=EVIL2)

    assert (by_old.error, by_primary.error) == ("identity_not_linked", None)
    assert (await session_of(elsewhere))["user_id"] == signed_in["user_id"]


async def test_a_passkey_an_authenticator_and_an_identity_of_since_are_gone(
    posted: Posted, acme: OpenIdProvider
) -> None:
    served = posted.served
    browser, signed_in = await served.claimed()
    signed_in = await change_to(posted, browser, signed_in, EVIL)
    thief = await at_localhost(served, EVIL)
    landed = await link(browser, signed_in, acme, email="private@evil.example", email_verified=False)
    assert landed.error is None
    assert (await thief.add()).status_code == 200
    await served.auth.database.execute("DELETE FROM recovery_codes")
    await with_totp(served, thief.browser, (await thief.step_up()).json())

    assert (await use(served, UNDO, await letter_with(posted, "undo-email", ADA))).status_code == 204

    assert await removed(posted, signed_in) == {
        "addresses_removed": 1,
        "password_ended": True,
        "passkeys_removed": 1,
        "authenticator_removed": True,
        "recovery_codes_removed": True,
        "identities_removed": 1,
    }
    assert (await sign_in_with_passkey(served.browser(url=URL), thief.authenticator)).status_code == 401
    by_provider = await sign_in(served.browser(), acme, email="private@evil.example", email_verified=False)
    assert by_provider.error == "identity_not_linked"
    left = await served.auth.database.fetch("SELECT place FROM recovery_codes")
    assert left == []

    owner, chosen = served.browser(), "nineteen violet otters juggle"
    await owner.post_json("/api/auth/request-password-reset", {"email": ADA})
    body = {"token": await letter_with(posted, "reset-password", ADA), "new_password": chosen}
    assert (await owner.post_json("/api/auth/reset-password", body)).status_code == 204
    back = await owner.post_json("/api/auth/login", {"email": ADA, "password": chosen})
    assert back.status_code == 200, back.text
    assert back.json()["user_id"] == signed_in["user_id"]


async def test_what_the_owner_had_before_stays(posted: Posted, acme: OpenIdProvider) -> None:
    served = posted.served
    browser, signed_in = await served.claimed()
    await link(browser, signed_in, acme, email="private@example.com", email_verified=False)
    owner = await at_localhost(served, ADA)
    assert (await owner.add()).status_code == 200
    assert (await owner.step_up()).status_code == 200
    await made_a_day_earlier(served)
    signed_in = await change_to(posted, owner.browser, owner.signed_in, EVIL)

    assert (await use(served, UNDO, await letter_with(posted, "undo-email", ADA))).status_code == 204

    told = await removed(posted, signed_in)
    assert (told["passkeys_removed"], told["identities_removed"]) == (0, 0)
    assert (await sign_in_with_passkey(served.browser(url=URL), owner.authenticator)).status_code == 200
    codes = await served.auth.database.fetch("SELECT place FROM recovery_codes")
    assert len(codes) == 10
