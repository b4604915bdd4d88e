"""What the auth service accepts from its environment."""

import pytest

from emergence.auth.settings import AuthSettings
from emergence.kernel.settings import SettingsInvalid
from tests.auth.served_auth import auth_environ

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
GOOD = "0b9e41c7d2a85f63a17c40e92d58b6f3"


def test_a_piped_newline_does_not_change_the_secret() -> None:
    plain = AuthSettings.read(auth_environ(NOWHERE, AUTH_JWT_SECRET=GOOD))
    piped = AuthSettings.read(auth_environ(NOWHERE, AUTH_JWT_SECRET=GOOD + "\n"))

    assert plain.auth_jwt_secret == piped.auth_jwt_secret


@pytest.mark.parametrize(
    "secret",
    [
        "",
        GOOD[:31],
        "a" * 64,
        "ab" * 32,
        "abcd1234" * 8,
        "changeme" * 8,
        "ChangeMe-please-0b9e41c7d2a85f63",
        "my-super-secret-key-0b9e41c7d2a85f63",
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    ],
)
def test_a_guessable_secret_fails_the_start_without_being_shown(secret: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        AuthSettings.read(auth_environ(NOWHERE, AUTH_JWT_SECRET=secret))

    assert "AUTH_JWT_SECRET" in str(refused.value)
    assert not secret or secret not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_the_public_address_of_auth_wins_over_the_common_one() -> None:
    common = {"EMERGENCE_PUBLIC_URL": "https://chat.example.org"}

    assert AuthSettings.read(auth_environ(NOWHERE)).public_url() is None
    assert AuthSettings.read(auth_environ(NOWHERE, **common)).public_url() == "https://chat.example.org"
    own = AuthSettings.read(auth_environ(NOWHERE, **common, AUTH_PUBLIC_URL="https://id.example.org"))
    assert own.public_url() == "https://id.example.org"


def test_administrators_addresses_are_compared_in_one_form() -> None:
    settings = AuthSettings.read(auth_environ(NOWHERE, AUTH_ADMIN_EMAILS=" A@X.org, b@x.org ,, "))

    assert settings.admin_emails() == {"a@x.org", "b@x.org"}


@pytest.mark.parametrize(
    "addresses", ["notanemail", "ada@example.org, *@example.org", "ada@example.org bob@example.org"]
)
def test_what_is_nobodys_address_makes_nobody_an_administrator_silently(addresses: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        AuthSettings.read(auth_environ(NOWHERE, AUTH_ADMIN_EMAILS=addresses))

    told = "AUTH_ADMIN_EMAILS: must be whole addresses of people, like ada@example.org, with commas between; number "
    assert str(refused.value) == f"{told}{2 if ',' in addresses else 1} is none"


def test_one_secret_for_two_purposes_fails_the_start() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        AuthSettings.read(auth_environ(NOWHERE, AUTH_JWT_SECRET=GOOD, EMERGENCE_SERVICE_SECRET=f"{GOOD}\n"))

    assert str(refused.value).startswith("EMERGENCE_SERVICE_SECRET: must not be AUTH_JWT_SECRET too")
    assert GOOD not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


PRODUCTION = {"EMERGENCE_ENV": "production", "EMERGENCE_PUBLIC_URL": "https://chat.example.org"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"AUTH_DEV_LOGIN": "1"}, "AUTH_DEV_LOGIN: must not be set with EMERGENCE_ENV=production"),
        ({"AUTH_DEV_LOGIN": "1", "AUTH_ENV": "dev"}, "AUTH_DEV_LOGIN: must not be set with EMERGENCE_ENV=production"),
        ({"EMERGENCE_ENV": "", "AUTH_DEV_LOGIN": "1"}, "AUTH_DEV_LOGIN: must not be set with EMERGENCE_ENV=production"),
        ({"EMERGENCE_PUBLIC_URL": ""}, "EMERGENCE_PUBLIC_URL: is required in production"),
        ({"EMERGENCE_PUBLIC_URL": "http://chat.example.org"}, "EMERGENCE_PUBLIC_URL: must begin with https://"),
        ({"EMERGENCE_PUBLIC_URL": "http://localhost.example.org"}, "EMERGENCE_PUBLIC_URL: must begin with https://"),
        ({"EMERGENCE_PUBLIC_URL": "http://10.0.0.7:8080"}, "EMERGENCE_PUBLIC_URL: must begin with https://"),
        ({"AUTH_PUBLIC_URL": "http://id.example.org"}, "AUTH_PUBLIC_URL: must begin with https://"),
    ],
)
def test_production_does_not_start_with_what_only_development_may_have(changed: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        AuthSettings.read(auth_environ(NOWHERE, **PRODUCTION | changed))

    assert str(refused.value).startswith(told)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"EMERGENCE_PUBLIC_URL": "", "AUTH_PUBLIC_URL": "https://id.example.org"},
        {"EMERGENCE_PUBLIC_URL": "http://127.0.0.1:8080"},
        {"EMERGENCE_PUBLIC_URL": "http://[::1]:8080"},
        {"EMERGENCE_PUBLIC_URL": "http://localhost"},
    ],
)
def test_production_starts_with_https_or_on_loopback(changed: dict[str, str]) -> None:
    assert AuthSettings.read(auth_environ(NOWHERE, **PRODUCTION | changed)).emergence_env == "production"


@pytest.mark.parametrize(
    ("changed", "needed"),
    [
        ({}, False),
        (PRODUCTION, True),
        (PRODUCTION | {"AUTH_ENV": "staging"}, False),
        (PRODUCTION | {"AUTH_ADMIN_REQUIRE_MFA": "0"}, False),
        ({"AUTH_ADMIN_REQUIRE_MFA": "1"}, True),
    ],
)
def test_production_asks_administrators_for_two_factors_unless_told_otherwise(
    changed: dict[str, str], needed: bool
) -> None:
    assert AuthSettings.read(auth_environ(NOWHERE, **changed)).administrators_need_two_factors() is needed


SMTP = {"SMTP_HOST": "mail.example.org", "SMTP_FROM_EMAIL": "no-reply@example.org"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"SMTP_HOST": ""}, "SMTP_HOST: is required because SMTP_FROM_EMAIL is set"),
        ({"SMTP_FROM_EMAIL": ""}, "SMTP_FROM_EMAIL: is required with SMTP_HOST"),
        ({"SMTP_FROM_EMAIL": "nobody"}, "SMTP_FROM_EMAIL: "),
        ({"SMTP_USERNAME": "x"}, "SMTP_PASSWORD: is missing"),
        ({"SMTP_PASSWORD": "x"}, "SMTP_USERNAME: is missing"),
        ({"SMTP_TLS": "none"}, "SMTP_TLS: must be starttls or tls in production"),
        ({"SMTP_TLS": "maybe"}, "SMTP_TLS: must be"),
        ({"SMTP_PORT": "70000"}, "SMTP_PORT: must be at most 65535"),
        ({"EMERGENCE_ENV": "local", "EMERGENCE_PUBLIC_URL": ""}, "EMERGENCE_PUBLIC_URL: is required with SMTP_HOST"),
    ],
)
def test_half_a_mail_server_fails_the_start_with_one_line(changed: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        AuthSettings.read(auth_environ(NOWHERE, **PRODUCTION | SMTP | changed))

    assert str(refused.value).startswith(told)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("changed", "port"),
    [
        ({}, 587),
        ({"SMTP_TLS": "tls"}, 465),
        ({"SMTP_TLS": "none", "SMTP_HOST": "127.0.0.1"}, 25),
        ({"SMTP_PORT": "2525", "SMTP_USERNAME": "x", "SMTP_PASSWORD": "y"}, 2525),
    ],
)
def test_a_whole_one_has_the_usual_port(changed: dict[str, str], port: int) -> None:
    settings = AuthSettings.read(auth_environ(NOWHERE, **PRODUCTION | SMTP | changed))

    assert (settings.sends_mail(), settings.mail_port()) == (True, port)
