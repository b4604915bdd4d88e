"""Which mail addresses are one person's, and are read as the same everywhere."""

import pytest
from pydantic import TypeAdapter, ValidationError

from emergence.contracts.auth.values import Email

EMAIL: TypeAdapter[str] = TypeAdapter(Email)


@pytest.mark.parametrize(
    "address",
    ["a@b", "ada@example.org", " Ada.Lovelace+x@Example.Org ", "jürgen@bücher.de", "o'brien@x-y.fr", "a=b?@c.d"],
)
def test_plain_addresses_are_taken(address: str) -> None:
    assert EMAIL.validate_python(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "a@x..org",
        "a@x.",
        "a@.org",
        "a@-x.org",
        "a@x-.org",
        "a@" + "x" * 64 + ".org",
        "a..b@x.org",
        ".a@x.org",
        "(a)@b.c",
        "a@b,c@d",
        '"a b"@c.d',
        "a\u200b@x.org",
        "=?utf-8?q?victim?=@example.com",
        "victim@=?utf-8?q?example.com?=",
    ],
)
def test_what_a_mail_program_would_read_otherwise_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        EMAIL.validate_python(address)
