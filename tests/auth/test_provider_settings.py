"""What AUTH_OIDC_PROVIDERS may hold: one clear line for each mistake, and no secret in it."""

import json
from ipaddress import ip_address
from typing import Any

import pytest

from emergence.auth.oidc.reach import PinnedResolver, Reach
from emergence.auth.settings import AuthSettings
from emergence.kernel.settings import SettingsInvalid, describe
from tests.auth.served_auth import auth_environ

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
PUBLIC = {"EMERGENCE_PUBLIC_URL": "https://chat.example.org"}
GOOD = {
    "id": "google",
    "label": "Google",
    "issuer": "https://accounts.google.com",
    "client_id": "1",
    "client_secret": "hunter2",
}


def read(providers: Any, **more: str) -> AuthSettings:
    text = providers if isinstance(providers, str) else json.dumps(providers)
    return AuthSettings.read(auth_environ(NOWHERE, **(PUBLIC | {"AUTH_OIDC_PROVIDERS": text} | more)))


def test_without_any_there_is_none() -> None:
    assert AuthSettings.read(auth_environ(NOWHERE)).oidc_providers() == ()


def test_they_keep_their_order_and_defaults() -> None:
    found = read([GOOD, GOOD | {"id": "b", "issuer": "https://b.example", "trusted_for_email": ["Example.org"]}])

    google, other = found.oidc_providers()
    assert (google.id, google.scopes) == ("google", ("openid", "email", "profile"))
    assert not google.is_trusted_for("ada@example.org")
    assert other.is_trusted_for("Ada@EXAMPLE.org")
    assert not other.is_trusted_for("ada@sub.example.org")
    assert not other.is_trusted_for("ada@example.org.evil.example")


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize(
    ("providers", "told"),
    [
        ("hunter2", "must be a JSON list"),
        ({"hunter2": 1}, "must be a list"),
        (["hunter2"], "provider 1: must be an object"),
        ([GOOD, without("client_secret")], "provider 2: client_secret is required"),
        ([without("issuer")], "provider 1: issuer is required"),
        ([GOOD | {"issuer": "http://accounts.google.com"}], "provider 1: issuer must begin with https://"),
        ([GOOD | {"issuer": "https://a@accounts.google.com"}], "provider 1: issuer must be the issuer's address"),
        ([GOOD | {"issuer": "https://accounts.google.com?x=hunter2"}], "provider 1: issuer must be the issuer's"),
        ([GOOD | {"id": "Google!"}], "provider 1: id has characters that are not accepted"),
        ([GOOD | {"trusted_for_email": "true"}], "provider 1: trusted_for_email"),
        ([GOOD | {"trusted_for_email": ["a@example.org"]}], "provider 1: trusted_for_email"),
        ([GOOD | {"scopes": ["email"]}], "provider 1: scopes must hold openid"),
        ([GOOD | {"client_secret": ""}], "provider 1: client_secret"),
        ([GOOD | {"trusted": True}], "provider 1: trusted is not known"),
        ([GOOD, GOOD], "two providers have the same id"),
        ([GOOD, GOOD | {"id": "b"}], "two providers have the same issuer"),
    ],
)
def test_a_mistake_is_one_line_without_the_value(providers: Any, told: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        read(providers)

    assert str(refused.value).startswith(f"AUTH_OIDC_PROVIDERS: {told}")
    assert len(str(refused.value).splitlines()) == 1
    assert "hunter2" not in str(refused.value)


def test_they_need_the_address_that_people_come_back_to() -> None:
    with pytest.raises(SettingsInvalid, match=r"^AUTH_OIDC_PROVIDERS: needs EMERGENCE_PUBLIC_URL"):
        read([GOOD], EMERGENCE_PUBLIC_URL="")


def test_plain_http_is_for_development_on_loopback_only() -> None:
    local = [GOOD | {"issuer": "http://127.0.0.1:9000"}]

    assert read(local).oidc_providers()
    with pytest.raises(SettingsInvalid, match="provider 1: issuer must begin with https:// in production"):
        read(local, EMERGENCE_ENV="production")


def test_the_list_is_masked_where_settings_are_shown() -> None:
    environ = auth_environ(NOWHERE, AUTH_OIDC_PROVIDERS=json.dumps([GOOD]))

    shown = {each.name: each.shown for each in describe(AuthSettings, environ)}

    assert shown["AUTH_OIDC_PROVIDERS"] == "(set, hidden)"


PUBLIC_ONLY = Reach(loopback=False, private=False)


@pytest.mark.parametrize(
    ("address", "in_public", "in_development", "in_private"),
    [
        ("8.8.8.8", True, True, True),
        ("2001:4860:4860::8888", True, True, True),
        ("127.0.0.1", False, True, False),
        ("127.9.9.9", False, True, False),
        ("::1", False, True, False),
        ("::ffff:127.0.0.1", False, True, False),
        ("10.0.0.1", False, False, True),
        ("172.16.0.1", False, False, True),
        ("192.168.1.1", False, False, True),
        ("100.64.0.1", False, False, True),
        ("fd00::1", False, False, True),
        ("::ffff:10.0.0.1", False, False, True),
        ("64:ff9b::a00:1", False, False, True),
        ("2002:a00:1::", False, False, True),
        ("64:ff9b::808:808", True, True, True),
        ("169.254.169.254", False, False, False),
        ("fe80::1", False, False, False),
        ("0.0.0.0", False, False, False),
        ("::", False, False, False),
        ("224.0.0.1", False, False, False),
        ("255.255.255.255", False, False, False),
    ],
)
def test_which_machines_may_be_asked(address: str, in_public: bool, in_development: bool, in_private: bool) -> None:
    reaches = (PUBLIC_ONLY, Reach(loopback=True, private=False), Reach(loopback=False, private=True))

    assert [reach.permits(ip_address(address)) for reach in reaches] == [in_public, in_development, in_private]


async def test_a_name_that_leads_to_this_machine_is_not_followed() -> None:
    with pytest.raises(OSError, match="may not be asked"):
        await PinnedResolver(PUBLIC_ONLY).resolve("localhost", 443)

    assert await PinnedResolver(Reach(loopback=True, private=False)).resolve("localhost", 443)
