"""A row of the former allowlist as the person whom auth takes over; what is broken never makes an account weaker."""

from datetime import UTC, datetime

import pytest

from emergence.contracts.auth.values import Role
from emergence.legacy.people import (
    CODES_UNREADABLE,
    NO_ADDRESS,
    NO_ISSUER,
    NO_SEED,
    NOT_BCRYPT,
    NOT_ENABLED,
    OTHER_ROLE,
    RowRefused,
    person_in,
)
from emergence.legacy.store import KNOWN, Row, Value
from tests.legacy.former_database import ADA, SEED

HASH = "$2b$12$" + "a" * 53
SINCE = datetime(2024, 3, 4, tzinfo=UTC)


def row(**columns: Value) -> Row:
    there: dict[str, Value] = dict.fromkeys(KNOWN["auth_allowlist"])
    return there | {"email": ADA, "role": "member", "created_at": SINCE.isoformat()} | columns


@pytest.mark.parametrize(
    ("written", "role"),
    [("admin", Role.ADMIN), ("Member ", Role.MEMBER), ("tester", Role.MEMBER), ("guest", Role.GUEST)],
)
def test_each_role_has_its_own(written: str, role: Role) -> None:
    person, hints = person_in(row(role=written), None)

    assert (person.role, person.created_at, hints) == (role, SINCE, [])


def test_an_unknown_role_may_least() -> None:
    person, hints = person_in(row(role="root"), None)

    assert (person.role, hints) == (Role.GUEST, [OTHER_ROLE])


@pytest.mark.parametrize("email", [None, "", "nobody", "two@example.org, three@example.org", "a b@example.org"])
def test_without_an_address_there_is_nobody(email: str | None) -> None:
    with pytest.raises(RowRefused, match=NO_ADDRESS):
        person_in(row(email=email), None)


@pytest.mark.parametrize("seed", ["not base32!", "1" * 16, "===="])
def test_a_broken_second_factor_keeps_its_person_out(seed: str) -> None:
    with pytest.raises(RowRefused, match=NO_SEED.partition(",")[0]):
        person_in(row(password_hash=HASH, totp_secret=seed, totp_enabled_at=SINCE.isoformat()), None)


def test_a_second_factor_counts_where_it_was_enabled() -> None:
    enabled, hints = person_in(row(totp_secret=SEED, totp_enabled_at="soon", backup_codes='[{"code": "a"}]'), None)
    begun, more = person_in(row(totp_secret=SEED, backup_codes='["a"]'), None)
    _, odd = person_in(row(totp_secret=SEED, totp_enabled_at="1", backup_codes="a,b"), None)

    assert enabled.totp is not None
    assert (enabled.totp.codes, enabled.totp.since, hints) == (("a",), SINCE, [])
    assert (begun.totp, more, odd) == (None, [NOT_ENABLED], [CODES_UNREADABLE])


@pytest.mark.parametrize("phc", ["plain text", "$2b$12$short", "$argon2id$v=19$m=1,t=1,p=1$a$b", HASH + "x"])
def test_only_bcrypt_is_a_password(phc: str) -> None:
    person, hints = person_in(row(password_hash=phc), None)

    assert (person.password, hints) == (None, [NOT_BCRYPT])


def test_an_account_at_a_provider_needs_the_providers_name() -> None:
    nameless, hints = person_in(row(oauth_sub="1017"), None)
    named, none = person_in(row(oauth_sub=" 1017 ", revoked_at="2024"), "https://accounts.google.com")

    assert (nameless.identity, hints) == (None, [NO_ISSUER])
    assert named.identity is not None and named.identity.subject == "1017"
    assert (named.is_revoked, none) == (True, [])
