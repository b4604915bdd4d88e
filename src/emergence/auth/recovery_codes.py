"""Recovery codes: ten, each good once, for whoever has lost their authenticator."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from emergence.auth.passwords import Passwords

PLACES = "ABCDEFGHJK"  # ten letters; the first of a code says which one it is
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32, nothing that looks like something else
LENGTH = 16  # of 32 letters: 80 bits, OWASP ASVS 5.0 §6.5.2


@dataclass(frozen=True, slots=True)
class NewCodes:
    """What is shown once, and what is stored of it: place to hash."""

    shown: list[str]
    hashes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TypedCode:
    """A code as somebody typed it, taken apart."""

    place: str
    secret: str


async def new_codes(passwords: Passwords) -> NewCodes:
    """Return ten new codes. Raises SignInBusy."""
    made = {place: "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for place in PLACES}
    hashes = {place: await passwords.hash(secret) for place, secret in made.items()}
    return NewCodes([shown_form(place, secret) for place, secret in made.items()], hashes)


def shown_form(place: str, secret: str) -> str:
    """Return a code in groups of four, for paper."""
    return "-".join([place, *(secret[start : start + 4] for start in range(0, LENGTH, 4))])


def typed_code(text: str) -> TypedCode | None:
    """Return what was typed, whatever its case and separators; None when it cannot be a code."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    is_one = len(letters) == 1 + LENGTH and letters[0] in PLACES and all(each in ALPHABET for each in letters[1:])
    return TypedCode(letters[0], letters[1:]) if is_one else None
