"""Recovery codes: ten different ones, readable from paper, whatever the spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.auth.passwords import Passwords
from emergence.auth.recovery_codes import ALPHABET, LENGTH, PLACES, TypedCode, new_codes, shown_form, typed_code


@pytest.fixture(autouse=True)
def hashes() -> None:
    """Whole ones, as in production: they are what this file is about."""


async def test_ten_codes_each_with_a_letter_of_its_own_and_stored_as_hashes() -> None:
    passwords = Passwords(b"pepper" * 6)
    try:
        codes = await new_codes(passwords)
    finally:
        passwords.close()

    assert [code[0] for code in codes.shown] == list(PLACES)
    assert len(set(codes.shown)) == 10
    assert list(codes.hashes) == list(PLACES)
    assert all(phc.startswith("$argon2id$") for phc in codes.hashes.values())


@given(
    st.sampled_from(PLACES), st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH), st.sampled_from(["", " ", "-", "."])
)
def test_any_spelling_is_read(place: str, secret: str, separator: str) -> None:
    spelled = shown_form(place, secret).lower().replace("-", separator)

    assert typed_code(f" {spelled} ") == TypedCode(place, secret)


@pytest.mark.parametrize(
    "text", ["", "123456", "A", "A-AAAA-AAAA-AAAA", "Z-AAAA-AAAA-AAAA-AAAA", "A-AAAA-AAAA-AAAA-AAA0", "é" * 17]
)
def test_anything_else_is_no_recovery_code(text: str) -> None:
    assert typed_code(text) is None
